"""The next contact of a note: never lost, never kept where it cannot be."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from api_house import PETROVS, an_ended_call
from live_house import STRANGER, LiveHouse, live_house
from signin_house import Person

from storage.notes import Note, Notes, notes_of_client
from storage.recording import record_ended_call
from storage.unit_of_work import UnitOfWork

FIELD = re.compile(r'name="next"(?: value="([^"]*)")?')


@pytest_asyncio.fixture
async def floor(tmp_path: Path) -> AsyncIterator[LiveHouse]:
    async with live_house(tmp_path) as found:
        yield found


@pytest_asyncio.fixture
async def call(floor: LiveHouse) -> str:
    """A talk of Ivanova's, still going on."""
    made = await (await floor.call()).rings("101")
    await made.answers("101")
    return made.id


@pytest_asyncio.fixture
async def anna(floor: LiveHouse) -> AsyncIterator[Person]:
    async with floor.people.signed_in("ivanova") as found:
        yield found


async def keep(floor: LiveHouse, call: str, at: datetime) -> int:
    """What Ivanova noted of the talk before."""
    note = Note(
        client="K-1",
        call_id=call,
        by="ivanova",
        manager="ivanova",
        at=at,
        text="Обещал подумать",
        next_contact_at=at,
    )

    async def work(uow: UnitOfWork) -> int:
        return await Notes(uow.connection).write(note)

    return await floor.house.board.write(work)


async def noted(floor: LiveHouse) -> Note:
    [note] = await notes_of_client(floor.house.database, "K-1")
    return note


async def filled(anna: Person, call: str) -> str:
    """What the form holds for the next contact."""
    _, page = await anna.get(f"/desk?note={call}")
    found = FIELD.search(page)
    assert found is not None
    return unescape(found[1] or "")


async def test_a_note_is_changed_and_its_overdue_contact_stays(
    floor: LiveHouse, anna: Person, call: str
) -> None:
    """The form brings the instant back by the minute; it was kept by the second."""
    late = floor.house.board.now - timedelta(hours=2)
    await keep(floor, call, late)
    status, _ = await anna.post(
        "/notes", call=call, text="Подумал: берёт", next=await filled(anna, call)
    )
    assert status == 303
    note = await noted(floor)
    assert (note.text, note.next_contact_at) == ("Подумал: берёт", late)
    assert "Подумал: берёт" in (await anna.get("/desk/due"))[1]


async def test_what_the_client_says_now_goes_before_the_contact_that_nobody_touched(
    floor: LiveHouse, anna: Person, call: str
) -> None:
    """Also without JavaScript, which would have put the proposal into the field."""
    late = floor.house.board.now - timedelta(hours=2)
    await keep(floor, call, late)
    filled_in = await filled(anna, call)
    await anna.post("/notes", call=call, text="", next=filled_in, said="6", unit="days")
    at = (await noted(floor)).next_contact_at
    assert at is not None
    assert at > floor.house.board.now


@pytest.mark.parametrize("page", ["/notes", "api"])
async def test_a_contact_that_was_done_is_due_again_at_another_time(
    floor: LiveHouse, anna: Person, call: str, page: str
) -> None:
    """Saved again with tomorrow; saved again as it is, it stays done."""
    soon = floor.house.board.now + timedelta(hours=1)
    number = await keep(floor, call, soon)
    token = await floor.people.token("ivanova", "calls")

    async def save(at: datetime) -> None:
        if page == "/notes":
            text = at.isoformat(timespec="minutes")
            assert (await anna.post(page, call=call, text="Снова", next=text))[0] == 303
            return
        path = f"/api/v1/calls/{call}/note"
        told = {"text": "Снова", "next_contact_at": at.isoformat()}
        bearer = {"Authorization": f"Bearer {token}"}
        async with anna.http.post(path, json=told, headers=bearer) as reply:
            assert reply.status < 300, await reply.text()

    assert (await anna.post(f"/notes/{number}/done"))[0] == 303
    await save(soon)
    assert (await noted(floor)).done_at is not None
    assert "Снова" not in (await anna.get("/desk/due"))[1]
    await save(soon + timedelta(hours=20))
    assert (await noted(floor)).done_at is None
    assert "Снова" in (await anna.get("/desk/due"))[1]


@pytest.mark.parametrize("typed", ["2020-01-01T10:00", "0001-01-01T00:00", "завтра"])
async def test_an_instant_that_cannot_be_is_refused_and_nothing_typed_is_lost(
    floor: LiveHouse, anna: Person, call: str, typed: str
) -> None:
    """The page comes back as it was filled in; a script is told the sentence alone."""
    status, page = await anna.post("/notes", call=call, text="Ждёт <расчёт>", next=typed)
    assert status == 422
    assert "Не сохранено" in page
    assert "Ждёт &lt;расчёт&gt;</textarea>" in page
    assert ('value="2020-01-01T10:00"' in page) == (typed == "2020-01-01T10:00")
    htmx = {"HX-Request": "true"}
    asked = {"call": call, "text": "Ждёт", "next": typed}
    async with anna.http.post("/notes", data=asked, headers=htmx) as reply:
        told = await reply.text()
    assert reply.status == 422
    assert "Не сохранено" in told
    assert "<form" not in told
    assert not await notes_of_client(floor.house.database, "K-1")


async def test_a_strangers_contact_tells_his_number_until_he_is_somebodys_client(
    floor: LiveHouse, anna: Person
) -> None:
    """There is no card to go by: the number is that of the call, in the log or while it lasts."""
    talk = await (await floor.call(STRANGER)).rings("101")
    await talk.answers("101")
    at = (floor.house.board.now + timedelta(hours=2)).isoformat(timespec="minutes")
    await anna.post("/notes", call=talk.id, text="Просит расчёт", next=at)
    _, due = await anna.get("/desk/due")
    assert "+7 903 555-00-00" in due
    assert f'name="number" value="{STRANGER}"' in due
    logged = an_ended_call("main-7.1", floor.house.board.now, 1, number=PETROVS, answered_by="101")

    async def work(uow: UnitOfWork) -> None:
        await record_ended_call(uow, logged)

    await floor.house.writer.submit(work)
    await anna.post("/notes", call="main-7.1", text="Ждёт", next=at)
    _, due = await anna.get("/desk/due")
    assert "+7 903 555-11-22" in due
    about = {"name": "Павел", "numbers": PETROVS, "owner": "ivanova", "sure": "1"}
    _, card = await anna.post("/clients/new", **about)
    _, due = await anna.get("/desk/due")
    assert f'href="{card}"' in due
    assert "Павел" in due


@pytest.mark.parametrize("typed", ["2020-01-01T10:00", "0001-01-01T00:00", "завтра"])
async def test_the_cards_form_refuses_such_an_instant_too(
    floor: LiveHouse, anna: Person, typed: str
) -> None:
    """The card comes back with what was typed; nothing is kept."""
    asked = {"text": "Ждёт <расчёт>", "next_contact": typed, "application": "З-17"}
    status, page = await anna.post("/clients/K-1/notes", **asked)
    assert status == 422
    assert "Не сохранено" in page
    assert "Ждёт &lt;расчёт&gt;</textarea>" in page
    assert f'name="next_contact" value="{typed}"' in page
    assert 'name="application" value="З-17"' in page
    assert await notes_of_client(floor.house.database, "K-1") == ()


async def test_the_cards_form_believes_a_typed_offset(floor: LiveHouse, anna: Person) -> None:
    """Without one it is the person's clock."""
    at = (floor.house.board.now + timedelta(days=2)).replace(microsecond=0)
    await anna.post("/clients/K-1/notes", text="", next_contact=at.isoformat())
    assert (await noted(floor)).next_contact_at == at


async def test_a_promise_beside_a_callback_is_read_alike(floor: LiveHouse, anna: Person) -> None:
    """A year 1 is told as what cannot be read."""
    status, _ = await anna.post("/callbacks/1/note", note="", promised="0001-01-01T00:00")
    assert status == 303
    assert "Время не понятно" in (await anna.get("/callbacks"))[1]


@dataclass
class Program:
    """Ivanova's program."""

    http: aiohttp.ClientSession
    token: str

    async def notes(self, path: str, **told: Any) -> tuple[int, dict[str, Any]]:
        bearer = {"Authorization": f"Bearer {self.token}"}
        async with self.http.post(f"/api/v1{path}/note", json=told, headers=bearer) as reply:
            return reply.status, await reply.json()


@pytest_asyncio.fixture
async def program(floor: LiveHouse, anna: Person) -> Program:
    return Program(anna.http, await floor.people.token("ivanova", "calls", "clients"))


async def test_a_program_that_says_nothing_of_the_contact_changes_the_text_alone(
    floor: LiveHouse, anna: Person, program: Program, call: str
) -> None:
    """Done stays done; a contact alone leaves the text; null takes the contact away."""
    soon = floor.house.board.now + timedelta(hours=1)
    number = await keep(floor, call, soon)
    await anna.post(f"/notes/{number}/done")
    status, told = await program.notes(f"/calls/{call}", text="Подумал: берёт")
    assert status == 200
    note = await noted(floor)
    assert (note.text, note.next_contact_at) == ("Подумал: берёт", soon)
    assert note.done_at is not None
    assert told["next_contact_at"] is not None
    later = (soon + timedelta(hours=20)).isoformat()
    _, told = await program.notes(f"/calls/{call}", next_contact_at=later)
    assert told["text"] == "Подумал: берёт"
    await program.notes(f"/calls/{call}", text="Передумал", next_contact_at=None)
    assert (await noted(floor)).next_contact_at is None


async def test_a_program_may_send_back_the_overdue_contact_that_it_was_told(
    floor: LiveHouse, program: Program, call: str
) -> None:
    """It is told by the millisecond and kept finer; it stays as it was."""
    late = floor.house.board.now - timedelta(hours=2, microseconds=7)
    await keep(floor, call, late)
    _, told = await program.notes(f"/calls/{call}", text="Раз")
    status, _ = await program.notes(
        f"/calls/{call}", text="Два", next_contact_at=told["next_contact_at"]
    )
    assert status == 200
    note = await noted(floor)
    assert (note.text, note.next_contact_at) == ("Два", late)


@pytest.mark.parametrize("about", ["call", "client"])
async def test_a_program_promises_nothing_for_the_past(
    floor: LiveHouse, program: Program, call: str, about: str
) -> None:
    """Neither of a call nor of a client; nothing is kept."""
    path = f"/calls/{call}" if about == "call" else "/clients/K-1"
    past = "2020-01-01T00:00:00Z"
    status, told = await program.notes(path, text="Ждёт", next_contact_at=past)
    assert (status, told["error"]["id"]) == (422, "past")
    assert await notes_of_client(floor.house.database, "K-1") == ()
