"""What a person is told of a command: what happened, what it means for the call, what to do.

Names stay in the nominative, so that no sentence depends on a grammar of names. A test asks for
every answer in both languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from pbx_adapters.port import Outcome


class Refusal(StrEnum):
    """Why a command was not given to the PBX at all."""

    NO_SUCH_PERSON = "no-such-person"
    NO_SUCH_CALL = "no-such-call"
    NO_SUCH_LEG = "no-such-leg"
    NOT_ALLOWED = "not-allowed"
    NOT_INBOUND = "not-inbound"
    RINGS_AT_YOU = "rings-at-you"
    YOU_TALK = "you-talk"
    OTHER_PBX = "other-pbx"
    NO_COMMANDS = "no-commands"
    BAD_NUMBER = "bad-number"
    COLLEAGUE = "colleague"
    NO_OUTGOING_LINE = "no-outgoing-line"
    PREFIX = "prefix"
    UNDER_WAY = "under-way"
    NOBODY_TALKS = "nobody-talks"
    NO_SUCH_TARGET = "no-such-target"
    TARGET_BUSY = "target-busy"
    TARGET_UNREACHABLE = "target-unreachable"


Answer = Outcome | Refusal

TEXTS: Mapping[Answer, tuple[str, str]] = {
    Outcome.DONE: ("Готово.", "Done."),
    Outcome.TAKEN: ("Звонок ваш.", "The call is yours."),
    Outcome.TAKEN_BEFORE: (
        "Звонок уже принят: {who}. Вам ничего делать не нужно.",
        "The call has been answered: {who}. There is nothing left to do.",
    ),
    Outcome.CALLER_LEFT: (
        "Клиент положил трубку. Если с ним никто не поговорил, звонок в списке перезвонов.",
        "The client has hung up. If nobody talked with him, the call is on the callback list.",
    ),
    Outcome.NOBODY_RINGS: (
        "Сейчас звонок ни у кого не звенит: клиент ждёт. Попробуйте ещё раз.",
        "The call rings at nobody at this moment: the client waits. Try again.",
    ),
    Outcome.TALKING: ("Разговор идёт.", "You are talking."),
    Outcome.PHONE_NO_ANSWER: (
        "Вы не сняли трубку. Ничего не изменилось.",
        "You did not pick up. Nothing was changed.",
    ),
    Outcome.PHONE_DECLINED: (
        "Ваш телефон отклонил вызов. Ничего не изменилось.",
        "Your phone declined. Nothing was changed.",
    ),
    Outcome.PHONE_BUSY: (
        "Ваш телефон занят. Закончите разговор и попробуйте ещё раз.",
        "Your phone is busy. End your talk and try again.",
    ),
    Outcome.PHONE_UNREACHABLE: (
        "Ваш телефон не на связи. Проверьте, включён ли он, и скажите администратору.",
        "Your phone is not registered. See whether it is on, and tell the administrator.",
    ),
    Outcome.HUNG_UP: (
        "Вы положили трубку раньше, чем вас соединили.",
        "You hung up before you were put through.",
    ),
    Outcome.CLIENT_BUSY: (
        "У клиента занято. Перезвоните позже.",
        "The client's line is busy. Call again later.",
    ),
    Outcome.CLIENT_NO_ANSWER: (
        "Клиент не отвечает. Перезвоните позже.",
        "The client does not answer. Call again later.",
    ),
    Outcome.CLIENT_DECLINED: (
        "Клиент сбросил звонок.",
        "The client declined the call.",
    ),
    Outcome.CLIENT_UNREACHABLE: (
        "До клиента не дозвониться: оператор не соединил. Проверьте номер.",
        "The client cannot be reached: the carrier did not connect. Check the number.",
    ),
    Outcome.LINE_FULL: (
        "Все каналы исходящей линии заняты. Попробуйте через минуту.",
        "Every channel of the outgoing line is in use. Try again in a minute.",
    ),
    Outcome.NOT_RECORDED: (
        "Этот разговор не записывается.",
        "This conversation is not being recorded.",
    ),
    Outcome.REJECTED: (
        "Команда не отправлена: в ней недопустимые знаки. Скажите администратору.",
        (
            "The command was not sent: it holds characters that are not allowed. "
            "Tell the administrator."
        ),
    ),
    Outcome.REFUSED: (
        "АТС отказала, ничего не изменилось. Возможно, звонок уже закончился.",
        "The exchange refused, nothing was changed. The call may be over.",
    ),
    Outcome.NO_LINK: (
        "Нет связи с АТС, команда не отправлена. Звонки идут и без неё; сделайте это на телефоне.",
        (
            "There is no link to the exchange, nothing was sent. Calls go on without it; "
            "use the phone itself."
        ),
    ),
    Outcome.UNKNOWN: (
        (
            "Команда отправлена, но чем она закончилась, неизвестно. "
            "Она не будет отправлена ещё раз: посмотрите на текущие звонки."
        ),
        (
            "The command was sent, but its end is not known. It will not be sent again: "
            "look at the live calls."
        ),
    ),
    Refusal.NO_SUCH_PERSON: (
        "В офисе нет такого сотрудника: {who}.",
        "There is nobody of that name in the office: {who}.",
    ),
    Refusal.NO_SUCH_CALL: (
        "Такого звонка сейчас нет: он уже закончился.",
        "There is no such call now: it is over.",
    ),
    Refusal.NO_SUCH_LEG: (
        "Этого соединения в звонке уже нет.",
        "The call has no such leg any more.",
    ),
    Refusal.NOT_ALLOWED: (
        "Это звонок другого отдела или другого сотрудника. Попросите его руководителя.",
        "This call belongs to another department or person. Ask the head of it.",
    ),
    Refusal.NOT_INBOUND: (
        "Забрать можно только входящий звонок клиента.",
        "Only a client's incoming call can be taken.",
    ),
    Refusal.RINGS_AT_YOU: (
        "Этот звонок звенит у вас: снимите трубку.",
        "This call rings at your phone: pick it up.",
    ),
    Refusal.YOU_TALK: (
        "Вы уже говорите. Закончите разговор и попробуйте ещё раз.",
        "You are talking already. End your talk and try again.",
    ),
    Refusal.OTHER_PBX: (
        "Ваш телефон на другой АТС, чем этот звонок.",
        "Your phone is on another exchange than this call.",
    ),
    Refusal.NO_COMMANDS: (
        "Эта АТС не принимает команд. Сделайте это на телефоне.",
        "This exchange takes no commands. Use the phone itself.",
    ),
    Refusal.BAD_NUMBER: (
        "Это не телефонный номер: {number}. Напишите его полностью, с кодом.",
        "This is no telephone number: {number}. Write all of it, with its code.",
    ),
    Refusal.COLLEAGUE: (
        "{number} — это внутренний номер. Наберите его на телефоне.",
        "{number} is a colleague's extension. Dial it on the phone.",
    ),
    Refusal.NO_OUTGOING_LINE: (
        "У вашего отдела нет исходящей линии. Скажите администратору.",
        "Your department has no outgoing line. Tell the administrator.",
    ),
    Refusal.PREFIX: (
        (
            "На {number} с линии {line} звонить нельзя: такие номера не разрешены. "
            "Скажите администратору."
        ),
        (
            "{number} may not be called through the line {line}: such numbers are not allowed. "
            "Tell the administrator."
        ),
    ),
    Refusal.UNDER_WAY: (
        "Эта команда уже выполняется: второй раз она не отправлена.",
        "This is under way already: it was not sent a second time.",
    ),
    Refusal.NOBODY_TALKS: (
        "С клиентом сейчас никто не говорит: передавать нечего.",
        "Nobody talks with the client now: there is nothing to hand on.",
    ),
    Refusal.NO_SUCH_TARGET: (
        "Такому сотруднику передать нельзя: {who}.",
        "The client cannot be handed on to {who}.",
    ),
    Refusal.TARGET_BUSY: (
        "{who}: уже говорит. Клиент остался на линии.",
        "{who} is talking already. The client stays where he is.",
    ),
    Refusal.TARGET_UNREACHABLE: (
        "{who}: телефон не на связи. Клиент остался на линии.",
        "{who}: the phone is not registered. The client stays where he is.",
    ),
}


def sentence(answer: Answer, about: Mapping[str, str], language: str) -> str:
    """An answer as a sentence in Russian or (any other language) English."""
    gaps = {"who": "—", "number": "—", "line": "—"} | dict(about)
    russian, english = TEXTS[answer]
    return (russian if language == "ru" else english).format(**gaps)
