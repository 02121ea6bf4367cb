"""One number, two clients: whoever is reached on it is owed no callback for it any more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from router.callbacks import CallbackItem
from router.calls import Direction, Disposition
from router.numbers import NumberPlan, normalise
from storage.callback_acts import voicemail
from storage.database import Database
from storage.parties import move_calls
from storage.reading import open_callbacks
from storage.recording import amend_ended_call, record_ended_call, refold_parties
from storage.records import ClientRecord, EndedCall
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer

Make = Callable[..., EndedCall]
NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SHARED, OWN = "+79161234567", "+74951230000"
OUT = {"direction": Direction.OUTBOUND, "disposition": Disposition.ANSWERED}
TALK = {**OUT, "talk_seconds": 300.0, "lasts_seconds": 310.0}
IN = {"disposition": Disposition.ANSWERED, "talk_seconds": 300.0, "lasts_seconds": 310.0}


async def record(writer: Writer, *ended: EndedCall) -> None:
    for each in ended:
        await writer.submit(lambda uow, e=each: record_ended_call(uow, e))


@pytest.fixture
async def shared(writer: Writer) -> None:
    """Two clients of whom each has the number, and b one of his own."""

    async def work(uow: UnitOfWork) -> None:
        both, own = normalise(SHARED, NumberPlan()), normalise(OWN, NumberPlan())
        records = [
            ClientRecord(key="a", name="a", numbers=(both,)),
            ClientRecord(key="b", name="b", numbers=(both, own)),
        ]
        known = await uow.clients.save(records, at=NINE)
        await refold_parties(uow, await move_calls(uow.connection, known))

    await writer.submit(work)


async def owed(database: Database) -> set[tuple[str, tuple[str, ...]]]:
    return {(f.item.party, f.item.missed) for f in await open_callbacks(database)}


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("talk", [TALK, IN])
async def test_one_callback_a_talk_on_the_number_that_told_nobody_closes_the_clients_item(
    writer: Writer, database: Database, ended: Make, talk: dict[str, object]
) -> None:
    """He was recognised when he called; who calls back from his desk's phone is told no client."""
    await record(writer, ended("c-1", client="b"))
    assert await owed(database) == {("client:b", ("c-1",))}
    await record(writer, ended("c-2", 5, **talk))
    assert await owed(database) == set()


@pytest.mark.usefixtures("shared")
async def test_one_callback_a_talk_with_a_client_of_the_number_closes_the_numbers_item(
    writer: Writer, database: Database, ended: Make
) -> None:
    """Owners differ, so nobody was recognised; the callback began at a client's card."""
    await record(writer, ended("c-1"))
    assert await owed(database) == {(f"number:{SHARED}", ("c-1",))}
    await record(writer, ended("c-2", 5, client="a", **TALK))
    assert await owed(database) == set()


@pytest.mark.usefixtures("shared")
async def test_one_callback_the_talk_may_be_known_before_the_missed_call(
    writer: Writer, database: Database, ended: Make
) -> None:
    await record(writer, ended("c-2", 5, **TALK), ended("c-1", client="b"))
    assert await owed(database) == set()


@pytest.mark.usefixtures("shared")
async def test_a_talk_with_one_client_leaves_what_another_is_owed(
    writer: Writer, database: Database, ended: Make
) -> None:
    await record(writer, ended("c-1", client="b"), ended("c-2", 5, client="a", **TALK))
    assert await owed(database) == {("client:b", ("c-1",))}


@pytest.mark.usefixtures("shared")
async def test_a_talk_on_the_number_leaves_a_client_who_was_not_missed_from_it(
    writer: Writer, database: Database, ended: Make
) -> None:
    """Also one who calls from it afterwards: what he was owed before is another number's."""
    await record(writer, ended("c-1", number=OWN), ended("c-2", 5, **TALK))
    assert await owed(database) == {("client:b", ("c-1",))}
    await record(writer, ended("c-3", 20, client="b"))
    assert await owed(database) == {("client:b", ("c-1", "c-3"))}


@pytest.mark.usefixtures("shared")
async def test_a_talk_on_the_number_closes_the_whole_item_that_it_is_a_part_of(
    writer: Writer, database: Database, ended: Make
) -> None:
    await record(writer, ended("c-1", number=OWN), ended("c-2", 5, client="b"))
    await record(writer, ended("c-3", 9, **TALK))
    assert await owed(database) == set()


@pytest.mark.usefixtures("shared")
async def test_a_voicemail_on_the_number_opens_every_list_that_it_had_closed(
    writer: Writer, database: Database, ended: Make
) -> None:
    await record(writer, ended("c-1", client="b"), ended("c-2", 1), ended("c-3", 5, **TALK))
    assert await owed(database) == set()

    async def work(uow: UnitOfWork) -> CallbackItem:
        return await voicemail(uow, "cb-c-1", by="ivanova", at=NINE + timedelta(hours=1))

    assert (await writer.submit(work)).closing is None
    assert await owed(database) == {("client:b", ("c-1",)), (f"number:{SHARED}", ("c-2",))}


@pytest.mark.usefixtures("shared")
async def test_a_talk_that_proves_to_be_none_opens_the_clients_item_again(
    writer: Writer, database: Database, ended: Make
) -> None:
    await record(writer, ended("c-1", client="b"), ended("c-2", 5, **TALK))
    short = ended("c-2", 5, **{**TALK, "talk_seconds": 3.0}).call
    await writer.submit(lambda uow: amend_ended_call(uow, short))
    assert await owed(database) == {("client:b", ("c-1",))}


async def test_a_number_that_turns_out_to_be_shared_keeps_closed_what_was_closed(
    writer: Writer, database: Database, ended: Make
) -> None:
    """The talk goes from the client to the number; the missed call is his as before."""
    await record(writer, ended("c-1", client="b"), ended("c-2", 5, **TALK))
    await record(writer, ended("c-3", -60, client="a", **TALK))
    assert await owed(database) == set()
