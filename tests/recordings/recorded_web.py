"""A web server with the routes of recordings alone, and a person who is signed in by a header."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from recorded_arrivals import Arrivals

from router.office import Manager
from web.access.person import Person, put_person
from web.access.roles import Role
from web.parts import PARTS
from web.recordings_http import HEARD, routes

DEPARTMENT = SimpleNamespace(key="sales", head="boss")
OFFICE = SimpleNamespace(
    departments={"sales": DEPARTMENT},
    managers={
        "ivanova": Manager(key="ivanova", name="Ivanova", department="sales", extension="101"),
        "petrov": Manager(key="petrov", name="Petrov", department="sales", extension="102"),
    },
)
PEOPLE = {
    "director": Person(id=1, login="director", name="Director", role=Role.DIRECTOR),
    "ivanova": Person(id=2, login="ivanova", name="Ivanova", role=Role.MANAGER, manager="ivanova"),
    "petrov": Person(id=3, login="petrov", name="Petrov", role=Role.MANAGER, manager="petrov"),
}

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def _signed_in(request: web.Request, handler: Answer) -> web.StreamResponse:
    who = request.headers.get("X-Test-Person") or request.app[WHO]
    if who:
        put_person(request, PEOPLE[who])
    return await handler(request)


WHO: web.AppKey[str] = web.AppKey("who", str)


def application(house: Arrivals, *, who: str = "") -> web.Application:
    app = web.Application(middlewares=[_signed_in])
    app[WHO] = who
    parts: Any = SimpleNamespace(
        archive=house.archive(),
        database=house.database,
        board=SimpleNamespace(office=lambda: OFFICE),
        language="en",
        now=house.now,
    )
    app[PARTS] = parts
    app[HEARD] = {}
    app.add_routes(routes)
    return app


@asynccontextmanager
async def browsing(
    app: web.Application,
) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    async with TestClient(TestServer(app)) as client:
        yield client
