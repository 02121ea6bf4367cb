"""The one HTTP application of the service, and the place where it listens.

Rules: routes are added here and nowhere else; what they need they find in the application by key.
The listener is not the service: when its port is taken, that is told in one sentence and calls are
routed all the same. No access log: a switch may have to put its secret into the address.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

from pbx_adapters.webhook.openapi import openapi
from storage.system_words import system_reason
from switchboard.news import LinkChanged, Listener
from switchboard.troubles import NO_HTTP
from web.access.guard import guarded
from web.access.headers import guard_headers
from web.access.origin import same_origin
from web.api import table as api
from web.errors import Answer, errors_as_json
from web.links import Links
from web.metrics import Metrics
from web.pages.addresses import any_name
from web.pages.errors import errors_as_pages
from web.pages.page import flashing
from web.pages.table import PAGES
from web.parts import PARTS, WebParts
from web.recordings_http import HEARD
from web.recordings_http import routes as recording_routes
from web.signin import setup as signin
from web.state import ASKED, LINKS, METRICS, Asked, routes
from web.stream import setup as stream
from web.timely import TimelyConnection
from web.warming import WARM, warming, when_warm

MOST_NEWS = 50_000
SHUTDOWN_SECONDS = 2.0
LONGEST_BODY = 256 * 1024
"""The longest form is an office; PBXs have limits of their own."""

log = structlog.get_logger()


def make_app(parts: WebParts, *, also: Sequence[web.RouteDef] = ()) -> web.Application:
    """The application; `also` are the routes of rooms that are built on top of it."""
    app = web.Application(middlewares=list(DOORS), client_max_size=LONGEST_BODY)
    app[PARTS] = parts
    app[METRICS] = Metrics(parts.links)
    app[LINKS] = Links.of(parts.links)
    app[ASKED] = Asked()
    app[HEARD] = {}
    app[WARM] = asyncio.Event()
    app.add_routes(routes)
    app.router.add_get("/pbx/openapi.json", _openapi)
    for webhook in parts.webhooks:
        app.add_routes(webhook.routes)
    for page in PAGES:
        app.add_routes(any_name(page))
    app.add_routes(any_name(api.routes))
    app.add_routes(any_name(recording_routes))
    stream.install(app, parts)
    app.add_routes(also)
    signin.install(app, parts)
    app.on_response_prepare.append(guard_headers)
    app.cleanup_ctx.append(_news)
    app.cleanup_ctx.append(warming)
    return app


@asynccontextmanager
async def listening(app: web.Application, *, host: str, port: int) -> AsyncIterator[str]:
    """Serve the application while the block lasts; gives why it cannot be served, or nothing."""
    runner = web.AppRunner(app, handle_signals=False, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    loop = asyncio.get_running_loop()
    server: asyncio.Server | None = None
    trouble = ""
    try:
        if runner.server is None:  # pragma: no cover - `setup` makes it
            raise RuntimeError("the application was not set up")
        made = runner.server
        try:
            server = await loop.create_server(lambda: TimelyConnection(made, loop=loop), host, port)
        except OSError as error:
            trouble = NO_HTTP(host=host, port=port, why=system_reason(error))
            log.error("no HTTP; calls are routed all the same", because=trouble)  # noqa: TRY400 - said
        yield trouble
    finally:
        if server:
            server.close()
        await runner.cleanup()


async def _openapi(request: web.Request) -> web.Response:
    told = await asyncio.to_thread(openapi, request.app[PARTS].version)
    return web.json_response(told)


async def _news(app: web.Application) -> AsyncIterator[None]:
    """Count the engine's news while the application lives."""
    with app[PARTS].board.news.listening(MOST_NEWS) as listener:
        counting = asyncio.create_task(_count(app, listener), name="web: metrics")
        yield
        counting.cancel()
        await asyncio.wait({counting})


async def _count(app: web.Application, listener: Listener) -> None:
    metrics, links = app[METRICS], app[LINKS]
    async for news in listener:
        metrics.count(news)
        metrics.news_lost.set(listener.lost)
        if isinstance(news, LinkChanged):
            links.changed(news)


@web.middleware
async def _counted(request: web.Request, handler: Answer) -> web.StreamResponse:
    """Count the request by its route; what nobody serves has no route."""
    answered = await handler(request)
    resource = request.match_info.route.resource
    route = resource.canonical if resource else "none"
    request.app[METRICS].requests.labels(route, str(answered.status)).inc()
    return answered


DOORS = (_counted, errors_as_json, when_warm, errors_as_pages, flashing, same_origin, guarded)
"""What every request passes, from the outside in."""
