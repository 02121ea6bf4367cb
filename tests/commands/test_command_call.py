"""`dozvon call`: who may be called as, and what is said where nothing is dialled."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
from aiohttp import web
from at_the_terminal import Terminal

NUMBER = "+7 916 123-45-67"


@contextmanager
def answering(terminal: Terminal, status: int, body: object) -> Iterator[list[dict[str, str]]]:
    """Something that answers where the service should be; and what it was asked."""
    asked: list[dict[str, str]] = []

    async def answer(request: web.Request) -> web.Response:
        secret = request.headers["Authorization"].removeprefix("Bearer ")
        language = request.headers["Accept-Language"]
        asked.append({"secret": secret, "language": language, **await request.json()})
        return web.json_response(body, status=status)

    loop, listener = asyncio.new_event_loop(), socket.create_server(("127.0.0.1", 0))
    app = web.Application()
    app.router.add_post("/api/v1/calls", answer)
    runner = web.AppRunner(app)
    loop.run_until_complete(runner.setup())
    loop.run_until_complete(web.SockSite(runner, listener).start())
    thread = Thread(target=loop.run_forever)
    thread.start()
    terminal.environment["DOZVON_HTTP__PORT"] = str(listener.getsockname()[1])
    try:
        yield asked
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(runner.cleanup())
        loop.close()


def rows(terminal: Terminal, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(terminal.database) as database:
        return list(database.execute(query))


@pytest.fixture
def signed(terminal: Terminal) -> Terminal:
    """Ivanova has a sign-in."""
    terminal.fine("people", "add", "anna", "--name", "Анна", "--manager", "ivanova")
    return terminal


def test_it_is_told_who_calls_whom_and_how_it_ended(signed: Terminal) -> None:
    body = {"done": True, "answer": "talking", "sentence": "You are talking.", "id": "7"}
    with answering(signed, 200, body) as asked:
        said = signed.fine("call", NUMBER, "--as", "ivanova").splitlines()
        told = signed.json("call", NUMBER, "--as", "101")
    assert said == [
        "Анна Иванова: the phone 101 rings first, then +7 916 123-45-67. Pick it up.",
        "You are talking.",
    ]
    assert told == {"manager": "ivanova", **body}
    assert [(a["number"], a["language"]) for a in asked] == [(NUMBER, "en")] * 2
    assert asked[0]["secret"] != asked[1]["secret"]


def test_a_call_that_still_rings_is_told_as_such(signed: Terminal) -> None:
    body = {"done": False, "answer": "under-way", "sentence": "Команда выполняется.", "id": ""}
    signed.language = "ru"
    with answering(signed, 202, body):
        said = signed.fine("call", NUMBER, "--as", "ivanova").splitlines()
    assert said[1:] == [
        "Команда выполняется.",
        "Вызов продолжается и без этой команды; чем он закончится, скажет dozvon calls.",
    ]


def test_the_token_is_forgotten_and_the_deed_is_kept(signed: Terminal) -> None:
    with answering(signed, 409, {"error": {"id": "you-talk", "message": "You talk."}}):
        signed.run("call", NUMBER, "--as", "ivanova")
    assert rows(signed, "select * from api_tokens") == []
    (kept,) = rows(signed, "select by, subject, about from audit where act = 'call-by-command'")
    assert str(kept[0]).startswith("cli:")
    assert NUMBER in str(kept[2])


@pytest.mark.parametrize(
    ("status", "code"), [(403, 4), (404, 4), (409, 4), (422, 2), (503, 3), (401, 3), (500, 3)]
)
def test_a_refusal_is_told_as_the_service_says_it(signed: Terminal, status: int, code: int) -> None:
    body = {"error": {"id": "x", "message": "So it stands."}} if status != 500 else {}
    with answering(signed, status, body):
        done = signed.run("call", NUMBER, "--as", "ivanova")
    assert done.exit_code == code
    known = "is no service with these settings" if status in {401, 500} else "So it stands."
    assert known in done.stderr


def test_without_the_service_nothing_is_dialled(signed: Terminal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    signed.environment["DOZVON_HTTP__PORT"] = str(port)
    done = signed.run("call", NUMBER, "--as", "ivanova")
    assert done.exit_code == 3
    assert f"http://127.0.0.1:{port}; nothing was done" in done.stderr
    assert rows(signed, "select * from api_tokens") == []


def test_a_service_without_http_cannot_be_told(signed: Terminal) -> None:
    signed.environment["DOZVON_HTTP__PORT"] = "0"
    done = signed.run("call", NUMBER, "--as", "ivanova")
    assert done.exit_code == 3
    assert "http.port = 0" in done.stderr


def test_whoever_sits_here_calls_as_himself(
    signed: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dozvon.context.getpass.getuser", lambda: "Anna")
    body = {"done": True, "answer": "talking", "sentence": "You are talking.", "id": "7"}
    with answering(signed, 200, body):
        assert "Анна Иванова" in signed.fine("call", NUMBER)


def test_a_user_who_is_nobody_in_the_office_must_say_for_whom(
    signed: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dozvon.context.getpass.getuser", lambda: "root")
    done = signed.run("call", NUMBER)
    assert done.exit_code == 2
    assert "the login root has no manager" in done.stderr


def test_a_manager_without_a_sign_in_is_called_as_by_nobody(signed: Terminal) -> None:
    done = signed.run("call", NUMBER, "--as", "102")
    assert done.exit_code == 4
    assert "dozvon people add LOGIN --manager petrov" in done.stderr
    signed.fine("people", "disable", "anna")
    assert signed.run("call", NUMBER, "--as", "ivanova").exit_code == 4
