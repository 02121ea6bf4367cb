"""What an alarm says: what happened, what it means for calls, what to do; (Russian, English)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from switchboard.alarms import Alarm, AlarmKind, Finding, Notice, NoticeWord
from switchboard.troubles import spoken

_SENTENCES: Final[dict[AlarmKind, tuple[str, str]]] = {
    AlarmKind.LINK_DOWN: (
        (
            "Нет связи с АТС {pbx} ({why}). Звонки принимает сама АТС: звонят все телефоны отдела, "
            "карточек клиентов нет. Проверьте, что АТС работает и что её AMI доступен; что было за "
            "это время, сервис прочитает из её журнала сам."
        ),
        (
            "The PBX {pbx} cannot be reached ({why}). It takes calls by itself: the whole "
            "department rings, without client cards. See that it runs and that its AMI can be "
            "reached; what happens meanwhile is read from its journal afterwards."
        ),
    ),
    AlarmKind.SERVICE_WAS_DOWN: (
        (
            "Сервис не следил за АТС {pbx} {minutes} мин. В это время звонили все телефоны отдела; "
            "из журнала АТС восстановлено звонков: {recovered}. Посмотрите список перезвонов и "
            "журнал сервиса: почему он был остановлен."
        ),
        (
            "The service did not watch the PBX {pbx} for {minutes} min. The whole department rang "
            "meanwhile; calls recovered from its journal: {recovered}. Look at the callback list, "
            "and in the service's log why it was stopped."
        ),
    ),
    AlarmKind.JOURNAL_NOT_READ: (
        (
            "Журнал АТС {pbx} не прочитан, хотя связь есть. Новые звонки распределяются, но звонки "
            "за время без связи ещё не в списке перезвонов. Проверьте второго пользователя AMI "
            "(journal_user, право system): dozvon check."
        ),
        (
            "The journal of the PBX {pbx} is not read although it can be reached. New calls are "
            "routed, but calls from the time without a link are not in the callback list yet. "
            "Check the second AMI user (journal_user, right system): dozvon check."
        ),
    ),
    AlarmKind.SECOND_SERVICE: (
        (
            "Журнал АТС {pbx} читает другой сервис ({other}), поэтому мы его не трогаем. Звонки "
            "распределяются, но завершённые звонки и перезвоны записывает тот сервис, а не этот. "
            "Остановите один из двух."
        ),
        (
            "Another service ({other}) reads the journal of the PBX {pbx}, so we leave it alone. "
            "Calls are routed, but ended calls and callbacks are written by that service and not "
            "by this one. Stop one of the two."
        ),
    ),
    AlarmKind.CALLBACK_OVERDUE: (
        (
            "Клиентам не перезвонили вовремя: {count}, первый ждёт {minutes} мин ({client}). "
            "Откройте список перезвонов и разберите его."
        ),
        (
            "Clients are not called back in time: {count}, the first waits for {minutes} min "
            "({client}). Open the callback list and work it down."
        ),
    ),
    AlarmKind.DISK_LOW: (
        (
            "На диске {folder} свободно {percent} %. Когда место кончится, звонки будут "
            "распределяться, но не запишутся в базу. Освободите место: старые резервные копии и "
            "записи разговоров."
        ),
        (
            "The disk of {folder} has {percent} % left. When it is full, calls are routed but not "
            "written to the database. Make room: old backups and recordings."
        ),
    ),
    AlarmKind.RECORDINGS_LATE: (
        (
            "Записи разговоров не приходят ({where}): {why} Звонки идут и записываются; ничего не "
            "пропадёт, пока файлы лежат на АТС."
        ),
        (
            "Recordings do not arrive ({where}): {why} Calls go on and are recorded; nothing is "
            "lost while the PBX keeps the files."
        ),
    ),
    AlarmKind.RECORDINGS_LOST: (
        (
            "Разговоров без записи за последние сутки: {count}. Звонки идут, но послушать эти "
            "разговоры нельзя. Посмотрите, каких и почему: dozvon recordings audit."
        ),
        (
            "Conversations without a recording in the last 24 hours: {count}. Calls go on, but "
            "nobody can listen to these. See which and why: dozvon recordings audit."
        ),
    ),
    AlarmKind.DATABASE_TROUBLE: (
        (
            "База данных не пишется: {why} Звонки распределяются, новые записи ждут в памяти и в "
            "журнале АТС ({waiting})."
        ),
        (
            "The database cannot be written: {why} Calls are routed; what is new waits in memory "
            "and in the journal of the PBX ({waiting})."
        ),
    ),
    AlarmKind.HTTP_TROUBLE: (
        (
            "Порт HTTP не открылся: {why}. Звонки через Asterisk распределяются, но рабочее место "
            "и АТС по HTTP недоступны. Освободите порт или поменяйте http.port и перезапустите "
            "сервис."
        ),
        (
            "The HTTP port could not be opened: {why}. Calls through Asterisk are routed, but the "
            "workspace and PBXs over HTTP cannot be reached. Free the port or change http.port, "
            "and restart the service."
        ),
    ),
    AlarmKind.ALARMS_UNDELIVERED: (
        (
            "Тревоги не доходят ({channel}): {why}. На звонки это не влияет, но о неполадках "
            "узнают не все. Проверьте раздел [alarms] настроек и этот сервер."
        ),
        (
            "Alarms are not delivered ({channel}): {why}. Calls do not suffer, but not everybody "
            "hears of troubles. Check the section [alarms] of the settings, and that server."
        ),
    ),
    AlarmKind.REPORTED: ("{sentence}", "{sentence}"),
}
_TITLES: Final[dict[AlarmKind, tuple[str, str]]] = {
    AlarmKind.LINK_DOWN: ("нет связи с АТС {pbx}", "no link to the PBX {pbx}"),
    AlarmKind.SERVICE_WAS_DOWN: ("сервис не работал", "the service was down"),
    AlarmKind.JOURNAL_NOT_READ: (
        "журнал АТС {pbx} не прочитан",
        "the journal of {pbx} is not read",
    ),
    AlarmKind.SECOND_SERVICE: (
        "АТС {pbx} обслуживает второй сервис",
        "a second service reads the PBX {pbx}",
    ),
    AlarmKind.CALLBACK_OVERDUE: ("клиенты ждут перезвона", "clients wait for a callback"),
    AlarmKind.DISK_LOW: ("мало места на диске", "the disk is nearly full"),
    AlarmKind.RECORDINGS_LATE: ("записи не приходят", "recordings do not arrive"),
    AlarmKind.RECORDINGS_LOST: ("разговоры без записи", "conversations without a recording"),
    AlarmKind.DATABASE_TROUBLE: ("база данных не пишется", "the database cannot be written"),
    AlarmKind.HTTP_TROUBLE: ("порт HTTP не открылся", "the HTTP port is not open"),
    AlarmKind.ALARMS_UNDELIVERED: ("тревоги не доходят", "alarms are not delivered"),
    AlarmKind.REPORTED: ("нужно внимание", "attention is needed"),
}
_WORDS: Final[dict[NoticeWord, tuple[str, str]]] = {
    NoticeWord.RAISED: ("Тревога", "Alarm"),
    NoticeWord.REMINDER: ("Напоминание", "Reminder"),
    NoticeWord.CLEARED: ("Отбой", "All clear"),
}
_ENDINGS: Final[dict[NoticeWord, tuple[str, str]]] = {
    NoticeWord.RAISED: ("", ""),
    NoticeWord.REMINDER: (
        " Это продолжается уже {lasted} мин.",
        " This has gone on for {lasted} min.",
    ),
    NoticeWord.CLEARED: (
        "Прошло ({title}), длилось {lasted} мин.",
        "Over ({title}); it lasted {lasted} min.",
    ),
}


def title(notice: Notice, language: str) -> str:
    """The subject of a message, in one line."""
    return f"{_WORDS[notice.word][_of(language)]}: {_title(notice, language)}"


def sentence(notice: Notice, language: str) -> str:
    """What a notice tells."""
    lasted = max(0, round((notice.at - notice.since_at) / timedelta(minutes=1)))
    about = {"lasted": str(lasted), "title": _title(notice, language)}
    ending = _ENDINGS[notice.word][_of(language)].format(**about)
    if notice.word is NoticeWord.CLEARED:
        return ending
    return _told(notice.finding, language) + ending


def _title(notice: Notice, language: str) -> str:
    return _TITLES[notice.finding.kind][_of(language)].format(**notice.finding.about)


def _told(finding: Finding, language: str) -> str:
    about = {name: spoken(value, language) for name, value in finding.about.items()}
    return _SENTENCES[finding.kind][_of(language)].format(**about)


def _of(language: str) -> int:
    return 0 if language == "ru" else 1


def standing_sentence(alarm: Alarm, language: str) -> str:
    """What an alarm that stands tells whoever looks."""
    return _told(alarm.finding, language)
