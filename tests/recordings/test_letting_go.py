"""What the PBX need not keep goes there too, where a setting says so, and nothing else does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from recorded_arrivals import ANSWER, NINE, TALK, Arrivals, arrivals

from recordings.errors import NoSound, SourceUnavailable
from recordings.expecting import entries_erased
from recordings.sources import FolderSource
from router.calls import Leg
from storage import schema
from storage.recording_records import PartState, RecordingState
from switchboard.recordings import hold

PIECE = 4
RINGING = b"RIFF" + bytes(40)


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Arrivals]:
    monkeypatch.setattr("recordings.letting_go.PIECE", PIECE)
    async with arrivals(tmp_path, delete_at_source=True) as made:
        made.later(3600)
        yield made


def named(call_id: str) -> str:
    return f"{call_id.replace('.', '_')}.wav"


async def missed(house: Arrivals, call_id: str, **about: Any) -> None:
    """A call that nobody answered and that the PBX began to record."""
    house.pbx.files[named(call_id)] = RINGING
    parts = [{"name": named(call_id), "kind": "conversation"}]
    await house.call(call_id, talked=False, reported=parts, **about)


async def once(house: Arrivals) -> None:
    await house.intake.once("main")


async def test_the_files_of_a_call_that_nobody_answered_go(house: Arrivals) -> None:
    await missed(house, "1.1")
    await house.call("1.2", reported=[{"name": "1_2.wav", "kind": "conversation"}])
    house.pbx.files["1_2.wav"] = TALK
    house.pbx.files["1_3.wav"] = TALK
    await once(house)
    assert sorted(house.pbx.files) == ["1_2.wav", "1_3.wav"], "answered; not in the log at all"


async def test_without_the_setting_they_stay_and_go_when_it_comes(tmp_path: Path) -> None:
    async with arrivals(tmp_path) as house:
        house.later(3600)
        await missed(house, "1.1")
        await once(house)
        assert house.pbx.files
        object.__setattr__(house.rules, "delete_at_source", True)
        await once(house)
        assert not house.pbx.files


async def test_a_call_that_has_only_just_ended_is_left_alone(house: Arrivals) -> None:
    """Its witnesses may still speak, and its files may still be written."""
    house.clock = NINE + timedelta(seconds=70)  # it ended ten seconds ago
    await missed(house, "1.1")
    await once(house)
    assert house.pbx.files
    house.later(60)
    await once(house)
    assert not house.pbx.files


async def test_where_the_witnesses_disagree_the_files_stay(house: Arrivals) -> None:
    await missed(house, "1.1", disagreement="disposition: events answered, journal missed")
    await once(house)
    assert house.pbx.files


async def test_a_file_that_a_recording_knows_is_not_the_unanswered_call_s(house: Arrivals) -> None:
    """Two entries may name one file (linked calls); the one that was answered decides."""
    await missed(house, "1.1")
    await house.expect((named("1.1"), "conversation", 0), call_id="1.2")
    await house.intake._letting_go.once("main", house.pbx)
    assert house.pbx.files


async def test_it_goes_on_where_it_stopped_piece_by_piece_after_a_restart(house: Arrivals) -> None:
    for number in range(PIECE + 3):
        await missed(house, f"1.{number}")
    await once(house)
    assert len(house.pbx.files) == 3
    house.restarted()
    await once(house)
    assert not house.pbx.files
    assert len(house.pbx.deleted) == PIECE + 3, "each was asked for once"


async def test_a_pbx_that_is_away_loses_no_place_in_the_row(house: Arrivals) -> None:
    await missed(house, "1.1")
    await missed(house, "1.2")
    house.pbx.refused["1_2.wav"] = SourceUnavailable("gone for the night")
    await once(house)
    assert sorted(house.pbx.files) == ["1_2.wav"]
    house.pbx.refused.clear()
    await once(house)
    assert not house.pbx.files


async def test_a_name_that_cannot_be_deleted_holds_up_no_other(house: Arrivals) -> None:
    await missed(house, "1.1")
    await missed(house, "1.2")
    house.pbx.refused["1_1.wav"] = NoSound("it is no file of ours")
    await once(house)
    assert sorted(house.pbx.files) == ["1_1.wav"]


async def test_after_an_erasure_numbers_that_are_given_out_again_are_looked_at(
    house: Arrivals,
) -> None:
    await missed(house, "1.1")
    await once(house)

    async def erase(uow: Any) -> None:
        await uow.connection.execute(schema.trail.delete())
        await entries_erased(uow)

    await house.writer.submit(erase)
    await missed(house, "1.2")
    await once(house)
    assert not house.pbx.files


async def placed(house: Arrivals, call_id: str, *, talked: bool = False) -> str:
    """A call by a click; returns the file that the manager's phone began."""
    phone, client = f"place-{call_id}", f"main-{call_id}"
    name = f"{phone.replace('.', '_')}-own.wav"
    house.pbx.files[name] = TALK if talked else RINGING
    legs = tuple(Leg(id=each, target="101", began_at=NINE) for each in (phone, client))
    began_at = NINE + timedelta(seconds=float(call_id))
    await house.call(client, talked=talked, legs=legs, began_at=began_at)
    return name


async def test_the_phone_s_file_of_a_click_that_nobody_answered_goes(house: Arrivals) -> None:
    """No journal tells of it. Those of a talk, and of a call of the last hour, stay."""
    for number in range(3 * PIECE):
        await placed(house, f"{number}.5")
    talk = await placed(house, "100.5", talked=True)
    fresh = await placed(house, "5000.5")
    house.later(3600)
    for _ in range(4):
        await house.intake._letting_go.once("main", house.pbx)
    assert sorted(house.pbx.files) == sorted([talk, fresh])
    assert len(house.pbx.deleted) == 3 * PIECE
    house.later(3600)
    await house.restarted()._letting_go.once("main", house.pbx)
    assert sorted(house.pbx.files) == [talk]


# -- recordings that were deleted here -------------------------------------------------------------


async def test_what_was_deleted_here_goes_at_the_pbx_as_well(house: Arrivals) -> None:
    """Where the setting came only then, and after a hold was released."""
    await house.usual()
    object.__setattr__(house.rules, "delete_at_source", False)
    await house.rounds(0, 4)
    about = {"by": "lena", "at": house.clock, "why": "court"}
    await house.writer.submit(lambda uow: hold(uow, 1, held=True, **about))
    house.later(1000 * 86_400)
    assert await house.archive().let_go() == 0
    await house.writer.submit(lambda uow: hold(uow, 1, held=False, **about))
    assert await house.archive().let_go() == 1
    assert sorted(house.pbx.files) == ["c.wav", "l.wav"]
    object.__setattr__(house.rules, "delete_at_source", True)
    await house.round(0)
    assert house.pbx.files == {}


async def test_a_held_recording_s_copies_may_go_because_ours_is_safe(house: Arrivals) -> None:
    await house.usual()
    await house.round(0)
    about = {"held": True, "by": "lena", "at": house.clock, "why": "court"}
    await house.writer.submit(lambda uow: hold(uow, 1, **about))
    found = await house.rounds(4, 60)
    assert found.playable
    assert house.pbx.files == {}


async def test_files_of_a_call_that_goes_on_stay_though_its_recording_was_deleted(
    house: Arrivals,
) -> None:
    house.pbx.files["c.wav"] = TALK
    house.clock = NINE
    await house.expect(("c.wav", "conversation", 0), ended=False)
    assert await house.archive().delete(1, by="lena")
    await house.round(60)
    assert house.pbx.files
    await house.call("1.1")
    await house.round(60)
    assert not house.pbx.files


async def test_a_file_that_we_could_not_take_stays_where_it_is(house: Arrivals) -> None:
    """It is the only copy, though the rest of its conversation is kept."""
    house.pbx.files |= {"c.wav": TALK, "l.wav": ANSWER}
    house.pbx.refused["l.wav"] = NoSound("a web page")
    object.__setattr__(house.rules, "delete_at_source", False)
    await house.expect(("c.wav", "client", 0), ("l.wav", "leg", 0.5))
    found = await house.rounds(0, 4)
    assert [part.state for part in found.parts] == [PartState.USED, PartState.BROKEN]
    house.pbx.refused.clear()
    object.__setattr__(house.rules, "delete_at_source", True)
    await house.round(3600)
    assert sorted(house.pbx.files) == ["l.wav"]


async def test_one_that_cannot_be_deleted_never_blocks_the_others(house: Arrivals) -> None:
    """More of them than a round takes; a damaged sound of ours keeps its copies for ever."""
    damaged = PIECE + 2
    for number in range(damaged + 1):
        house.pbx.files[named(f"1.{number}")] = TALK
        await house.expect((named(f"1.{number}"), "conversation", 0), call_id=f"1.{number}")
    object.__setattr__(house.rules, "delete_at_source", False)
    for _ in range(8):
        await house.round(4)
    assert (await house.get(damaged + 1)).state is RecordingState.READY
    (sound,) = house.store.folder.glob("??/*")  # the same talk: one file in the store
    sound.write_bytes(sound.read_bytes()[:-1] + b"\0")
    house.pbx.files["fine.wav"] = ANSWER
    await house.expect(("fine.wav", "conversation", 0), call_id="2.1")
    await house.rounds(0, 4)
    object.__setattr__(house.rules, "delete_at_source", True)
    for _ in range(3):
        await house.round(1)
    assert "fine.wav" not in house.pbx.files
    assert len(house.pbx.files) == damaged + 1


async def test_a_share_that_is_not_mounted_has_deleted_nothing(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable):
        await FolderSource(tmp_path / "share" / "dozvon").delete("c.wav")
    await FolderSource(tmp_path).delete("c.wav")
