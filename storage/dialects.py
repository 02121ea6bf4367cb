"""The one file that knows which database it is.

SQLite's choices, each with its reason:

- WAL: readers never wait for the writer, nor it for them.
- synchronous=FULL for the writer: the PBX's journal entry is deleted after our commit, so a commit
  that a power cut can undo (NORMAL) would lose the call twice. Group commit shares the cost of one
  fsync among many works.
- busy_timeout of the writer is short (0.25 s): waiting goes on in the writer's own back-off, where
  it is visible; readers wait up to 2 s (only a recovery of the WAL can stop them at all).
- BEGIN IMMEDIATE for writing: who will write asks first; no dead lock between two that upgrade.
- query_only for readers: a look-up cannot write by mistake.
- mode=rw: a file that is gone is an error, never a new empty database.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from sqlite3 import (
    SQLITE_BUSY,
    SQLITE_CANTOPEN,
    SQLITE_CORRUPT,
    SQLITE_FULL,
    SQLITE_IOERR,
    SQLITE_LOCKED,
    SQLITE_NOTADB,
    SQLITE_READONLY,
)
from typing import Any
from urllib.parse import quote

import aiosqlite
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Executable,
    Select,
    Table,
    case,
    create_engine,
    event,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from storage.errors import StorageUnavailable
from storage.sentences import Form, Sentence

WRITER_BUSY_MILLISECONDS = 250
READER_BUSY_MILLISECONDS = 2000
WAL_BYTES_KEPT = 64 * 1024 * 1024

_NO_DRIVER = Form(
    "The module {module} that this database needs is not installed. Install Dozvon with its extra: "
    "'.[postgres]'.",
    "Не установлен модуль {module}, без которого с этой базой данных работать нельзя. Установите "
    "Dozvon с дополнением '.[postgres]'.",
)
_SENTENCES = {
    SQLITE_BUSY: Sentence(
        "The database is locked by another program. New calls are kept in memory and written as "
        "soon as it lets go; close the program that has the file open.",
        "База данных занята другой программой. Новые звонки ждут в памяти и запишутся, как только "
        "она освободится; закройте программу, которая держит файл.",
    ),
    SQLITE_FULL: Sentence(
        "The disk of the database is full. New calls are kept in memory, and when that is full in "
        "the journal of the PBX; make room on the disk, nothing else needs to be done.",
        "На диске с базой данных кончилось место. Новые звонки ждут в памяти, а потом в журнале "
        "АТС; освободите место, больше ничего делать не нужно.",
    ),
    SQLITE_READONLY: Sentence(
        "The database file cannot be written. Give the service's user the right to write the file "
        "and its folder; until then new calls are kept in memory.",
        "Файл базы данных нельзя записать. Дайте пользователю сервиса право записи на файл и его "
        "папку; до тех пор новые звонки ждут в памяти.",
    ),
    SQLITE_CANTOPEN: Sentence(
        "The database file is gone or its folder cannot be entered. Put the file back; until then "
        "new calls are kept in memory.",
        "Файла базы данных нет или в его папку нельзя войти. Верните файл; до тех пор новые звонки "
        "ждут в памяти.",
    ),
    SQLITE_IOERR: Sentence(
        "The disk of the database reports errors in reading or writing. New calls are kept in "
        "memory; look at the disk.",
        "Диск с базой данных сообщает об ошибках чтения или записи. Новые звонки ждут в памяти; "
        "проверьте диск.",
    ),
    SQLITE_CORRUPT: Sentence(
        "The database file is damaged. Stop the service and restore the last backup; until then "
        "new calls are kept in memory.",
        "Файл базы данных повреждён. Остановите сервис и восстановите последнюю копию; до тех пор "
        "новые звонки ждут в памяти.",
    ),
}
_CONNECTION_LOST = Sentence(
    "The connection to the database was lost; new calls are kept in memory until it is back.",
    "Связь с базой данных потеряна; новые звонки ждут в памяти, пока она не вернётся.",
)
_SENTENCES[SQLITE_LOCKED] = _SENTENCES[SQLITE_BUSY]
_SENTENCES[SQLITE_NOTADB] = _SENTENCES[SQLITE_CORRUPT]

FORMS = tuple(
    Form(str(told), told.russian)
    for told in dict.fromkeys((*_SENTENCES.values(), _CONNECTION_LOST))
)
"""Every trouble of the database, to be known again where one was kept."""


def file_of(url: str) -> Path | None:
    """The file of an SQLite URL; None for a database that is a server."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return None
    return Path(parsed.database or "")


BEGIN_WRITING = "BEGIN IMMEDIATE"
_WRITING = (
    f"PRAGMA busy_timeout={WRITER_BUSY_MILLISECONDS}",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA journal_size_limit={WAL_BYTES_KEPT}",
)


def writer_engine(url: str, *, create: bool = False) -> AsyncEngine:
    """One connection, for the writer task of a server's database; `create` only for migrations."""
    if file_of(url) is None:
        return _engine(make_url(url), 1)
    engine = _engine(_opening(url, create=create), 1)
    _prepare(engine.sync_engine, _WRITING, BEGIN_WRITING)
    return engine


def thread_engine(url: str) -> Engine:
    """One plain connection to SQLite, for the writer's thread, which begins by `BEGIN_WRITING`.

    Not by an event: an engine with events asks its listeners several times for each statement.
    """
    engine = create_engine(
        _opening(url, create=False).set(drivername="sqlite"),
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        hide_parameters=True,
    )
    _prepare(engine, _WRITING, begin=None)
    return engine


def reader_engine(url: str, *, connections: int) -> AsyncEngine:
    """A small pool for reading; each transaction sees one unchanging state.

    On PostgreSQL that has to be asked for: its usual transaction sees what others commit meanwhile.
    """
    if file_of(url) is None:
        return _engine(make_url(url), connections, isolation_level="REPEATABLE READ")
    engine = _engine(_opening(url, create=False), connections)
    pragmas = (f"PRAGMA busy_timeout={READER_BUSY_MILLISECONDS}", "PRAGMA query_only=ON")
    _prepare(engine.sync_engine, pragmas, "BEGIN")
    return engine


def _engine(url: URL, connections: int, **more: Any) -> AsyncEngine:
    """Errors never carry what was to be written: names and numbers of people stay out of logs.

    Raises `StorageUnavailable` where the database's driver is not installed.
    """
    try:
        return create_async_engine(
            url, pool_size=connections, max_overflow=0, hide_parameters=True, **more
        )
    except ModuleNotFoundError as missing:
        raise StorageUnavailable(_NO_DRIVER(module=missing.name)) from None


async def quick_connection(url: str) -> aiosqlite.Connection:
    """The driver's own connection for one prepared question: 0.06 ms instead of 0.9 ms.

    Measured with 1,000,000 clients; the rest was SQLAlchemy's adaptation, four hops between threads
    for each question.
    """
    connection = await aiosqlite.connect(f"file:{quote(str(file_of(url)))}?mode=ro", uri=True)
    await connection.execute(f"PRAGMA busy_timeout={READER_BUSY_MILLISECONDS}")
    return connection


def quick_sql(statement: Select[Any]) -> tuple[str, dict[str, Any]]:
    """The text of a question for `quick_connection`, and the parameters fixed in it."""
    compiled = statement.compile(dialect=sqlite.dialect(paramstyle="named"))
    return str(compiled), dict(compiled.params)


def _opening(url: str, *, create: bool) -> URL:
    return URL.create(
        "sqlite+aiosqlite",
        database=f"file:{quote(str(file_of(url)))}",
        query={"mode": "rwc" if create else "rw", "uri": "true"},
    )


def _prepare(engine: Engine, pragmas: Sequence[str], begin: str | None) -> None:
    """Takes transactions out of the driver's hands: it would begin them late and deferred."""

    def on_connect(connection: Any, _record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    event.listen(engine, "connect", on_connect)
    if begin is None:
        return

    def on_begin(connection: Connection) -> None:
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql(begin)

    event.listen(engine, "begin", on_begin)


def next_ids(table: Table, dialect: str) -> Executable | None:
    """What lets new rows go on after ids that came from elsewhere; SQLite does so by itself."""
    column = table.autoincrement_column
    if dialect != "postgresql" or column is None:
        return None
    sequence = func.pg_get_serial_sequence(table.name, column.name)
    highest = func.max(column)
    return select(func.setval(sequence, func.coalesce(highest, 1), highest.is_not(None)))


def upsert(
    table: Table,
    dialect: str,
    *,
    keys: Sequence[str],
    change: Sequence[str],
    keep: Sequence[str] = (),
) -> Any:
    """An insert that changes the `change` columns where a row with these `keys` exists.

    With an empty `change` the existing row stays as it is. Columns in `keep` change only where
    the new value tells something (is not empty, not false). SQLite and PostgreSQL say this alike,
    SQLAlchemy keeps it in two places. Rows are given when it is executed: made once and asked
    often, a statement costs a quarter of what it costs when made each time.
    """
    return _upsert(table, dialect, tuple(keys), tuple(change), tuple(keep))


@lru_cache(maxsize=64)
def _upsert(
    table: Table,
    dialect: str,
    keys: tuple[str, ...],
    change: tuple[str, ...],
    keep: tuple[str, ...],
) -> Any:
    insert: Any = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    if not change:
        return insert.on_conflict_do_nothing(index_elements=keys)
    fresh = {
        name: _told(insert.excluded[name], table.c[name]) if name in keep else insert.excluded[name]
        for name in change
    }
    return insert.on_conflict_do_update(index_elements=keys, set_=fresh)


def _told(fresh: ColumnElement[Any], present: Column[Any]) -> ColumnElement[Any]:
    """The new value where it tells something, else what is there."""
    tells = fresh if isinstance(present.type, Boolean) else fresh != ""
    return case((tells, fresh), else_=present)


def trouble_of(error: BaseException) -> Sentence | None:
    """A sentence when the database itself is in trouble (try again later), else None.

    None means that the work was wrong: trying it again would fail again.
    """
    if not isinstance(error, DBAPIError):
        return None
    code = getattr(error.orig, "sqlite_errorcode", None)
    if isinstance(code, int):
        return _SENTENCES.get(code & 0xFF)
    if error.connection_invalidated or isinstance(error, InterfaceError):
        return _CONNECTION_LOST
    return None
