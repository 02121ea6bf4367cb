"""What commands answer: (Russian, English)."""

from __future__ import annotations

from typing import Final

RESULTS: Final[dict[str, tuple[str, str]]] = {
    "number-is": ("{number} — {kind}", "{number}: {kind}"),
    "number-region": ("Страна: {region}", "Country: {region}"),
    "number-extension": ("Добавочный: {extension}", "Extension: {extension}"),
    "number-matched": (
        "План нумерации его ещё не знает, но клиента по нему ищут.",
        "The numbering plan does not know it (yet); clients are looked up by it all the same.",
    ),
    "number-unmatched": (
        "План нумерации такого не знает: клиента по нему не ищут.",
        "The numbering plan knows no such number: no client is looked up by it.",
    ),
    "number-more": ("В том же тексте: {number}", "In the same text: {number}"),
    "number-kind-external": ("внешний номер", "a number outside"),
    "number-kind-internal": ("внутренний номер", "an extension of the office"),
    "number-kind-service": ("сервисный код", "a service code"),
    "number-kind-hidden": ("номер скрыт", "a hidden number"),
    "number-kind-invalid": ("не телефонный номер", "no telephone number"),
    "calls-none": ("Таких звонков нет.", "There are no such calls."),
    "gaps-none": ("АТС всегда были под присмотром.", "The PBXs were watched all the time."),
    "still-open": ("ещё идёт", "still open"),
    "status-which": (
        "--until и --by нужны только вместе с менеджером и статусом.",
        "--until and --by belong to a manager and a status.",
    ),
    "status-available": ("на месте", "available"),
    "status-lunch": ("обед", "lunch"),
    "status-meeting": ("встреча", "meeting"),
    "status-away": ("нет на месте", "away"),
    "status-do_not_disturb": ("не беспокоить", "do not disturb"),
    "status-offline": ("не на смене", "offline"),
    "head-when": ("время", "when"),
    "head-direction": ("вид", "kind"),
    "head-client": ("клиент", "client"),
    "head-line": ("линия", "line"),
    "head-how": ("итог", "ended"),
    "head-answered-by": ("кто ответил", "answered by"),
    "head-talk": ("разговор", "talk"),
    "head-id": ("номер записи", "id"),
    "head-missed-at": ("пропущен", "missed"),
    "head-times": ("раз", "times"),
    "head-number": ("телефон", "number"),
    "head-owner": ("менеджер", "manager"),
    "head-taken": ("взял", "taken by"),
    "head-began": ("начало", "began"),
    "head-ended": ("конец", "ended"),
    "head-length": ("длилось", "length"),
    "head-pbx": ("АТС", "PBX"),
    "head-recovered": ("восстановлено", "recovered"),
    "head-from-cdr": ("из CDR", "from CDR"),
    "head-adopted": ("подхвачено", "adopted"),
    "head-because": ("почему", "because"),
    "head-manager": ("менеджер", "manager"),
    "head-extension": ("добавочный", "extension"),
    "head-department": ("отдел", "department"),
    "head-status": ("статус", "status"),
    "head-since": ("с", "since"),
    "head-until": ("до", "until"),
    "head-setting": ("настройка", "setting"),
    "head-value": ("значение", "value"),
    "head-origin": ("откуда", "from"),
    "head-key": ("ключ", "key"),
    "head-name": ("имя", "name"),
    "head-numbers": ("телефоны", "numbers"),
    "head-applications": ("заявки", "applications"),
    "origin-default": ("по умолчанию", "default"),
    "severity-error": ("ошибка", "error"),
    "severity-warning": ("замечание", "warning"),
    "office-right": (
        "{file}: файл верен. Отделов {departments}, менеджеров {managers}, линий {lines}.",
        "{file}: the file is right. {departments} departments, {managers} managers, {lines} lines.",
    ),
    "office-ask": ("Применить?", "Apply?"),
    "office-applied": (
        "Применено: версия {version}. Работающий сервис возьмёт её в течение секунды.",
        "Applied: version {version}. The running service takes it over within a second.",
    ),
    "office-same": (
        "Этот файл уже применён: версия {version}.",
        "This file is applied already: version {version}.",
    ),
    "office-version": (
        "версия {version}, {at}, применил(а) {by}",
        "version {version}, {at}, applied by {by}",
    ),
    "changes": ("Изменения против версии {old}:", "Changes against version {old}:"),
    "changes-none": (
        "Для звонков ничего не меняется (версия {old}).",
        "Nothing changes for calls (version {old}).",
    ),
    "changes-first": ("Первый офис:", "The first office:"),
    "migrated": ("База данных готова: {place}.", "The database is ready: {place}."),
    "clients-none": ("Клиентов по «{text}» нет.", "There are no clients for “{text}”."),
    "clients-count": ("Клиентов: {count}.", "Clients: {count}."),
    "client-blocked": ("заблокирован", "blocked"),
    "closed": ("закрыта", "closed"),
    "import-refused": ("Не взято строк: {count}.", "Rows that were not taken: {count}."),
    "import-remarks": ("Замечания: {count}.", "Remarks: {count}."),
    "import-line": ("строка {line}: {text}", "line {line}: {text}"),
    "import-more": ("и ещё {count}; все — в --json", "and {count} more; all with --json"),
    "import-columns": (
        "Столбцы без применения: {names}.",
        "Columns that were not used: {names}.",
    ),
    "import-done": (
        (
            "Строк {rows}: новых клиентов {added}, изменённых {updated}, слитых строк {merged}; "
            "номеров {numbers}, заявок {applications}."
        ),
        (
            "{rows} rows: {added} new clients, {updated} changed, {merged} rows merged; "
            "{numbers} numbers, {applications} applications."
        ),
    ),
    "import-would": (
        (
            "Проба, ничего не записано. Строк {rows}: новых клиентов {added}, изменённых "
            "{updated}, слитых строк {merged}; номеров {numbers}, заявок {applications}."
        ),
        (
            "Dry run, nothing was written. {rows} rows: {added} new clients, {updated} changed, "
            "{merged} rows merged; {numbers} numbers, {applications} applications."
        ),
    ),
}
