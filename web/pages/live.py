"""The live page, and what people do with calls while they live."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from aiohttp import web

from switchboard.control import Told
from web.access.person import person_of
from web.pages.page import back, flash, is_htmx, parts_of, render, words
from web.signin.forms import fields, see
from web.stream import drawing
from web.stream.answers import FANOUT, scene_of, viewer_of

ANSWER_SECONDS = 1.5
"""A page without JavaScript waits so long for the end of a command; it goes on all the same."""

routes = web.RouteTableDef()


@routes.get("/live")
async def live(request: web.Request) -> web.Response:
    """The calls and the people of this moment, as far as the person sees."""
    scene = scene_of(request)
    await scene.read_rows()
    viewer = viewer_of(request)
    return render(
        request,
        "live.html",
        pops=drawing.pops(scene, viewer),
        calls=drawing.live_calls(scene, viewer),
        people=drawing.live_people(scene, viewer),
    )


@routes.post("/calls/live/{id}/take")
async def take(request: web.Request) -> web.Response:
    """Take over a call that rings at somebody else."""
    control, by = parts_of(request).control, person_of(request).manager
    return await _told(request, control.intercept(request.match_info["id"], by), "live.take-rings")


@routes.post("/calls/live/{id}/transfer")
async def transfer(request: web.Request) -> web.Response:
    """Hand a client on to a colleague."""
    control, by = parts_of(request).control, person_of(request).manager
    to = (await fields(request)).get("to", "")
    told = control.transfer(request.match_info["id"], to, by)
    return await _told(request, told, "live.under-way")


@routes.post("/calls/live/{id}/hang-up")
async def hang_up(request: web.Request) -> web.Response:
    """End a call."""
    control, by = parts_of(request).control, person_of(request).manager
    return await _told(request, control.hang_up(request.match_info["id"], by), "live.under-way")


@routes.post("/calls/live/{id}/pause")
async def pause(request: web.Request) -> web.Response:
    """Pause the recording of a call, or let it go on."""
    call_id, paused = request.match_info["id"], bool((await fields(request)).get("paused"))
    control, by, fanout = parts_of(request).control, person_of(request).manager, request.app[FANOUT]

    async def command() -> Told:
        told = await control.pause_recording(call_id, by, paused=paused)
        if told.well:
            fanout.pause(call_id, paused=paused)
        return told

    return await _told(request, command(), "live.under-way")


async def _told(request: web.Request, command: Awaitable[Told], under_way: str) -> web.Response:
    """Say how a command ended; a page without JavaScript is told that it is under way."""
    t = words(request)
    if not person_of(request).manager:
        if asyncio.iscoroutine(command):
            command.close()
        flash(request, t("live.no-phone"), "bad")
    else:
        try:
            async with asyncio.timeout(None if is_htmx(request) else ANSWER_SECONDS):
                told = await command
            flash(request, told.sentence(t.language), "good" if told.well else "bad")
        except TimeoutError:
            flash(request, t(under_way))
    if is_htmx(request):
        return render(request, "flashes.html")
    return see(back(request, "/live"))
