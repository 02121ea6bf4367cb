"""What a call costs the writer: events and journal are one writing, a decision is written once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path

import pytest
from ready_tables import ready_tables
from test_clock_offsets import CALL, ENTRY, NINE

from router.facts import Offer
from router.numbers import NumberPlan, normalise
from router.plan import (
    Decision,
    Ending,
    Plan,
    Reason,
    Step,
    StepKind,
    StepRole,
    Target,
    TargetKind,
    Why,
)
from storage.database import Database, open_database
from storage.office_versions import OfficeVersions
from storage.plan_json import plan_from_json, plan_to_json
from storage.reading import read_call
from storage.unit_of_work import UnitOfWork
from storage.writer import Work, Writer
from switchboard.endings import Endings
from switchboard.live import LiveCalls, Made
from switchboard.news import Newsroom

LADY = Target(
    kind=TargetKind.PHONE,
    manager="ivanova",
    pbx="main",
    number="101",
    dial="PJSIP/101@x",
    confirm=True,
)
PLAN = Plan(
    steps=(
        Step(kind=StepKind.ALL, role=StepRole.OWNER, targets=(LADY,), ring_seconds=15),
        Step(kind=StepKind.WAIT, role=StepRole.DEPARTMENT, targets=(LADY, LADY), ring_seconds=9),
    ),
    ending=Ending.MESSAGE_BUSY,
    patience_seconds=60,
)
DECISION = Decision(
    plan=PLAN, reasons=(Reason(why=next(iter(Why)), about={"line": "main"}),), department="sales"
)


class CountingWriter(Writer):
    """Knows how often something was written."""

    submitted = 0

    async def submit(self, work: Work) -> object:  # type: ignore[override, type-arg]
        self.submitted += 1
        return await super().submit(work)


@pytest.fixture
async def clock_database(tmp_path: Path) -> AsyncIterator[Database]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'one.db'}"
    await ready_tables(url)
    async with open_database(url) as opened:
        yield opened


@pytest.fixture
async def writer(clock_database: Database) -> AsyncIterator[CountingWriter]:
    async with CountingWriter(clock_database).running() as running:
        assert isinstance(running, CountingWriter)
        yield running


def endings_of(writer: Writer, live: LiveCalls, *, patience: float = 2.0) -> Endings:
    return Endings(
        writer=writer,
        live=live,
        news=Newsroom(),
        numbers=NumberPlan,
        now=lambda: NINE + timedelta(hours=1),
        journal_seconds=patience,
    )


def call_that_has_ended() -> LiveCalls:
    """A call that we decided on, in the state in which its last event leaves it."""
    live = LiveCalls()
    live._calls[CALL.id] = CALL
    number = normalise(CALL.caller, NumberPlan())
    offer = Offer(
        call_id=CALL.id, pbx="main", line=CALL.line, caller=CALL.caller, number=number, at=NINE
    )
    live.decided(Made(offer=offer, decision=DECISION, at=NINE))
    return live


@pytest.mark.parametrize("first", ["events", "journal"])
async def test_one_end_events_and_journal_that_meet_are_one_writing(
    clock_database: Database, writer: CountingWriter, first: str
) -> None:
    """What the journal says is in it, and the entry may be deleted."""
    endings = endings_of(writer, call_that_has_ended())
    both = [endings.from_events(CALL), endings.from_journal(ENTRY)]
    done = await asyncio.gather(*(both if first == "events" else reversed(both)))
    assert True in done
    assert writer.submitted == 1
    story = await read_call(clock_database, CALL.id)
    assert story is not None
    assert story.stored.call.ended_at == ENTRY.ended_at, "the journal decides"
    assert len(story.trail) == 1
    assert story.stored.decision_id


async def test_one_end_a_journal_that_comes_late_still_amends(
    clock_database: Database, writer: CountingWriter
) -> None:
    endings = endings_of(writer, call_that_has_ended(), patience=0.0)
    await endings.from_events(CALL)
    assert await endings.from_journal(ENTRY)
    assert writer.submitted == 2
    story = await read_call(clock_database, CALL.id)
    assert story is not None
    assert len(story.trail) == 1


async def test_one_end_the_journal_amends_what_was_written_before_the_two_met(
    clock_database: Database, writer: CountingWriter
) -> None:
    """A row from before a restart is not taken for one that holds the journal's word."""
    before = replace(CALL, reason=None, talk_seconds=0.0)
    await endings_of(writer, LiveCalls()).from_events(before)
    endings = endings_of(writer, call_that_has_ended())
    await asyncio.gather(endings.from_events(CALL), endings.from_journal(ENTRY))
    story = await read_call(clock_database, CALL.id)
    assert story is not None
    assert story.stored.call.reason is ENTRY.reason


def test_a_plan_is_written_with_every_field_of_every_step_and_target() -> None:
    """Also with those that are added to them later."""
    assert json.dumps(plan_to_json(PLAN)) == json.dumps(asdict(PLAN))
    assert plan_from_json(json.loads(json.dumps(plan_to_json(PLAN)))) == PLAN


async def test_a_decision_that_is_kept_is_not_written_again(writer: CountingWriter) -> None:
    made = call_that_has_ended().decision_of(CALL.id)
    assert made is not None
    endings = endings_of(writer, LiveCalls())
    ended = endings._ended(CALL, made, None, None)
    kept = ended.made
    assert kept is not None

    async def work(uow: UnitOfWork) -> tuple[int | None, int, int | None]:
        none = await uow.decisions.kept(CALL.id, kept)
        return (
            none,
            await uow.decisions.keep(CALL.id, kept),
            await uow.decisions.kept(CALL.id, kept),
        )

    none, first, again = await writer.submit(work)  # type: ignore[misc]
    assert none is None
    assert first == again


async def test_a_work_that_fails_alone_is_tried_once_and_leaves_nothing(
    clock_database: Database, writer: CountingWriter
) -> None:
    tried = 0

    async def work(uow: UnitOfWork) -> None:
        nonlocal tried
        tried += 1
        await uow.offices.note("half", "written")
        raise LookupError("what it looked for is not there")

    with pytest.raises(LookupError):
        await writer.submit(work)
    assert tried == 1
    async with clock_database.reading() as connection:
        assert await OfficeVersions(connection).noted("half") is None
