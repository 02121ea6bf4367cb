"""The stream itself: server-sent events, one answer that lasts as long as the page is open.

Events: `hello` (the service's clock, how the card opens by itself), `put` (an element's id and its
inner HTML), `nudge` (an element whose fragment is to be fetched again), `beat` (every 15 s, so that
a dead line is noticed), `bye` (why the stream ends). State comes first. A stream ends when its
person has signed out, has changed, or the service stops; the browser then asks again.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from aiohttp import web

from web.access.person import Person, person_of
from web.access.reach import reach_of
from web.access.session import recognise
from web.pages.page import formats, words
from web.parts import PARTS, WebParts
from web.state import LINKS
from web.stream.fanout import Fanout
from web.stream.keys import NUDGING
from web.stream.regions import NUDGES, REGIONS
from web.stream.scene import Scene
from web.stream.viewer import Viewer

BEAT_SECONDS = 15.0
ASK_SECONDS = 5.0
"""This often it is asked whether the person is still signed in."""

WRITE_SECONDS = 20.0
"""A browser that takes nothing for so long is gone."""

RETRY_MILLISECONDS = 1_000

FANOUT = web.AppKey("fanout", Fanout)

routes = web.RouteTableDef()


def prepare(app: web.Application, parts: WebParts) -> None:
    """Put what the stream needs into the application."""
    app[FANOUT] = Fanout(parts, Scene(parts=parts, links=app[LINKS].why_down))
    app[NUDGING] = app[FANOUT]
    app.cleanup_ctx.append(_running)
    app.on_shutdown.append(_end_streams)


def viewer_of(request: web.Request, wanted: frozenset[str] = frozenset()) -> Viewer:
    """Whoever asks, as the live parts know him; pages draw their first state with it."""
    person = person_of(request)
    return Viewer(
        person=person,
        reach=reach_of(person, request.app[PARTS].board.office()),
        words=words(request),
        formats=formats(request),
        wanted=wanted,
    )


def scene_of(request: web.Request) -> Scene:
    """The calls and people of this moment."""
    scene = request.app[FANOUT].scene
    scene.refresh()
    return scene


@routes.get("/stream")
async def stream(request: web.Request) -> web.StreamResponse:
    """Tell a page what is new on it for as long as it is open."""
    person = person_of(request)
    wanted = frozenset(request.query.get("want", "").split(",")) & _known()
    viewer = viewer_of(request, wanted)
    answer = web.StreamResponse(
        headers={
            "Content-Type": "text/event-stream",
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
        }
    )
    try:
        await answer.prepare(request)
        with request.app[FANOUT].watching(viewer, _instant(request.query.get("since", ""))):
            async for event in _events(request, person, viewer):
                async with asyncio.timeout(WRITE_SECONDS):
                    await answer.write(event)
    except (ConnectionError, TimeoutError):
        pass  # the page is closed, or its line is dead: it asks again if it lives
    return answer


async def _events(request: web.Request, person: Person, viewer: Viewer) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    now = request.app[PARTS].now
    yield f"retry: {RETRY_MILLISECONDS}\n\n".encode()
    yield _event("hello", now=_iso(now()), opens=person.card_opens)
    beat_at, ask_at = loop.time() + BEAT_SECONDS, loop.time() + ASK_SECONDS
    while True:
        for region, html in viewer.take():
            yield (
                _event("nudge", id=region) if html is None else _event("put", id=region, html=html)
            )
        if viewer.ended:
            yield _event("bye", why=viewer.ended)
            return
        if loop.time() >= beat_at:
            beat_at = loop.time() + BEAT_SECONDS
            yield _event("beat", now=_iso(now()))
        if loop.time() >= ask_at:
            ask_at = loop.time() + ASK_SECONDS
            if request.transport is None or request.transport.is_closing():
                return  # the page is closed; without this it would be noticed at the next beat
            if (again := await recognise(request)) != person:
                viewer.end("changed" if again else "signed-out")
                continue
        try:
            async with asyncio.timeout_at(min(beat_at, ask_at)):
                await viewer.bell.wait()
        except TimeoutError:
            pass


def _event(kind: str, **about: Any) -> bytes:
    data = json.dumps(about, ensure_ascii=False, separators=(",", ":"))
    return f"event: {kind}\ndata: {data}\n\n".encode()


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _known() -> frozenset[str]:
    return frozenset(REGIONS) | frozenset(NUDGES)


async def _running(app: web.Application) -> AsyncIterator[None]:
    task = asyncio.create_task(app[FANOUT].run(), name="web: stream")
    yield
    task.cancel()
    await asyncio.wait({task})


async def _end_streams(app: web.Application) -> None:
    app[FANOUT].end_all("stopping")
