"""A client who does not want to be recorded, where only the exchange was there to ask."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import ClassVar

import pytest
from recorded_arrivals import NINE, TALK, Arrivals, Files, arrivals

from recordings.converting import Converter
from recordings.orders import Order, Result
from recordings.sentences import sentence
from router.numbers import NumberPlan, normalise
from storage.audit import AuditRow, read_audit
from storage.recording_records import RecordingState
from storage.records import ClientRecord
from switchboard.recordings import hold
from switchboard.recordings_found import state_counts

HIS = "+79161234567"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Arrivals]:
    async with arrivals(tmp_path) as made:
        yield made


async def client(house: Arrivals, *, number: str = HIS, wish: bool = True) -> None:
    """A client of the base who does not want it (or does not mind)."""
    numbers = (normalise(number, NumberPlan()),) if number else ()
    record = ClientRecord(key="K-1", name="Romashka", owner="", numbers=numbers, no_recording=wish)
    await house.writer.submit(lambda uow: uow.clients.save([record], at=NINE))


def in_store(house: Arrivals) -> list[str]:
    """Every file of the store and of its arrivals."""
    return [path.name for path in house.store.folder.rglob("*") if path.is_file()]


async def row(house: Arrivals) -> AuditRow:
    (found,) = await read_audit(house.database)
    return found


async def judged_unwanted(house: Arrivals) -> None:
    """Nothing of it is kept; the row, the audit and the sentence say why; nobody is alarmed."""
    found = await house.get()
    assert (found.state, found.why_id) == (RecordingState.DELETED, "not-wanted-there")
    assert in_store(house) == []
    told = await row(house)
    assert (told.by, told.act, told.subject) == ("service", "not-wanted", "recording:1")
    assert "c.wav" in str(told.about["files"])
    assert "c.wav" in sentence("ru", found.why_id, found.why)
    async with house.database.reading() as connection:
        counts = await state_counts(connection)
    assert counts[RecordingState.MISSING] == counts[RecordingState.BROKEN] == 0


async def test_nothing_is_fetched_of_a_client_whose_number_says_it(house: Arrivals) -> None:
    await client(house)
    await house.usual()
    await house.rounds(0, 4, 60)
    await judged_unwanted(house)
    assert house.pbx.fetched == []
    assert sorted(house.pbx.files) == ["c.wav", "l.wav"], "it was not said that we may delete there"


async def test_nor_of_one_who_was_recognised_by_other_means(house: Arrivals) -> None:
    """A CRM knew him; the base has no number of his."""
    await client(house, number="")
    house.pbx.files["c.wav"] = TALK
    await house.call("1.1", client="K-1")
    await house.expect(("c.wav", "client", 0), ended=False)
    await house.rounds(0, 4)
    await judged_unwanted(house)


async def test_a_client_who_does_not_mind_is_kept(house: Arrivals) -> None:
    await client(house, wish=False)
    await house.usual()
    assert (await house.rounds(0, 4)).playable


async def test_with_leave_to_delete_at_the_pbx_the_files_go_there_too(tmp_path: Path) -> None:
    async with arrivals(tmp_path, delete_at_source=True) as house:
        await client(house)
        await house.usual()
        found = await house.rounds(0, 4)
        assert (found.state, found.why_id) == (RecordingState.DELETED, "not-wanted")
        assert (house.pbx.files, in_store(house)) == ({}, [])
        assert all(part.source_deleted_at for part in found.parts)


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_who_is_identified_while_it_is_converted_is_not_kept(
    house: Arrivals, moment: str
) -> None:
    """The last word is in the transaction that would keep it, whatever was asked before."""

    class Slow(Converter):
        async def convert(self, order: Order) -> Result:
            if moment == "before":
                await client(house)
                return await super().convert(order)
            made = await super().convert(order)
            await client(house)
            return made

    house.intake._converter = Slow()
    await house.usual()
    await house.rounds(0, 4, 60)
    await judged_unwanted(house)
    assert house.pbx.fetched != []


async def test_broken_files_of_his_are_not_kept_either(house: Arrivals) -> None:
    class Late(Converter):
        async def convert(self, order: Order) -> Result:
            made = await super().convert(order)
            await client(house)
            return made

    house.intake._converter = Late()
    house.pbx.files["c.wav"] = b"no sound at all, but long enough for a look at its header"
    await house.expect(("c.wav", "conversation", 0))
    await house.rounds(0, 4)
    await judged_unwanted(house)


async def test_a_file_that_is_told_later_does_not_bring_it_back(tmp_path: Path) -> None:
    """It is deleted at the PBX as well."""
    async with arrivals(tmp_path, delete_at_source=True) as house:
        await client(house)
        await house.usual()
        await house.rounds(0, 4)
        house.pbx.files["late.wav"] = TALK
        await house.expect(("late.wav", "leg", 1), ended=False)
        found = await house.rounds(0, 4, 3600)
        assert (found.state, in_store(house)) == (RecordingState.DELETED, [])
        assert house.pbx.files == {}


async def test_what_somebody_holds_for_a_court_is_kept_all_the_same(house: Arrivals) -> None:
    await client(house)
    await house.usual()
    about = {"held": True, "by": "lena", "at": house.clock, "why": "court"}
    await house.writer.submit(lambda uow: hold(uow, 1, **about))
    assert (await house.rounds(0, 4)).playable


async def test_what_a_person_deletes_while_it_is_converted_stays_deleted(house: Arrivals) -> None:
    """Neither the conversion's end nor a later look brings it back, and no sound is left."""
    begun, go = asyncio.Event(), asyncio.Event()

    class Held(Converter):
        async def convert(self, order: Order) -> Result:
            begun.set()
            await go.wait()
            return await super().convert(order)

    house.intake._converter = Held()
    await house.usual()
    await house.round(0)
    task = asyncio.create_task(house.round(4))
    await asyncio.wait_for(begun.wait(), 30)
    assert await house.archive().delete(1, by="lena")
    go.set()
    found = await task
    assert (found.state, found.deleted_by, in_store(house)) == (RecordingState.DELETED, "lena", [])
    await house.intake._later(found, "growing")
    assert (await house.get()).state is RecordingState.DELETED


class Provider(Files):
    """Who gives links; nothing is ever deleted there."""

    deletes: ClassVar[bool] = False


async def test_the_key_of_a_provider_s_link_is_not_in_the_row(tmp_path: Path) -> None:
    """Whoever may see the call reads the row; who deletes at the provider has the audit."""
    link = "https://pbx.example/1.wav?token=SECRET"
    async with arrivals(tmp_path, delete_at_source=True) as house:
        house.pbx = Provider({link: TALK})
        house.restarted()
        await client(house)
        await house.expect((link, "conversation", 0))
        found = await house.rounds(0, 4)
        assert (found.state, found.why_id) == (RecordingState.DELETED, "not-wanted-there")
        assert found.why == "https://pbx.example/1.wav"
        assert (await row(house)).about["files"] == link
