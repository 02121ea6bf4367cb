"""What the first look at a page needs, made in a thread while the service starts.

Compiling the templates takes more than half a second of one core: done when somebody first looks,
it would hold up a call's decision. Rules:

1. It is done once, beside everything else: exchanges are answered before it has ended.
2. A page or a program that asks meanwhile waits for it. What machines ask about calls and about the
   service's state needs none of it and does not wait.
3. What cannot be made is told in the log, and once more to whoever looks at that page.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

import structlog
from aiohttp import web

from router.numbers import NumberPlan
from web.api.openapi import document
from web.api.table import ENDPOINTS
from web.errors import Answer
from web.pages.formats import Formats
from web.pages.page import environment
from web.pages.static import files
from web.pages.texts import LANGUAGES, Words, every_text

WARM = web.AppKey("warm", asyncio.Event)
"""Set when everything is made, or was tried."""
_FOR_MACHINES = ("/pbx/", "/healthz", "/readyz", "/metrics")

log = structlog.get_logger()


async def warming(app: web.Application) -> AsyncIterator[None]:
    """Make everything in a thread while the application lives; ends at a step when it ends."""
    stop = threading.Event()
    task = asyncio.create_task(_warm(app, stop), name="web: warming")
    yield
    stop.set()
    await asyncio.wait({task})


@web.middleware
async def when_warm(request: web.Request, handler: Answer) -> web.StreamResponse:
    """Let machines through; people and programs as soon as everything is made."""
    if not request.path.startswith(_FOR_MACHINES):
        await request.app[WARM].wait()
    return await handler(request)


def steps() -> Iterator[Callable[[], object]]:
    """Everything that is made when it is first asked for, in pieces of some milliseconds."""
    yield every_text
    yield files
    for language in LANGUAGES:
        yield partial(_speak, language)
    templates = environment()
    for name in templates.list_templates():
        yield partial(templates.get_template, name)
    yield partial(document, ENDPOINTS, version="", address="")


async def _warm(app: web.Application, stop: threading.Event) -> None:
    try:
        await asyncio.to_thread(_make, stop)
    finally:
        app[WARM].set()


def _make(stop: threading.Event) -> None:
    try:
        for step in steps():
            if stop.is_set():
                return
            step()
    except Exception:
        log.exception("pages could not be made ready; they are made when somebody looks")


def _speak(language: str) -> None:
    """Reads what Babel knows of a language."""
    at, words = datetime(2026, 1, 1, tzinfo=UTC), Words(language)
    words.plural(1)
    fmt = Formats(words, ZoneInfo("UTC"), at, NumberPlan())
    fmt.day(at.date().replace(year=2025))
    fmt.ago(at.replace(hour=1))
    fmt.count(1000)
    fmt.percent(0.5)
