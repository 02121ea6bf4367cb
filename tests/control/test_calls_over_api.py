"""A CRM with a token places, sees, takes and ends calls on a real Asterisk, over HTTP alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
import pytest_asyncio
from floor_control import free_again, live_call
from own_ports import own_port
from sales_floor import eventually
from two_services import inside

from config.settings_http import HttpSettings
from dozvon.lab import CallState, Mobile, answer_after
from web.signin import accounts
from web.signin.accounts import About, Doing

if TYPE_CHECKING:
    from sales_floor import Floor
    from two_services import Inside

    from storage.unit_of_work import UnitOfWork

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

SCOPES = ("calls", "live", "place", "take", "hang-up", "callbacks")


class Crm:
    """A program with the token of a director."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http

    async def get(self, path: str) -> Any:
        async with self._http.get(f"/api/v1{path}") as reply:
            assert reply.status == 200, await reply.text()
            return await reply.json()

    async def post(self, path: str, **body: object) -> tuple[int, Any]:
        async with self._http.post(f"/api/v1{path}", json=body) as reply:
            return reply.status, await reply.json()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def listening(floor: Floor) -> AsyncIterator[Inside]:
    """The service, with its HTTP."""
    http = HttpSettings(port=own_port())
    async with inside(floor.settings.model_copy(update={"http": http})) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="module")
async def crm(floor: Floor, listening: Inside) -> AsyncIterator[Crm]:
    await floor.no_channels()
    floor.carrier.mobiles.clear()
    for desk in floor.desks:
        desk.quiet()
        await free_again(listening, desk)
    board, secret, login = listening.board, accounts.new_secret(), f"crm-{accounts.new_secret()}"

    async def work(uow: UnitOfWork) -> None:
        doing = Doing(by="test", at=board.now)
        about = About(name="CRM", role="director", manager="")
        person = await accounts.add(uow, doing, login[:20], about, managers=())
        await accounts.make_token(
            uow, doing, person.login, secret=secret, name="t", scopes=SCOPES, days=1
        )

    await board.write(work)
    headers = {"Authorization": f"Bearer {secret}", "Accept-Language": "en"}
    base = listening.settings.http.address
    async with aiohttp.ClientSession(base, headers=headers) as http:
        yield Crm(http)


async def manager_token(listening: Inside, manager: str) -> str:
    """A token of the manager's own."""
    board, secret = listening.board, accounts.new_secret()

    async def work(uow: UnitOfWork) -> None:
        doing = Doing(by="test", at=board.now)
        about = About(name=manager, role="manager", manager=manager)
        person = await accounts.add(uow, doing, manager, about, managers={manager})
        await accounts.make_token(
            uow, doing, person.login, secret=secret, name="t", scopes=SCOPES, days=1
        )

    await board.write(work)
    return secret


async def test_a_call_placed_by_a_crm_rings_the_manager_then_the_client(
    floor: Floor, crm: Crm
) -> None:
    """The answer comes when they talk; the call is live, and in the log when it is over."""
    desk = floor.desks[0]
    client = desk.client()
    floor.carrier.mobiles[client] = Mobile(behaviour=answer_after(0.2))
    asking = asyncio.create_task(
        crm.post("/calls", number="8" + client[1:], manager="b0", wait_seconds=8)
    )
    await desk.b.wait_ringing(3)
    await desk.b.answer()
    status, told = await asyncio.wait_for(asking, 20)
    assert (status, told["answer"]) == (200, "talking")

    async def talking() -> Any:
        """The events of the talk may come a moment after the answer to the command."""
        live = await crm.get("/live")
        [call] = [c for c in live["calls"] if c["number"] == f"+{client}"]
        return call if call["state"] == "talking" else None

    assert (await eventually(talking, 6, "it talks"))["direction"] == "outbound"
    await desk.b.hang_up()

    async def logged() -> Any:
        found = (await crm.get(f"/calls?q={client}"))["items"]
        return found[0] if found else None

    kept = await eventually(logged, 6, "the call is in the log")
    assert (kept["outcome"], kept["person"]) == ("answered", "b0")
    whole = await crm.get(f"/calls/{kept['id']}")
    assert whole["legs"]


async def test_a_ringing_call_is_taken_and_ended_over_the_api(
    floor: Floor, listening: Inside, crm: Crm
) -> None:
    """The taker's phone rings; he has it; ending it by command ends the client's call."""
    desk = floor.desks[0]
    outside = await desk.call(name="Ivan")
    await desk.a.wait_ringing(3)
    call = await live_call(listening, outside)
    headers = {"Authorization": f"Bearer {await manager_token(listening, 'b0')}"}
    base = listening.settings.http.address
    async with aiohttp.ClientSession(base, headers=headers) as http:
        taker = Crm(http)
        [row] = [c for c in (await taker.get("/live"))["calls"] if c["id"] == call.id]
        assert row["may_take"]
        asking = asyncio.create_task(taker.post(f"/live/{call.id}/take", wait_seconds=8))
        await desk.b.wait_ringing(3)
        await desk.b.answer()
        status, told = await asyncio.wait_for(asking, 20)
        assert (status, told["answer"]) == (200, "taken")
        assert outside.state is CallState.TALKING
        status, told = await crm.post(f"/live/{call.id}/hang-up")
        assert (status, told["error"]["id"]) == (409, "no-phone"), "a CRM is in no call"
        status, told = await taker.post(f"/live/{call.id}/hang-up")
        assert (status, told["answer"]) == (200, "done")
    await outside.wait_ended(3)


async def test_a_number_that_may_not_be_called_rings_nobody(floor: Floor, crm: Crm) -> None:
    before = len(floor.carrier.received)
    status, told = await crm.post("/calls", number="+1 900 555 0000", manager="b0")
    assert (status, told["error"]["id"]) in {(422, "prefix"), (422, "bad-number")}
    status, told = await crm.post("/calls", number="102", manager="b0")
    assert (status, told["error"]["id"]) == (422, "colleague")
    assert len(floor.carrier.received) == before
    assert floor.desks[0].b.calls == [] or floor.desks[0].b.calls[-1].state is CallState.ENDED
