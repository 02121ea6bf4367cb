"""Bad input and bad luck: a journal that others wrote in, two services, wrong clocks, many calls."""

from __future__ import annotations

import asyncio
import base64
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

import dozvon.compose
from config.settings_file import load_settings
from dozvon.compose import service
from dozvon.lab import LET_IT_RING, answer_after
from dozvon.soak.audit import read_books
from dozvon.soak.floor import Floor, soak_floor
from dozvon.soak.office import client_number, office_text, settings_text
from dozvon.soak.process import ServiceProcess
from router.calls import Disposition, MissedReason
from storage.database import open_database
from storage.reading import open_callbacks
from storage.records import CallStory, OpenCallback
from switchboard.board import Board, Parts
from switchboard.news import LinkChanged

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

HOUR = datetime.now(UTC).strftime("%Y%m%d%H")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def floor(
    asterisk_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Floor]:
    async with soak_floor(asterisk_root, tmp_path_factory.mktemp("stories"), desks=6) as found:
        await found.service.start()
        await found.service.ready()
        yield found


async def eventually(probe: Callable[[], Awaitable[Any]], within: float, what: str) -> Any:
    """What `probe` gives as soon as it is true; another process tells us nothing."""
    until = asyncio.get_running_loop().time() + within
    while not (found := await probe()):
        assert asyncio.get_running_loop().time() < until, f"not within {within} s: {what}"
        await asyncio.sleep(0.05)
    return found


async def calls_of(floor: Floor, caller: str) -> list[CallStory]:
    books = await read_books(floor.settings)
    return [s for s in reversed(books.stories) if s.stored.call.caller == caller]


async def logged(floor: Floor, caller: str, count: int = 1) -> list[CallStory]:
    """All calls of a caller, when there are so many and the journal has had its word."""

    async def probe() -> list[CallStory]:
        found = await calls_of(floor, caller)
        return found if len(found) >= count and all(s.trail for s in found) else []

    found: list[CallStory] = await eventually(probe, 10, f"{count} calls of {caller}")
    return found


async def owed(floor: Floor, caller: str) -> list[OpenCallback]:
    async with open_database(floor.settings.database) as database:
        return [i for i in await open_callbacks(database) if i.caller == caller]


def entry(call_id: str, caller: str, *, version: str = "1", began: float | None = None) -> str:
    """What the dialplan writes of a caller who left after three seconds."""
    at = datetime.now(UTC).timestamp() - 10 if began is None else began
    name = base64.b64encode(b"Ivan").decode()
    head = f"{version}|{call_id}|74951230001|{caller}|{name}|{at:.3f}|{at + 3:.3f}"
    return f"{head}|fail-open|FAILURE|missed|abandoned|||0|127||1=a1/2011:rang:3:CANCEL,"


def write_entries(floor: Floor, entries: dict[str, str]) -> None:
    """Write into AstDB's file while Asterisk is down, as no AMI user could: longer than a line."""
    file = floor.pbx.layout.home / "lib" / "astdb.sqlite3"
    with sqlite3.connect(file) as db:
        db.executemany("INSERT OR REPLACE INTO astdb(key, value) VALUES(?, ?)", entries.items())
    db.close()


async def wake_phones(floor: Floor) -> None:
    for desk in floor.desks[:-1]:
        for phone in desk.phones:
            await phone.register()


async def test_one_end_bad_journal_entries_are_left_told_once_and_stop_no_other(
    floor: Floor,
) -> None:
    """Broken, of another version, of a foreign key, of 100 KB: all others are drained."""
    shelf = f"/dozvon/ended/{HOUR}"
    good = {f"{shelf}/soak-1.{n}": entry(f"soak-1.{n}", f"790600000{n:02}") for n in range(5)}
    bad = {
        f"{shelf}/soak-2.1": "1|soak-2.1|cut off",
        f"{shelf}/soak-2.2": entry("soak-2.2", "79060000091", version="7"),
        f"{shelf}/soak-2.3": entry("soak-2.3", "79060000092").replace("missed", "eaten"),
        f"{shelf}/soak-2.4": "",
        f"{shelf}/not ours/at all": "1",
        f"{shelf}/soak-2.5": entry("soak-2.5", "79060000093") + "x" * 100_000,
    }
    await floor.pbx.stop()
    write_entries(floor, good | bad | {f"/dozvon/hours/{HOUR}": "1"})
    await floor.pbx.start()
    await wake_phones(floor)
    for n in range(5):
        (story,) = await logged(floor, f"790600000{n:02}")
        assert story.stored.call.disposition is Disposition.MISSED
        assert len(await owed(floor, f"790600000{n:02}")) == 1
    desk = floor.desks[1]
    for n in (90, 91, 92):
        assert await calls_of(floor, f"790600000{n}") == []
    caller = client_number(1, 0)
    await (await floor.carrier.call(desk.line, caller, hangup_after=0.5)).wait_ended(5)
    await logged(floor, caller)
    left = set(await floor.journal())
    assert left == set(bad)
    for key in bad:
        told = [x for x in floor.service.said if "cannot be read" in x and key.strip("/") in x]
        assert len(told) == 1, (key, told)
    for key in left:
        await floor.pbx.cli(f'database del dozvon "{key.removeprefix("/dozvon/")}"')


async def test_one_end_a_second_service_on_the_same_exchange_does_not_drain_and_says_why(
    floor: Floor, tmp_path: Path
) -> None:
    """It names the first and takes nothing from the journal; the first gets every call."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "office.toml").write_text(office_text(6), "utf-8")
    ports = floor.pbx.ports
    text = settings_text(data=str(data), ami=ports.ami, agi=ports.spare[5])
    config = tmp_path / "second.toml"
    config.touch(mode=0o600)
    config.write_text(text)
    second = ServiceProcess(config)
    await second.start()
    try:
        line = await second.wait_said("another service reads this exchange's journal", 20)
        assert f"port-{ports.agi}" in line
        desk, caller = floor.desks[1], client_number(1, 1)
        await (await floor.carrier.call(desk.line, caller, hangup_after=0.5)).wait_ended(5)
        (story,) = await logged(floor, caller)
        assert story.stored.call.disposition is Disposition.MISSED
        assert await floor.empty_journal(5) == {}
        shadow = await read_books(load_settings(config, environment={}))
        assert [story for story in shadow.stories if story.trail] == []
        assert not any("exchange synchronised" in x for x in second.said)
    finally:
        await second.kill()


async def test_one_callback_ten_calls_in_a_minute_are_one_item(floor: Floor) -> None:
    """Ten calls in the log, one item of the list with all ten."""
    desk, caller = floor.desks[2], client_number(2, 0)
    for _ in range(10):
        call = await floor.carrier.call(desk.line, caller)
        await call.wait_ringing(4)
        await call.hang_up()
    stories = await logged(floor, caller, 10)
    assert len(stories) == 10
    assert len({story.stored.call.id for story in stories}) == 10
    assert {story.callback_id for story in stories} == {stories[0].callback_id}
    (item,) = await owed(floor, caller)
    assert len(item.item.missed) == 10


async def test_one_callback_a_client_gets_through_while_he_is_called_back(floor: Floor) -> None:
    """He talks with us while our own call to him finds him busy: nothing is owed any more."""
    desk, caller = floor.desks[3], client_number(3, 0)
    await (await floor.carrier.call(desk.line, caller, hangup_after=0.7)).wait_ended(5)
    await logged(floor, caller)
    assert len(await owed(floor, caller)) == 1
    back = await desk.b.dial(f"8{caller}")
    await floor.carrier.wait_called(caller, 5)
    desk.a.behave(answer_after(0.1))
    call = await floor.carrier.call(desk.line, caller)
    assert await call.wait_answered(5)
    await back.hang_up()
    await asyncio.sleep(1.1)  # a talk: an outgoing one counts from a second on
    await call.hang_up()
    desk.a.behave(LET_IT_RING)
    inbound = await logged(floor, caller, 2)
    assert [s.stored.call.disposition for s in inbound] == [
        Disposition.MISSED,
        Disposition.ANSWERED,
    ]

    async def nothing_owed() -> bool:
        return not await owed(floor, caller)

    await eventually(nothing_owed, 5, "nothing is owed")
    assert inbound[0].callback_id is not None
    assert await floor.empty_journal(5) == {}


@asynccontextmanager
async def running(floor: Floor) -> AsyncIterator[Board]:
    """The service in this process, when it watches the exchange."""
    async with service(floor.settings) as board:
        with board.news.listening(1000) as news:
            task = asyncio.create_task(board.run(), name="board")
            try:
                async with asyncio.timeout(15):
                    async for item in news:
                        if isinstance(item, LinkChanged) and item.up:
                            break
                yield board
                await board.settle()
            finally:
                task.cancel()
                await asyncio.wait({task})
        assert task.cancelled(), task.exception()


@pytest.mark.parametrize("minutes", [-6, 6])
async def test_books_clocks_that_differ_by_minutes_lose_and_double_nothing(
    floor: Floor, monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    """The exchange's times are what counts: a talk after a missed call closes what it opened.

    The service, whose clock is minutes off, is stopped and started in between. It runs in this
    process (the clock is ours to set), so these tests come last.
    """
    await floor.service.stop()

    def wrong_clock() -> datetime:
        return datetime.now(UTC) + timedelta(minutes=minutes)

    monkeypatch.setattr(dozvon.compose, "utc_now", wrong_clock)
    monkeypatch.setitem(Parts.__init__.__kwdefaults__, "now", wrong_clock)
    n = 1 + (minutes > 0)
    desk, caller, other = floor.desks[3], client_number(3, n), client_number(3, n + 4)
    async with running(floor):
        await (await floor.carrier.call(desk.line, caller, hangup_after=0.7)).wait_ended(5)
        (missed,) = await logged(floor, caller)
        assert missed.stored.call.reason is MissedReason.ABANDONED
        assert missed.made
        assert len(await owed(floor, caller)) == 1
    await (await floor.carrier.call(desk.line, other, hangup_after=0.7)).wait_ended(5)
    assert not await floor.channels_left(5), "the phones are free again"
    desk.a.behave(answer_after(0.1, hang_up_after=1.2))
    desk.b.behave(answer_after(9))
    talk = await floor.carrier.call(desk.line, caller)
    assert await talk.wait_answered(5)
    await talk.wait_ended(5)
    async with running(floor):
        stories = await logged(floor, caller, 2)
        assert [s.stored.call.disposition for s in stories] == [
            Disposition.MISSED,
            Disposition.ANSWERED,
        ]
        assert await owed(floor, caller) == []
        assert len(await logged(floor, other)) == 1
        assert len(await owed(floor, other)) == 1
        assert await floor.empty_journal(5) == {}
    desk.quiet()
