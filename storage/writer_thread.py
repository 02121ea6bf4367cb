"""The thread that writes to SQLite: a whole transaction is one visit to it.

A driver that hops to a thread and back for each statement spends longer on the hops than on the
statements (ADR 0005). Here a group of works is carried out in one go, in the thread that owns the
connection; SQLite lets other threads run while it works.

Rules:

1. What is carried out waits for nothing but its connection, whose answers are there at once.
   Waiting for anything else raises `WorkWaits` at the very place where it waits.
2. A visit that has begun is ended, also when whoever asked for it is cancelled: nothing goes on
   behind a closed database.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, NoReturn, TypeVar

from storage.connection import AnyConnection, InThread
from storage.dialects import BEGIN_WRITING, thread_engine
from storage.errors import WorkWaits

T = TypeVar("T")
Body = Callable[[AnyConnection], Coroutine[Any, Any, T]]


class WriterThread:
    """Owns SQLite's writing connection."""

    def __init__(self, url: str) -> None:
        self._engine = thread_engine(url)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="writer")

    async def transaction(self, body: Body[T]) -> T:
        """Carries out `body` in a transaction that commits at its end, and returns its value."""
        return await self._visit(partial(self._transaction, body))

    async def disconnect(self) -> None:
        """Closes the connection; the next transaction opens it anew."""
        await self._visit(self._engine.dispose)

    async def close(self) -> None:
        """Closes the connection and ends the thread."""
        await self.disconnect()
        self._thread.shutdown()

    async def _visit(self, task: Callable[[], T]) -> T:
        visit = asyncio.get_running_loop().run_in_executor(self._thread, task)
        try:
            return await asyncio.shield(visit)
        except asyncio.CancelledError:
            with suppress(Exception):
                await visit
            raise

    def _transaction(self, body: Body[T]) -> T:
        with self._engine.begin() as connection:
            connection.exec_driver_sql(BEGIN_WRITING)
            return _carried_out(body(InThread(connection)))


def _carried_out(body: Coroutine[Any, Any, T]) -> T:
    """The value of a coroutine that never has to wait."""
    try:
        body.send(None)
        _refuse(body)
    except StopIteration as done:
        value: T = done.value
        return value


def _refuse(body: Coroutine[Any, Any, Any]) -> NoReturn:
    """Tells the coroutine so where it waits, until it has ended."""
    while True:
        body.throw(
            WorkWaits(
                "A work waits for something that is not its unit of work. It is carried out in "
                "one go: read what it needs before it is submitted."
            )
        )
