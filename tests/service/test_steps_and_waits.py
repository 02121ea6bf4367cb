"""nothing_silent, waiting, the mobile's question: what the dialplan does while it walks a plan."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import pytest
from sales_floor import Desk, Floor, caller_of, eventually, side_by_side, trail
from two_services import Inside

from dozvon.lab import (
    BUSY,
    DECLINE,
    CallState,
    Mobile,
    OutsideCall,
    answer_after,
    confirms,
    voicemail,
)
from router.calls import Disposition, MissedReason
from router.office import Status
from router.plan import Why
from storage.statuses import StatusRow
from storage.unit_of_work import UnitOfWork
from switchboard.board import utc_now

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]


async def set_status(floor: Floor, served: Inside, manager: str, status: Status) -> None:
    """Says it to the service as a person does; returns when the exchange knows."""

    async def work(uow: UnitOfWork) -> None:
        row = StatusRow(manager=manager, status=status, since=utc_now(), by=manager)
        await uow.statuses.set(row)

    await served.board.write(work)
    await served.board.refresh()
    there = await floor.journal("status")
    wanted = "" if status is Status.AVAILABLE else status
    assert there.get(f"/dozvon/status/{manager}", "") == wanted


async def all_busy(desk: Desk) -> None:
    """Everybody at a desk talks with somebody inside."""
    calls = [await phone.dial("600") for phone in desk.phones]
    assert all(await asyncio.gather(*(call.wait_answered(5) for call in calls)))


def at(instant: datetime | None) -> float:
    assert instant
    return instant.timestamp()


async def test_nothing_silent_who_cannot_answer_is_judged_twice(
    floor: Floor, served: Inside
) -> None:
    """Whom the decision passed over leaves a reason; who left meanwhile is skipped by the dialplan.

    Each with his reason in the trail, and no second is spent on him.
    """

    async def lunch_in_the_decision(desk: Desk) -> None:
        await set_status(floor, served, "a0", Status.LUNCH)
        call = await desk.call()
        await desk.b.wait_ringing(2)
        await call.hang_up()
        story = await floor.settled(caller_of(call))
        assert story.made
        assert Why.SKIPPED_STATUS in {r.why for r in story.made.decision.reasons}
        assert trail(story) == ["b0/102 rang CANCEL"]
        await set_status(floor, served, "a0", Status.AVAILABLE)

    async def lunch_after_the_decision(desk: Desk) -> None:
        call = await desk.call()
        await desk.a.wait_ringing(2)
        await set_status(floor, served, "b1", Status.LUNCH)
        ring = await desk.c.wait_ringing(6)
        assert at(ring.rang_at) - at(call.started_at) < 4.5, "no second for who is at lunch"
        await call.hang_up()
        story = await floor.settled(caller_of(call))
        assert trail(story)[:3] == ["a1/111 rang NOANSWER", "b1/112 lunch", "c1/113 rang CANCEL"]
        assert not desk.b.calls
        await set_status(floor, served, "b1", Status.AVAILABLE)

    async def busy_after_the_decision(desk: Desk) -> None:
        call = await desk.call()
        await desk.a.wait_ringing(2)
        inside = await desk.b.dial("600")
        assert await inside.wait_answered(3)
        await desk.c.wait_ringing(6)
        await call.hang_up()
        await inside.hang_up()
        story = await floor.settled(caller_of(call))
        assert trail(story) == ["a2/121 rang NOANSWER", "b2/122 busy", "c2/123 rang CANCEL"]
        assert not desk.b.calls

    async def gone_after_the_decision(desk: Desk) -> None:
        call = await desk.call()
        await desk.a.wait_ringing(2)
        await desk.b.stop()
        await desk.c.wait_ringing(6)
        await call.hang_up()
        await desk.b.start()
        story = await floor.settled(caller_of(call))
        assert trail(story) == ["a3/131 rang NOANSWER", "b3/132 unreachable", "c3/133 rang CANCEL"]

    await side_by_side(
        lunch_in_the_decision(floor.desks[0]),
        lunch_after_the_decision(floor.desks[1]),
        busy_after_the_decision(floor.desks[2]),
        gone_after_the_decision(floor.desks[3]),
    )


async def test_waiting_the_first_who_is_free_gets_the_caller(floor: Floor, served: Inside) -> None:
    """Everybody busy: the caller hears ringing and the first free phone rings within 3 s.

    Of two callers one gets it, the other waits on for the next; when the patience ends, he is told
    and owed a callback.
    """

    async def one(desk: Desk) -> None:
        await all_busy(desk)
        call = await desk.call()
        assert await call.wait_ringing(4)
        await asyncio.gather(desk.b.hang_up())
        freed = utc_now()
        ring = await desk.b.wait_ringing(5)
        assert at(ring.rang_at) - at(freed) < 4.0
        await desk.b.answer()
        assert await call.wait_answered(2)
        await call.hang_up()
        story = await floor.settled(caller_of(call))
        assert story.made
        assert Why.EVERYBODY_BUSY in {r.why for r in story.made.decision.reasons}
        assert [t for t in trail(story) if " rang " in t] == ["b0/102 rang ANSWER"]
        await desk.a.hang_up()
        await desk.c.hang_up()

    async def two(desk: Desk) -> None:
        await all_busy(desk)
        first, second = await desk.call(), await desk.call()
        assert await first.wait_ringing(4)
        assert await second.wait_ringing(4)
        desk.c.behave(answer_after(0.2))
        await desk.c.hang_up()
        await eventually(_one_talks(first, second), 6, "one of two talks")
        lucky, waiting = (first, second) if first.answered_at else (second, first)
        assert waiting.state is CallState.RINGING
        desk.a.behave(answer_after(0.2))
        await desk.a.hang_up()
        assert await waiting.wait_answered(8)
        answered = {c.called for p in (desk.a, desk.c) for c in p.calls if c.confirmed_at}
        assert answered == {"111", "113"}
        await lucky.hang_up()
        await waiting.hang_up()
        for call in (first, second):
            story = await floor.settled(caller_of(call))
            assert story.stored.call.disposition is Disposition.ANSWERED
        await desk.b.hang_up()
        desk.quiet()

    await side_by_side(
        one(floor.desks[0]),
        two(floor.desks[1]),
        _nobody(floor, floor.desks[2]),
        _all_decline(floor, floor.desks[3]),
    )


async def _all_decline(floor: Floor, desk: Desk) -> None:
    """A free phone that declines every time is asked at every look, not without a pause."""
    for phone in desk.phones:
        phone.behave(DECLINE)
    before = sum(len(phone.calls) for phone in desk.phones)
    call = await floor.carrier.call(desk.hasty_line, desk.client())
    assert await call.wait_answered(12), "he is told"
    await call.hang_up()
    story = await floor.settled(caller_of(call))
    assert story.stored.call.disposition is Disposition.MISSED
    rung = sum(len(phone.calls) for phone in desk.phones) - before
    assert 2 <= rung <= 9, "owner, colleague, department, and one each 2 to 3 s of waiting"
    desk.quiet()


async def _nobody(floor: Floor, desk: Desk) -> None:
    await all_busy(desk)
    call = await floor.carrier.call(desk.hasty_line, desk.client())
    assert await call.wait_answered(12), "he is told"
    told = at(call.answered_at) - at(call.started_at)
    assert 6.0 < told < 9.5, "the patience of his line is 7 s"
    await call.wait_ended(40)
    story = await floor.settled(caller_of(call))
    ended = story.stored.call
    assert (ended.disposition, ended.reason) == (Disposition.MISSED, MissedReason.NO_ANSWER)
    assert len(await floor.owed(caller_of(call))) == 1
    assert any(t.endswith("waited") for t in trail(story))
    assert not story.stored.disagreement
    for phone in desk.phones:
        await phone.hang_up()


def _one_talks(*calls: OutsideCall) -> Callable[[], Awaitable[bool]]:
    async def probe() -> bool:
        return any(call.answered_at for call in calls)

    return probe


async def test_a_mobile_must_confirm_before_it_is_an_answer(floor: Floor, served: Inside) -> None:
    """Press 1 connects; another key, silence, busy do not, and the plan goes on to the next step.

    A caller who leaves during the question is a missed call, and the mobile is let go in time.
    """
    mobiles = floor.carrier.mobiles

    async def presses_one(desk: Desk) -> None:
        mobiles[desk.mobile] = confirms(0.3, 0.6)
        call = await desk.call()
        assert await call.wait_answered(12)
        await call.hang_up()
        story = await floor.settled(caller_of(call))
        assert story.stored.call.disposition is Disposition.ANSWERED
        assert story.stored.call.answered_by == desk.mobile
        assert story.trail[0].reported["confirmed"]
        assert not story.stored.disagreement

    async def does_not(desk: Desk, mobile: Mobile) -> None:
        mobiles[desk.mobile] = mobile
        call = await desk.call()
        await asyncio.gather(*(phone.wait_ringing(20) for phone in desk.phones))
        assert call.state is CallState.RINGING, "the caller was not connected with a voicemail"
        await desk.c.answer()
        assert await call.wait_answered(2)
        await call.hang_up()
        story = await floor.settled(caller_of(call))
        assert story.stored.call.answered_by == desk.c.extension
        assert not story.trail[0].reported["confirmed"]

    async def caller_leaves(desk: Desk) -> None:
        mobiles[desk.mobile] = voicemail(0.2)
        call = await desk.call()
        await floor.carrier.wait_called(desk.mobile, 10)
        mobile = next(c for c in reversed(floor.carrier.received) if c.called == desk.mobile)
        assert await mobile.wait_answered(3)
        await call.hang_up()
        left = utc_now()
        await mobile.wait_ended(9)
        assert at(mobile.ended_at) - at(left) < 8.0
        ended = (await floor.settled(caller_of(call))).stored.call
        assert (ended.disposition, ended.reason) == (Disposition.MISSED, MissedReason.ABANDONED)

    try:
        await side_by_side(
            presses_one(floor.desks[0]),
            does_not(floor.desks[1], confirms(0.2, 0.5, key="5")),
            does_not(floor.desks[2], voicemail(0.2)),
            does_not(floor.desks[3], Mobile(behaviour=BUSY)),
            caller_leaves(floor.desks[4]),
        )
    finally:
        mobiles.clear()
