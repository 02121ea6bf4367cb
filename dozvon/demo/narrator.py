"""Tells a call's story as it happens, with the reasons, line by line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from router.calls import Call, Disposition, LegOutcome, MissedReason
from router.events import CallBegan, LegAnswered, LegBegan, LegEnded, LegPickedUp
from router.explain import story as sentences
from router.numbers import NumberKind, NumberPlan, format_national, normalise
from router.office import Office
from switchboard.news import CallDecided, CallMoved, CallRecorded, News

_WORDS = {
    "en": {
        "calls": "{who} calls {line}",
        "hidden": "a hidden number",
        "rings": "☎ {who} rings",
        "asked": "  {who} picked up and is asked to press 1",
        "talks": "✔ {who} talks with the client",
        "no_answer": "  {who} let it ring ({seconds:.0f} s)",
        "declined": "  {who} declined",
        "busy": "  {who} is busy",
        "elsewhere": "  {who} stops: taken elsewhere",
        "cancelled": "  {who} stops: the caller has left",
        "not_confirmed": "  {who} did not press 1: no answer",
        "unreachable": "  {who} cannot be reached",
        "failed": "  {who} could not be dialled",
        "over": "■ in the log: {how}",
        "callback": ", a callback is open",
        "closed": ", the client's callback is closed",
    },
    "ru": {
        "calls": "{who} звонит: {line}",
        "hidden": "скрытый номер",
        "rings": "☎ звонит {who}",
        "asked": "  {who}: трубка снята, просим нажать 1",
        "talks": "✔ разговор: {who}",
        "no_answer": "  {who}: не отвечает ({seconds:.0f} с)",
        "declined": "  {who}: звонок отклонён",
        "busy": "  {who}: занято",
        "elsewhere": "  {who}: звонок принят другим",
        "cancelled": "  {who}: звонящий положил трубку",
        "not_confirmed": "  {who}: 1 не нажата — это не ответ",
        "unreachable": "  {who}: нет на связи",
        "failed": "  {who}: не удалось набрать",
        "over": "■ в журнале: {how}",
        "callback": ", открыт обратный звонок",
        "closed": ", обратный звонок клиента закрыт",
    },
}
_HOW = {
    "en": {
        Disposition.ANSWERED: "answered by {who}, {seconds:.0f} s of talk",
        Disposition.MISSED: "missed ({reason})",
        Disposition.REJECTED: "refused",
    },
    "ru": {
        Disposition.ANSWERED: "принят ({who}), разговор {seconds:.0f} с",
        Disposition.MISSED: "пропущен ({reason})",
        Disposition.REJECTED: "отказано",
    },
}
_REASONS = {
    "en": {
        MissedReason.ABANDONED: "the caller gave up",
        MissedReason.NO_ANSWER: "nobody answered",
        MissedReason.CLOSED: "after hours",
        MissedReason.NOBODY_REACHABLE: "nobody could be reached",
        MissedReason.LOST_IN_TRANSFER: "lost in a transfer",
        MissedReason.PBX_RESTARTED: "the exchange was restarted",
    },
    "ru": {
        MissedReason.ABANDONED: "звонящий не дождался",
        MissedReason.NO_ANSWER: "никто не ответил",
        MissedReason.CLOSED: "нерабочее время",
        MissedReason.NOBODY_REACHABLE: "никого нет на связи",
        MissedReason.LOST_IN_TRANSFER: "потерян при переводе",
        MissedReason.PBX_RESTARTED: "АТС перезапущена",
    },
}
_ENDS: dict[LegOutcome, str] = {
    outcome: str(outcome) for outcome in LegOutcome if outcome is not LegOutcome.ANSWERED
}


def outcome_text(call: Call, office: Office, language: str) -> str:
    """How a call ended, in a few words."""
    if call.disposition is None:
        return "…"
    reason = _REASONS[language].get(call.reason, "") if call.reason else ""
    who = person(call.answered_by or "", office)
    text = _HOW[language].get(call.disposition, str(call.disposition))
    return text.format(who=who, seconds=call.talk_seconds, reason=reason)


def person(target: str, office: Office) -> str:
    """Whose phone or mobile this is: `102 Пётр Петров`."""
    for manager in office.managers.values():
        if target == manager.extension:
            return f"{target} {manager.name}"
        if manager.mobile and target[-10:] == manager.mobile[-10:]:
            return f"{format_national(normalise(manager.mobile, NumberPlan()))} ({manager.name})"
    return target


class Narrator:
    """Turns news into lines for `say`. Times count from the call's own beginning."""

    def __init__(self, office: Office, language: str, say: Callable[[str], None]) -> None:
        self._office = office
        self._language = language
        self._words = _WORDS[language]
        self._say = say
        self._extensions = frozenset(m.extension for m in office.managers.values())
        self._began: dict[str, datetime] = {}
        self._letters: dict[str, str] = {}

    def tell(self, news: News) -> None:
        """Tell one piece of news; what a reader need not know is left out."""
        if isinstance(news, CallDecided):
            self._decided(news)
        elif isinstance(news, CallMoved):
            self._moved(news)
        elif isinstance(news, CallRecorded):
            self._recorded(news)

    def _decided(self, news: CallDecided) -> None:
        for sentence in sentences(news.decision.reasons, self._language):
            self._line(news.call_id, None, f"· {sentence}")

    def _moved(self, news: CallMoved) -> None:
        event, call = news.event, news.call
        if isinstance(event, CallBegan):
            self._began[call.id] = event.at
            line = self._line_name(event.line)
            self._word(call, event.at, "calls", who=self._caller(event.caller), line=line)
        elif isinstance(event, LegBegan):
            self._word(call, event.at, "rings", who=person(event.target, self._office))
        elif isinstance(event, LegPickedUp | LegAnswered | LegEnded):
            self._leg(call, event)

    def _leg(self, call: Call, event: LegPickedUp | LegAnswered | LegEnded) -> None:
        leg = next((le for le in call.legs if le.id == event.leg_id), None)
        if leg is None:
            return
        who = person(leg.target, self._office)
        if isinstance(event, LegPickedUp):
            if leg.target not in self._extensions:
                self._word(call, event.at, "asked", who=who)
        elif isinstance(event, LegAnswered):
            self._word(call, event.at, "talks", who=who)
        elif word := _ENDS.get(leg.outcome):
            self._word(call, event.at, word, who=who, seconds=leg.ring_seconds)

    def _recorded(self, news: CallRecorded) -> None:
        how = outcome_text(news.call, self._office, self._language)
        extra = self._words["callback"] if news.callback_opened else ""
        extra = self._words["closed"] if news.callback_closed else extra
        at = news.call.ended_at
        self._line(news.call.id, at, self._words["over"].format(how=how) + extra)
        self._began.pop(news.call.id, None)
        self._letters.pop(news.call.id, None)

    def _word(self, call: Call, at: datetime, word: str, **about: object) -> None:
        if word in self._words:
            self._line(call.id, at, self._words[word].format(**about))

    def _line(self, call_id: str, at: datetime | None, text: str) -> None:
        began = self._began.get(call_id)
        seconds = f"{(at - began).total_seconds():5.1f} s" if at and began else "       "
        self._say(f"  {self._letter(call_id)} {seconds}  {text}")

    def _letter(self, call_id: str) -> str:
        """A, B, …: which of several calls a line belongs to."""
        if call_id not in self._letters:
            used = set(self._letters.values())
            letter = next((c for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if c not in used), "?")
            self._letters[call_id] = letter
        return self._letters[call_id]

    def _line_name(self, number: str) -> str:
        found = next(
            (ln for ln in self._office.lines.values() if ln.number[-10:] == number[-10:]), None
        )
        return f"«{found.name}»" if found else number

    def _caller(self, caller: str) -> str:
        number = normalise(caller, NumberPlan(region=self._office.region))
        if number.kind is NumberKind.HIDDEN:
            return self._words["hidden"]
        return format_national(number) if number.e164 else caller
