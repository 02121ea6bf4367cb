"""The application with people in it, and browsers for them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from web_house import CHEAP, WebHouse, web_house

from storage.unit_of_work import UnitOfWork
from web.access.roles import Role
from web.signin import accounts
from web.signin.accounts import About, Doing

PASSWORD = "a phrase of words"
HTML = {"Accept": "text/html"}
KEPT = CHEAP.hash(PASSWORD)

EVERYBODY: Mapping[str, About] = {
    "director": About(name="Олег Директор", role=Role.DIRECTOR),
    "sokolova": About(name="Ольга Соколова", role=Role.CURATOR, manager="sokolova"),
    "ivanova": About(name="Анна Иванова", role=Role.MANAGER, manager="ivanova"),
    "helper": About(name="Помощник", role=Role.ASSISTANT, assists="ivanova"),
    "admin": About(name="Админ", role=Role.MANAGER, administrator=True),
}


def doing(by: str = "test") -> Doing:
    return Doing(by=by, at=datetime.now(UTC), address="127.0.0.1")


class Person:
    """A browser of its own with a person in it."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self.http = http

    async def get(self, path: str, **more: object) -> tuple[int, str]:
        headers = HTML | dict(more.pop("headers", {}))  # type: ignore[call-overload]
        async with self.http.get(path, headers=headers, allow_redirects=False, **more) as reply:  # type: ignore[arg-type]
            return reply.status, await reply.text()

    async def post(self, path: str, **form: str) -> tuple[int, str]:
        """Sends a form; gives where it leads to, or the page."""
        async with self.http.post(path, data=form, headers=HTML, allow_redirects=False) as reply:
            text = await reply.text()
            return reply.status, reply.headers.get("Location", text)

    async def sign_in(self, login: str, password: str = PASSWORD) -> tuple[int, str]:
        return await self.post("/signin", login=login, password=password)


class SignInHouse:
    """The application, and everybody in it."""

    def __init__(self, house: WebHouse) -> None:
        self.house = house

    @asynccontextmanager
    async def nobody(self) -> AsyncIterator[Person]:
        jar = aiohttp.CookieJar(unsafe=True)
        base = f"http://127.0.0.1:{self.house.port}"
        async with aiohttp.ClientSession(base, cookie_jar=jar) as http:
            yield Person(http)

    @asynccontextmanager
    async def signed_in(self, login: str) -> AsyncIterator[Person]:
        async with self.nobody() as person:
            status, there = await person.sign_in(login)
            assert (status, there) == (303, "/"), there
            yield person

    async def token(self, login: str, *scopes: str) -> str:
        secret = accounts.new_secret()

        async def work(uow: UnitOfWork) -> None:
            await accounts.make_token(
                uow, doing(), login, secret=secret, name="test", scopes=scopes, days=None
            )

        await self.house.writer.submit(work)
        return secret


@asynccontextmanager
async def signin_house(folder: Path) -> AsyncIterator[SignInHouse]:
    """Everybody of `EVERYBODY`, each with `PASSWORD`."""
    async with web_house(folder) as house:
        managers = house.board.office().managers

        async def people(uow: UnitOfWork) -> None:
            for login, about in EVERYBODY.items():
                await accounts.add(uow, doing(), login, about, managers=managers)
                await accounts.set_password(uow, doing(), login, KEPT)

        await house.writer.submit(people)
        yield SignInHouse(house)


@asynccontextmanager
async def office_house(folder: Path, text: str) -> AsyncIterator[SignInHouse]:
    """The same, with this office applied as its first version."""
    async with signin_house(folder) as found:

        async def work(uow: UnitOfWork) -> None:
            await uow.offices.apply(text, by="test", at=found.house.board.now)

        await found.house.board.write(work)
        await found.house.board.refresh()
        yield found
