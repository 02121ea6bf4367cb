"""What stops a command: (Russian, English). What happened, what it means, what to do."""

from __future__ import annotations

from typing import Final

TROUBLES: Final[dict[str, tuple[str, str]]] = {
    "no-database": (
        (
            "Базы данных {place} ещё нет. Создайте её: dozvon db migrate "
            "(или запустите dozvon serve), либо укажите другие настройки: --config."
        ),
        (
            "There is no database at {place} yet. Make it: dozvon db migrate (or start dozvon "
            "serve), or name other settings: --config."
        ),
    ),
    "database-old": (
        (
            "Базу данных не удалось прочитать ({detail}). Если её сделала прежняя версия: "
            "dozvon db migrate."
        ),
        "The database cannot be read ({detail}). If an earlier version made it: dozvon db migrate.",
    ),
    "bad-database-url": (
        (
            "database_url — не адрес базы данных. Оставьте его пустым (SQLite в data_dir) или "
            "пишите sqlite+aiosqlite:////var/lib/dozvon/dozvon.sqlite3."
        ),
        (
            "database_url is no address of a database. Leave it empty (SQLite in data_dir), or "
            "write sqlite+aiosqlite:////var/lib/dozvon/dozvon.sqlite3."
        ),
    ),
    "bad-database-driver": (
        (
            "database_url: с «{driver}» сервис не работает. Можно sqlite+aiosqlite "
            "и postgresql+asyncpg."
        ),
        (
            "database_url: the service does not work with “{driver}”, but with sqlite+aiosqlite "
            "and postgresql+asyncpg."
        ),
    ),
    "call-as-whom": (
        (
            "Непонятно, за кого звонить: у логина {user} нет менеджера в офисе. Ничего не набрано. "
            "Назовите менеджера: --as."
        ),
        (
            "It is not clear for whom to call: the login {user} has no manager in the office. "
            "Nothing was dialled. Name the manager: --as."
        ),
    ),
    "call-no-sign-in": (
        (
            "{who}: нет входа в рабочее место, поэтому звонить некому. Ничего не набрано. Создайте "
            "вход: dozvon people add ЛОГИН --manager {manager}."
        ),
        (
            "{who} has no sign-in, so there is nobody to call as. Nothing was dialled. Make one: "
            "dozvon people add LOGIN --manager {manager}."
        ),
    ),
    "service-no-http": (
        (
            "Сервис не слушает HTTP (http.port = 0), команду ему не передать. Ничего не сделано. "
            "Задайте порт и перезапустите сервис."
        ),
        (
            "The service does not listen for HTTP (http.port = 0), so it cannot be told. Nothing "
            "was done. Set a port and restart the service."
        ),
    ),
    "service-away": (
        "Сервис не отвечает по адресу {place}, ничего не сделано. Запустите его: dozvon serve.",
        "The service does not answer at {place}; nothing was done. Start it: dozvon serve.",
    ),
    "service-silent": (
        (
            "Сервис по адресу {place} не ответил понятно. Выполнена ли команда, неизвестно; второй "
            "раз она не отправлена. Посмотрите на текущие звонки."
        ),
        (
            "The service at {place} gave no answer that makes sense. Whether the command was "
            "carried out is not known; it was not sent again. Look at the live calls."
        ),
    ),
    "service-stranger": (
        (
            "По адресу {place} отвечает не сервис с этими настройками, ничего не сделано. "
            "Проверьте, те ли настройки: --config."
        ),
        (
            "What answers at {place} is no service with these settings; nothing was done. See "
            "whether they are the right ones: --config."
        ),
    ),
    "database-slow": (
        "База данных не приняла изменение за {seconds} с, ничего не записано. {why}",
        "The database did not take the change within {seconds} s; nothing was written. {why}",
    ),
    "folder-unmakeable": (
        "Папку {folder} не удалось создать: {reason}. Дайте право записи или задайте data_dir.",
        "The folder {folder} cannot be made: {reason}. Give the right to write, or set data_dir.",
    ),
    "no-office": (
        "Офис ещё не применён. Опишите его в файле и примените: dozvon office apply ФАЙЛ.",
        "No office has been applied yet. Write one to a file, then: dozvon office apply FILE.",
    ),
    "no-office-version": (
        "Версии офиса {version} нет.",
        "There is no version {version} of the office.",
    ),
    "unknown-manager": (
        "Менеджера «{who}» в офисе нет. Есть: {known}.",
        "There is no manager “{who}” in the office. There are: {known}.",
    ),
    "several-managers": (
        "«{who}» подходит нескольким: {known}. Назовите ключ или добавочный с АТС (main/101).",
        "“{who}” fits several: {known}. Name the key or extension with its PBX (main/101).",
    ),
    "unknown-call": (
        "Звонка «{call}» в журнале нет.",
        "There is no call “{call}” in the log.",
    ),
    "no-calls": ("Звонков ещё нет.", "There are no calls yet."),
    "several-calls": (
        "«{call}» подходит нескольким звонкам: {known}. Назовите больше знаков.",
        "“{call}” fits several calls: {known}. Name more of it.",
    ),
    "several-callbacks": (
        "«{item}» подходит нескольким пунктам: {known}. Назовите больше знаков.",
        "“{item}” fits several callbacks: {known}. Name more of it.",
    ),
    "bad-moment": (
        "«{text}» — не время: пишите 2026-11-21, 2026-11-21 19:40, 19:40, today или yesterday.",
        "“{text}” is no time: write 2026-11-21, 2026-11-21 19:40, 19:40, today or yesterday.",
    ),
    "bad-day": (
        "«{text}» — не день: пишите 2026-11-21, today или yesterday.",
        "“{text}” is no day: write 2026-11-21, today or yesterday.",
    ),
    "moment-past": (
        "{at} уже прошло: укажите время в будущем.",
        "{at} is over already: name a time to come.",
    ),
    "day-and-since": (
        "--day и --since/--until вместе не нужны: оставьте одно.",
        "--day together with --since/--until means nothing: keep one of them.",
    ),
    "bad-number": (
        "«{text}» — не номер телефона, по которому можно искать.",
        "“{text}” is no telephone number that can be looked for.",
    ),
    "dialplan-not-so": (
        "«{value}» — не {form}.",
        "“{value}” is no {form}.",
    ),
    "dialplan-which-pbx": (
        "Для какой АТС? Укажите --pbx: {keys}.",
        "For which PBX? Name it by --pbx: {keys}.",
    ),
    "dialplan-which-agi": (
        (
            "АТС на другой машине, и по адресу «{host}» сервиса ей не найти: укажите ключом "
            "{option} адрес этой машины, который видит АТС. Если обе на одной машине, адрес АТС "
            "(host) — 127.0.0.1."
        ),
        (
            "The PBX is on another machine and cannot find the service at “{host}”: name the "
            "address of this machine that the PBX sees by {option}. If both are on one machine, "
            "the PBX's address (host) is 127.0.0.1."
        ),
    ),
    "file-trouble": ("{file}: {reason}.", "{file}: {reason}."),
    "not-here": (
        "Команда {name} не входит в эту установку.",
        "The command {name} is not part of this installation.",
    ),
    "said-no": ("Ничего не изменено.", "Nothing was changed."),
    "interrupted": ("Прервано.", "Interrupted."),
    "bug": (
        "Это ошибка в самом Dozvon. Пришлите, пожалуйста, текст выше и команду.",
        "This is a mistake in Dozvon itself. Please report the text above and the command.",
    ),
    "usage-wrong": ("Ошибка: {detail}", "Error: {detail}"),
    "usage-hint": ("Подробнее: {command} --help", "More: {command} --help"),
    "usage-no-command": ("команды «{name}» нет.{hint}", "there is no command “{name}”.{hint}"),
    "usage-no-option": ("параметра {name} нет.{hint}", "there is no option {name}.{hint}"),
    "usage-missing": ("не хватает: {name}.", "missing: {name}."),
    "usage-choice": (
        "{name} — одно из: {choices}.",
        "{name} is one of: {choices}.",
    ),
    "usage-value": ("{name}: {detail}", "{name}: {detail}"),
    "usage-needs-value": ("{name} требует значения.", "{name} needs a value."),
    "usage-too-much": ("лишнее: {detail}", "too much: {detail}"),
    "did-you-mean": (" Может быть: {names}?", " Perhaps: {names}?"),
    "client-base-unreachable": (
        "Базы клиентов нет: звонящий останется неузнанным.",
        "There is no client base: the caller will not be recognised.",
    ),
}
