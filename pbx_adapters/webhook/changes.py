"""What each kind of event does to a call: domain events, or half a sentence why it does nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from pbx_adapters.webhook.known_calls import KnownCall
from pbx_adapters.webhook.wire import EventIn, Kind
from router.calls import LegOutcome
from router.events import (
    AnyCallEvent,
    CallHeld,
    CallResumed,
    CallTransferred,
    LegAnswered,
    LegBegan,
    LegEnded,
    LegPickedUp,
    LegRang,
    LegTaken,
)

Events = list[AnyCallEvent] | str
Change = Callable[[str, KnownCall, EventIn, datetime], Events]


def _nothing(_pbx: str, _call: KnownCall, _event: EventIn, _at: datetime) -> Events:
    return "it says nothing new"


def _ringing(pbx: str, call: KnownCall, event: EventIn, at: datetime) -> Events:
    leg = call.leg(event.who, event.leg)
    if leg and (leg.open or event.leg):
        return "it rings there already"
    if leg and at <= leg.last_at:
        return "it comes late: that attempt is over"
    if not event.who:
        return "it does not say who rings"
    leg = call.new_leg(event.who, event.leg, at)
    rings: list[AnyCallEvent] = [
        LegBegan(pbx=pbx, call_id=call.id, at=at, leg_id=leg.id, target=leg.who),
        LegRang(pbx=pbx, call_id=call.id, at=at, leg_id=leg.id),
    ]
    if call.answered_at and at < call.answered_at:
        return rings + _over(pbx, call, leg.id, LegOutcome.ELSEWHERE, call.answered_at)
    return rings


def _picked_up(pbx: str, call: KnownCall, event: EventIn, at: datetime) -> Events:
    leg = call.leg(event.who, event.leg)
    if leg is None or not leg.open or leg.answered:
        return "nobody rings there"
    leg.last_at = at
    return [LegPickedUp(pbx=pbx, call_id=call.id, at=at, leg_id=leg.id)]


def _taken(pbx: str, call: KnownCall, event: EventIn, at: datetime) -> Events:
    leg = call.leg(event.who, event.leg)
    if leg is None or not leg.open or leg.answered:
        return "nobody rings there"
    if not event.to:
        return "it does not say who took the call"
    leg.open, leg.last_at = False, at
    taken = call.new_leg(event.to, "", at)
    return [
        LegTaken(pbx=pbx, call_id=call.id, at=at, leg_id=leg.id, taken_leg_id=taken.id, by=event.to)
    ]


def _answered(pbx: str, call: KnownCall, event: EventIn, at: datetime) -> Events:
    leg = call.leg(event.who, event.leg)
    if leg and leg.answered:
        return "they talk already" if leg.open else "that talk is over"
    if leg is None and not event.who:
        return "it does not say who answered"
    events: list[AnyCallEvent] = []
    if leg is None or not leg.open:
        leg = call.new_leg(event.who, event.leg, at)
        events.append(LegBegan(pbx=pbx, call_id=call.id, at=at, leg_id=leg.id, target=leg.who))
    leg.answered, leg.last_at = True, at
    call.answered_by = call.answered_by or leg.who
    call.answered_at = call.answered_at or at
    events.append(LegAnswered(pbx=pbx, call_id=call.id, at=at, leg_id=leg.id))
    for other in call.legs:
        if other.open and not other.answered:
            events += _over(pbx, call, other.id, LegOutcome.ELSEWHERE, at)
    return events


def _stopped(pbx: str, call: KnownCall, event: EventIn, at: datetime) -> Events:
    leg = call.leg(event.who, event.leg)
    if leg is None or not leg.open:
        return "nobody rings or talks there"
    return _over(pbx, call, leg.id, event.outcome, at)


def _over(
    pbx: str, call: KnownCall, leg_id: str, outcome: LegOutcome, at: datetime
) -> list[AnyCallEvent]:
    leg = next(leg for leg in call.legs if leg.id == leg_id)
    leg.open, leg.last_at = False, at
    leg.outcome = LegOutcome.ANSWERED if leg.answered else outcome
    return [LegEnded(pbx=pbx, call_id=call.id, at=at, leg_id=leg.id, outcome=leg.outcome)]


def _held(pbx: str, call: KnownCall, event: EventIn, at: datetime) -> Events:
    held = event.event is Kind.HELD
    return [(CallHeld if held else CallResumed)(pbx=pbx, call_id=call.id, at=at)]


def _transferred(pbx: str, call: KnownCall, event: EventIn, at: datetime) -> Events:
    if not event.who or not event.to:
        return "it does not say who handed on, or to whom"
    told = {"kind": event.kind, "by": event.who, "to": event.to}
    return [CallTransferred(pbx=pbx, call_id=call.id, at=at, **told)]  # type: ignore[arg-type]


CHANGES: Mapping[Kind, Change] = MappingProxyType(
    {
        Kind.BEGAN: _nothing,
        Kind.RINGING: _ringing,
        Kind.PICKED_UP: _picked_up,
        Kind.TAKEN: _taken,
        Kind.ANSWERED: _answered,
        Kind.STOPPED: _stopped,
        Kind.HELD: _held,
        Kind.RESUMED: _held,
        Kind.TRANSFERRED: _transferred,
    }
)
