"""Calls for the log, as the service records them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from router.calls import (
    Call,
    CallState,
    Direction,
    Disposition,
    Leg,
    LegOutcome,
    MissedReason,
)
from router.numbers import NumberPlan, normalise
from storage.recording import record_ended_call
from storage.records import EndedCall
from storage.writer import Writer

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


async def record(writer: Writer, *calls: EndedCall) -> None:
    """Writes calls as the service does when they end."""
    for each in calls:
        await writer.submit(lambda uow, e=each: record_ended_call(uow, e))


def ended_call(
    call_id: str,
    minute: float = 0,
    *,
    pbx: str = "main",
    number: str = "+79161234567",
    direction: Direction = Direction.INBOUND,
    disposition: Disposition = Disposition.MISSED,
    reason: MissedReason | None = MissedReason.ABANDONED,
    answered_by: str | None = None,
    caller: str = "101",
    line: str = "74951230001",
    rang: tuple[str, ...] = (),
    talk_seconds: float = 0.0,
    recovered: bool = False,
    **about: object,
) -> EndedCall:
    """An ended call; `minute` after nine, legs to those it rang at, the rest as in `EndedCall`."""
    began = NINE + timedelta(minutes=minute)
    outbound = direction is Direction.OUTBOUND
    legs = tuple(
        Leg(
            id=f"{call_id}-{n}",
            target=target,
            began_at=began + timedelta(seconds=1 + 16 * n),
            rang_at=began + timedelta(seconds=1 + 16 * n),
            ended_at=began + timedelta(seconds=16 + 16 * n),
            outcome=LegOutcome.NO_ANSWER,
            ring_seconds=15,
        )
        for n, target in enumerate(rang)
    )
    call = Call(
        id=call_id,
        pbx=pbx,
        linked_id=call_id,
        direction=direction,
        caller=caller if outbound else number.lstrip("+"),
        line=number.lstrip("+") if outbound else line,
        began_at=began,
        answered_at=began + timedelta(seconds=9) if talk_seconds else None,
        ended_at=began + timedelta(seconds=40 + talk_seconds),
        state=CallState.ENDED,
        disposition=disposition,
        reason=reason if disposition is Disposition.MISSED else None,
        answered_by=answered_by,
        talk_seconds=talk_seconds,
        recovered=recovered,
        legs=legs,
    )
    made = EndedCall(call=call, number=normalise(number, NumberPlan()) if number else None)
    return replace(made, **about)  # type: ignore[arg-type] # names of its fields
