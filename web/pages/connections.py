"""How the service stands: what needs the administrator, the PBXs, the gaps, the books."""

from __future__ import annotations

from aiohttp import web

from switchboard.alarm_texts import standing_sentence
from switchboard.connections import standing
from switchboard.troubles import spoken
from web.pages.page import parts_of, render, words
from web.state import LINKS, METRICS

routes = web.RouteTableDef()


@routes.get("/connections")
async def connections(request: web.Request) -> web.Response:
    """Everything on one page, the worst first."""
    parts, language = parts_of(request), words(request).language
    found = await standing(parts.board, parts.database, request.app[LINKS].why_down)
    trouble = parts.writer.trouble
    alarms = [(alarm, standing_sentence(alarm, language)) for alarm in request.app[METRICS].alarms]
    return render(
        request,
        "connections.html",
        standing=found,
        alarms=alarms,
        spoken=lambda text: spoken(text, language),
        writer_trouble=spoken(trouble, language) if trouble else "",
        writer_waiting=parts.writer.waiting,
    )
