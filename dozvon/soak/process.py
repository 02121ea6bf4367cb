"""The service as an administrator runs it, in a process that is killed without being asked."""

from __future__ import annotations

import asyncio
import os
import re
import resource
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from contextlib import suppress
from pathlib import Path

READY = "exchange synchronised"
READY_SECONDS = 30.0
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class ServiceProcess:
    """`dozvon serve`. `said` holds all that it logged since it was started last."""

    def __init__(self, config: Path) -> None:
        self.said: list[str] = []
        self.kills = 0
        self._config = config
        self._process: Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._rung = asyncio.Condition()

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if running and self._process else None

    async def start(self) -> None:
        """Start it; does not wait until it is ready."""
        if self.pid is not None:
            return
        program = Path(sys.executable).parent / "dozvon"
        environment = {k: v for k, v in os.environ.items() if not k.startswith("DOZVON")}
        self.said.clear()
        self._process = await asyncio.create_subprocess_exec(
            str(program), "--config", str(self._config), "serve",
            stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, env=environment, start_new_session=True,
        )  # fmt: skip
        self._reader = asyncio.create_task(self._read(self._process), name="log of the service")

    async def ready(self) -> None:
        """Wait until it watches the exchange. Raises `TimeoutError`."""
        await self.wait_said(READY, READY_SECONDS)

    async def wait_said(self, text: str, within: float) -> str:
        """Wait until it has logged `text`, and return that line. Raises `TimeoutError`."""
        async with asyncio.timeout(within), self._rung:
            while not (found := next((line for line in self.said if text in line), "")):
                if self._reader is None or self._reader.done():
                    raise RuntimeError("the service has ended:\n" + "\n".join(self.said[-20:]))
                await self._rung.wait()
        return found

    async def kill(self) -> None:
        """SIGKILL, at whatever it does; nothing if it does not run."""
        if self.pid is not None:
            self.kills += 1
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """SIGTERM: it writes what it knows and leaves."""
        await self._end(signal.SIGTERM)

    def freeze(self) -> None:
        """SIGSTOP: it is there, and does nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT: it goes on as if nothing had been."""
        self._signal(signal.SIGCONT)

    def allow_files_of(self, size: int | None) -> None:
        """Let no file that it writes grow beyond `size` bytes (None: any): its disk is full."""
        if self.pid is not None:
            soft = resource.RLIM_INFINITY if size is None else size
            resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (soft, resource.RLIM_INFINITY))

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self.pid is not None:
            with suppress(ProcessLookupError):
                self._process.send_signal(number)

    async def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        self._signal(number)
        await self._process.wait()
        self._process = None
        if self._reader is not None:
            await self._reader

    async def _read(self, process: Process) -> None:
        if process.stdout is not None:
            async for line in process.stdout:
                text = _COLOURS.sub("", line.decode(errors="replace")).rstrip()
                async with self._rung:
                    self.said.append(text)
                    self._rung.notify_all()
        async with self._rung:
            self._rung.notify_all()
