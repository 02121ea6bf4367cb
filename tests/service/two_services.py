"""The service, run in two ways: inside the test's process, and as a process that can be killed."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from config.settings import Settings
from dozvon.compose import service
from switchboard.board import Board
from switchboard.news import LinkChanged, News

READY_SECONDS = 10.0


@dataclass
class Inside:
    """The service in this process: its board and everything it told."""

    settings: Settings
    told: list[News] = field(default_factory=list)
    _board: Board | None = None
    _task: asyncio.Task[None] | None = None
    _rung: asyncio.Event = field(default_factory=asyncio.Event)
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def board(self) -> Board:
        assert self._board, "the service is not running"
        return self._board

    async def start(self, *, watched: bool = True) -> None:
        """Starts it; returns when it watches its exchange (or, if not asked for, listens)."""
        self._over.clear()
        self.told.clear()
        self._task = asyncio.create_task(self._live(), name="service under test")
        if watched:
            await self.wait_news(lambda n: isinstance(n, LinkChanged) and n.up)
        else:
            await self._until(lambda: self._board is not None, READY_SECONDS)

    async def stop(self) -> None:
        """Stops it in an orderly way."""
        self._over.set()
        if self._task:
            await self._task
        self._task = None

    async def wait_news(
        self, wanted: Callable[[News], bool], within: float = READY_SECONDS, *, since: int = 0
    ) -> News:
        """The first news (after the first `since`) that is wanted."""

        def found() -> News | None:
            return next((n for n in self.told[since:] if wanted(n)), None)

        await self._until(lambda: found() is not None, within)
        news = found()
        assert news
        return news

    async def _until(self, met: Callable[[], bool], within: float) -> None:
        async with asyncio.timeout(within):
            while not met():
                if self._task and self._task.done():
                    await self._task
                self._rung.clear()
                await self._rung.wait()

    async def _live(self) -> None:
        try:
            async with service(self.settings) as board:
                with board.news.listening(100_000) as news:
                    await self._run(board, aiter(news))
        finally:
            self._board = None
            self._rung.set()

    async def _run(self, board: Board, news: AsyncIterator[News]) -> None:
        running = asyncio.create_task(board.run(), name="board under test")
        hearing = asyncio.create_task(self._hear(news), name="news under test")
        over = asyncio.create_task(self._over.wait())
        self._board = board
        self._rung.set()
        await asyncio.wait({running, over}, return_when=asyncio.FIRST_COMPLETED)
        if not running.done():
            await board.settle()
        for task in (running, hearing, over):
            task.cancel()
        await asyncio.wait({running, hearing, over})
        if not running.cancelled() and (failure := running.exception()):
            raise failure

    async def _hear(self, news: AsyncIterator[News]) -> None:
        async for item in news:
            self.told.append(item)
            self._rung.set()


@dataclass
class Outside:
    """The service as an administrator runs it: `dozvon serve`, a process of its own."""

    config: Path
    said: list[str] = field(default_factory=list)
    _process: Process | None = None
    _reader: asyncio.Task[None] | None = None
    _rung: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def pid(self) -> int:
        assert self._process, "the service is not running"
        return self._process.pid

    async def start(self, ready: str = "exchange synchronised") -> None:
        """Starts it; returns when its log says `ready`."""
        program = Path(sys.executable).parent / "dozvon"
        environment = {k: v for k, v in os.environ.items() if not k.startswith("DOZVON")}
        self.said.clear()
        self._process = await asyncio.create_subprocess_exec(
            str(program), "--config", str(self.config), "serve",
            stdout=PIPE, stderr=STDOUT, env=environment, start_new_session=True,
        )  # fmt: skip
        self._reader = asyncio.create_task(self._read(self._process))
        await self.wait_said(ready)

    async def kill(self) -> None:
        """SIGKILL."""
        await self._end(signal.SIGKILL)

    async def freeze(self) -> None:
        """SIGSTOP: it is there, and does nothing."""
        os.kill(self.pid, signal.SIGSTOP)

    async def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    async def stop(self) -> None:
        """SIGTERM."""
        await self._end(signal.SIGTERM)

    async def wait_said(self, text: str, within: float = READY_SECONDS) -> None:
        async with asyncio.timeout(within):
            while not any(text in line for line in self.said):
                assert self._reader, "the service is not running"
                assert not self._reader.done(), "\n".join(self.said)
                self._rung.clear()
                await self._rung.wait()

    async def _end(self, number: int) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.send_signal(number)
        await process.wait()
        assert self._reader
        await self._reader

    async def _read(self, process: Process) -> None:
        assert process.stdout
        async for line in process.stdout:
            self.said.append(line.decode(errors="replace").rstrip())
            self._rung.set()
        self._rung.set()


@asynccontextmanager
async def inside(settings: Settings) -> AsyncIterator[Inside]:
    found = Inside(settings)
    await found.start()
    try:
        yield found
    finally:
        await found.stop()


@asynccontextmanager
async def outside(config: Path) -> AsyncIterator[Outside]:
    found = Outside(config)
    await found.start()
    try:
        yield found
    finally:
        await found.kill()
