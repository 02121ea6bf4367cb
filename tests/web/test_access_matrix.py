"""Every route, walked as everybody: nothing opens without a line that says for whom."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from own_ports import own_port
from web_house import web_house

from web.access.guard import RECOGNISE, guarded
from web.access.matrix import PREFIXES, ROUTES, Who, needed_for
from web.access.person import Person
from web.access.roles import GRANTS, Permission, Role

Route = tuple[str, str]

HEADS = {"director", "curator"}
ALL = {"director", "curator", "manager", "assistant"}
MAY: dict[str, set[str]] = {
    "work": ALL,
    "live": ALL,
    "callbacks": ALL,
    "calls": ALL,
    "clients": ALL,
    "clients-hand-over": HEADS,
    "reports": HEADS,
    "status-of-others": HEADS,
    "take": ALL,
    "place": ALL,
    "hang-up": ALL,
    "transfer": ALL,
    "listen": ALL,
    "recordings": HEADS,
    "recordings-link": HEADS,
    "administer": set(),
}
"""What each permission means, written a second time: who changes it changes it here too."""
MARKED = {"administer", "recordings"}
"""What the administrator's mark opens beside the role."""

PEOPLE: dict[str, Person | None] = {
    "nobody": None,
    **{role: Person(id=1, login=role, name=role, role=Role(role)) for role in sorted(ALL)},
    "administrator": Person(id=1, login="a", name="a", role=Role.MANAGER, administrator=True),
    "program": Person(id=1, login="p", name="p", role=Role.DIRECTOR, scopes=frozenset({"calls"})),
}


def routes_of(app: web.Application) -> Iterator[Route]:
    """Everything that is served, as the matrix names it."""
    for route in app.router.routes():
        if route.resource is not None and route.method != "HEAD":
            yield route.method, route.resource.canonical


@pytest.fixture
async def served(tmp_path: Path) -> list[Route]:
    async with web_house(tmp_path) as house:
        return sorted(set(routes_of(house.app)))


@asynccontextmanager
async def doors(served: list[Route]) -> AsyncIterator[aiohttp.ClientSession]:
    """The same doors before handlers that do nothing; `As` says who comes."""

    async def reached(_request: web.Request) -> web.Response:
        return web.Response(text="reached")

    async def whoever_says_so(request: web.Request) -> Person | None:
        return PEOPLE[request.headers["As"]]

    app = web.Application(middlewares=[guarded])
    app[RECOGNISE] = whoever_says_so
    for method, path in sorted(served, key=lambda route: "{" in route[1]):
        if method == "GET":
            app.router.add_get(path, reached)  # and HEAD with it
        else:
            app.router.add_route(method, path, reached)
    runner = web.AppRunner(app)
    await runner.setup()
    port = own_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http:
            yield http
    finally:
        await runner.cleanup()


def expected(who: str, route: Route) -> int:
    needed, person = needed_for(*route), PEOPLE[who]
    if needed in {Who.EVERYBODY, Who.MACHINE}:
        return 200
    if needed is None:
        return 403 if person else 401
    if person is None:
        return 401
    if needed is Who.SIGNED_IN:
        return 200
    roles = {*MAY[str(needed)], *(["administrator"] if needed in MARKED else [])}
    name = "manager" if who == "administrator" and needed not in MARKED else who
    if who == "program":
        return 200 if needed == "calls" else 403
    return 200 if name in roles else 403


async def test_every_route_has_a_line_in_the_matrix(served: list[Route]) -> None:
    """A route that nobody judged is refused to everybody; here it fails the tests as well."""
    assert [route for route in served if needed_for(*route) is None] == []


async def test_every_line_of_the_matrix_is_a_route(served: list[Route]) -> None:
    assert sorted(set(ROUTES) - set(served)) == []


@pytest.mark.parametrize("who", sorted(PEOPLE))
async def test_default_deny_every_route_opens_for_whom_it_should_and_nobody_else(
    served: list[Route], who: str
) -> None:
    wrong: list[str] = []
    async with doors(served) as http:
        for method, path in served:
            place = re.sub(r"\{[^}]*\}", "1", path)
            headers = {"As": who, "Accept": "application/json"}
            async with http.request(method, place, headers=headers) as reply:
                if reply.status != expected(who, (method, path)):
                    wrong.append(f"{who}: {method} {path} answers {reply.status}")
    assert wrong == []


@pytest.mark.parametrize("who", sorted(PEOPLE))
async def test_default_deny_a_route_without_a_line_is_refused_to_everybody(who: str) -> None:
    async with doors([("GET", "/forgotten"), ("POST", "/forgotten")]) as http:
        for method in ("GET", "POST", "HEAD"):
            async with http.request(method, "/forgotten", headers={"As": who}) as reply:
                assert reply.status == (401 if who == "nobody" else 403)


async def test_a_page_sends_whoever_is_not_signed_in_to_the_sign_in_page() -> None:
    headers = {"As": "nobody", "Accept": "text/html"}
    async with (
        doors([("GET", "/my")]) as http,
        http.get("/my?a=1&b=2", headers=headers, allow_redirects=False) as reply,
    ):
        assert reply.status == 303
        assert reply.headers["Location"] == "/signin?next=%2Fmy%3Fa%3D1%26b%3D2"


@pytest.mark.parametrize(
    ("referer", "place"),
    [("http://{host}/my?a=1", "%2Fmy%3Fa%3D1"), ("https://evil.example/my", "%2F"), ("", "%2F")],
)
async def test_a_form_sent_too_late_leads_back_to_its_page_after_signing_in(
    referer: str, place: str
) -> None:
    """What was to be done is not done; the person sees the page and does it again."""
    async with doors([("POST", "/my")]) as http:
        host = str(http._base_url)[len("http://") :].rstrip("/")
        headers = {"As": "nobody", "Accept": "text/html", "Referer": referer.format(host=host)}
        async with http.post("/my", headers=headers, allow_redirects=False) as reply:
            assert (reply.status, reply.headers["Location"]) == (303, f"/signin?next={place}")
        headers["HX-Request"] = "true"
        async with http.post("/my", headers=headers) as reply:
            assert (reply.status, reply.headers["HX-Redirect"]) == (401, f"/signin?next={place}")


def test_every_permission_means_what_it_should() -> None:
    assert set(MAY) == {*Permission}
    for permission in Permission:
        assert {*GRANTS[permission]} == MAY[permission]


def test_only_the_mark_makes_an_administrator() -> None:
    for who, person in PEOPLE.items():
        if person is not None:
            assert person.may(Permission.ADMINISTER) is (who == "administrator")


def test_only_drivers_of_exchanges_bring_their_own_routes() -> None:
    assert PREFIXES == {"/pbx/": Who.MACHINE}


async def test_what_everybody_may_see_is_a_short_list(served: list[Route]) -> None:
    """Whoever adds to what is open without signing in adds it here, and thinks twice."""
    open_to_all = {route for route in served if needed_for(*route) is Who.EVERYBODY}
    assert open_to_all <= {
        ("GET", "/healthz"),
        ("GET", "/pbx/openapi.json"),
        ("GET", "/static/{name}"),
        ("GET", "/favicon.ico"),
        ("GET", "/signin"),
        ("POST", "/signin"),
        ("GET", "/invitation/{secret}"),
        ("POST", "/invitation/{secret}"),
        ("GET", "/api/v1/openapi.json"),
    }
