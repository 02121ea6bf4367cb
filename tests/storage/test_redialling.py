"""A number that redials and redials: one item of thousands of calls, each at the price of the first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from router.calls import Direction, Disposition, MissedReason
from storage import callback_list
from storage.callback_acts import not_needed
from storage.callback_list import Callbacks
from storage.database import Database
from storage.reading import open_callbacks
from storage.recording import record_ended_call
from storage.records import EndedCall, OpenCallback
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer

Make = Callable[..., EndedCall]
NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


async def record(writer: Writer, *ended: EndedCall) -> None:
    for each in ended:
        await writer.submit(lambda uow, e=each: record_ended_call(uow, e))


async def the_item(database: Database) -> OpenCallback:
    [found] = await open_callbacks(database)
    return found


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The parties whose lists were counted from their calls."""
    found: list[str] = []
    read = callback_list.calls_read

    async def noted(connection: Any, party: str, *asked: Any, **how: Any) -> Any:
        found.append(party)
        return await read(connection, party, *asked, **how)

    monkeypatch.setattr(callback_list, "calls_read", noted)
    return found


async def test_who_redials_is_counted_once(
    writer: Writer, database: Database, ended: Make, counted: list[str]
) -> None:
    await record(writer, *(ended(f"c-{n}", n, reason=MissedReason.CLOSED) for n in range(30)))
    assert len(counted) == 1
    item = (await the_item(database)).item
    assert item.missed == tuple(f"c-{n}" for n in range(30))
    assert item.after_hours
    assert item.last_missed_at == NINE + timedelta(minutes=29)
    await record(writer, ended("c-30", 30))
    assert not (await the_item(database)).item.after_hours
    assert len(counted) == 1


async def test_one_callback_in_doubt_the_list_is_counted(
    writer: Writer, database: Database, ended: Make, counted: list[str]
) -> None:
    """A call from before the last one, one that the same number talked after, one told twice."""
    await record(writer, ended("c-1", 10), ended("c-0", 5))
    assert len(counted) == 2
    assert (await the_item(database)).item.missed == ("c-0", "c-1")
    talk = ended("t-1", 60, disposition=Disposition.ANSWERED, talk_seconds=60, client="other")
    await record(writer, talk)
    before = len(counted)
    await record(writer, ended("c-2", 30))
    assert len(counted) > before
    await record(writer, ended("c-2", 30))
    assert await open_callbacks(database) == ()


async def test_one_callback_what_was_said_not_to_be_needed_is_lengthened_no_more(
    writer: Writer, database: Database, ended: Make
) -> None:
    await record(writer, ended("c-1"), ended("c-2", 1))
    at = NINE + timedelta(hours=1)
    await writer.submit(lambda uow: not_needed(uow, "cb-c-1", by="ivanova", at=at, reason="спам"))
    await record(writer, ended("c-3", 90))
    assert (await the_item(database)).item.missed == ("c-3",)


async def test_one_callback_an_attempt_between_the_calls_stays(
    writer: Writer, database: Database, ended: Make
) -> None:
    """The rows are those of a count from the beginning."""
    out = {"direction": Direction.OUTBOUND, "disposition": Disposition.ANSWERED}
    await record(
        writer,
        ended("c-1"),
        ended("o-1", 5, talk_seconds=5, **out),
        ended("c-2", 10),
        ended("c-3", 20),
    )
    written = (await the_item(database)).item

    async def again(uow: UnitOfWork) -> None:
        await Callbacks(uow.connection).refold(written.party)

    await writer.submit(again)
    assert (await the_item(database)).item == written
    assert [attempt.call_id for attempt in written.attempts] == ["o-1"]
