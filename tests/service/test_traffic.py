"""one_end under traffic: links come and go while clients call."""

from __future__ import annotations

import asyncio

import pytest
from ami_wire_cutter import on_a_wire, wire
from sales_floor import Floor, caller_of, side_by_side
from two_services import Inside, inside

from dozvon.lab import OutsideCall, answer_after
from router.calls import Disposition, MissedReason
from switchboard.news import LinkChanged

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

CALLS = 36
EVERY_SECONDS = 0.12


async def _clients_call(floor: Floor, calls: list[OutsideCall]) -> None:
    """A client every few moments; every third is answered, the others leave while it rings."""
    for n in range(CALLS):
        desk = floor.desks[n % 6]
        stays = 0.9 if n % 3 == 0 else 0.35
        call = await floor.carrier.call(desk.line, desk.stranger(), hangup_after=stays)
        calls.append(call)
        await asyncio.sleep(EVERY_SECONDS)
    await asyncio.gather(*(call.wait_ended(5) for call in calls))


async def _link_comes_and_goes(us: Inside, cut: asyncio.Event, times: int) -> None:
    for _ in range(times):
        told = len(us.told)
        cut.set()
        await us.wait_news(lambda n: isinstance(n, LinkChanged) and not n.up, since=told)
        cut.clear()
        await us.wait_news(lambda n: isinstance(n, LinkChanged) and n.up, since=told)


async def test_one_end_however_often_the_link_comes_back_in_the_middle_of_calls(
    floor: Floor,
) -> None:
    """A call that begins or ends just while the exchange is read anew is neither lost nor doubled.

    Nobody is told that the exchange was restarted; every end is the one that the caller had.
    """
    calls: list[OutsideCall] = []
    for desk in floor.desks[::3]:
        desk.a.behave(answer_after(0.05))
    async with wire(floor.pbx) as (port, cut), inside(on_a_wire(floor, port)) as us:
        await side_by_side(_clients_call(floor, calls), _link_comes_and_goes(us, cut, 5))
        await floor.no_channels()
        for call in calls:
            story = await floor.settled(caller_of(call))
            told = story.stored.call
            assert len(await floor.calls_of(caller_of(call))) == 1
            talked = call.answered_at is not None
            assert (told.disposition is Disposition.ANSWERED) == talked
            assert told.reason is (None if talked else MissedReason.ABANDONED)
            assert (story.callback_id is None) == talked
        assert not await floor.journal("live")
        assert not us.board.live.all()
        assert not us.board.live._made
        assert not us.board.presence._promises._made
        assert all(gap.ended_at for gap in await floor.gaps())
    for desk in floor.desks:
        desk.quiet()
