"""A call that nobody decided belongs to the department of the line that was dialled."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from test_clock_offsets import CALL, ENTRY, NINE

from config.holiday_calendar import PublicHolidays
from crm_bridge.builtin.directory import BuiltinDirectory
from pbx_adapters.port import JournalEntry
from router.office import Department, Line, Office
from router.plan import Decision, Ending, Plan, Reason, Why
from storage.database import Database
from storage.reach import Reach
from storage.reading import open_callbacks, read_call
from storage.records import MadeDecision, StoredCall
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer
from switchboard.board import Board, Parts
from switchboard.call_sight import within

OFFICE = Office(
    name="Окна",
    default_department="sales",
    departments={key: Department(key=key, name=key) for key in ("sales", "service")},
    managers={},
    lines={
        "main": Line(key="main", number="74951230001", name="Сайт", department="sales"),
        "help": Line(key="help", number="74951230002", name="Помощь", department="service"),
    },
)
ON_HELP = replace(ENTRY, line="84951230002")
"""Written as another exchange writes it."""

HEAD = Reach(departments=frozenset({"service"}))
PLAN = Plan(steps=(), ending=Ending.MESSAGE_BUSY, patience_seconds=60)
FOR_SALES = Decision(
    plan=PLAN, reasons=(Reason(why=Why.CALLER_UNKNOWN),), line="help", department="sales"
)


@pytest.fixture
async def board(database: Database) -> AsyncIterator[Board]:
    async with Writer(database).running() as writer:
        parts = Parts(
            database=database,
            writer=writer,
            directory=BuiltinDirectory(database),
            calendar=PublicHolidays(),
            office=OFFICE,
        )
        yield Board(parts)


async def recorded(board: Board, database: Database, entry: JournalEntry) -> StoredCall:
    assert await board.record([entry]) == [entry.key]
    story = await read_call(database, entry.call_id)
    assert story
    return story.stored


async def test_a_call_of_the_journal_alone_is_its_lines_departments(
    board: Board, database: Database
) -> None:
    """So is its callback, and the head of that department sees both."""
    stored = await recorded(board, database, ON_HELP)
    assert stored.department == "service"
    assert within(stored, HEAD)
    assert [owed.department for owed in await open_callbacks(database)] == ["service"]


async def test_a_call_of_the_events_alone_is_its_lines_departments(
    board: Board, database: Database
) -> None:
    await board._endings.from_events(replace(CALL, line="74951230002"))
    story = await read_call(database, CALL.id)
    assert story
    assert story.stored.department == "service"


async def test_a_call_on_no_line_of_ours_is_the_default_departments(
    board: Board, database: Database
) -> None:
    stored = await recorded(board, database, replace(ENTRY, line="78120000000"))
    assert stored.department == "sales"
    assert not within(stored, HEAD)


async def test_a_decision_that_was_kept_names_the_department_although_the_line_moved_since(
    board: Board, database: Database
) -> None:
    kept = MadeDecision(made_at=NINE, decision=FOR_SALES)

    async def keep(uow: UnitOfWork) -> None:
        await uow.decisions.keep(ENTRY.call_id, kept)

    await board.write(keep)
    assert (await recorded(board, database, ON_HELP)).department == "sales"


async def test_a_call_found_in_its_middle_gets_its_department_when_the_journal_names_the_line(
    board: Board, database: Database
) -> None:
    await board._endings.from_events(replace(CALL, line="", recovered=True))
    assert (await recorded(board, database, ON_HELP)).department == "service"
