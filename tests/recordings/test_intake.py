"""Files come in once, whole and verified, whatever happens to the PBX, the disk or us."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from recorded_arrivals import ANSWER, NINE, TALK, Arrivals, arrivals
from recorded_sounds import wav_bytes

from recordings.errors import NameRefused, NoSound, SourceUnavailable
from recordings.intake import TRIES
from storage.recording_records import PartState, RecordingState

DAY = 24 * 3600.0


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Arrivals]:
    async with arrivals(tmp_path) as made:
        yield made


async def test_a_recording_is_looked_at_twice_then_fetched_and_kept(house: Arrivals) -> None:
    await house.usual()
    first = await house.round()
    assert (first.state, house.pbx.fetched) == (RecordingState.ARRIVING, [])
    done = await house.round(after=4)
    assert done.state is RecordingState.READY
    assert (done.seconds, done.sides, done.why_id) == (2.0, 2, "")
    assert [part.state for part in done.parts] == [PartState.USED, PartState.USED]
    (sound,) = done.sounds
    assert house.store.verify(sound.store_key)
    assert list(house.store.incoming.iterdir()) == []


async def test_a_file_that_still_grows_is_left_alone(house: Arrivals) -> None:
    """Two looks must find it unchanged; until then nothing is fetched, however often we look."""
    await house.usual()
    for _ in range(5):
        house.pbx.files["c.wav"] += bytes(1600)
        found = await house.round(after=4)
        assert (found.state, found.why_id) == (RecordingState.ARRIVING, "growing")
    assert house.pbx.fetched == []
    assert (await house.rounds(4)).state is RecordingState.READY


async def test_two_looks_too_close_together_are_one(house: Arrivals) -> None:
    await house.usual()
    await house.round()
    await house.rounds(1, 1, 1)
    assert house.pbx.fetched == []


async def test_a_file_that_grows_while_it_is_fetched_is_fetched_again(house: Arrivals) -> None:
    await house.usual()
    house.pbx.grows_in_fetch["l.wav"] = bytes(800)
    found = await house.rounds(0, 4)
    assert found.state is RecordingState.ARRIVING
    found = await house.rounds(4, 4, 4)
    assert found.state is RecordingState.READY
    assert house.pbx.fetched.count("l.wav") == 2
    assert house.pbx.fetched.count("c.wav") == 1


async def test_nothing_is_fetched_while_the_call_goes_on(house: Arrivals) -> None:
    """On hold a file may rest for minutes; only the call's end makes it whole."""
    house.pbx.files["c.wav"] = TALK
    await house.expect(("c.wav", "conversation", 0), ended=False)
    found = await house.rounds(0, *[60] * 10)
    assert (found.why_id, house.pbx.fetched) == ("call-goes-on", [])
    await house.call()
    assert (await house.rounds(10, 4)).state is RecordingState.READY


async def test_a_recording_whose_call_is_never_told_comes_in_half_a_day_later(
    house: Arrivals,
) -> None:
    house.pbx.files["c.wav"] = TALK
    await house.expect(("c.wav", "conversation", 0), ended=False)
    assert (await house.rounds(0, 12 * 3600 + 60, 4)).state is RecordingState.READY


async def test_a_late_file_is_waited_for(house: Arrivals) -> None:
    await house.expect(("c.wav", "client", 0), ("l.wav", "leg", 0.5))
    house.pbx.files["c.wav"] = TALK
    found = await house.rounds(0, 5, 10, 60)
    assert (found.state, found.why_id) == (RecordingState.ARRIVING, "not-there-yet")
    house.pbx.files["l.wav"] = ANSWER
    found = await house.rounds(60, 60, 60)
    assert (found.state, found.sides) == (RecordingState.READY, 2)


async def test_a_part_that_never_comes_does_not_hold_up_the_others_for_ever(
    house: Arrivals,
) -> None:
    """After an hour and several looks the rest becomes a conversation that says what it lacks."""
    await house.expect(("c.wav", "client", 0), ("l.wav", "leg", 0.5))
    house.pbx.files["c.wav"] = TALK
    found = await house.rounds(0, *[600] * 8)
    assert (found.state, found.why_id, found.why) == (
        RecordingState.READY,
        "part-missing",
        "l.wav",
    )


async def test_a_recording_without_any_file_is_missing_after_a_day(house: Arrivals) -> None:
    await house.expect(("c.wav", "client", 0))
    found = await house.rounds(0, *[3600] * 20)
    assert found.state is RecordingState.ARRIVING
    found = await house.rounds(*[3600] * 6)
    assert (found.state, found.why_id) == (RecordingState.MISSING, "no-file")
    assert await house.intake.once("main") is None


async def test_a_file_that_is_told_late_is_joined_with_the_others(house: Arrivals) -> None:
    await house.usual()
    await house.rounds(0, 4)
    house.pbx.files["l2.wav"] = ANSWER
    await house.expect(("l2.wav", "leg", 1.5))
    found = await house.rounds(1, 4)
    assert found.state is RecordingState.READY
    assert found.our_share > 0.75
    assert [part.state for part in found.parts] == [PartState.USED] * 3


async def test_a_missing_recording_can_be_tried_again(house: Arrivals) -> None:
    await house.expect(("c.wav", "client", 0))
    await house.rounds(0, *[3600] * 27)
    house.pbx.files["c.wav"] = TALK
    assert await house.writer.submit(lambda uow: uow.recordings.retry(1, at=house.clock))
    assert (await house.rounds(0, 4)).state is RecordingState.READY


async def test_a_pbx_that_is_away_for_two_days_loses_nothing(house: Arrivals) -> None:
    await house.usual()
    house.pbx.away = SourceUnavailable("the PBX does not answer")
    found = await house.rounds(0, *[3600] * 48)
    assert (found.state, found.why_id, found.why) == (
        RecordingState.ARRIVING,
        "source",
        "the PBX does not answer",
    )
    assert house.intake.state.troubles == {"main": ("source", "the PBX does not answer")}
    house.pbx.away = None
    assert (await house.rounds(3600, 4)).state is RecordingState.READY
    assert house.intake.state.troubles == {}


async def test_empty_legs_are_no_trouble(house: Arrivals) -> None:
    """A phone that rang and was not picked up leaves a header."""
    house.pbx.files |= {"c.wav": TALK, "l.wav": ANSWER, "rang.wav": wav_bytes(b""), "0.wav": b""}
    names = (("c.wav", "client"), ("l.wav", "leg"), ("rang.wav", "leg"), ("0.wav", "leg"))
    await house.expect(*((name, kind, 0.5) for name, kind in names))
    found = await house.rounds(0, 4)
    assert (found.state, found.why_id) == (RecordingState.READY, "")
    assert [part.state for part in found.parts].count(PartState.EMPTY) == 2
    assert sorted(house.pbx.fetched) == ["c.wav", "l.wav"]


async def test_headers_alone_are_a_missing_recording(house: Arrivals) -> None:
    house.pbx.files["c.wav"] = wav_bytes(b"")
    await house.expect(("c.wav", "client", 0))
    found = await house.rounds(0, 4)
    assert (found.state, found.why_id) == (RecordingState.MISSING, "only-headers")


async def test_a_broken_file_is_kept_and_not_tried_for_ever(house: Arrivals) -> None:
    house.pbx.files["c.wav"] = b"this is no sound, but it is all there is" * 3
    await house.expect(("c.wav", "conversation", 0))
    found = await house.rounds(0, 4)
    assert (found.state, found.why_id) == (RecordingState.BROKEN, "no-sound")
    kept = house.store.path(found.parts[0].store_key)
    assert kept.read_bytes() == house.pbx.files["c.wav"]
    assert await house.intake.once("main") is None


async def test_a_cut_file_is_played_and_kept_as_it_came(house: Arrivals) -> None:
    house.pbx.files["c.wav"] = TALK[:-16_000]
    await house.expect(("c.wav", "conversation", 0))
    found = await house.rounds(0, 4)
    assert (found.state, found.why_id, found.why) == (RecordingState.READY, "cut", "1.0")
    assert house.store.verify(found.parts[0].store_key)


@pytest.mark.parametrize("error", [NoSound("a web page"), NameRefused("../../etc/passwd")])
async def test_what_a_source_refuses_for_good_is_not_asked_again(
    house: Arrivals, error: Exception
) -> None:
    house.pbx.files["c.wav"] = TALK
    house.pbx.refused["c.wav"] = error
    await house.expect(("c.wav", "conversation", 0))
    found = await house.rounds(0, 4)
    assert (found.state, found.why_id, found.why) == (
        RecordingState.BROKEN,
        "source",
        str(error),
    )
    assert await house.intake.once("main") is None


async def test_a_full_disk_is_waited_for_and_loses_nothing(house: Arrivals) -> None:
    await house.usual()
    house.store.full = True
    found = await house.rounds(0, *[600] * 10)
    assert (found.state, found.why_id) == (RecordingState.ARRIVING, "disk-full")
    assert house.intake.state.troubles == {"": ("disk-full", "")}
    house.store.full = False
    found = await house.rounds(3600)
    assert found.state is RecordingState.READY
    assert house.intake.state.troubles == {}
    assert house.pbx.fetched == ["c.wav", "l.wav"]


async def test_a_restart_in_the_middle_goes_on_where_it_was(house: Arrivals) -> None:
    """Fetched but not converted: the files are taken from where they lie, not fetched again."""
    await house.usual()
    house.store.full = True
    await house.rounds(0, 4)
    house.store.full = False
    house.pbx.away = SourceUnavailable("gone")
    await house.restarted().sweep()
    assert (await house.rounds(3600)).state is RecordingState.READY


async def test_arrivals_that_were_lost_are_fetched_again(house: Arrivals) -> None:
    await house.usual()
    house.store.full = True
    await house.rounds(0, 4)
    house.store.full = False
    (house.store.incoming / "1" / "1.part").write_bytes(b"half a fi")
    found = await house.rounds(3600, 1, 4, 4)
    assert found.state is RecordingState.READY
    assert house.pbx.fetched == ["c.wav", "l.wav", "c.wav"]


async def test_a_sweep_takes_away_what_nobody_waits_for(house: Arrivals) -> None:
    left = house.store.incoming / "77"
    left.mkdir()
    (left / "1.part").write_bytes(TALK)
    await house.intake.sweep()
    assert not left.exists()


async def test_without_a_source_it_waits_and_says_so(house: Arrivals) -> None:
    await house.usual()
    house.intake._sources = {}
    found = await house.round()
    assert (found.state, found.why_id) == (RecordingState.ARRIVING, "no-source")


async def test_the_pbx_keeps_its_copy_unless_a_setting_says_otherwise(house: Arrivals) -> None:
    await house.usual()
    await house.rounds(0, 4, 3600)
    assert house.pbx.deleted == []


async def test_the_pbx_copy_goes_only_after_ours_was_read_back(tmp_path: Path) -> None:
    async with arrivals(tmp_path, delete_at_source=True) as house:
        await house.usual()
        await house.rounds(0, 4)
        assert sorted(house.pbx.deleted) == ["c.wav", "l.wav"]
        found = await house.get()
        assert all(part.source_deleted_at for part in found.parts)
        await house.round(60)
        assert len(house.pbx.deleted) == 2


async def test_the_pbx_copy_stays_while_ours_is_damaged(tmp_path: Path) -> None:
    async with arrivals(tmp_path) as house:
        await house.usual()
        found = await house.rounds(0, 4)
        sound = house.store.path(found.sounds[0].store_key)
        whole = sound.read_bytes()
        sound.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        object.__setattr__(house.rules, "delete_at_source", True)
        await house.round(60)
        assert house.pbx.deleted == []


async def test_the_row_keeps_who_talked_how_much(house: Arrivals) -> None:
    await house.usual()
    found = await house.rounds(0, 4)
    assert found.client_share == pytest.approx(1.0, abs=0.02)
    assert found.our_share == pytest.approx(0.5, abs=0.05)
    assert len(found.peaks) == 2
    assert found.expires_at is not None
    assert (found.expires_at - NINE).days == 180


async def test_a_department_may_keep_for_longer(tmp_path: Path) -> None:
    async with arrivals(tmp_path, days={"sales": 365}) as house:
        await house.usual()
        found = await house.rounds(0, 4)
        assert found.expires_at is not None
        assert (found.expires_at - NINE).days == 365


async def test_a_conversion_that_fails_is_tried_three_times(tmp_path: Path) -> None:
    """Then the files are kept, and it is told; it does not go on for ever."""
    bad = tmp_path / "ffmpeg"
    bad.write_text("#!/bin/sh\ncat >/dev/null\necho 'cannot' >&2\nexit 1\n")
    bad.chmod(0o700)
    async with arrivals(tmp_path, ffmpeg=str(bad)) as house:
        await house.usual()
        found = await house.rounds(0, 4)
        assert (found.state, found.tries) == (RecordingState.ARRIVING, 1)
        found = await house.rounds(*[3600] * (TRIES - 1))
        assert (found.state, found.why_id, found.why) == (
            RecordingState.BROKEN,
            "encoder-stopped",
            "cannot",
        )
        assert all(house.store.verify(part.store_key) for part in found.parts)


async def test_an_mp3_without_ffmpeg_is_kept_and_playable_as_it_is(house: Arrivals) -> None:
    frame = bytes([0xFF, 0xFB, 0x90, 0xC4]) + bytes(413)
    house.pbx.files["talk.mp3"] = frame * 20
    await house.expect(("talk.mp3", "conversation", 0))
    found = await house.rounds(0, 4)
    assert (found.state, found.why_id, found.playable) == (
        RecordingState.READY,
        "no-ffmpeg",
        True,
    )
    assert house.store.path(found.sounds[0].store_key).read_bytes() == frame * 20


async def test_the_owned_task_works_on_when_it_is_woken(house: Arrivals) -> None:
    """It asks the database what is due; a call's end only rings its bell."""
    rang = asyncio.Event()
    rounds = 0

    async def pause(bell: asyncio.Event, seconds: float) -> None:
        nonlocal rounds
        rounds += 1
        house.later(4)
        if rounds == 3:
            rang.set()
            await bell.wait()

    house.intake._pause = pause
    await house.usual()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(house.intake.run(["main"]))
        async with asyncio.timeout(20):
            await rang.wait()
        task.cancel()
    assert (await house.get()).state is RecordingState.READY
