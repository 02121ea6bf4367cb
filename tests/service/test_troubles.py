"""What the world does to the service: the exchange dies, the link breaks, the database is locked."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from ami_wire_cutter import on_a_wire, wire
from sales_floor import Floor, caller_of, eventually, office_text, sales_floor
from two_services import Inside, inside

from config.settings_file import load_settings
from dozvon.lab import CallState, answer_after
from router.calls import Disposition, MissedReason
from router.office import Status
from storage.dialects import file_of
from storage.statuses import StatusRow
from storage.unit_of_work import UnitOfWork
from switchboard.board import utc_now
from switchboard.news import CallMoved, CallRecorded, LinkChanged, News

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

MISSED, ANSWERED = Disposition.MISSED, Disposition.ANSWERED


def link(*, up: bool) -> object:
    def wanted(news: News) -> bool:
        return isinstance(news, LinkChanged) and news.up is up

    return wanted


@contextmanager
def locked(floor: Floor) -> Iterator[None]:
    """Somebody else holds the database's lock."""
    file = file_of(floor.settings.database)
    assert file
    other = sqlite3.connect(file, isolation_level=None)
    try:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")
    finally:
        other.close()


@pytest.mark.parametrize("how", ["kill", "restart"])
async def test_one_end_when_the_exchange_dies_with_calls_up(
    asterisk_root: Path, tmp_path: Path, how: str
) -> None:
    """The exchange is killed or restarted: its calls are closed as that, and owe a callback.

    Who talked with somebody was answered. The service watches again, and takes new calls.
    """
    async with sales_floor(asterisk_root, tmp_path, desks=3) as floor, inside(floor.settings) as us:
        rings, talks, later = floor.desks
        ring, talk = await rings.call(), await talks.call()
        await talks.a.wait_ringing(3)
        await talks.a.answer()
        assert await talk.wait_answered(2)
        await rings.a.wait_ringing(3)
        await us.wait_news(lambda n: isinstance(n, CallMoved) and n.call.answered_at is not None)
        # what AstDB was told is safe after a second
        await eventually(_in_astdb(floor), 3, "AstDB is on the disk")
        told = len(us.told)
        if how == "kill":
            await floor.pbx.kill()
            await floor.pbx.start()
        else:
            await floor.pbx.restart()
        await us.wait_news(link(up=True), 15, since=told)  # type: ignore[arg-type]
        for call in (ring, talk):
            story = await floor.logged(caller_of(call))
            ended = story.stored.call
            if call is talk:
                assert (ended.disposition, ended.answered_by) == (ANSWERED, "111")
            elif how == "kill":
                assert (ended.disposition, ended.reason) == (MISSED, MissedReason.PBX_RESTARTED)
            else:  # a stopping Asterisk hangs up in any order: to the dialplan the caller has left
                assert ended.disposition is MISSED
            assert len(await floor.calls_of(caller_of(call))) == 1
        assert len(await floor.owed(caller_of(ring))) == 1
        for phone in later.phones:
            await phone.register()
        later.a.behave(answer_after(0.1))
        call = await later.call()
        assert await call.wait_answered(4)
        await call.hang_up()
        assert (await floor.settled(caller_of(call))).stored.call.answered_by == "121"
        gap = (await floor.gaps())[0]
        assert gap.ended_at
        assert not await floor.journal("live")


def _in_astdb(floor: Floor):  # noqa: ANN202 - a probe
    file = floor.pbx.layout.home / "lib" / "astdb.sqlite3"

    async def probe() -> bool:
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as db:
            rows = db.execute("SELECT count(*) FROM astdb WHERE key LIKE '/dozvon/live/%'")
            return int(rows.fetchone()[0]) == 2

    return probe


async def test_nothing_silent_a_cut_link_is_a_gap_and_calls_are_adopted(floor: Floor) -> None:
    """While the link is cut calls are routed all the same; afterwards none is lost or doubled.

    One that talks through the gap, one that begins in it and goes on, one that begins and ends in
    it. The gap says how many were found.
    """
    through, inside_gap, begins = floor.desks[:3]
    async with wire(floor.pbx) as (port, cut), inside(on_a_wire(floor, port)) as us:
        through.a.behave(answer_after(0.1))
        talk = await through.call()
        assert await talk.wait_answered(4)
        await us.wait_news(lambda n: isinstance(n, CallMoved) and n.call.answered_at is not None)
        told = len(us.told)
        cut.set()
        await us.wait_news(link(up=False), since=told)  # type: ignore[arg-type]
        inside_gap.a.behave(answer_after(0.1, hang_up_after=0.4))
        short = await inside_gap.call()
        assert await short.wait_answered(4), "routed by FastAGI"
        await short.wait_ended(3)
        begins.a.behave(answer_after(0.1))
        long = await begins.call()
        assert await long.wait_answered(4)
        cut.clear()
        await us.wait_news(link(up=True), 15, since=told)  # type: ignore[arg-type]
        live = {call.caller for call in us.board.live.all()}
        assert live == {caller_of(talk), caller_of(long)}
        for call in (talk, long):
            await call.hang_up()
        for call, who in ((talk, "101"), (short, "111"), (long, "121")):
            story = await floor.settled(caller_of(call))
            assert (story.stored.call.disposition, story.stored.call.answered_by) == (ANSWERED, who)
            assert story.stored.client, "recognised, though its end was not seen"
            assert len(await floor.calls_of(caller_of(call))) == 1
        gap = (await floor.gaps())[0]
        assert (gap.adopted_calls, gap.recovered_calls) == (2, 1)
        assert gap.ended_at
    for desk in floor.desks:
        desk.quiet()


async def test_nothing_silent_a_refused_login_is_told_and_calls_are_routed(floor: Floor) -> None:
    """With a wrong AMI password FastAGI answers all the same, and the service says what is wrong.

    When the password is right again, the journal tells what happened.
    """
    config = floor.folder / "wrong.toml"
    config.touch(mode=0o600)
    config.write_text(floor.config.read_text().replace("calls-secret", "wrong-secret"))
    wrong = Inside(load_settings(config, environment={}))
    await wrong.start(watched=False)
    desk = floor.desks[0]
    try:
        news = await wrong.wait_news(link(up=False))  # type: ignore[arg-type]
        assert isinstance(news, LinkChanged)
        assert "refuses the user 'dozvon'" in news.why
        call = await desk.call()
        ring = await desk.a.wait_ringing(4)
        assert ring.caller_name.startswith("Client 0")
        await call.hang_up()

        async def gap_is_open() -> bool:
            return (await floor.gaps())[0].ended_at is None

        await eventually(gap_is_open, 3, "an open gap")
    finally:
        await wrong.stop()
    async with inside(floor.settings):
        story = await floor.settled(caller_of(call))
        assert story.stored.call.recovered
        assert len(await floor.owed(caller_of(call))) == 1
        assert all(gap.ended_at for gap in await floor.gaps())


async def test_a_locked_database_costs_no_call(floor: Floor) -> None:
    """While somebody else holds the database for seconds, calls ring whom they should.

    What ended meanwhile is in the log afterwards, once, with its decision.
    """
    async with inside(floor.settings) as us:
        desk, other = floor.desks[1:3]
        with locked(floor):
            desk.a.behave(answer_after(0.1, hang_up_after=0.3))
            talk, missed = await desk.call(), await other.call()
            assert await talk.wait_answered(3)
            await other.a.wait_ringing(3)
            await missed.hang_up()
            await talk.wait_ended(3)
            later = [await other.call() for _ in range(4)]
            assert await later[3].wait_ringing(4)
            for call in later:
                await call.hang_up()
            await asyncio.sleep(
                2.5
            )  # longer than the events wait for the journal: that is the test
            assert us.board._parts.writer.waiting
        for call in (talk, missed, *later):
            story = await floor.settled(caller_of(call))
            assert story.made
            assert story.stored.client
            assert len(await floor.calls_of(caller_of(call))) == 1
        assert not await floor.journal("ended")
        desk.quiet()


async def test_a_database_that_is_gone_costs_no_call(floor: Floor) -> None:
    """The file is moved away under the running service: calls ring, and are in the log later."""
    file = file_of(floor.settings.database)
    assert file
    async with inside(floor.settings) as us:
        desk = floor.desks[4]
        aside = file.with_suffix(".aside")
        file.rename(aside)
        calls = [await desk.call() for _ in range(2)]
        await desk.a.wait_ringing(4)
        for call in calls:
            await call.hang_up()

        async def troubled() -> bool:
            return us.board._parts.writer.trouble is not None

        await eventually(troubled, 5, "the writer says that the file is gone")
        late = await desk.call()
        assert await late.wait_ringing(4), "nobody can be looked up, and he is routed all the same"
        await late.hang_up()
        aside.rename(file)
        for call in (*calls, late):
            await floor.settled(caller_of(call))
            assert len(await floor.calls_of(caller_of(call))) == 1
            assert len(await floor.owed(caller_of(call))) == 1


async def test_statuses_and_offices_of_before_are_in_force_at_once(floor: Floor) -> None:
    """A service that starts knows who is away, and so does the exchange.

    An office may change while calls are up.
    """
    floor.desks[0].quiet()
    async with inside(floor.settings) as us:
        await us.board.write(_says("a3", Status.LUNCH))
    async with inside(floor.settings) as us:
        assert (await floor.journal("status")) == {"/dozvon/status/a3": "lunch"}
        desk = floor.desks[3]
        desk.b.behave(answer_after(0.1))
        talk = await desk.call()
        assert await talk.wait_answered(3)
        text = (
            office_text(6)
            .replace('name = "Floor"', 'name = "New"')
            .replace(
                '[lines.l3]\nnumber = "74951230003"\ndepartment = "d3"',
                '[lines.l3]\nnumber = "74951230003"\ndepartment = "d4"',
            )
        )

        async def apply(uow: UnitOfWork) -> int:
            return await uow.offices.apply(text, by="test", at=utc_now(), note="")

        await us.board.write(apply)
        await us.board.refresh()
        assert us.board.office().name == "New"
        targets = await floor.journal("failopen")
        assert "a4!141" in targets[f"/dozvon/failopen/{desk.line}"]
        assert talk.state is CallState.TALKING
        await talk.hang_up()
        assert (await floor.settled(caller_of(talk))).stored.call.answered_by == "132"
        stranger = await floor.carrier.call(desk.line, desk.stranger())
        await floor.desks[4].a.wait_ringing(4)
        await stranger.hang_up()
        await us.board.write(_says("a3", Status.AVAILABLE))
        await us.wait_news(lambda n: isinstance(n, CallRecorded))


def _says(manager: str, status: Status):  # noqa: ANN202 - a piece of work
    async def work(uow: UnitOfWork) -> None:
        await uow.statuses.set(StatusRow(manager=manager, status=status, since=utc_now()))

    return work
