"""What the pages about people share: who does it, from where, and having it written in time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TypeVar

from aiohttp import web

from storage.errors import StorageError
from storage.writer import Work
from web.access.person import person_of
from web.access.session import address_of
from web.pages.page import parts_of, words
from web.signin.accounts import Doing
from web.signin.errors import AccountRefused, Why
from web.signin.signing_in import Browser

T = TypeVar("T")

WRITE_SECONDS = 5.0
"""A person waits so long for a database that is locked, then he is told."""


async def fields(request: web.Request) -> Mapping[str, str]:
    """The texts of a form, by name; files and repeated names are not ours."""
    form = await request.post()
    return {name: value for name, value in form.items() if isinstance(value, str)}


def browser_of(request: web.Request) -> Browser:
    """From where somebody comes."""
    return Browser(address=address_of(request), agent=request.headers.get("User-Agent", ""))


def doing_of(request: web.Request) -> Doing:
    """Who does it, now."""
    by = person_of(request).login
    return Doing(by=by, at=parts_of(request).now(), address=address_of(request))


async def written(request: web.Request, work: Work[T]) -> T:
    """Have one change written; raises `AccountRefused`, also when the database takes too long."""
    try:
        async with asyncio.timeout(WRITE_SECONDS):
            return await parts_of(request).writer.submit(work)
    except (TimeoutError, StorageError):
        raise AccountRefused(Why.NOT_NOW) from None


def refusal(request: web.Request, refused: AccountRefused) -> str:
    """Why not, in the person's language."""
    return refused.sentence(words(request).language)


def see(place: str) -> web.Response:
    """Go on to another page, after a form."""
    return web.Response(status=303, headers={"Location": place})


def local_path(text: str, default: str = "/") -> str:
    """A path of ours to go on to; anything that could lead elsewhere becomes `default`."""
    fine = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable()
    return text if fine and "\\" not in text and len(text) <= 2000 else default
