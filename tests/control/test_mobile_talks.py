"""Whoever talks on his mobile hands the client on and ends the call from his screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from floor_control import has_the_client, live_call, only_call
from sales_floor import eventually

from dozvon.lab import CallState, confirms
from pbx_adapters.port import Outcome
from router.calls import Disposition
from switchboard.control import Control

if TYPE_CHECKING:
    from sales_floor import Desk, Floor
    from two_services import Inside

    from dozvon.lab import OutsideCall
    from router.calls import Call

pytestmark = [
    pytest.mark.asterisk,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.usefixtures("quiet_floor"),
]


async def mobile_talk(floor: Floor, served: Inside, desk: Desk) -> tuple[OutsideCall, Call]:
    """A client who talks with the head on his mobile."""
    floor.carrier.mobiles[desk.mobile] = confirms(0.3, 0.6)
    call = await desk.call()

    async def probe() -> Call | None:
        found = await live_call(served, call)
        return found if any(leg.talking_since for leg in found.legs) else None

    found = await eventually(probe, 30, "the mobile talks")
    assert found
    return call, found


async def test_he_ends_the_call_of_his_mobile(
    floor: Floor, served: Inside, control: Control
) -> None:
    desk = floor.desks[0]
    call, live = await mobile_talk(floor, served, desk)
    assert (await control.hang_up(live.id, "c0")).answer is Outcome.DONE
    await call.wait_ended(10)
    assert (await only_call(floor, call)).stored.call.disposition is Disposition.ANSWERED


@pytest.mark.parametrize("ask", [False, True])
async def test_he_hands_the_client_of_his_mobile_on(
    floor: Floor, served: Inside, control: Control, *, ask: bool
) -> None:
    """Without asking, and after asking: the colleague has the client when the mobile is put down."""
    desk = floor.desks[0]
    call, live = await mobile_talk(floor, served, desk)
    told = await control.transfer(live.id, "b0", "c0", ask=ask)
    assert told.answer is Outcome.DONE, told.sentence("en")
    await desk.b.wait_ringing(10)
    await desk.b.answer()
    mobile = next(c for c in reversed(floor.carrier.received) if c.called == desk.mobile)
    if ask:
        await mobile.hang_up()
    await mobile.wait_ended(10)
    await has_the_client(served, call, desk.b)
    assert call.state is CallState.TALKING
    await call.hang_up()
    assert (await only_call(floor, call)).stored.call.disposition is Disposition.ANSWERED
