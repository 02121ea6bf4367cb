"""Ended calls recorded in a second, and what a look-up feels of it.

The writer gets groups of a hundred ended calls, each with its decision, its legs and its journal
entry: missed calls (each opens a callback) and answered ones. Then ten thousand missed calls are
recorded as a drained journal would do it, two hundred at a time, while look-ups go on at up to a
hundred a second in the same process.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from company import fill, number_of
from table import Row, Watch, milliseconds, percentile, tell

from crm_bridge.builtin.directory import BuiltinDirectory
from router.calls import Call, CallState, Direction, Disposition, Leg, LegOutcome, MissedReason
from router.numbers import NumberPlan, normalise
from router.plan import Decision, Ending, Plan
from storage.database import Database, open_database
from storage.recording import record_ended_call
from storage.records import EndedCall, MadeDecision, Recorded, TrailEntry, Way
from storage.unit_of_work import UnitOfWork
from storage.writer import Work, Writer

CALLS = 2_000
GROUP = 100
DRAINED = 10_000
PIECE = 200
CLIENTS = 50_000
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def ended(n: int, *, answered: bool) -> EndedCall:
    """An inbound call with two legs, a decision and a journal entry."""
    began, call_id = NINE + timedelta(seconds=n), f"bench-{n}.1"
    number = number_of(n)
    plan = Plan(steps=(), patience_seconds=60, ending=next(iter(Ending)))
    decision = Decision(plan=plan, reasons=(), line="main", department="sales")
    call = Call(
        id=call_id,
        pbx="main",
        linked_id=call_id,
        direction=Direction.INBOUND,
        caller=number,
        line="74951230001",
        began_at=began,
        ended_at=began + timedelta(seconds=40),
        state=CallState.ENDED,
        disposition=Disposition.ANSWERED if answered else Disposition.MISSED,
        reason=None if answered else MissedReason.ABANDONED,
        answered_by="102" if answered else None,
        talk_seconds=9.0 if answered else 0.0,
        legs=tuple(_leg(call_id, k, began) for k in range(2)),
    )
    entry = TrailEntry(
        call_id=call_id,
        pbx="main",
        entry=call_id,
        raw="1|" * 80,
        at=began,
        reported={"way": "plan"},
    )
    return EndedCall(
        call=call,
        number=normalise(number, NumberPlan()),
        department="sales",
        way=Way.PLAN,
        made=MadeDecision(made_at=began, decision=decision),
        trail=(entry,),
    )


def _leg(call_id: str, number: int, began: datetime) -> Leg:
    return Leg(
        id=f"{call_id}/{number}",
        target=f"10{number}",
        channel=f"PJSIP/10{number}",
        began_at=began,
        rang_at=began,
        ended_at=began + timedelta(seconds=15),
        outcome=LegOutcome.NO_ANSWER,
        ring_seconds=15.0,
    )


def recording(call: EndedCall) -> Work[Recorded]:
    """The work that records a call."""

    async def work(uow: UnitOfWork) -> Recorded:
        return await record_ended_call(uow, call)

    return work


async def record_all(writer: Writer, calls: Sequence[EndedCall], together: int) -> Watch:
    """Records calls so many at a time; returns how long it took, on the wall and in processor."""
    watch = Watch()
    for start in range(0, len(calls), together):
        piece = calls[start : start + together]
        await asyncio.gather(*(writer.submit(recording(call)) for call in piece))
    watch.stop()
    return watch


async def look_up(database: Database, until: asyncio.Task[Watch] | None, count: int) -> list[float]:
    """Look-ups at a hundred a second until a task is done, or so many."""
    directory = BuiltinDirectory(database)
    took: list[float] = []
    while (not until.done()) if until else len(took) < count:
        number = normalise(number_of(len(took) * 7 % CLIENTS), NumberPlan())
        began = time.perf_counter()
        await directory.look_up(number, deadline_seconds=1.0)
        took.append(time.perf_counter() - began)
        await asyncio.sleep(0.01)
    return took


async def main() -> None:
    """All of it over one database in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="dozvon-bench-") as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'dozvon.db'}"
        await fill(url, CLIENTS, 10)
        async with open_database(url) as database, Writer(database).running() as writer:
            await in_groups(writer)
            await beside_look_ups(database, writer)


async def in_groups(writer: Writer) -> None:
    """Recorded calls a second."""
    for first, answered, name in ((0, False, "missed"), (CALLS, True, "answered")):
        calls = [ended(n, answered=answered) for n in range(first, first + CALLS)]
        watch = await record_all(writer, calls, GROUP)
        wall, cpu = watch.wall, watch.cpu
        tell(
            Row(
                what=f"{name} calls recorded, in groups of {GROUP}",
                figure=f"{CALLS / wall:,.0f}/s",
                goal="≥ 1,000/s",
                held=CALLS / wall >= 1000,
                note=f"{CALLS / cpu:,.0f} per second of processor time",
            )
        )


async def beside_look_ups(database: Database, writer: Writer) -> None:
    """Ten thousand missed calls, and the look-ups beside them."""
    before = await look_up(database, None, 300)
    calls = [ended(n, answered=False) for n in range(3 * CALLS, 3 * CALLS + DRAINED)]
    task = asyncio.create_task(record_all(writer, calls, PIECE))
    beside = await look_up(database, task, 0)
    wall = (await task).wall
    tell(
        Row(
            what=f"{DRAINED:,} missed calls recorded, {PIECE} at a time, look-ups beside them",
            figure=f"{wall:.1f} s",
            goal="≤ 20 s",
            held=wall <= 20,
        )
    )
    tell(
        Row(
            what="a look-up beside that recording",
            figure=milliseconds(beside),
            goal="p99 ≤ 5 ms",
            held=percentile(beside, 99) <= 0.005,
            note=f"without it {milliseconds(before)}; {len(beside):,} look-ups",
        )
    )


if __name__ == "__main__":
    asyncio.run(main())
