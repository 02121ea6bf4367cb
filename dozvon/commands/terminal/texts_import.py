"""What `dozvon clients import` and `dozvon db copy` say while they work, and of their options."""

from __future__ import annotations

from typing import Final

IMPORTING: Final[dict[str, tuple[str, str]]] = {
    "import-progress": (
        "{percent} %  строк {rows}, {speed} в секунду, осталось {left}",
        "{percent} %  {rows} rows, {speed} a second, {left} left",
    ),
    "import-left-seconds": ("{count} с", "{count} s"),
    "import-left-minutes": ("{count} мин", "{count} min"),
    "import-left-unknown": ("неизвестно сколько", "an unknown time"),
    "import-resumed": (
        "Загрузка продолжена после строки {line}; в итоге сосчитано и загруженное раньше.",
        "The import went on after line {line}; the counts include what was taken before.",
    ),
    "import-interrupted": (
        (
            "Загрузка прервана. Загруженное осталось в базе, звонки уже узнают этих клиентов. "
            "Продолжить: та же команда с --resume."
        ),
        (
            "The import was interrupted. What was taken is in the base and calls know it already. "
            "To go on: the same command with --resume."
        ),
    ),
    "import-refused-file": (
        "Пропущенные строки с причинами: {file}. Исправьте и загрузите этот файл.",
        "The rows left out, with reasons: {file}. Put them right and import that file.",
    ),
    "import-map-bad": (
        (
            "--map «{text}» не понято. Пишите «название столбца=что в нём», например "
            "«Телефон 2=phone»; бывает: {known} и «-» (пропустить столбец). Ничего не загружено."
        ),
        (
            "--map “{text}” is not understood. Write “name of the column=what it holds”, such as "
            "“Phone 2=phone”; there is: {known}, and “-” (leave the column out). Nothing was taken."
        ),
    ),
    "copy-progress": ("{table}: {rows}", "{table}: {rows}"),
    "copy-done": (
        (
            "Скопировано: таблиц {tables}, строк {rows}; числа строк и контрольные суммы сошлись. "
            "Теперь укажите новый адрес в database_url и перезапустите сервис."
        ),
        (
            "Copied {tables} tables with {rows} rows; counts and checksums agree. Now put the new "
            "address into database_url and restart the service."
        ),
    ),
}

IMPORTING_HELP: Final[dict[str, tuple[str, str]]] = {
    "help-map": (
        "Что в столбце: «Телефон 2=phone»; «-» пропускает столбец. Можно несколько раз.",
        "What a column holds: “Phone 2=phone”; “-” leaves it out. May be repeated.",
    ),
    "help-refused": (
        "Записать пропущенные строки с причинами в этот файл CSV.",
        "Write the rows left out, with reasons, to this CSV file.",
    ),
    "help-resume": (
        "Продолжить прерванную загрузку этого же файла.",
        "Go on with an interrupted import of the same file.",
    ),
    "command-db-copy": (
        "Скопировать всё в другую базу (PostgreSQL). Целевая база должна быть пустой.",
        "Copy everything to another database (PostgreSQL). The target must be empty.",
    ),
    "help-copy-to": ("Адрес новой базы (URL).", "The address (URL) of the new database."),
}
