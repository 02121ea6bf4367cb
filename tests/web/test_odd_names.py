"""A client's key and a call's id come from others and hold what they hold: "/", "?", "#", "%", blanks.

Every link and form that a page draws about such a one must lead to it, and every address of the API
must find it.
"""

from __future__ import annotations

import html
import re
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pytest
from api_house import ApiHouse, api_house
from signin_house import Person

from router.facts import Application
from router.numbers import NumberPlan, normalise
from storage.records import ClientRecord
from storage.unit_of_work import UnitOfWork
from web.access.matrix import ROUTES
from web.pages.addresses import client_in, client_page

ODD = ["a/b", "a?b=c", "a#b", "100%", "%2F", "a b", "a&b;c", "Ж/ъ", 'q"<x>', "a//b/", "+7/8"]
ODD += ["{3f25-04e0}", "a\\b", "a\tb", "~a", "%2e%2e"]
TAKEN = ["new", "hand-over", ".", "..", "~new", "~~.."]
"""Pages of ours and what browsers walk: a client of such a key is written with "~" before it."""
ADDRESSES = re.compile(r'(?:href|action|hx-get|hx-post|hx-put|data-href)="([^"]*)"')
PAGES = {"/clients/new", "/clients/hand-over", "/calls/live", "/callbacks/list"}
LIVING = re.compile(r"main-\d+\.1")
TEMPLATES = Path(__file__).parents[2] / "web" / "templates"


def test_no_template_makes_a_part_of_a_path_by_urlencode() -> None:
    """It leaves "/" alone. Nor does one write a client's address by itself."""
    wrong = re.compile(r"/\{\{[^}]*\|\s*urlencode|/clients/\{\{")
    assert [t.name for t in TEMPLATES.glob("*.html") if wrong.search(t.read_text("utf-8"))] == []


def shape(path: str) -> re.Pattern[str]:
    """A route of the matrix over the path as it is sent."""
    return re.compile(re.sub(r"\\\{\w+\\\}", "([^/]+)", re.escape(path)))


SHAPES = [shape(path) for _, path in ROUTES if re.match(r"/(clients|calls|callbacks)/.*\{", path)]


def names_in(page: str) -> set[str]:
    """The clients, calls and callbacks that a page's links and forms name, as a server reads them."""
    found: set[str] = set()
    for each in ADDRESSES.findall(page):
        path = urlsplit(html.unescape(each)).path
        if path in PAGES or not re.match(r"/(clients|calls|callbacks)/", path):
            continue
        matched = [m for m in (s.fullmatch(path) for s in SHAPES) if m]
        assert matched, each
        name = unquote(matched[0][1])
        assert name not in {".", ".."}, each
        marked = path.startswith("/clients/") and name.removeprefix("~") in TAKEN
        found.add(name.removeprefix("~") if marked else name)
    return found


def written(key: str) -> str:
    """A client's key as an address has it."""
    return quote(f"~{key}" if key in TAKEN else key, safe="")


async def odd_house(house: ApiHouse, odd: str) -> None:
    """A client with such a key, whom we missed in a call with such an id."""
    number = normalise("+79164440000", NumberPlan())
    work = Application(key=odd, title="Заявка", open=True)
    record = ClientRecord(
        key=odd, name="Чудной", owner="petrov", numbers=(number,), applications=(work,)
    )

    async def save(uow: UnitOfWork) -> None:
        await uow.clients.save([record], at=house.live.house.board.now)

    await house.write(save)
    await house.record(f"main-{odd}", number="+79164440000", client=odd)
    await (await house.live.call("+79164440000")).rings("102")


async def walk(person: Person, odd: str) -> None:
    """Opens what pages lead to, and writes where their forms lead to."""
    key, call = written(odd), quote(f"main-{odd}", safe="")
    for page in ("/clients", "/clients?q=Чудной", "/calls", "/callbacks", "/desk", "/live"):
        status, text = await person.get(page)
        if status == 303:
            continue
        assert status == 200, page
        ours = {n for n in names_in(text) if n.startswith(("main-", "cb-"))}
        assert all(odd in n or LIVING.fullmatch(n) for n in ours), ours
    for page in ("/callbacks", "/live"):
        assert odd in names_in((await person.get(page))[1]), page
    status, card = await person.get(f"/clients/{key}")
    assert status == 200
    assert {odd, f"main-{odd}"} <= names_in(card)
    status, page = await person.get(f"/calls/{call}")
    assert status == 200
    assert {odd, f"cb-main-{odd}"} & names_in(page)
    status, there = await person.post(f"/clients/{key}/notes", text="Перезвонить")
    assert (status, unquote(urlsplit(there).path)) == (303, f"/clients/{unquote(key)}")
    status, _ = await person.post(f"/clients/{key}/numbers", number="+7 916 444-00-01")
    assert status == 303
    item = quote(f"cb-main-{odd}", safe="")
    status, _ = await person.post(f"/callbacks/{item}/take?which=mine")
    assert status in {200, 303}
    _, card = await person.get(f"/clients/{key}")
    assert "Перезвонить" in card
    assert "444-00-01" in card


@pytest.mark.parametrize("odd", [*ODD, *TAKEN])
async def test_every_page_leads_to_a_client_and_a_call_of_an_odd_name(
    tmp_path: Path, odd: str
) -> None:
    async with api_house(tmp_path) as house:
        await odd_house(house, odd)
        async with house.live.people.signed_in("petrov") as petrov:
            await walk(petrov, odd)


@pytest.mark.parametrize("odd", [*ODD, *TAKEN])
async def test_every_address_of_the_api_finds_a_client_and_a_call_of_an_odd_name(
    tmp_path: Path, odd: str
) -> None:
    async with api_house(tmp_path) as house:
        await odd_house(house, odd)
        petrov, boss = await house.program("petrov"), await house.program("boss")
        key, call = written(odd), quote(f"main-{odd}", safe="")
        status, told = await petrov.get(f"/clients/{key}")
        assert (status, told["client"]["key"]) == (200, odd)
        status, told = await petrov.post(f"/clients/{key}/note", {"text": "Да"})
        assert (status, told["notes"][0]["text"]) == (200, "Да")
        status, told = await petrov.get(f"/calls/{call}")
        assert (status, told["call"]["id"]) == (200, f"main-{odd}")
        assert (await petrov.post(f"/calls/{call}/note", {"text": "Да"}))[0] == 200
        item = quote(told["callback"], safe="")
        assert (await petrov.post(f"/callbacks/{item}/take"))[0] == 200
        status, told = await boss.post(f"/clients/{key}/hand-over", {"to": "ivanova"})
        assert (status, told["owner"]) == (200, "ivanova")


@pytest.mark.parametrize("key", [*ODD, *TAKEN, "~", "...", "~newer", "~~", "К-1"])
def test_each_address_is_one_client_s(key: str) -> None:
    address = client_page(key)
    assert address == f"/clients/{written(key)}"
    assert client_in(unquote(address.removeprefix("/clients/"))) == key


async def test_a_program_may_write_the_name_of_a_page_as_it_is(tmp_path: Path) -> None:
    """The API has no such pages; only dots cannot be sent."""
    async with api_house(tmp_path) as house:
        await odd_house(house, "new")
        petrov = await house.program("petrov")
        status, told = await petrov.get("/clients/new")
        assert (status, told["client"]["key"]) == (200, "new")
