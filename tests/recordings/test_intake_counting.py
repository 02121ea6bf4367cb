"""How often and how long files are waited for, and what counts as a try."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from recorded_arrivals import Arrivals, arrivals

from recordings.looking import LEAST_LOOKS, SOON_SECONDS
from storage.errors import StorageError
from storage.recording_records import PartState, RecordingState

DAY = 24 * 3600.0


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Arrivals]:
    async with arrivals(tmp_path) as made:
        yield made


async def test_a_file_that_is_told_late_and_never_comes_is_given_up_beside_the_others(
    house: Arrivals,
) -> None:
    """The others are here already, fetched before: an hour is enough, it needs no day."""
    await house.usual()
    house.store.full = True
    await house.rounds(0, 4)
    await house.expect(("never.wav", "leg", 1))
    house.store.full = False
    states = [part.state for part in (await house.get()).parts]
    assert states == [PartState.FETCHED, PartState.FETCHED, PartState.EXPECTED]
    found = await house.rounds(*[900] * 12)
    assert (found.state, found.why_id, found.why) == (
        RecordingState.READY,
        "part-missing",
        "never.wav",
    )


async def test_what_nobody_finds_is_given_up_at_the_fifth_look(house: Arrivals) -> None:
    """No look less and no look more, once a day has gone by."""
    await house.expect(("c.wav", "client", 0))
    found = await house.rounds(*[DAY / (LEAST_LOOKS - 1)] * (LEAST_LOOKS - 1))
    assert (found.state, found.tries) == (RecordingState.ARRIVING, LEAST_LOOKS - 1)
    assert (await house.round(DAY)).state is RecordingState.MISSING


async def test_looks_for_a_file_do_not_use_up_the_tries_of_its_conversion(tmp_path: Path) -> None:
    bad = tmp_path / "ffmpeg"
    bad.write_text("#!/bin/sh\ncat >/dev/null\necho 'cannot' >&2\nexit 1\n")
    bad.chmod(0o700)
    async with arrivals(tmp_path, ffmpeg=str(bad)) as house:
        await house.expect(("c.wav", "client", 0), ("l.wav", "leg", 0.5))
        assert (await house.rounds(0, 60, 60, 60)).tries == 4
        await house.usual()
        found = await house.rounds(60, 4)
        assert (found.state, found.tries) == (RecordingState.ARRIVING, 1)


async def test_a_database_in_trouble_is_no_fault_of_a_recording(
    house: Arrivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the owned task's to wait for; the recording keeps its tries."""
    await house.usual()

    async def trouble(*_: object) -> bool:
        raise StorageError("the database cannot be read")

    with monkeypatch.context() as patched:
        patched.setattr(house.intake, "_is_over", trouble)
        with pytest.raises(StorageError):
            await house.intake.once("main")
    found = await house.get()
    assert (found.tries, found.why_id) == (0, "")


async def test_the_owned_task_sleeps_until_something_is_due_and_no_longer(house: Arrivals) -> None:
    """A file that must settle is looked at again when it may have; nothing to do: the usual poll."""
    slept: list[float] = []
    done = asyncio.Event()

    async def pause(bell: asyncio.Event, seconds: float) -> None:
        slept.append(seconds)
        house.later(seconds)
        assert not bell.is_set(), "a bell that rang is heard once"
        if len(slept) == 1:
            bell.set()
        elif (await house.get()).state is RecordingState.READY:
            done.set()
            await asyncio.Event().wait()

    house.intake._pause = pause
    await house.usual()
    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        task = group.create_task(house.intake.run(["main"]))
        await done.wait()
        task.cancel()
    assert all(seconds <= SOON_SECONDS for seconds in slept[:-1])
    assert slept[-1] > SOON_SECONDS
