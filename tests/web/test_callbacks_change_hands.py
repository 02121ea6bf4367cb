"""Open pages follow a client who changes hands: his callback is on the new owner's desk at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from live_house import LiveHouse, live_house, stream

from switchboard.news import ClientChanged
from web.stream.regions import NUDGES, OF_CALLBACKS


@pytest_asyncio.fixture
async def floor(tmp_path: Path) -> AsyncIterator[LiveHouse]:
    async with live_house(tmp_path) as found:
        yield found


@pytest.mark.parametrize(
    ("form", "about"),
    [
        ("/clients/K-1/hand-over", {"to": "petrov"}),
        ("/clients/hand-over", {"manager": "ivanova", "to": "petrov", "sure": "1"}),
    ],
)
async def test_a_callback_goes_to_the_new_owners_desk(
    floor: LiveHouse, form: str, about: dict[str, str]
) -> None:
    """With one client, or with all of a manager; it leaves the former owner's desk."""
    async with (
        floor.people.signed_in("director") as director,
        floor.people.signed_in("ivanova") as anna,
        floor.people.signed_in("petrov") as boris,
        stream(boris, *OF_CALLBACKS) as page,
    ):

        async def nudged() -> bool:
            return set(page.nudged) >= OF_CALLBACKS

        await (await (await floor.call()).rings("101")).ends()
        await floor.eventually(nudged, 12.0)
        page.nudged.clear()
        assert (await anna.get("/desk/callbacks-count"))[1] == "1"
        assert "Иван Петров" not in (await boris.get("/desk/callbacks"))[1]
        assert (await director.post(form, **about))[0] == 303
        await floor.eventually(nudged, 12.0)
        assert "Иван Петров" in (await boris.get("/desk/callbacks"))[1]
        assert "Иван Петров" in (await boris.get("/callbacks"))[1]
        assert (await anna.get("/desk/callbacks-count"))[1] == ""


def test_a_note_changes_no_callback() -> None:
    """Notes come with every talk; no page asks for its callbacks again for one."""
    noted = ClientChanged(client="K-1", noted=True)
    assert not any(NUDGES[name].hears(noted) for name in OF_CALLBACKS)
    assert all(NUDGES[name].hears(ClientChanged(client="K-1")) for name in OF_CALLBACKS)
