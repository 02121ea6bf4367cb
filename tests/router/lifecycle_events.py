"""The events of one call, told short: each test says who did what, and at which second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from router.calls import Call, Direction, LegOutcome, MissedReason, TransferKind
from router.events import (
    AnyCallEvent,
    CallBegan,
    CallEnded,
    CallTransferred,
    LegAnswered,
    LegBegan,
    LegEnded,
    LegLeft,
    LegPickedUp,
    LegRang,
)
from router.lifecycle import advance

T0 = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def began(direction: Direction = Direction.INBOUND, *, seconds: float = 0) -> CallBegan:
    return CallBegan(
        pbx="main", call_id="c", at=at(seconds), linked_id="c", direction=direction,
        caller="101" if direction is Direction.OUTBOUND else "79161234567", caller_name="",
        line="79161234567" if direction is Direction.OUTBOUND else "74951230001",
    )  # fmt: skip


def leg_began(leg: str, target: str, seconds: float) -> LegBegan:
    return LegBegan(pbx="main", call_id="c", at=at(seconds), leg_id=leg, target=target)


def rang(leg: str, seconds: float) -> LegRang:
    return LegRang(pbx="main", call_id="c", at=at(seconds), leg_id=leg)


def picked_up(leg: str, seconds: float) -> LegPickedUp:
    return LegPickedUp(pbx="main", call_id="c", at=at(seconds), leg_id=leg)


def answered(leg: str, seconds: float, *, since_known: bool = True) -> LegAnswered:
    return LegAnswered(pbx="main", call_id="c", at=at(seconds), leg_id=leg, since_known=since_known)


def left(leg: str, seconds: float) -> LegLeft:
    return LegLeft(pbx="main", call_id="c", at=at(seconds), leg_id=leg)


def leg_ended(leg: str, outcome: LegOutcome, seconds: float) -> LegEnded:
    return LegEnded(pbx="main", call_id="c", at=at(seconds), leg_id=leg, outcome=outcome)


def transferred(kind: TransferKind, by: str, to: str, seconds: float) -> CallTransferred:
    return CallTransferred(pbx="main", call_id="c", at=at(seconds), kind=kind, by=by, to=to)


def ended(
    seconds: float, reason: MissedReason | None = None, *, rejected: bool = False
) -> CallEnded:
    return CallEnded(
        pbx="main", call_id="c", at=at(seconds), cause=16, reason=reason, rejected=rejected
    )


def run(*events: AnyCallEvent) -> Call:
    call: Call | None = None
    for event in events:
        call = advance(call, event).call
    assert call is not None
    return call
