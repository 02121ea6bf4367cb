"""A gap whose call records keep no unique ids: who called just before it, and where it is compared."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from kept_books import DAY, OFFICE, Source, gap, keeper, row

from config.holiday_calendar import PublicHolidays
from router.books import WitnessedCall
from storage.database import Database
from storage.reading import list_calls
from storage.recording import record_ended_call
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer
from switchboard import books
from switchboard.books import recovered


async def test_a_call_of_a_gap_is_not_taken_for_the_call_of_the_same_number_just_before_it(
    database: Database, writer: Writer
) -> None:
    """The line broke and the client dialled again at once: both are calls."""
    found = await gap(writer)
    at = found.began_at - timedelta(seconds=2)
    before = row("", began_at=at, ended_at=at + timedelta(seconds=1))
    again = row(
        "",
        channel="PJSIP/trunk-2",
        began_at=found.began_at,
        ended_at=found.began_at + timedelta(seconds=20),
    )
    watched = WitnessedCall(
        id="main-1.1",
        line=before.dst,
        caller=before.src,
        began_at=at,
        ended_at=before.ended_at,
        talked=False,
    )

    async def log(uow: UnitOfWork) -> None:
        await record_ended_call(uow, recovered(watched, "main", OFFICE, PublicHolidays()))

    await writer.submit(log)
    assert await keeper(database, writer, Source(before, again)).after_gap(found) == 1
    stored = await list_calls(database)
    assert {each.call.began_at for each in stored} == {at, again.began_at}


@pytest.mark.parametrize("compares", ["incoming", "unlogged", "balance"])
async def test_call_records_are_compared_beside_the_loop_on_which_callers_are_answered(
    database: Database, writer: Writer, monkeypatch: pytest.MonkeyPatch, compares: str
) -> None:
    where, does = list[int](), getattr(books, compares)

    def noting(*asked: object, **how: object) -> object:
        where.append(threading.get_ident())
        return does(*asked, **how)

    monkeypatch.setattr(books, compares, noting)
    kept = keeper(database, writer, Source(row("")))
    await kept.after_gap(await gap(writer))
    await kept.night(DAY)
    assert where
    assert threading.get_ident() not in where
