"""Sentences about files and single values: (Russian, English)."""

from __future__ import annotations

from typing import Final

VALUE_SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "did-you-mean": ("Возможно, имелось в виду «{word}»?", "Did you mean “{word}”?"),
    "known-words": ("Здесь бывает: {words}.", "Possible here: {words}."),
    "file-encoding": (
        "Файл не в кодировке UTF-8 (похоже на {encoding}): сохраните его как UTF-8.",
        "The file is not UTF-8 (it looks like {encoding}): save it as UTF-8.",
    ),
    "file-unreadable": (
        "Файл не удалось прочитать: {reason}. Проверьте путь и права.",
        "The file cannot be read: {reason}. Check the path and the permissions.",
    ),
    "file-too-long": (
        "Файл больше {most} байт: это не файл настроек, проверьте путь.",
        "The file is larger than {most} bytes: this is no configuration file, check the path.",
    ),
    "toml-unreadable": (
        (
            "Строку не удалось прочитать. Пишите «ключ = значение», текст — в прямых кавычках:"
            ' name = "Иванова" ({detail}).'
        ),
        (
            "The line cannot be read. Write `key = value`, text in straight quotation marks:"
            ' name = "Ivanova" ({detail}).'
        ),
    ),
    "toml-value": (
        (
            "Значение не удалось прочитать: текст пишется в прямых кавычках, например"
            ' name = "Иванова".'
        ),
        (
            "The value cannot be read: text is written in straight quotation marks, for example"
            ' name = "Ivanova".'
        ),
    ),
    "toml-quotes": (
        'В строке типографские кавычки ({character}): для значений нужны прямые кавычки ".',
        'The line has typographic quotation marks ({character}): values need straight ones ".',
    ),
    "toml-blank": (
        "В строке неразрывный или невидимый пробел (U+{code}): замените его обычным пробелом.",
        "The line has a non-breaking or invisible blank (U+{code}): replace it by a usual one.",
    ),
    "toml-tab": (
        "В строке табуляция внутри кавычек или имени: замените её пробелом.",
        "The line has a tab inside quotation marks or a name: replace it by a blank.",
    ),
    "toml-key": (
        (
            "Имя ключа не удалось прочитать: без кавычек оно пишется латинскими буквами, цифрами,"
            ' «-» и «_», иначе берётся в кавычки: "пн-пт" = "9:00-19:00".'
        ),
        (
            "The key cannot be read: without quotation marks it has Latin letters, digits, - and _;"
            ' otherwise quote it: "пн-пт" = "9:00-19:00".'
        ),
    ),
    "toml-twice": (
        (
            "Это уже записано выше: ключ или раздел может стоять в файле один раз. Удалите одну из"
            " записей или дайте ей другой ключ."
        ),
        (
            "This was written further up already: a key or a section may stand in the file once."
            " Remove one of them or give it another key."
        ),
    ),
    "unknown-key": (
        "Ключ «{key}» здесь не известен. {hint}",
        "The key “{key}” is unknown here. {hint}",
    ),
    "missing-key": (
        "Не хватает ключа «{key}»: добавьте, например, {example}.",
        "The key “{key}” is missing: add, for example, {example}.",
    ),
    "not-a-table": (
        "Здесь нужен раздел вида [{path}], а записано значение.",
        "A section [{path}] is needed here, not a value.",
    ),
    "not-a-text": (
        "Здесь нужен текст в кавычках, например {example}.",
        "A text in quotation marks is needed here, for example {example}.",
    ),
    "not-a-flag": ("Здесь нужно true или false.", "Write true or false here."),
    "not-a-whole": (
        "Здесь нужно целое число от {least} до {most}.",
        "A whole number from {least} to {most} is needed here.",
    ),
    "not-a-number": (
        "Здесь нужно число от {least} до {most}.",
        "A number from {least} to {most} is needed here.",
    ),
    "not-a-list": (
        'Здесь нужен список текстов: ["один", "два"].',
        'A list of texts is needed here: ["one", "two"].',
    ),
    "not-a-choice": (
        "«{value}» здесь не подходит. {hint}",
        "“{value}” cannot stand here. {hint}",
    ),
    "text-empty": ("Текст пуст: впишите его.", "The text is empty: fill it in."),
    "text-long": (
        "Текст слишком длинный: самое большее {most} знаков.",
        "The text is too long: {most} characters at most.",
    ),
    "text-control": (
        "В тексте есть управляющий знак {character} (табуляция, перевод строки): уберите его.",
        "The text has a control character {character} (a tab, a line break): remove it.",
    ),
    "duration-unreadable": (
        '«{value}» — не длительность: пишите 15, "15 s", "3 rings" или "1 min".',
        '“{value}” is no length of time: write 15, "15 s", "3 rings" or "1 min".',
    ),
    "duration-range": (
        "«{value}» — это {seconds} с, а можно от {least} до {most} с.",
        "“{value}” is {seconds} s; {least} to {most} s are allowed.",
    ),
    "day-unknown": (
        '«{value}» — не день недели: пишите mon, mon-fri, "mon, wed" или daily.',
        '“{value}” is no day of the week: write mon, mon-fri, "mon, wed" or daily.',
    ),
    "day-twice": (
        (
            "День {day} записан дважды: соберите его часы в одно значение,"
            ' например "9:00-13:00, 14:00-18:00".'
        ),
        (
            "The day {day} stands here twice: put its hours into one value,"
            ' for example "9:00-13:00, 14:00-18:00".'
        ),
    ),
    "window-unreadable": (
        '«{value}» — не часы: пишите "9:00-19:00", "9:00-13:00, 14:00-18:00" или "closed".',
        '“{value}” are no hours: write "9:00-19:00", "9:00-13:00, 14:00-18:00" or "closed".',
    ),
    "time-unreadable": (
        "«{value}» в «{window}» — не время: пишите от 0:00 до 24:00, например 9:00-19:00.",
        "“{value}” in “{window}” is no time: write 0:00 to 24:00, for example 9:00-19:00.",
    ),
    "date-unreadable": (
        '«{value}» — не дата: пишите "2026-12-31" или "2026-12-31..2027-01-08".',
        '“{value}” is no date: write "2026-12-31" or "2026-12-31..2027-01-08".',
    ),
    "date-twice": (
        "Дата {day} записана дважды: оставьте одну запись.",
        "The date {day} stands here twice: keep one of them.",
    ),
    "hours-unreadable": (
        'Часы пишутся так: {{ mon-fri = "9:00-19:00" }} или "always".',
        'Hours are written {{ mon-fri = "9:00-19:00" }} or "always".',
    ),
    "special-unreadable": (
        'Особые дни пишутся так: {{ "2026-12-31" = "9:00-15:00" }}.',
        'Special days are written {{ "2026-12-31" = "9:00-15:00" }}.',
    ),
    "zone-unknown": (
        "Часовой пояс «{value}» не известен: пишите, например, Europe/Moscow. {hint}",
        "The time zone “{value}” is unknown: write for example Europe/Moscow. {hint}",
    ),
    "country-unknown": (
        (
            'Праздники страны «{value}» не известны: пишите код из двух букв (RU, BY, KZ) или "".'
            " {hint}"
        ),
        'The holidays of “{value}” are unknown: write a two-letter code (RU, BY, KZ) or "". {hint}',
    ),
    "region-unknown": (
        "«{value}» — не код страны: пишите две латинские буквы, например RU.",
        "“{value}” is no country code: write two Latin letters, for example RU.",
    ),
    "number-unreadable": (
        "«{value}» — не номер телефона: пишите его с кодом страны, например +7 916 123-45-67.",
        "“{value}” is no phone number: write it with its country code, such as +7 916 123-45-67.",
    ),
    "extension-unreadable": (
        "«{value}» — не внутренний номер: нужны от 1 до 10 цифр, например 101.",
        "“{value}” is no extension: 1 to 10 digits are needed, for example 101.",
    ),
    "area-unreadable": (
        "«{value}» — не код города: нужны от 2 до 5 цифр, например 495.",
        "“{value}” is no area code: 2 to 5 digits are needed, for example 495.",
    ),
    "prefix-unreadable": (
        "«{value}» — не начало номера: пишите + и цифры, например +7.",
        "“{value}” is no beginning of a number: write + and digits, for example +7.",
    ),
    "caller-id-unreadable": (
        "«{value}» не может быть номером, который увидит клиент: только цифры, перед ними можно +.",
        "“{value}” cannot be the number that clients see: digits only, a + may stand before them.",
    ),
    "key-unreadable": (
        (
            "Ключ «{key}» не годится: только строчные латинские буквы, цифры, «-» и «_»,"
            " например ivanova."
        ),
        (
            "The key “{key}” cannot be used: small Latin letters, digits, - and _ only,"
            " for example ivanova."
        ),
    ),
    "template-gap": (
        "В шаблоне набора «{value}» нет {gap}: например, {example}.",
        "The dial template “{value}” has no {gap}: for example {example}.",
    ),
    "template-foreign-gap": (
        "{value} здесь не заменяется ничем: в этом шаблоне бывает только {gap}.",
        "Nothing is put in place of {value}: this template knows only {gap}.",
    ),
    "template-technology": (
        "«{value}» не начинается с технологии и имени: например, {example}.",
        "“{value}” does not begin with a technology and a name: for example {example}.",
    ),
    "template-syntax": (
        (
            "Знак {character} в шаблоне — часть языка диалплана и запрещён: только латинские буквы,"
            " цифры и _ . @ : + * # / -, например {example}."
        ),
        (
            "The character {character} is dialplan syntax and not allowed in a template: Latin"
            " letters, digits and _ . @ : + * # / - only, for example {example}."
        ),
    ),
    "box-unreadable": (
        "«{value}» — не ящик голосовой почты: пишите 200 или 200@default.",
        "“{value}” is no voicemail box: write 200 or 200@default.",
    ),
}
