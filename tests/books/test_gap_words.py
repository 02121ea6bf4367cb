"""What stands beside a gap is true after each look into the call records, whatever stood before."""

from __future__ import annotations

import pytest
from kept_books import DAY, Source, gap, keeper, row

from pbx_adapters.cdr.errors import CdrUnreachable
from storage.database import Database
from storage.gaps import Gap, Gaps
from storage.writer import Writer
from switchboard.troubles import spoken


async def noted(database: Database) -> Gap:
    async with database.reading() as connection:
        [found] = await Gaps(connection).newest()
    return found


def out_of_reach(*rows: str) -> Source:
    """Call records whose place is gone for now."""
    source = Source(*(row(call) for call in rows))
    source.trouble = CdrUnreachable("the disk is gone")
    return source


@pytest.mark.parametrize(("left_out", "recovered"), [(("main-1.1",), 1), ((), 0)])
async def test_a_gap_that_is_looked_into_later_no_longer_says_that_it_was_not(
    database: Database, writer: Writer, left_out: tuple[str, ...], recovered: int
) -> None:
    """Whether or not a call had been left out."""
    source = out_of_reach(*left_out)
    books = keeper(database, writer, source)
    await books.after_gap(await gap(writer))
    assert "not recovered" in (await noted(database)).note
    source.trouble = None
    await books.night(DAY)
    found = await noted(database)
    assert (found.from_call_records, found.note) == (recovered, "")


async def test_call_records_that_are_configured_later_take_back_that_there_are_none(
    database: Database, writer: Writer
) -> None:
    await keeper(database, writer, None).after_gap(await gap(writer))
    assert "not recoverable" in (await noted(database)).note
    await keeper(database, writer, Source(row("main-1.1"))).night(DAY)
    assert (await noted(database)).note == ""


async def test_a_second_look_that_fails_does_not_deny_what_the_first_one_recovered(
    database: Database, writer: Writer
) -> None:
    source = Source(row("main-1.1"))
    books = keeper(database, writer, source)
    await books.after_gap(await gap(writer))
    source.trouble = CdrUnreachable("the disk is gone")
    await books.night(DAY)
    found = await noted(database)
    assert found.from_call_records == 1
    assert found.note == "the call records could not be looked into again: the disk is gone"
    assert "ещё раз" in spoken(found.note, "ru")


async def test_call_records_that_are_configured_no_more_deny_nothing_recovered_before(
    database: Database, writer: Writer
) -> None:
    await keeper(database, writer, Source(row("main-1.1"))).after_gap(await gap(writer))
    await keeper(database, writer, None).after_gap(await noted(database))
    found = await noted(database)
    assert (found.from_call_records, found.note) == (1, "")
