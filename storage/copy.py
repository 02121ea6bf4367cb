"""Everything from one database into another, in pieces, and proved before it counts.

Rules:

1. The target must be empty; what is there is never mixed with what comes.
2. The source is read in one unchanging state, the target written in one transaction: a copy that
   is stopped leaves nothing behind.
3. Before the commit every table is read back: as many rows, and the same sum over all rows. The
   sum does not depend on the order, because two databases sort texts differently.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, func, insert, inspect, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import open_database
from storage.dialects import next_ids, trouble_of, writer_engine
from storage.errors import StorageUnavailable
from storage.migrate import migrate
from storage.schema import metadata
from storage.sentences import Sentence

PIECE_ROWS = 1000
_BITS = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSum:
    """What a table holds: rows, and a sum over all of them."""

    rows: int = 0
    total: int = 0

    def __add__(self, other: TableSum) -> TableSum:
        total = (self.total + other.total) % (1 << _BITS)
        return TableSum(rows=self.rows + other.rows, total=total)


def _silent(_table: str, _rows: int) -> None:
    """Tells nobody."""


async def copy(
    source: str, target: str, *, told: Callable[[str, int], None] = _silent
) -> dict[str, TableSum]:
    """Copies every table and returns what each holds; `told` hears of rows as they are written.

    Raises `StorageUnavailable` with a sentence; the target is then as it was.
    """
    async with open_database(source, readers=1) as database, database.reading() as reading:
        await _make_ready(target)
        engine = writer_engine(target)
        try:
            async with engine.begin() as writing:
                return {
                    table.name: await _copy_table(table, reading, writing, told)
                    for table in metadata.sorted_tables
                }
        except DBAPIError as error:
            raise StorageUnavailable(
                trouble_of(error)
                or Sentence(
                    "The copy failed and left nothing behind: "
                    f"{type(error.orig).__name__}. Look at the log of the target database.",
                    f"Копирование не удалось ({type(error.orig).__name__}), после него ничего не "
                    "осталось. Посмотрите журнал той базы данных.",
                )
            ) from error
        finally:
            await engine.dispose()


async def _make_ready(target: str) -> None:
    """Refuses a target that holds anything of ours; makes its tables."""
    engine = writer_engine(target, create=True)
    try:
        async with engine.connect() as connection:
            filled = await connection.run_sync(_filled)
    except (SQLAlchemyError, OSError) as error:
        kind = type(getattr(error, "orig", None) or error).__name__
        raise StorageUnavailable(
            Sentence(
                "The target database cannot be opened. Check its address, its user and that it "
                f"exists (createdb). ({kind})",
                "Вторую базу данных не удалось открыть. Проверьте её адрес, пользователя и что она "
                f"создана (createdb). ({kind})",
            )
        ) from error
    finally:
        await engine.dispose()
    if filled:
        there = ", ".join(filled)
        raise StorageUnavailable(
            Sentence(
                f"The target database is not empty: {there}. Copy into a new database; nothing was "
                "changed.",
                f"Вторая база данных не пуста: {there}. Копируйте в новую; ничего не изменено.",
            )
        )
    await migrate(target)


def _filled(connection: Connection) -> list[str]:
    there = set(inspect(connection).get_table_names())
    return [
        table.name
        for table in metadata.sorted_tables
        if table.name in there
        and connection.execute(select(func.count()).select_from(table)).scalar_one()
    ]


async def _copy_table(
    table: Table,
    reading: AsyncConnection,
    writing: AsyncConnection,
    told: Callable[[str, int], None],
) -> TableSum:
    sent = TableSum()
    rows = await reading.stream(select(table))
    async for piece in rows.mappings().partitions(PIECE_ROWS):
        values = [dict(row) for row in piece]
        await writing.execute(insert(table), values)
        sent += _sum(values)
        told(table.name, sent.rows)
    if (statement := next_ids(table, writing.dialect.name)) is not None:
        await writing.execute(statement)
    arrived = await _arrived(table, writing)
    if arrived != sent:
        raise StorageUnavailable(
            Sentence(
                f"The table {table.name} did not arrive as it was sent: {arrived.rows} of "
                f"{sent.rows} rows, or another checksum. Nothing was copied; please report this.",
                f"Таблица {table.name} пришла не такой, как ушла: строк {arrived.rows} из "
                f"{sent.rows} или другая контрольная сумма. Ничего не скопировано; сообщите нам.",
            )
        )
    return sent


async def _arrived(table: Table, connection: AsyncConnection) -> TableSum:
    found = TableSum()
    rows = await connection.stream(select(table))
    async for piece in rows.mappings().partitions(PIECE_ROWS):
        found += _sum([dict(row) for row in piece])
    return found


def _sum(rows: list[dict[str, Any]]) -> TableSum:
    digests = (hashlib.sha256(_written(row)).digest()[: _BITS // 8] for row in rows)
    total = sum(int.from_bytes(digest, "big") for digest in digests) % (1 << _BITS)
    return TableSum(rows=len(rows), total=total)


def _written(row: dict[str, Any]) -> bytes:
    return json.dumps(row, sort_keys=True, ensure_ascii=False, default=_value).encode()


def _value(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
