"""What `dozvon check` says: (Russian, English). What is so, what it means, what to do."""

from __future__ import annotations

from typing import Final

from dozvon.setup.texts_check_pbx import CHECKS_PBX

_HERE: Final[dict[str, tuple[str, str]]] = {
    "settings-right": (
        "настройки читаются: {file}",
        "the settings can be read: {file}",
    ),
    "settings-mistake": (
        "{mistake}",
        "{mistake}",
    ),
    "no-pbx": (
        "в настройках нет ни одной АТС, звонков не будет. Выполните: dozvon init",
        "the settings name no PBX, so no calls will come. Run: dozvon init",
    ),
    "office-right": (
        "офис «{name}»: отделов {departments}, менеджеров {managers}, линий {lines}",
        "office “{name}”: {departments} departments, {managers} managers, {lines} lines",
    ),
    "office-mistake": (
        "{mistake}",
        "{mistake}",
    ),
    "office-missing": (
        "офиса ещё нет: {file} не найден, сервис не запустится. Выполните: dozvon init",
        (
            "there is no office yet: {file} is not there, and the service will not start. Run: "
            "dozvon init"
        ),
    ),
    "office-not-applied": (
        (
            "{file} отличается от применённого офиса: звонки идут по прежнему. Выполните: dozvon "
            "office apply {file}"
        ),
        (
            "{file} differs from the office in force, which calls still follow. Run: dozvon "
            "office apply {file}"
        ),
    ),
    "office-rule": (
        "{path}: {sentence}",
        "{path}: {sentence}",
    ),
    "database-right": (
        "база данных открывается и пишется: {where}",
        "the database works: {where}",
    ),
    "database-new": (
        "базы данных ещё нет, её создаст первый запуск: {where}",
        "there is no database yet; the first start makes it: {where}",
    ),
    "database-old": (
        (
            "база данных прежней версии ({revision}): при запуске сервиса она обновится, копия "
            "останется в {folder}"
        ),
        (
            "the database is of an earlier version ({revision}): the service brings it up to "
            "date when it starts and keeps a copy in {folder}"
        ),
    ),
    "database-trouble": (
        "базу данных нельзя использовать: {detail}",
        "the database cannot be used: {detail}",
    ),
    "database-newer": (
        (
            "базу данных записала более новая версия Dozvon ({revision}). Поставьте её или "
            "восстановите копию: dozvon restore"
        ),
        (
            "a newer version of Dozvon wrote the database ({revision}). Install that version, or "
            "restore a backup: dozvon restore"
        ),
    ),
    "folder-missing": (
        "папки данных {folder} нет. Создайте её для пользователя сервиса или укажите data_dir",
        "the data folder {folder} is not there. Make it for the service's user, or set data_dir",
    ),
    "folder-readonly": (
        (
            "в папку данных {folder} нельзя писать: звонки не запишутся. Запускайте проверку от "
            "пользователя сервиса или дайте ему право записи"
        ),
        (
            "the data folder {folder} cannot be written: calls would not be recorded. Check as "
            "the service's user, or give him the right to write"
        ),
    ),
    "disk-right": (
        "свободно {percent} % диска",
        "{percent} % of the disk is free",
    ),
    "disk-low": (
        (
            "свободно лишь {percent} % диска ({folder}): когда место кончится, звонки останутся "
            "только в журнале АТС. Освободите место"
        ),
        (
            "only {percent} % of the disk is free ({folder}): once it is full, calls stay in the "
            "PBX's journal alone. Make room"
        ),
    ),
    "ffmpeg-absent": (
        "ffmpeg не установлен: фразы принимаются только в WAV, моно, 8 или 16 кГц",
        "ffmpeg is not installed: prompts are taken only as WAV, mono, 8 or 16 kHz",
    ),
    "service-running": (
        "сервис работает на папке {folder}",
        "the service runs on the folder {folder}",
    ),
    "service-stopped": (
        "сервис не запущен: звонки идут на отдел по запасному плану. Выполните: dozvon serve",
        (
            "the service does not run: calls ring the department by the fail-open plan. Run: "
            "dozvon serve"
        ),
    ),
    "agi-answers": (
        "вопросы АТС принимаются на {address}",
        "the PBX can ask at {address}",
    ),
    "agi-silent": (
        (
            "сервис работает, но {address} не отвечает: каждый звонок идёт по запасному плану. "
            "Перезапустите сервис и посмотрите его журнал"
        ),
        (
            "the service runs, but {address} does not answer: every call goes the fail-open way. "
            "Restart the service and read its log"
        ),
    ),
    "agi-taken": (
        (
            "на {address} слушает другая программа (не наш сервис): АТС спросит её. Остановите "
            "её или смените agi_port и план набора"
        ),
        (
            "another program listens at {address} while our service does not run: the PBX would "
            "ask it. Stop it, or change agi_port and the dialplan"
        ),
    ),
    "agi-open": (
        (
            "спрашивать на {address} может вся сеть: agi_allow пропускает {network}. Оставьте "
            "там только адрес АТС"
        ),
        (
            "the whole network may ask at {address}: agi_allow lets {network} in. Leave only the "
            "PBX's address there"
        ),
    ),
    "agi-shared": (
        (
            "две АТС спрашивают на одном порту {address}: поднимется только первая. Дайте каждой "
            "свой agi_port"
        ),
        (
            "two PBXs ask at the same port {address}: only the first will be served. Give each "
            "its own agi_port"
        ),
    ),
    "http-answers": (
        "HTTP отвечает на {address}",
        "HTTP answers at {address}",
    ),
    "http-silent": (
        (
            "сервис работает, но HTTP на {address} не отвечает: порт мог быть занят при запуске. "
            "Посмотрите журнал сервиса или смените http.port"
        ),
        (
            "the service runs, but HTTP at {address} does not answer: the port may have been "
            "taken when it started. Read its log, or change http.port"
        ),
    ),
    "http-taken": (
        "на {address} слушает другая программа: HTTP сервиса не поднимется. Смените http.port",
        (
            "another program listens at {address}: the service's HTTP will not come up. Change "
            "http.port"
        ),
    ),
    "http-open": (
        (
            "HTTP слушает на {address}, то есть не только на этой машине: закройте его обратным "
            'прокси с TLS или верните http.host = "127.0.0.1"'
        ),
        (
            "HTTP listens at {address}, that is not only on this machine: put a reverse proxy "
            'with TLS before it, or set http.host = "127.0.0.1" again'
        ),
    ),
    "prompts-missing": (
        (
            "своих фраз нет ({missing}), клиент услышит стандартные фразы Asterisk. Записать: "
            "dozvon prompts list; сказать голосом машины: dozvon prompts make"
        ),
        (
            "some prompts are not recorded ({missing}); callers hear Asterisk's stock sounds. To "
            "record them: dozvon prompts list; to let a machine speak them: dozvon prompts make"
        ),
    ),
}

CHECKS: Final[dict[str, tuple[str, str]]] = {**_HERE, **CHECKS_PBX}
