"""Puts the stream, the desk and the live page into the application."""

from __future__ import annotations

from aiohttp import web

from web.pages import desk, live
from web.pages.addresses import any_name
from web.parts import WebParts
from web.stream import answers


def install(app: web.Application, parts: WebParts) -> None:
    """Add the routes and the task behind them."""
    answers.prepare(app, parts)
    for routes in (answers.routes, desk.routes, live.routes):
        app.add_routes(any_name(routes))
