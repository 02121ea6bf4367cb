"""A transferred call told in stretches: one is heard behind the other, and none is left out."""

from __future__ import annotations

from array import array
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from recorded_arrivals import Arrivals, arrivals
from recorded_sounds import sides_of, silent, strength, tone, wav_bytes

from recordings.converting import Converter
from recordings.orders import Order, OrderedPart, Result
from recordings.port import PartKind
from recordings.sentences import sentence
from storage.recording_records import NewPart, NewRecording, PartState, StoredRecording

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Arrivals]:
    async with arrivals(tmp_path) as made:
        yield made


def stereo(left: bytes, right: bytes) -> bytes:
    """A file of two channels."""
    whole = array("h", bytes(2 * len(left)))
    whole[0::2], whole[1::2] = array("h", left), array("h", right)
    return wav_bytes(whole.tobytes(), channels=2)


async def joined(
    folder: Path, *stretches: tuple[str, bytes, float | None]
) -> tuple[Result, tuple[bytes, ...]]:
    """What comes of conversations told in this order: name, file, seconds after nine."""
    parts = []
    for name, data, after in stretches:
        (folder / name).write_bytes(data)
        at = None if after is None else NINE + timedelta(seconds=after)
        parts.append(
            OrderedPart(name=name, path=folder / name, kind=PartKind.CONVERSATION, began_at=at)
        )
    made = await Converter().convert(Order(parts=tuple(parts), folder=folder))
    return made, sides_of(made.sounds[0].path)


def part_of(side: bytes, begin: float, end: float) -> bytes:
    return side[round(begin * 8000) * 2 : round(end * 8000) * 2]


async def test_two_stretches_in_two_channels_are_heard_one_after_the_other(
    tmp_path: Path,
) -> None:
    """In the order in which they were told, whatever the names of their links."""
    first = stereo(tone(400, 5), silent(5))
    second = stereo(silent(2), tone(600, 2))
    made, (left, right) = await joined(tmp_path, ("z.wav", first, None), ("a.wav", second, None))
    assert (made.seconds, made.sides) == (7.0, 2)
    assert {part.name: part.seconds for part in made.parts} == {"z.wav": 5.0, "a.wav": 2.0}
    assert strength(part_of(left, 0, 5), 400) > 0.95
    assert strength(part_of(right, 5, 7), 600) > 0.95
    assert part_of(left, 5, 7) == silent(2)
    assert part_of(right, 0, 5) == silent(5)
    assert dict(made.doubts) == {"z.wav": "no-time", "a.wav": "no-time"}


async def test_stretches_of_one_channel_are_never_heard_at_once(tmp_path: Path) -> None:
    """The last of three ends where a piece of reading does."""
    lengths = {"a.wav": 4, "b.wav": 3.5, "c.wav": 0.5}
    tones = {"a.wav": 400, "b.wav": 600, "c.wav": 900}
    told = [(n, wav_bytes(tone(tones[n], seconds)), None) for n, seconds in lengths.items()]
    made, (only,) = await joined(tmp_path, *told)
    assert (made.seconds, made.sides) == (8.0, 1)
    heard = b"".join(tone(tones[name], seconds) for name, seconds in lengths.items())
    assert only == heard


async def test_stretches_that_tell_their_time_stand_in_its_order(tmp_path: Path) -> None:
    """What lay between them was no conversation: nobody waits through it."""
    second, first = wav_bytes(tone(600, 1)), wav_bytes(tone(400, 1))
    made, (only,) = await joined(tmp_path, ("a.wav", second, 90), ("b.wav", first, 0))
    assert (made.seconds, made.doubts) == (2.0, ())
    assert only == tone(400, 1) + tone(600, 1)


async def test_a_stretch_of_one_channel_is_heard_on_both_sides_beside_others(
    tmp_path: Path,
) -> None:
    """Nobody can tell its two voices apart, but nothing of it is lost."""
    whole, mono = stereo(tone(400, 1), silent(1)), wav_bytes(tone(600, 1))
    made, (left, right) = await joined(tmp_path, ("a.wav", whole, 0), ("b.wav", mono, 2))
    assert made.seconds == 2.0
    assert (left, right) == (tone(400, 1) + tone(600, 1), silent(1) + tone(600, 1))


async def linked(house: Arrivals, **files: bytes) -> StoredRecording:
    """A provider tells these links; it tells no times."""
    house.pbx.files |= files
    await house.call()
    new = NewRecording(
        call_id="1.1",
        pbx="main",
        began_at=NINE,
        expected_at=NINE,
        parts=tuple(NewPart(name=name, kind="conversation") for name in files),
    )
    await house.writer.submit(lambda uow: uow.recordings.expect(new, next_try_at=NINE))
    return await house.rounds(0, 4)


async def test_whoever_listens_is_told_that_an_order_is_not_sure(house: Arrivals) -> None:
    found = await linked(house, one=wav_bytes(tone(400, 2)), two=wav_bytes(tone(600, 1)))
    assert (found.seconds, found.why_id, found.why) == (3.0, "no-time", "one, two")
    for language in ("ru", "en"):
        assert "one, two" in sentence(language, found.why_id, found.why)
        assert not sentence(language, found.why_id, found.why).startswith("no-time")


async def test_the_same_stretch_behind_two_links_is_heard_once(house: Arrivals) -> None:
    sound = wav_bytes(tone(400, 2))
    found = await linked(house, one=sound, two=sound)
    assert (found.seconds, found.why_id) == (2.0, "")
    assert [part.state for part in found.parts] == [PartState.USED] * 2


async def test_what_was_left_out_is_told_and_kept_as_it_came(house: Arrivals) -> None:
    """Its time is that of another day; at the PBX it may go, here it must not be lost."""
    house.pbx.files |= {"c.wav": wav_bytes(tone(400, 2)), "l.wav": wav_bytes(tone(600, 1))}
    await house.expect(("c.wav", "client", 0), ("l.wav", "leg", 90_000))
    found = await house.rounds(0, 4)
    assert (found.why_id, found.why) == ("too-late", "l.wav")
    (late,) = (part for part in found.parts if part.name == "l.wav")
    assert house.store.path(late.store_key).read_bytes() == house.pbx.files["l.wav"]


async def test_the_key_of_a_signed_link_stands_in_no_sentence(house: Arrivals) -> None:
    """Whoever may read why something is missing need not be able to fetch it."""
    links = [f"https://pbx.example/{number}.wav?key=secret" for number in (1, 2)]
    sounds = [wav_bytes(tone(400, 2)), wav_bytes(tone(600, 1))]
    found = await linked(house, **dict(zip(links, sounds, strict=True)))
    assert found.why == "https://pbx.example/1.wav, https://pbx.example/2.wav"
