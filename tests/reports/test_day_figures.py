"""A day is counted once, and again when a call of it changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from config.holiday_calendar import PublicHolidays
from dozvon.demo.premises import example_office
from router.calls import Direction, Disposition, Leg, LegOutcome, MissedReason
from router.figures import OF_PEOPLE, Figures, without
from storage import schema
from storage.database import Database
from storage.recording import amend_ended_call, record_ended_call
from storage.records import EndedCall
from storage.writer import Writer
from switchboard import statistics
from switchboard.statistics import Bureau, days_between, figures_of

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")
DAY = date(2026, 3, 2)
Ended = Callable[..., EndedCall]


@pytest.fixture
def bureau(database: Database, writer: Writer) -> Bureau:
    return Bureau(
        database=database,
        writer=writer,
        office=example_office(),
        calendar=PublicHolidays(),
        now=NINE + timedelta(hours=8),
    )


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[date]:
    """The days that were counted, in order."""
    days: list[date] = []
    real = statistics.count_day

    async def noted(bureau: Bureau, day: statistics.Day, zone: ZoneInfo) -> Figures:
        days.append(day.day)
        return await real(bureau, day, zone)

    monkeypatch.setattr(statistics, "count_day", noted)
    return days


async def test_a_day_that_did_not_change_is_not_counted_again(
    bureau: Bureau, writer: Writer, ended: Ended, counted: list[date]
) -> None:
    await writer.submit(lambda uow: record_ended_call(uow, ended("1")))
    first = await figures_of(bureau, DAY, DAY)
    assert first == await figures_of(bureau, DAY, DAY)
    assert counted == [DAY]
    assert first[DAY]["line", "74951230001", "", "12"]["missed"] == 1


async def test_a_call_that_is_put_right_later_is_counted_right(
    bureau: Bureau, writer: Writer, ended: Ended, counted: list[date]
) -> None:
    missed = ended("1")
    await writer.submit(lambda uow: record_ended_call(uow, missed))
    await figures_of(bureau, DAY, DAY)
    talked = Leg(
        id="1/1", target="101", began_at=NINE, outcome=LegOutcome.ANSWERED, talk_seconds=9.0
    )
    call = replace(
        missed.call,
        disposition=Disposition.ANSWERED,
        reason=None,
        answered_by="101",
        talk_seconds=9.0,
        legs=(talked,),
    )
    await writer.submit(lambda uow: amend_ended_call(uow, call))
    found = (await figures_of(bureau, DAY, DAY))[DAY]
    assert found["line", "74951230001", "", "12"]["answered"] == 1
    assert found["person", "101", "main"]["answered"] == 1
    assert counted == [DAY, DAY]


@pytest.mark.parametrize(
    "change",
    [
        {"reason": MissedReason.CLOSED},
        {"disposition": Disposition.REJECTED, "reason": None},
        {"settled": True},
    ],
)
async def test_whatever_is_put_right_of_a_call_makes_its_day_be_counted_again(
    bureau: Bureau,
    writer: Writer,
    ended: Ended,
    counted: list[date],
    change: dict[str, object],
) -> None:
    missed = ended("1")
    await writer.submit(lambda uow: record_ended_call(uow, missed))
    await figures_of(bureau, DAY, DAY)
    call = replace(missed.call, **change)  # type: ignore[arg-type]
    await writer.submit(lambda uow: amend_ended_call(uow, call))
    await figures_of(bureau, DAY, DAY)
    assert counted == [DAY, DAY]


async def test_a_call_belongs_to_the_day_on_the_wall(
    bureau: Bureau, writer: Writer, ended: Ended
) -> None:
    """22:30 in London is the next day in Moscow."""
    late = ended("1", minute=13.5 * 60)
    await writer.submit(lambda uow: record_ended_call(uow, late))
    later = replace(bureau, now=NINE + timedelta(days=2))
    found = await figures_of(later, DAY, DAY + timedelta(days=1))
    assert not found[DAY]
    assert found[DAY + timedelta(days=1)]["line", "74951230001", "", "01"]["offered"] == 1


async def test_what_is_owed_counts_when_it_is_called_back(
    bureau: Bureau, writer: Writer, ended: Ended, counted: list[date]
) -> None:
    await writer.submit(lambda uow: record_ended_call(uow, ended("1")))
    open_ = (await figures_of(bureau, DAY, DAY))[DAY]
    assert open_["callback", ""]["open"] == 1
    back = ended(
        "2",
        30,
        disposition=Disposition.ANSWERED,
        direction=Direction.OUTBOUND,
        talk_seconds=60.0,
    )
    await writer.submit(lambda uow: record_ended_call(uow, back))
    closed = (await figures_of(bureau, DAY, DAY))[DAY]
    assert closed["callback", ""]["reached"] == 1
    assert closed["waited", ""] == {"30": 1}
    assert closed["caller", "101", "main"] == {"attempts": 1, "reached": 1}
    assert counted == [DAY, DAY]


async def test_what_is_left_out_is_left_out_of_counted_days_and_of_kept_ones(
    bureau: Bureau, writer: Writer, ended: Ended, counted: list[date]
) -> None:
    """A report of lines reads nothing of people; what is kept has everything all the same."""
    missed = ended("1")
    rang = Leg(
        id="1/1", target="101", began_at=NINE, outcome=LegOutcome.NO_ANSWER, ring_seconds=9.0
    )
    whole = replace(missed, call=replace(missed.call, legs=(rang,)))
    await writer.submit(lambda uow: record_ended_call(uow, whole))
    lines = [(await figures_of(bureau, DAY, DAY, leave_out=OF_PEOPLE))[DAY] for _ in range(2)]
    everything = (await figures_of(bureau, DAY, DAY))[DAY]
    assert counted == [DAY]
    assert lines[0] == lines[1] == without(everything, OF_PEOPLE) != everything
    assert ("person", "101", "main") in everything


async def test_a_day_without_calls_is_neither_counted_nor_kept(
    bureau: Bureau, database: Database, counted: list[date]
) -> None:
    found = await figures_of(bureau, DAY, DAY + timedelta(days=3))
    assert list(found.values()) == [{}] * 4
    assert not counted
    async with database.reading() as connection:
        assert not (await connection.execute(select(schema.day_figures.c.day))).scalars().all()


def test_a_day_of_changing_clocks_has_its_own_length() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    spring, autumn = date(2026, 3, 29), date(2026, 10, 25)
    assert [
        (day.until - day.since) / timedelta(hours=1)
        for at in (spring, autumn)
        for day in days_between(at, at, berlin)
    ] == [23, 25]
