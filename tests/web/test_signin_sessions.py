"""Signing in: who is let in, for how long, and how it ends."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from argon2 import PasswordHasher
from signin_house import HTML, PASSWORD, SignInHouse, doing, signin_house
from sqlalchemy import select, update

from storage import schema_people
from storage.errors import StorageBusy
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer
from web.access import session as access
from web.parts import PARTS
from web.signin import accounts, signing_in
from web.signin.setup import SIGN_IN

WRONG = "The login or the password is wrong"
ENGLISH = {"Accept-Language": "en"}


async def write(house: SignInHouse, statement: object) -> None:
    async def work(uow: UnitOfWork) -> None:
        await uow.execute(statement)  # type: ignore[arg-type]

    await house.house.writer.submit(work)


async def rows(house: SignInHouse, table: object) -> list[dict[str, object]]:
    async with house.house.database.reading() as connection:
        found = await connection.execute(select(table))  # type: ignore[call-overload]
        return [dict(row) for row in found.mappings()]


async def test_a_person_signs_in_with_his_password_and_is_led_where_he_wanted(
    tmp_path: Path,
) -> None:
    async with signin_house(tmp_path) as house, house.nobody() as person:
        assert (await person.get("/my?a=1"))[0] == 303
        sent = {"login": " Ivanova ", "password": PASSWORD, "next": "/my?a=1"}
        assert await person.post("/signin", **sent) == (303, "/my?a=1")
        assert (await person.get("/my"))[0] == 200
        assert (await person.get("/signin"))[0] == 303, "whoever is in goes on"


@pytest.mark.parametrize(
    "there", ["//evil.example", "https://evil.example", "/\\evil", "x", "/a\n"]
)
async def test_nobody_is_led_to_another_site_after_signing_in(tmp_path: Path, there: str) -> None:
    async with signin_house(tmp_path) as house, house.nobody() as person:
        assert await person.post("/signin", login="ivanova", password=PASSWORD, next=there) == (
            303,
            "/",
        )


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("ivanova", "wrong"),
        ("nobody", PASSWORD),
        ("", ""),
        ("ivanova", ""),
        ("x" * 500, "y" * 9000),
    ],
)
async def test_an_unknown_login_and_a_wrong_password_are_told_alike(
    tmp_path: Path, login: str, password: str
) -> None:
    async with signin_house(tmp_path) as house, house.nobody() as person:
        person.http.headers.update(ENGLISH)
        status, page = await person.sign_in(login, password)
        assert status == 422
        assert WRONG in page
        assert not list(person.http.cookie_jar)


async def test_an_unknown_login_costs_the_same_hashing_as_a_known_one(tmp_path: Path) -> None:
    """Time tells nothing: the hash of nobody is judged as well."""
    async with signin_house(tmp_path) as house, house.nobody() as person:
        passwords = house.house.app[SIGN_IN].passwords
        judged: list[str] = []
        real = passwords._fits
        passwords._fits = lambda kept, secret: bool(judged.append(kept)) or real(kept, secret)  # type: ignore[method-assign]
        await person.sign_in("ivanova", "wrong")
        await person.sign_in("nobody", "wrong")
        assert len(judged) == 2
        assert judged[1] == passwords._nobodys.result()


async def test_passwords_are_judged_beside_the_event_loop(tmp_path: Path) -> None:
    async with signin_house(tmp_path) as house:
        passwords = house.house.app[SIGN_IN].passwords
        loop, inside, go_on = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

        def slow(_kept: str, _secret: str) -> bool:
            loop.call_soon_threadsafe(inside.set)
            return go_on.wait(5)

        passwords._fits = slow  # type: ignore[method-assign]
        judging = asyncio.create_task(passwords.fits("", "x"))
        async with asyncio.timeout(20):
            await inside.wait()  # the loop runs while the thread judges
        go_on.set()
        assert await judging is False, "nobody's password never fits"


async def test_a_disabled_person_is_out_at_once_and_cannot_come_in(tmp_path: Path) -> None:
    async with signin_house(tmp_path) as house, house.signed_in("ivanova") as person:
        token = await house.token("ivanova", "calls")
        assert (await person.get("/my"))[0] == 200

        async def work(uow: UnitOfWork) -> None:
            await accounts.disable(uow, doing(), "ivanova")

        await house.house.writer.submit(work)
        assert (await person.get("/my"))[0] == 303
        assert (await person.sign_in("ivanova"))[0] == 422
        headers = {"Authorization": f"Bearer {token}"}
        async with person.http.get("/api/v1/me", headers=headers) as reply:
            assert reply.status in {401, 404}


async def test_a_disabled_person_is_out_even_where_a_session_was_left(tmp_path: Path) -> None:
    """A restored backup, or a hand in the database: the person's mark counts, not the session."""
    async with signin_house(tmp_path) as house, house.signed_in("ivanova") as person:
        people = schema_people.people
        await write(house, update(people).values(disabled_at=datetime.now(UTC)))
        assert (await person.get("/my"))[0] == 303


async def test_signing_out_ends_the_session_and_not_the_cookie_alone(tmp_path: Path) -> None:
    async with signin_house(tmp_path) as house, house.signed_in("ivanova") as person:
        (kept,) = [c.value for c in person.http.cookie_jar if c.key == "dozvon"]
        assert await person.post("/signout") == (303, "/signin")
        assert not [c for c in person.http.cookie_jar if c.key == "dozvon"]
        again = {"Cookie": f"dozvon={kept}"}
        assert (await person.get("/my", headers=again))[0] == 303
        assert [r["act"] for r in await rows(house, schema_people.audit)][-1] == "sign-out"


async def test_whoever_signs_in_again_leaves_no_session_behind(tmp_path: Path) -> None:
    async with signin_house(tmp_path) as house, house.signed_in("ivanova") as person:
        assert (await person.sign_in("director"))[0] == 303
        (row,) = await rows(house, schema_people.sessions)
        assert row["person_id"] == 1


async def test_only_the_digest_of_a_session_is_kept(tmp_path: Path) -> None:
    async with signin_house(tmp_path) as house, house.signed_in("ivanova") as person:
        (kept,) = [c.value for c in person.http.cookie_jar if c.key == "dozvon"]
        (row,) = await rows(house, schema_people.sessions)
        assert kept not in str(row)
        assert len(kept) >= 43
        stolen = {"Cookie": f"dozvon={row['digest']}"}
        async with house.nobody() as thief:
            assert (await thief.get("/my", headers=stolen))[0] == 303


@pytest.mark.parametrize(
    ("column", "before", "status"),
    [
        ("seen_at", signing_in.IDLE - timedelta(minutes=5), 200),
        ("seen_at", signing_in.IDLE, 303),
        ("expires_at", timedelta(minutes=-5), 200),
        ("expires_at", timedelta(0), 303),
    ],
)
async def test_a_session_ends_when_nobody_uses_it_and_after_its_longest_time_in_any_case(
    tmp_path: Path, column: str, before: timedelta, status: int
) -> None:
    async with signin_house(tmp_path) as house, house.signed_in("ivanova") as person:
        sessions = schema_people.sessions
        await write(house, update(sessions).values({column: datetime.now(UTC) - before}))
        assert (await person.get("/my"))[0] == status


async def test_a_session_that_is_used_slides_on(tmp_path: Path) -> None:
    async with signin_house(tmp_path) as house, house.signed_in("ivanova") as person:
        sessions, long_ago = schema_people.sessions, datetime.now(UTC) - timedelta(hours=20)
        await write(house, update(sessions).values(seen_at=long_ago))
        assert (await person.get("/my"))[0] == 200
        await house.house.board.settle()
        (row,) = await rows(house, sessions)
        assert row["seen_at"] > long_ago + timedelta(hours=19)  # type: ignore[operator]


async def test_a_password_kept_at_other_costs_is_hashed_anew_when_it_is_used(
    tmp_path: Path,
) -> None:
    async with signin_house(tmp_path) as house, house.nobody() as person:
        passwords = house.house.app[SIGN_IN].passwords
        passwords._hasher = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
        assert (await person.sign_in("ivanova"))[0] == 303
        people = await rows(house, schema_people.people)
        (mine,) = [row for row in people if row["login"] == "ivanova"]
        assert "m=16,t=2" in str(mine["password_hash"])
        assert (await person.sign_in("ivanova"))[0] == 303


async def test_a_database_that_does_not_write_is_told_and_nobody_waits_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with signin_house(tmp_path) as house, house.nobody() as person:

        async def busy(_self: Writer, _work: object) -> None:
            raise StorageBusy("no")

        monkeypatch.setattr(Writer, "submit", busy)
        person.http.headers.update(ENGLISH)
        status, page = await person.sign_in("ivanova")
        assert status == 503
        assert "nothing was changed" in page
        monkeypatch.undo()


async def test_the_cookie_is_for_this_site_and_no_script(tmp_path: Path) -> None:
    async with signin_house(tmp_path) as house, house.nobody() as person:
        data = {"login": "ivanova", "password": PASSWORD}
        async with person.http.post(
            "/signin", data=data, headers=HTML, allow_redirects=False
        ) as reply:
            (cookie,) = reply.headers.getall("Set-Cookie")
    assert cookie.startswith("dozvon=")
    for said in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000"):
        assert said in cookie
    assert "Secure" not in cookie, "over plain http the browser would throw it away"


async def test_over_https_the_cookie_is_one_that_no_other_page_of_the_domain_can_set(
    tmp_path: Path,
) -> None:
    async with signin_house(tmp_path) as house:
        app = web.Application()
        app[PARTS] = replace(house.house.app[PARTS], secure=True)
        request = make_mocked_request("GET", "/", app=app)
        answer = web.Response()
        access.keep_signed_in(request, answer, "secret")
        cookie = answer.cookies["__Host-dozvon"].OutputString()
        assert "Secure" in cookie
        assert "Domain" not in cookie


@pytest.mark.parametrize(
    ("proxies", "told", "address", "secure"),
    [
        ((), "198.51.100.7", "192.0.2.1", False),
        (("192.0.2.0/24",), "198.51.100.7", "198.51.100.7", True),
        (("192.0.2.0/24",), "10.6.6.6, 198.51.100.7", "198.51.100.7", True),
        (("192.0.2.0/24",), "198.51.100.7, 192.0.2.9", "198.51.100.7", True),
        (("203.0.113.0/24",), "198.51.100.7", "192.0.2.1", False),
        (("192.0.2.0/24",), "", "192.0.2.1", True),
    ],
)
async def test_only_our_proxies_are_believed_about_where_a_person_comes_from(
    tmp_path: Path, proxies: tuple[str, ...], told: str, address: str, *, secure: bool
) -> None:
    async with signin_house(tmp_path) as house:
        app = web.Application()
        app[PARTS] = replace(house.house.app[PARTS], proxies=proxies)
        headers = {"X-Forwarded-For": told, "X-Forwarded-Proto": "https"}
        request = make_mocked_request("GET", "/", headers=headers, app=app).clone(
            remote="192.0.2.1"
        )
        request._match_info = web.UrlMappingMatchInfo({}, None)  # type: ignore[arg-type, assignment]
        request._match_info.add_app(app)
        assert access.address_of(request) == address
        assert access.is_secure(request) is secure
