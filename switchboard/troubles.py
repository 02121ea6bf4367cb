"""What the engine tells of its troubles, in the reader's language, also where it kept them before.

Reasons of gaps, alarms that outlive a restart and the word of two witnesses stand in the database
in English. Every form that can stand there is known here; a text of no known form (an exchange's
own words) is told as it is.
"""

from __future__ import annotations

import re

from pbx_adapters.asterisk import troubles as asterisk
from pbx_adapters.cdr import troubles as cdr
from storage import dialects, system_words
from storage.sentences import Form, in_language, read_again

SERVICE_WAS_DOWN = Form("the service was not running", "сервис не работал")
NOT_CONNECTED_YET = Form("not connected yet", "ещё не подключились")
NO_CALL_RECORDS = Form(
    "calls outside our dialplan are not recoverable: no call records are configured",
    "звонки мимо нашего диалплана не восстановить: учёт звонков АТС не настроен",
)
NOT_RECOVERED = Form(
    "not recovered from call records: {why}",
    "из учёта звонков АТС не восстановлено: {why}",
)
NOT_LOOKED_AGAIN = Form(
    "the call records could not be looked into again: {why}",
    "ещё раз заглянуть в учёт звонков АТС не удалось: {why}",
)
DAMAGED = Form("{count} call records are damaged.", "Повреждённых записей учёта: {count}.")
NO_HTTP = Form(
    "HTTP cannot be served on {host} port {port}: {why}",
    "не удаётся слушать HTTP на {host}, порт {port}: {why}",
)
NO_ANSWER_IN_TIME = Form("no answer in {seconds} s", "нет ответа {seconds} с")
HOST_SILENT = Form("{host}: no answer in {seconds} s", "{host}: нет ответа {seconds} с")
HOST_FAILS = Form("{host} fails: {why}", "{host}: {why}")
ADDRESS_ANSWERS = Form("the address answers {status}", "адрес отвечает {status}")
BOOKS_DIFFER = Form(
    "The books of {day} do not balance: {count} differences between the log and the exchange's own "
    "records. See each with `dozvon books --day {when}`.",
    "Сверка за {day} не сошлась: расхождений между журналом и записями самой АТС — {count}. Каждое "
    "покажет `dozvon books --day {when}`.",
)
BOOKS_UNREAD = Form(
    "The books of {day} could not be balanced: {why}",
    "Сверку за {day} провести не удалось: {why}",
)
STORE = Form("the store", "хранилище")
FIRST_START = Form("first start", "первый запуск")

FORMS = (
    SERVICE_WAS_DOWN,
    NOT_CONNECTED_YET,
    NO_CALL_RECORDS,
    NOT_RECOVERED,
    NOT_LOOKED_AGAIN,
    DAMAGED,
    NO_HTTP,
    HOST_SILENT,
    HOST_FAILS,
    NO_ANSWER_IN_TIME,
    ADDRESS_ANSWERS,
    BOOKS_DIFFER,
    BOOKS_UNREAD,
    STORE,
    FIRST_START,
    *asterisk.FORMS,
    *cdr.FORMS,
    *dialects.FORMS,
    *system_words.FORMS,
)

_DIFFERENCE = re.compile(r"(\w+): events (.*), journal (.*)")
_RUSSIAN = {
    "disposition": "итог",
    "reason": "причина",
    "answered_by": "кто говорил",
    "None": "неизвестно",
    "answered": "принят",
    "missed": "пропущен",
    "rejected": "отклонён",
    "no_answer": "без ответа",
    "busy": "занято",
    "failed": "не соединён",
    "cancelled": "отменён",
    "abandoned": "не дождался",
    "closed": "закрыто",
    "nobody_reachable": "никого на связи",
    "lost_in_transfer": "потерян при переводе",
    "pbx_restarted": "АТС перезапущена",
}


def spoken(text: str, language: str) -> str:
    """A trouble as the reader understands it, whether it was just met or kept in English."""
    return str(in_language(read_again(text, FORMS), language))


def disagreement(text: str, language: str) -> str:
    """How two witnesses differ about a call, as `switchboard.endings` keeps it."""
    if language != "ru":
        return text
    return "; ".join(_difference(part) for part in text.split("; "))


def _difference(part: str) -> str:
    found = _DIFFERENCE.fullmatch(part)
    if found is None:
        return part
    name, events, journal = (_RUSSIAN.get(word, word) for word in found.groups())
    return f"{name}: события — {events}, журнал — {journal}"
