"""From a real call with real sound to a conversation that can be played: client left, us right."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from floor_control import a_talk
from recorded_floor import (
    CLIENT_HERTZ,
    RATE,
    TONES,
    fetch_from_its_folder,
    folder_of,
    sounding_floor,
    tones,
)
from recorded_sides import sides
from sales_floor import Desk, Floor, eventually, side_by_side
from two_services import Inside, inside

from dozvon.lab import Mobile, answer_after
from pbx_adapters.port import Outcome
from storage.database import open_database
from storage.recording_records import RecordingState, StoredRecording
from storage.recordings import Recordings
from storage.records import CallStory
from switchboard.control import Control

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

A, B = TONES["a"], TONES["b"]
TALK = 1.5


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def floor(
    asterisk_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Floor]:
    async with sounding_floor(asterisk_root, tmp_path_factory.mktemp("whole"), desks=3) as found:
        fetch_from_its_folder(found)
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(floor: Floor) -> AsyncIterator[Inside]:
    async with inside(floor.settings) as found:
        yield found


async def ready(floor: Floor, call_id: str, within: float = 45.0) -> StoredRecording:
    """The recording of a call once it can be played."""

    async def probe() -> StoredRecording | None:
        async with open_database(floor.settings.database) as database, database.reading() as link:
            found = await Recordings(link).of_call(call_id)
        return found if found and found.state is RecordingState.READY else None

    found = await eventually(probe, within, f"the recording of {call_id} is ready")
    assert found
    return found


async def handed_on(floor: Floor, desk: Desk, served: Inside) -> None:
    """Two of us one after the other, on the right; the client all along, on the left."""
    call, known = await a_talk(served, desk)
    await asyncio.sleep(TALK)
    assert await desk.a.blind_transfer(desk.b.extension) < 300
    await desk.b.wait_ringing(3)
    await desk.b.answer()
    await asyncio.sleep(TALK)
    await call.hang_up()
    recording = await ready(floor, known.id)
    client, ours = sides(floor, recording)
    assert 2 * TALK - 0.2 < recording.seconds < 2 * TALK + 1
    assert abs(len(client) / RATE - recording.seconds) < 0.1
    assert tones(client) == {CLIENT_HERTZ}
    assert tones(ours[: int(RATE * (TALK - 0.3))]) == {A}
    assert tones(ours[-int(RATE * (TALK - 0.3)) :]) == {B}


async def placed(floor: Floor, desk: Desk, served: Inside) -> None:
    """A call by a click."""
    client = desk.client()
    floor.carrier.mobiles[client] = Mobile(behaviour=answer_after(0.3))
    desk.b.behave(answer_after(0.1))
    told = await Control(served.board).place("+" + client, f"b{desk.number}")
    assert told.answer is Outcome.TALKING
    live = [c for c in served.board.live.all() if told.id in c.aliases]
    await asyncio.sleep(TALK)
    await desk.b.hang_up()
    recording = await ready(floor, live[0].id)
    left, right = sides(floor, recording)
    assert TALK - 0.2 < recording.seconds < TALK + 0.7
    assert (tones(left), tones(right)) == ({CLIENT_HERTZ}, {B})
    await _one_call_told_twice(floor, live[0].id)


async def _one_call_told_twice(floor: Floor, call_id: str) -> None:
    """The exchange's own journal has it as well: it is the same call, and both say the same."""

    async def probe() -> CallStory | None:
        found = [s for s in await floor.all_calls() if s.stored.call.id == call_id]
        return found[0] if found and found[0].trail else None

    story = await eventually(probe, 10, "the journal's word on the placed call")
    assert story
    (entry,) = story.trail
    line = story.stored.call.line
    assert f"|+{line}|" in entry.raw
    assert len([s for s in await floor.all_calls() if s.stored.call.line == line]) == 1
    assert (story.stored.call.settled, story.stored.disagreement) == (True, "")
    assert story.stored.department, "what was known as it was placed stays"


async def test_conversations_are_ready_to_be_played_with_the_right_sides(
    floor: Floor, served: Inside
) -> None:
    await side_by_side(
        handed_on(floor, floor.desks[0], served), placed(floor, floor.desks[1], served)
    )
    assert any(folder_of(floor).iterdir()), "the exchange's own files stay where they are"
