"""Calls of an hour without the service, on a real Asterisk: what is found when it is started again.

One floor: a client who talks, one who does not want to be recorded, one who leaves while it rings,
and one whom a manager had called by a click just before the service was killed.
"""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from recorded_floor import (
    CLIENT_HERTZ,
    TONES,
    fetch_from_its_folder,
    files_of,
    folder_of,
    sounding_floor,
    tones,
)
from recorded_sides import sides
from sales_floor import Desk, Floor, caller_of, eventually
from two_services import inside, outside

from config.settings_file import load_settings
from dozvon.lab import Mobile, answer_after
from router.calls import Call, Direction, Disposition
from storage.audit import read_audit
from storage.database import Database, open_database
from storage.reading import list_calls
from storage.recording_records import RecordingState, StoredRecording
from storage.recordings import Recordings
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer
from switchboard.board import utc_now
from switchboard.recordings_found import sentence, tallies
from web.signin import accounts
from web.signin.accounts import About, Doing

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

B = TONES["b"]
TALK = 1.5
WITHIN = 60.0


@dataclass(frozen=True)
class Told:
    """The calls of the hour, by the numbers of their clients."""

    talked: str
    unwilling: str
    left: str
    clicked: str


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def floor(
    asterisk_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Floor]:
    async with sounding_floor(asterisk_root, tmp_path_factory.mktemp("dead"), desks=4) as found:
        fetch_from_its_folder(found)
        text = found.config.read_text("utf-8") + "delete_at_pbx = true\n"
        found.config.write_text(text, "utf-8")
        found.settings = load_settings(found.config, environment={})
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def told(floor: Floor) -> Told:
    """The service is killed in the middle of a call by a click; the others call without it."""
    unwilling = floor.desks[1].client()
    await _prepare(floor, "client-1-1")
    async with outside(floor.config) as process:
        clicked = await _click(floor, floor.desks[2])
        await process.kill()
    talked = await floor.desks[0].call()
    refused = await floor.desks[1].call(unwilling)
    left = await floor.desks[3].call()
    for desk in floor.desks[:2]:
        await desk.b.wait_ringing(10)
        await desk.b.answer()
    await floor.desks[3].b.wait_ringing(10)
    await asyncio.sleep(TALK)  # real sound takes real time
    for call in (talked, refused, left):
        await call.hang_up()
    await floor.desks[2].b.hang_up()
    await floor.no_channels()
    assert len(files_everywhere(floor)) >= 3 + 3 + 2 + 3
    return Told(caller_of(talked), caller_of(refused), caller_of(left), clicked)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def again(floor: Floor, told: Told) -> AsyncIterator[Database]:
    """The service is back: its database, read beside it."""
    assert told
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("recordings.letting_go.SETTLED", timedelta(0))
        async with inside(floor.settings), open_database(floor.settings.database) as database:
            yield database


async def _prepare(floor: Floor, unwilling: str) -> None:
    async def work(uow: UnitOfWork) -> None:
        doing, about = Doing(by="test", at=utc_now()), About(name="B", manager="b2")
        await accounts.add(uow, doing, "beata", about, managers={"b2"})
        assert await uow.recordings.wanted_by(unwilling, recorded=False)

    async with open_database(floor.settings.database) as database, Writer(database).running() as w:
        await w.submit(work)


async def _click(floor: Floor, desk: Desk) -> str:
    """A manager calls a client from a terminal; returns the client's number when they talk."""
    client = desk.client()
    floor.carrier.mobiles[client] = Mobile(behaviour=answer_after(0.2))
    desk.b.behave(answer_after(0.1))
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DOZVON")}
    options = ("--language", "en", "--config", str(floor.config))
    command = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).parent / "dozvon"),
        *(*options, "call", "8" + client[1:], "--as", f"b{desk.number}"),
        stdout=PIPE,
        stderr=PIPE,
        env=environment,
    )
    said, trouble = await asyncio.wait_for(command.communicate(), 30)
    assert said.decode().endswith("You are talking.\n"), trouble.decode()
    return client


def files_everywhere(floor: Floor) -> list[str]:
    return sorted(path.name for path in folder_of(floor).glob("*.wav"))


async def call_with(database: Database, client: str) -> Call:
    """The call with a client, once it is in the log."""

    async def probe() -> Call | None:
        rows = await list_calls(database, limit=100)
        return next((r.call for r in rows if client in {r.call.caller, r.call.line[-11:]}), None)

    found = await eventually(probe, WITHIN, f"the call with {client} is in the log")
    assert found
    return found


async def settled(database: Database, call: Call, *states: RecordingState) -> StoredRecording:
    """The recording of a call once nothing more is to be done with it."""

    async def probe() -> StoredRecording | None:
        async with database.reading() as link:
            found = await Recordings(link).of_call(call.id)
        return found if found and found.state in states else None

    found = await eventually(probe, WITHIN, f"the recording of {call.id} is {states}")
    assert found
    return found


async def test_a_call_by_a_click_that_outlived_the_service_has_its_recording(
    floor: Floor, told: Told, again: Database
) -> None:
    """It stands in the log as the call that it was, and its recording hangs on it."""
    call = await call_with(again, told.clicked)
    assert (call.direction, call.disposition) == (Direction.OUTBOUND, Disposition.ANSWERED)
    assert (call.caller, call.answered_by) == ("122", "122")
    assert TALK - 0.6 <= call.talk_seconds <= TALK + 20
    recording = await settled(again, call, RecordingState.READY)
    left, right = sides(floor, recording)
    assert (tones(left), tones(right)) == ({CLIENT_HERTZ}, {B})
    assert (recording.trunk, recording.department) == ("trunk", "d2")


async def test_a_call_without_the_service_has_its_recording_and_the_audit_names_its_trunk(
    floor: Floor, told: Told, again: Database
) -> None:
    call = await call_with(again, told.talked)
    recording = await settled(again, call, RecordingState.READY)
    left, right = sides(floor, recording)
    assert (tones(left), tones(right)) == ({CLIENT_HERTZ}, {B})
    assert recording.trunk == "trunk"
    since, until = call.began_at - timedelta(minutes=5), call.began_at + timedelta(minutes=5)
    async with Writer(again).running() as writer:
        state = RecordingState.MISSING

        async def work(uow: UnitOfWork) -> None:
            await uow.recordings.give_up(recording.id, state, why_id="no-file")

        await writer.submit(work)
    found = await tallies(again, since, until, ZoneInfo("UTC"), line_of=str)
    (lost,) = [tally for tally in found if tally.lost]
    assert "trunk" in sentence(lost, "en", day="today", line="One")


async def test_a_client_who_does_not_want_it_is_dropped_though_nobody_could_tell_the_exchange(
    floor: Floor, told: Told, again: Database
) -> None:
    """Nothing in the store, nothing left at the exchange, and an audit that says why."""
    call = await call_with(again, told.unwilling)
    assert call.disposition is Disposition.ANSWERED
    recording = await settled(again, call, RecordingState.DELETED)
    assert (recording.why_id, recording.sounds) == ("not-wanted", ())
    assert len(recording.parts) == 3
    rows = await read_audit(again)
    assert [r.subject for r in rows if r.act == "not-wanted"] == [f"recording:{recording.id}"]
    await gone(floor, call)


async def test_what_was_recorded_of_a_caller_who_left_goes_at_the_exchange(
    floor: Floor, told: Told, again: Database
) -> None:
    call = await call_with(again, told.left)
    assert call.disposition is Disposition.MISSED
    await gone(floor, call)
    async with again.reading() as link:
        assert await Recordings(link).of_call(call.id) is None


async def gone(floor: Floor, call: Call) -> None:
    async def probe() -> bool:
        return not files_of(floor, call.id)

    await eventually(probe, WITHIN, f"no file of {call.id} is left at the exchange")
