"""How a call ends: its one disposition, from the events and from the PBX's journal.

Rules:
1. A leg that is still open when the call ends is closed with it.
2. Inbound: answered if a person talked, unless the client was handed on and nobody served him after
   that (missed, lost in transfer); rejected if the PBX turned him away; else missed.
3. Outbound and internal: answered if both talked, else what the last leg says. A client who
   declines is busy; the caller who declines his own click-to-call has cancelled it.
4. A Dial can be answered in the instant in which the caller leaves: the two never talked. Where
   the journal tells of an answer and of no talk, and the events were watched from the beginning
   and saw none, the call is missed, as the events have it.
5. Otherwise the journal is believed over the events for the disposition, its reason, who answered
   and when it ended; a difference is returned, never dropped. It may end a call that the events
   left open. Rings and talk stay as the events told them, but for a talk of which they saw nothing:
   that is as long as the journal says.
6. A client who was not served is missed, also where a journal has a word for it that is meant for
   calls that we place (busy, no answer); and a call that we placed is never missed or rejected.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from router import legs
from router.calls import Call, CallState, Direction, Disposition, Leg, LegOutcome, MissedReason
from router.events import CallEnded


def with_leg(call: Call, new: Leg) -> Call:
    """The call with one leg replaced, found by its id."""
    return replace(call, legs=tuple(new if leg.id == new.id else leg for leg in call.legs))


def quiet(call: Call, at: datetime) -> Call:
    """The call with its talk closed, if nobody talks any more."""
    if call.talking_since is None or any(leg.talking_since for leg in call.legs):
        return call
    stretch = legs.seconds(call.talking_since, at)
    return replace(call, talking_since=None, talk_seconds=round(call.talk_seconds + stretch, 3))


def all_closed(call: Call, at: datetime) -> Call:
    """The call with every open leg closed."""
    for leg in call.legs:
        if not leg.ended_at:
            outcome = LegOutcome.ANSWERED if leg.picked_up_at else LegOutcome.CANCELLED
            call = with_leg(call, legs.closed(leg, outcome, at))
    return quiet(call, at)


def judged(call: Call, event: CallEnded) -> tuple[Disposition, MissedReason | None]:
    """The disposition of a call whose legs are closed, as far as the events tell."""
    if call.direction is not Direction.INBOUND:
        return (Disposition.ANSWERED if call.answered_at else _unanswered(call)), None
    if call.answered_at:
        if _lost_in_transfer(call):
            return Disposition.MISSED, MissedReason.LOST_IN_TRANSFER
        return Disposition.ANSWERED, None
    if event.rejected:
        return Disposition.REJECTED, None
    return Disposition.MISSED, event.reason or _unserved(rang=bool(call.legs))


def _unserved(*, rang: bool) -> MissedReason:
    """Why a client was missed, where nobody says it."""
    return MissedReason.NO_ANSWER if rang else MissedReason.NOBODY_REACHABLE


def why_missed(word: Disposition, *, rang: bool) -> MissedReason | None:
    """Why a client was missed whose call ended with this word, were it one for calls that we place.

    None where he was not missed. `rang`: somebody was rung.
    """
    if word in {Disposition.ANSWERED, Disposition.REJECTED}:
        return None
    said = {
        Disposition.CANCELLED: MissedReason.ABANDONED,
        Disposition.NO_ANSWER: MissedReason.NO_ANSWER,
    }
    return said.get(word) or _unserved(rang=rang)


def _lost_in_transfer(call: Call) -> bool:
    last = call.transfers[-1] if call.transfers else None
    if last is None or last.completed or call.served_at is None:
        return False
    return call.served_at <= last.at


_BY_OUTCOME: Mapping[LegOutcome, Disposition] = MappingProxyType(
    {
        LegOutcome.NO_ANSWER: Disposition.NO_ANSWER,
        LegOutcome.NOT_CONFIRMED: Disposition.NO_ANSWER,
        LegOutcome.BUSY: Disposition.BUSY,
        LegOutcome.DECLINED: Disposition.BUSY,
        LegOutcome.UNREACHABLE: Disposition.FAILED,
        LegOutcome.FAILED: Disposition.FAILED,
    }
)


def unanswered(last: LegOutcome | None, *, own: bool = False) -> Disposition:
    """How a call that we began ended without a talk, by its last leg; None where it had none.

    The caller's own phone may be a leg as well (click-to-call, `own`): when he declined it, he
    changed his mind. One that was still ringing was given up.
    """
    if last is None:
        return Disposition.FAILED
    if last is LegOutcome.DECLINED and own:
        return Disposition.CANCELLED
    return _BY_OUTCOME.get(last, Disposition.CANCELLED)


def _unanswered(call: Call) -> Disposition:
    """How a call that we began ended without a talk: as its last leg did."""
    last = call.legs[-1] if call.legs else None
    if last is None:
        return unanswered(None)
    return unanswered(last.outcome, own=last.target == call.caller)


def placed_word(word: Disposition) -> Disposition:
    """How a call that we placed ended, by a word that may be one for a client's call."""
    said = {Disposition.MISSED: Disposition.NO_ANSWER, Disposition.REJECTED: Disposition.BUSY}
    return said.get(word, word)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How the PBX's journal says that a call ended. None: the journal does not say.

    `disposition` and `ended_at` it always says. `connected`: it tells of a talk, were it of 0 s.
    `talk_seconds`: how long that was, in whole seconds.
    """

    disposition: Disposition
    ended_at: datetime
    reason: MissedReason | None = None
    answered_by: str | None = None
    answered_at: datetime | None = None
    talk_seconds: float = 0.0
    connected: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Where events and journal differ: name → (what events said, what the journal says)."""

    call_id: str
    at: datetime
    differences: Mapping[str, tuple[str | None, str | None]]


def settle(call: Call, verdict: Verdict) -> tuple[Call, Disagreement | None]:
    """The call as the journal has it, and where the events had said something else.

    Also ends a call whose end no event told; that alone is no disagreement. A call is settled once:
    a second verdict changes nothing.
    """
    if call.settled:
        return call, None
    verdict = _fitting(call, verdict)
    unsure = call.talk_partial and call.answered_at is None
    judged_by_events = call.state is CallState.ENDED and not unsure
    differences = _differences(call, verdict) if judged_by_events else {}
    if judged_by_events and _never_connected(call, verdict):
        verdict = Verdict(disposition=Disposition.MISSED, ended_at=verdict.ended_at, reason=_LEFT)
    if call.state is not CallState.ENDED:
        call = all_closed(call, verdict.ended_at)
    new = replace(
        call,
        state=CallState.ENDED,
        settled=True,
        talk_partial=call.talk_partial and call.answered_at is not None,
        disposition=verdict.disposition,
        reason=verdict.reason,
        ended_at=max(verdict.ended_at, call.served_at or verdict.ended_at),
        answered_by=verdict.answered_by or call.answered_by,
        answered_at=call.answered_at or verdict.answered_at,
        talk_seconds=_talk_seconds(call, verdict),
    )
    if not differences:
        return new, None
    return new, Disagreement(call_id=call.id, at=verdict.ended_at, differences=differences)


def _fitting(call: Call, verdict: Verdict) -> Verdict:
    """The verdict in the words for a call of this direction."""
    if call.direction is not Direction.INBOUND:
        word = placed_word(verdict.disposition)
        fits = word is verdict.disposition
        return verdict if fits else replace(verdict, disposition=word, reason=None)
    missed = why_missed(verdict.disposition, rang=bool(call.legs))
    if missed is None or verdict.disposition is Disposition.MISSED:
        return verdict
    return replace(verdict, disposition=Disposition.MISSED, reason=verdict.reason or missed)


_A_MOMENT = 1.0


def _talk_seconds(call: Call, verdict: Verdict) -> float:
    """The talk that the events saw; the journal's where they saw not even a second of one."""
    unseen = call.talk_seconds < _A_MOMENT and verdict.talk_seconds >= _A_MOMENT
    return verdict.talk_seconds if unseen else call.talk_seconds


_LEFT = MissedReason.ABANDONED


def _never_connected(call: Call, verdict: Verdict) -> bool:
    answered = verdict.disposition is Disposition.ANSWERED and not verdict.connected
    return answered and call.disposition is Disposition.MISSED and not call.recovered


def _differences(call: Call, verdict: Verdict) -> dict[str, tuple[str | None, str | None]]:
    said: dict[str, tuple[str | None, str | None]] = {
        "disposition": (call.disposition, verdict.disposition)
    }
    if verdict.reason and call.disposition is verdict.disposition:
        said["reason"] = (call.reason, verdict.reason)
    if verdict.answered_by:
        said["answered_by"] = (call.answered_by, verdict.answered_by)
    return {name: pair for name, pair in said.items() if pair[0] != pair[1]}
