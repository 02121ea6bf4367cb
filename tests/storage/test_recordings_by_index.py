"""Lists and counts of recordings are answered by their indexes, whatever is asked of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Select, insert, select, text
from sqlalchemy.sql.dml import Insert

from dozvon.demo.premises import example_office
from router.office import Office
from storage import schema
from storage.call_search import Place
from storage.connection import AnyConnection
from storage.database import Database
from storage.reach import Reach
from storage.recording_records import RecordingState
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer
from switchboard.recordings_desk import NO_LINE, Asked, Show, counting, list_recordings, questions

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")
MANY = 1_200
HELD_EVERY = 10
OF_STATES, OF_HELD = "ix_recordings_state_began_at_id_department", "ix_recordings_held"
WEEK = Asked(
    since=date(2026, 2, 24), until=date(2026, 3, 2), zone=MOSCOW, reach=Reach(everything=True)
)
ASKED = (
    WEEK,
    replace(WEEK, line="main"),
    replace(WEEK, line=NO_LINE, trunk="mts"),
    replace(WEEK, reach=Reach(departments=frozenset({"sales", "service"}))),
)
PLACES = (None, Place(at=NINE - timedelta(days=1), id="77"))


@pytest.fixture
async def full(database: Database, writer: Writer) -> Database:
    """A week of recordings, each with a waveform, as its conversation would have."""
    peaks = [[50] * 300, [10] * 300]
    states = (*[RecordingState.READY] * 40, *RecordingState)
    rows = [
        {
            "call_id": f"c-{n}",
            "pbx": "main",
            "line": "74951230001" if n % 3 else "79161234567",
            "department": ("sales", "service", "support")[n % 3],
            "trunk": ("mts", "")[n % 2],
            "began_at": NINE - timedelta(seconds=n * 500),
            "expected_at": NINE,
            "state": states[n % len(states)],
            "peaks": peaks,
            "legal_hold": n % HELD_EVERY == 0,
        }
        for n in range(MANY)
    ]

    async def work(uow: UnitOfWork) -> None:
        statement: Insert = insert(schema.recordings)
        await uow.connection.execute(statement, rows)
        await uow.connection.execute(text("ANALYZE"))

    await writer.submit(work)
    return database


async def plan(connection: AnyConnection, query: Select[tuple[object, ...]]) -> str:
    """How SQLite answers a question, in its own words."""
    asked = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
    found = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}")
    return "\n".join(str(row[-1]) for row in found)


async def test_a_page_is_read_from_an_index_in_its_order(full: Database) -> None:
    """Nothing is sorted and no row is read only to be left out, however long the log is."""
    office = example_office()
    async with full.reading() as connection:
        for asked, show, place in product(ASKED, Show, PLACES):
            for query in questions(office, replace(asked, show=show), place):
                told = await plan(connection, query)
                assert (OF_HELD if show is Show.HELD else f"COVERING INDEX {OF_STATES}") in told
                assert "TEMP B-TREE" not in told


async def test_days_are_counted_from_an_index(full: Database) -> None:
    async with full.reading() as connection:
        told = await plan(connection, counting(date(2026, 3, 1), MOSCOW))
    assert f"COVERING INDEX {OF_STATES}" in told


async def test_the_pages_together_are_all_that_was_asked_for(full: Database) -> None:
    """The same as if every row had been looked at."""
    office = example_office()
    for each in ASKED:
        for show in Show:
            asked = replace(each, show=show)
            assert await paged(full, office, asked) == await looked_through(full, office, asked)


async def paged(database: Database, office: Office, asked: Asked) -> Sequence[datetime]:
    """What somebody finds who goes from page to page."""
    found, place = list[datetime](), None
    while True:
        page = await list_recordings(database, office, asked, language="en", before=place)
        found += [row.began_at for row in page.rows]
        place = page.next
        if place is None:
            return found


async def looked_through(database: Database, office: Office, asked: Asked) -> Sequence[datetime]:
    """What a person would find who reads the whole table."""
    states = {
        Show.LOST: {"missing", "broken"},
        Show.WAITING: {"expected", "arriving"},
        Show.READY: {"ready"},
        Show.DELETED: {"deleted"},
    }.get(asked.show, set(RecordingState))
    main = office.lines["main"].number
    async with database.reading() as connection:
        t = schema.recordings.c
        columns = (t.state, t.legal_hold, t.began_at, t.department, t.line, t.trunk)
        rows = (await connection.execute(select(*columns))).all()
    return sorted(
        (
            row.began_at
            for row in rows
            if row.state in states
            and (asked.show is not Show.HELD or row.legal_hold)
            and asked.since <= row.began_at.astimezone(MOSCOW).date() <= asked.until
            and (asked.departments is None or row.department in asked.departments)
            and (not asked.line or (row.line == main) == (asked.line == "main"))
            and (not asked.trunk or row.trunk == asked.trunk)
        ),
        reverse=True,
    )
