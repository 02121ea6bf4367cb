"""An assistant with a phone of his own: what rings and is said there is before him as well."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from api_house import an_ended_call
from live_house import LiveHouse, live_house, stream
from signin_house import KEPT, doing

from storage.recording import record_ended_call
from storage.unit_of_work import UnitOfWork
from web.access.roles import Role
from web.signin import accounts
from web.signin.accounts import About

YULIA = About(
    name="Юлия", role=Role.ASSISTANT, manager="kuznetsova", assists="petrov"
)  # her phone is 105; Petrov does not own the client who calls


@pytest_asyncio.fixture
async def floor(tmp_path: Path) -> AsyncIterator[LiveHouse]:
    async with live_house(tmp_path) as found:

        async def work(uow: UnitOfWork) -> None:
            managers = found.house.board.office().managers
            await accounts.add(uow, doing(), "yulia", YULIA, managers=managers)
            await accounts.set_password(uow, doing(), "yulia", KEPT)

        await found.house.writer.submit(work)
        yield found


async def test_what_rings_at_his_own_phone_is_before_him_and_so_is_the_talk(
    floor: LiveHouse,
) -> None:
    async with floor.people.signed_in("yulia") as yulia, stream(yulia) as page:
        call = await (await floor.call()).rings("105")
        await page.sees("pops", "Иван Петров")
        await page.misses("desk-take", "Иван Петров")
        await call.answers("105")
        await page.sees("desk-talk", f"/calls/live/{call.id}/transfer")


async def test_what_rings_at_his_managers_phone_is_before_him_too(floor: LiveHouse) -> None:
    async with floor.people.signed_in("yulia") as yulia, stream(yulia) as page:
        await (await floor.call()).rings("102")
        await page.sees("pops", "Иван Петров")


async def test_programs_are_told_the_same(floor: LiveHouse) -> None:
    async with floor.people.signed_in("yulia") as yulia:
        await (await floor.call()).rings("105")
        async with yulia.http.get("/api/v1/desk") as reply:
            cards = (await reply.json())["cards"]
        assert [(card["kind"], card["client_name"]) for card in cards] == [("ring", "Иван Петров")]


async def test_whom_he_took_he_may_read_and_find_and_nobody_else(floor: LiveHouse) -> None:
    """The right is written for his own key, not for that of whom he assists."""
    async with floor.people.signed_in("yulia") as yulia:
        assert (await yulia.get("/clients/K-1"))[0] == 404
        await (await (await floor.call()).rings("105")).answers("105")

        async def opens() -> bool:
            return (await yulia.get("/clients/K-1"))[0] == 200

        await floor.eventually(opens)
        async with yulia.http.get("/api/v1/clients/K-1") as reply:
            assert (await reply.json())["access"] == "call"
        async with yulia.http.get("/api/v1/clients", params={"q": "Петров"}) as reply:
            assert [one["key"] for one in (await reply.json())["items"]] == ["K-1"]
        assert (await yulia.get("/clients/K-2"))[0] == 404


async def test_his_own_talk_asks_for_its_note_while_it_lasts(floor: LiveHouse) -> None:
    call = await (await floor.call()).rings("105")
    await call.answers("105")
    async with floor.people.signed_in("yulia") as yulia:
        assert call.id in (await yulia.get("/desk/after"))[1]
        assert call.id in (await yulia.get("/desk"))[1]


@pytest.mark.parametrize("at", ["105", "102"], ids=["his own phone", "his manager's"])
async def test_a_talk_at_either_phone_is_a_call_of_his_day_and_asks_for_its_note(
    floor: LiveHouse, at: str
) -> None:
    about = {"rang": (at,), "answered_by": at, "owner": "", "client": "K-1"}
    talk = an_ended_call("main-7.1", floor.house.board.now, 0.2, **about)

    async def work(uow: UnitOfWork) -> None:
        await record_ended_call(uow, talk)

    await floor.house.writer.submit(work)
    async with floor.people.signed_in("yulia") as yulia:
        _, today = await yulia.get("/desk/today")
        assert "/desk?note=main-7.1" in today, "as a talk whose note can be added"
        assert "main-7.1" in (await yulia.get("/desk/after"))[1]
        await yulia.post("/notes", call="main-7.1", text="")
        assert "main-7.1" not in (await yulia.get("/desk/after"))[1]
