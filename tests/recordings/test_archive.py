"""Recordings are held, deleted and let go, and every act says who did it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from recorded_arrivals import ANSWER, NINE, TALK, Arrivals, arrivals

from recordings.errors import StoreError
from router.numbers import NumberPlan, normalise
from storage.audit import read_audit
from storage.ended_calls import Calls
from storage.parties import move_calls
from storage.recording_records import RecordingState
from storage.recordings import Recordings
from storage.records import ClientRecord
from storage.unit_of_work import UnitOfWork
from switchboard.news import CallRecorded
from switchboard.recordings import (
    AFTER_CALL_SECONDS,
    confirm_law,
    hold,
    law_confirmed,
    retry,
    withdraw_law,
)
from switchboard.recordings_found import Tally, sentence, tallies


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Arrivals]:
    async with arrivals(tmp_path) as made:
        yield made


async def acts(house: Arrivals) -> list[tuple[str, str]]:
    return [(row.by, row.act) for row in await read_audit(house.database)]


def sounds(house: Arrivals) -> list[Path]:
    return [path for path in house.store.folder.glob("??/*") if path.is_file()]


async def test_what_is_old_enough_is_let_go_and_it_is_on_record(house: Arrivals) -> None:
    await house.usual()
    await house.rounds(0, 4)
    house.later(179 * 86_400)
    assert await house.archive().let_go() == 0
    house.later(86_400)
    assert await house.archive().let_go() == 1
    found = await house.get()
    assert (found.state, found.deleted_by, found.peaks) == (RecordingState.DELETED, "service", ())
    assert sounds(house) == []
    assert await acts(house) == [("service", "expire")]


async def test_a_legal_hold_is_stronger_than_age_and_people(house: Arrivals) -> None:
    await house.usual()
    await house.rounds(0, 4)
    about = {"held": True, "by": "lena", "at": house.clock, "why": "court"}
    assert await house.writer.submit(lambda uow: hold(uow, 1, **about))
    house.later(1000 * 86_400)
    assert await house.archive().let_go() == 0
    assert not await house.archive().delete(1, by="boris")
    assert len(sounds(house)) == 1
    about |= {"held": False, "why": "over"}
    assert await house.writer.submit(lambda uow: hold(uow, 1, **about))
    assert await house.archive().let_go() == 1
    assert await acts(house) == [("service", "expire"), ("lena", "release"), ("lena", "hold")]


async def test_a_hold_that_comes_while_old_ones_go_is_stronger(house: Arrivals) -> None:
    """The list was read before; the last word is in the transaction."""
    for number in (1, 2):
        house.pbx.files[f"{number}.wav"] = TALK
        await house.expect((f"{number}.wav", "conversation", 0), call_id=f"1.{number}")
    await house.rounds(0, 4)
    house.later(181 * 86_400)
    archive = house.archive()
    remove, about = archive.remove, {"held": True, "by": "lena", "at": house.clock, "why": "court"}

    async def holding(keys: Sequence[str]) -> list[str]:
        await house.writer.submit(lambda uow: hold(uow, 2, **about))
        return await remove(keys)

    archive.remove = holding
    assert await archive.let_go() == 1
    assert (await house.get(2)).playable
    assert [act for _, act in await acts(house)].count("expire") == 1


async def test_what_is_joined_anew_is_kept_as_long_as_was_promised(tmp_path: Path) -> None:
    """Its department has no days of its own any more: renamed, or removed."""
    async with arrivals(tmp_path, days={"sales": 365}) as house:
        await house.usual()
        promised = (await house.rounds(0, 4)).expires_at
        object.__setattr__(house.rules, "days", {})
        house.pbx.files["late.wav"] = TALK
        await house.expect(("late.wav", "leg", 1), ended=False)
        found = await house.rounds(0, 4, 4)
        assert found.playable
        assert len(found.parts) == 3
        assert found.expires_at == promised == NINE + timedelta(days=365)
        assert len(sounds(house)) == 1, "what it was before is gone"


async def test_a_late_file_never_replaces_what_the_pbx_has_no_more(tmp_path: Path) -> None:
    """The conversation was made of files that were deleted there: it stays as it is."""
    async with arrivals(tmp_path, delete_at_source=True) as house:
        await house.usual()
        before = await house.rounds(0, 4)
        assert house.pbx.files == {}
        house.pbx.files["late.wav"] = TALK
        await house.expect(("late.wav", "leg", 1), ended=False)
        found = await house.rounds(0, 4, 4)
        assert (found.sounds, found.seconds) == (before.sounds, before.seconds)
        assert (found.playable, found.why_id, found.why) == (True, "part-missing", "late.wav")
        assert "late.wav" in house.pbx.files


async def test_a_recording_follows_its_call_to_another_client(house: Arrivals) -> None:
    """It hangs on the call alone, so that nothing has to be done when a number is learnt."""
    await house.usual()
    await house.rounds(0, 4)
    number = normalise("+79161234567", NumberPlan())
    record = ClientRecord(key="K-1", name="Romashka", owner="", numbers=(number,))

    async def learn(uow: UnitOfWork) -> None:
        await uow.clients.save([record], at=NINE)
        await move_calls(uow.connection, ["+79161234567"])

    await house.writer.submit(learn)
    async with house.database.reading() as connection:
        stored = await Calls(connection).get("1.1")
        found = await Recordings(connection).of_call("1.1")
    assert stored is not None
    assert stored.party == "client:K-1"
    assert found is not None
    assert found.playable


async def test_a_sound_whose_removal_was_cut_off_goes_with_the_next_tidying(
    house: Arrivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the row's word: nobody can reach the sound, and it is not forgotten."""
    house.pbx.files |= {"a.wav": TALK, "b.wav": ANSWER}
    await house.expect(("a.wav", "conversation", 0))
    await house.expect(("b.wav", "conversation", 0), call_id="1.2")
    await house.rounds(0, 4)

    def killed(key: str) -> None:
        raise StoreError("store-trouble", key)

    with monkeypatch.context() as patched:
        patched.setattr(house.store, "delete", killed)
        for number in (1, 2):
            assert await house.archive().delete(number, by="lena")
        await house.archive().finish_removing()
    assert len(sounds(house)) == 2
    house.pbx.files["c.wav"] = ANSWER
    await house.expect(("c.wav", "conversation", 0), call_id="1.3")
    await house.rounds(0, 4)
    await house.archive().finish_removing()
    (kept,) = (await house.get(3)).sounds
    assert [path.name for path in sounds(house)] == [kept.store_key[3:]], "the one in use again"
    async with house.database.reading() as connection:
        assert await Recordings(connection).to_remove() == []


async def test_a_sound_that_two_recordings_share_stays_for_the_other(house: Arrivals) -> None:
    house.pbx.files |= {"a.wav": TALK, "b.wav": TALK}
    await house.expect(("a.wav", "conversation", 0))
    await house.expect(("b.wav", "conversation", 0), call_id="1.2")
    await house.rounds(0, 4)
    assert len(sounds(house)) == 1
    archive = house.archive()
    assert await archive.delete(1, by="lena")
    assert await archive.find(await house.get(2)) is not None
    assert await archive.delete(2, by="lena")
    assert sounds(house) == []


async def test_the_law_is_confirmed_by_a_person_and_can_be_withdrawn(house: Arrivals) -> None:
    assert await law_confirmed(house.database) is None
    await house.writer.submit(lambda uow: confirm_law(uow, by="cli:lena", at=NINE))
    told = await law_confirmed(house.database)
    assert told is not None
    assert (told.by, told.at) == ("cli:lena", NINE)
    await house.writer.submit(lambda uow: withdraw_law(uow, by="cli:lena", at=NINE))
    assert await law_confirmed(house.database) is None
    assert len(await acts(house)) == 2


async def test_only_what_was_given_up_is_tried_again(house: Arrivals) -> None:
    await house.usual()
    await house.rounds(0, 4)
    assert not await house.writer.submit(lambda uow: retry(uow, 1, by="lena", at=house.clock))
    assert await acts(house) == []


async def test_lost_conversations_are_counted_by_line_and_day(house: Arrivals) -> None:
    await house.usual()
    await house.expect(("gone.wav", "conversation", 0), call_id="1.2")
    await house.rounds(0, 4, *[3600] * 26)
    until = NINE + timedelta(days=1)
    zone = ZoneInfo("Europe/Moscow")
    (found,) = await tallies(house.database, NINE, until, zone, line_of=str)
    assert (found.line, found.expected, found.ready, found.lost) == ("74951230001", 2, 1, 1)


@pytest.mark.parametrize(
    ("lost", "talks"),
    [(1, "1 разговор"), (3, "3 разговора"), (7, "7 разговоров"), (21, "21 разговор")],
)
def test_an_administrator_reads_a_sentence(lost: int, talks: str) -> None:
    tally = Tally(day=NINE.date(), pbx="main", line="x", trunk="mtt", missing=lost, ready=90)
    told = sentence(tally, "ru", day="2 марта", line="Основная")
    assert told == f"2 марта: без записи {talks} из {90 + lost}: Основная, mtt."
    assert (
        sentence(Tally(day=NINE.date(), pbx="main", line="x", ready=3), "ru", day="", line="") == ""
    )
    placed = Tally(day=NINE.date(), pbx="main", line="", trunk="mtt", missing=1)
    assert sentence(placed, "en", day="today", line="").endswith("without a recording: mtt.")


async def test_the_owned_task_follows_a_call_to_its_recording(house: Arrivals) -> None:
    """A call's end is told as news; the rest happens by itself."""
    begun, done = asyncio.Event(), asyncio.Event()

    async def pause(bell: asyncio.Event, _: float) -> None:
        begun.set()
        house.later(4)
        if await is_ready(house):
            done.set()
        elif not await open_ids(house):
            await bell.wait()

    async def short(seconds: float) -> None:
        if seconds > AFTER_CALL_SECONDS:
            await asyncio.Event().wait()

    archive = house.archive()
    archive._pause, house.intake._pause = short, pause
    house.pbx.files["a.wav"] = TALK
    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        task = group.create_task(archive.run(["main"]))
        await begun.wait()
        await house.call(reported=[{"name": "a.wav", "kind": "conversation"}])
        async with house.database.reading() as connection:
            stored = await Calls(connection).get("1.1")
        assert stored is not None
        archive._news.tell(CallRecorded(call=stored.call))
        await done.wait()
        task.cancel()


async def open_ids(house: Arrivals) -> frozenset[int]:
    async with house.database.reading() as connection:
        return await Recordings(connection).open_ids()


async def is_ready(house: Arrivals) -> bool:
    async with house.database.reading() as connection:
        found = await Recordings(connection).of_call("1.1")
    return found is not None and found.playable


async def test_a_store_that_cannot_be_made_is_told_and_tried_again(
    house: Arrivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stops no call: the task waits and begins when it can."""
    archive = house.archive()
    tried: list[dict[str, tuple[str, str]]] = []

    async def pause(_: float) -> None:
        tried.append(dict(house.intake.state.troubles))
        if len(tried) == 2:
            raise asyncio.CancelledError

    archive._pause = pause
    blocked = house.store.folder.parent / "file"
    blocked.write_text("not a folder")
    house.store.folder = blocked / "sounds"
    with pytest.raises(asyncio.CancelledError):
        await archive.run(["main"])
    assert tried[0][""][0] == "store-trouble"
