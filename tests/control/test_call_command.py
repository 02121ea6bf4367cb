"""`dozvon call` as a process of its own beside the running service, on a real Asterisk."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from floor_control import free_again
from two_services import inside

from config.settings_http import HttpSettings
from dozvon.lab import Mobile, answer_after
from storage.database import open_database
from storage.sessions import ApiTokens
from web.signin import accounts
from web.signin.accounts import About, Doing

if TYPE_CHECKING:
    from sales_floor import Floor
    from two_services import Inside

    from storage.unit_of_work import UnitOfWork

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def listening(floor: Floor) -> AsyncIterator[Inside]:
    """The service with its HTTP; b0 has a sign-in."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        http = HttpSettings(port=probe.getsockname()[1])
    async with inside(floor.settings.model_copy(update={"http": http})) as found:
        board = found.board

        async def work(uow: UnitOfWork) -> None:
            doing, about = Doing(by="test", at=board.now), About(name="B", manager="b0")
            await accounts.add(uow, doing, "beata", about, managers={"b0"})

        await board.write(work)
        await free_again(found, floor.desks[0])
        yield found


async def dozvon(floor: Floor, listening: Inside, *words: str) -> Process:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DOZVON")}
    environment["DOZVON_HTTP__PORT"] = str(listening.settings.http.port)
    program = Path(sys.executable).parent / "dozvon"
    options = ("--language", "en", "--config", str(floor.config))
    return await asyncio.create_subprocess_exec(
        str(program), *options, *words, stdout=PIPE, stderr=PIPE, env=environment
    )


async def test_a_command_rings_the_manager_then_the_client_and_tells_that_they_talk(
    floor: Floor, listening: Inside
) -> None:
    desk = floor.desks[0]
    client = desk.client()
    floor.carrier.mobiles[client] = Mobile(behaviour=answer_after(0.2))
    command = await dozvon(floor, listening, "call", "8" + client[1:], "--as", "b0")
    await desk.b.wait_ringing(20)
    await desk.b.answer()
    said, trouble = await asyncio.wait_for(command.communicate(), 20)
    assert (command.returncode, trouble) == (0, b"")
    first, second = said.decode().splitlines()
    assert first.endswith("Pick it up.")
    assert second == "You are talking."
    assert [c.called for c in floor.carrier.received] == [client]
    async with (
        open_database(floor.settings.database) as database,
        database.reading() as connection,
    ):
        assert await ApiTokens(connection).all() == (), "nothing stays that opens the API"
    await desk.b.hang_up()
    await floor.no_channels()
    await free_again(listening, desk)


async def test_a_colleague_s_extension_is_refused_as_on_the_desk(
    floor: Floor, listening: Inside
) -> None:
    before = len(floor.carrier.received)
    command = await dozvon(floor, listening, "call", "102", "--as", "b0")
    _, trouble = await asyncio.wait_for(command.communicate(), 20)
    assert command.returncode == 2, trouble.decode()
    assert trouble.decode() == "102 is a colleague's extension. Dial it on the phone.\n"
    assert len(floor.carrier.received) == before
