"""The books by themselves: each night, after each gap; and from the command line."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from kept_books import DAY, LINE, NOON, Source, gap, keeper, row
from structlog.testing import capture_logs

from pbx_adapters.cdr.errors import CdrUnreachable
from router.calls import Disposition, MissedReason
from storage.database import Database
from storage.gaps import Gap, Gaps
from storage.logged_calls import logged_between
from storage.reading import list_calls, open_callbacks
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer
from switchboard.bookkeeper import LAST, next_night


async def noted(database: Database) -> Gap:
    async with database.reading() as connection:
        [found] = await Gaps(connection).newest()
    return found


async def test_a_call_of_a_gap_is_recorded_from_the_call_records_and_opens_a_callback(
    database: Database, writer: Writer
) -> None:
    books = keeper(database, writer, Source(row("main-1.1")))
    assert await books.after_gap(await gap(writer)) == 1
    [stored] = await list_calls(database)
    assert stored.call.recovered
    assert (stored.call.disposition, stored.call.reason) == (Disposition.MISSED, None)
    assert stored.department == LINE.department
    assert [found.item.missed for found in await open_callbacks(database)] == [("main-1.1",)]
    assert (await noted(database)).from_call_records == 1


async def test_a_call_that_is_recovered_twice_is_recorded_once(
    database: Database, writer: Writer
) -> None:
    books = keeper(database, writer, Source(row(""), row("", 9, channel="PJSIP/trunk-2")))
    found = await gap(writer)
    assert (await books.after_gap(found), await books.after_gap(found)) == (2, 0)
    assert len(await list_calls(database)) == 2


async def test_what_a_call_record_knows_of_a_talk_is_kept(
    database: Database, writer: Writer
) -> None:
    talk = row("main-1.1", answered=True, billed_seconds=20.0)
    await keeper(database, writer, Source(talk)).after_gap(await gap(writer))
    [stored] = await list_calls(database)
    assert (stored.call.disposition, stored.call.answered_by) == (Disposition.ANSWERED, "101")
    assert stored.call.talk_seconds == 20.0
    assert await open_callbacks(database) == ()


async def test_whether_a_mobile_answered_is_not_known_so_somebody_looks(
    database: Database, writer: Writer
) -> None:
    mobile = row("main-1.1", to="Local/3@dozvon-mobile-1;1", answered=True)
    await keeper(database, writer, Source(mobile)).after_gap(await gap(writer))
    [stored] = await list_calls(database)
    assert (stored.call.disposition, stored.call.talk_partial) == (Disposition.MISSED, True)


async def test_a_call_of_the_night_is_recovered_as_after_hours(
    database: Database, writer: Writer
) -> None:
    night = row("main-1.1", 14 * 60)
    await keeper(database, writer, Source(night)).after_gap(await gap(writer, hours=20))
    [stored] = await list_calls(database)
    assert stored.call.reason is MissedReason.CLOSED


async def test_a_recovered_call_is_told_by_our_clock_and_compared_by_the_pbxs(
    database: Database, writer: Writer
) -> None:
    """Its clock is two hours ahead: what it wrote at 14:00 happened at noon, inside the gap."""
    books = keeper(database, writer, Source(row("main-1.1", 120)))
    books._ahead = lambda _: 7200.0
    found = await gap(writer)
    assert await books.after_gap(found) == 1
    [stored] = await list_calls(database)
    assert (stored.call.began_at, stored.clock_offset_seconds) == (NOON, 7200.0)
    [logged] = await logged_between(database, "main", NOON, NOON + timedelta(days=1))
    assert logged.began_at == NOON + timedelta(hours=2)
    assert await books.after_gap(found) == 0


async def test_a_call_that_outlived_the_gap_is_left_to_its_events(
    database: Database, writer: Writer
) -> None:
    long = row("main-1.1", ended_at=NOON + timedelta(hours=2))
    assert await keeper(database, writer, Source(long)).after_gap(await gap(writer)) == 0


@pytest.mark.parametrize("minutes", [3, 11 * 60])
async def test_a_call_that_was_under_way_when_the_gap_began_and_over_in_it_is_recorded_once(
    database: Database, writer: Writer, minutes: int
) -> None:
    """It began while we watched; its end nobody saw, and no journal tells a foreign dialplan's."""
    found = await gap(writer)
    before = found.began_at - timedelta(minutes=minutes)
    talk = row("main-1.1", began_at=before, ended_at=found.began_at + timedelta(minutes=1))
    books = keeper(database, writer, Source(talk))
    assert (await books.after_gap(found), await books.after_gap(found)) == (1, 0)
    [stored] = await list_calls(database)
    assert (stored.call.id, stored.call.began_at) == ("main-1.1", before)


async def test_a_call_that_was_over_before_the_gap_is_none_of_its_calls(
    database: Database, writer: Writer
) -> None:
    """Books that differ say so; a gap brings back what fell into it."""
    found = await gap(writer)
    before = found.began_at - timedelta(minutes=2)
    over = row("main-1.1", began_at=before, ended_at=before + timedelta(minutes=1))
    assert await keeper(database, writer, Source(over)).after_gap(found) == 0


async def test_without_call_records_a_gap_says_what_cannot_be_recovered(
    database: Database, writer: Writer
) -> None:
    assert await keeper(database, writer, None).after_gap(await gap(writer)) == 0
    assert "not recoverable" in (await noted(database)).note


async def test_call_records_that_cannot_be_read_are_told_beside_the_gap(
    database: Database, writer: Writer
) -> None:
    source = Source(row("main-1.1"))
    source.trouble = CdrUnreachable("the disk is gone")
    with capture_logs() as logs:
        await keeper(database, writer, source).after_gap(await gap(writer))
    assert "the disk is gone" in (await noted(database)).note
    assert logs[0]["log_level"] == "error"


async def test_the_night_tells_a_difference_as_an_error_and_keeps_the_result(
    database: Database, writer: Writer
) -> None:
    books = keeper(
        database, writer, Source(row("main-1.1")), now=lambda: NOON + timedelta(hours=20)
    )
    with capture_logs() as logs:
        await books.balance_due()
    assert books.state
    assert (books.state.day, books.state.differences) == (DAY, 1)
    assert not books.state.balanced
    [error] = [log for log in logs if log["log_level"] == "error"]
    assert "main-1.1" in error["how"]
    async with database.reading() as connection:
        told = await UnitOfWork(connection).offices.noted(LAST)
    assert told
    assert json.loads(told)["balanced"] is False


async def test_the_night_looks_at_the_days_gaps_once_more(
    database: Database, writer: Writer
) -> None:
    """Asterisk may write its records minutes after the gap was closed."""
    await gap(writer)
    books = keeper(database, writer, Source(row("main-1.1")))
    assert (await books.night(DAY)).balanced


async def test_records_that_cannot_be_read_never_balance(
    database: Database, writer: Writer
) -> None:
    source = Source()
    source.trouble = CdrUnreachable("the disk is gone")
    state = await keeper(database, writer, source).night(DAY)
    assert not state.balanced
    assert "the disk is gone" in state.trouble


async def test_each_night_yesterday_is_balanced(database: Database, writer: Writer) -> None:
    """The pause ends at ten past three; what is balanced then is the day before."""
    clock, found = [NOON], list[date | None]()

    class Over(Exception):  # noqa: N818
        pass

    async def pause(seconds: float) -> None:
        found.append(books.state.day if books.state else None)
        if len(found) == 3:
            raise Over
        clock.append(clock[-1] + timedelta(seconds=seconds))

    books = keeper(database, writer, Source(), now=lambda: clock[-1])
    books._pause = pause
    await books.gap_closed("main")
    with pytest.raises(Over):
        await books.run()
    assert found == [DAY - timedelta(days=1), DAY, DAY + timedelta(days=1)]
    assert clock[1] == datetime(2026, 3, 3, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "zone", "at"),
    [
        (
            datetime(2026, 3, 2, 0, 0, tzinfo=UTC),
            "Europe/Moscow",
            datetime(2026, 3, 2, 0, 10, tzinfo=UTC),
        ),
        (
            datetime(2026, 3, 2, 0, 10, tzinfo=UTC),
            "Europe/Moscow",
            datetime(2026, 3, 3, 0, 10, tzinfo=UTC),
        ),
        (
            datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
            "Asia/Vladivostok",
            datetime(2026, 3, 2, 17, 10, tzinfo=UTC),
        ),
    ],
)
def test_the_night_is_the_offices(now: datetime, zone: str, at: datetime) -> None:
    assert next_night(now, ZoneInfo(zone)) == at
