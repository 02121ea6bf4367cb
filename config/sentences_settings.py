"""Sentences about the settings of the service: (Russian, English)."""

from __future__ import annotations

from typing import Final

SETTINGS_SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "precedence": (
        (
            "Что сильнее: переменные {prefix}…, затем папка секретов {secrets}, затем файл"
            " настроек, затем значения по умолчанию."
        ),
        (
            "What wins: the variables {prefix}…, then the folder of secrets {secrets}, then the"
            " settings file, then the defaults."
        ),
    ),
    "setting-twice": (
        "Это уже задано в {other}: оставьте одно из двух.",
        "This is set in {other} already: keep one of the two.",
    ),
    "setting-unreadable": (
        "Значение «{key}» не удалось прочитать: сверьтесь с docs/settings.md.",
        "The value of “{key}” cannot be read: see docs/settings.md.",
    ),
    "pbx-list": (
        'Каждая АТС — отдельный раздел [[{section}]] с ключом key = "main".',
        'Every PBX is a section [[{section}]] of its own, with key = "main".',
    ),
    "pbx-key": (
        'У АТС нет ключа: добавьте key = "main", по нему её знает файл офиса.',
        'The PBX has no key: add key = "main", by which the office file knows it.',
    ),
    "pbx-twice": (
        "АТС с ключом «{key}» уже есть: дайте этой другой ключ.",
        "There is a PBX with the key “{key}” already: give this one another key.",
    ),
    "cdr-unreadable": (
        (
            "Где журнал вызовов АТС (CDR), пишут так: csv:/var/log/asterisk/cdr-csv/Master.csv,"
            " custom:/путь/файл.csv или адрес базы данных mysql+pymysql://…"
        ),
        (
            "Where the PBX's call records (CDR) are is written as"
            " csv:/var/log/asterisk/cdr-csv/Master.csv, custom:/path/file.csv or the address of a"
            " database, mysql+pymysql://…"
        ),
    ),
    "cdr-zone-unreadable": (
        "Часового пояса «{value}» нет: нужно имя вроде Europe/Moscow.",
        "There is no time zone “{value}”: a name such as Europe/Moscow is needed.",
    ),
    "mail-address-unreadable": (
        "«{value}» — не адрес электронной почты: пишите имя@сервер, без имени перед ним.",
        "“{value}” is no e-mail address: write name@server, without a name before it.",
    ),
    "mail-incomplete": (
        "Почтовый сервер указан, но не указано от кого (mail_from) или кому (mail_to).",
        "There is a mail server, but no sender (mail_from) or nobody to write to (mail_to).",
    ),
    "mail-password-open": (
        'Пароль почты ушёл бы открыто: mail_tls = "starttls" или "tls".',
        'The mail password would go in the open: mail_tls = "starttls" or "tls".',
    ),
    "alarm-url-unreadable": (
        "Это не адрес: нужен https://… (или http://… внутри своей сети).",
        "This is no address: https://… is needed (or http://… inside your own network).",
    ),
    "port-unreadable": (
        "«{value}» — не порт: нужно число от 1 до 65535.",
        "“{value}” is no port: a number from 1 to 65535 is needed.",
    ),
    "host-unreadable": (
        "«{value}» — не адрес: пишите имя или IP, без порта и без https://.",
        "“{value}” is no address: write a name or an IP, without a port and without https://.",
    ),
    "word-unreadable": (
        "«{value}» не годится: латинские буквы, цифры и _ . -, самое большее 80 знаков.",
        "“{value}” cannot be used: Latin letters, digits and _ . -, 80 characters at most.",
    ),
    "network-unreadable": (
        "«{value}» — не сеть: пишите 192.0.2.10 или 192.0.2.0/24.",
        "“{value}” is no network: write 192.0.2.10 or 192.0.2.0/24.",
    ),
    "secret-empty": (
        "Секрет пуст: впишите его или укажите файл (…_file).",
        "The secret is empty: write it or name its file (…_file).",
    ),
    "secret-control": (
        "В секрете есть управляющий знак (перевод строки, табуляция): уберите его.",
        "The secret has a control character (a line break, a tab): remove it.",
    ),
    "secret-file-unreadable": (
        "Файл секрета {file} не удалось прочитать: {reason}. Проверьте путь и владельца.",
        "The secret file {file} cannot be read: {reason}. Check its path and its owner.",
    ),
    "secret-file-open": (
        "Файл секрета {file} могут читать другие (права {mode}): сделайте chmod 600.",
        "The secret file {file} can be read by others (mode {mode}): do chmod 600.",
    ),
    "secret-file-empty": (
        "В файле {file} нет секрета: нужна одна строка текста в UTF-8.",
        "The file {file} holds no secret: one line of UTF-8 text is needed.",
    ),
    "token-unreadable": (
        "Секрет не годится: от 16 до 200 латинских букв, цифр и знаков - . _ ~",
        "This secret cannot be used: 16 to 200 Latin letters, digits and - . _ ~",
    ),
    "separator-unreadable": (
        "Разделитель не годится: от одного до трёх знаков, не буквы и не цифры.",
        "The separator cannot be used: one to three characters, neither letters nor digits.",
    ),
    "address-unreadable": (
        "«{value}» — не адрес рабочего места: нужно https://имя или http://имя:порт, без пути.",
        "“{value}” is no address of the workspace: write https://name or http://name:port.",
    ),
    "card-unreadable": (
        "Адрес карточки начинается с https:// или / и может содержать только {fields}.",
        "The card's address begins with https:// or / and may hold {fields} only.",
    ),
    "webhook-open": (
        "АТС «{key}» ничем себя не подтверждает: задайте token или hmac_secret.",
        "The PBX “{key}” proves nothing about itself: set token or hmac_secret.",
    ),
    "webhook-without-http": (
        "АТС спрашивает по HTTP ([[webhook]]), а HTTP выключен: уберите http.port = 0.",
        "A PBX asks over HTTP ([[webhook]]), but HTTP is off: remove http.port = 0.",
    ),
    "recordings-unreadable": (
        (
            "«{value}» — не место записей: нужна папка (/var/spool/asterisk/recording/dozvon)"
            " или HTTP-сервер АТС (http://192.0.2.10:8088)."
        ),
        (
            "“{value}” is no place of recordings: a folder is needed"
            " (/var/spool/asterisk/recording/dozvon), or the PBX's HTTP server"
            " (http://192.0.2.10:8088)."
        ),
    ),
    "recordings-without-user": (
        "Записи АТС «{key}» берут по HTTP: задайте recordings_user и recordings_password.",
        "The recordings of “{key}” come by HTTP: set recordings_user and recordings_password.",
    ),
    "keep-days-unreadable": (
        "«{value}» не прочитать: пишите отдел=дней, например sales=365 (0 — всегда).",
        "“{value}” cannot be read: write department=days, such as sales=365 (0: for ever).",
    ),
    "agi-open": (
        (
            "FastAGI слушает {host}, не только эту машину: перечислите в agi_allow сети АТС,"
            ' например agi_allow = ["192.0.2.10"].'
        ),
        (
            "FastAGI listens on {host}, not on this machine only: list the PBX's networks,"
            ' for example agi_allow = ["192.0.2.10"].'
        ),
    ),
    "budget-order": (
        (
            "lookup_deadline_seconds ({lookup}) должен быть меньше decision_budget_seconds"
            " ({budget}): иначе решение не дождётся ответа."
        ),
        (
            "lookup_deadline_seconds ({lookup}) must be below decision_budget_seconds ({budget}):"
            " otherwise no decision waits for the answer."
        ),
    ),
}
