"""Placing a call by a click, on a real Asterisk: the manager's phone first, then the client's."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from floor_control import free_again
from sales_floor import client_number, eventually, side_by_side

from dozvon.lab import BUSY, DECLINE, LET_IT_RING, CallState, Mobile, answer_after
from pbx_adapters.port import Outcome, PlaceCall
from router.calls import Direction, Disposition
from router.events import LegAnswered
from switchboard.control import Control, own_phone
from switchboard.control_texts import Refusal
from switchboard.news import CallMoved

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sales_floor import Desk, Floor
    from two_services import Inside

    from dozvon.lab import PhoneCall
    from storage.records import CallStory

pytestmark = [
    pytest.mark.asterisk,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.usefixtures("quiet_floor"),
]


async def _outbound(floor: Floor, number: str, within: float = 20.0) -> CallStory:
    """The one outbound call to a number in the log, and no other."""

    async def probe() -> list[CallStory]:
        stories = await floor.all_calls()
        return [s for s in stories if number in s.stored.call.line]

    found = await eventually(probe, within, f"a call to {number} in the log")
    assert len(found) == 1
    assert found[0].stored.call.direction is Direction.OUTBOUND
    return found[0]


def _dialled(floor: Floor, number: str) -> list[PhoneCall]:
    return [c for c in floor.carrier.received if c.called == number]


async def test_they_talk_and_it_is_one_call_of_the_client_with_the_right_numbers_on_both_sides(
    floor: Floor, served: Inside, control: Control
) -> None:
    """The manager sees the client's name and number, the client sees the line's number."""
    desk = floor.desks[0]
    client = desk.client()
    floor.carrier.mobiles[client] = Mobile(behaviour=answer_after(0.2))
    placing = asyncio.create_task(control.place("8" + client[1:], "b0"))
    ringing = await desk.b.wait_ringing(3)
    assert (ringing.caller_number, ringing.caller_name) == (f"+{client}", "Client 0-1")
    assert not _dialled(floor, client), "the client is not called before the manager picks up"
    await desk.b.answer()
    told = await asyncio.wait_for(placing, 20)
    assert told.answer is Outcome.TALKING
    [seen] = _dialled(floor, client)
    assert (seen.caller_number, seen.caller_name) == ("74951230000", "")
    await desk.b.hang_up()
    story = await _outbound(floor, client)
    stored = story.stored
    assert stored.call.disposition is Disposition.ANSWERED
    assert (stored.call.caller, stored.call.answered_by) == ("102", "102")
    assert (stored.client, stored.owner, stored.department) == ("client-0-1", "a0", "d0")
    assert told.id in stored.call.aliases
    assert len(_dialled(floor, client)) == 1
    assert served.board.live.decision_of(stored.call.id) is None, "nothing of it is kept"


async def test_what_the_managers_phone_did_is_named_and_the_client_is_not_called(
    floor: Floor, served: Inside
) -> None:
    """Declined, busy, not picked up: each has its own answer and its line in the log."""
    short = Control(served.board, ring_seconds=1)

    async def one(desk: Desk, expected: Outcome, disposition: Disposition) -> None:
        client = desk.client()
        told = await short.place(client, f"b{desk.number}")
        assert told.answer is expected
        assert not _dialled(floor, client)
        story = await _outbound(floor, client)
        assert story.stored.call.disposition is disposition
        assert story.stored.client

    floor.desks[1].b.behave(DECLINE)
    floor.desks[2].b.behave(BUSY)
    await side_by_side(
        one(floor.desks[1], Outcome.PHONE_DECLINED, Disposition.CANCELLED),
        one(floor.desks[2], Outcome.PHONE_BUSY, Disposition.BUSY),
        one(floor.desks[3], Outcome.PHONE_NO_ANSWER, Disposition.NO_ANSWER),
    )


async def test_a_phone_that_is_not_registered_is_named_also_when_nobody_knew_it_before(
    floor: Floor, served: Inside
) -> None:
    """The exchange makes no channel for it; the answer comes from its one event."""
    control = served.board.control_of("main")
    assert control
    office = served.board.office()
    phone = own_phone(office.managers["a4"])
    command = PlaceCall(
        id="place-1.4040",
        phone=type(phone)(extension="199"),
        number="+79039990001",
        outgoing="trunk",
        dial="PJSIP/79039990001@trunk",
    )
    assert await asyncio.wait_for(control.place(command), 10) is Outcome.PHONE_UNREACHABLE
    assert not _dialled(floor, "79039990001")


async def test_what_the_client_did_is_named_and_the_manager_hears_it(
    floor: Floor, served: Inside, control: Control
) -> None:
    """Busy, declined, not answered, refused by the carrier: each has its own answer."""

    async def one(desk: Desk, expected: Outcome, disposition: Disposition, **how: object) -> None:
        client = desk.client()
        floor.carrier.mobiles[client] = Mobile(**how)  # type: ignore[arg-type]
        desk.c.behave(answer_after(0.1))
        told = await control.place(client, f"c{desk.number}")
        assert told.answer is expected
        assert desk.c.calls[-1].state is CallState.TALKING, "he hears the tone"
        await desk.c.calls[-1].wait_ended(4)
        story = await _outbound(floor, client)
        assert story.stored.call.disposition is disposition
        assert not await floor.owed(client), "a call that we began owes no callback"

    refused = type(BUSY)(act=BUSY.act, status=404)
    await side_by_side(
        one(floor.desks[0], Outcome.CLIENT_BUSY, Disposition.BUSY, behaviour=BUSY),
        one(floor.desks[1], Outcome.CLIENT_DECLINED, Disposition.BUSY, behaviour=DECLINE),
        one(floor.desks[2], Outcome.CLIENT_UNREACHABLE, Disposition.FAILED, behaviour=refused),
    )


async def test_a_client_who_does_not_answer_is_rung_so_long_and_no_longer(
    floor: Floor, served: Inside
) -> None:
    """The dial ends by itself in the exchange, whatever becomes of us."""
    desk = floor.desks[3]
    control = served.board.control_of("main")
    assert control
    client = desk.client()
    desk.c.behave(answer_after(0.1))
    command = PlaceCall(
        id="place-1.5050",
        phone=own_phone(served.board.office().managers["c3"]),
        number=f"+{client}",
        outgoing="trunk",
        dial=f"PJSIP/{client}@trunk",
        caller_id="74951230000",
        client_seconds=1,
    )
    assert await asyncio.wait_for(control.place(command), 10) is Outcome.CLIENT_NO_ANSWER
    story = await _outbound(floor, client)
    assert story.stored.call.disposition is Disposition.NO_ANSWER


async def test_a_manager_who_hangs_up_first_stops_the_clients_phone(
    floor: Floor, served: Inside, control: Control
) -> None:
    """The client's phone falls silent at once."""
    desk = floor.desks[4]
    client = desk.client()
    floor.carrier.mobiles[client] = Mobile(behaviour=LET_IT_RING)
    placing = asyncio.create_task(control.place(client, "a4"))
    await desk.a.wait_ringing(3)
    await desk.a.answer()
    rings = await floor.carrier.wait_called(client, 3)
    await desk.a.hang_up()
    assert (await asyncio.wait_for(placing, 20)).answer is Outcome.HUNG_UP
    await rings.wait_ended(2)
    assert (await _outbound(floor, client)).stored.call.disposition is Disposition.CANCELLED


async def test_a_second_click_places_no_second_call(
    floor: Floor, served: Inside, control: Control
) -> None:
    """While the first is under way, and within seconds of it; another number is another call."""
    desk = floor.desks[5]
    client = desk.client()
    first = asyncio.create_task(control.place(client, "a5"))
    ringing = await desk.a.wait_ringing(3)
    for written in (client, "+" + client, "8" + client[1:]):
        assert (await control.place(written, "a5")).answer is Refusal.UNDER_WAY
    control._given.clear()  # the seconds are over, and the first still rings
    assert (await control.place(client, "a5")).answer is Refusal.UNDER_WAY
    await desk.a.decline()
    assert (await asyncio.wait_for(first, 20)).answer is Outcome.PHONE_DECLINED
    assert desk.a.calls[-1] is ringing
    other = asyncio.create_task(control.place(desk.client(), "a5"))
    await desk.a.wait_ringing(3)
    await desk.a.decline()
    assert (await other).answer is Outcome.PHONE_DECLINED
    again = f"+{client_number(5, desk.clients)}"
    assert (await control.place(again, "a5")).answer is Refusal.UNDER_WAY, "within seconds of it"


async def test_a_command_goes_on_when_nobody_waits_for_its_answer(
    floor: Floor, served: Inside, control: Control
) -> None:
    """A browser that was closed hangs nobody up, and its second click is still a second click."""
    desk = floor.desks[0]
    client = desk.client()
    floor.carrier.mobiles[client] = Mobile(behaviour=answer_after(0.1))
    waiting = asyncio.create_task(control.place(client, "a0"))
    await desk.a.wait_ringing(3)
    waiting.cancel()
    await asyncio.wait({waiting})
    assert (await control.place(client, "a0")).answer is Refusal.UNDER_WAY
    await desk.a.answer()
    await served.wait_news(
        lambda n: (
            isinstance(n, CallMoved) and isinstance(n.event, LegAnswered) and client in n.call.line
        )
    )
    await desk.a.hang_up()
    assert (await _outbound(floor, client)).stored.call.answered_by == "101"


def _talks(floor: Floor, number: str) -> Callable[[], Awaitable[bool]]:
    async def probe() -> bool:
        return any(c.state is CallState.TALKING for c in _dialled(floor, number))

    return probe


async def test_numbers_that_may_not_be_called_are_refused_with_a_sentence(
    floor: Floor, served: Inside, control: Control
) -> None:
    """Outside the line's prefixes, an extension, no number at all: no phone rings."""
    before = len(floor.desks[1].a.calls)
    london = await control.place("+44 20 7946 0958", "a1")
    assert london.answer is Refusal.PREFIX
    assert "trunk" in london.sentence("ru")
    assert "+44" in london.sentence("en")
    assert (await control.place("102", "a1")).answer is Refusal.COLLEAGUE
    for hostile in ("", "Ivan", "79161234567\r\nAction: Logoff", "${SHELL(id)}"):
        told = await control.place(hostile, "a1")
        assert told.answer is Refusal.BAD_NUMBER, hostile
    assert len(floor.desks[1].a.calls) == before


async def test_an_outgoing_line_carries_no_more_calls_than_it_has_channels(
    floor: Floor, served: Inside
) -> None:
    """The second is told so, and his client is not called."""
    control = served.board.control_of("main")
    assert control
    office = served.board.office()
    answers = []
    for n, desk in enumerate(floor.desks[2:4]):
        client = desk.client()
        floor.carrier.mobiles[client] = Mobile(behaviour=answer_after(0.1))
        desk.b.behave(answer_after(0.1))
        command = PlaceCall(
            id=f"place-2.{n}",
            phone=own_phone(office.managers[f"b{desk.number}"]),
            number=f"+{client}",
            outgoing="narrow",
            dial=f"PJSIP/{client}@trunk",
            channels=1,
        )
        answers.append((await control.place(command), len(_dialled(floor, client))))
    assert answers == [(Outcome.TALKING, 1), (Outcome.LINE_FULL, 0)]
    await floor.desks[2].b.hang_up()
    await floor.desks[3].b.calls[-1].wait_ended(4)


async def test_no_replay_a_link_cut_in_the_middle_repeats_nothing(
    floor: Floor, served: Inside, control: Control
) -> None:
    """The end is unknown to us, the exchange goes on, and the phone rings exactly once."""
    desk = floor.desks[4]
    client = desk.client()
    floor.carrier.mobiles[client] = Mobile(behaviour=answer_after(0.1))
    before = len(desk.a.calls)
    placing = asyncio.create_task(control.place(client, "a4"))
    await desk.a.wait_ringing(3)
    await _cut_link(served)
    told = await asyncio.wait_for(placing, 20)
    assert told.answer is Outcome.UNKNOWN
    await eventually(_linked(served), 10, "the link is back")
    await desk.a.answer()
    await eventually(_talks(floor, client), 3, "the client talks")
    await desk.a.hang_up()
    assert len(desk.a.calls) == before + 1
    assert len(_dialled(floor, client)) == 1
    assert (await _outbound(floor, client)).stored.call.direction is Direction.OUTBOUND


async def _cut_link(served: Inside) -> None:
    pbx = served.board._pbxs["main"]
    pbx.calls._connection.close("cut by a test")  # type: ignore[attr-defined]


def _linked(served: Inside) -> Callable[[], Awaitable[bool]]:
    async def probe() -> bool:
        pbx = served.board._pbxs["main"]
        return pbx.calls.state == "connected"  # type: ignore[attr-defined, no-any-return]

    return probe


async def test_without_a_link_nothing_is_sent_now_or_later(
    floor: Floor, served: Inside, control: Control
) -> None:
    """He is told at once; no phone rings when the link comes back."""
    desk = floor.desks[5]
    client = desk.client()
    before = len(desk.b.calls)
    await _cut_link(served)
    told = await control.place(client, "b5")
    assert told.answer is Outcome.NO_LINK
    await eventually(_linked(served), 10, "the link is back")
    assert await floor.pbx.channels() == 0
    assert len(desk.b.calls) == before
    assert served.board.live.decision_of(told.id) is None


async def test_a_talk_of_twenty_seconds_closes_the_callback(
    floor: Floor, served: Inside, control: Control
) -> None:
    """A missed client who is called back by a click is owed nothing any more."""
    desk = floor.desks[0]
    client = desk.client()
    missed = await desk.call(client)
    await desk.a.wait_ringing(3)
    await missed.hang_up()
    await floor.settled(client)
    assert len(await floor.owed(client)) == 1
    await free_again(served, desk)
    floor.carrier.mobiles[client] = Mobile(behaviour=answer_after(0.1, hang_up_after=20.5))
    desk.a.behave(answer_after(0.1))
    assert (await control.place(client, "a0")).answer is Outcome.TALKING
    await desk.a.calls[-1].wait_ended(25)

    async def closed() -> bool:
        return not await floor.owed(client)

    await eventually(closed, 5, "the callback is closed")
