"""People, sessions, invitations and tokens are on PostgreSQL as they are on SQLite."""

from __future__ import annotations

from once_more import taken_from

globals().update(taken_from("storage/test_people_sessions.py"))
