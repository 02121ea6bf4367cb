"""The question before a call that a link asks for, and the call.

Rules: a GET only asks, whoever made the link; a POST comes from our own page or button, which may
name the client whose it is: one whose card the person may read, or whom he owes a callback; any
other name counts for nothing. First the person's own phone rings; the page does not wait for the
end of it.
"""

from __future__ import annotations

import asyncio
from urllib.parse import unquote

from aiohttp import web

from router.numbers import normalise
from switchboard.control import Told
from switchboard.routing import LOOKUP_SECONDS, look_up, number_plan
from web.access.person import person_of
from web.access.reach import reach_of
from web.access.session import house_of
from web.dial.links import LONGEST, number_in
from web.dial.system_files import desktop_file, registry_file
from web.pages.clients import base_of
from web.pages.page import back, flash, parts_of, render, words
from web.signin.forms import fields, see
from web.stream.answers import FANOUT

routes = web.RouteTableDef()

ANSWER_SECONDS = 1.5
"""What is refused is known by then; after that the phone rings."""


@routes.get("/dial")
async def ask(request: web.Request) -> web.Response:
    """Ask before calling: `number` is a number, `uri` a whole link."""
    uri = _raw(request, "uri")
    return await _ask(request, number_in(uri) if uri else request.query.get("number", ""), uri)


@routes.get("/dial/link/{uri:.+}")
async def ask_for_link(request: web.Request) -> web.Response:
    """Ask before calling what a link of the system holds."""
    uri = request.match_info["uri"]
    return await _ask(request, number_in(uri), uri)


@routes.post("/dial")
async def dial(request: web.Request) -> web.Response:
    """Call; the person's own phone rings first."""
    person, t = person_of(request), words(request)
    told_by_page = await fields(request)
    number = told_by_page.get("number", "")[:LONGEST]
    there = back(request, "/")
    there = "/" if there.startswith("/dial") else there
    if not person.manager:
        flash(request, t("signin.dial-nobody"), "bad")
        return see(there)
    named = told_by_page.get("client", "")
    client = named if named and await _may_mean(request, named) else ""
    told = await placed(request, number, person.manager, ANSWER_SECONDS, client=client)
    if told is None:
        flash(request, t("signin.dial-rings"))
    else:
        flash(request, told.sentence(t.language), "good" if told.well else "bad")
    return see(there)


@routes.get("/dial/dozvon.reg")
async def windows_file(request: web.Request) -> web.Response:
    """For Windows: opens infinity: and callto: links here."""
    return _file(registry_file(house_of(request)), "text/x-ms-regedit", "dozvon.reg")


@routes.get("/dial/dozvon.desktop")
async def linux_file(request: web.Request) -> web.Response:
    """For Linux: opens infinity: and callto: links here."""
    body = desktop_file(house_of(request)).encode()
    return _file(body, "application/x-desktop", "dozvon.desktop")


async def placed(
    request: web.Request, number: str, by: str, seconds: float, *, client: str = ""
) -> Told | None:
    """Place a call; None where it is still under way after some seconds. It goes on then."""
    try:
        async with asyncio.timeout(seconds):
            return await parts_of(request).control.place(number, by, client=client)
    except TimeoutError:
        return None


async def _may_mean(request: web.Request, client: str) -> bool:
    """Whether a client is one whom the person may see, or owes a callback."""
    if await base_of(request).readable(client):
        return True
    owed = await request.app[FANOUT].owed.of(person_of(request).acting)
    return any(item.client == client for item in owed)


async def _ask(request: web.Request, number: str, written: str) -> web.Response:
    number, board = number.strip()[:LONGEST], parts_of(request).board
    read = normalise(number, number_plan(board.office()))
    if not number.isprintable() or not any(c.isdecimal() for c in number):
        number = ""
    client = ""
    if number and read.is_matchable:
        found = await look_up(board.directory, read, LOOKUP_SECONDS)
        reach = reach_of(person_of(request), board.office())
        seen = [c for c in found.clients if reach.sees_client(c.owner)]
        client = min(seen, key=lambda c: c.key).name if seen else ""
        number = read.e164 or number
    shown = "".join(c for c in unquote(written) if c.isprintable())[:80]
    return render(request, "signin_dial.html", number=number, client=client, written=shown)


def _raw(request: web.Request, name: str) -> str:
    """A parameter as it was sent: in a link `+` is a plus, where a form would mean a blank."""
    for part in request.rel_url.raw_query_string.split("&"):
        key, _, value = part.partition("=")
        if key == name:
            return value
    return ""


def _file(body: bytes, kind: str, name: str) -> web.Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=body, content_type=kind, headers=headers)
