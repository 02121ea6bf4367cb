"""The migrations make the same tables on PostgreSQL."""

from __future__ import annotations

from once_more import taken_from

SQLITE_ALONE = (
    "test_a_new_database_can_be_read_by_the_service_alone",
    "test_a_folder_that_is_not_there_is_named",
    "test_a_file_that_is_no_database_is_refused_with_a_sentence",
    "test_a_database_that_was_never_migrated_is_refused_with_a_sentence",
)
globals().update(taken_from("storage/test_migrate.py", without=SQLITE_ALONE))
