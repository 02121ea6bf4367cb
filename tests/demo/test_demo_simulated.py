"""Where no Asterisk is to be had the same stories come out over the simulator."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dozvon.demo import show as show_module
from dozvon.demo.people import demo_people
from dozvon.demo.premises import example_office
from dozvon.demo.show import show
from dozvon.demo.simulated import simulated
from dozvon.demo.stories import STORIES
from storage.database import open_database
from storage.people import read_person
from web.signin.passwords import Passwords


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_the_demo_says_that_it_is_simulated_and_tells_every_story(
    language: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without an Asterisk the demo says so, tells the stories all the same, and they are true."""
    lines: list[str] = []
    monkeypatch.setattr(show_module, "ensure_root", lambda _report: None)
    assert await show(language, once=True, say=lines.append), "\n".join(lines)
    text = "\n".join(lines)
    assert ("simulator" if language == "en" else "симулятор") in text
    assert all(story.title(language) in text for story in STORIES)


async def test_the_demo_tells_where_the_workspace_is_and_how_each_role_signs_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Before the first story there is an address and a login with its password for each role."""
    lines: list[str] = []
    monkeypatch.setattr(show_module, "ensure_root", lambda _report: None)
    monkeypatch.setattr(show_module, "STORIES", STORIES[:1])
    assert await show("en", once=True, say=lines.append)
    before = "\n".join(lines).partition(STORIES[0].title("en"))[0]
    assert re.search(r"http://127\.0\.0\.1:\d+/", before)
    for login in ("director", "sokolova", "ivanova", "petrov", "assistant", "admin"):
        assert re.search(rf" {login} +\w{{4}}-\w{{4}}-\w{{4}}", before), before


async def test_a_person_of_the_demo_signs_in_with_the_password_told(tmp_path: Path) -> None:
    office = example_office()
    people = demo_people(office)
    async with simulated(tmp_path, office, None, people=people) as service:
        async with open_database(service.settings.database) as database:
            found = {p.login: await read_person(database, p.login) for p in people}
        passwords = Passwords()
        for person in people:
            told = found[person.login]
            assert told is not None
            stored, kept = told
            assert (stored.role, stored.manager) == (person.role, person.manager)
            assert await passwords.fits(kept, person.password)
        passwords.close()
