"""A TCP wire on loopback between two programs, which can fail in every way that wires fail.

Refused: nobody listens. Cut: what was connected is reset, too. Hung: bytes go in, none come out.
Blackholed: the first packet of a connection is never answered. Slow: every piece is late.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from enum import StrEnum

_PIECE = 65_536
_HOST = "127.0.0.1"


class Fault(StrEnum):
    """The state of a wire."""

    NONE = "none"
    SLOW = "slow"
    HUNG = "hung"
    CUT = "cut"
    BLACKHOLED = "blackholed"


class Wire:
    """Carries what comes to `port` on to `far_port`; `become` changes how well it does so."""

    def __init__(self, port: int, far_port: int, *, delay_seconds: float = 0.3) -> None:
        self.fault = Fault.NONE
        self._port = port
        self._far_port = far_port
        self._delay_seconds = delay_seconds
        self._moves = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._hole: list[socket.socket] = []
        self._carried: set[asyncio.Task[None]] = set()

    async def become(self, fault: Fault) -> None:
        """Change the wire's state; `CUT` and `BLACKHOLED` end what is connected."""
        self.fault = fault
        if fault is Fault.HUNG:
            self._moves.clear()
        else:
            self._moves.set()
        if fault in {Fault.CUT, Fault.BLACKHOLED}:
            await self._silence()
        if fault is Fault.BLACKHOLED:
            self._hole = _blackhole(self._port)
        elif fault is not Fault.CUT:
            await self._listen()

    async def close(self) -> None:
        """End everything."""
        self._moves.set()
        await self._silence()

    async def _listen(self) -> None:
        self._fill_hole()
        if self._server is None:
            self._server = await asyncio.start_server(self._carry, _HOST, self._port)

    async def _silence(self) -> None:
        self._fill_hole()
        server, self._server = self._server, None
        if server is not None:
            server.close()
        for task in self._carried:
            task.cancel()
        if self._carried:
            await asyncio.wait(set(self._carried))

    def _fill_hole(self) -> None:
        for one in self._hole:
            one.close()
        self._hole = []

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:  # pragma: no cover - a coroutine always runs in a task
            return
        self._carried.add(task)
        try:
            with suppress(OSError, asyncio.CancelledError):
                await self._both_ways(reader, writer)
        finally:
            self._carried.discard(task)
            writer.transport.abort()

    async def _both_ways(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._moves.wait()
        far_reader, far_writer = await asyncio.open_connection(_HOST, self._far_port)
        pumps = {
            asyncio.create_task(self._pump(reader, far_writer)),
            asyncio.create_task(self._pump(far_reader, writer)),
        }
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.wait(pumps)
            far_writer.transport.abort()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(_PIECE):
                await self._moves.wait()
                if self.fault is Fault.SLOW:
                    await asyncio.sleep(self._delay_seconds)
                sink.write(data)
                await sink.drain()


def _blackhole(port: int) -> list[socket.socket]:
    """A listening socket whose backlog is full: the SYN of the next caller is not answered."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((_HOST, port))
    listening.listen(0)
    waiting = [socket.socket() for _ in range(4)]
    for one in waiting:
        one.setblocking(False)
        one.connect_ex((_HOST, port))
    return [listening, *waiting]


@asynccontextmanager
async def wire(port: int, far_port: int) -> AsyncIterator[Wire]:
    """A sound wire."""
    found = Wire(port, far_port)
    await found.become(Fault.NONE)
    try:
        yield found
    finally:
        await found.close()
