"""What a person sees when a page cannot be shown; programs get the same as JSON (`web.errors`)."""

from __future__ import annotations

from typing import Any

import structlog
from aiohttp import web

from storage.errors import StorageError
from storage.sentences import in_language
from web.pages.page import render, words

_KEYS = {403: "common.forbidden", 404: "common.not-found", 405: "common.not-found"}
_FOR_PROGRAMS = ("/api/", "/pbx/", "/static/", "/healthz", "/readyz", "/metrics")

log = structlog.get_logger()


@web.middleware
async def errors_as_pages(request: web.Request, handler: Any) -> web.StreamResponse:
    """Show a page where a handler raised and a person looks on; nothing of the fault is told."""
    if not wants_page(request):
        return await handler(request)  # type: ignore[no-any-return]
    try:
        return await handler(request)  # type: ignore[no-any-return]
    except web.HTTPException as raised:
        key = _KEYS.get(raised.status)
        if key is None:
            raise
        return render(request, "error.html", status=raised.status, key=key)
    except StorageError as trouble:
        log.error("a page waits for the database", because=str(trouble))  # noqa: TRY400 - said
        why = str(in_language(trouble, words(request).language))
        return render(request, "error.html", status=503, key="common.no-database", why=why)
    except Exception:
        log.exception("a page could not be shown", path=request.match_info.route.name)
        return render(request, "error.html", status=500, key="common.our-fault")


def wants_page(request: web.Request) -> bool:
    """Whether a person looks on."""
    if request.path.startswith(_FOR_PROGRAMS):
        return False
    return "text/html" in request.headers.get("Accept", "")
