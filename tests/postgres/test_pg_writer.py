"""The writer keeps its rules on PostgreSQL."""

from __future__ import annotations

from once_more import taken_from
from sqlalchemy import text

from storage.database import Database

SQLITE_ALONE = (
    "test_beyond_the_bound_a_work_is_refused_with_a_sentence",
    "test_a_work_that_nobody_wants_any_more_is_not_done",
    "test_nothing_of_a_group_is_seen_before_all_of_it_is_written",
    "test_who_still_waits_when_the_writer_stops_is_told",
    "test_a_work_that_waits_for_something_else_is_refused_and_spoils_no_other",
    "test_a_writer_that_is_stopped_ends_the_transaction_it_has_begun",
    "test_a_work_is_told_where_it_waits_for_something_else",
    "test_while_the_database_is_locked_the_writer_waits_and_loses_nothing",
    "test_reading_goes_on_while_another_program_holds_the_lock",
    "test_a_full_disk_is_told_in_a_sentence_and_recovered_from",
    "test_a_database_file_that_is_gone_is_told_and_nothing_is_lost_when_it_is_back",
    "test_a_file_that_was_replaced_is_the_one_that_is_written",
)


async def notes(database: Database) -> list[str]:
    """The keys in the order in which they were written."""
    async with database.reading() as connection:
        kept = await connection.execute(text("SELECT key FROM meta ORDER BY ctid"))
        return list(kept.scalars())


globals().update(taken_from("storage/test_writer.py", without=SQLITE_ALONE, notes=notes))
