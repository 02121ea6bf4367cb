"""The help pages: (Russian, English). The first sentence of a command stands in the list."""

from __future__ import annotations

from typing import Final

HELP: Final[dict[str, tuple[str, str]]] = {
    "usage": ("Использование:", "Usage:"),
    "options": ("Параметры", "Options"),
    "commands": ("Команды", "Commands"),
    "help-help": ("Показать эту страницу.", "Show this page."),
    "command": (
        "Dozvon: клиент дозванивается, а менеджер знает, кто звонит.",
        "Dozvon: the client gets through, and the manager knows who is calling.",
    ),
    "help-config": (
        (
            "Файл настроек; иначе $DOZVON_CONFIG, $DOZVON_SETTINGS, ./dozvon.toml, "
            "/etc/dozvon/dozvon.toml."
        ),
        (
            "The settings file; else $DOZVON_CONFIG, $DOZVON_SETTINGS, ./dozvon.toml, "
            "/etc/dozvon/dozvon.toml."
        ),
    ),
    "help-language": (
        "Язык ответов; иначе из настроек, иначе из LANG.",
        "The language of answers; else from the settings, else from LANG.",
    ),
    "help-version": ("Показать версию.", "Show the version."),
    "help-json": (
        "Ответ для программ, в JSON, с постоянными именами.",
        "The answer for programs: JSON with stable names.",
    ),
    "command-serve": (
        (
            "Работать: принимать звонки, пока не остановят. Распределяет звонки, следит за ними и "
            "ведёт их журнал; останавливается по SIGTERM или Ctrl-C."
        ),
        (
            "Serve: take calls until stopped. Routes calls, follows them and keeps their log; ends "
            "by SIGTERM or Ctrl-C."
        ),
    ),
    "command-demo": (
        (
            "Показать всё за две минуты, без АТС и без настроек. Свой Asterisk, офис для примера и "
            "настоящие звонки SIP на этой машине."
        ),
        (
            "Show everything in two minutes, without a PBX and without settings. An Asterisk of "
            "its own, an example office and real SIP calls on this machine."
        ),
    ),
    "help-demo-once": (
        "Закончить, когда рассказаны все истории.",
        "End when all stories are told.",
    ),
    "command-dialplan": (
        (
            "Напечатать, что вставить в Asterisk. Это диалплан; если в настройках ещё нет АТС — "
            "и два пользователя AMI с новыми паролями."
        ),
        (
            "Print what to paste into Asterisk. That is the dialplan; as long as the settings "
            "name no PBX, also two AMI users with new passwords."
        ),
    ),
    "help-dialplan-freepbx": (
        "Для FreePBX (пока никем не проверено).",
        "For FreePBX (untested so far).",
    ),
    "help-dialplan-asterisk": ("Версия Asterisk (первое число).", "Major version of Asterisk."),
    "help-dialplan-agi": (
        "Где ждёт вопросов этот сервис, глядя из Asterisk; иначе — как в настройках.",
        "Where this service listens, as Asterisk sees it; else as in the settings.",
    ),
    "help-dialplan-pbx": (
        "Для какой АТС из настроек; нужно, если их несколько.",
        "For which PBX of the settings; needed where there are several.",
    ),
    "help-dialplan-users": (
        "И пользователей AMI из настроек, без паролей.",
        "The AMI users of the settings too, without their passwords.",
    ),
    "help-dialplan-phones-context": (
        "Контекст, где набирают добавочные.",
        "The context in which an extension can be dialled.",
    ),
    "help-dialplan-way-back": (
        "Куда отправить звонок, на который никто не ответил (FreePBX: ext-group,600,1).",
        "A destination for calls nobody answered (FreePBX: ext-group,600,1).",
    ),
    "command-init": (
        "Настроить: спросить, соединиться и только потом записать",
        "Set up: ask, connect, and only then save",
    ),
    "command-check": (
        "Проверить всё и сказать, что исправить",
        "Check everything and say what to mend",
    ),
    "command-prompts": (
        "Что слышит звонящий: показать и заменить записи",
        "What callers hear: show and replace the recordings",
    ),
    "command-backup": ("Сделать резервную копию", "Make a backup"),
    "command-restore": ("Восстановить из резервной копии", "Restore a backup"),
    "command-lab-setup": (
        ("Взять и распаковать Asterisk, один раз на этой машине. Код 3, если взять его неоткуда."),
        "Fetch and unpack Asterisk, once for this machine. Code 3 where none is to be had.",
    ),
    "command-lab": (
        "Отдельный Asterisk, на котором идут показ и проверки",
        "The private Asterisk that the demo and the tests use",
    ),
    "command-status": (
        (
            "Показать или сменить статус менеджера. МЕНЕДЖЕР — ключ, добавочный или имя; СТАТУС — "
            "available, lunch, meeting, away, do_not_disturb, offline. Работающий сервис узнаёт о "
            "перемене в течение секунды."
        ),
        (
            "Show or change a manager's status. MANAGER is a key, an extension or a name; STATUS "
            "one of available, lunch, meeting, away, do_not_disturb, offline. The running service "
            "notices within a second."
        ),
    ),
    "command-call": (
        "Позвонить клиенту. Сначала звонит телефон менеджера, затем — клиента.",
        "Call a client. First the manager's phone rings, then the client's.",
    ),
    "help-call-as": (
        "За кого: ключ, добавочный или имя; иначе за того, чей это логин.",
        "For whom: a key, an extension or a name; else for whoever has this login.",
    ),
    "command-calls": (
        "Показать записанные звонки, новые сверху. Время — по часам отдела.",
        "List recorded calls, newest first. Times are those of the department.",
    ),
    "command-why": (
        (
            "Рассказать, почему звонок прошёл так. ЗВОНОК — номер записи, его начало или конец, "
            "или last."
        ),
        "Tell why a call went where it went. CALL is an id, its beginning or its end, or last.",
    ),
    "command-gaps": (
        "Когда АТС оставалась без присмотра. И что удалось восстановить.",
        "When a PBX was not watched. And what could be recovered.",
    ),
    "command-route": (
        (
            "Сухая проба: кому и когда позвонит такой звонок. Решает та же функция, что и живые "
            "звонки; телефоны считаются неизвестными, то есть звонят."
        ),
        (
            "Dry run: whom such a call would ring, and when. The same function decides as for "
            "live calls; phones count as unknown, that is: they ring."
        ),
    ),
    "command-number": (
        "Прочитать телефонный номер, как его поймёт АТС. Настройки не нужны.",
        "Read a telephone number as the office would. Needs no settings.",
    ),
    "command-replay": (
        (
            "Рассказать звонки из записанного потока AMI. ФАЙЛ или «-» (стандартный ввод); "
            "настройки не нужны."
        ),
        (
            "Tell the calls in a recorded AMI stream. FILE or - (the standard input); needs no "
            "settings."
        ),
    ),
    "command-office": (
        "Файл офиса: проверить, применить, показать.",
        "The office file: check, apply, show.",
    ),
    "command-office-check": (
        "Проверить файл офиса, ничего не меняя. Код 1: файл верен, но есть замечания.",
        "Check an office file and change nothing. Code 1: the file is right, but has findings.",
    ),
    "command-office-apply": (
        (
            "Применить файл офиса. Сначала показывает, что изменится, и спрашивает; файл с ошибкой "
            "не меняет ничего."
        ),
        (
            "Apply an office file. Shows first what would change, and asks; a file with a mistake "
            "changes nothing."
        ),
    ),
    "command-office-show": (
        "Показать применённый файл офиса. Или одну из прежних версий.",
        "Show the applied office file. Or one of the versions before.",
    ),
    "command-clients": (
        "Встроенная база клиентов: загрузить, найти, сосчитать, выгрузить, стереть.",
        "The built-in client base: import, find, count, export, erase.",
    ),
    "command-clients-import": (
        "Загрузить клиентов из CSV. ФАЙЛ или «-» (стандартный ввод).",
        "Import clients from CSV. FILE or - (the standard input).",
    ),
    "command-clients-find": (
        "Найти клиентов по имени или номеру.",
        "Find clients by name or number.",
    ),
    "command-clients-count": ("Сосчитать клиентов.", "Count the clients."),
    "command-config": ("Настройки сервиса.", "The settings of the service."),
    "command-config-show": (
        "Показать все настройки и откуда они. Секреты скрыты.",
        "Show every setting and where it came from. Secrets are masked.",
    ),
    "command-db": ("База данных сервиса.", "The database of the service."),
    "command-db-migrate": (
        "Создать таблицы или обновить их до этой версии.",
        "Make the tables or bring them to this version.",
    ),
    "help-region": (
        "Страна номеров без кода (ISO 3166).",
        "The country of numbers without a code (ISO 3166).",
    ),
    "help-area-code": (
        "Код города для номеров из 5–7 цифр.",
        "The area code that completes numbers of 5 to 7 digits.",
    ),
    "help-line": (
        "Линия: номер, ключ или название.",
        "The line: its number, key or name.",
    ),
    "help-from": (
        "Номер звонящего, как его покажет АТС.",
        "The caller's number as the PBX would say it.",
    ),
    "help-at": (
        "Когда звонят: «2026-11-21 19:40», 19:40 или ISO; без зоны — по часам отдела.",
        "When: “2026-11-21 19:40”, 19:40 or ISO; without a zone, by the department's clock.",
    ),
    "help-office": (
        "Взять офис из файла, а не из базы.",
        "Take the office from a file instead of the database.",
    ),
    "help-pbx": (
        "На какую АТС пришёл звонок; иначе — та, где телефоны отдела.",
        "The PBX that the call came to; else the one with the department's phones.",
    ),
    "help-since": ("С этого времени (включительно).", "From this time on (included)."),
    "help-until": ("До этого времени (не включая).", "Until this time (not included)."),
    "help-day": (
        "Только этот день: 2026-11-21, today, yesterday.",
        "This day only: 2026-11-21, today, yesterday.",
    ),
    "help-disposition": ("Только с таким исходом.", "Only calls that ended so."),
    "help-who": (
        "Только звонки этого менеджера: ключ, имя или добавочный (main/101, если их два).",
        "Only calls of this manager: key, name or extension (main/101 where two PBXs have it).",
    ),
    "help-number": ("Только с этим номером клиента.", "Only calls with this client's number."),
    "help-limit": ("Не больше стольких.", "At most so many."),
    "help-by": (
        "Кто это делает: ключ, добавочный или имя.",
        "Who does it: key, extension or name.",
    ),
    "help-note": ("Пометка для других.", "A note for the others."),
    "help-status-until": (
        "До какого времени; потом менеджер снова на месте.",
        "Until when; then the manager is available again.",
    ),
    "help-status-by": (
        "Кто меняет статус; иначе — имя пользователя системы.",
        "Who changes it; else the name of the system's user.",
    ),
    "help-yes": ("Не спрашивать.", "Do not ask."),
    "help-version-number": ("Номер версии; иначе — последняя.", "A version; else the newest."),
    "help-dry-run": (
        "Только рассказать, что будет; ничего не записать.",
        "Only tell what would be done; write nothing.",
    ),
}
