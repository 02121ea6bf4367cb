"""101 of two exchanges is two people also beside an item of the callback list."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from log_calls import NINE, ended_call, record

from config.holiday_calendar import PublicHolidays
from router.callbacks import CallbackItem
from router.calls import Direction, Disposition
from router.office import Office
from storage import callback_acts
from storage.callback_list import Callbacks
from storage.database import Database
from storage.errors import CallbackNotOpen
from storage.reach import Reach
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer
from switchboard.callback_desk import Seer, Which, callback_list
from switchboard.callback_doing import Desk, Refused
from switchboard.callbacks import floor_now

DIRECTOR = Seer(reach=Reach(everything=True), by="Олег Директор")
NAMES = {"main": "Анна Иванова", "spb": "Дмитрий Орлов"}
OUT = {"direction": Direction.OUTBOUND, "number": "+79160000001", "caller": "101"}
LATER = NINE + timedelta(hours=1)


@pytest.fixture
def two(office: Office) -> Office:
    """Ivanova is main/101, Orlov spb/101."""
    orlov = replace(office.managers["orlov"], pbx="spb", extension="101")
    return replace(office, managers={**office.managers, "orlov": orlov})


async def item_of(database: Database) -> CallbackItem:
    async with database.reading() as connection:
        found = await Callbacks(connection).get("cb-m-1")
    assert found
    return found


@pytest.mark.parametrize("pbx", NAMES)
async def test_who_tried_and_who_reached_the_client_is_named_by_the_exchange(
    database: Database, writer: Writer, two: Office, pbx: str
) -> None:
    spoke = {"disposition": Disposition.ANSWERED, "talk_seconds": 60.0}
    await record(writer, ended_call("m-1", number="+79160000001"))
    await record(writer, ended_call("o-1", 5, pbx=pbx, disposition=Disposition.BUSY, **OUT))  # type: ignore[arg-type]
    floor = await floor_now(database, two, LATER, PublicHolidays())
    seen = await callback_list(database, floor, DIRECTOR, Which.ALL)
    assert [one.by_name for line in seen.items for one in line.tries] == [NAMES[pbx]]
    await record(writer, ended_call("o-2", 10, pbx=pbx, **spoke, **OUT))  # type: ignore[arg-type]
    seen = await callback_list(database, floor, DIRECTOR, Which.ALL, since=NINE)
    assert [line.closed_by_name for line in seen.closed] == [NAMES[pbx]]
    with pytest.raises(Refused) as refused:
        await Desk(write=writer.submit, floor=floor, seer=DIRECTOR).note("cb-m-1", "late")
    assert refused.value.who == NAMES[pbx]

    async def take(uow: UnitOfWork) -> None:
        await callback_acts.take(uow, "cb-m-1", by="petrov", at=LATER)

    with pytest.raises(CallbackNotOpen, match=f"{pbx}/101 has reached this client"):
        await writer.submit(take)


async def test_an_item_that_is_read_again_is_the_item_that_was_counted(
    database: Database, writer: Writer
) -> None:
    """The exchange of who tried and who reached him is not lost on the way."""
    await record(writer, ended_call("m-1", number="+79160000001"))
    await record(writer, ended_call("o-1", 5, pbx="spb", disposition=Disposition.BUSY, **OUT))  # type: ignore[arg-type]
    answered = ended_call(
        "i-1",
        9,
        number="+79160000001",
        pbx="spb",
        disposition=Disposition.ANSWERED,
        answered_by="101",
        talk_seconds=30,
    )
    await record(writer, answered)
    found = await item_of(database)
    assert [(one.by, one.pbx) for one in found.attempts] == [("101", "spb")]
    assert found.closing
    assert (found.closing.by, found.closing.pbx) == ("101", "spb")


async def test_who_said_that_nobody_need_call_is_a_person_and_no_phone(
    database: Database, writer: Writer
) -> None:
    await record(writer, ended_call("m-1", number="+79160000001"))

    async def work(uow: UnitOfWork) -> None:
        await callback_acts.not_needed(uow, "cb-m-1", by="petrov", at=LATER, reason="wrong number")

    await writer.submit(work)
    found = await item_of(database)
    assert found.closing
    assert (found.closing.by, found.closing.pbx) == ("petrov", "")
