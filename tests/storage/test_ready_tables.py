"""The tests' databases are what a migrated one is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from ready_tables import ready_tables

from storage.migrate import migrate


def told(file: Path) -> tuple[object, ...]:
    """Its schema, its version, its way of writing and who may read it."""
    with closing(sqlite3.connect(file)) as opened:
        schema = opened.execute("SELECT type, name, sql FROM sqlite_master ORDER BY 2").fetchall()
        version = opened.execute("SELECT version_num FROM alembic_version").fetchall()
        journal = opened.execute("PRAGMA journal_mode").fetchall()
    return schema, version, journal, file.stat().st_mode


async def test_a_database_that_is_ready_is_what_the_migrations_make(tmp_path: Path) -> None:
    made, first, second = (tmp_path / name for name in ("made.db", "first.db", "second.db"))
    await migrate(f"sqlite+aiosqlite:///{made}")
    for ready in (first, second):
        await ready_tables(f"sqlite+aiosqlite:///{ready}")
        assert told(ready) == told(made)
