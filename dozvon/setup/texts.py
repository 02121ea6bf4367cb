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
    "prompts-missing-one": (
        "нет: прозвучит {stock}",
        "missing: {stock} is played",
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
}

SETUP_HELP: Final[dict[str, tuple[str, str]]] = {
    "help-init-yes": (
        "Ни о чём не спрашивать: брать ответы из параметров и по умолчанию.",
        "Ask nothing: take the options and the defaults.",
    ),
    "help-init-pbx": (
        "Ключ АТС в настройках и в файле офиса.",
        "The PBX's key in the settings and the office file.",
    ),
    "help-init-host": (
        "Адрес АТС.",
        "The PBX's address.",
    ),
    "help-init-ami-port": (
        "Порт AMI.",
        "The port of its AMI.",
    ),
    "help-init-calls-user": (
        "Пользователь AMI для звонков.",
        "The AMI user for calls.",
    ),
    "help-init-journal-user": (
        "Пользователь AMI для журнала.",
        "The AMI user for the journal.",
    ),
    "help-init-listen-host": (
        "Адрес, на котором ждать вопросов АТС.",
        "Where to wait for the PBX's questions.",
    ),
    "help-init-listen-port": (
        "Порт для вопросов АТС.",
        "The port for the PBX's questions.",
    ),
    "help-init-systemname": (
        "systemname, если АТС его ещё не имеет.",
        "systemname, where the PBX has none yet.",
    ),
    "help-init-trunk": (
        "Endpoint, который ведёт наружу (можно несколько раз).",
        "An endpoint that leads outside (may be repeated).",
    ),
    "help-init-data-dir": (
        "Папка данных сервиса.",
        "The service's folder for data.",
    ),
    "help-init-http-port": (
        "Порт HTTP; 0 — без HTTP.",
        "The port for HTTP; 0: none.",
    ),
    "help-init-company": (
        "Название компании.",
        "The company's name.",
    ),
    "help-init-department": (
        "Название отдела.",
        "The department's name.",
    ),
    "help-init-manager": (
        "Менеджер: добавочный=имя (можно несколько раз); иначе — все телефоны АТС.",
        "A manager: extension=name (may be repeated); else every phone of the PBX.",
    ),
    "help-init-line": (
        "Номер, на который звонят клиенты (можно несколько раз).",
        "A number that clients call (may be repeated).",
    ),
    "help-init-hours": (
        "Часы работы: «mon-fri 9:00-18:00» или always.",
        "Hours: “mon-fri 9:00-18:00” or always.",
    ),
    "help-init-timezone": (
        "Часовой пояс отдела.",
        "The department's time zone.",
    ),
    "help-init-region": (
        "Страна номеров без кода.",
        "The country of numbers without a code.",
    ),
    "help-init-new-office": (
        "Сделать файл офиса заново (прежний останется рядом).",
        "Make the office file anew (the one before stays beside it).",
    ),
    "help-init-phones-context": (
        "Контекст, где набирают добавочные.",
        "The context in which extensions are dialled.",
    ),
    "help-init-freepbx": (
        "Для FreePBX (пока никем не проверено).",
        "For FreePBX (untested so far).",
    ),
    "help-check-strict": (
        "Код 1 и при предупреждениях.",
        "Code 1 also for warnings.",
    ),
    "help-check-quiet": (
        "Только ошибки и предупреждения.",
        "Only errors and warnings.",
    ),
    "command-prompts-list": (
        "Что записать и чего не хватает. Без записи звучат стандартные фразы Asterisk.",
        (
            "What to record and what is missing. Without a recording Asterisk's stock sounds are "
            "played."
        ),
    ),
    "command-prompts-add": (
        "Поставить запись на место. ФАЙЛ — WAV моно 8 или 16 кГц; с ffmpeg — любой звук.",
        "Put a recording in its place. FILE is WAV, mono, 8 or 16 kHz; with ffmpeg any sound.",
    ),
    "help-prompts-as": (
        "Какая это фраза.",
        "Which prompt it is.",
    ),
    "help-prompts-language": (
        "На каком языке.",
        "In which language.",
    ),
    "help-prompts-sounds": (
        "Папка звуков Asterisk.",
        "Asterisk's folder of sounds.",
    ),
}
