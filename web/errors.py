"""Errors as JSON, in the one shape of this house, whatever went wrong.

The shape itself is the webhook's (`pbx_adapters.webhook.errors`), so that programs see one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from pbx_adapters.webhook.errors import trouble_answer
from storage.errors import StorageError
from web.timely import TimelyConnection

__all__ = ["errors_as_json", "trouble_answer"]

_IDS = {
    404: ("not-found", "There is nothing under this address."),
    405: ("method-not-allowed", "This address does not take this method."),
    413: ("body-too-large", "The request is larger than anything we are told."),
}

log = structlog.get_logger()

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def errors_as_json(request: web.Request, handler: Answer) -> web.StreamResponse:
    """Answer with the error's JSON where a handler raised; a fault of ours is logged."""
    if isinstance(request.protocol, TimelyConnection):
        request.protocol.spoke()
    try:
        return await handler(request)
    except web.HTTPException as raised:
        if raised.status < 400:
            raise
        id_, message = _IDS.get(raised.status, ("refused", raised.reason))
        kept = {"Allow": raised.headers["Allow"]} if "Allow" in raised.headers else None
        return trouble_answer(raised.status, id_, message, headers=kept)
    except StorageError as trouble:
        log.error("a request waits for the database", because=str(trouble))  # noqa: TRY400 - said
        return trouble_answer(503, "database-unavailable", str(trouble))
    except Exception:
        log.exception("a request could not be answered", route=_route(request))
        return trouble_answer(500, "our-fault", "Something is wrong here; the log says what.")


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource else "unknown"
