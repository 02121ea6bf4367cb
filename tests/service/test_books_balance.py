"""books: a mixed hour on a real Asterisk balances with its own call records, call by call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from click.testing import CliRunner, Result
from sales_floor import CLOSED_LINE, Floor, eventually, sales_floor, side_by_side
from sqlalchemy import delete
from two_services import Inside, inside

from config.holiday_calendar import PublicHolidays
from config.settings import Settings
from config.settings_file import load_settings
from dozvon.cli import dozvon
from dozvon.commands.terminal.exits import Exit
from dozvon.compose import call_records
from dozvon.context import Context
from dozvon.lab import DECLINE, LET_IT_RING, OutsideCall, answer_after
from dozvon.lab.configuration import CDR_FIELDS
from router.books import DifferenceKind
from router.calls import Disposition
from storage import schema
from storage.database import open_database
from storage.gaps import Gap
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer
from switchboard.board import utc_now
from switchboard.bookkeeper import Bookkeeper
from switchboard.books import DayBooks, balance_day

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]


def with_records(floor: Floor) -> Path:
    """The floor's settings, knowing where Asterisk writes its call records."""
    file = floor.pbx.layout.log / "cdr-custom" / "calls.csv"
    columns = ", ".join(f'"{name}"' for name in CDR_FIELDS)
    text = floor.config.read_text("utf-8")
    floor.config.write_text(f'{text}cdr = "custom:{file}"\ncdr_columns = [{columns}]\n', "utf-8")
    return floor.config


class Morning:
    """A dozen calls and what became of them."""

    def __init__(self, floor: Floor, settings: Settings) -> None:
        self.floor = floor
        self.settings = settings
        self.placed: list[OutsideCall] = []

    async def call(self, call: OutsideCall, *, answered: bool = False) -> OutsideCall:
        self.placed.append(call)
        if answered:
            assert await call.wait_answered(20)
            await call.hang_up()
        return call

    async def books(self, line: str = "") -> DayBooks:
        async with open_database(self.settings.database) as database:
            records = call_records(self.settings, self.floor.office)
            day = self.placed[0].started_at.astimezone(zone(self.floor)).date()
            now = utc_now() + timedelta(minutes=5)
            return await balance_day(database, records, self.floor.office, day, now=now, line=line)


def zone(floor: Floor) -> ZoneInfo:
    office = floor.office
    return ZoneInfo(office.departments[office.default_department].hours.timezone)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def morning(
    asterisk_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Morning]:
    async with sales_floor(asterisk_root, tmp_path_factory.mktemp("books"), desks=3) as floor:
        settings = load_settings(with_records(floor), environment={})
        found = Morning(floor, settings)
        async with inside(settings) as service:
            await _play(found, service)
            yield found


async def _play(morning: Morning, service: Inside) -> None:
    floor = morning.floor
    await side_by_side(
        _answered(morning), _left(morning, 1), _closed_and_hidden(morning), _our_own(morning)
    )
    await floor.no_channels()
    await service.board.settle()

    async def all_logged() -> bool:
        stories = await floor.all_calls()
        return len([s for s in stories if s.trail]) >= len(morning.placed)

    await eventually(all_logged, 10, "every call in the log with its trail")
    await floor.pbx.wait_cdr_rows(len(morning.placed), 5)


async def _answered(morning: Morning) -> None:
    desk = morning.floor.desks[0]
    desk.a.behave(answer_after(0.1))
    for _ in range(3):
        await morning.call(await desk.call(), answered=True)
    await morning.call(
        await morning.floor.carrier.call("74951239999", desk.stranger()), answered=True
    )
    desk.a.behave(DECLINE)
    desk.b.behave(answer_after(0.1))
    await morning.call(await desk.call(), answered=True)


async def _left(morning: Morning, number: int) -> None:
    desk = morning.floor.desks[number]
    desk.a.behave(LET_IT_RING)
    client = desk.client()
    for n in range(3):
        call = await morning.call(await desk.call(client))
        await desk.a.wait_ringing(5)
        await call.hang_up()
        await morning.floor.settled(client, nth=n + 1)
    await morning.call(await desk.call(hangup_after=0.01))


async def _closed_and_hidden(morning: Morning) -> None:
    floor, desk = morning.floor, morning.floor.desks[2]
    closed = await morning.call(await floor.carrier.call(CLOSED_LINE, desk.stranger()))
    left = await morning.call(await floor.carrier.call(CLOSED_LINE, desk.stranger()))
    assert await left.wait_answered(5)
    await left.hang_up()
    await closed.wait_ended(30)
    hidden = await morning.call(await floor.carrier.call(desk.line, "", anonymous=True))
    await desk.a.wait_ringing(5)
    await hidden.hang_up()


async def _our_own(morning: Morning) -> None:
    """A call that we make and an internal one are in neither column."""
    phone = morning.floor.desks[2].b
    inner = await phone.dial("600")
    assert await inner.wait_answered(5)
    await inner.hang_up()


async def test_books_a_mixed_run_balances_line_by_line(morning: Morning) -> None:
    """Calls in Asterisk's records = answered + missed + rejected, and no call differs."""
    kept = await morning.books()
    assert kept.books.differences == ()
    assert kept.unreadable == ()
    assert kept.balanced
    accounts = kept.books.accounts
    assert sum(account.in_records for account in accounts) == len(morning.placed)
    assert sum(account.answered for account in accounts) == 5
    assert sum(account.missed for account in accounts) == 7
    assert {"l0", "l1", "l2", "night"} <= {account.line for account in accounts}


async def test_books_of_one_line_are_its_own(morning: Morning) -> None:
    [night] = (await morning.books("night")).books.accounts
    assert (night.in_records, night.missed, night.answered) == (2, 2, 0)


async def test_books_a_call_that_our_log_lost_is_named_and_recovered_from_the_records(
    morning: Morning,
) -> None:
    """Deleted from the log it is the one difference; the gap's recovery brings it back, missed."""
    stories = await morning.floor.all_calls()
    lost = next(s.stored.call for s in stories if s.stored.call.disposition is Disposition.MISSED)
    settings, floor = morning.settings, morning.floor

    async def destroy(uow: UnitOfWork) -> None:
        await uow.execute(delete(schema.calls).where(schema.calls.c.id == lost.id))

    async with open_database(settings.database) as database, Writer(database).running() as writer:
        await writer.submit(destroy)
        [found] = (await morning.books()).books.differences
        assert (found.kind, found.call_id) == (DifferenceKind.NOT_LOGGED, lost.id)
        done = await asyncio.to_thread(_typed, floor.config)
        assert done.exit_code == Exit.FOUND, done.output
        assert lost.id in done.output
        keeper = Bookkeeper(
            database=database,
            writer=writer,
            records=call_records(settings, floor.office),
            office=lambda: floor.office,
            calendar=PublicHolidays(),
            now=utc_now,
        )

        async def open_gap(uow: UnitOfWork) -> int:
            return await uow.gaps.open("main", began_at=lost.began_at, why="test")

        gap = Gap(
            id=await writer.submit(open_gap),
            pbx="main",
            began_at=lost.began_at - timedelta(seconds=2),
            ended_at=utc_now(),
            why="test",
        )
        assert await keeper.after_gap(gap) == 1
        assert await keeper.after_gap(gap) == 0, "a call is recorded once"
    kept = await morning.books()
    assert kept.books.differences == ()
    again = next(s for s in await floor.all_calls() if s.stored.call.id == lost.id)
    assert again.stored.call.recovered
    assert again.stored.call.disposition is Disposition.MISSED
    assert again.callback_id is not None


def _typed(config: Path) -> Result:
    context = Context(environment={}, config=config, now=lambda: utc_now() + timedelta(minutes=5))
    words = ["--language", "en", "--config", str(config), "books"]
    return CliRunner().invoke(dozvon, words, obj=context)
