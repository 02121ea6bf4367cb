"""The alarms of a service with a real database: what is looked at, kept and handed out."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ready_tables import ready_tables

from dozvon.alarms.delivery import Delivery
from dozvon.alarms.lookout import Lookout
from dozvon.alarms.sending import Hook, Mail
from dozvon.alarms.watching import Alarms
from router.calls import Call, CallState, Direction, Disposition
from router.numbers import NumberPlan, normalise
from storage.database import Database, open_database
from storage.recording import record_ended_call
from storage.records import EndedCall
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer
from switchboard.alarms import AlarmKind, Notice
from switchboard.news import AlarmsStand, LinkChanged, Listener, News, Newsroom
from switchboard.troubles import SERVICE_WAS_DOWN

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass(kw_only=True)
class Kept(Delivery):
    """A way to people that keeps what it is given."""

    notices: list[Notice] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(Hook(url="http://127.0.0.1:9", language="en"))

    def add(self, notice: Notice) -> None:
        self.notices.append(notice)


@dataclass(kw_only=True)
class House:
    """A service's alarms with a clock that is set by hand."""

    database: Database
    writer: Writer
    folder: Path
    clock: datetime = NINE
    kept: Kept = field(default_factory=Kept)

    def alarms(self, *deliveries: Delivery, **differs: Any) -> Alarms:
        said: dict[str, Any] = {
            "database": self.database,
            "writer": self.writer,
            "folder": self.folder,
            "overdue": timedelta(minutes=60),
            "disk_free_percent": 0.0,
            "why_down": {"main": ""},
        }
        lookout = Lookout(**(said | differs))
        all_of_them = deliveries or (self.kept,)
        return Alarms(lookout, all_of_them, remind_seconds=3600, now=lambda: self.clock)

    async def look(self, alarms: Alarms, **later: float) -> list[str]:
        """What is told by a look so much later."""
        self.clock += timedelta(**later)
        before = len(self.kept.notices)
        await alarms.look_around()
        told = self.kept.notices[before:]
        return [f"{n.finding.kind} {n.word.removeprefix('alarm-')}" for n in told]

    async def write(self, work: Callable[[UnitOfWork], Awaitable[Any]]) -> Any:
        return await self.writer.submit(work)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'alarms.db'}"
    await ready_tables(url)
    async with open_database(url) as database, Writer(database).running() as writer:
        yield House(database=database, writer=writer, folder=tmp_path)


async def heard(alarms: Alarms, news: Newsroom, *told: LinkChanged) -> None:
    """Lets the alarms hear of links."""
    for each in told:
        news.tell(each)
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_link_is_heard_of_and_its_alarm_is_taken_back(house: House) -> None:
    news, alarms = Newsroom(), house.alarms()
    async with alarms.watching(news):
        await heard(alarms, news, LinkChanged(pbx="main", up=False, why="refused"))
        assert await house.look(alarms) == []
        assert await house.look(alarms, seconds=61) == ["link-down raised"]
        assert house.kept.notices[0].finding.about == {"pbx": "main", "why": "refused"}
        await heard(alarms, news, LinkChanged(pbx="main", up=True, why=""))
        assert await house.look(alarms, seconds=5) == ["link-down cleared"]


async def test_an_alarm_of_the_service_before_gets_its_all_clear_from_this_one(
    house: House,
) -> None:
    before = house.alarms(http_trouble="in use")
    assert await house.look(before) == ["http-trouble raised"]
    again = house.alarms(http_trouble="in use")
    async with again.watching(Newsroom()):
        assert await house.look(again, seconds=5) == []
        assert [a.finding.kind for a in again.standing] == [AlarmKind.HTTP_TROUBLE]
    after = house.alarms()
    async with after.watching(Newsroom()):
        await house.look(after, seconds=5)
    words = [n.word for n in house.kept.notices]
    assert words == ["alarm-raised", "alarm-cleared"]


async def test_a_stop_of_the_service_is_told_with_its_length_and_what_was_recovered(
    house: House,
) -> None:
    alarms = house.alarms()

    async def stopped(uow: UnitOfWork) -> int:
        began = NINE - timedelta(minutes=12)
        return await uow.gaps.open("main", began_at=began, why=SERVICE_WAS_DOWN())

    gap = await house.write(stopped)
    assert await house.look(alarms) == []
    await house.write(lambda uow: uow.gaps.close(gap, ended_at=NINE, recovered_calls=7))
    assert await house.look(alarms, seconds=3) == ["service-was-down raised"]
    about = house.kept.notices[0].finding.about
    assert (about["minutes"], about["recovered"]) == ("12", "7")
    assert await house.look(alarms, seconds=10) == []
    assert await house.look(alarms, seconds=60) == ["service-was-down cleared"]
    assert await house.look(alarms, seconds=10) == []


async def test_a_journal_that_is_not_read_although_the_link_is_up_is_told(house: House) -> None:
    alarms = house.alarms()
    await house.write(lambda uow: uow.gaps.open("main", began_at=NINE, why="lost"))
    assert await house.look(alarms) == []
    assert await house.look(alarms, seconds=61) == ["journal-not-read raised"]
    down = house.alarms(why_down={"main": "refused"})
    assert await house.look(down) == []
    assert await house.look(down, seconds=61) == ["link-down raised"]


async def test_a_second_service_on_an_exchange_is_told_as_such_and_not_as_a_lost_link(
    house: House,
) -> None:
    """Its links are up and calls are routed: neither a lost link nor an unread journal."""
    rivals = {"main": "other/port-4573"}
    alarms = house.alarms(why_down={"main": "not connected yet"}, rivals=lambda: rivals)
    await house.write(lambda uow: uow.gaps.open("main", began_at=NINE, why="lost"))
    assert await house.look(alarms) == []
    assert await house.look(alarms, seconds=61) == ["second-service raised"]
    assert house.kept.notices[0].finding.about == {"pbx": "main", "other": "other/port-4573"}
    rivals.clear()
    assert await house.look(alarms, seconds=5) == ["second-service cleared"]


async def test_whoever_listens_hears_which_alarms_stand_whenever_these_change(
    house: House,
) -> None:
    news, alarms = Newsroom(), house.alarms(http_trouble="in use")
    with news.listening() as listener:
        async with alarms.watching(news):
            await house.look(alarms)
            await house.look(alarms, seconds=5)
        told = [list(n.alarms) async for n in first(listener, 1) if isinstance(n, AlarmsStand)]
        assert [[a.finding.kind for a in alarms] for alarms in told] == [[AlarmKind.HTTP_TROUBLE]]
        assert not listener._waiting, "nothing changed since"


async def first(listener: Listener, count: int) -> AsyncIterator[News]:
    """So many news."""
    async with asyncio.timeout(20):
        async for news in listener:
            yield news
            count -= 1
            if not count:
                return


async def missed(house: House, number: str, at: datetime) -> None:
    call = Call(
        id=number,
        pbx="main",
        linked_id=number,
        direction=Direction.INBOUND,
        caller=number,
        line="74951230001",
        began_at=at,
        ended_at=at,
        state=CallState.ENDED,
        disposition=Disposition.MISSED,
    )
    ended = EndedCall(call=call, number=normalise(number, NumberPlan()))
    await house.write(lambda uow: record_ended_call(uow, ended))


async def test_clients_who_wait_too_long_are_one_alarm_until_all_are_called(house: House) -> None:
    alarms = house.alarms()
    await missed(house, "+79161234567", NINE)
    assert await house.look(alarms, minutes=60) == []
    assert await house.look(alarms, minutes=1) == ["callback-overdue raised"]
    await missed(house, "+79161234568", NINE)
    assert await house.look(alarms, minutes=1) == []
    [alarm] = alarms.standing
    assert alarm.finding.about["count"] == "2"
    assert "9161234567" in alarm.finding.about["client"]
    with closing(sqlite3.connect(house.folder / "alarms.db")) as opened:
        opened.execute("UPDATE callbacks SET closed_at = '2026-03-02 10:00:00.000000'")
        opened.commit()
    assert await house.look(alarms, minutes=1) == ["callback-overdue cleared"]


async def test_an_hour_that_was_promised_is_waited_for(house: House) -> None:
    alarms = house.alarms()
    await missed(house, "+79161234567", NINE)
    with closing(sqlite3.connect(house.folder / "alarms.db")) as opened:
        opened.execute("UPDATE callbacks SET promised_at = '2026-03-02 12:00:00.000000'")
        opened.commit()
    assert await house.look(alarms, hours=2.9) == []
    assert await house.look(alarms, hours=0.2) == ["callback-overdue raised"]


async def test_a_database_in_trouble_for_ten_seconds_is_told_and_clears_nothing_else(
    house: House,
) -> None:
    alarms = house.alarms()
    await missed(house, "+79161234567", NINE)
    assert await house.look(alarms, minutes=61) == ["callback-overdue raised"]
    house.writer.trouble = "The disk is full."
    (house.folder / "alarms.db").rename(house.folder / "away.db")
    await house.database._close_readers()
    assert await house.look(alarms, seconds=1) == []
    assert await house.look(alarms, seconds=10) == ["database-trouble raised"]
    (house.folder / "away.db").rename(house.folder / "alarms.db")
    house.writer.trouble = None
    assert await house.look(alarms, seconds=1) == ["database-trouble cleared"]


async def test_a_disk_without_room_is_told(house: House) -> None:
    assert await house.look(house.alarms(disk_free_percent=100.0)) == ["disk-low raised"]
    assert await house.look(house.alarms(folder=house.folder / "gone")) == []


async def test_another_part_raises_an_alarm_once_and_takes_it_back(house: House) -> None:
    alarms = house.alarms()
    alarms.raise_alarm("books/main", "The books of 1 March differ.")
    alarms.raise_alarm("books/main", "The books of 1 March differ.")
    assert await house.look(alarms) == ["reported raised"]
    assert await house.look(alarms, seconds=5) == []
    alarms.clear_alarm("books/main")
    alarms.clear_alarm("books/main")
    assert await house.look(alarms, seconds=5) == ["reported cleared"]


async def test_a_mail_server_that_is_dead_is_an_alarm_of_its_own_and_holds_up_nothing(
    house: House,
) -> None:
    """Looking around goes on while the mail server hangs, and the other way tells of it."""

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    dead = Mail(
        host="127.0.0.1",
        port=port,
        tls="none",
        sender="a@example.org",
        recipients=("b@example.org",),
        language="en",
        deadline_seconds=0.1,
    )
    failed = asyncio.Event()

    async def pause(_seconds: float) -> None:
        failed.set()
        await asyncio.Event().wait()

    delivery = Delivery(dead, pause=pause)
    alarms = house.alarms(delivery, house.kept, http_trouble="in use")
    async with server, asyncio.timeout(20), alarms.watching(Newsroom()):
        await failed.wait()
        await house.look(alarms)
        assert await house.look(alarms, seconds=31) == ["alarms-undelivered raised"]
    assert house.kept.notices[-1].finding.about["channel"] == "e-mail"
    assert "no answer" in house.kept.notices[-1].finding.about["why"]
