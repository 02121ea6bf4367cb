"""Every endpoint of `/api/v1`, and the document that is made of them."""

from __future__ import annotations

from aiohttp import web

from web.access.session import house_of
from web.api import (
    callbacks,
    calls,
    clients,
    connections,
    live,
    office,
    people,
    recordings,
    reports,
    tokens,
)
from web.api.endpoint import ROOT, Endpoint
from web.api.openapi import document
from web.pages.page import parts_of

ENDPOINTS: tuple[Endpoint, ...] = (
    *people.ENDPOINTS,
    *tokens.ENDPOINTS,
    *calls.ENDPOINTS,
    *recordings.ENDPOINTS,
    *live.ENDPOINTS,
    *callbacks.ENDPOINTS,
    *clients.ENDPOINTS,
    *reports.ENDPOINTS,
    *office.ENDPOINTS,
    *connections.ENDPOINTS,
)
DOCUMENT = f"{ROOT}/openapi.json"


async def openapi(request: web.Request) -> web.Response:
    """What the API is, for programs and for people who write them."""
    version = parts_of(request).version
    told = document(ENDPOINTS, version=version, address=house_of(request))
    return web.json_response(told, headers={"Cache-Control": "no-cache"})


routes = [web.get(DOCUMENT, openapi), *(each.route() for each in ENDPOINTS)]
