"""What is kept of a conversation, and what its row says that a listener should know."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from recorded_arrivals import ANSWER, TALK, Arrivals, arrivals
from recorded_sounds import silent, tone, wav_bytes

from recordings.errors import NoSound
from recordings.keeping import ROOM_BYTES
from storage.recording_records import PartState, RecordingState


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Arrivals]:
    async with arrivals(tmp_path) as made:
        yield made


async def test_nothing_is_fetched_onto_a_disk_without_room(
    house: Arrivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file and the conversation made of it must fit, and some room stay; then it goes on."""
    await house.usual()
    needed = 2 * max(len(TALK), len(ANSWER)) + ROOM_BYTES
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=needed - 1))
        found = await house.rounds(0, 4)
        assert (found.state, found.why_id) == (RecordingState.ARRIVING, "disk-full")
        assert "c.wav" not in house.pbx.fetched
        patched.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=needed))
        assert (await house.rounds(3600)).state is RecordingState.READY


async def test_the_row_tells_how_long_nobody_talked_not_until_when(house: Arrivals) -> None:
    house.pbx.files["c.wav"] = wav_bytes(tone(400, 2) + silent(3) + tone(400, 1))
    await house.expect(("c.wav", "conversation", 0))
    found = await house.rounds(0, 4)
    assert found.silence_seconds == pytest.approx(3.0, abs=0.1)


async def test_a_part_that_its_source_refused_is_told_beside_the_others(house: Arrivals) -> None:
    """What can be listened to lacks somebody; it must not look whole."""
    house.pbx.files |= {"c.wav": TALK, "l.wav": ANSWER}
    house.pbx.refused["l.wav"] = NoSound("a web page")
    await house.expect(("c.wav", "client", 0), ("l.wav", "leg", 0.5))
    found = await house.rounds(0, 4)
    assert {part.name: part.state for part in found.parts} == {
        "c.wav": PartState.USED,
        "l.wav": PartState.BROKEN,
    }
    assert (found.state, found.why_id, found.why) == (
        RecordingState.READY,
        "part-missing",
        "l.wav",
    )


async def test_without_ffmpeg_the_whole_conversation_is_kept_rather_than_one_voice(
    house: Arrivals,
) -> None:
    frame = bytes([0xFF, 0xFB, 0x90, 0xC4]) + bytes(413)
    house.pbx.files |= {
        "a-leg.mp3": frame * 9,
        "b-client.mp3": frame * 10,
        "c-both.mp3": frame * 11,
    }
    kinds = (("a-leg.mp3", "leg"), ("b-client.mp3", "client"), ("c-both.mp3", "conversation"))
    await house.expect(*((name, kind, 0) for name, kind in kinds))
    found = await house.rounds(0, 4)
    assert (found.state, found.why_id) == (RecordingState.READY, "no-ffmpeg")
    (sound,) = found.sounds
    assert house.store.path(sound.store_key).read_bytes() == frame * 11
