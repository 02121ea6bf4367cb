"""Opening and closing calls and legs, and telling the house about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from pbx_adapters.asterisk.tracking.books import CallBook, Channel, Desk, LegBook
from pbx_adapters.asterisk.tracking.outcomes import Attempt, outcome_of
from pbx_adapters.asterisk.tracking.parties import Kind
from router.calls import Direction, LegOutcome, MissedReason
from router.events import (
    CallBegan,
    CallDescribed,
    CallEnded,
    CallsJoined,
    LegBegan,
    LegEnded,
    LegPickedUp,
    LegRang,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Who calls whom."""

    caller: str
    line: str
    caller_name: str = ""


def begin(  # noqa: PLR0913 (what a call is, named at the call's one beginning)
    desk: Desk,
    channel: Channel,
    direction: Direction,
    who: Who,
    at: datetime,
    *,
    root: Channel | None = None,
    recovered: bool = False,
) -> CallBook:
    """Opens a call named by `channel`."""
    call = CallBook(
        id=channel.uid,
        direction=direction,
        linked=channel.linked,
        caller=who.caller,
        line=who.line,
        began_at=at,
        anchors={channel.uid},
        root=root.uid if root else None,
        recovered=recovered,
        outside=channel.kind is Kind.TRUNK,
    )
    desk.calls[call.id] = call
    desk.belong(channel, call)
    desk.say(
        CallBegan(
            pbx=desk.pbx,
            call_id=call.id,
            at=at,
            linked_id=call.linked,
            direction=direction,
            caller=who.caller,
            caller_name=who.caller_name,
            line=who.line,
            recovered=recovered,
        )
    )
    return call


def describe(  # noqa: PLR0913 (one argument for each thing that can come out)
    desk: Desk,
    call: CallBook,
    at: datetime,
    *,
    direction: Direction | None = None,
    caller: str | None = None,
    line: str | None = None,
) -> None:
    """Tells what came out about a call after its beginning."""
    call.direction = direction or call.direction
    call.caller = call.caller if caller is None else caller
    call.line = call.line if line is None else line
    desk.say(
        CallDescribed(
            pbx=desk.pbx, call_id=call.id, at=at, direction=direction, caller=caller, line=line
        )
    )


def add_leg(
    desk: Desk, call: CallBook, channel: Channel, at: datetime, *, guest: bool = False
) -> LegBook:
    """Opens a leg on a call, with the history that its channel has already.

    A guest belongs to a call of his own and comes without a history.
    """
    leg = LegBook(uid=channel.uid, target=desk.label(channel))
    call.legs[leg.uid] = leg
    if channel.live_call is None:
        desk.belong(channel, call)
    if call.direction is Direction.OUTBOUND and not call.caller and channel.kind is Kind.PHONE:
        describe(desk, call, at, caller=channel.label)
    began_at = at if guest else channel.dial_at or at
    desk.tell(
        leg,
        LegBegan(
            pbx=desk.pbx,
            call_id=call.id,
            at=began_at,
            leg_id=leg.uid,
            target=leg.target,
            channel=channel.name,
        ),
    )
    if guest:
        return leg
    if channel.rang_at:
        leg_rang(desk, call, leg, max(channel.rang_at, began_at))
    if channel.picked_up_at:
        leg_picked_up(desk, call, leg, max(channel.picked_up_at, began_at))
    return leg


def leg_rang(desk: Desk, call: CallBook, leg: LegBook, at: datetime) -> None:
    """Tells the first ring, once."""
    if not (leg.rang or leg.picked_up or leg.ended):
        leg.rang = True
        desk.tell(leg, LegRang(pbx=desk.pbx, call_id=call.id, at=at, leg_id=leg.uid))


def leg_picked_up(desk: Desk, call: CallBook, leg: LegBook, at: datetime) -> None:
    """Tells that a phone is off the hook, once."""
    if not (leg.picked_up or leg.ended):
        leg.picked_up = True
        desk.tell(leg, LegPickedUp(pbx=desk.pbx, call_id=call.id, at=at, leg_id=leg.uid))


def end_leg(
    desk: Desk, call: CallBook, leg: LegBook, at: datetime, *, cause: int | None = None
) -> None:
    """Closes a leg with what is known of its end."""
    if leg.ended:
        return
    channel = desk.channels.get(leg.uid)
    outcome = outcome_of(_attempt(desk, call, leg, cause))
    leg.ended = True
    leg.cancelled = outcome is LegOutcome.CANCELLED
    call.talking = tuple(uid for uid in call.talking if uid != leg.uid)
    rang_until = leg.dial_ended_at if not leg.talked and not leg.picked_up else None
    ended_at = rang_until or at
    call.leg_ended_at = max(ended_at, call.leg_ended_at or ended_at)
    ended = LegEnded(pbx=desk.pbx, call_id=call.id, at=ended_at, leg_id=leg.uid, outcome=outcome)
    desk.tell(leg, ended)
    if channel is not None:
        call.held_by.discard(channel.uid)


def _attempt(desk: Desk, call: CallBook, leg: LegBook, cause: int | None) -> Attempt:
    channel = desk.channels.get(leg.uid)
    mobile = channel is not None and channel.kind is Kind.TRUNK
    inbound = call.direction is Direction.INBOUND
    own = call.direction is Direction.OUTBOUND or leg.uid in call.anchors
    others = [other for other in call.legs.values() if other is not leg and other.talked]
    picked_now = [
        other
        for other in call.legs.values()
        if other is not leg and other.picked_up and not other.ended and inbound
    ]
    stopped = leg.dial_status == "CANCEL" and not call.queue and not call.originated
    return Attempt(
        cause=cause,
        dial_status=leg.dial_status,
        talked=leg.talked,
        picked_up=leg.picked_up and (own or mobile),
        waits_for_yes=mobile and not own,
        elsewhere=any(not other.ended for other in others)
        or (bool(picked_now) and not call.caller_gone),
        caller_gone=call.caller_gone or stopped,
    )


def absorb(
    desk: Desk,
    into: CallBook,
    other: CallBook,
    at: datetime,
    met: frozenset[str] | set[str] = frozenset(),
) -> None:
    """One call turned out to be part of another: its channels and living legs go over.

    `met` are the channels that the other call's party meets now: whoever talked only with the one
    who asked is no leg of the call.
    """
    if into is other or other.ended:
        return
    _swallow(desk, into, other, at)
    for leg in other.legs.values():
        channel = desk.channels.get(leg.uid)
        asked_only = leg.talked and leg.uid not in met
        if channel is not None and not (leg.ended or asked_only or leg.uid in into.legs):
            new = add_leg(desk, into, channel, at)
            new.dial_status, new.dial_ended_at = leg.dial_status, leg.dial_ended_at


def _swallow(desk: Desk, into: CallBook, other: CallBook, at: datetime) -> None:
    """The names and the channels of a call go over to another."""
    other.ended = True
    names = {other.id, *other.aliases}
    into.aliases |= names
    for name in names:
        desk.calls[name] = into
    desk.say(CallsJoined(pbx=desk.pbx, call_id=into.id, at=at, absorbed_id=other.id))
    for uid in list(other.channels):
        channel = desk.channels.get(uid)
        if channel is not None:
            desk.belong(channel, into)


def take_over(  # noqa: PLR0913 (what a call is, named anew)
    desk: Desk, call: CallBook, namer: Channel, at: datetime, *, direction: Direction, line: str
) -> CallBook:
    """The same call under the name of another of its channels, before anybody talked in it."""
    root = desk.channels.get(call.root or "")
    name = root.caller_name if root is not None and not call.originated else ""
    who = Who(caller=call.caller, caller_name=name, line=line)
    new = begin(desk, namer, direction, who, call.began_at, root=root, recovered=call.recovered)
    new.originated, new.queue = call.originated, call.queue
    new.pbx_up_at, new.leg_ended_at = call.pbx_up_at, call.leg_ended_at
    _swallow(desk, new, call, at)
    new.legs = call.legs
    for leg in new.legs.values():
        told, leg.told = leg.told, []
        for event in told:
            desk.tell(leg, replace(event, call_id=new.id))
    return new


def end_call(
    desk: Desk, call: CallBook, at: datetime, *, anchor: Channel | None, cause: int | None
) -> None:
    """Closes a call and whatever legs are still open."""
    if call.ended:
        return
    missed, rejected = _missed(desk, call, anchor, cause)
    for leg in list(call.legs.values()):
        end_leg(desk, call, leg, at)
    call.ended = True
    desk.say(
        CallEnded(
            pbx=desk.pbx,
            call_id=call.id,
            at=at,
            cause=cause,
            reason=missed,
            rejected=rejected,
            unsure=_unsure(call, anchor),
        )
    )
    desk.close_book(call)


def _missed(
    desk: Desk, call: CallBook, anchor: Channel | None, cause: int | None
) -> tuple[MissedReason | None, bool]:
    if call.direction is not Direction.INBOUND or call.talked:
        return None, False
    if call.missed is not None:
        return call.missed, False
    if _left_by_himself(desk, call, anchor, cause):
        rings = any(not leg.ended or leg.cancelled for leg in call.legs.values())
        over = call.legs and not rings and _plan_over(call)
        return (MissedReason.NO_ANSWER if over else MissedReason.ABANDONED), False
    if call.legs:
        return MissedReason.NO_ANSWER, False
    if call.pbx_up_at or call.recovered:
        return MissedReason.NOBODY_REACHABLE, False
    return None, True


def _unsure(call: CallBook, anchor: Channel | None) -> bool:
    """A call that was up when we first saw it, and showed us nothing but its end."""
    up = anchor is not None and anchor.state == 6
    return call.recovered and up and not call.talked and not call.legs


def _left_by_himself(desk: Desk, call: CallBook, anchor: Channel | None, cause: int | None) -> bool:
    """Whether the caller hung up, not the PBX; without HangupRequest events as far as one sees."""
    if call.caller_gone or (anchor is not None and anchor.party_hung_up):
        return True
    if desk.tells_hangup_requests:
        return False
    rings = any(not leg.ended or leg.cancelled for leg in call.legs.values())
    return rings or cause == 127


def _plan_over(call: CallBook) -> bool:
    """Nobody was to be rung any more: the PBX answered after the last ring, or a queue ended."""
    if call.queue:
        return call.queue == "left"
    return bool(call.pbx_up_at and call.leg_ended_at and call.pbx_up_at >= call.leg_ended_at)
