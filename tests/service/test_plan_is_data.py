"""plan_is_data: the service is killed with SIGKILL in the middle of calls, and no call notices."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

import pytest
from sales_floor import Floor, caller_of, eventually, trail
from sqlalchemy import func, select
from two_services import Outside

from dozvon.lab import CallState, OutsideCall, confirms, voicemail
from router.calls import Disposition, MissedReason
from storage import schema
from storage.database import open_database
from storage.records import CallStory

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]


async def test_plan_is_data_no_call_notices_that_the_service_is_killed(  # noqa: PLR0915 - one kill, six calls
    floor: Floor, process: Outside
) -> None:
    """Killed at any instant of a call, the rest of its plan still happens.

    The owner, the colleague or the mobile rings, the question is asked, they talk or wait: every
    remaining step rings, the question is answered, no talk is cut, nobody is dropped. Once the
    service is back each call is in the log exactly once, and the missed one owes a callback.
    """
    rings_owner, rings_colleague, rings_mobile, asked, talks, waits = floor.desks
    floor.carrier.mobiles[asked.mobile] = confirms(0.2, 3.0)
    floor.carrier.mobiles[rings_mobile.mobile] = confirms(3.0, 0.5)
    floor.carrier.mobiles[rings_owner.mobile] = voicemail(0.2)

    # everybody at `waits` talks with somebody inside already
    busy = [await phone.dial("600") for phone in waits.phones]
    assert all(await asyncio.gather(*(call.wait_answered(5) for call in busy)))

    mobile, question = await rings_mobile.call(), await asked.call()
    await rings_mobile.b.wait_ringing(6)
    colleague = await rings_colleague.call()
    await floor.carrier.wait_called(rings_mobile.mobile, 6)
    await rings_colleague.b.wait_ringing(6)
    owner, talk, wait = await rings_owner.call(), await talks.call(), await waits.call()
    await talks.a.wait_ringing(4)
    await talks.a.answer()
    await rings_owner.a.wait_ringing(4)
    assert await wait.wait_ringing(5)
    picked = next(c for c in floor.carrier.received if c.called == asked.mobile)
    await picked.wait_answered(6)
    await eventually(partial(_kept, floor, 6), 2, "each decision is kept soon after its answer")

    await process.kill()

    await rings_owner.b.wait_ringing(6)
    assert await question.wait_answered(8), "the confirmation is accepted without the service"
    assert await mobile.wait_answered(12), "the mobile that rang is asked and connected"
    assert talk.state is CallState.TALKING
    assert wait.state is CallState.RINGING
    await waits.b.hang_up()
    await waits.b.wait_ringing(6)
    await waits.b.answer()
    assert await wait.wait_answered(4)
    await rings_colleague.c.wait_ringing(15)
    await rings_colleague.c.answer()
    assert await colleague.wait_answered(2)
    await eventually(_rang(rings_owner.mobile, floor), 8, "the mobile of the first desk rang")
    assert talk.state is CallState.TALKING, "no talk is cut"
    await rings_owner.c.wait_ringing(12)
    assert owner.state in {CallState.CALLING, CallState.RINGING}

    for call in (question, mobile, talk, wait, colleague):
        await call.hang_up()
    await owner.hang_up()
    for phone in (waits.a, waits.c):
        await phone.hang_up()
    await floor.no_channels()

    await process.start()
    expected = {colleague: "113", mobile: rings_mobile.mobile, question: asked.mobile}
    stories = {}
    for call, who in (expected | {talk: "141", wait: "152"}).items():
        stories[call] = await _only(floor, call)
        assert stories[call].stored.call.disposition is Disposition.ANSWERED, who
        assert str(stories[call].stored.call.answered_by)[-10:] == who[-10:]
        assert stories[call].callback_id is None
        assert stories[call].made, "why it went there is known though the service was killed"
        assert not await floor.owed(caller_of(call))
    stories[owner] = await _only(floor, owner)
    lost = stories[owner].stored.call
    assert (lost.disposition, lost.reason) == (Disposition.MISSED, MissedReason.ABANDONED)
    assert len(await floor.owed(caller_of(owner))) == 1
    assert trail(stories[owner])[:3] == [
        "a0/101 rang NOANSWER",
        "b0/102 rang NOANSWER",
        f"c0/+{rings_owner.mobile} rang NOANSWER",
    ]
    for call in (talk, wait):
        assert call.ended_at
        assert call.answered_at
        told = timedelta(seconds=stories[call].stored.call.talk_seconds)
        assert abs(told - (call.ended_at - call.answered_at)) < timedelta(seconds=1.5)


async def _only(floor: Floor, call: OutsideCall) -> CallStory:
    """The one call of its caller in the log, and no other."""
    await floor.settled(caller_of(call))
    found = await floor.calls_of(caller_of(call))
    assert len(found) == 1
    return found[0]


async def _kept(floor: Floor, calls: int) -> bool:
    """Whether the decisions of so many calls are written: the caller's answer does not wait for it."""
    count = select(func.count(schema.decisions.c.call_id.distinct()))
    async with open_database(floor.settings.database) as database, database.reading() as link:
        return (await link.execute(count)).scalar_one() >= calls


def _rang(number: str, floor: Floor) -> Callable[[], Awaitable[bool]]:
    async def probe() -> bool:
        return any(c.called == number for c in floor.carrier.received)

    return probe
