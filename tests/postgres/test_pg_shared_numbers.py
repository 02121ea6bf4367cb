"""A number that several clients use joins their lists on PostgreSQL as on SQLite."""

from __future__ import annotations

from once_more import taken_from

globals().update(taken_from("storage/test_shared_numbers.py"))
