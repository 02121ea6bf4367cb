"""What people do to an item: one winner, a lease, sentences for the others, and clocks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from router.callbacks import CallbackItem, ClosedHow
from router.calls import Direction, Disposition
from router.pbx_clock import moved_back, offset_in_force
from storage import callback_acts
from storage.callback_reading import items_between
from storage.database import Database
from storage.errors import CallbackNotOpen
from storage.reading import open_callbacks
from storage.recording import amend_ended_call, record_ended_call
from storage.records import EndedCall
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer

Make = Callable[..., EndedCall]
NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER = NINE + timedelta(hours=1)
OUT = Direction.OUTBOUND


async def record(writer: Writer, *ended: EndedCall) -> None:
    for each in ended:
        await writer.submit(lambda uow, e=each: record_ended_call(uow, e))


async def do(writer: Writer, what: str, *, by: str = "ivanova", **about: object) -> CallbackItem:
    async def work(uow: UnitOfWork) -> CallbackItem:
        values = {"at": LATER, **about}
        return await getattr(callback_acts, what)(uow, "cb-c-1", by=by, **values)  # type: ignore[no-any-return]

    return await writer.submit(work)


async def test_of_two_who_take_an_item_at_once_one_gets_it_and_one_a_sentence(
    writer: Writer, ended: Make
) -> None:
    await record(writer, ended("c-1"))
    done = await asyncio.gather(
        do(writer, "take"), do(writer, "take", by="petrov"), return_exceptions=True
    )
    [won] = [each for each in done if isinstance(each, CallbackItem)]
    [lost] = [each for each in done if isinstance(each, CallbackNotOpen)]
    assert won.taken_by in str(lost)
    assert "30 min more" in str(lost)


async def test_when_the_lease_is_over_another_may_take_it(writer: Writer, ended: Make) -> None:
    await record(writer, ended("c-1"))
    taken = await do(writer, "take", lease_seconds=60.0)
    assert taken.taken_until == LATER + timedelta(seconds=60)
    with pytest.raises(CallbackNotOpen):
        await do(writer, "take", by="petrov", at=LATER + timedelta(seconds=59))
    again = await do(writer, "take", by="petrov", at=LATER + timedelta(seconds=60))
    assert again.taken_by == "petrov"


async def test_a_call_that_proves_to_be_no_missed_one_leaves_the_item_and_nobody_takes_it_twice(
    writer: Writer, database: Database, ended: Make
) -> None:
    """The journal says of the newest call of an item that it was rejected."""
    await record(writer, ended("c-1"), ended("c-2", 5))
    rejected = replace(ended("c-2", 5).call, disposition=Disposition.REJECTED, reason=None)
    await writer.submit(lambda uow: amend_ended_call(uow, rejected))
    [item] = [found.item for found in await open_callbacks(database)]
    assert item.missed == ("c-1",)
    assert (await do(writer, "take")).taken_by == "ivanova"
    with pytest.raises(CallbackNotOpen, match="ivanova took"):
        await do(writer, "take", by="petrov")


async def test_what_nobody_has_cannot_be_given_back(writer: Writer, ended: Make) -> None:
    await record(writer, ended("c-1"))
    with pytest.raises(CallbackNotOpen, match="Nobody has"):
        await do(writer, "give_back")
    await do(writer, "take")
    assert (await do(writer, "give_back", at=LATER + timedelta(seconds=1))).taken_by == ""


async def test_an_item_is_not_closed_without_a_reason(writer: Writer, ended: Make) -> None:
    await record(writer, ended("c-1"))
    with pytest.raises(CallbackNotOpen, match="Say why"):
        await do(writer, "not_needed", reason=" ")
    closed = await do(writer, "not_needed", reason="wrong number")
    assert closed.closing
    assert closed.closing.note == "wrong number"


async def test_notes_and_promises_are_kept(writer: Writer, database: Database, ended: Make) -> None:
    await record(writer, ended("c-1"))
    await do(writer, "add_note", note="asked for Anna", promised_at=LATER)
    await record(writer, ended("c-2", 5))
    [item] = [found.item for found in await open_callbacks(database)]
    assert [(note.by, note.text) for note in item.notes] == [("ivanova", "asked for Anna")]
    assert item.promised_at == LATER


async def test_a_voicemail_opens_again_what_it_seemed_to_close(
    writer: Writer, database: Database, ended: Make
) -> None:
    """Also for the fold that reads only what follows the last conversation."""
    out = {"direction": OUT, "disposition": Disposition.ANSWERED, "talk_seconds": 40.0}
    await record(writer, ended("c-1"), ended("c-2", 5, **out))
    assert await open_callbacks(database) == ()
    opened = await do(writer, "voicemail")
    assert opened.closing is None
    assert [attempt.call_id for attempt in opened.attempts] == ["c-2"]
    await record(writer, ended("c-3", 30))
    [item] = [found.item for found in await open_callbacks(database)]
    assert item.missed == ("c-1", "c-3")


async def test_a_voicemail_needs_a_callback(writer: Writer, ended: Make) -> None:
    await record(writer, ended("c-1"))
    with pytest.raises(CallbackNotOpen, match="Nobody called back"):
        await do(writer, "voicemail")


async def test_who_comes_too_late_hears_what_happened(writer: Writer, ended: Make) -> None:
    talk = {"disposition": Disposition.ANSWERED, "talk_seconds": 40.0}
    again = ended("c-2", 5, **talk)
    again = replace(again, call=replace(again.call, answered_by="102"))
    await record(writer, ended("c-1"), again)
    with pytest.raises(CallbackNotOpen, match="the client called again and talked with main/102"):
        await do(writer, "take")


async def test_the_callback_that_reached_him_is_the_first_try_of_the_report(
    writer: Writer, database: Database, ended: Make
) -> None:
    out = {"direction": OUT, "disposition": Disposition.ANSWERED, "talk_seconds": 40.0}
    await record(writer, ended("c-1"), ended("c-2", 5, **out))
    [item] = await items_between(database, NINE - timedelta(days=1), NINE + timedelta(days=1))
    assert item.how is ClosedHow.REACHED
    assert len(item.tries) == 1


async def test_one_callback_a_conversation_that_ended_in_the_instant_it_began_closes_too(
    writer: Writer, database: Database, ended: Make
) -> None:
    """Where the exchange tells whole seconds, one may have no length at all."""
    talk = {"disposition": Disposition.ANSWERED, "lasts_seconds": 0.0}
    await record(writer, ended("c-1"), ended("c-2", 5, **talk))
    assert await open_callbacks(database) == ()


async def test_one_callback_a_fast_clock_closes_nothing_from_the_future(
    writer: Writer, database: Database, ended: Make
) -> None:
    """The other PBX is ten minutes ahead: its conversation was over before the missed call."""
    talk = ended("c-0", 8, disposition=Disposition.ANSWERED, talk_seconds=30.0)
    fast = EndedCall(
        call=moved_back(talk.call, 600.0), number=talk.number, clock_offset_seconds=600.0
    )
    await record(writer, ended("c-1", 2), fast)
    assert [found.item.missed for found in await open_callbacks(database)] == [("c-1",)]
    async with database.reading() as connection:
        stored = await UnitOfWork(connection).calls.get("c-0")
    assert stored
    assert moved_back(stored.call, -stored.clock_offset_seconds).began_at == talk.call.began_at


def test_a_clock_that_is_right_within_half_a_second_is_left_alone() -> None:
    assert [offset_in_force(s) for s in (0.49, -0.49, 0.5, -180.0)] == [0.0, 0.0, 0.5, -180.0]


@pytest.mark.parametrize("at", [LATER, LATER.replace(microsecond=999_999)])
async def test_acts_of_one_instant_count_in_the_order_in_which_they_were_done(
    writer: Writer, ended: Make, at: datetime
) -> None:
    """Taken, given back, taken by a colleague, given back: never judged by the words for it."""
    await record(writer, ended("c-1"))
    assert (await do(writer, "take", at=at)).taken_by == "ivanova"
    assert (await do(writer, "give_back", at=at)).taken_by == ""
    assert (await do(writer, "take", by="petrov", at=at)).taken_by == "petrov"
    assert (await do(writer, "give_back", by="petrov", at=at)).taken_by == ""
    assert (await do(writer, "take", at=at)).taken_by == "ivanova"
    noted = [await do(writer, "add_note", at=at, note=text) for text in ("b", "a", "c", "c")][-1]
    assert [note.text for note in noted.notes] == ["b", "a", "c"], "told twice is noted once"
    assert noted.taken_by == "ivanova"


async def test_the_order_of_one_instant_outlives_every_later_count(
    writer: Writer, ended: Make, database: Database
) -> None:
    """A call that becomes known afterwards has the list made again, from what is kept."""
    await record(writer, ended("c-1"))
    for what, by in (("take", "ivanova"), ("give_back", "ivanova"), ("take", "petrov")):
        await do(writer, what, by=by)
    await record(writer, ended("c-0", -5), ended("c-2", 1))
    [found] = await open_callbacks(database)
    assert found.item.holder(LATER + timedelta(minutes=1)) == "petrov"
