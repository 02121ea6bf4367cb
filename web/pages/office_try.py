"""Try a call: a line, a number and a moment in, the chain with its reasons out. Nothing rings."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from aiohttp import web

from router.explain import story
from switchboard.trying import Asked, Trial, Tried
from web.pages.page import parts_of, render, words

routes = web.RouteTableDef()

_LONGEST = 60


@routes.get("/office/try")
async def try_call(request: web.Request) -> web.Response:
    """The form, and what came out if something was asked."""
    line = request.query.get("line", "")[:_LONGEST]
    caller = request.query.get("from", "")[:_LONGEST].strip()
    at = request.query.get("at", "")[:_LONGEST]
    asked = Asked(line=line, caller=caller)
    tried, trouble = None, ""
    if line:
        try:
            tried = await _tried(request, asked, at)
        except (ValueError, OverflowError):
            trouble = words(request)("office.try-moment")
    reasons = tried.decision.reasons if tried else ()
    return render(
        request,
        "office_try.html",
        asked=asked,
        at=at,
        tried=tried,
        trouble=trouble,
        live=tried is not None and not at,
        sentences=story(reasons, words(request).language),
    )


async def _tried(request: web.Request, asked: Asked, at: str) -> Tried:
    parts = parts_of(request)
    board, now = parts.board, parts.now()
    trial = Trial(
        board.office(),
        board.calendar,
        directory=board.directory,
        database=parts.database,
        phones=lambda: board.presence.of(board.office(), now),
    )

    def moment(zone: ZoneInfo) -> datetime:
        local = datetime.fromisoformat(at)
        return (local if local.tzinfo else local.replace(tzinfo=zone)).astimezone(UTC)

    return await trial.of(asked, now, moment if at else None)
