"""Taking over a call that rings elsewhere, on a real Asterisk: one_winner, and no caller lost."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from floor_control import (
    a_talk,
    known_to,
    live_call,
    only_call,
    ringing_at_owner,
    ringing_call,
    set_status,
    talks,
)
from sales_floor import caller_of, eventually, side_by_side, trail

from dozvon.lab import BUSY, DECLINE, DO_NOT_REGISTER, CallState, answer_after, voicemail
from pbx_adapters.port import Outcome
from router.calls import Disposition, LegOutcome
from router.facts import PhoneState
from router.office import Status
from switchboard.control import Control
from switchboard.control_texts import Refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sales_floor import Desk, Floor
    from two_services import Inside

    from dozvon.lab import Phone

pytestmark = [
    pytest.mark.asterisk,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.usefixtures("quiet_floor"),
]


async def test_the_taker_has_the_call_and_the_owner_lost_nothing(
    floor: Floor, served: Inside, control: Control
) -> None:
    """His display shows the client, the owner's phone stops, and it is one answered call."""
    desk = floor.desks[0]
    call = await ringing_at_owner(desk)
    owners = desk.a.calls[-1]
    taking = asyncio.create_task(control.intercept((await live_call(served, call)).id, "b0"))
    takers = await desk.b.wait_ringing(3)
    assert (takers.caller_number, takers.caller_name) == (caller_of(call), "Client 0-1")
    assert owners.state is CallState.RINGING, "the plan runs on until he has it"
    await desk.b.answer()
    told = await asyncio.wait_for(taking, 20)
    assert told.answer is Outcome.TAKEN
    assert await call.wait_answered(2)
    await owners.wait_ended(2)
    assert "elsewhere" in owners.reason
    await call.hang_up()
    story = await only_call(floor, call)
    logged = story.stored.call
    assert (logged.disposition, logged.answered_by) == (Disposition.ANSWERED, "102")
    outcomes = {leg.target: leg.outcome for leg in logged.legs}
    assert outcomes == {"101": LegOutcome.ELSEWHERE, "102": LegOutcome.ANSWERED}
    assert story.stored.disagreement == ""
    assert not await floor.owed(caller_of(call))


async def test_a_call_that_rings_at_a_group_is_taken_from_all_of_it(
    floor: Floor, served: Inside, control: Control
) -> None:
    """Every phone of the group stops; who is away may take all the same."""
    desk = floor.desks[1]
    await set_status(served, "c1", Status.AWAY)
    call = await desk.call()
    await eventually(_both_ring(desk), 15, "the group rings")
    taking = asyncio.create_task(control.intercept((await live_call(served, call)).id, "c1"))
    await desk.c.wait_ringing(3)
    await desk.c.answer()
    assert (await asyncio.wait_for(taking, 20)).answer is Outcome.TAKEN
    for phone in (desk.a, desk.b):
        await phone.calls[-1].wait_ended(2)
        assert phone.calls[-1].answered_at is None
    assert call.state is CallState.TALKING
    await call.hang_up()
    assert (await only_call(floor, call)).stored.call.answered_by == "113"
    await set_status(served, "c1", Status.AVAILABLE)


def _both_ring(desk: Desk) -> Callable[[], Awaitable[bool]]:
    async def probe() -> bool:
        calls = [phone.calls[-1] for phone in (desk.a, desk.b) if phone.calls]
        return len(calls) == 2 and all(c.state is CallState.RINGING for c in calls)

    return probe


async def test_a_taker_who_does_not_pick_up_loses_nothing(
    floor: Floor, served: Inside, control: Control
) -> None:
    """The plan runs on: the next one rings and talks, and the taker's phone falls silent."""
    desk = floor.desks[0]
    call = await ringing_at_owner(desk)
    taking = asyncio.create_task(control.intercept((await live_call(served, call)).id, "c0"))
    takers = await desk.c.wait_ringing(3)
    await desk.b.wait_ringing(5)
    await desk.b.answer()
    assert await call.wait_answered(2)
    told = await asyncio.wait_for(taking, 20)
    assert told.answer is Outcome.TAKEN_BEFORE
    assert "Boris 0" in told.sentence("ru")
    await takers.wait_ended(2)
    assert takers.answered_at is None
    await call.hang_up()
    story = await only_call(floor, call)
    assert trail(story) == ["a0/101 rang NOANSWER", "b0/102 rang ANSWER"]
    assert story.stored.call.answered_by == "102"


async def test_what_the_takers_phone_did_is_named(floor: Floor, served: Inside) -> None:
    """Declined, busy, not picked up: each has its own answer, and the owner rings on."""
    short = Control(served.board, ring_seconds=1)

    async def one(desk: Desk, expected: Outcome) -> None:
        call = await ringing_at_owner(desk)
        told = await short.intercept((await live_call(served, call)).id, f"b{desk.number}")
        assert told.answer is expected
        assert desk.a.calls[-1].state is CallState.RINGING
        await call.hang_up()

    floor.desks[1].b.behave(DECLINE)
    floor.desks[2].b.behave(BUSY)
    await side_by_side(
        one(floor.desks[1], Outcome.PHONE_DECLINED),
        one(floor.desks[2], Outcome.PHONE_BUSY),
        one(floor.desks[3], Outcome.PHONE_NO_ANSWER),
    )


async def test_a_caller_who_leaves_meanwhile_is_told_and_the_phone_stops(
    floor: Floor, served: Inside, control: Control
) -> None:
    """Whether before the taker picks up or in the same instant; the call is missed, once."""
    early, late = floor.desks[4], floor.desks[5]

    async def leaves(desk: Desk, *, picks_up: bool) -> None:
        call = await ringing_at_owner(desk)
        found = await live_call(served, call)
        taking = asyncio.create_task(control.intercept(found.id, f"b{desk.number}"))
        takers = await desk.b.wait_ringing(3)
        acts = [call.hang_up(), desk.b.answer()] if picks_up else [call.hang_up()]
        await asyncio.gather(*acts, return_exceptions=True)
        told = await asyncio.wait_for(taking, 20)
        if picks_up and told.answer is Outcome.TAKEN:
            await takers.wait_ended(2)
            return
        assert told.answer is Outcome.CALLER_LEFT
        await takers.wait_ended(3)
        story = await only_call(floor, call)
        assert story.stored.call.disposition is Disposition.MISSED
        assert len(await floor.owed(caller_of(call))) == 1

    await side_by_side(leaves(early, picks_up=False), leaves(late, picks_up=True))


async def test_a_taker_who_picks_up_between_two_steps_gets_the_next_leg(
    floor: Floor, served: Inside, control: Control
) -> None:
    """Nobody rings for an instant while the plan moves on; he has the call all the same."""

    async def picks_up_after(desk: Desk, seconds: float) -> None:
        desk.c.behave(answer_after(seconds))
        call = await ringing_at_owner(desk)
        told = await control.intercept((await live_call(served, call)).id, f"c{desk.number}")
        assert told.answer is Outcome.TAKEN
        assert await call.wait_answered(2)
        await call.hang_up()
        assert (await only_call(floor, call)).stored.call.answered_by == desk.c.extension

    moments = (2.94, 2.97, 3.0, 3.03, 4.98, 5.01)
    await side_by_side(*(picks_up_after(d, s) for d, s in zip(floor.desks, moments, strict=True)))


async def test_a_call_is_taken_from_a_mobile_also_while_it_is_asked(
    floor: Floor, served: Inside, control: Control
) -> None:
    """The mobile is let go when its question ends, and the taker talks at once."""
    desk = floor.desks[0]
    floor.carrier.mobiles[desk.mobile] = voicemail(0.1)
    call = await desk.call()
    await eventually(_is_asked(floor, desk), 12, "the mobile is asked")
    taking = asyncio.create_task(control.intercept((await live_call(served, call)).id, "b0"))
    await desk.b.wait_ringing(3)
    await desk.b.answer()
    assert (await asyncio.wait_for(taking, 20)).answer is Outcome.TAKEN
    assert await call.wait_answered(1)
    mobile = next(c for c in reversed(floor.carrier.received) if c.called == desk.mobile)
    await mobile.wait_ended(9)
    assert call.state is CallState.TALKING
    await call.hang_up()
    assert (await only_call(floor, call)).stored.call.answered_by == "102"


def _is_asked(floor: Floor, desk: Desk) -> Callable[[], Awaitable[bool]]:
    async def probe() -> bool:
        mine = [c for c in floor.carrier.received if c.called == desk.mobile]
        return bool(mine) and mine[-1].state is CallState.TALKING

    return probe


async def test_a_caller_who_waits_because_everybody_is_busy_can_be_taken_too(
    floor: Floor, served: Inside, control: Control
) -> None:
    """No phone rings for him at all; who steps in has him within seconds, and one call is logged."""
    desk = floor.desks[3]
    await set_status(served, "c3", Status.AWAY)
    busy = [await phone.dial("600") for phone in (desk.a, desk.b)]
    assert all([await each.wait_answered(3) for each in busy])
    await known_to(served, "a3", PhoneState.TALKING)
    await known_to(served, "b3", PhoneState.TALKING)
    call = await desk.call()
    assert await call.wait_ringing(3)
    desk.c.behave(answer_after(0.1))
    told = await control.intercept((await live_call(served, call)).id, "c3")
    assert told.answer is Outcome.TAKEN
    assert await call.wait_answered(1)
    assert talks(desk.c.calls[-1])
    await call.hang_up()
    for phone in (desk.a, desk.b):
        await phone.hang_up()
    story = await only_call(floor, call)
    logged = story.stored.call
    assert (logged.disposition, logged.answered_by) == (Disposition.ANSWERED, "133")
    assert story.stored.disagreement == ""
    await set_status(served, "c3", Status.AVAILABLE)


async def test_who_may_not_take_is_told_why_and_no_phone_rings(
    floor: Floor, served: Inside, control: Control
) -> None:
    """Another department, his own ringing phone, a talk of his own, a dead phone, a lost race."""
    desk, other = floor.desks[1], floor.desks[2]
    await _unplug(served, other.b, "b2")
    _, talk = await a_talk(served, floor.desks[3])
    call = await ringing_at_owner(desk)
    found = await ringing_call(served, call)
    before = len(other.a.calls)
    assert (await control.intercept(found.id, "a2")).answer is Refusal.NOT_ALLOWED
    assert (await control.intercept(found.id, "a1")).answer is Refusal.RINGS_AT_YOU
    assert (await control.intercept(found.id, "nobody")).answer is Refusal.NO_SUCH_PERSON
    assert (await control.intercept("none-1.1", "b1")).answer is Refusal.NO_SUCH_CALL
    answered = await control.intercept(talk.id, "b3")
    assert answered.answer is Outcome.TAKEN_BEFORE
    assert "Anna 3" in answered.sentence("en")
    inside = await desk.b.dial("600")
    assert await inside.wait_answered(3)
    await known_to(served, "b1", PhoneState.TALKING)
    assert (await control.intercept(found.id, "b1")).answer is Refusal.YOU_TALK
    third = await ringing_at_owner(other)
    unreachable = await control.intercept((await live_call(served, third)).id, "b2")
    assert unreachable.answer is Outcome.PHONE_UNREACHABLE
    assert len(other.a.calls) == before + 1
    for each in (call, third, floor.carrier.placed[-3]):
        await each.hang_up()
    await desk.b.hang_up()
    other.quiet()
    await other.b.wait_registered(6)


async def _unplug(served: Inside, phone: Phone, manager: str) -> None:
    phone.behave(DO_NOT_REGISTER)
    await phone.wait_unregistered(3)
    await known_to(served, manager, PhoneState.UNREGISTERED)
