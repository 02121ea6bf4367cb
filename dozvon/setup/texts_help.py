"""Help of `init`, `check`, `backup`, `restore` and `prompts`: (Russian, English)."""

from __future__ import annotations

from typing import Final

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
    "help-backup-with-secrets": (
        "Вместе с паролями: храните копию как пароль.",
        "With the passwords: keep the file as you keep them.",
    ),
    "help-backup-with-recordings": (
        "Новые записи — в папку dozvon-recordings рядом с копией.",
        "New recordings go into the folder dozvon-recordings beside the backup.",
    ),
    "help-backup-forget-deleted": (
        "И убрать из неё звук, который больше не нужен ни одной записи.",
        "And take sounds away from there that no recording uses any more.",
    ),
    "help-restore-recordings": (
        "Где записи; иначе — папка dozvon-recordings рядом с копией.",
        "Where the recordings are; else the folder dozvon-recordings beside the backup.",
    ),
    "help-restore-force": (
        "Поверх того, что есть; прежнее остаётся рядом.",
        "Over what is there; that stays beside it.",
    ),
    "help-restore-data-dir": (
        "Куда; иначе — как в настройках.",
        "Where to; else as the settings say.",
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
    "command-prompts-make": (
        "Сказать голосом машины (espeak-ng) то, чего никто не записал. Своя запись остаётся.",
        ("Let a machine (espeak-ng) speak what nobody has recorded. Recordings of your own stay."),
    ),
    "help-prompts-voice": (
        "Голос espeak-ng, например ru+f2; все: espeak-ng --voices.",
        "A voice of espeak-ng, such as en+f2; all of them: espeak-ng --voices.",
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
