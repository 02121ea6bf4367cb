"""Handing a client on and hanging up by command, on a real Asterisk."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from floor_control import (
    a_talk,
    has_the_client,
    known_to,
    live_call,
    only_call,
    ringing_call,
    talks,
)
from sales_floor import caller_of, eventually, side_by_side, trail

from dozvon.lab import DECLINE, CallState, Mobile, answer_after
from pbx_adapters.port import Outcome
from router.calls import Disposition, MissedReason, TransferKind
from router.facts import PhoneState
from switchboard.control import Control
from switchboard.control_texts import Refusal

if TYPE_CHECKING:
    from sales_floor import Desk, Floor
    from two_services import Inside

pytestmark = [
    pytest.mark.asterisk,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.usefixtures("quiet_floor"),
]


async def test_a_client_is_handed_on_without_asking(
    floor: Floor, served: Inside, control: Control
) -> None:
    """The transferer is free at once, the colleague rings, and the log tells both."""
    desk = floor.desks[0]
    call, live = await a_talk(served, desk)
    assert (await control.transfer(live.id, "b0", "a0")).answer is Outcome.DONE
    await desk.b.wait_ringing(3)
    await desk.a.calls[-1].wait_ended(2)
    assert call.state is CallState.TALKING
    await desk.b.answer()
    await has_the_client(served, call, desk.b)
    await call.hang_up()
    story = await only_call(floor, call)
    [transfer] = story.stored.call.transfers
    assert (transfer.kind, transfer.by, transfer.to) == (TransferKind.BLIND, "101", "102")
    assert story.stored.call.answered_by == "101"


async def test_a_client_nobody_wants_comes_back_and_then_goes_to_the_department(
    floor: Floor, served: Inside, control: Control
) -> None:
    """Declined by both: the department rings, and whoever picks up has him."""
    desk = floor.desks[1]
    call, live = await a_talk(served, desk)
    desk.b.behave(DECLINE)
    assert (await control.transfer(live.id, "b1", "a1")).answer is Outcome.DONE
    await desk.a.wait_ringing(5)
    await desk.a.decline()
    await desk.c.wait_ringing(5)
    await desk.c.answer()
    await has_the_client(served, call, desk.c)
    await call.hang_up()
    story = await only_call(floor, call)
    told = trail(story)
    assert told[1] == "111>112 transfer"
    assert [item.partition(" rang")[0] for item in told[2:4]] == ["/112", "/111"]
    assert told[-1] == "a1/111&b1/112&c1/113 rang ANSWER"
    assert story.stored.call.disposition is Disposition.ANSWERED


async def test_a_client_who_leaves_on_the_way_is_lost_in_transfer(
    floor: Floor, served: Inside, control: Control
) -> None:
    """Whether he was sent or left waiting: missed, and owed a callback."""

    async def leaves(desk: Desk, *, ask: bool) -> None:
        call, live = await a_talk(served, desk)
        n = desk.number
        assert (await control.transfer(live.id, f"b{n}", f"a{n}", ask=ask)).answer is Outcome.DONE
        await desk.b.wait_ringing(3)
        await call.hang_up()
        story = await only_call(floor, call)
        logged = story.stored.call
        assert (logged.disposition, logged.reason) == (
            Disposition.MISSED,
            MissedReason.LOST_IN_TRANSFER,
        )
        assert len(await floor.owed(caller_of(call))) == 1
        if ask:
            await desk.b.decline()
            await desk.a.calls[-1].wait_ended(3)

    await side_by_side(leaves(floor.desks[2], ask=False), leaves(floor.desks[3], ask=True))


async def test_a_client_is_handed_on_after_asking(
    floor: Floor, served: Inside, control: Control
) -> None:
    """He hears music while they talk; the manager hangs up, and the colleague has him."""
    desk = floor.desks[4]
    call, live = await a_talk(served, desk)
    assert (await control.transfer(live.id, "b4", "a4", ask=True)).answer is Outcome.DONE
    asked = await desk.b.wait_ringing(3)
    assert asked.caller_number == "141"
    await desk.b.answer()
    assert all(talks(phone.calls[-1]) for phone in (desk.a, desk.b))
    await desk.a.hang_up()
    await has_the_client(served, call, desk.b)
    assert asked.shown_number == caller_of(call), "his display shows the client now"
    await desk.b.hang_up()
    await call.wait_ended(3)
    story = await only_call(floor, call)
    [transfer] = story.stored.call.transfers
    assert (transfer.kind, transfer.by, transfer.to) == (TransferKind.ATTENDED, "141", "142")
    assert transfer.completed
    assert story.stored.call.answered_by == "141"
    assert story.stored.disagreement == ""


async def test_a_colleague_who_declines_or_leaves_gives_the_client_back(
    floor: Floor, served: Inside, control: Control
) -> None:
    """The manager talks with his client again, on the same phone call."""

    async def gives_back(desk: Desk, *, answers: bool) -> None:
        n = desk.number
        call, live = await a_talk(served, desk)

        async def together() -> bool:
            found = await live_call(served, call)
            return any(leg.target == desk.a.extension and leg.talking_since for leg in found.legs)

        async def apart() -> bool:
            return not await together()

        assert (await control.transfer(live.id, f"b{n}", f"a{n}", ask=True)).answer is Outcome.DONE
        await desk.b.wait_ringing(3)
        await eventually(apart, 15, "the client waits while they ask")
        if answers:
            await desk.b.answer()
            await desk.b.hang_up()
        else:
            await desk.b.decline()
        await eventually(together, 15, "they talk again")
        await desk.a.hang_up()
        await call.wait_ended(3)
        story = await only_call(floor, call)
        assert story.stored.call.answered_by == desk.a.extension
        assert [t.completed for t in story.stored.call.transfers] == [False]

    await side_by_side(
        gives_back(floor.desks[0], answers=True), gives_back(floor.desks[5], answers=False)
    )


async def test_who_asks_and_leaves_at_once_has_handed_on_without_asking(
    floor: Floor, served: Inside, control: Control
) -> None:
    """The client is not left with the music: the colleague rings for him."""
    desk = floor.desks[1]
    call, live = await a_talk(served, desk)
    assert (await control.transfer(live.id, "b1", "a1", ask=True)).answer is Outcome.DONE
    first = await desk.b.wait_ringing(3)
    await desk.a.hang_up()
    await first.wait_ended(2)
    await desk.b.wait_ringing(5)
    await desk.b.answer()
    await has_the_client(served, call, desk.b)
    await call.hang_up()
    assert (await only_call(floor, call)).stored.call.disposition is Disposition.ANSWERED


async def test_a_client_called_by_a_click_is_handed_on_as_well(
    floor: Floor, served: Inside, control: Control
) -> None:
    """Both ways; it stays one outbound call."""

    async def one(desk: Desk, *, ask: bool) -> None:
        n, client = desk.number, desk.client()
        floor.carrier.mobiles[client] = Mobile(behaviour=answer_after(0.1))
        desk.a.behave(answer_after(0.1))
        assert (await control.place(client, f"a{n}")).answer is Outcome.TALKING

        async def known() -> str:
            calls = [c for c in served.board.live.all() if c.line == client]
            return calls[0].id if calls and any(x.talking_since for x in calls[0].legs) else ""

        call_id = await eventually(known, 3, "the service knows that they talk")
        told = await control.transfer(call_id, f"b{n}", f"a{n}", ask=ask)
        assert told.answer is Outcome.DONE
        await desk.b.wait_ringing(3)
        await desk.b.answer()
        if ask:
            await desk.a.hang_up()
        seen = next(c for c in floor.carrier.received if c.called == client)

        async def has_him() -> bool:
            found = served.board.live.get(call_id)
            legs = found.legs if found else ()
            return any(leg.target == desk.b.extension and leg.talking_since for leg in legs)

        await eventually(has_him, 3, "the colleague talks with the client")
        assert talks(seen)
        await desk.b.hang_up()
        await seen.wait_ended(4)

        async def logged() -> int:
            stories = await floor.all_calls()
            return len([s for s in stories if client in {s.stored.call.line, s.stored.call.caller}])

        await eventually(logged, 5, "the call is in the log")
        assert await logged() == 1

    await side_by_side(one(floor.desks[2], ask=False), one(floor.desks[3], ask=True))


async def test_hanging_up_ends_the_call_or_one_leg(
    floor: Floor, served: Inside, control: Control
) -> None:
    """A leg that rings is let go and the plan runs on; the call's end is everybody's."""
    desk = floor.desks[4]
    call = await desk.call()
    await desk.a.wait_ringing(3)
    live = await ringing_call(served, call)
    [leg] = live.legs
    assert (await control.hang_up(live.id, "b4")).answer is Refusal.NOT_ALLOWED
    told = await control.hang_up(live.id, "a4", leg_id="PJSIP/101")
    assert told.answer is Refusal.NO_SUCH_LEG
    assert (await control.hang_up(live.id, "a4", leg_id=leg.id)).answer is Outcome.DONE
    await desk.b.wait_ringing(2)
    await desk.a.calls[-1].wait_ended(2)
    await desk.b.answer()
    await has_the_client(served, call, desk.b)
    assert (await control.hang_up(live.id, "c4")).answer is Outcome.DONE
    await call.wait_ended(2)
    assert (await only_call(floor, call)).stored.call.answered_by == "142"
    assert (await control.hang_up(live.id, "c4")).answer is Refusal.NO_SUCH_CALL


async def test_what_cannot_be_handed_on_is_refused_with_a_sentence(
    floor: Floor, served: Inside, control: Control
) -> None:
    """A ringing call, another's talk, nobody, oneself, a busy colleague."""
    desk = floor.desks[5]
    ringing = await floor.desks[0].call()
    await floor.desks[0].a.wait_ringing(3)
    rings = await live_call(served, ringing)
    assert (await control.transfer(rings.id, "b0", "a0")).answer is Refusal.NOBODY_TALKS
    await ringing.hang_up()
    call, live = await a_talk(served, desk)
    assert (await control.transfer(live.id, "c5", "b5")).answer is Refusal.NOT_ALLOWED
    assert (await control.transfer(live.id, "nobody", "a5")).answer is Refusal.NO_SUCH_TARGET
    assert (await control.transfer(live.id, "a5", "a5")).answer is Refusal.NO_SUCH_TARGET
    assert (await control.transfer(live.id, "b5", "c5", ask=True)).answer is Refusal.NOT_ALLOWED
    inside = await desk.b.dial("600")
    assert await inside.wait_answered(3)

    await known_to(served, "b5", PhoneState.TALKING)
    assert (await control.transfer(live.id, "b5", "a5")).answer is Refusal.TARGET_BUSY
    assert talks(desk.a.calls[-1])
    await desk.b.hang_up()
    await call.hang_up()
    await asyncio.wait_for(desk.a.calls[-1].wait_ended(2), 3)
