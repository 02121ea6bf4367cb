"""The one door: no handler runs unless the matrix has a line for its route that lets the person in.

A page sends whoever is not signed in to the sign-in page; a program is told 401. What is refused is
refused without saying what there is.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import quote, urlsplit

from aiohttp import web

from pbx_adapters.webhook.errors import trouble_answer
from web.access.matrix import Needed, Who, needed_for
from web.access.person import Person, put_person
from web.access.roles import Permission
from web.errors import Answer

Recognise = Callable[[web.Request], Awaitable[Person | None]]

RECOGNISE: web.AppKey[Recognise] = web.AppKey("recognise")
"""How a request's person is found: by its session or its token."""


@web.middleware
async def guarded(request: web.Request, handler: Answer) -> web.StreamResponse:
    """Let a request in, or refuse it."""
    resource = request.match_info.route.resource
    if resource is None:
        return await handler(request)  # nobody serves it: the answer is 404
    needed = needed_for(request.method, resource.canonical)
    person = None
    if needed is not Who.MACHINE:
        person = await request.app[RECOGNISE](request)
        if person is not None:
            put_person(request, person)
    if _may(needed, person):
        return await handler(request)
    return _refusal(request, person)


def _may(needed: Needed | None, person: Person | None) -> bool:
    if needed is None:
        return False
    if needed is Who.EVERYBODY or needed is Who.MACHINE:
        return True
    if person is None:
        return False
    return not isinstance(needed, Permission) or person.may(needed)


def _refusal(request: web.Request, person: Person | None) -> web.StreamResponse:
    looks = "text/html" in request.headers.get("Accept", "")
    if person is None and request.headers.get("HX-Request") == "true":
        answer = trouble_answer(401, "not-signed-in", "Sign in first.")
        answer.headers["HX-Redirect"] = _sign_in(request)  # the whole page goes there
        return answer
    if person is None and looks:
        return web.Response(status=303, headers={"Location": _sign_in(request)})
    if person is None:
        message, headers = "Sign in first, or show a token.", {"WWW-Authenticate": "Bearer"}
        return trouble_answer(401, "not-signed-in", message, headers=headers)
    if looks:
        raise web.HTTPForbidden
    return trouble_answer(403, "not-allowed", "Your role does not allow this.")


def _sign_in(request: web.Request) -> str:
    """The sign-in page, and back: to the page itself, or to the one that a form was on."""
    place = request.path_qs
    if request.method not in {"GET", "HEAD"} or "HX-Request" in request.headers:
        came = urlsplit(request.headers.get("Referer", ""))
        query = f"?{came.query}" if came.query else ""
        place = came.path + query if came.path and came.netloc == request.host else "/"
    return f"/signin?next={quote(place, safe='')}"
