"""What the simulated exchange does without the service, and with people who hand calls around."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from scripted_exchange import ANNA, CALLER, START, Scripted, exchange, one, plan, rang, trail

from pbx_adapters.port import CallOffered, Way
from pbx_adapters.simulator import CallerScript, PhoneScript, VirtualClock, answers
from router.calls import Disposition, LegOutcome, MissedReason
from router.events import AnyCallEvent, CallTransferred, LegTaken
from router.facts import PhoneState
from router.plan import Decision

DEPARTMENT = [("101", 0), ("102", 0), ("103", 0)]


async def test_a_decision_that_fails_leaves_the_department_ringing() -> None:
    board = Scripted(plan=None)
    async with exchange(board) as pbx:
        pbx.phones.behave("102", answers(1))
        call = pbx.place(CALLER)
        await pbx.settled()
    assert rang(call) == DEPARTMENT
    assert (board.recorded[0].way, board.recorded[0].answered_by) == (Way.FAIL_OPEN, "102")


async def test_a_decision_that_never_comes_is_left_after_a_second_and_a_half() -> None:
    board = Scripted(plan=plan(one(ANNA)), hangs=True)
    async with exchange(board, watchdog_seconds=0.01) as pbx:
        call = pbx.place(replace(CALLER, hang_up_after_seconds=5))
        await pbx.settled()
    assert rang(call) == [(extension, 1.5) for extension, _ in DEPARTMENT]
    assert board.recorded[0].service == "HUNG"


async def test_a_dead_service_is_told_nothing_and_gets_the_journal_when_it_is_back() -> None:
    board = Scripted(plan=plan(one(ANNA)))
    async with exchange(board) as pbx:
        await pbx.settled()
        pbx.kill_service()
        call = pbx.place(replace(CALLER, hang_up_after_seconds=5))
        await pbx.settled()
        assert (board.events, board.offered, board.recorded) == ([], [], [])
        assert rang(call) == DEPARTMENT
        pbx.revive_service()
        await pbx.settled()
        assert pbx.journal == {}
    assert board.recorded[0].reason is MissedReason.ABANDONED
    assert (board.gaps[-1].live_calls, board.gaps[-1].recovered_calls) == (0, 1)


async def test_a_call_that_lives_through_the_gap_is_adopted() -> None:
    board = Scripted(plan=plan(one(ANNA)))
    async with exchange(board) as pbx:
        pbx.phones.behave("101", answers(1, talk_seconds=60))
        pbx.clock.later(0.5, pbx.kill_service)
        pbx.clock.later(10, pbx.revive_service)
        pbx.place(CALLER)
        await pbx.settled()
    began = [event for event in board.events if type(event).__name__ == "CallBegan"]
    assert [event.recovered for event in began] == [False, True]
    assert board.recorded[0].talk_seconds == 60


async def test_the_phones_states_are_told_as_they_change() -> None:
    board = Scripted(plan=plan(one(ANNA)))
    async with exchange(board) as pbx:
        await pbx.settled()
        board.phones.clear()
        pbx.phones.behave("101", answers(1))
        pbx.place(CALLER)
        await pbx.settled()
    assert board.phones == [
        ("101", PhoneState.RINGING),
        ("101", PhoneState.TALKING),
        ("101", PhoneState.FREE),
    ]


async def test_who_picks_up_at_a_colleagues_phone_is_the_one_who_answered() -> None:
    board = Scripted(plan=plan(one(ANNA)))
    async with exchange(board) as pbx:
        call = pbx.place(CALLER)
        pbx.pick_up(by="103", rings_at="101", after_seconds=2)
        await pbx.settled()
    assert (board.recorded[0].answered_by, board.recorded[0].talk_seconds) == ("103", 2)
    assert call.legs[0].outcome is LegOutcome.ELSEWHERE
    assert [event.by for event in board.events if isinstance(event, LegTaken)] == ["103"]


async def test_who_is_in_a_talk_picks_nothing_up() -> None:
    board = Scripted(plan=plan(one(ANNA)))
    async with exchange(board) as pbx:
        pbx.phones.behave("103", PhoneScript(talks_until_seconds=9))
        call = pbx.place(CALLER)
        pbx.pick_up(by="103", rings_at="101", after_seconds=2)
        await pbx.settled()
    assert [leg.outcome for leg in call.legs] == [LegOutcome.NO_ANSWER]


class Slow(Scripted):
    """Takes its time to hear what happened, and notes what it knew when it was asked."""

    async def happened(self, event: AnyCallEvent) -> None:
        for _ in range(5):
            await asyncio.sleep(0)
        await super().happened(event)

    async def decide(self, offered: CallOffered) -> Decision:
        assert [event.call_id for event in self.events][-1] == offered.call_id
        return await super().decide(offered)


async def test_a_switchboard_has_heard_of_a_call_before_it_is_asked_about_it() -> None:
    board = Slow(plan=plan(one(ANNA)))
    async with exchange(board) as pbx:
        pbx.place(CALLER)
        pbx.place(replace(CALLER, begins_after_seconds=1))
        await pbx.settled()
    assert [entry.service for entry in board.recorded] == ["SUCCESS", "SUCCESS"]


async def test_a_pick_up_that_comes_too_late_does_nothing() -> None:
    board = Scripted(plan=plan(one(ANNA)))
    async with exchange(board) as pbx:
        pbx.phones.behave("101", answers(1))
        pbx.place(CALLER)
        pbx.pick_up(by="103", rings_at="101", after_seconds=2)
        await pbx.settled()
        assert pbx.phones.state("103") is PhoneState.FREE
    assert board.recorded[0].answered_by == "101"


def _hands_on(to: str) -> PhoneScript:
    return replace(answers(1), transfer_to=to)


async def test_a_hand_over_that_nobody_answers_comes_back_and_then_rings_the_department() -> None:
    board = Scripted(plan=plan(one(ANNA)))
    async with exchange(board) as pbx:
        pbx.phones.behave("101", _hands_on("103"))
        pbx.clock.later(4, lambda: pbx.phones.behave("101", PhoneScript()))
        call = pbx.place(replace(CALLER, hang_up_after_seconds=40))
        await pbx.settled()
    assert rang(call) == [
        ("101", 0),
        ("103", 3),
        ("101", 18),
        ("101", 33),
        ("102", 33),
        ("103", 33),
    ]
    entry = board.recorded[0]
    assert trail(entry)[1:4] == [
        "x=101>103:transfer",
        "x=/103:rang:NOANSWER",
        "x=/101:rang:NOANSWER",
    ]
    assert (entry.disposition, entry.reason) == (
        Disposition.MISSED,
        MissedReason.LOST_IN_TRANSFER,
    )


async def test_a_hand_over_that_is_answered_credits_who_talked_first() -> None:
    board = Scripted(plan=plan(one(ANNA)))
    async with exchange(board) as pbx:
        pbx.phones.behave("101", _hands_on("103"))
        pbx.phones.behave("103", answers(1))
        pbx.place(CALLER)
        await pbx.settled()
    handed = [(e.by, e.to) for e in board.events if isinstance(e, CallTransferred)]
    assert (handed, board.recorded[0].answered_by) == ([("101", "103")], "101")


async def test_a_line_that_nobody_knows_rings_the_default_department_without_the_service() -> None:
    board = Scripted(plan=None)
    async with exchange(board) as pbx:
        call = pbx.place(CallerScript(number="", line="000", hang_up_after_seconds=1))
        await pbx.settled()
    assert rang(call) == DEPARTMENT


async def test_time_passes_only_when_nothing_is_left_to_do() -> None:
    clock = VirtualClock(START)
    happened: list[str] = []
    clock.later(3600, lambda: happened.append("late"))
    clock.later(60, lambda: happened.append("early"))
    clock.later(60, lambda: happened.append("early, planned later"))
    clock.later(90, lambda: happened.append("cancelled")).cancel()
    clock.begin()
    running = asyncio.create_task(clock.run())
    await asyncio.sleep(0)
    assert (happened, clock.now) == ([], START)
    clock.end()
    await running
    assert happened == ["early", "early, planned later", "late"]
    assert (clock.now - START).total_seconds() == 3600
