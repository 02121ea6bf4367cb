"""What the command line says of the callback list: (Russian, English)."""

from __future__ import annotations

CALLBACKS_HELP: dict[str, tuple[str, str]] = {
    "command-callbacks": (
        "Кому компания должна перезвонить. Без команды — список: кому звонить первым, тот сверху.",
        "Whom the company owes a callback. Without a command: the list, in the order to call.",
    ),
    "command-callbacks-take": (
        "Взять обратный звонок на себя. ПУНКТ — его номер, начало или конец.",
        "Take a callback. ITEM is its id, its beginning or its end.",
    ),
    "command-callbacks-give-back": (
        "Вернуть взятый обратный звонок в список. Его сможет взять другой.",
        "Give a taken callback back to the list. Another may take it then.",
    ),
    "command-callbacks-note": (
        "Записать к пункту заметку или обещанное время звонка.",
        "Write a note beside an item, or the hour at which a call was promised.",
    ),
    "command-callbacks-voicemail": (
        "Последний звонок от нас попал на автоответчик: это лишь попытка, пункт снова открыт.",
        "The last call from us reached a voicemail: only an attempt, the item is open again.",
    ),
    "command-callbacks-not-needed": (
        "Закрыть: перезванивать не нужно, с причиной. Новый пропущенный откроет новый пункт.",
        "Close it: no callback is needed, with the reason. A new missed call opens a new one.",
    ),
    "command-callbacks-report": (
        "Как перезванивали за день: ждали первого звонка, дозвонились, кто сколько.",
        "How clients were called back on a day: the wait, the share reached, person by person.",
    ),
    "help-morning": (
        "Утренний список: всё открытое, поделённое между теми, кто на смене.",
        "The morning list: what is open, split among those on shift.",
    ),
    "help-mine": (
        "Только то, что следует обзвонить этому менеджеру.",
        "Only what this manager should call.",
    ),
    "help-reason": ("Почему перезванивать не нужно.", "Why no callback is needed."),
    "help-promised": (
        "Во сколько обещали позвонить (15:30 или ISO).",
        "When a call was promised (15:30 or ISO).",
    ),
    "help-report-day": ("Какой день; обычно сегодня.", "Which day; today if left out."),
}

CALLBACKS: dict[str, tuple[str, str]] = {
    "callbacks-none": ("Никому не должны: список пуст.", "Nothing is owed: the list is empty."),
    "callback-taken": (
        "{who}: взято до {until}, {item}.",
        "{who} took {item} and has it until {until}.",
    ),
    "callback-given_back": ("{who}: возвращено в список, {item}.", "{who} gave {item} back."),
    "callback-noted": ("{who}: записано к {item}.", "{who} wrote a note beside {item}."),
    "callback-voicemail": (
        "{who}: автоответчик, {item} открыт.",
        "{who}: a voicemail, {item} is open.",
    ),
    "callback-not_needed": (
        "{who}: закрыто, перезванивать не нужно, {item}.",
        "{who} closed {item}: no callback needed.",
    ),
    "callback-note-empty": (
        "Нужна заметка (--note) или обещанное время (--at).",
        "A note (--note) or a promised hour (--at) is needed.",
    ),
    "morning-of": ("{who}: {count}", "{who}: {count}"),
    "morning-unassigned": (
        "Никого на смене, ждут: {count}",
        "Nobody is on shift for these: {count}",
    ),
    "morning-hidden": (
        "{department}: скрытых номеров {calls}, перезвонить некуда",
        "{department}: {calls} calls from hidden numbers, nowhere to call back",
    ),
    "report-items": (
        (
            "Пропущено клиентов: {items}; открыто: {open}; не нужно: {not_needed}; "
            "дозвонились сами: {came_through}."
        ),
        (
            "Clients missed: {items}; still open: {open}; not needed: {not_needed}; came through "
            "by themselves: {came_through}."
        ),
    ),
    "report-reached": (
        "Перезвонили: {called} из {needed}, дозвонились: {reached} ({share}).",
        "Called back: {called} of {needed}, reached: {reached} ({share}).",
    ),
    "report-wait": (
        "До первого звонка: медиана {median}, дольше всего {longest}.",
        "Until the first callback: median {median}, longest {longest}.",
    ),
    "report-none": ("В этот день никого не пропустили.", "Nobody was missed on that day."),
    "head-person": ("сотрудник", "person"),
    "head-first-callbacks": ("перезвонил первым", "first callbacks"),
    "head-attempts": ("попыток", "attempts"),
    "head-reached": ("дозвонился", "reached"),
    "head-median": ("медиана", "median"),
    "head-missed-rings": ("не снял трубку", "let it ring"),
    "head-tries": ("попыток", "tries"),
    "head-promised": ("обещано", "promised"),
    "head-marks": ("заметки", "notes"),
    "mark-after-hours": ("после закрытия", "after hours"),
}
