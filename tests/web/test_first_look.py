"""Whoever looks first waits for nothing that could be made before, and no call waits for him."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from jinja2 import Environment
from signin_house import PASSWORD, signin_house
from web_house import web_house

from web import warming
from web.pages import static
from web.pages.page import environment
from web.pages.texts import every_text
from web.warming import WARM

PATIENCE_SECONDS = 30
PAGES = (
    *("/desk", "/live", "/callbacks", "/calls", "/calls.csv", "/clients", "/reports"),
    *("/recordings", "/people", "/office", "/office/text", "/office/new/managers", "/connections"),
    *("/my", "/nowhere", "/api/v1/openapi.json"),
)


@pytest.fixture
def fresh() -> None:
    """As in a process that has just been started."""
    for made in (environment, every_text, static.files):
        made.cache_clear()


def spied(work: Callable[..., Any], seen: list[tuple[str, bool]]) -> Callable[..., Any]:
    """The same work, which notes its second argument and whether the loop's thread does it."""

    def spy(self: object, about: object, *more: object, **named: object) -> Any:
        seen.append((str(about), threading.current_thread() is threading.main_thread()))
        return work(self, about, *more, **named)

    return spy


@pytest.mark.usefixtures("fresh")
async def test_every_template_is_made_beside_the_loop_and_none_when_it_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[tuple[str, bool]] = []
    monkeypatch.setattr(Environment, "_load_template", spied(Environment._load_template, loaded))
    compiled: list[tuple[str, bool]] = []
    monkeypatch.setattr(Environment, "compile", spied(Environment.compile, compiled))
    async with signin_house(tmp_path) as house:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await house.house.app[WARM].wait()
        made = set(environment().list_templates())
        assert made
        assert {name for name, _ in loaded} >= made
        assert len(compiled) == len(made)
        assert every_text.cache_info().currsize == static.files.cache_info().currsize == 1
        for login in ("director", "admin", "ivanova"):
            async with house.signed_in(login) as person:
                for path in PAGES:
                    status, _ = await person.get(path)
                    assert status in {200, 303, 403, 404}, path
        assert len(compiled) == len(made)
        assert not [about for about, in_loop in compiled if in_loop]


async def test_no_password_is_hashed_or_judged_in_the_loops_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[tuple[str, bool]] = []
    for name in ("hash", "verify"):
        work = spied(getattr(PasswordHasher, name), hashed)
        monkeypatch.setattr(PasswordHasher, name, work)
    async with signin_house(tmp_path) as house, house.signed_in("ivanova") as person:
        assert (await person.sign_in("nobody", PASSWORD))[0] == 422
        assert (await person.sign_in("ivanova", "wrong"))[0] == 422
    assert len(hashed) == 4, "nobody's hash, and three that were judged"
    assert not [about for about, in_loop in hashed if in_loop]


async def test_machines_are_answered_while_people_wait_for_what_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The application has started long before."""
    go_on = threading.Event()

    def steps() -> Iterator[Callable[[], object]]:
        yield lambda: go_on.wait(PATIENCE_SECONDS)

    monkeypatch.setattr(warming, "steps", steps)
    async with web_house(tmp_path) as house:
        looks = asyncio.create_task(house.http.get("/signin"))
        try:
            for path in ("/healthz", "/readyz", "/metrics", "/pbx/openapi.json"):
                async with house.http.get(path) as reply:
                    assert reply.status in {200, 503}
            assert not looks.done()
            assert not house.app[WARM].is_set()
        finally:
            go_on.set()
        async with asyncio.timeout(PATIENCE_SECONDS), await looks as reply:
            assert reply.status == 200


async def test_what_cannot_be_made_is_told_and_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> object:
        raise ValueError("a template with a mistake")

    monkeypatch.setattr(warming, "steps", lambda: iter([broken]))
    async with web_house(tmp_path) as house, house.http.get("/signin") as reply:
        assert reply.status == 200
    assert "a template with a mistake" in capsys.readouterr().out
