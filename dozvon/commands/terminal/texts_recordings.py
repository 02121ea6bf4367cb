"""What the command line says of recordings and of a client's data: (Russian, English)."""

from __future__ import annotations

RECORDINGS_HELP: dict[str, tuple[str, str]] = {
    "command-recordings": (
        "Записи разговоров: что есть, чего не хватает, что хранить.",
        "Recordings of conversations: what there is, what is missing, what to keep.",
    ),
    "command-recordings-list": (
        "Показать записи, новые сверху.",
        "List recordings, newest first.",
    ),
    "command-recordings-show": (
        "Показать одну запись: по её номеру или по звонку.",
        "Show one recording, by its number or by its call.",
    ),
    "command-recordings-audit": (
        ("Сверить записи с разговорами по дням, линиям и транкам. Код 1: чего-то не хватает."),
        (
            "Balance recordings against conversations, by day, line and trunk. Code 1: some are "
            "missing."
        ),
    ),
    "command-recordings-hold": (
        "Хранить запись бессрочно (например, для суда).",
        "Keep a recording whatever its age (a legal hold).",
    ),
    "command-recordings-release": (
        "Снять бессрочное хранение.",
        "Let a held recording go.",
    ),
    "command-recordings-delete": (
        "Удалить запись сейчас. Строка о ней останется.",
        "Delete a recording now. The row about it stays.",
    ),
    "command-recordings-retry": (
        "Искать файлы потерянной записи ещё раз.",
        "Look for the files of a missing recording once more.",
    ),
    "command-recordings-link": (
        "Выдать ссылку на запись, которая действует ограниченное время.",
        "Make a link to a recording that works for a while.",
    ),
    "command-recordings-confirm-law": (
        "Подтвердить уведомление о законе: до этого ничего не записывается.",
        "Confirm the notice about the law: nothing is recorded before.",
    ),
    "command-clients-export": (
        "Выгрузить всё, что известно о клиенте: данные и записи.",
        "Export all that is known of a client: data and recordings.",
    ),
    "command-clients-erase": (
        "Стереть всё о клиенте: звонки, решения, заметки, записи, перезвоны.",
        "Erase everything about a client: calls, decisions, notes, recordings, callbacks.",
    ),
    "command-clients-record": (
        "Записывать ли разговоры клиента: yes или no.",
        "Whether a client's conversations are recorded: yes or no.",
    ),
    "help-recordings-state": (
        "Только в этом состоянии; можно несколько раз.",
        "Only in this state; may be given several times.",
    ),
    "help-recordings-since": (
        "Начиная с этого дня; обычно вчера.",
        "From this day on; yesterday if left out.",
    ),
    "help-recordings-until": (
        "По этот день включительно; обычно по сегодня.",
        "Up to this day, included; today if left out.",
    ),
    "help-recordings-why": ("Почему; попадёт в журнал.", "Why; kept in the audit."),
    "help-recordings-hours": ("Сколько часов действует ссылка.", "For how many hours it works."),
    "help-recordings-withdraw": (
        "Отозвать подтверждение: больше ничего не записывать.",
        "Withdraw the confirmation: record nothing any more.",
    ),
    "help-recordings-yes": ("Не спрашивать.", "Do not ask."),
    "help-export-to": ("Папка, куда выгрузить.", "The folder to write into."),
}

RECORDINGS: dict[str, tuple[str, str]] = {
    "recordings-none": ("Записей нет.", "There are no recordings."),
    "recordings-unknown": (
        "Записи {which} нет.",
        "There is no recording {which}.",
    ),
    "recordings-held": (
        "Запись {which} хранится бессрочно ({who}: {why}).",
        "Recording {which} is held ({who}: {why}).",
    ),
    "recordings-hold-done": (
        "Запись {which} хранится, пока её не отпустят.",
        "Recording {which} is kept until somebody lets it go.",
    ),
    "recordings-release-done": (
        "Запись {which} больше не хранится бессрочно.",
        "Recording {which} is no longer held.",
    ),
    "recordings-delete-done": ("Запись {which} удалена.", "Recording {which} is deleted."),
    "recordings-delete-not": (
        "Запись {which} не удалена: она хранится бессрочно или уже удалена.",
        "Recording {which} was not deleted: it is held, or deleted already.",
    ),
    "recordings-link-near": (
        (
            "Эта ссылка откроется только на этой машине ({address}). Задайте в настройках "
            "http.public_address — адрес, по которому открывают рабочее место, например "
            "https://dozvon.example.ru."
        ),
        (
            "Only this machine can open this link ({address}). Set http.public_address in the "
            "settings to where people open the workspace, such as https://dozvon.example.ru."
        ),
    ),
    "recordings-retry-done": (
        "Файлы записи {which} поищем ещё раз.",
        "The files of recording {which} are looked for once more.",
    ),
    "recordings-retry-not": (
        "Запись {which} не потеряна: искать нечего.",
        "Recording {which} is not missing: there is nothing to look for.",
    ),
    "recordings-ask-delete": ("Удалить запись {which}?", "Delete recording {which}?"),
    "recordings-complete": (
        "Все разговоры записаны: {count}.",
        "Every conversation has its recording: {count}.",
    ),
    "recordings-no-line": ("Исходящие и прочие", "Outgoing and other"),
    "recordings-nothing-expected": (
        "За эти дни записей не ожидалось.",
        "No recordings were expected on these days.",
    ),
    "recordings-law-notice": (
        (
            "Запись разговоров — обработка персональных данных. Прежде чем включать её, проверьте: "
            "основание для записи есть (согласие или договор); собеседники предупреждены голосом "
            "или в договоре; сотрудники уведомлены под подпись; назначен срок хранения и тот, кто "
            "вправе слушать; по просьбе клиента вы выгрузите и сотрёте его данные (dozvon clients "
            "export, erase). В других странах правила могут быть строже: спросите юриста."
        ),
        (
            "Recording conversations is processing personal data. Before you switch it on, make "
            "sure that you have a ground for it (consent or contract); that callers are told, by a "
            "prompt or in the contract; that your staff know and have signed; that it is decided "
            "how long recordings are kept and who may listen; that you export and erase a client's "
            "data when he asks (dozvon clients export, erase). Rules differ between countries: ask "
            "a lawyer."
        ),
    ),
    "recordings-law-ask": (
        "Подтверждаете, что всё это сделано?",
        "Do you confirm that all this is done?",
    ),
    "recordings-law-done": (
        "Подтверждено: {who}, {at}. Разговоры записываются там, где это включено.",
        "Confirmed: {who}, {at}. Conversations are recorded where that is switched on.",
    ),
    "recordings-law-withdrawn": (
        "Подтверждение отозвано. Больше ничего не записывается.",
        "The confirmation is withdrawn. Nothing is recorded any more.",
    ),
    "recordings-law-refused": (
        "Не подтверждено: ничего не записывается.",
        "Not confirmed: nothing is recorded.",
    ),
    "head-recording": ("запись", "recording"),
    "head-recorded-call": ("звонок", "call"),
    "head-recorded-length": ("длина", "length"),
    "head-recorded-state": ("состояние", "state"),
    "head-recorded-because": ("почему", "because"),
    "head-recorded-day": ("день", "day"),
    "head-recorded-expected": ("должно быть", "expected"),
    "head-recorded-ready": ("есть", "there"),
    "head-recorded-on-the-way": ("в пути", "on the way"),
    "head-recorded-missing": ("нет", "missing"),
    "head-recorded-broken": ("испорчено", "broken"),
    "head-recorded-deleted": ("удалено", "deleted"),
    "recording-state-expected": ("ждём", "expected"),
    "recording-state-arriving": ("в пути", "on the way"),
    "recording-state-ready": ("есть", "ready"),
    "recording-state-broken": ("испорчена", "broken"),
    "recording-state-missing": ("нет", "missing"),
    "recording-state-deleted": ("удалена", "deleted"),
    "recordings-of-call": ("Звонок {call}", "Call {call}"),
    "recordings-length": (
        "Длина {length}; говорили: клиент {client} %, мы {us} %; тишины {silence} с",
        "Length {length}; talk: client {client} %, us {us} %; {silence} s of silence",
    ),
    "recordings-part": ("  файл {name}: {state} {why}", "  file {name}: {state} {why}"),
    "recordings-kept-until": ("Хранится до {at}", "Kept until {at}"),
    "clients-data-none": (
        "О клиенте «{key}» ничего не известно.",
        "Nothing is known of client “{key}”.",
    ),
    "clients-export-done": (
        "Выгружено в {folder}: строк {rows}, записей {sounds}.",
        "Exported into {folder}: {rows} rows, {sounds} recordings.",
    ),
    "clients-export-lost": (
        "Записей нет в хранилище: {calls}",
        "Recordings that the store lacks: {calls}",
    ),
    "clients-erase-ask": (
        "Стереть всё о клиенте «{key}»? Вернуть это нельзя.",
        "Erase everything about client “{key}”? This cannot be undone.",
    ),
    "clients-erase-held": (
        (
            "Ничего не стёрто: записи {held} хранятся бессрочно. Снимите хранение "
            "(dozvon recordings release) и повторите."
        ),
        (
            "Nothing was erased: recordings {held} are held. Let them go "
            "(dozvon recordings release) and try again."
        ),
    ),
    "clients-erase-done": (
        (
            "Стёрто: строк {rows}, записей {sounds}. Что это сделано, записано. Записи самой АТС "
            "(CDR, её копии файлов) и резервные копии сотрите отдельно."
        ),
        (
            "Erased: {rows} rows, {sounds} recordings. That it was done is on record. The PBX's "
            "own call records and copies, and backups, must be erased apart."
        ),
    ),
    "clients-erase-refused": ("Ничего не стёрто.", "Nothing was erased."),
    "clients-erased-before": (
        "Уже стёрт: {at}, {who}.",
        "Erased before: {at}, {who}.",
    ),
    "clients-record-yes": (
        "Разговоры клиента «{key}» записываются там, где это включено.",
        "Conversations of client “{key}” are recorded where that is switched on.",
    ),
    "clients-record-no": (
        "Разговоры клиента «{key}» не записываются.",
        "Conversations of client “{key}” are not recorded.",
    ),
}
