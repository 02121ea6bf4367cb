"""A PBX's clock that is wrong is taken out of its calls, whichever witness tells them first."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pbx_adapters.asterisk.driver import AsteriskPbx
from pbx_adapters.asterisk.settings import AsteriskSettings
from pbx_adapters.errors import PbxUnavailable
from pbx_adapters.port import JournalEntry
from router.calls import Call, CallState, Direction, Disposition, Leg, MissedReason
from router.numbers import NumberPlan
from storage.database import Database
from storage.reading import read_call
from storage.writer import Writer
from switchboard.board import Board
from switchboard.clocks import Clocks
from switchboard.endings import Endings
from switchboard.live import LiveCalls
from switchboard.news import Newsroom

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
AHEAD = 180.0
THEIRS = NINE + timedelta(seconds=AHEAD)
LEG = Leg(id="l", target="101", began_at=THEIRS, rang_at=THEIRS + timedelta(seconds=1))
CALL = Call(
    id="pbx1-1.1",
    pbx="main",
    linked_id="pbx1-1.1",
    direction=Direction.INBOUND,
    caller="79161234567",
    line="74951230001",
    began_at=THEIRS,
    ended_at=THEIRS + timedelta(seconds=30),
    state=CallState.ENDED,
    disposition=Disposition.MISSED,
    reason=MissedReason.ABANDONED,
    legs=(LEG,),
)
ENTRY = JournalEntry(
    pbx="main",
    key="k",
    call_id=CALL.id,
    line=CALL.line,
    caller=CALL.caller,
    caller_name="",
    began_at=THEIRS,
    ended_at=THEIRS + timedelta(seconds=31),
    disposition=Disposition.MISSED,
    reason=MissedReason.ABANDONED,
)


@pytest.fixture
async def endings(database: Database) -> AsyncIterator[Endings]:
    async with Writer(database).running() as writer:
        yield Endings(
            writer=writer,
            live=LiveCalls(),
            news=Newsroom(),
            numbers=NumberPlan,
            now=lambda: NINE + timedelta(hours=1),
            ahead=lambda _: AHEAD,
        )


async def stored(database: Database) -> Call:
    story = await read_call(database, CALL.id)
    assert story
    assert story.stored.clock_offset_seconds == AHEAD
    return story.stored.call


async def test_a_call_told_by_events_is_recorded_by_our_clock(
    database: Database, endings: Endings
) -> None:
    await endings.from_events(CALL)
    call = await stored(database)
    assert (call.began_at, call.ended_at) == (NINE, NINE + timedelta(seconds=30))
    assert call.legs[0].rang_at == NINE + timedelta(seconds=1)


async def test_a_call_told_by_the_journal_alone_is_recorded_by_our_clock(
    database: Database, endings: Endings
) -> None:
    assert await endings.from_journal(ENTRY)
    call = await stored(database)
    assert (call.began_at, call.ended_at) == (NINE, NINE + timedelta(seconds=31))


async def test_the_journals_later_word_is_corrected_once(
    database: Database, endings: Endings
) -> None:
    """The entry is in the PBX's time, the row in ours: they meet in the PBX's."""
    await endings.from_events(CALL)
    assert await endings.from_journal(ENTRY)
    assert await endings.from_journal(ENTRY)
    call = await stored(database)
    assert call.began_at == NINE
    assert call.ended_at is not None
    assert NINE < call.ended_at <= NINE + timedelta(seconds=31)


class Driver:
    """A PBX that tells how far it is ahead, or cannot be asked."""

    def __init__(self, ahead: float | None) -> None:
        self.ahead = ahead

    async def clock_offset_seconds(self) -> float:
        if self.ahead is None:
            raise PbxUnavailable("no link")
        return self.ahead


async def test_a_clock_is_measured_anew_and_kept_while_it_cannot_be_asked() -> None:
    clocks, driver = Clocks(), Driver(12.5)
    await clocks.measure("main", driver)
    driver.ahead = None
    await clocks.measure("main", driver)
    assert clocks.ahead("main") == 12.5
    driver.ahead = 0.2
    await clocks.measure("main", driver)
    assert clocks.ahead("main") == 0.0


async def test_a_pbx_that_tells_no_time_is_taken_at_its_word() -> None:
    clocks = Clocks()
    await clocks.measure("cloud", object())
    assert clocks.ahead("cloud") == 0.0


async def test_events_without_a_timestamp_are_put_into_the_pbxs_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Asterisk gives events no timestamp by default; its journal is in its own time."""
    settings = AsteriskSettings(
        key="main",
        host="127.0.0.1",
        ami_port=1,
        calls_user="a",
        calls_secret="b",
        journal_user="c",
        journal_secret="d",
        agi_host="127.0.0.1",
        agi_port=1,
    )
    driver = AsteriskPbx(settings, Board.__new__(Board), now=lambda: NINE)

    async def ahead() -> float:
        return AHEAD

    monkeypatch.setattr(driver.calls, "measure_clock_offset", ahead)
    assert driver._pbx_now() == NINE
    clocks = Clocks()
    await clocks.measure("main", driver)
    assert clocks.ahead("main") == AHEAD
    assert driver._pbx_now() == THEIRS


async def test_a_call_that_the_pbx_lost_ended_when_we_found_out_by_our_clock(
    database: Database, endings: Endings
) -> None:
    lost = replace(ENTRY, ended_at=None, disposition=None, reason=None, restarted=True)
    assert await endings.from_journal(lost)
    assert (await stored(database)).ended_at == NINE + timedelta(hours=1)
