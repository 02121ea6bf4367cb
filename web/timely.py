"""Connections that must say what they want soon, and no more of them than can be served.

aiohttp waits for the first request of a connection for ever; whoever opens thousands and says
nothing would hold us.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus

import structlog
from aiohttp import web

from pbx_adapters.webhook.errors import trouble_answer

FIRST_REQUEST_SECONDS = 5.0
KEEP_ALIVE_SECONDS = 30.0
MOST_CONNECTIONS = 1000
LONGEST_LINE_BYTES = 8190

log = structlog.get_logger()


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

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - the library's signature
    ) -> web.StreamResponse:
        """What is no HTTP is refused like everything else, without a page in the log."""
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            log.error("a request could not be answered", exc_info=exc)
            answer = trouble_answer(500, "our-fault", "Something is wrong here; the log says what.")
        else:
            log.info("a request was refused", why="no-http", from_=request.remote)
            answer = trouble_answer(status, "no-http", "This is no HTTP request as it should be.")
        answer.force_close()
        return answer

    def spoke(self) -> None:
        """A request has arrived whole."""
        if self._alarm:
            self._alarm.cancel()

    def _cut(self) -> None:
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()
