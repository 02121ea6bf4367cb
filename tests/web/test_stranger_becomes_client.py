"""A stranger who is added as a client: what was noted of him stands on his card, and can be done."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest_asyncio
from live_house import STRANGER, LiveHouse, live_house

from storage.notes import Notes, notes_of_client


@pytest_asyncio.fixture
async def floor(tmp_path: Path) -> AsyncIterator[LiveHouse]:
    async with live_house(tmp_path) as found:
        yield found


async def test_the_contact_of_a_strangers_talk_is_done_on_his_card(floor: LiveHouse) -> None:
    """He talked, a contact was promised, and he became a client after that."""
    database = floor.house.database
    call = await (await floor.call(STRANGER)).rings("101")
    await call.answers("101")
    at = (floor.house.board.now + timedelta(hours=20)).isoformat(timespec="minutes")
    async with floor.people.signed_in("ivanova") as anna:
        await anna.post("/notes", call=call.id, text="Просит расчёт", next=at)
        await call.ends()

        async def logged() -> bool:
            return floor.house.board.live.get(call.id) is None

        await floor.eventually(logged, 12.0)
        about = {"name": "Павел", "numbers": STRANGER, "owner": "ivanova", "sure": "1"}
        _, card = await anna.post("/clients/new", **about)
        _, page = await anna.get(card)
        assert "Просит расчёт" in page
        assert f"/calls/{call.id}" in page
        key = card.rpartition("/")[2]
        [note] = await notes_of_client(database, key)
        assert (await anna.post(f"{card}/contacts/{note.id}/done"))[0] == 303
        async with database.reading() as connection:
            kept = await Notes(connection).get(note.id)
        assert kept is not None
        assert kept.done_at is not None
        await anna.post("/notes", call=call.id, text="Просит расчёт на почту")
        [note] = await notes_of_client(database, key)
        assert note.text == "Просит расчёт на почту"
