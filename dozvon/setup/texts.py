"""What `init`, `backup`, `restore` and `prompts` say: (Russian, English)."""

from __future__ import annotations

from typing import Final

SETUP: Final[dict[str, tuple[str, str]]] = {
    "grade-ok": (
        "в порядке",
        "ok",
    ),
    "grade-note": (
        "заметка",
        "note",
    ),
    "grade-warning": (
        "внимание",
        "warning",
    ),
    "grade-error": (
        "ошибка",
        "error",
    ),
    "check-total": (
        "Ошибок: {errors}, предупреждений: {warnings}.",
        "Errors: {errors}, warnings: {warnings}.",
    ),
    "prompts-needs-ffmpeg": (
        (
            "{file} — не WAV моно 16 бит 8 или 16 кГц, а ffmpeg для перевода не установлен. "
            "Установите ffmpeg или запишите в этом виде."
        ),
        (
            "{file} is no WAV, mono, 16 bit, 8 or 16 kHz, and ffmpeg, which would convert it, is "
            "not installed. Install ffmpeg or record it so."
        ),
    ),
    "prompts-unusable": (
        "{file} нельзя использовать: это не звук, он пуст или длиннее двух минут.",
        "{file} cannot be used: it is no sound, is empty, or is longer than two minutes.",
    ),
    "prompts-no-sounds": (
        (
            "Папки звуков Asterisk здесь нет. Укажите её: --sounds ПАПКА (на АТС обычно "
            "/var/lib/asterisk/sounds)."
        ),
        (
            "Asterisk's folder of sounds is not here. Name it: --sounds FOLDER (on the PBX "
            "usually /var/lib/asterisk/sounds)."
        ),
    ),
    "prompts-added": (
        "Записано: {place}. Действует со следующего звонка.",
        "Written: {place}. In force from the next call.",
    ),
    "prompts-silent-one": (
        "нет: ничего не прозвучит",
        "missing: nothing is said",
    ),
    "prompts-missing-one": (
        "нет: прозвучит {stock}",
        "missing: {stock} is played",
    ),
    "prompts-no-synthesiser": (
        (
            "Говорить нечем: {program} не установлен, и взять его неоткуда ({why}). Установите "
            "(apt install {program}) или запишите фразы сами: dozvon prompts list."
        ),
        (
            "There is nothing to speak with: {program} is not installed and cannot be fetched "
            "({why}). Install it: apt install {program}, or record the sentences yourself: dozvon "
            "prompts list."
        ),
    ),
    "prompts-mute": (
        "{program} не смог сказать фразу ({why}). Звучат, как и прежде, стандартные фразы.",
        "{program} could not speak the sentence ({why}). Stock sounds are played as before.",
    ),
    "prompts-own": (
        "{name}: есть своя запись, она остаётся.",
        "{name}: there is a recording of your own, which stays.",
    ),
    "prompts-spoken": (
        "Сказано машиной: {place}. Действует со следующего звонка.",
        "Spoken by a machine: {place}. In force from the next call.",
    ),
    "prompts-by-machine": (
        "{file} (голос машины)",
        "{file} (a machine's voice)",
    ),
    "prompts-head-name": (
        "имя",
        "name",
    ),
    "prompts-head-file": (
        "запись",
        "recording",
    ),
    "prompts-head-text": (
        "что сказать",
        "what to say",
    ),
    "init-ask-host": (
        "Адрес АТС (Asterisk)",
        "Address of the PBX (Asterisk)",
    ),
    "init-ask-ami-port": (
        "Порт AMI",
        "Port of its AMI",
    ),
    "init-ask-calls-user": (
        "Имя пользователя AMI для звонков",
        "Name of the AMI user for calls",
    ),
    "init-ask-journal-user": (
        "Имя пользователя AMI для журнала",
        "Name of the AMI user for the journal",
    ),
    "init-ask-listen-host": (
        "На каком адресе ждать вопросов АТС",
        "Address at which to wait for the PBX's questions",
    ),
    "init-ask-listen-port": (
        "На каком порту",
        "Port",
    ),
    "init-ask-data-dir": (
        "Папка данных",
        "Folder for data",
    ),
    "init-ask-trunks": (
        "Транки (через запятую)",
        "Trunks (separated by commas)",
    ),
    "init-ask-managers": (
        "Менеджеры: добавочный=имя, через запятую",
        "Managers: extension=name, separated by commas",
    ),
    "init-ask-lines": (
        "Номера, на которые звонят клиенты (через запятую)",
        "Numbers that clients call (separated by commas)",
    ),
    "init-ask-company": (
        "Название компании",
        "Name of the company",
    ),
    "init-ask-department": (
        "Название отдела",
        "Name of the department",
    ),
    "init-ask-hours": (
        "Часы работы",
        "Hours",
    ),
    "init-ask-timezone": (
        "Часовой пояс",
        "Time zone",
    ),
    "init-ask-region": (
        "Страна номеров без кода (RU, KZ, …)",
        "Country of numbers without a code (RU, KZ, …)",
    ),
    "init-ask-replace": (
        "Заменить {file}? Прежний останется рядом",
        "Replace {file}? The one before stays beside it",
    ),
    "init-no-ami": (
        (
            "AMI на {address} не отвечает. Проверьте, что Asterisk запущен и что в [general] "
            "файла manager.conf стоит enabled = yes."
        ),
        (
            "No AMI answers at {address}. See that Asterisk runs and that [general] in "
            "manager.conf says enabled = yes."
        ),
    ),
    "init-connected": (
        "Asterisk {version} впустил обоих пользователей.",
        "Asterisk {version} lets both users in.",
    ),
    "init-paste-users": (
        'Добавьте содержимое {file} в {target} на АТС, затем: asterisk -rx "manager reload"',
        'Add what stands in {file} to {target} on the PBX, then: asterisk -rx "manager reload"',
    ),
    "init-again": (
        (
            "Настройки ещё не записаны: АТС пока не впускает. Вставьте {file} и повторите ту же "
            "команду."
        ),
        (
            "No settings are saved yet: the PBX does not let us in. Paste {file}, then give the "
            "same command again."
        ),
    ),
    "init-enter": (
        "Вставили? Enter — попробовать снова, Ctrl-C — выйти",
        "Done? Enter tries again, Ctrl-C leaves",
    ),
    "init-office-stays": (
        "Файл офиса уже есть и остаётся как был: {file}",
        "There is an office file already, and it stays as it is: {file}",
    ),
    "init-office-written": (
        "Файл офиса: {file}. Его можно править.",
        "The office file: {file}. It may be edited.",
    ),
    "init-office-apply": (
        "Звонки идут ещё по прежнему офису. Применить новый: dozvon office apply {file}",
        (
            "Calls still follow the office from before. To apply the new one: dozvon office "
            "apply {file}"
        ),
    ),
    "init-before": (
        "Прежние настройки: {file}",
        "The settings before: {file}",
    ),
    "init-saved": (
        "Настройки записаны: {file}",
        "The settings are saved: {file}",
    ),
    "init-systemname": (
        (
            "В asterisk.conf этой АТС нет systemname: добавьте systemname = pbx1 в [options] и "
            "перезапустите Asterisk."
        ),
        (
            "This PBX's asterisk.conf has no systemname: add systemname = pbx1 to [options] and "
            "restart Asterisk."
        ),
    ),
    "init-paste-dialplan": (
        (
            "Добавьте содержимое {file} в {target} на АТС и направьте на него звонки с транка (в "
            'его контексте: include => dozvon), затем: asterisk -rx "dialplan reload"'
        ),
        (
            "Add what stands in {file} to {target} on the PBX and lead the trunk's calls to it "
            '(in its context: include => dozvon), then: asterisk -rx "dialplan reload"'
        ),
    ),
    "init-paste-again": (
        "План набора в АТС уже есть. Если check назовёт его прежним, замените содержимым {file}.",
        "The dialplan is in the PBX already. If check calls it outdated, replace it by {file}.",
    ),
    "init-next": (
        "Дальше:",
        "Next:",
    ),
    "backup-made": (
        "Копия: {file} (в ней {members}).",
        "The backup: {file} (with {members}).",
    ),
    "backup-left-out": (
        (
            "Секретов в копии нет ({count}): сохраните их отдельно или сделайте копию с "
            "--with-secrets."
        ),
        "Secrets are not in it ({count}): keep them elsewhere, or make a backup --with-secrets.",
    ),
    "backup-without": (
        (
            "Звука разговоров в копии нет ({count}), он лежит в {folder}. С --with-recordings он "
            "копируется в папку рядом с копией."
        ),
        (
            "The sounds of conversations are not in it ({count}); they lie in {folder}. "
            "--with-recordings copies them into a folder beside the backup."
        ),
    ),
    "backup-recordings": (
        "Записи: {folder} (новых {copied}, уже было {there}).",
        "The recordings: {folder} ({copied} new, {there} there already).",
    ),
    "backup-forgotten": (
        "Убрано из неё то, что больше не нужно ни одной записи: {count}.",
        "Taken away from there, because no recording uses it any more: {count}.",
    ),
    "backup-forgets-alone": (
        "--forget-deleted убирает из папки записей: добавьте --with-recordings.",
        "--forget-deleted takes away from the folder of recordings: add --with-recordings.",
    ),
    "sounds-stopped": (
        "Папку {folder} не удалось заполнить ({reason}). Скопированное осталось, повторите.",
        "The folder {folder} could not be filled ({reason}). What was copied stays; try again.",
    ),
    "sounds-missing": (
        "Нет звука, на который есть строка в базе ({count}): {keys}",
        "Sounds that the database knows are not there ({count}): {keys}",
    ),
    "sounds-damaged": (
        "Звук испорчен, он не скопирован ({count}): {keys}",
        "Damaged sounds, which were not copied ({count}): {keys}",
    ),
    "restored-recordings": (
        "Записи: {folder} (вернулось {copied}, уже было {there}).",
        "The recordings: {folder} ({copied} brought back, {there} there already).",
    ),
    "restore-sounds-from": (
        (
            "Звук искали в {folder}. Если он в другом месте, повторите с --recordings ПАПКА и "
            "--force."
        ),
        (
            "They were looked for in {folder}. If they lie elsewhere, try again with "
            "--recordings FOLDER and --force."
        ),
    ),
    "backup-there": (
        "{file} уже есть: назовите другой файл.",
        "{file} is there already: name another file.",
    ),
    "backup-server": (
        "База данных на сервере PostgreSQL: копируйте её средствами сервера (pg_dump).",
        "The database is on a PostgreSQL server: back it up with the server's own tools (pg_dump).",
    ),
    "backup-nothing": (
        "Копировать нечего: {file} ещё нет.",
        "There is nothing to back up: {file} is not there yet.",
    ),
    "backup-unreadable": (
        "База данных не читается ({reason}), копии нет.",
        "The database cannot be read ({reason}); there is no backup.",
    ),
    "backup-secret-stays": (
        (
            "Один из секретов встречается в настройках ещё раз (в комментарии?), копии без "
            "секретов не вышло. Уберите его или возьмите --with-secrets."
        ),
        (
            "One of the secrets stands in the settings a second time (in a comment?), so no "
            "backup without secrets was made. Take it out, or use --with-secrets."
        ),
    ),
    "restore-broken": (
        "{file} — не целая копия Dozvon ({reason}). Ничего не изменено.",
        "{file} is no whole backup of Dozvon ({reason}). Nothing was changed.",
    ),
    "restore-newer": (
        (
            "Копию {file} сделала более новая версия ({dozvon}). Поставьте её и повторите. "
            "Ничего не изменено."
        ),
        (
            "A newer version ({dozvon}) made {file}. Install that one and try again. Nothing was "
            "changed."
        ),
    ),
    "restore-running": (
        (
            "Папку {folder} держит работающий сервис (или в неё нельзя писать). Остановите его: "
            "systemctl stop dozvon."
        ),
        (
            "A running service holds {folder} (or it cannot be written). Stop it first: "
            "systemctl stop dozvon."
        ),
    ),
    "restore-there": (
        (
            "Там уже есть: {files}. Ничего не изменено. С --force они останутся рядом под другим "
            "именем."
        ),
        (
            "These are there already: {files}. Nothing was changed. With --force they stay "
            "beside the new ones under another name."
        ),
    ),
    "restored": (
        "Восстановлено то, что было {at}: {files}",
        "Restored as of {at}: {files}",
    ),
    "restore-aside": (
        "Прежнее осталось рядом: {files}",
        "What was there stays beside it: {files}",
    ),
    "restore-next": (
        (
            "Дальше: dozvon check, затем запустите сервис. Звонки, которых нет в копии, но есть "
            "в журнале АТС, он допишет сам."
        ),
        (
            "Next: dozvon check, then start the service. Calls that are not in the backup but "
            "still in the PBX's journal are added by it."
        ),
    ),
}
