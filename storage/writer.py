"""The one task that writes, with group commit.

Rules:

1. Works are written in the order in which they were submitted; many share one transaction. One
   that fails spoils no other: the group is then written again, each work in its own savepoint.
2. `submit` returns only after the commit. A work may be run again (the transaction before it may
   have been lost), so it does nothing but read and write through the unit of work it is given.
3. While the database is locked, full or gone, the writer tries again with growing pauses; what
   waits is bounded, and beyond the bound `submit` raises `StorageBusy` at once: the caller keeps
   his copy (the journal of the PBX is the durable queue).
4. Its state is visible: `trouble` is a sentence or None, `waiting` a number.
5. Whoever no longer wants a result cancels his `submit`; a work not begun is then not done.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import structlog

from router.callbacks import OUTBOUND_TALK_SECONDS
from storage.connection import AnyConnection
from storage.database import Database
from storage.dialects import trouble_of
from storage.errors import StorageBusy, StorageClosed, StorageUnavailable
from storage.sentences import Sentence, in_language
from storage.unit_of_work import UnitOfWork

T = TypeVar("T")
Work = Callable[[UnitOfWork], Awaitable[T]]

QUEUE_LIMIT = 1000
GROUP_LIMIT = 64
GROUP_SECONDS = 0.05
SETTLED_TOGETHER = 8
FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 2.0
_STOPPING = Sentence(
    "The service is stopping; nothing more is written.",
    "Сервис останавливается; больше ничего не записывается.",
)
_STOPPED = Sentence(
    "The service stopped before this was known to be written.",
    "Сервис остановился раньше, чем стало ясно, записано ли это.",
)
_SLOW = Sentence(
    "The disk is too slow for what happens now.", "Диск не успевает за тем, что происходит."
)

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Submitted:
    """A work on its way, and what became of it in the attempt that is being made."""

    work: Work[Any]
    promise: asyncio.Future[Any]
    value: Any = None
    failure: Exception | None = None


class _Spoiled(Exception):  # noqa: N818 - the name is the sentence
    """A work failed, and with it the transaction of its group."""


class Writer:
    """Writes what is submitted; whoever makes it owns its task (`run`, `async with running()`)."""

    def __init__(
        self,
        database: Database,
        *,
        queue_limit: int = QUEUE_LIMIT,
        group_limit: int = GROUP_LIMIT,
        outbound_talk_seconds: float = OUTBOUND_TALK_SECONDS,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.trouble: str | None = None
        self._database = database
        self._group_limit = group_limit
        self._outbound_talk_seconds = outbound_talk_seconds
        self._pause = pause
        self._queue: asyncio.Queue[_Submitted] = asyncio.Queue(queue_limit)
        self._group: list[_Submitted] = []
        self._closed = False

    @property
    def waiting(self) -> int:
        """How many works are not yet written."""
        return self._queue.qsize() + len(self._group)

    async def submit(self, work: Work[T]) -> T:
        """Has `work` written and returns its value after the commit.

        Raises what the work raised, `StorageBusy` when too much waits already, `StorageClosed`
        when the writer stops before the work is written.
        """
        if self._closed:
            raise StorageClosed(_STOPPING)
        promise: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        try:
            self._queue.put_nowait(_Submitted(work, promise))
        except asyncio.QueueFull:
            raise StorageBusy(_busy(self.waiting, self.trouble or _SLOW)) from None
        return await promise

    async def drain(self) -> None:
        """Returns when everything submitted so far is written (or refused)."""
        await self._queue.join()

    async def run(self) -> None:
        """Writes until it is cancelled; then whoever still waits gets `StorageClosed`."""
        try:
            while True:
                self._group.append(await self._queue.get())
                await self._write_group()
        finally:
            self._closed = True
            self._refuse_the_rest()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Writer]:
        """Runs the writer beside a block and writes what is left at its end.

        What the block raises comes out as it is, not in an `ExceptionGroup`.
        """
        task = asyncio.create_task(self.run(), name="writer")
        try:
            yield self
            await self.drain()
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _write_group(self) -> None:
        """Writes the group and whatever may join it, however often that must be tried."""
        pause_seconds = FIRST_PAUSE_SECONDS
        while self._group:
            try:
                done = await self._attempt()
            except Exception as error:  # noqa: BLE001 - what is not trouble is told to every submitter
                trouble = _sentence(error)
                if trouble is None:
                    await self._settle(len(self._group), error)
                    return
                self._in_trouble(trouble)
                await self._pause(pause_seconds)
                pause_seconds = min(2 * pause_seconds, LONGEST_PAUSE_SECONDS)
                self._forget_unwanted()
            else:
                self._out_of_trouble()
                pause_seconds = FIRST_PAUSE_SECONDS
                await self._settle(done, None)

    async def _attempt(self) -> int:
        """One transaction; leaves for the next what does not fit into its time."""
        while len(self._group) < self._group_limit and not self._queue.empty():
            self._group.append(self._queue.get_nowait())
        group = list(self._group)
        try:
            return await self._database.transaction(partial(self._all, group))
        except _Spoiled:
            if len(group) == 1:  # nothing of it was kept, and its failure is known
                return 1
            return await self._database.transaction(partial(self._all, group, apart=True))

    async def _all(
        self, group: Sequence[_Submitted], connection: AnyConnection, *, apart: bool = False
    ) -> int:
        """Carries out works until the time is up and returns how many."""
        carry_out = self._apart if apart else self._together
        until = time.monotonic() + GROUP_SECONDS
        for done, submitted in enumerate(group):
            if done and time.monotonic() > until:
                return done
            submitted.failure = None
            if not submitted.promise.done():
                await carry_out(submitted, connection)
        return len(group)

    async def _together(self, submitted: _Submitted, connection: AnyConnection) -> None:
        """Runs one work; when it fails, what else is in the group is to be written again."""
        try:
            submitted.value = await submitted.work(self._unit(connection))
        except Exception as error:
            if trouble_of(error) is not None:
                raise
            submitted.failure = error
            raise _Spoiled from error

    async def _apart(self, submitted: _Submitted, connection: AnyConnection) -> None:
        """Runs one work in its savepoint; trouble of the database itself goes up."""
        savepoint = await connection.begin_nested()
        try:
            submitted.value = await submitted.work(self._unit(connection))
        except Exception as error:
            if trouble_of(error) is not None:
                raise
            await savepoint.rollback()
            submitted.failure = error
        else:
            await savepoint.commit()

    def _unit(self, connection: AnyConnection) -> UnitOfWork:
        return UnitOfWork(connection, outbound_talk_seconds=self._outbound_talk_seconds)

    async def _settle(self, done: int, error: Exception | None) -> None:
        """Tells the first `done` of the group how it went, a few at a time.

        Whoever hears goes on at once; all of a group together would hold up every other task.
        """
        for count in range(1, done + 1):
            self._tell(self._group.pop(0), error)
            if count % SETTLED_TOGETHER == 0:
                await asyncio.sleep(0)

    def _tell(self, submitted: _Submitted, error: Exception | None) -> None:
        failure = error or submitted.failure
        if submitted.promise.done():
            pass
        elif failure is not None:
            submitted.promise.set_exception(failure)
        else:
            submitted.promise.set_result(submitted.value)
        self._queue.task_done()

    def _forget_unwanted(self) -> None:
        wanted = [submitted for submitted in self._group if not submitted.promise.done()]
        for _ in range(len(self._group) - len(wanted)):
            self._queue.task_done()
        self._group = wanted

    def _refuse_the_rest(self) -> None:
        while not self._queue.empty():
            self._group.append(self._queue.get_nowait())
        closed = StorageClosed(_STOPPED)
        for submitted in self._group:
            self._tell(submitted, closed)
        self._group.clear()

    def _in_trouble(self, sentence: str) -> None:
        if self.trouble != sentence:
            _log.error("the database cannot be written", because=sentence, waiting=self.waiting)
        self.trouble = sentence

    def _out_of_trouble(self) -> None:
        if self.trouble is not None:
            _log.info("the database can be written again", waiting=self._queue.qsize())
        self.trouble = None


def _sentence(error: Exception) -> str | None:
    """What to tell of trouble that may pass; None when trying again would not help."""
    if isinstance(error, StorageUnavailable):
        return error.args[0] if error.args else str(error)
    return trouble_of(error)


def _busy(waiting: int, because: str) -> Sentence:
    return Sentence(
        f"{waiting} changes wait to be written and no more are kept in memory. {because}",
        f"Записи ждёт изменений: {waiting}; больше в памяти не держим. "
        f"{in_language(because, 'ru')}",
    )
