"""What browsers are told, and that no other site acts for a person."""

from __future__ import annotations

from pathlib import Path

import pytest
from signin_house import HTML, PASSWORD, signin_house

from switchboard.control import Control
from web.access.headers import POLICY


@pytest.mark.parametrize(
    "path", ["/signin", "/healthz", "/metrics", "/static/base.css", "/nothing"]
)
async def test_every_answer_says_that_only_our_own_files_run(tmp_path: Path, path: str) -> None:
    async with signin_house(tmp_path) as house, house.house.http.get(path, headers=HTML) as reply:
        assert reply.headers["Content-Security-Policy"] == POLICY
        assert "unsafe" not in POLICY
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert "Strict-Transport-Security" not in reply.headers, "nobody came by https"
        if not path.startswith("/static/"):
            assert reply.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("headers", "done"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://{host}"}, False),
        ({"Origin": "http://{host}"}, True),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "http://{host}.evil.example"}, False),
        ({"Origin": "null"}, False),
        ({}, True),
    ],
)
async def test_what_another_site_wants_done_is_refused(
    tmp_path: Path, headers: dict[str, str], *, done: bool
) -> None:
    async with signin_house(tmp_path) as house, house.signed_in("ivanova") as person:
        host = f"127.0.0.1:{house.house.port}"
        sent = HTML | {name: value.format(host=host) for name, value in headers.items()}
        async with person.http.post(
            "/my", data={"theme": "dark"}, headers=sent, allow_redirects=False
        ) as reply:
            assert reply.status == (303 if done else 403)
        _, page = await person.get("/my")
        assert ('data-theme="dark"' in page) is done


async def test_another_site_can_not_sign_a_person_in_as_somebody_else(tmp_path: Path) -> None:
    async with signin_house(tmp_path) as house, house.nobody() as person:
        sent = HTML | {"Sec-Fetch-Site": "cross-site"}
        data = {"login": "ivanova", "password": PASSWORD}
        async with person.http.post("/signin", data=data, headers=sent) as reply:
            assert reply.status == 403
            assert not reply.cookies


async def test_a_link_from_another_site_only_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page anywhere may lead here; nothing is dialled by a GET."""
    placed: list[object] = []
    monkeypatch.setattr(Control, "place", lambda *about: placed.append(about))
    async with signin_house(tmp_path) as house, house.signed_in("ivanova") as person:
        headers = {"Sec-Fetch-Site": "cross-site"}
        status, page = await person.get("/dial?uri=tel%3A%2B79161234567", headers=headers)
        assert status == 200
        assert 'method="post" action="/dial"' in page
        assert not placed
