"""One call back is one callback of who made it, however many items of the list it closes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from config.holiday_calendar import PublicHolidays
from dozvon.demo.premises import example_office
from router.calls import Direction, Disposition
from router.numbers import NumberPlan, normalise
from storage.database import Database
from storage.parties import move_calls
from storage.recording import record_ended_call, refold_parties
from storage.records import ClientRecord, EndedCall
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer
from switchboard.callbacks import day_report
from switchboard.statistics import Bureau, figures_of

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = date(2026, 3, 2)
SHARED = "+79161234567"
OUT = {"direction": Direction.OUTBOUND, "disposition": Disposition.ANSWERED}
TALK = {**OUT, "talk_seconds": 60.0, "lasts_seconds": 70.0}
Ended = Callable[..., EndedCall]


@pytest.fixture
async def called_back(database: Database, writer: Writer, ended: Ended) -> Database:
    """Two clients share a number; both were missed, and one whom nobody knew; 101 calls twice."""

    async def share(uow: UnitOfWork) -> None:
        numbers = (normalise(SHARED, NumberPlan()),)
        records = [ClientRecord(key=key, name=key, numbers=numbers) for key in ("a", "b")]
        known = await uow.clients.save(records, at=NINE)
        await refold_parties(uow, await move_calls(uow.connection, known))

    await writer.submit(share)
    missed = ended("1"), ended("2", 1, client="a"), ended("3", 2, client="b")
    for call in (*missed, ended("4", 5, **OUT), ended("5", 9, **TALK)):
        await writer.submit(lambda uow, c=call: record_ended_call(uow, c))
    return database


async def test_the_callback_report_counts_it_once_for_a_person(called_back: Database) -> None:
    day = await day_report(
        called_back,
        NINE,
        NINE + timedelta(hours=9),
        office=example_office(),
        calendar=PublicHolidays(),
    )
    assert (day.items, day.called, day.reached) == (3, 3, 3)
    [anna] = day.people
    assert (anna.person, anna.attempts, anna.reached) == ("101", 2, 1)
    assert anna.first_callbacks == 2


async def test_the_figures_of_a_day_count_it_once_for_a_person(
    called_back: Database, writer: Writer
) -> None:
    bureau = Bureau(
        database=called_back,
        writer=writer,
        office=example_office(),
        calendar=PublicHolidays(),
        now=NINE + timedelta(hours=8),
    )
    found = (await figures_of(bureau, DAY, DAY))[DAY]
    assert found["callback", ""]["reached"] == 3
    assert found["caller", "101", "main"] == Counter(attempts=2, reached=1)
