"""The decision's own questions are led by indexes of their own."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.dialects import sqlite

from crm_bridge.builtin.directory import _last_talk_question
from storage.database import Database


async def test_the_last_talk_is_found_by_its_own_index(database: Database) -> None:
    """A number that never talked must not make us walk every answered call of the company."""
    question = _last_talk_question().compile(dialect=sqlite.dialect())
    bare = str(question).replace("?", "1")
    async with database.reading() as connection:
        plan = " ".join(
            row[3] for row in await connection.execute(text(f"EXPLAIN QUERY PLAN {bare}"))
        )
    assert "ix_calls_number_id_disposition_began_at (number_id=? AND disposition=?)" in plan
