"""Transfers: whoever is handed on reaches somebody, or is owed a callback."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from floor_control import has_the_client
from sales_floor import Desk, Floor, caller_of, eventually, side_by_side, trail
from two_services import Inside

from dozvon.lab import LET_IT_RING, CallState, OutsideCall
from router.calls import Disposition, MissedReason, TransferKind
from router.events import LegAnswered
from switchboard.news import CallMoved, News

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

ANSWERED, MISSED = Disposition.ANSWERED, Disposition.MISSED


async def talking_with_owner(served: Inside, desk: Desk) -> OutsideCall:
    """A client who talks with `a`: the exchange has joined the two, as it has for any person."""

    def joined(news: News) -> bool:
        moved = isinstance(news, CallMoved) and isinstance(news.event, LegAnswered)
        return moved and news.call.caller == caller_of(call)

    call = await desk.call()
    await desk.a.wait_ringing(4)
    await desk.a.answer()
    assert await call.wait_answered(2)
    await served.wait_news(joined)
    return call


async def answered(floor: Floor, served: Inside, desk: Desk) -> None:
    call = await talking_with_owner(served, desk)
    assert await desk.a.blind_transfer(desk.b.extension) < 300
    await desk.b.wait_ringing(3)
    await desk.b.answer()
    assert call.state is CallState.TALKING
    await has_the_client(served, call, desk.b)
    await call.hang_up()
    story = await floor.settled(caller_of(call))
    ended = story.stored.call
    assert (ended.disposition, ended.answered_by) == (ANSWERED, desk.a.extension)
    assert [(t.kind, t.by, t.to, t.completed) for t in ended.transfers] == [
        (TransferKind.BLIND, desk.a.extension, desk.b.extension, True)
    ]
    assert story.callback_id is None
    assert not story.stored.disagreement


async def back_to_who_handed_on(floor: Floor, served: Inside, desk: Desk) -> None:
    call = await talking_with_owner(served, desk)
    assert await desk.a.blind_transfer(desk.b.extension) < 300
    await desk.b.wait_ringing(3)
    await desk.b.decline()
    await desk.a.wait_ringing(4)
    await desk.a.answer()
    assert call.state is CallState.TALKING
    await has_the_client(served, call, desk.a)
    await call.hang_up()
    story = await floor.settled(caller_of(call))
    assert story.stored.call.disposition is ANSWERED
    assert story.callback_id is None


async def then_the_department(floor: Floor, served: Inside, desk: Desk) -> None:
    call = await talking_with_owner(served, desk)
    assert await desk.a.blind_transfer(desk.b.extension) < 300
    await desk.b.wait_ringing(3)
    await desk.b.decline()
    await desk.a.wait_ringing(4)
    await desk.a.decline()
    await desk.c.wait_ringing(4)
    await desk.c.answer()
    assert call.state is CallState.TALKING
    await has_the_client(served, call, desk.c)
    await call.hang_up()
    assert (await floor.settled(caller_of(call))).stored.call.disposition is ANSWERED


async def lost(floor: Floor, served: Inside, desk: Desk) -> None:
    call = await talking_with_owner(served, desk)
    assert await desk.a.blind_transfer(desk.b.extension) < 300
    await desk.b.wait_ringing(3)
    await call.hang_up()
    story = await floor.settled(caller_of(call))
    ended = story.stored.call
    assert (ended.disposition, ended.reason) == (MISSED, MissedReason.LOST_IN_TRANSFER)
    assert len(await floor.owed(caller_of(call))) == 1
    assert not story.stored.disagreement


async def asked_first(floor: Floor, served: Inside, desk: Desk) -> None:
    call = await talking_with_owner(served, desk)
    asking = asyncio.create_task(desk.a.consult(desk.b.extension))
    await desk.b.wait_ringing(4)
    await desk.b.answer()
    await asking
    await eventually(_talk(floor, desk.b.extension), 3, "the colleague talks with the owner")
    assert await desk.a.complete_transfer() < 300
    await desk.a.until(lambda: not desk.a.live_calls, 5)
    assert call.state is CallState.TALKING
    await call.hang_up()
    story = await floor.settled(caller_of(call))
    ended = story.stored.call
    assert (ended.disposition, ended.answered_by) == (ANSWERED, desk.a.extension)
    assert [(t.kind, t.by, t.to, t.completed) for t in ended.transfers] == [
        (TransferKind.ATTENDED, desk.a.extension, desk.b.extension, True)
    ]
    assert not story.stored.disagreement


def _talk(floor: Floor, extension: str) -> Callable[[], Awaitable[bool]]:
    """Whether the exchange has joined this phone's channel with another."""

    async def probe() -> bool:
        rows = (await floor.pbx.cli("core show channels concise")).splitlines()
        fields = [row.split("!") for row in rows if row.startswith(f"PJSIP/{extension}-")]
        return any(row[-2] for row in fields)

    return probe


async def to_nobody(floor: Floor, served: Inside, desk: Desk) -> None:
    call = await talking_with_owner(served, desk)
    await desk.a.blind_transfer("199")
    await desk.a.wait_ringing(8)
    await call.hang_up()
    story = await floor.settled(caller_of(call))
    assert story.stored.call.reason is MissedReason.LOST_IN_TRANSFER, trail(story)


async def test_a_client_who_is_handed_on_is_never_lost(floor: Floor, served: Inside) -> None:
    """Blind to a colleague who answers, to one who does not, to nobody at all; and asked first.

    One who is not picked up comes back to whoever handed him on, and then to the department. If he
    leaves before anybody took him he is missed as "lost in transfer" and owed a callback.
    """
    await side_by_side(
        answered(floor, served, floor.desks[0]),
        back_to_who_handed_on(floor, served, floor.desks[1]),
        then_the_department(floor, served, floor.desks[2]),
        lost(floor, served, floor.desks[3]),
        asked_first(floor, served, floor.desks[4]),
        to_nobody(floor, served, floor.desks[5]),
    )
    await floor.no_channels()
    for call in await floor.all_calls():
        assert call.trail, "and each of them is in the journal once"
    assert len(await floor.all_calls()) == 6
    for desk in floor.desks:
        for phone in desk.phones:
            phone.behave(LET_IT_RING)
