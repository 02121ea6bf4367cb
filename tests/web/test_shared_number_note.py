"""A living call of a number that several clients have, and what is noted during it."""

from __future__ import annotations

from pathlib import Path

from live_house import IVAN, LiveHouse, live_house, stream

from router.numbers import NumberPlan, normalise
from storage.notes import Notes
from storage.records import ClientRecord
from storage.unit_of_work import UnitOfWork


async def shared(floor: LiveHouse) -> None:
    """Another client has Ivan's number; his key is the first."""
    record = ClientRecord(
        key="A-1", name="Астра", owner="petrov", numbers=(normalise(IVAN, NumberPlan()),)
    )

    async def work(uow: UnitOfWork) -> None:
        await uow.clients.save([record], at=floor.house.board.now)

    await floor.house.board.write(work)


async def test_a_note_during_a_talk_of_a_shared_number_is_nobodys_in_particular(
    tmp_path: Path,
) -> None:
    """Nobody decided on the call: of two clients none is chosen by chance, and the desk says so."""
    async with live_house(tmp_path) as floor:
        await shared(floor)
        async with floor.people.signed_in("ivanova") as anna, stream(anna) as page:
            call = await (await floor.call(decided=False)).rings("101")
            ring = await page.sees("pops", "Этот номер есть у 2 клиентов")
            assert "Астра" not in ring
            assert "В базе клиентов нет" not in ring
            await call.answers("101")
            await page.sees("desk-talk", "Этот номер есть у 2 клиентов")
            await anna.post("/notes", call=call.id, text="Ждёт расчёт")
        async with floor.house.database.reading() as connection:
            [note] = await Notes(connection).of_calls([call.id])
        assert (note.text, note.client) == ("Ждёт расчёт", "")
