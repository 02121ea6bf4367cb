"""The first page: where the person's day begins."""

from __future__ import annotations

from aiohttp import web

from web.access.person import person_of
from web.access.roles import Role

routes = web.RouteTableDef()


@routes.get("/")
async def home(request: web.Request) -> web.Response:
    """A person with a phone works at the desk; a director without one looks at what goes on."""
    person = person_of(request)
    there = "/live" if person.role is Role.DIRECTOR and not person.manager else "/desk"
    return web.Response(status=303, headers={"Location": there})
