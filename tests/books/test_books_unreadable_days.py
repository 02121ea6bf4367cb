"""A day whose call records could not be read: it is told, and stays due until they could."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from kept_books import DAY, NOON, Source, keeper, row

from pbx_adapters.cdr.errors import CdrUnreachable
from pbx_adapters.cdr.port import Reading
from storage.database import Database
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer
from switchboard.bookkeeper import MOST_DAYS, Bookkeeper, BooksState

THURSDAY = datetime(2026, 3, 5, 5, 0, tzinfo=UTC)


class Away(Source):
    """Call records that cannot be read on the days of `away`."""

    def __init__(self, *away: date) -> None:
        super().__init__()
        self.away = set(away)

    def read(self, since: datetime, until: datetime) -> Reading:
        if (since + timedelta(hours=15)).date() in self.away:
            raise CdrUnreachable("the disk is away")
        return super().read(since, until)


class Damaged(Source):
    """Call records with a line that nobody will ever read."""

    def read(self, since: datetime, until: datetime) -> Reading:
        return Reading(rows=super().read(since, until).rows, damaged=1)


def noting(books: Bookkeeper) -> list[date]:
    """The days that are balanced from now on."""
    days, night = list[date](), books.night

    async def noted(day: date) -> BooksState:
        days.append(day)
        return await night(day)

    books.night = noted  # type: ignore[method-assign]
    return days


async def balanced_through(writer: Writer, day: date) -> None:
    """The service before had balanced the days up to this one."""

    async def work(uow: UnitOfWork) -> None:
        state = '{"day": "%s", "at": "%sT05:00:00+00:00", "balanced": true, "differences": 0,'
        await uow.offices.note("books/last", (state % (day, day)) + ' "trouble": ""}')

    await writer.submit(work)


async def test_a_day_whose_records_could_not_be_read_is_balanced_when_they_can_be(
    database: Database, writer: Writer
) -> None:
    await balanced_through(writer, DAY - timedelta(days=1))
    source = Source(row("main-1.1"))
    source.trouble = CdrUnreachable("the disk is away")
    books = keeper(database, writer, source, now=lambda: NOON + timedelta(hours=20))
    await books.remember()
    await books.balance_due()
    assert books.state
    assert (books.state.day, books.state.balanced) == (DAY, False)
    assert "the disk is away" in books.state.trouble
    source.trouble, source.rows = None, ()
    await books.balance_due()
    assert (books.state.day, books.state.balanced, books.state.trouble) == (DAY, True, "")


async def test_a_later_day_that_balances_does_not_clear_one_that_could_not_be_read(
    database: Database, writer: Writer
) -> None:
    """Neither in one go, nor the night after, nor over a restart."""
    await balanced_through(writer, DAY - timedelta(days=1))
    source = Away(DAY)
    first = keeper(database, writer, source, now=lambda: THURSDAY)
    await first.remember()
    await first.balance_due()
    night = keeper(database, writer, source, now=lambda: THURSDAY + timedelta(days=1))
    await night.remember()
    assert night.state == first.state
    days = noting(night)
    await night.balance_due()
    assert days == [DAY + timedelta(days=n) for n in range(4)]
    assert night.state
    assert (night.state.day, night.state.balanced) == (DAY, False)
    source.away.clear()
    await night.balance_due()
    assert night.state.balanced
    days.clear()
    await night.balance_due()
    assert not days, "all of them are balanced now"


async def test_records_that_never_come_back_are_asked_for_a_week(
    database: Database, writer: Writer
) -> None:
    await balanced_through(writer, DAY - timedelta(days=1))
    clock = [NOON + timedelta(hours=20)]
    books = keeper(database, writer, Away(DAY), now=lambda: clock[-1])
    await books.remember()
    days = noting(books)
    for _ in range(MOST_DAYS + 2):
        await books.balance_due()
        clock.append(clock[-1] + timedelta(days=1))
    assert days.count(DAY) == MOST_DAYS
    assert books.state
    assert books.state.balanced


async def test_a_damaged_line_is_told_and_holds_up_no_day(
    database: Database, writer: Writer
) -> None:
    """It will be no better tomorrow."""
    await balanced_through(writer, DAY - timedelta(days=1))
    books = keeper(database, writer, Damaged(), now=lambda: NOON + timedelta(hours=20))
    await books.remember()
    days = noting(books)
    await books.balance_due()
    await books.balance_due()
    assert days == [DAY]
    assert books.state
    assert books.state.trouble
