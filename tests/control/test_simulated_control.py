"""The simulated exchange takes the same commands and gives the same answers as a real one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

import pytest
from scripted_exchange import ANNA, BORIS, CALLER, Scripted, exchange, one, plan, trail

from pbx_adapters.port import (
    ControllablePbx,
    HangUp,
    Outcome,
    OwnPhone,
    PlaceCall,
    TakeCall,
    TransferCall,
)
from pbx_adapters.simulator import (
    IS_BUSY,
    LETS_RING,
    MOBILE_BUSY,
    NOT_REGISTERED,
    CallerScript,
    LiveCall,
    MobileScript,
    PhoneScript,
    SimulatedPbx,
    answers,
    declines,
)
from pbx_adapters.simulator.scripts import Act
from router.calls import Call, CallState, Direction, Disposition
from router.events import CallEvent
from router.facts import PhoneState
from router.lifecycle import advance

CLARA = OwnPhone(extension="103")
CLIENT = "79031112233"
Doing = Callable[[], Coroutine[None, None, Outcome]]


class At:
    """A command given at an instant of the virtual clock."""

    def __init__(self, pbx: SimulatedPbx, seconds: float, doing: Doing) -> None:
        self.outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._pbx = pbx
        self._doing = doing
        self._task: asyncio.Task[None] | None = None
        pbx.clock.later(seconds, self._begin)

    def _begin(self) -> None:
        self._pbx.clock.begin()
        self._task = asyncio.create_task(self._go())

    async def _go(self) -> None:
        command = asyncio.create_task(self._doing())
        await asyncio.sleep(0)  # it has begun: time may go on
        self._pbx.clock.end()
        self.outcome.set_result(await command)


def taking(pbx: SimulatedPbx, call: LiveCall, at: float) -> At:
    command = TakeCall(id="take-1", call_id=call.id, phone=CLARA, caller="7916")
    return At(pbx, at, lambda: pbx.control.take(command))


def told_call(board: Scripted, call_id: str) -> Call:
    """The call as the house makes it of the events."""
    call: Call | None = None
    for event in board.events:
        assert isinstance(event, CallEvent)
        if event.call_id == call_id:
            advanced = advance(call, event)
            assert not advanced.ignored, (event, advanced.ignored)
            call = advanced.call
    assert call
    return call


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (answers(1), Outcome.TAKEN),
        (declines(1), Outcome.PHONE_DECLINED),
        (IS_BUSY, Outcome.PHONE_BUSY),
        (NOT_REGISTERED, Outcome.PHONE_UNREACHABLE),
        (answers(3.0), Outcome.TAKEN),
        (answers(3.9), Outcome.TAKEN),
        (answers(9.0), Outcome.CALLER_LEFT),
    ],
)
async def test_a_taker_gets_whatever_leg_rings_when_he_picks_up(
    script: PhoneScript, expected: Outcome
) -> None:
    """Also the next one, when the plan has moved on; what his phone did is named."""
    board = Scripted(plan(one(ANNA), one(BORIS)))
    async with exchange(board) as pbx:
        pbx.phones.behave("103", script)
        call = pbx.place(CALLER)
        command = taking(pbx, call, 0.5)
        await pbx.settled()
        assert await command.outcome is expected
        assert pbx.phones.state("103") in {PhoneState.FREE, PhoneState.UNREGISTERED}
    [entry] = board.recorded
    found = told_call(board, call.id)
    assert found.state is CallState.ENDED
    taken = expected is Outcome.TAKEN
    assert (found.answered_by == "103") is taken
    assert (entry.disposition is Disposition.ANSWERED) is taken


async def test_a_taker_who_is_late_is_told_and_his_phone_stops() -> None:
    """Somebody else answered meanwhile, or the caller left."""
    for caller, anna, expected in (
        (CALLER, answers(2), Outcome.TAKEN_BEFORE),
        (CallerScript(number="7916", line=CALLER.line, hang_up_after_seconds=2), LETS_RING,
         Outcome.CALLER_LEFT),
    ):  # fmt: skip
        board = Scripted(plan(one(ANNA)))
        async with exchange(board) as pbx:
            pbx.phones.behave("101", anna)
            pbx.phones.behave("103", LETS_RING)
            command = taking(pbx, pbx.place(caller), 0.5)
            await pbx.settled()
            assert await command.outcome is expected
            assert pbx.phones.state("103") is PhoneState.FREE


@pytest.mark.parametrize(
    ("boris", "client", "expected", "disposition"),
    [
        (answers(1), MobileScript(act=Act.ANSWER, talk_seconds=30), Outcome.TALKING,
         Disposition.ANSWERED),
        (declines(1), MOBILE_BUSY, Outcome.PHONE_DECLINED, Disposition.CANCELLED),
        (IS_BUSY, MOBILE_BUSY, Outcome.PHONE_BUSY, Disposition.BUSY),
        (NOT_REGISTERED, MOBILE_BUSY, Outcome.PHONE_UNREACHABLE, Disposition.FAILED),
        (LETS_RING, MOBILE_BUSY, Outcome.PHONE_NO_ANSWER, Disposition.NO_ANSWER),
        (answers(1), MOBILE_BUSY, Outcome.CLIENT_BUSY, Disposition.BUSY),
        (answers(1), MobileScript(act=Act.RING), Outcome.CLIENT_NO_ANSWER, Disposition.NO_ANSWER),
        (answers(1), MobileScript(act=Act.DECLINE), Outcome.CLIENT_DECLINED, Disposition.BUSY),
    ],
)  # fmt: skip
async def test_a_call_is_placed_and_its_end_is_named(
    boris: PhoneScript, client: MobileScript, expected: Outcome, disposition: Disposition
) -> None:
    """One outbound call with both legs; the phone is free again."""
    board = Scripted()
    command = PlaceCall(
        id="place-1",
        phone=OwnPhone(extension="102"),
        number=f"+{CLIENT}",
        outgoing="trunk",
        dial=f"PJSIP/{CLIENT}@t",
    )
    async with exchange(board) as pbx:
        pbx.phones.behave("102", boris)
        pbx.phones.mobiles[CLIENT] = client
        placing = At(pbx, 1, lambda: pbx.control.place(command))
        await pbx.settled()
        assert await placing.outcome is expected
        assert pbx.phones.state("102") in {PhoneState.FREE, PhoneState.UNREGISTERED}
    found = told_call(board, "place-1")
    assert (found.direction, found.state) == (Direction.OUTBOUND, CallState.ENDED)
    assert (found.caller, found.line) == ("102", f"+{CLIENT}")
    assert found.disposition is disposition


async def test_a_talk_is_handed_on_and_hung_up_by_command() -> None:
    """Without asking; with asking is refused, and so is what is not there."""
    board = Scripted(plan(one(ANNA)))
    async with exchange(board) as pbx:
        pbx.phones.behave("101", answers(1, talk_seconds=None))
        pbx.phones.behave("102", answers(1, talk_seconds=None))
        call = pbx.place(CALLER)

        def hand_on(ask: bool) -> Doing:  # noqa: FBT001 - a switch of the command's own
            return lambda: pbx.control.transfer(
                TransferCall(call_id=call.id, leg_id=call.legs[0].id, by="101", to="102", ask=ask)
            )

        asked, sent = At(pbx, 3, hand_on(True)), At(pbx, 4, hand_on(False))
        none = At(pbx, 5, lambda: pbx.control.hang_up(HangUp(channel_id="none")))
        ended = At(pbx, 9, lambda: pbx.control.hang_up(HangUp(channel_id=call.legs[-1].id)))
        await pbx.settled()
        answers_given = [await each.outcome for each in (asked, sent, none, ended)]
    assert answers_given == [Outcome.REFUSED, Outcome.DONE, Outcome.REFUSED, Outcome.DONE]
    [entry] = board.recorded
    assert "x=101>102:transfer" in trail(entry)
    assert told_call(board, call.id).transfers[0].completed


async def test_a_ringing_leg_that_is_hung_up_lets_the_plan_run_on() -> None:
    """And the whole call, when its caller is hung up."""
    board = Scripted(plan(one(ANNA), one(BORIS)))
    async with exchange(board) as pbx:
        call = pbx.place(CALLER)
        leg = At(pbx, 1, lambda: pbx.control.hang_up(HangUp(channel_id=call.legs[0].id)))
        whole = At(pbx, 2, lambda: pbx.control.hang_up(HangUp(channel_id=call.id)))
        await pbx.settled()
        assert (await leg.outcome, await whole.outcome) == (Outcome.DONE, Outcome.DONE)
    rung = [(x.dialled.number, (x.ended_at or call.now) - call.began_at) for x in call.legs]
    assert [(number, after.total_seconds()) for number, after in rung] == [("101", 1), ("102", 2)]


async def test_the_simulated_exchange_says_that_it_takes_commands() -> None:
    """The board asks so before it hands a command on."""
    async with exchange(Scripted()) as pbx:
        assert isinstance(pbx, ControllablePbx)
