"""A file is told after the others were joined: what is kept already is never lost for it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from recorded_arrivals import ANSWER, NINE, TALK, Arrivals, arrivals
from recorded_sounds import sides_of, tone, wav_bytes

import recordings
from recordings.converting import Converter
from recordings.errors import ConversionFailed, LinkExpired, NoSound
from recordings.intake import TRIES
from recordings.orders import Order, Result
from recordings.sentences import SENTENCES
from router.numbers import NumberPlan, normalise
from storage.recording_records import PartState, RecordingState, StoredRecording
from storage.records import ClientRecord

FIRST, SECOND = "https://pbx.example/1.wav", "https://pbx.example/2.wav"
EXPIRED = LinkExpired("https://pbx.example refuses us (403); the link may have expired")
HOUR = 3600.0


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Arrivals]:
    async with arrivals(tmp_path) as made:
        yield made


async def kept(house: Arrivals, sound: bytes = TALK, *, kind: str = "client") -> StoredRecording:
    """What lies behind the first link is kept; then somebody tells of a second one."""
    house.pbx.files[FIRST] = sound
    await house.expect((FIRST, kind, 0))
    found = await house.rounds(0, 4)
    assert found.playable
    return found


async def told_late(house: Arrivals, sound: bytes = ANSWER, *, kind: str = "leg") -> None:
    house.pbx.files[SECOND] = sound
    await house.expect((SECOND, kind, 2), ended=False)


async def stays(house: Arrivals, before: StoredRecording, *after: float) -> StoredRecording:
    """What was kept can be listened to all the time, and is in the end what it was."""
    for seconds in after:
        found = await house.round(seconds)
        assert found.playable
        sound = await house.archive().find(found)
        assert sound
        assert sound.path.is_file()
    assert (found.state, found.sounds, found.seconds) == (
        RecordingState.READY,
        before.sounds,
        before.seconds,
    )
    assert found.expires_at == before.expires_at
    assert list(house.store.incoming.iterdir()) == []
    return found


async def test_a_second_stretch_is_heard_behind_the_first(house: Arrivals) -> None:
    """As long as the provider has both."""
    before = await kept(house, kind="conversation")
    await told_late(house, kind="conversation")
    found = await house.rounds(0, 4)
    assert (found.state, found.why_id) == (RecordingState.READY, "")
    assert found.seconds == before.seconds + 1
    assert not house.store.verify(before.sounds[0].store_key), "what it was before is gone"


@pytest.mark.parametrize("closed", [False, True])
async def test_a_second_stretch_is_heard_behind_what_we_have_of_the_first(
    house: Arrivals, *, closed: bool
) -> None:
    """The first link has ended, as signed ones do; our conversation stands in for its file."""
    before = await kept(house, kind="conversation")
    if closed:
        house.pbx.closed[FIRST] = EXPIRED
    else:
        del house.pbx.files[FIRST]
    await told_late(house, kind="conversation")
    found = await house.rounds(0, 4, *[HOUR] * 26)
    assert (found.state, found.why_id, found.seconds) == (RecordingState.READY, "", 3.0)
    assert {part.state for part in found.parts} == {PartState.USED}
    (heard,) = sides_of(house.store.path(found.sounds[0].store_key))
    assert heard == tone(400, 2) + tone(600, 1)
    assert not house.store.verify(before.sounds[0].store_key), "what it was before is gone"


async def test_nothing_is_joined_to_a_conversation_that_is_damaged(house: Arrivals) -> None:
    """Whoever looks after the store can still bring it back from a backup."""
    before = await kept(house, kind="conversation")
    house.store.path(before.sounds[0].store_key).write_bytes(b"damaged")
    del house.pbx.files[FIRST]
    await told_late(house, kind="conversation")
    found = await stays(house, before, 0, 4, *[HOUR] * 8)
    assert (found.why_id, found.why) == ("part-missing", SECOND)


async def test_a_link_that_gives_other_sound_by_now_takes_nothing_along(house: Arrivals) -> None:
    """As long as what it gave, but not that: an announcement, another call."""
    before = await kept(house)
    house.pbx.files[FIRST] = wav_bytes(tone(900, 2))
    await told_late(house)
    found = await stays(house, before, 0, 4)
    assert (found.why_id, found.why) == ("part-missing", SECOND)


async def test_a_link_that_leads_nowhere_any_more_takes_nothing_along(house: Arrivals) -> None:
    """404: the file was there once, and our conversation is all that is left of it."""
    before = await kept(house)
    del house.pbx.files[FIRST]
    await told_late(house)
    found = await stays(house, before, 0, 4, *[HOUR] * 8)
    assert (found.why_id, found.why) == ("part-missing", SECOND)


async def test_a_link_that_has_expired_hides_nothing(house: Arrivals) -> None:
    """403: the usual end of a signed link."""
    before = await kept(house)
    house.pbx.closed[FIRST] = EXPIRED
    await told_late(house)
    found = await stays(house, before, 0, 4, *[HOUR] * 26)
    assert (found.why_id, found.why) == ("part-missing", SECOND)
    assert house.intake.state.troubles == {}
    assert await house.intake.once("main") is None


async def test_a_link_that_leads_to_a_web_page_by_now_takes_nothing_along(house: Arrivals) -> None:
    before = await kept(house)
    house.pbx.refused[FIRST] = NoSound("a web page")
    await told_late(house)
    found = await stays(house, before, 0, 4)
    assert (found.why_id, found.why) == ("part-missing", SECOND)


async def test_a_link_that_gives_less_than_it_gave_takes_nothing_along(house: Arrivals) -> None:
    before = await kept(house)
    house.pbx.files[FIRST] = wav_bytes(tone(900, 0.5))
    await told_late(house)
    found = await stays(house, before, 0, 4)
    assert (found.why_id, found.why) == ("part-missing", SECOND)


async def test_a_late_file_that_never_comes_is_named_beside_what_is_kept(house: Arrivals) -> None:
    before = await kept(house)
    house.pbx.closed[SECOND] = EXPIRED
    await told_late(house)
    found = await stays(house, before, 0, 4, *[HOUR] * 26)
    assert (found.why_id, found.why) == ("part-missing", SECOND)


async def test_the_same_file_behind_a_fresh_signature_is_nothing_new(house: Arrivals) -> None:
    before = await kept(house, kind="conversation")
    house.pbx.closed[FIRST] = EXPIRED
    await told_late(house, TALK, kind="conversation")
    found = await stays(house, before, 0, 4, *[HOUR] * 26)
    assert (found.why_id, found.why) == ("", "")
    assert {part.state for part in found.parts} == {PartState.USED}


async def test_a_file_that_is_there_is_fetched_before_another_is_waited_for(
    house: Arrivals,
) -> None:
    """Its own link ends too while we wait for the one that has ended."""
    house.pbx.files |= {FIRST: TALK, SECOND: ANSWER}
    house.pbx.closed[FIRST] = EXPIRED
    await house.expect((FIRST, "conversation", 0), (SECOND, "conversation", 2))
    await house.rounds(0, 4)
    assert house.pbx.fetched == [SECOND]
    house.pbx.closed[SECOND] = EXPIRED
    found = await house.rounds(*[HOUR] * 26)
    assert (found.state, found.why_id, found.why) == (RecordingState.READY, "part-missing", FIRST)
    assert {part.name: part.why for part in found.parts} == {FIRST: str(EXPIRED), SECOND: ""}


async def test_an_expired_link_alone_is_lost_after_a_day_and_told(house: Arrivals) -> None:
    house.pbx.closed[FIRST] = EXPIRED
    await house.expect((FIRST, "conversation", 0))
    found = await house.rounds(0, *[HOUR] * 20)
    assert (found.state, found.why_id) == (RecordingState.ARRIVING, "source")
    found = await house.rounds(*[HOUR] * 6)
    assert (found.state, found.why_id, found.why) == (
        RecordingState.BROKEN,
        "source",
        str(EXPIRED),
    )
    assert await house.intake.once("main") is None


class Failing(Converter):
    """Whose conversions always end early; counts them."""

    tried = 0

    async def convert(self, order: Order) -> Result:
        self.tried += 1
        raise ConversionFailed("stopped", f"{len(order.parts)} parts")


async def test_what_cannot_be_joined_anew_stays_as_it_was(house: Arrivals) -> None:
    before = await kept(house)
    house.intake._converter = Failing()
    await told_late(house)
    found = await stays(house, before, 0, 4, HOUR, HOUR)
    assert (found.why_id, found.why) == ("part-missing", SECOND)


@pytest.mark.parametrize("by_now", ["gone", "closed", "other sound"])
async def test_nor_is_it_tried_for_ever_where_the_first_link_has_ended(
    house: Arrivals, by_now: str
) -> None:
    """Three times, as everything is: the first file is waited for before that, not in between."""
    before = await kept(house, kind="conversation")
    house.intake._converter = failing = Failing()
    if by_now == "gone":
        del house.pbx.files[FIRST]
    elif by_now == "closed":
        house.pbx.closed[FIRST] = EXPIRED
    else:
        house.pbx.files[FIRST] = wav_bytes(tone(900, 2))
    await told_late(house, kind="conversation")
    found = await stays(house, before, 0, 4, *[HOUR] * 30)
    assert (found.why_id, found.why) == ("part-missing", SECOND)
    assert failing.tried == TRIES
    assert await house.intake.once("main") is None


def test_every_failure_of_a_conversion_is_known_as_one() -> None:
    """By its sentence's id, which is how a row says that its conversions are counted."""
    raised = set()
    for module in Path(recordings.__file__).parent.glob("*.py"):
        raised |= set(re.findall(r'ConversionFailed\(\s*"([^"]+)"', module.read_text("utf-8")))
    assert raised == ConversionFailed.IDS <= SENTENCES.keys()


async def test_without_ffmpeg_an_mp3_that_came_late_is_named_in_the_end(house: Arrivals) -> None:
    """What came first is kept as it came; nothing can go on behind it."""
    frame = bytes([0xFF, 0xFB, 0x90, 0xC4]) + bytes(413)
    before = await kept(house, frame * 10, kind="conversation")
    del house.pbx.files[FIRST]
    await told_late(house, frame * 9, kind="conversation")
    found = await stays(house, before, 0, 4, *[HOUR] * 10)
    assert (found.why_id, found.why) == ("part-missing", SECOND)


async def test_a_file_that_we_kept_as_it_came_need_not_be_there_any_more(house: Arrivals) -> None:
    """It was cut, so it lies in our own store beside what was made of it."""
    before = await kept(house, TALK[:-16_000])
    assert before.why_id == "cut"
    del house.pbx.files[FIRST]
    await told_late(house)
    found = await house.rounds(0, 4)
    assert (found.state, found.why_id) == (RecordingState.READY, "cut")
    assert {part.state for part in found.parts} == {PartState.USED}
    assert found.sounds != before.sounds
    assert house.store.verify(found.parts[0].store_key)


async def test_a_client_who_said_no_meanwhile_keeps_what_he_had(house: Arrivals) -> None:
    """What lies in the store already is a person's to delete; the late file is not fetched."""
    before = await kept(house)
    number = normalise("+79161234567", NumberPlan())
    record = ClientRecord(key="K-1", name="R", owner="", numbers=(number,), no_recording=True)
    await house.writer.submit(lambda uow: uow.clients.save([record], at=NINE))
    await told_late(house)
    await stays(house, before, 0, 4)
    assert house.pbx.fetched == [FIRST]
