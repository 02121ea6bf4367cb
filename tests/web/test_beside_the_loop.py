"""What takes long is done beside the loop: a decision on a call waits for no page.

An office of a thousand people takes up to 0.9 s to read, judge and change, a table of calls 30 ms
for each thousand.
"""

from __future__ import annotations

import re
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from api_house import an_ended_call, api_house
from signin_house import Person, SignInHouse, office_house

from storage.recording import record_ended_call

TEXT = (Path(__file__).parents[2] / "config" / "examples" / "office.toml").read_text("utf-8")
SLOW = (
    "switchboard.office_desk.load_office",
    "switchboard.office_desk.lint",
    "switchboard.office_desk.difference",
    "web.pages.office.with_entry",
    "web.pages.office.with_new_entry",
    "web.pages.office.without_entry",
    "web.pages.office.values_of",
    "web.pages.calls_csv.cell",
)
Done = dict[str, set[bool]]


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> Done:
    """What of the slow things is done, and whether the loop's thread does it."""
    found: Done = {}

    def spied(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def spy(*about: object, **named: object) -> Any:
            in_loop = threading.current_thread() is threading.main_thread()
            found.setdefault(name.rpartition(".")[2], set()).add(in_loop)
            return work(*about, **named)

        return spy

    for name in SLOW:
        module, _, work = name.rpartition(".")
        there = __import__(module, fromlist=[work])
        monkeypatch.setattr(name, spied(name, getattr(there, work)))
    return found


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[SignInHouse]:
    async with office_house(tmp_path, TEXT) as found:
        yield found


@pytest.fixture
async def admin(house: SignInHouse) -> AsyncIterator[Person]:
    async with house.signed_in("admin") as person:
        yield person


@pytest.mark.parametrize(
    ("path", "slow"),
    [
        ("/office", {"lint"}),
        ("/office/general", {"values_of"}),
        ("/office/managers/petrov", {"values_of"}),
        ("/office/versions/1", {"load_office", "lint", "difference"}),
    ],
)
async def test_an_office_is_looked_at_beside_the_loop(
    admin: Person, done: Done, path: str, slow: set[str]
) -> None:
    assert (await admin.get(path))[0] == 200
    assert done == {name: {False} for name in slow}


async def test_an_office_is_changed_beside_the_loop(admin: Person, done: Done) -> None:
    _, page = await admin.get("/office/managers/petrov")
    found = re.search(r'name="base" value="(\d+)"', page)
    assert found
    base = {"base": found[1]}
    one = {"name": "Иной", "extension": "177", "department": "sales", **base}
    for path, form in (
        ("/office/managers/petrov", one),
        ("/office/new/managers", one | {"key": "inoy"}),
        ("/office/managers/petrov", {"act": "remove", **base}),
        ("/office/text", {"text": TEXT, **base}),
        ("/office/versions/1/restore", base),
    ):
        status, _ = await admin.post(path, **form)
        assert status in {200, 303}, path
    looked = {"load_office", "lint", "difference", "values_of"}
    changed = {"with_entry", "with_new_entry", "without_entry"}
    assert done == {name: {False} for name in looked | changed}


async def test_the_api_judges_an_office_beside_the_loop(tmp_path: Path, done: Done) -> None:
    async with api_house(tmp_path) as house:
        status, _ = await (await house.program("admin")).get("/office")
    assert status == 200
    assert done == {"lint": {False}}


async def test_a_table_of_calls_is_written_beside_the_loop(house: SignInHouse, done: Done) -> None:
    now = house.house.board.now
    ended = an_ended_call("main-1.1", now, 5)
    await house.house.writer.submit(lambda uow: record_ended_call(uow, ended))
    async with house.signed_in("director") as director:
        status, table = await director.get("/calls.csv")
    assert (status, table.count("\n")) == (200, 2)
    assert done == {"cell": {False}}
