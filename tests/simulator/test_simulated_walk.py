"""The simulated exchange walks a plan by the rules of the generated dialplan."""

from __future__ import annotations

from dataclasses import replace

import pytest
from scripted_exchange import (
    ANNA,
    BORIS,
    CALLER,
    CLARA,
    CLARAS_MOBILE,
    MOBILE,
    Scripted,
    exchange,
    one,
    plan,
    rang,
    together,
    trail,
    wait,
)

from pbx_adapters.port import JournalEntry
from pbx_adapters.simulator import (
    IS_BUSY,
    MOBILE_RINGS,
    NOT_REGISTERED,
    LiveCall,
    MobileScript,
    PhoneScript,
    SimulatedPbx,
    answers,
    declines,
    mobile_confirms,
    mobile_voicemail,
)
from pbx_adapters.simulator.scripts import Act
from router.calls import Disposition, LegOutcome, MissedReason
from router.events import CallBegan, CallEnded, LegAnswered, LegBegan, LegEnded, LegPickedUp
from router.office import Status
from router.plan import Ending, Plan


async def called(
    offered: Plan,
    *,
    phones: dict[str, PhoneScript] | None = None,
    clara: MobileScript = MOBILE_RINGS,
) -> tuple[LiveCall, JournalEntry, Scripted]:
    """One call from its beginning to its end."""
    board = Scripted(offered)
    async with exchange(board) as pbx:
        for extension, script in (phones or {}).items():
            pbx.phones.behave(extension, script)
        pbx.phones.mobiles[MOBILE] = clara
        call = pbx.place(CALLER)
        await pbx.settled()
    return call, board.recorded[0], board


async def test_a_step_rings_its_time_and_the_next_follows_at_once() -> None:
    call, entry, _ = await called(plan(one(ANNA), one(BORIS)), phones={"102": answers(1)})
    assert rang(call) == [("101", 0), ("102", 4)]
    assert trail(entry) == ["1=anna/101:rang:4:NOANSWER", "2=boris/102:rang:3:ANSWER"]
    assert (entry.disposition, entry.answered_by) == (Disposition.ANSWERED, "102")
    assert entry.talk_seconds == 2


async def test_what_happens_is_told_in_its_order() -> None:
    _, _, board = await called(plan(one(ANNA)), phones={"101": answers(1)})
    kinds = [type(event).__name__ for event in board.events]
    assert kinds == ["CallBegan", "LegBegan", "LegRang", "LegAnswered", "LegEnded", "CallEnded"]
    assert [event.at for event in board.events] == sorted(event.at for event in board.events)
    assert len({event.call_id for event in board.events}) == 1


async def test_a_busy_or_unplugged_target_costs_no_time_and_its_alternate_rings() -> None:
    talking, away = PhoneScript(talks_until_seconds=9), NOT_REGISTERED
    call, entry, _ = await called(
        plan(one(ANNA, BORIS, CLARA)), phones={"101": talking, "102": away, "103": answers(1)}
    )
    assert rang(call) == [("103", 0)]
    assert trail(entry)[:2] == ["1=anna/101:busy", "1=boris/102:unreachable"]


async def test_a_status_that_changes_under_way_is_seen_when_the_step_begins() -> None:
    board = Scripted(plan(one(ANNA), one(BORIS, CLARA)))
    async with exchange(board) as pbx:
        pbx.phones.behave("103", answers(1))
        await pbx.settled()
        call = pbx.place(CALLER)
        pbx.clock.later(2, lambda: pbx._statuses.update(boris=Status.LUNCH))
        await pbx.settled()
    assert rang(call) == [("101", 0), ("103", 4)]
    assert "2=boris/102:lunch" in trail(board.recorded[0])


async def test_a_status_that_is_mirrored_counts_for_the_next_step() -> None:
    board = Scripted(plan(one(ANNA, BORIS)))
    async with exchange(board) as pbx:
        await pbx.settled()
        await pbx.status_changed("anna", Status.AWAY)
        first = pbx.place(CALLER)
        await pbx.settled()
        await pbx.status_changed("anna", Status.AVAILABLE)
        second = pbx.place(CALLER)
        await pbx.settled()
    assert (rang(first)[0][0], rang(second)[0][0]) == ("102", "101")


async def test_all_who_can_answer_ring_together_and_one_wins() -> None:
    call, entry, _ = await called(
        plan(together(ANNA, BORIS, CLARA)), phones={"102": answers(2), "103": answers(1)}
    )
    assert rang(call) == [("101", 0), ("102", 0), ("103", 0)]
    outcomes = [leg.outcome for leg in call.legs]
    assert outcomes == [LegOutcome.ELSEWHERE, LegOutcome.ELSEWHERE, LegOutcome.ANSWERED]
    assert entry.answered_by == "103"


async def test_a_step_ends_when_everybody_has_refused() -> None:
    call, _, _ = await called(
        plan(together(ANNA, BORIS), one(CLARA)),
        phones={"101": declines(1), "102": IS_BUSY, "103": answers(1)},
    )
    assert rang(call) == [("101", 0), ("103", 1)]
    assert [leg.outcome for leg in call.legs[:2]] == [LegOutcome.DECLINED, LegOutcome.BUSY]


async def test_a_mobile_that_presses_1_has_answered() -> None:
    call, entry, board = await called(
        plan(one(CLARAS_MOBILE, ring=6, confirm=8)), clara=mobile_confirms(2, 3)
    )
    assert rang(call) == [(MOBILE, 0)]
    assert (entry.answered_by, entry.confirmed) == (f"+{MOBILE}", True)
    answered = next(e for e in board.events if isinstance(e, LegAnswered))
    assert (answered.at - call.began_at).total_seconds() == 5


async def test_a_mobiles_talk_counts_from_its_answer_the_question_included() -> None:
    person = replace(mobile_confirms(2, 3), talk_seconds=4)
    call, entry, _ = await called(plan(one(CLARAS_MOBILE, ring=6, confirm=8)), clara=person)
    assert entry.talk_seconds == 1
    assert (call.ended_at - call.began_at).total_seconds() == 6


@pytest.mark.parametrize(
    ("mobile", "gone_after"),
    [
        (mobile_voicemail(2), 7),
        (replace(mobile_confirms(2, 3), press="5"), 5),
        (mobile_confirms(2, 6), 7),
        (mobile_confirms(7), 6),
    ],
    ids=["presses nothing", "presses 5", "presses too late", "answers too late"],
)
async def test_a_mobile_that_does_not_press_1_in_time_has_not_answered(
    mobile: MobileScript, gone_after: float
) -> None:
    call, entry, board = await called(
        plan(one(CLARAS_MOBILE, ring=6, confirm=8), one(ANNA)), clara=mobile
    )
    assert rang(call) == [(MOBILE, 0), ("101", gone_after)]
    assert entry.disposition is Disposition.MISSED
    assert not any(isinstance(event, LegAnswered) for event in board.events)
    in_time = mobile.after_seconds < 6
    assert any(isinstance(event, LegPickedUp) for event in board.events) is in_time
    outcome = LegOutcome.NOT_CONFIRMED if in_time else LegOutcome.NO_ANSWER
    assert call.legs[0].outcome is outcome


async def test_a_voicemail_does_not_silence_the_phones_beside_it() -> None:
    call, entry, _ = await called(
        plan(together(CLARAS_MOBILE, ANNA, ring=6, confirm=8)),
        phones={"101": answers(4)},
        clara=mobile_voicemail(1),
    )
    assert entry.answered_by == "101"
    assert call.legs[0].outcome is LegOutcome.ELSEWHERE


async def test_an_outgoing_line_carries_no_more_than_its_channels() -> None:
    board = Scripted(plan(one(CLARAS_MOBILE, ring=6, confirm=8), one(ANNA)))
    async with exchange(board) as pbx:
        pbx.phones.mobiles[MOBILE] = MobileScript(act=Act.ANSWER, press="1", talk_seconds=9)
        first, second = pbx.place(CALLER), pbx.place(replace(CALLER, begins_after_seconds=2))
        await pbx.settled()
        third = pbx.place(CALLER)
        await pbx.settled()
    assert rang(first) == [(MOBILE, 0)]
    assert rang(second) == [("101", 0)]
    assert rang(third) == [(MOBILE, 0)]


async def test_a_wait_looks_every_three_seconds_for_the_first_who_is_free() -> None:
    long, short = PhoneScript(talks_until_seconds=30), replace(answers(1), talks_until_seconds=4)
    call, entry, _ = await called(plan(wait(ANNA, BORIS)), phones={"101": long, "102": short})
    assert rang(call) == [("102", 6)]
    assert trail(entry)[:2] == ["1=anna/101:busy", "1=boris/102:busy"]


async def test_a_wait_asks_whom_it_rang_last_at_the_end() -> None:
    call, entry, _ = await called(plan(wait(ANNA, BORIS, CLARA), patience=11))
    assert rang(call) == [("101", 0), ("102", 3), ("103", 6), ("101", 9)]
    assert entry.reason is MissedReason.NO_ANSWER
    assert trail(entry)[-1] == "1=:waited:11"


async def test_a_wait_for_people_who_are_all_gone_is_none() -> None:
    gone = {"101": NOT_REGISTERED, "102": NOT_REGISTERED}
    call, entry, _ = await called(plan(wait(ANNA, BORIS), one(CLARA)), phones=gone)
    assert rang(call) == [("103", 0)]
    assert "1=:waited:0" in trail(entry)


async def test_no_step_outlasts_the_patience() -> None:
    call, entry, _ = await called(plan(one(ANNA), one(BORIS), one(CLARA), patience=6))
    assert rang(call) == [("101", 0), ("102", 4)]
    assert trail(entry)[1:] == ["2=boris/102:rang:2:NOANSWER", "3=:patience"]


@pytest.mark.parametrize(
    ("ending", "steps", "disposition", "reason"),
    [
        (Ending.MESSAGE_BUSY, (one(ANNA),), Disposition.MISSED, MissedReason.NO_ANSWER),
        (Ending.MESSAGE_BUSY, (), Disposition.MISSED, MissedReason.NOBODY_REACHABLE),
        (Ending.MESSAGE_CLOSED, (one(ANNA),), Disposition.MISSED, MissedReason.CLOSED),
        (Ending.VOICEMAIL, (one(ANNA),), Disposition.MISSED, MissedReason.NO_ANSWER),
        (Ending.REJECT, (), Disposition.REJECTED, None),
    ],
)
async def test_an_ending_without_a_talk_has_its_disposition_and_reason(
    ending: Ending, steps: tuple, disposition: Disposition, reason: MissedReason | None
) -> None:
    _, entry, board = await called(plan(*steps, ending=ending))
    assert (entry.disposition, entry.reason) == (disposition, reason)
    ended = board.events[-1]
    assert isinstance(ended, CallEnded)
    assert (ended.reason, ended.rejected) == (reason, ending is Ending.REJECT)


async def _with_caller_gone(pbx: SimulatedPbx, seconds: float) -> LiveCall:
    call = pbx.place(replace(CALLER, hang_up_after_seconds=seconds))
    await pbx.settled()
    return call


@pytest.mark.parametrize("seconds", [2, 4, 5])
async def test_a_caller_who_hangs_up_ends_his_call_wherever_it_stands(seconds: float) -> None:
    """Ringing, between two steps, and in a wait."""
    board = Scripted(plan(one(ANNA), wait(BORIS)))
    async with exchange(board) as pbx:
        pbx.phones.behave("102", PhoneScript(talks_until_seconds=50))
        call = await _with_caller_gone(pbx, seconds)
        assert (call.ended_at - call.began_at).total_seconds() == seconds
        assert pbx.phones.state("101") == "free"
    assert board.recorded[0].reason is MissedReason.ABANDONED
    assert [type(e) for e in board.events if isinstance(e, LegBegan | LegEnded)] == [
        LegBegan,
        LegEnded,
    ]


async def test_a_caller_who_hangs_up_during_the_talk_was_answered() -> None:
    board = Scripted(plan(one(ANNA)))
    async with exchange(board) as pbx:
        pbx.phones.behave("101", answers(1, talk_seconds=None))
        await _with_caller_gone(pbx, 7)
    entry = board.recorded[0]
    assert (entry.disposition, entry.talk_seconds) == (Disposition.ANSWERED, 6)


async def test_two_calls_at_one_instant_do_not_ring_one_phone_twice() -> None:
    board = Scripted(plan(one(ANNA, BORIS)))
    async with exchange(board) as pbx:
        for extension in ("101", "102"):
            pbx.phones.behave(extension, answers(1))
        first, second = pbx.place(CALLER), pbx.place(CALLER)
        await pbx.settled()
    assert (rang(first), rang(second)) == ([("101", 0)], [("102", 0)])
    assert first.id != second.id
    assert len([e for e in board.events if isinstance(e, CallBegan)]) == 2
