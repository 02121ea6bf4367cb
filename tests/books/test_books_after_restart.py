"""The books of a service that was off: what the one before found, and the nights that it slept."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from kept_books import DAY, LINE, NOON, Source, gap, keeper, row
from structlog.testing import capture_logs

from config.office_dump import dump_office
from config.settings_file import load_settings
from dozvon.alarms.composing import books_sentence
from dozvon.alarms.lookout import Lookout
from dozvon.alarms.watching import Alarms
from dozvon.compose import service
from dozvon.demo.premises import example_office
from dozvon.setup.upgrades import upgrade
from storage.database import Database, open_database
from storage.reading import list_calls
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer
from switchboard.bookkeeper import LAST, Bookkeeper, BooksState
from switchboard.news import Newsroom

EIGHT = datetime(2026, 3, 4, 5, 0, tzinfo=UTC)  # a Wednesday, 8:00 in Moscow
TUESDAY = date(2026, 3, 3)
SECRETS = ("AMI_USER", "AMI_SECRET", "JOURNAL_USER", "JOURNAL_SECRET")
FOUND = {
    "day": DAY.isoformat(),
    "at": "2026-03-03T00:10:00+00:00",
    "balanced": False,
    "differences": 3,
    "trouble": "",
}


class Over(Exception):  # noqa: N818
    """The test has seen enough."""


async def left(writer: Writer, **differs: object) -> None:
    """The service before left this."""

    async def work(uow: UnitOfWork) -> None:
        await uow.offices.note(LAST, json.dumps(FOUND | differs))

    await writer.submit(work)


async def started(books: Bookkeeper) -> BooksState | None:
    """The service starts, watches its PBX and is stopped as it waits for the night."""

    async def pause(_: float) -> None:
        raise Over

    books._pause = pause
    await books.remember()
    await books.gap_closed("main")
    with pytest.raises(Over):
        await books.run()
    return books.state


async def test_what_the_service_before_found_stands_until_books_balance_again(
    database: Database, writer: Writer
) -> None:
    await left(writer)
    books = keeper(database, writer, Source())
    await books.remember()
    assert books.state == BooksState(
        day=DAY,
        at=datetime(2026, 3, 3, 0, 10, tzinfo=UTC),
        balanced=False,
        differences=3,
    )


async def test_books_that_still_differ_get_no_all_clear_from_a_restart(
    database: Database, writer: Writer, tmp_path: Path
) -> None:
    """Two services after one another: the first tells it, the second has nothing to add."""
    await left(writer)
    told = list[str]()
    for _ in range(2):
        books = keeper(database, writer, Source())
        await books.remember()
        lookout = Lookout(
            database=database,
            writer=writer,
            folder=tmp_path,
            overdue=timedelta(hours=1),
            disk_free_percent=0.0,
            why_down={},
            books=partial(_sentence, books),
        )
        alarms = Alarms(lookout, (), remind_seconds=0, now=lambda: EIGHT)
        with capture_logs() as logs:
            async with alarms.watching(Newsroom()):
                await alarms.look_around()
        told += [line["word"] for line in logs if line["event"] == "alarm"]
    assert told == ["alarm-raised"]


def _sentence(books: Bookkeeper) -> str:
    return books_sentence(books.state)


async def test_without_call_records_nothing_stands_that_nobody_could_clear(
    database: Database, writer: Writer
) -> None:
    await left(writer)
    books = keeper(database, writer, None)
    await books.remember()
    assert books.state is None


@pytest.mark.parametrize("noted", ["", "[]", "{}", "no json"])
async def test_a_note_that_cannot_be_read_is_none(
    database: Database, writer: Writer, noted: str
) -> None:
    async def work(uow: UnitOfWork) -> None:
        await uow.offices.note(LAST, noted)

    await writer.submit(work)
    books = keeper(database, writer, Source())
    await books.remember()
    assert books.state is None


async def test_a_service_that_was_off_at_night_balances_the_day_in_the_morning(
    database: Database, writer: Writer
) -> None:
    await left(writer)
    lost = row("main-1.1", minute=24 * 60)
    state = await started(keeper(database, writer, Source(lost), now=lambda: EIGHT))
    assert state
    assert (state.day, state.differences) == (TUESDAY, 1)
    again = keeper(database, writer, Source(lost), now=lambda: EIGHT)
    again.night = None  # type: ignore[method-assign, assignment]
    assert await started(again) == state, "once is enough"


async def test_before_ten_past_three_the_day_that_is_over_is_left_to_the_night(
    database: Database, writer: Writer
) -> None:
    await left(writer)
    two = datetime(2026, 3, 3, 23, 0, tzinfo=UTC)
    state = await started(keeper(database, writer, Source(), now=lambda: two))
    assert state
    assert (state.day, state.differences) == (DAY, 3)


async def test_of_several_days_the_one_that_differs_is_told_and_none_is_balanced_twice(
    database: Database, writer: Writer
) -> None:
    await left(writer, day="2026-03-01")
    books = keeper(database, writer, Source(row("main-1.1")), now=lambda: EIGHT)
    state = await started(books)
    assert state
    assert (state.day, state.differences) == (DAY, 1)
    after = keeper(database, writer, Source(), now=lambda: EIGHT)
    assert await started(after) == state


async def test_after_a_long_absence_a_week_is_balanced(database: Database, writer: Writer) -> None:
    await left(writer, day="2026-01-10")
    books, days = keeper(database, writer, Source(), now=lambda: EIGHT), list[date]()
    night = books.night

    async def noting(day: date) -> BooksState:
        days.append(day)
        return await night(day)

    books.night = noting  # type: ignore[method-assign]
    await started(books)
    assert days == [TUESDAY - timedelta(days=back) for back in (6, 5, 4, 3, 2, 1, 0)]


async def test_a_day_that_could_not_be_worked_on_is_tried_again(
    database: Database, writer: Writer
) -> None:
    await left(writer)
    books = keeper(database, writer, Source(), now=lambda: EIGHT)
    night = books.night

    async def failing(day: date) -> BooksState:
        raise OSError(day)

    books.night = failing  # type: ignore[method-assign]
    state = await started(books)
    assert state
    assert state.day == DAY
    books.night = night  # type: ignore[method-assign]
    await books.balance_due()
    assert books.state
    assert books.state.day == TUESDAY


async def test_a_new_service_has_no_days_to_catch_up_with(
    database: Database, writer: Writer
) -> None:
    """The office was applied on that same day."""
    applied = NOON - timedelta(days=30)
    books = keeper(database, writer, Source(), now=lambda: applied + timedelta(hours=1))
    assert await started(books) is None


async def test_calls_of_the_absence_are_recovered_before_anything_is_balanced(
    database: Database, writer: Writer
) -> None:
    """Until the PBX is watched again its gap is open: its calls are not lost yet."""
    await left(writer, day="2026-03-01", differences=0, balanced=True)
    await gap(writer)
    books = keeper(database, writer, Source(row("main-1.1")), now=lambda: EIGHT)
    due, paused, begun = books.balance_due, asyncio.Event(), list[str]()

    async def noting() -> None:
        begun.append("balancing")
        await due()

    async def pause(_: float) -> None:
        paused.set()
        await asyncio.Event().wait()

    books.balance_due, books._pause = noting, pause  # type: ignore[method-assign]
    await books.remember()
    running = asyncio.create_task(books.run())
    await asyncio.sleep(0)
    assert not begun
    await books.gap_closed("main")
    await paused.wait()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert books.state
    assert (books.state.day, books.state.balanced) == (TUESDAY, True)
    assert [stored.call.line for stored in await list_calls(database)] == [LINE.number]


async def test_a_starting_service_remembers_the_books(tmp_path: Path) -> None:
    """Before its alarms look around for the first time."""
    (tmp_path / "office.toml").write_text(dump_office(example_office()), "utf-8")
    settings = load_settings(
        environment={
            "DOZVON_DATA_DIR": str(tmp_path),
            "DOZVON_PBX__MAIN__CDR": f"csv:{tmp_path}/Master.csv",
            "DOZVON_PBX__MAIN__SYSTEMNAME": "pbx1",
            **{f"DOZVON_PBX__MAIN__{name}": "x" for name in SECRETS},
        }
    )
    await upgrade(settings.database)
    async with open_database(settings.database) as opened, Writer(opened).running() as writing:
        await left(writing)
    async with service(settings) as board:
        assert board.books.state
        assert board.books.state.differences == 3
