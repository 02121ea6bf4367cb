"""A new number brings its earlier calls in PostgreSQL as it does in SQLite."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from once_more import taken_from
from sqlalchemy import insert, select, text

from storage import schema
from storage.database import Database
from storage.notes import about_client
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer

_OF_SQLITE = {"test_such_notes_are_found_by_his_calls"}
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

globals().update(taken_from("clients_search/test_number_brings_calls.py", without=_OF_SQLITE))


def readings(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The parts of a plan that read the notes."""
    if node.get("Relation Name") == "notes":
        yield node
    for each in node.get("Plans", ()):
        yield from readings(each)


async def test_his_notes_are_found_by_indexes_alone(database: Database, writer: Writer) -> None:
    """Those under his key and those of his calls: there is no walk among everybody's notes."""
    rows = [
        {"client_key": f"K-{n}" if n % 2 else "", "call_id": f"{n}", "by": "a", "at": NOW}
        | {"text": "Ждёт расчёт"}
        for n in range(3000)
    ]

    async def work(uow: UnitOfWork) -> None:
        await uow.connection.execute(insert(schema.notes), rows)
        await uow.connection.execute(text("ANALYZE"))

    await writer.submit(work)
    async with database.reading() as connection:
        await connection.execute(text("SET LOCAL enable_seqscan = off"))
        asked = select(schema.notes).where(about_client("K-7"))
        made = asked.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        [[told]] = await connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {made}")
    [whole] = json.loads(told) if isinstance(told, str) else told
    found = list(readings(whole["Plan"]))
    assert found
    assert [node for node in found if "Seq" in node["Node Type"]] == []
