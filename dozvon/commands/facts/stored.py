"""The database as a command uses it: read what is there, or have one change written.

Commands that read never make or change tables: they say what to do. Commands that write bring the
tables to this version first. A change waits for a busy database, but not for ever: somebody sits
before the terminal.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from dozvon.commands.terminal.exits import Exit, Trouble
from dozvon.context import Context
from storage.database import Database, open_database
from storage.dialects import file_of
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer

T = TypeVar("T")

PATIENCE_SECONDS = 10.0
"""How long a person waits for a database that another program holds."""

DRIVERS = frozenset({"sqlite", "sqlite+aiosqlite", "postgresql+asyncpg"})
"""What the service may keep its data in, as SQLAlchemy names it: what is shipped and tested."""

_CRITICAL = 50  # logging.CRITICAL: the sentences of a command are its own


def run(context: Context, work: Coroutine[Any, Any, T]) -> T:
    """Runs a command's work; its log lines are kept out of what a person reads."""
    if context.process:
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(_CRITICAL))
    return asyncio.run(work)


def database_file(context: Context) -> Path | None:
    """The file of the database, None for a server; raises `Trouble` for an address that is none."""
    try:
        url = make_url(context.settings().database)
    except ArgumentError:
        raise Trouble(Exit.WRONG, "bad-database-url") from None
    if url.drivername not in DRIVERS:
        raise Trouble(Exit.WRONG, "bad-database-driver", driver=url.drivername)
    return file_of(context.settings().database)


def has_database(context: Context) -> bool:
    """Whether there is anything to open."""
    file = database_file(context)
    try:
        return file is None or file.is_file()
    except PermissionError as error:
        about = {"file": file, "reason": error.strerror}
        raise Trouble(Exit.UNREACHABLE, "file-trouble", **about) from None


@asynccontextmanager
async def reading(context: Context) -> AsyncIterator[Database]:
    """The database, for reading; raises a `Trouble` that says what to do where there is none."""
    if not has_database(context):
        raise Trouble(Exit.UNREACHABLE, "no-database", place=database_file(context))
    try:
        async with open_database(context.settings().database, readers=2) as database:
            yield database
    except SQLAlchemyError as error:
        detail = str(getattr(error, "orig", None) or error)
        raise Trouble(Exit.UNREACHABLE, "database-old", detail=detail) from error


async def write(context: Context, work: Callable[[UnitOfWork], Awaitable[T]]) -> T:
    """Has one change written and returns its value after the commit."""
    async with writing(context) as writer:
        return await submit(writer, work)


@asynccontextmanager
async def writing(context: Context) -> AsyncIterator[Writer]:
    """A running writer on a database with the tables of this version."""
    await prepare(context)
    async with reading(context) as database:
        talk = context.settings().callbacks.outbound_talk_seconds
        writer = Writer(database, outbound_talk_seconds=talk)
        task = asyncio.create_task(writer.run(), name="writer")
        try:
            yield writer
        finally:
            task.cancel()
            await asyncio.wait({task})
            if database.file is not None:
                leave_to_the_service(database.file)


async def submit(writer: Writer, work: Callable[[UnitOfWork], Awaitable[T]]) -> T:
    """Has one change written by a running writer, within a person's patience."""
    try:
        return await asyncio.wait_for(writer.submit(work), PATIENCE_SECONDS)
    except TimeoutError:
        about = {"seconds": f"{PATIENCE_SECONDS:.0f}", "why": writer.trouble or ""}
        raise Trouble(Exit.UNREACHABLE, "database-slow", **about) from None


async def prepare(context: Context) -> None:
    """Makes the folder and the tables, or brings the tables to this version."""
    from dozvon.setup.upgrades import upgrade  # noqa: PLC0415 - only writing needs Alembic

    file = database_file(context)
    if file is not None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            about = {"folder": file.parent, "reason": error.strerror}
            raise Trouble(Exit.UNREACHABLE, "folder-unmakeable", **about) from None
    await upgrade(context.settings().database)
    if file is not None:
        leave_to_the_service(file)


def leave_to_the_service(file: Path) -> None:
    """Gives files that root made to the owner of the folder: the service does not run as root."""
    if os.geteuid() != 0:
        return
    folder = file.parent.stat()
    for name in (file.name, f"{file.name}-wal", f"{file.name}-shm"):
        with suppress(FileNotFoundError):
            made = file.with_name(name)
            if made.stat().st_uid != folder.st_uid:
                os.chown(made, folder.st_uid, folder.st_gid)
