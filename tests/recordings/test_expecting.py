"""What the journal tells of a call says which recording is expected."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from recorded_arrivals import NINE, TALK, Arrivals, arrivals

from recordings.expecting import parts_of
from router.calls import Leg
from router.plan import Decision, Ending, Plan
from storage.recording_records import RecordingFilter, RecordingState, StoredRecording
from storage.recordings import Recordings
from storage.records import MadeDecision

PARTS = [
    {"name": "1_1.wav", "kind": "conversation", "leg_id": "", "began_at": NINE.isoformat()},
    {"name": "1_1-client.wav", "kind": "client", "leg_id": "", "began_at": NINE.isoformat()},
    {"name": "1_1-2_2.wav", "kind": "leg", "leg_id": "2.2", "began_at": NINE.isoformat()},
]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Arrivals]:
    async with arrivals(tmp_path) as made:
        await made.expecting().begin()
        yield made


async def listed(house: Arrivals) -> tuple[StoredRecording, ...]:
    async with house.database.reading() as connection:
        return await Recordings(connection).listed(RecordingFilter())


def made(*, record: bool) -> MadeDecision:
    plan = Plan(steps=(), ending=Ending.MESSAGE_BUSY, patience_seconds=60, record=record)
    decision = Decision(
        plan=plan,
        reasons=(),
        line="74951230001",
        department="sales",
        client="",
        client_name="",
        application="",
        owner="",
        matches=(),
        office_version=1,
    )
    return MadeDecision(made_at=NINE, decision=decision)


async def test_the_files_that_the_journal_names_are_expected(house: Arrivals) -> None:
    await house.call(reported=PARTS)
    assert await house.expecting().read_on() == 1
    (found,) = await listed(house)
    assert (found.call_id, found.department, found.began_at) == ("1.1", "sales", NINE)
    assert [(part.name, part.kind, part.leg_id) for part in found.parts] == [
        ("1_1.wav", "conversation", ""),
        ("1_1-client.wav", "client", ""),
        ("1_1-2_2.wav", "leg", "2.2"),
    ]


async def test_the_trunk_that_the_journal_names_is_kept_with_the_recording(house: Arrivals) -> None:
    await house.call(reported=PARTS, trunk="mtt")
    await house.call("1.2", reported=[])
    await house.expecting().read_on()
    assert [found.trunk for found in await listed(house)] == ["mtt"]


async def test_a_call_that_we_placed_counts_for_its_trunk_and_no_line(house: Arrivals) -> None:
    """What stands where others have a line is the client's number."""
    await house.call(reported=PARTS, trunk="mtt", legs=(Leg(id="1", target="1", began_at=NINE),))
    await house.expecting().read_on()
    assert [(found.line, found.trunk) for found in await listed(house)] == [("", "mtt")]


async def test_an_entry_is_looked_at_once(house: Arrivals) -> None:
    await house.call(reported=PARTS)
    await house.expecting().read_on()
    assert await house.expecting().read_on() == 0


async def test_a_call_that_nobody_answered_has_no_recording(house: Arrivals) -> None:
    await house.call(reported=PARTS, talked=False)
    assert await house.expecting().read_on() == 0


async def test_a_call_that_was_not_to_be_recorded_is_not_missed(house: Arrivals) -> None:
    await house.call(made=made(record=False))
    assert await house.expecting().read_on() == 0


async def test_a_call_that_should_have_been_recorded_and_was_not_is_missing(
    house: Arrivals,
) -> None:
    await house.call(made=made(record=True))
    assert await house.expecting().read_on() == 1
    (found,) = await listed(house)
    assert (found.state, found.why_id) == (RecordingState.MISSING, "never-began")


async def test_files_that_are_told_later_are_looked_for_after_all(house: Arrivals) -> None:
    await house.call(made=made(record=True))
    await house.expecting().read_on()
    house.pbx.files["late.wav"] = TALK
    await house.expect(("late.wav", "conversation", 0))
    assert (await house.rounds(0, 4)).state is RecordingState.READY


async def test_what_was_before_the_first_start_is_nobodys_promise(tmp_path: Path) -> None:
    async with arrivals(tmp_path) as house:
        await house.call(reported=PARTS)
        await house.expecting().begin()
        assert await house.expecting().read_on() == 0


async def test_many_entries_are_read_in_pieces(
    house: Arrivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recordings.expecting.PIECE", 2)
    for number in range(5):
        parts = [{"name": f"{number}.wav", "kind": "conversation"}]
        await house.call(f"1.{number}", reported=parts)
    assert await house.expecting().read_on() == 5


@pytest.mark.parametrize(
    "told",
    [
        None,
        "1.wav",
        [1, None, "x"],
        [{"name": "../../etc/passwd", "kind": "leg"}],
        [{"name": "a/b.wav", "kind": "leg"}],
        [{"name": "..", "kind": "leg"}],
        [{"name": "", "kind": "leg"}],
        [{"name": "x" * 300, "kind": "leg"}],
        [{"name": "x.wav", "kind": "video"}],
        [{"name": "x.wav"}],
        [{"name": ["x"], "kind": "leg"}],
    ],
)
def test_what_names_no_file_of_ours_is_left_out(told: Any) -> None:
    assert parts_of(told) == ()


def test_a_time_that_is_none_is_left_out() -> None:
    (part,) = parts_of([{"name": "x.wav", "kind": "leg", "began_at": "yesterday"}])
    assert part.began_at is None


async def test_a_recording_that_was_deleted_does_not_come_back(house: Arrivals) -> None:
    """The journal may tell the same call again; the answer stays no."""
    await house.usual()
    await house.rounds(0, 4)
    at = NINE + timedelta(days=1)
    await house.writer.submit(
        lambda uow: uow.recordings.delete(1, by="lena", at=at, why_id="deleted")
    )
    await house.expect(("c.wav", "client", 0), ("new.wav", "leg", 0))
    found = await house.round(after=60)
    assert (found.state, found.deleted_by, found.sounds) == (RecordingState.DELETED, "lena", ())
