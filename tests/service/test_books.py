"""one_end, books, one_callback: a mixed day of calls, held against what callers and Asterisk saw.

The tests share one day: the calls are placed once, side by side, and each test asks about them.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
import pytest_asyncio
from sales_floor import (
    CLOSED_LINE,
    Desk,
    Floor,
    caller_of,
    eventually,
    side_by_side,
    trail,
)
from two_services import Inside

from dozvon.lab import (
    DECLINE,
    DO_NOT_REGISTER,
    LET_IT_RING,
    OutsideCall,
    answer_after,
    voicemail,
)
from router.calls import Disposition, MissedReason
from router.numbers import NumberPlan, normalise
from storage.records import CallStory, ClientRecord
from storage.unit_of_work import UnitOfWork
from switchboard.board import utc_now
from switchboard.news import CallMoved

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

MISSED, ANSWERED = Disposition.MISSED, Disposition.ANSWERED
ABANDONED = MissedReason.ABANDONED
End = tuple[Disposition, MissedReason | None, str]


@dataclass
class Day:
    """What was placed, and how each call must have ended."""

    floor: Floor
    board: Inside
    expected: list[tuple[OutsideCall, End]] = field(default_factory=list)

    def ended(
        self, call: OutsideCall, how: Disposition, why: MissedReason | None = None, who: str = ""
    ) -> None:
        self.expected.append((call, (how, why, who)))

    async def story(self, call: OutsideCall) -> CallStory:
        """The log's story of a call: by the caller's number and the line, told apart by time."""
        mine = [c for c, _ in self.expected if caller_of(c) == caller_of(call)]
        mine.sort(key=lambda c: c.started_at)
        return await self.floor.settled(caller_of(call), nth=mine.index(call) + 1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def day(floor: Floor, served: Inside) -> Day:
    """Some forty calls: answered, and abandoned in every state that a call can be in."""
    found = Day(floor, served)
    await side_by_side(
        _owner_and_callbacks(found, floor.desks[0]),
        _left_at_once(found, floor.desks[1]),
        _left_in_the_question(found, floor.desks[2]),
        _nobody_there(found, floor.desks[3]),
        _declined_and_hidden(found, floor.desks[4]),
        _waiting(found, floor.desks[5]),
        _blocked(found),
    )
    await floor.no_channels()
    return found


async def _talk(day: Day, call: OutsideCall, who: str, *, seconds: float = 0.4) -> None:
    assert await call.wait_answered(20)
    asyncio.get_running_loop().call_later(seconds, call.session.hang_up)
    await call.wait_ended(5)
    day.ended(call, ANSWERED, None, who)


async def _owner_and_callbacks(day: Day, desk: Desk) -> None:
    client = desk.client()
    for _ in range(2):
        call = await desk.call(client)
        await desk.a.wait_ringing(4)
        await call.hang_up()
        day.ended(call, MISSED, ABANDONED)
        await day.floor.settled(client)
    desk.a.behave(answer_after(0.1))
    await _talk(day, await desk.call(client), "101")
    unknown = await day.floor.carrier.call("74951239999", desk.stranger())
    await _talk(day, unknown, "101")
    lost = await day.floor.carrier.call(CLOSED_LINE, desk.stranger())
    await lost.wait_ended(30)
    day.ended(lost, MISSED, MissedReason.CLOSED)
    left = await day.floor.carrier.call(CLOSED_LINE, desk.stranger())
    assert await left.wait_answered(5)
    await left.hang_up()
    day.ended(left, MISSED, MissedReason.CLOSED)


async def _left_at_once(day: Day, desk: Desk) -> None:
    calls = [await desk.call(desk.stranger(), hangup_after=0.006 * n) for n in range(9)]
    await asyncio.gather(*(call.wait_ended(5) for call in calls))
    for call in calls:
        day.ended(call, MISSED, ABANDONED)


async def _left_in_the_question(day: Day, desk: Desk) -> None:
    carrier = day.floor.carrier
    carrier.mobiles[desk.mobile] = voicemail(0.2)
    call = await desk.call()
    await carrier.wait_called(desk.mobile, 10)
    mobile = next(c for c in carrier.received if c.called == desk.mobile)
    await mobile.wait_answered(3)
    await call.hang_up()
    day.ended(call, MISSED, ABANDONED)
    await mobile.wait_ended(8)
    for phone in (desk.a, desk.b, desk.c):
        phone.behave(answer_after(0.2, hang_up_after=0.4))
    talk = await desk.call()
    assert await talk.wait_answered(5)
    await talk.wait_ended(5)
    day.ended(talk, ANSWERED, None, "121")


async def _nobody_there(day: Day, desk: Desk) -> None:
    for phone in desk.phones:
        phone.behave(DO_NOT_REGISTER)
        await phone.wait_unregistered(3)
    heard, left = await desk.call(), await desk.call()
    assert await left.wait_answered(12)
    await left.hang_up()
    await heard.wait_ended(60)
    day.ended(heard, MISSED, MissedReason.NO_ANSWER)
    day.ended(left, MISSED, MissedReason.NO_ANSWER)
    for phone in desk.phones:
        phone.behave(LET_IT_RING)


async def _declined_and_hidden(day: Day, desk: Desk) -> None:
    for phone in (desk.a, desk.b):
        phone.behave(DECLINE)
    desk.c.behave(answer_after(0.2, hang_up_after=0.3))
    day.floor.carrier.mobiles[desk.mobile] = voicemail(0.1)
    call = await desk.call()
    assert await call.wait_answered(20)
    await call.wait_ended(3)
    day.ended(call, ANSWERED, None, "143")
    desk.c.behave(LET_IT_RING)
    for _ in range(2):
        hidden = await day.floor.carrier.call(desk.line, "", anonymous=True)
        await desk.c.wait_ringing(4)
        await hidden.hang_up()


async def _waiting(day: Day, desk: Desk) -> None:
    busy = [await phone.dial("600") for phone in desk.phones]
    assert all(await asyncio.gather(*(call.wait_answered(5) for call in busy)))
    left = await desk.call()
    assert await left.wait_ringing(5)
    impatient = await day.floor.carrier.call(desk.hasty_line, desk.client())
    await left.hang_up()
    day.ended(left, MISSED, ABANDONED)
    await impatient.wait_ended(45)
    day.ended(impatient, MISSED, MissedReason.NO_ANSWER)
    for call in busy:
        await call.hang_up()


async def _blocked(day: Day) -> None:
    number = "79020000077"
    known = ClientRecord(
        key="blocked",
        name="Pest",
        blocked=True,
        numbers=(normalise(number, NumberPlan(region="RU", area_code="495")),),
    )

    async def work(uow: UnitOfWork) -> None:
        await uow.clients.save([known], at=utc_now())

    await day.board.board.write(work)
    call = await day.floor.carrier.call(day.floor.desks[0].line, number)
    assert await call.wait_answered(5), "refused politely"
    await call.wait_ended(30)
    day.ended(call, Disposition.REJECTED)


async def test_one_end_every_call_is_in_the_log_once_as_its_caller_saw_it(day: Day) -> None:
    """Whatever the moment at which a caller left: one row, the right end, the right person."""
    for call, (how, why, who) in day.expected:
        told = (await day.story(call)).stored.call
        where = f"{caller_of(call)}: {trail(await day.story(call))}"
        assert (told.disposition, told.reason, told.answered_by or "") == (how, why, who), where
        assert not (await day.story(call)).stored.disagreement, where
        if how is ANSWERED:
            assert call.answered_at
            assert call.ended_at
            heard = (call.ended_at - call.answered_at).total_seconds()
            assert abs(told.talk_seconds - heard) < 1.1, where
    ids = [story.stored.call.id for story in await day.floor.all_calls()]
    assert len(ids) == len(set(ids))


async def test_books_agree_with_the_call_records_of_asterisk(day: Day) -> None:
    """Every call of the trunk in Asterisk's own records is in the log, and none besides.

    Who talked there talked here; voicemail, announcements and silence talked nowhere.
    """
    await day.story(day.expected[-1][0])
    rows = await day.floor.pbx.wait_cdr_rows(len(day.expected), 5)
    inbound = {r["linkedid"] for r in rows if r["channel"].startswith("PJSIP/trunk")}
    calls = {story.stored.call.id: story.stored.call for story in await day.floor.all_calls()}
    assert set(calls) == inbound
    phones = tuple(f"PJSIP/{p.extension}-" for desk in day.floor.desks for p in desk.phones)
    talked = {
        r["linkedid"]
        for r in rows
        if r["disposition"] == "ANSWERED" and r["dstchannel"].startswith(phones)
    }
    assert {i for i, call in calls.items() if call.disposition is ANSWERED} == talked
    assert {c.disposition for c in calls.values()} == {ANSWERED, MISSED, Disposition.REJECTED}


async def test_one_callback_for_each_client_until_somebody_talks_with_him(day: Day) -> None:
    """Every missed call is linked to one callback; a talk closes it; hidden numbers one each."""
    items: dict[str, set[str]] = {}
    for story in await day.floor.all_calls():
        call = story.stored.call
        assert (story.callback_id is not None) == (call.disposition is MISSED), call
        if story.callback_id:
            items.setdefault(call.caller, set()).add(story.callback_id)
    callers = [caller_of(call) for call, _ in day.expected]
    twice = next(caller for caller in callers if callers.count(caller) == 3)
    assert len(items[twice]) == 1
    assert not await day.floor.owed(twice), "the talk closed it"
    hidden = [c for c in items if not c.isdigit()]
    assert sum(len(items[c]) for c in hidden) == 2
    assert all(len(found) == 1 for caller, found in items.items() if caller.isdigit())


async def test_order_events_of_a_call_are_handled_as_they_happened(day: Day) -> None:
    """Per call, no event is handled before one that happened earlier.

    Channels of one call stamp their events in threads of their own, microseconds apart.
    """
    times: defaultdict[str, list[datetime]] = defaultdict(list)
    for news in day.board.told:
        if isinstance(news, CallMoved):
            times[news.call.id].append(news.event.at)
    assert len(times) > 20
    for call_id, instants in times.items():
        back = (earlier - later for earlier, later in pairwise(instants))
        assert max(back, default=timedelta()) < timedelta(milliseconds=5), call_id


async def test_nothing_of_an_ended_call_is_kept_in_memory(day: Day) -> None:
    """When all calls are over every dictionary of the engine is empty."""
    board = day.board.board
    await board.settle()

    async def empty() -> bool:
        return not board.live.all() and not await day.floor.journal("ended")

    await eventually(empty, 5, "all calls are recorded")
    assert not board.live._made
    assert not board.live._aliases
    assert not board.presence._promises._made
    assert not board._endings._word
    assert not board._endings._finished
    assert not board._tasks.running
    driver = next(iter(board._pbxs.values()))
    assert not driver._tracker.calls  # type: ignore[attr-defined]
    assert not driver._tracker.channels  # type: ignore[attr-defined]
    for shelf in ("live", "ended", "status"):
        assert not await day.floor.journal(shelf)
