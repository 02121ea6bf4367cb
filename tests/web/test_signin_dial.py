"""Calling by a click: what a link holds, the question, and the call."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from api_house import api_house
from live_house import IVAN, live_house
from signin_house import HTML, signin_house

from pbx_adapters.port import Outcome
from switchboard.control import Control, Told
from switchboard.control_texts import Refusal
from web.dial.links import number_in
from web.dial.system_files import desktop_file, registry_file


@pytest.mark.parametrize(
    ("uri", "number"),
    [
        ("tel:+74951230000", "+74951230000"),
        ("tel:+7-495-123-00-00;ext=123", "+7-495-123-00-00"),
        ("tel%3A%2B79161234567", "+79161234567"),
        ("tel:8%20(495)%20123-00-00", "8 (495) 123-00-00"),
        ("tel://+7%20495%20123", "+7 495 123"),
        ("tel:+74951230000,123", "+74951230000"),
        ("tel:+74951230000p123", "+74951230000"),
        ("TEL:101;phone-context=+7495", "101"),
        ("callto:+79161234567", "+79161234567"),
        ("callto://79161234567/", "79161234567"),
        ("sip:79161234567@pbx.example.ru;transport=tls", "79161234567"),
        ("sip:+79161234567@host;user=phone", "+79161234567"),
        ("infinity:89161234567", "89161234567"),
        ("skype:+79161234567?call", "+79161234567"),
        ("89161234567", "89161234567"),
        ("tel:", ""),
        ("tel:anna", ""),
        ("sip:anna@host", ""),
        ("javascript:alert(1)", ""),
        ("https://evil.example/89161234567", ""),
        ("tel:8916\r\nAction: Originate", ""),
        ("tel:<img>1", ""),
        ("", ""),
    ],
)
def test_the_number_in_a_link(uri: str, number: str) -> None:
    assert number_in(uri) == number


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/dial?number=%2B79161234567", "+7 916 123-45-67"),
        ("/dial?number=8 (916) 123-45-67", "+7 916 123-45-67"),
        ("/dial?uri=tel:+79161234567", "+7 916 123-45-67"),
        ("/dial?uri=tel%3A%2B79161234567", "+7 916 123-45-67"),
        ("/dial/link/infinity:89161234567", "+7 916 123-45-67"),
        ("/dial/link/callto://+79161234567", "+7 916 123-45-67"),
    ],
)
async def test_a_link_is_asked_about(tmp_path: Path, path: str, shown: str) -> None:
    async with signin_house(tmp_path) as house, house.signed_in("ivanova") as person:
        status, page = await person.get(path)
        assert status == 200
        assert shown in page
        assert '<input type="hidden" name="number" value="+79161234567">' in page


@pytest.mark.parametrize("path", ["/dial", "/dial?uri=<img onerror=1>", "/dial/link/infinity:x"])
async def test_a_link_without_a_number_is_told(tmp_path: Path, path: str) -> None:
    async with signin_house(tmp_path) as house, house.signed_in("ivanova") as person:
        status, page = await person.get(path)
        assert status == 200
        assert "В этой ссылке нет телефонного номера" in page
        assert "<img" not in page
        assert 'action="/dial"' not in page


async def test_whoever_has_no_phone_is_told_so(tmp_path: Path) -> None:
    async with signin_house(tmp_path) as house, house.signed_in("director") as person:
        _, page = await person.get("/dial?number=89161234567")
        assert 'action="/dial"' not in page
        assert "нет телефона" in page
        assert await person.post("/dial", number="89161234567") == (303, "/")


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (Told(answer=Outcome.TALKING), "Разговор идёт."),
        (Told(answer=Refusal.PREFIX), "такие номера не разрешены"),
        (None, "Звонит ваш телефон"),
    ],
)
async def test_a_press_calls_and_the_answer_stands_on_the_page_he_came_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: Told | None, sentence: str
) -> None:
    placed: list[tuple[str, str, str]] = []

    async def place(_self: Control, number: str, by: str, *, client: str) -> Told:
        placed.append((number, by, client))
        if told is None:
            raise TimeoutError  # it rings longer than a page waits
        return told

    monkeypatch.setattr(Control, "place", place)
    async with live_house(tmp_path) as floor, floor.people.signed_in("ivanova") as person:
        came = f"http://127.0.0.1:{floor.house.port}/my?x=1"
        async with person.http.post(
            "/dial",
            data={"number": IVAN, "client": "K-1"},
            headers=HTML | {"Referer": came},
            allow_redirects=False,
        ) as reply:
            assert (reply.status, reply.headers["Location"]) == (303, "/my?x=1")
        _, page = await person.get("/my")
        assert sentence in page
    assert placed == [(IVAN, "ivanova", "K-1")]


@pytest.mark.parametrize(
    ("login", "client", "meant"),
    [("ivanova", "K-1", "K-1"), ("petrov", "K-1", ""), ("petrov", "none", ""), ("petrov", "", "")],
)
async def test_a_press_names_only_a_client_whom_one_may_see(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, login: str, client: str, meant: str
) -> None:
    """Whoever names another's client calls the number all the same, as if he had named none."""
    placed: list[tuple[str, str]] = []

    async def place(_self: Control, number: str, _by: str, *, client: str) -> Told:
        placed.append((number, client))
        return Told(answer=Outcome.TALKING)

    monkeypatch.setattr(Control, "place", place)
    async with live_house(tmp_path) as floor, floor.people.signed_in(login) as person:
        await person.post("/dial", number=IVAN, client=client)
    assert placed == [(IVAN, meant)]


async def test_a_press_may_name_whom_one_was_given_to_call_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """He stands on his desk, with his name and a button, whoever's client he is."""
    placed: list[tuple[str, str]] = []

    async def place(_self: Control, number: str, _by: str, *, client: str) -> Told:
        placed.append((number, client))
        return Told(answer=Outcome.TALKING)

    monkeypatch.setattr(Control, "place", place)
    async with api_house(tmp_path) as house:
        people = house.live.people
        await house.record("main-7.1", number=IVAN, client="K-1", owner="ivanova", rang=("101",))
        async with people.signed_in("ivanova") as anna:
            _, page = await anna.get("/callbacks/list")
            found = re.search(r'action="(/callbacks/[^"]+/give)\?', page)
            assert found is not None
            await anna.post(found[1], to="petrov")
        async with people.signed_in("petrov") as petrov:
            assert (await petrov.get("/clients/K-1"))[0] == 404
            await petrov.post("/dial", number=IVAN, client="K-1")
    assert placed == [(IVAN, "K-1")]


async def test_the_files_for_the_system_open_the_question(tmp_path: Path) -> None:
    async with signin_house(tmp_path) as house, house.signed_in("ivanova") as person:
        base = f"http://127.0.0.1:{house.house.port}"
        async with person.http.get("/dial/dozvon.reg") as reply:
            text = (await reply.read()).decode("utf-16")
            assert "attachment" in reply.headers["Content-Disposition"]
        assert text.startswith("Windows Registry Editor Version 5.00\r\n\r\n[HKEY_CURRENT_USER\\")
        assert f'\\"{base}/dial/link/%1\\"' in text
        async with person.http.get("/dial/dozvon.desktop") as reply:
            text = await reply.text()
        assert f"\nExec=xdg-open {base}/dial/link/%u\n" in text


def test_no_character_of_the_files_starts_a_shell() -> None:
    """A link holds what its maker wanted; it must stay one word of one program."""
    address = "https://dozvon.example.ru"
    line = next(x for x in desktop_file(address).splitlines() if x.startswith("Exec="))
    assert not set(line) & set("\"'\\><~|&;$*?#()` ") - {" "}
    registry = registry_file(address).decode("utf-16")
    assert "cmd" not in registry
    assert registry.count("rundll32.exe url.dll,FileProtocolHandler") == 2
    assert registry.count('"URL Protocol"=""') == 2
