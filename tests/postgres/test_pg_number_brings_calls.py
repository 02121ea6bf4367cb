"""A new number brings its earlier calls in PostgreSQL as it does in SQLite."""

from __future__ import annotations

from once_more import taken_from

_OF_SQLITE = {"test_such_notes_are_found_by_his_calls"}

globals().update(taken_from("clients_search/test_number_brings_calls.py", without=_OF_SQLITE))
