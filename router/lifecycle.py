"""How a call moves: from the offer to its one end.

Rules:
1. A call is *offered* when it begins; *ringing* while at least one leg rings; *talking* while a
   person talks with the outside party; *held* while the party who talks waits on hold; *ended*
   once, for ever. A call can go back: a phone stops ringing and the next one is not dialled yet
   (offered), a talk is handed on to a phone that rings (ringing).
2. The table `MOVES` says for each state and event where the call may go. Several states in one cell
   mean: whichever the legs say. What is not in the table does not happen: the event is ignored,
   because the PBX sends late and doubled ones, and the reason is returned; nothing raises.
3. A leg's outcome is final. A leg that talked is answered, whatever its end is called.
4. An ended call has exactly one disposition; before the end it has none. `router.endings` says
   which, and how the PBX's journal is believed over the events (`settle`).
5. Ending is idempotent: what comes afterwards is ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from router import legs
from router.calls import Call, CallState, Direction, Leg, LegOutcome, Transfer, TransferKind
from router.endings import Disagreement, Verdict, all_closed, judged, quiet, settle, with_leg
from router.events import (
    AnyCallEvent,
    CallBegan,
    CallDescribed,
    CallEnded,
    CallEvent,
    CallHeld,
    CallResumed,
    CallsJoined,
    CallTransferred,
    LegAnswered,
    LegBegan,
    LegEnded,
    LegLeft,
    LegPickedUp,
    LegRang,
    LegTaken,
)

__all__ = ["MOVES", "Advanced", "Disagreement", "Verdict", "advance", "diagram", "settle"]

OFFERED, RINGING = CallState.OFFERED, CallState.RINGING
TALKING, HELD, ENDED = CallState.TALKING, CallState.HELD, CallState.ENDED

_OPEN = (OFFERED, RINGING)
_TALK = (TALKING, HELD)


def _table() -> dict[tuple[CallState, type[CallEvent]], tuple[CallState, ...]]:
    moves: dict[tuple[CallState, type[CallEvent]], tuple[CallState, ...]] = {}
    for state in (OFFERED, RINGING, TALKING, HELD):
        talks = state in _TALK
        same = (state,)
        moves |= {
            (state, CallDescribed): same,
            (state, CallsJoined): same,
            (state, CallTransferred): same,
            (state, LegBegan): same if talks else (RINGING,),
            (state, LegRang): same if talks else (RINGING,),
            (state, LegPickedUp): same if talks else _OPEN,
            (state, LegTaken): same if talks else _OPEN,
            (state, LegAnswered): (TALKING,),
            (state, LegLeft): (*_OPEN, state),
            (state, LegEnded): (*_OPEN, state) if talks else _OPEN,
            (state, CallEnded): (ENDED,),
        }
    moves[TALKING, CallHeld] = (HELD,)
    moves[HELD, CallResumed] = (TALKING,)
    for state in _OPEN:
        del moves[state, LegLeft]
    return moves


MOVES: Mapping[tuple[CallState, type[CallEvent]], tuple[CallState, ...]] = MappingProxyType(
    _table()
)
"""State and event → the states the call may be in afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advanced:
    """The call after an event. `ignored` says why the event changed nothing, or is None."""

    call: Call | None
    ignored: str | None = None


def advance(call: Call | None, event: AnyCallEvent) -> Advanced:
    """Moves a call by one event; None stands for a call that nobody knows yet."""
    why_not = _refused(call, event)
    if why_not:
        return Advanced(call=call, ignored=f"ignored, because {why_not}")
    if call is None:
        return Advanced(call=_begun(event) if isinstance(event, CallBegan) else None)
    changed = _CHANGES[type(event)](call, event)
    if isinstance(changed, str):
        return Advanced(call=call, ignored=f"ignored, because {changed}")
    if changed.state is ENDED:
        return Advanced(call=changed)
    allowed = MOVES[call.state, type(event)]
    return Advanced(call=replace(changed, state=_state(call.state, allowed, changed)))


def _refused(call: Call | None, event: AnyCallEvent) -> str:
    """Why the event changes nothing, in half a sentence, or an empty string."""
    if call is None:
        return "" if isinstance(event, CallBegan) else "no such call is known"
    if event.call_id != call.id and event.call_id not in call.aliases:
        return "it belongs to another call"
    if call.state is ENDED:
        return "the call has ended"
    if isinstance(event, CallBegan):
        return "the call has begun already"
    if (call.state, type(event)) not in MOVES:
        return f"{type(event).__name__} means nothing to a call that is {call.state}"
    return ""


def _state(now: CallState, allowed: tuple[CallState, ...], call: Call) -> CallState:
    if len(allowed) == 1:
        return allowed[0]
    if any(leg.talking_since for leg in call.legs):
        return now if now in _TALK else TALKING
    return RINGING if any(legs.rings(leg) for leg in call.legs) else OFFERED


def _begun(event: CallBegan) -> Call:
    return Call(
        id=event.call_id,
        pbx=event.pbx,
        linked_id=event.linked_id,
        direction=event.direction,
        caller=event.caller,
        caller_name=event.caller_name,
        line=event.line,
        began_at=event.at,
        recovered=event.recovered,
    )


# Each change gives the call after the event, or says in half a sentence why there is none.


def _described(call: Call, event: CallDescribed) -> Call | str:
    new = replace(
        call,
        direction=call.direction if event.direction is None else event.direction,
        caller=call.caller if event.caller is None else event.caller,
        caller_name=call.caller_name if event.caller_name is None else event.caller_name,
        line=call.line if event.line is None else event.line,
    )
    return "it says nothing new" if new == call else new


def _joined(call: Call, event: CallsJoined) -> Call | str:
    if event.absorbed_id == call.id or event.absorbed_id in call.aliases:
        return "the two are one call already"
    return replace(call, aliases=call.aliases | {event.absorbed_id})


def _leg(call: Call, leg_id: str) -> Leg | None:
    return next((leg for leg in call.legs if leg.id == leg_id), None)


def _leg_began(call: Call, event: LegBegan) -> Call | str:
    if _leg(call, event.leg_id):
        return "this leg is known"
    leg = Leg(id=event.leg_id, target=event.target, channel=event.channel, began_at=event.at)
    return replace(call, legs=(*call.legs, leg))


def _leg_rang(call: Call, event: LegRang) -> Call | str:
    leg = _leg(call, event.leg_id)
    if leg is None or leg.rang_at or not legs.rings(leg):
        return "no such leg waits for its first ring"
    return with_leg(call, replace(leg, rang_at=event.at))


def _leg_picked_up(call: Call, event: LegPickedUp) -> Call | str:
    leg = _leg(call, event.leg_id)
    if leg is None or not legs.rings(leg):
        return "no such leg rings"
    return with_leg(call, legs.picked_up(leg, event.at))


def _leg_taken(call: Call, event: LegTaken) -> Call | str:
    leg = _leg(call, event.leg_id)
    if leg is None or leg.ended_at or (leg.answered_at and not leg.talking_since):
        return "no such leg rings or waits for its talk"
    taken = _leg(call, event.taken_leg_id)
    if taken is None:
        taken = Leg(
            id=event.taken_leg_id, target=event.by, began_at=event.at, picked_up_at=event.at
        )
        call = replace(call, legs=(*call.legs, taken))
    if leg.talking_since is None:
        return with_leg(call, legs.closed(leg, LegOutcome.ELSEWHERE, event.at))
    return _talk_taken(call, leg, taken, event)


def _talk_taken(call: Call, leg: Leg, taken: Leg, event: LegTaken) -> Call | str:
    if taken is leg or taken.ended_at or taken.talking_since:
        return "whoever took it is gone or talks already"
    first = call.answered_by == leg.target
    heard = legs.silent(leg, event.at).talk_seconds  # of the client, by whoever stands there now
    call = with_leg(call, legs.never_heard(leg, event.at))
    taken = replace(taken, talk_seconds=round(taken.talk_seconds + heard, 3))
    call = with_leg(call, legs.talking(taken, event.at))
    return replace(call, answered_by=event.by if first else call.answered_by)


def _leg_answered(call: Call, event: LegAnswered) -> Call | str:
    leg = _leg(call, event.leg_id)
    if leg is None or leg.ended_at or leg.talking_since:
        return "no such leg waits for its talk"
    leg = legs.talking(leg, event.at)
    return replace(
        with_leg(call, leg),
        answered_at=call.answered_at or event.at,
        answered_by=call.answered_by or _answerer(call, leg),
        talking_since=call.talking_since or event.at,
        served_at=max(event.at, call.served_at or event.at),
        talk_partial=call.talk_partial or not event.since_known,
        transfers=_completed(call, leg),
    )


def _answerer(call: Call, leg: Leg) -> str | None:
    """Who talked with the outside party: the leg's target, or who dialled him."""
    outside = call.direction is Direction.OUTBOUND and leg.target == call.line
    return (call.caller if outside else leg.target) or None


def _completed(call: Call, leg: Leg) -> tuple[Transfer, ...]:
    """The transfers now that `leg` talks: the last one is completed if this leg was meant.

    Meant is a leg to the very number that was named, or, when no phone has that number (a queue),
    any leg rung since except the transferer's own. After asking, one that waits already will do.
    """
    last = call.transfers[-1] if call.transfers else None
    if last is None or last.completed:
        return call.transfers
    if leg.target != last.to:
        asked = last.kind is TransferKind.ATTENDED
        rung = {
            other.target
            for other in call.legs
            if other.began_at >= last.at or (asked and not (other.answered_at or other.ended_at))
        }
        if leg.target not in rung or leg.target == last.by or last.to in rung:
            return call.transfers
    return (*call.transfers[:-1], replace(last, completed=True))


def _leg_left(call: Call, event: LegLeft) -> Call | str:
    leg = _leg(call, event.leg_id)
    if leg is None or not leg.talking_since:
        return "no such leg talks"
    return quiet(with_leg(call, legs.silent(leg, event.at)), event.at)


def _leg_ended(call: Call, event: LegEnded) -> Call | str:
    leg = _leg(call, event.leg_id)
    if leg is None or leg.ended_at:
        return "no such leg is open"
    return quiet(with_leg(call, legs.closed(leg, event.outcome, event.at)), event.at)


def _unchanged(call: Call, _event: CallHeld | CallResumed) -> Call | str:
    return call


def _transferred(call: Call, event: CallTransferred) -> Call | str:
    last = call.transfers[-1] if call.transfers else None
    same = last and (last.kind, last.by, last.to) == (event.kind, event.by, event.to)
    if last and same and abs((event.at - last.at).total_seconds()) < 1:
        return "this transfer is known"
    talks = event.kind is TransferKind.ATTENDED and any(
        leg.target == event.to and leg.talking_since for leg in call.legs
    )
    new = Transfer(kind=event.kind, by=event.by, to=event.to, at=event.at, completed=talks)
    return replace(call, transfers=(*call.transfers, new))


def _ended(call: Call, event: CallEnded) -> Call | str:
    call = all_closed(call, event.at)
    disposition, reason = judged(call, event)
    return replace(
        call,
        state=ENDED,
        ended_at=max(event.at, call.began_at, call.served_at or event.at),
        hangup_cause=event.cause,
        disposition=disposition,
        reason=reason,
        talk_partial=call.talk_partial or event.unsure,
    )


_CHANGES: Mapping[type[CallEvent], Callable[..., Call | str]] = MappingProxyType(
    {
        CallDescribed: _described,
        CallsJoined: _joined,
        LegBegan: _leg_began,
        LegRang: _leg_rang,
        LegPickedUp: _leg_picked_up,
        LegTaken: _leg_taken,
        LegAnswered: _leg_answered,
        LegLeft: _leg_left,
        LegEnded: _leg_ended,
        CallHeld: _unchanged,
        CallResumed: _unchanged,
        CallTransferred: _transferred,
        CallEnded: _ended,
    }
)


def diagram() -> str:
    """The table as a Mermaid state diagram, for the documentation."""
    edges: dict[tuple[CallState, CallState], list[str]] = {}
    for (state, event), targets in MOVES.items():
        for target in targets:
            if target is not state:
                edges.setdefault((state, target), []).append(event.__name__)
    lines = ["stateDiagram-v2", "    [*] --> offered: CallBegan"]
    lines += [f"    {a} --> {b}: {', '.join(names)}" for (a, b), names in edges.items()]
    return "\n".join([*lines, "    ended --> [*]", ""])
