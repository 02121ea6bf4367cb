"""No other web site acts for a person who is signed in here.

A browser says with every unsafe request from where it comes (Fetch Metadata's Sec-Fetch-Site, or
Origin in browsers that do not know it); one that says neither is no browser. So there are no
secrets in forms. Routes of machines have no cookies and prove themselves; a program that shows a
token is judged by the token alone.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import structlog
from aiohttp import web

from pbx_adapters.webhook.errors import trouble_answer
from web.errors import Answer

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
MACHINES = "/pbx/"

log = structlog.get_logger()


@web.middleware
async def same_origin(request: web.Request, handler: Answer) -> web.StreamResponse:
    """Refuse what another site wants done here."""
    if request.method in SAFE or request.path.startswith(MACHINES) or _is_ours(request):
        return await handler(request)
    log.warning("a request from another site was refused", address=request.remote)
    message = "The request came from another site: nothing was done. Open the page here and repeat."
    return trouble_answer(403, "cross-site", message)


def _is_ours(request: web.Request) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc.casefold() == request.host.casefold()
