"""A stretch is told after our conversation is all that is left: the PBX's copies were deleted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from recorded_arrivals import ANSWER, TALK, Arrivals, arrivals
from recorded_sounds import sides_of, tone, wav_bytes

from storage.recording_records import PartState, RecordingState, StoredRecording

FIRST, SECOND, THIRD = "1.wav", "2.wav", "3.wav"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Arrivals]:
    async with arrivals(tmp_path, delete_at_source=True) as made:
        yield made


async def told(house: Arrivals, name: str, sound: bytes, after: float) -> StoredRecording:
    """A stretch of the call is told, and brought in as soon as it has settled."""
    house.pbx.files[name] = sound
    await house.expect((name, "conversation", after), ended=name == FIRST)
    return await house.rounds(0, 4, 4)


def heard(house: Arrivals, found: StoredRecording) -> bytes:
    (only,) = sides_of(house.store.path(found.sounds[0].store_key))
    return only


async def test_a_late_stretch_goes_on_behind_what_only_we_have(house: Arrivals) -> None:
    """At once: nobody waits for what we have deleted there ourselves."""
    await told(house, FIRST, TALK, 0)
    assert house.pbx.files == {}
    found = await told(house, SECOND, ANSWER, 2)
    assert (found.state, found.why_id, found.seconds) == (RecordingState.READY, "", 3.0)
    assert {part.state for part in found.parts} == {PartState.USED}
    assert heard(house, found) == tone(400, 2) + tone(600, 1)
    assert house.pbx.files == {}, "the late one is in ours now"
    assert len(list(house.store.folder.glob("??/*"))) == 1


async def test_so_does_a_third_one(house: Arrivals) -> None:
    await told(house, FIRST, TALK, 0)
    await told(house, SECOND, ANSWER, 2)
    found = await told(house, THIRD, wav_bytes(tone(900, 1)), 3)
    assert (found.state, found.why_id) == (RecordingState.READY, "")
    assert heard(house, found) == tone(400, 2) + tone(600, 1) + tone(900, 1)


async def test_the_same_stretch_once_more_changes_nothing(house: Arrivals) -> None:
    before = await told(house, FIRST, TALK, 0)
    found = await told(house, SECOND, TALK, 2)
    assert (found.state, found.why_id, found.sounds) == (RecordingState.READY, "", before.sounds)
