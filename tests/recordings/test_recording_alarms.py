"""What needs a person is an alarm: recordings that do not arrive, conversations without one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from recorded_arrivals import Arrivals, arrivals

from dozvon.alarms.lookout import Lookout
from dozvon.composing_recordings import troubles_of
from recordings.errors import SourceUnavailable
from storage.recording_records import RecordingState
from switchboard.alarms import AlarmKind, Finding
from switchboard.recordings_found import state_counts
from switchboard.troubles import spoken


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Arrivals]:
    async with arrivals(tmp_path) as made:
        yield made


async def findings(house: Arrivals) -> list[Finding]:
    archive = house.archive()
    lookout = Lookout(
        database=house.database,
        writer=house.writer,
        folder=house.store.folder,
        overdue=timedelta(hours=1),
        disk_free_percent=0.0,
        why_down={},
        recordings=lambda: troubles_of(archive),
    )
    return await lookout.findings(house.clock)


async def test_a_pbx_that_gives_no_recordings_is_named_with_its_reason(house: Arrivals) -> None:
    await house.usual()
    house.pbx.away = SourceUnavailable("the folder is gone")
    await house.round()
    (found,) = await findings(house)
    assert (found.kind, found.subject) == (AlarmKind.RECORDINGS_LATE, "main")
    assert "the folder is gone" in found.about["why"]
    house.pbx.away = None
    await house.rounds(60, 4)
    assert await findings(house) == []


@pytest.mark.parametrize(("language", "store"), [("ru", "хранилище"), ("en", "the store")])
async def test_a_full_disk_is_told_in_the_readers_language(
    house: Arrivals, language: str, store: str
) -> None:
    await house.usual()
    house.store.full = True
    await house.rounds(0, 4)
    (found,) = await findings(house)
    assert spoken(found.about["where"], language) == store
    assert ("Освободите" in spoken(found.about["why"], language)) is (language == "ru")


async def test_a_lost_conversation_is_an_alarm_for_a_day(house: Arrivals) -> None:
    house.pbx.files["c.wav"] = b"no sound at all, but long enough for a look at its header"
    await house.expect(("c.wav", "conversation", 0))
    await house.rounds(0, 4)
    (found,) = await findings(house)
    assert (found.kind, found.about["count"]) == (AlarmKind.RECORDINGS_LOST, "1")
    house.later(86_401)
    assert await findings(house) == []


async def test_the_metric_counts_every_state(house: Arrivals) -> None:
    await house.usual()
    await house.rounds(0, 4)
    async with house.database.reading() as connection:
        counts = await state_counts(connection)
    assert counts[RecordingState.READY] == 1
    assert counts[RecordingState.MISSING] == 0
    assert set(counts) == set(RecordingState)
