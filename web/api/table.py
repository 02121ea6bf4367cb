"""Every endpoint of `/api/v1`, and the document that is made of them."""

from __future__ import annotations

from aiohttp import web

from web.api import callbacks, calls, clients, live, office, people, recordings, reports, tokens
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
)
DOCUMENT = f"{ROOT}/openapi.json"


async def openapi(request: web.Request) -> web.Response:
    """What the API is, for programs and for people who write them."""
    parts = parts_of(request)
    address = parts.public_address or f"{request.scheme}://{request.host}"
    told = document(ENDPOINTS, version=parts.version, address=address)
    return web.json_response(told, headers={"Cache-Control": "no-cache"})


routes = [web.get(DOCUMENT, openapi), *(each.route() for each in ENDPOINTS)]
