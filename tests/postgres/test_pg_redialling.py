"""Who redials and redials is one item of many calls on PostgreSQL as on SQLite."""

from __future__ import annotations

from once_more import taken_from

globals().update(taken_from("storage/test_redialling.py"))
