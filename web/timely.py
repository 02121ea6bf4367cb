"""Connections that must say what they want soon, and no more of them than can be served.

aiohttp waits for the first request of a connection for ever; whoever opens thousands and says
nothing would hold us.
"""

from __future__ import annotations

import asyncio

from aiohttp import web

FIRST_REQUEST_SECONDS = 5.0
KEEP_ALIVE_SECONDS = 30.0
MOST_CONNECTIONS = 1000
LONGEST_LINE_BYTES = 8190


class TimelyConnection(web.RequestHandler):
    """One connection; it is cut when no request has arrived whole after a while."""

    __slots__ = ("_alarm", "_server")

    def __init__(self, server: web.Server, *, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            server,
            loop=loop,
            access_log=None,  # type: ignore[arg-type]
            keepalive_timeout=KEEP_ALIVE_SECONDS,
            lingering_time=1.0,
            max_line_size=LONGEST_LINE_BYTES,
        )
        self._server = server
        self._alarm: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody is there; from now on he has a few seconds."""
        super().connection_made(transport)
        if len(self._server.connections) > MOST_CONNECTIONS:
            self._cut()
            return
        loop = asyncio.get_running_loop()
        self._alarm = loop.call_later(FIRST_REQUEST_SECONDS, self._cut)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Nobody is there any more."""
        self.spoke()
        super().connection_lost(exc)

    def spoke(self) -> None:
        """A request has arrived whole."""
        if self._alarm:
            self._alarm.cancel()

    def _cut(self) -> None:
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()
