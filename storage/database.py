"""An open database: one connection to write, a few to read.

The file is watched by its identity: a file that was deleted or replaced under a running service
would be written to the end of its life without anybody ever reading it again. Here that is trouble
with a sentence, and the connections are opened anew as soon as a file is back.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite
from sqlalchemy import Select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.dialects import (
    file_of,
    quick_connection,
    quick_sql,
    trouble_of,
    writer_engine,
)
from storage.errors import StorageUnavailable
from storage.opening import opened
from storage.readers import Readers
from storage.sentences import Sentence
from storage.writer_thread import Body, WriterThread

T = TypeVar("T")

READERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A question ready to be asked; made by `Database.prepare`."""

    statement: Select[Any]
    sql: str
    fixed: Mapping[str, Any]


class Database:
    """Connections to one database. Made by `open_database`."""

    def __init__(self, url: str, *, readers: int = READERS) -> None:
        self.url = url
        self.file = file_of(url)
        self._writer = writer_engine(url) if self.file is None else WriterThread(url)
        self._make_readers = partial(Readers, url, connections=readers)
        self._readers = self._make_readers()
        self._quick: aiosqlite.Connection | None = None
        self._opening = asyncio.Lock()
        self._identity = _identity(self.file)

    async def transaction(self, body: Body[T]) -> T:
        """Carries out `body` in a transaction that commits at its end. Only for the writer.

        On SQLite that is one visit to the writer's thread: `body` waits for nothing else.
        """
        await self._watch_file()
        if isinstance(self._writer, WriterThread):
            return await self._writer.transaction(body)
        async with self._writer.begin() as connection:
            return await body(connection)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection that sees one unchanging state, for answers made of several questions.

        Raises `StorageUnavailable` when the database cannot be read.
        """
        try:
            async with self._readers.connection() as connection:
                yield connection
        except DBAPIError as trouble:
            if sentence := trouble_of(trouble):
                raise StorageUnavailable(sentence) from trouble
            raise

    def prepare(self, statement: Select[Any]) -> Prepared:
        """A question that is asked again and again; made once, asked by `ask`."""
        sql, fixed = quick_sql(statement)
        return Prepared(statement=statement, sql=sql, fixed=fixed)

    async def ask(self, question: Prepared, **parameters: str) -> Sequence[Sequence[Any]]:
        """The rows of one quick question, as the driver gives them.

        On SQLite instants are text and booleans numbers; `storage.types.as_instant` reads both.
        """
        if self.file is None:
            async with self.looking_up() as connection:
                return list((await connection.execute(question.statement, parameters)).all())
        quick = await self._quick_connection()
        return list(await quick.execute_fetchall(question.sql, {**question.fixed, **parameters}))

    @asynccontextmanager
    async def looking_up(self) -> AsyncIterator[AsyncConnection]:
        """A connection for one quick question; no transaction is begun or ended."""
        async with self._readers.connection(bare=True) as connection:
            yield connection

    async def close(self) -> None:
        """Closes every connection, for good."""
        if isinstance(self._writer, WriterThread):
            await self._writer.close()
        else:
            await self._writer.dispose()
        await self._close_readers()

    async def _close_readers(self) -> None:
        old, self._readers = self._readers, self._make_readers()
        await old.let_go()
        quick, self._quick = self._quick, None
        if quick is not None:
            await quick.close()

    async def _quick_connection(self) -> aiosqlite.Connection:
        async with self._opening:
            if self._quick is None:
                self._quick = await opened(quick_connection(self.url), aiosqlite.Connection.close)
            return self._quick

    async def _watch_file(self) -> None:
        identity = _identity(self.file)
        if identity == self._identity:
            return
        if isinstance(self._writer, WriterThread):
            await self._writer.disconnect()
        await self._close_readers()
        if identity is None:
            raise StorageUnavailable(
                Sentence(
                    f"The database file {self.file} is gone. Put it back; until then new calls are "
                    "kept in memory.",
                    f"Файла базы данных {self.file} больше нет. Верните его; до тех пор новые "
                    "звонки ждут в памяти.",
                )
            )
        self._identity = identity


@asynccontextmanager
async def open_database(url: str, *, readers: int = READERS) -> AsyncIterator[Database]:
    """Opens a migrated database; raises `StorageUnavailable` with a sentence when it cannot."""
    file = file_of(url)
    if file is not None and not file.is_file():
        raise StorageUnavailable(
            Sentence(
                f"There is no database at {file}. Make it (dozvon db migrate), or correct the "
                "address.",
                f"Базы данных {file} нет. Создайте её (dozvon db migrate) или исправьте адрес.",
            )
        )
    database = Database(url, readers=readers)
    try:
        await _greet(database)
        yield database
    finally:
        await asyncio.shield(database.close())


async def _greet(database: Database) -> None:
    try:
        async with database.reading() as connection:
            await connection.execute(text("SELECT version_num FROM alembic_version"))
    except DBAPIError as error:
        raise StorageUnavailable(
            Sentence(
                f"{database.url} holds no tables of ours. Make them: dozvon db migrate.",
                f"В {database.url} нет наших таблиц. Создайте их: dozvon db migrate.",
            )
        ) from error


def _identity(file: Path | None) -> tuple[int, int] | None:
    if file is None:
        return (0, 0)
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
