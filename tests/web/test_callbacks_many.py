"""A long callback list: the first are drawn, the rest is one press away, and nothing gets lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from signin_house import Person, SignInHouse, signin_house
from test_callbacks_page import missed, shown, write

ALL = ["cb-c-1", "cb-c-2", "cb-c-3", "cb-c-4"]


@pytest.fixture
async def anna(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Person]:
    """Four wait for her, the first for the longest; two are drawn at once."""
    monkeypatch.setattr("web.pages.callbacks.FIRST", 2, raising=False)
    async with signin_house(tmp_path) as house:
        await wait(house)
        async with house.signed_in("ivanova") as person:
            yield person


async def wait(house: SignInHouse) -> None:
    for n in (1, 2, 3, 4):
        call = missed(f"c-{n}", 60 - n, number=f"+7916000000{n}", owner="ivanova")
        await write(house, call)


@pytest.mark.parametrize("path", ["/callbacks", "/callbacks/list"])
async def test_the_first_are_drawn_and_the_rest_is_one_press_away(anna: Person, path: str) -> None:
    _, page = await anna.get(path)
    assert shown(page) == ALL[:2]
    assert "Показать ещё 2" in page
    assert 'href="/callbacks?which=mine&amp;whole=1"' in page
    _, page = await anna.get(f"{path}?which=mine&whole=1")
    assert shown(page) == ALL
    assert "Показать ещё" not in page


async def test_what_one_has_taken_is_always_drawn(anna: Person) -> None:
    await anna.post("/callbacks/cb-c-4/take?which=mine")
    assert shown((await anna.get("/callbacks"))[1]) == ["cb-c-1", "cb-c-2", "cb-c-4"]


async def test_whoever_sees_them_all_goes_on_seeing_them_all(anna: Person) -> None:
    """After an act, by the page or as a fragment, and when the list is fetched again."""
    _, page = await anna.get("/callbacks?which=all&whole=1")
    assert 'data-live="/callbacks/list?which=all&amp;whole=1"' in page
    act = "/callbacks/cb-c-4/take?which=all&whole=1"
    assert f'action="{act.replace("&", "&amp;")}"' in page
    assert (await anna.post(act))[1] == "/callbacks?which=all&whole=1"
    async with anna.http.post(act, headers={"HX-Request": "true"}) as reply:
        assert shown(await reply.text()) == ALL


async def test_the_page_of_a_call_leads_to_its_item_wherever_it_stands(anna: Person) -> None:
    _, page = await anna.get("/calls/c-4")
    assert 'href="/callbacks?which=all&amp;whole=1#cb-c-4"' in page
