"""What a card tells of a client is what the client base says now, not what it said at his last call."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from live_house import IVAN, LiveHouse, live_house, stream

from router.facts import Application
from storage.records import ClientRecord
from storage.unit_of_work import UnitOfWork


@pytest_asyncio.fixture
async def floor(tmp_path: Path) -> AsyncIterator[LiveHouse]:
    async with live_house(tmp_path) as found:
        yield found


async def called_once(floor: LiveHouse) -> None:
    """An earlier call: what is known of the client is remembered from then."""
    async with floor.people.signed_in("ivanova") as anna, stream(anna) as page:
        call = await (await floor.call()).rings("101")
        await page.sees("pops", "Окна в дом, 6 штук")
        await call.ends()
        await page.misses("pops", "Иван Петров")


async def test_the_next_ring_shows_what_was_edited_since(floor: LiveHouse) -> None:
    """Name, owner, application and note, changed in the workspace between two calls."""
    await called_once(floor)
    async with floor.people.signed_in("ivanova") as anna:
        await anna.post("/clients/K-1/applications", application="З-17", title="Двери, 2 штуки")
        await anna.post("/clients/K-1/notes", text="Просил звонить после пяти")
        await anna.post("/clients/K-1", name="Иван Сидоров")
        async with stream(anna) as page:
            await (await floor.call()).rings("101")
            await page.sees("pops", "Двери, 2 штуки")
            card = await page.sees("pops", "Просил звонить после пяти")
            assert "Иван Сидоров" in card
            assert "Окна" not in card


async def test_the_next_ring_shows_the_new_owner(floor: LiveHouse) -> None:
    """To him as a call of his own client at a colleague, to the former owner no more."""
    await called_once(floor)
    async with floor.people.signed_in("director") as director:
        status, _ = await director.post("/clients/K-1/hand-over", to="petrov")
        assert status == 303
    async with floor.people.signed_in("petrov") as petrov, stream(petrov) as page:
        await (await floor.call()).rings("101")
        assert "Пётр Петров" in await page.sees("desk-take", "Иван Петров")


@pytest.mark.parametrize("by", ["page", "api"])
async def test_a_card_that_rings_now_is_drawn_again_after_an_edit(
    floor: LiveHouse, by: str
) -> None:
    """Whoever edits it, wherever."""
    async with floor.people.signed_in("ivanova") as anna, stream(anna) as page:
        await (await floor.call()).rings("101")
        await page.sees("pops", "Окна в дом")
        if by == "page":
            await anna.post("/clients/K-1/notes", text="Сейчас позвоню")
        else:
            token = await floor.people.token("ivanova", "clients")
            async with anna.http.post(
                "/api/v1/clients/K-1/note",
                json={"text": "Сейчас позвоню"},
                headers={"Authorization": f"Bearer {token}"},
            ) as reply:
                assert reply.status < 300, await reply.text()
        await page.sees("pops", "Сейчас позвоню")


async def test_the_next_ring_shows_what_another_process_wrote(floor: LiveHouse) -> None:
    """An import by the command line tells the service nothing."""
    await called_once(floor)
    work = Application(key="З-18", title="Балкон", open=True)
    record = ClientRecord(key="K-1", name="Иван Петров", owner="ivanova", applications=(work,))
    closed = Application(key="З-17", title="Окна в дом, 6 штук", open=False)

    async def imported(uow: UnitOfWork) -> None:
        await uow.clients.save([record], at=floor.house.board.now)
        record_ = ClientRecord(key="K-1", name="Иван Петров", applications=(closed,))
        await uow.clients.save([record_], at=floor.house.board.now)

    await floor.house.writer.submit(imported)
    async with floor.people.signed_in("ivanova") as anna, stream(anna) as page:
        await (await floor.call(IVAN)).rings("101")
        await page.sees("pops", "Балкон")
