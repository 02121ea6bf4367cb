"""How a call moves and how it ends."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.calls import (
    Call,
    CallState,
    Direction,
    Disposition,
    LegOutcome,
    MissedReason,
    TransferKind,
)
from router.events import (
    AnyCallEvent,
    CallBegan,
    CallDescribed,
    CallEnded,
    CallHeld,
    CallResumed,
    CallsJoined,
    CallTransferred,
    LegAnswered,
    LegBegan,
    LegEnded,
    LegLeft,
    LegPickedUp,
    LegRang,
    LegTaken,
)
from router.lifecycle import MOVES, Verdict, advance, diagram, settle

T0 = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def began(direction: Direction = Direction.INBOUND, *, seconds: float = 0) -> CallBegan:
    return CallBegan(
        pbx="main", call_id="c", at=at(seconds), linked_id="c", direction=direction,
        caller="101" if direction is Direction.OUTBOUND else "79161234567", caller_name="",
        line="79161234567" if direction is Direction.OUTBOUND else "74951230001",
    )  # fmt: skip


def leg_began(leg: str, target: str, seconds: float) -> LegBegan:
    return LegBegan(pbx="main", call_id="c", at=at(seconds), leg_id=leg, target=target)


def rang(leg: str, seconds: float) -> LegRang:
    return LegRang(pbx="main", call_id="c", at=at(seconds), leg_id=leg)


def picked_up(leg: str, seconds: float) -> LegPickedUp:
    return LegPickedUp(pbx="main", call_id="c", at=at(seconds), leg_id=leg)


def answered(leg: str, seconds: float, *, since_known: bool = True) -> LegAnswered:
    return LegAnswered(pbx="main", call_id="c", at=at(seconds), leg_id=leg, since_known=since_known)


def left(leg: str, seconds: float) -> LegLeft:
    return LegLeft(pbx="main", call_id="c", at=at(seconds), leg_id=leg)


def leg_ended(leg: str, outcome: LegOutcome, seconds: float) -> LegEnded:
    return LegEnded(pbx="main", call_id="c", at=at(seconds), leg_id=leg, outcome=outcome)


def transferred(kind: TransferKind, by: str, to: str, seconds: float) -> CallTransferred:
    return CallTransferred(pbx="main", call_id="c", at=at(seconds), kind=kind, by=by, to=to)


def ended(
    seconds: float, reason: MissedReason | None = None, *, rejected: bool = False
) -> CallEnded:
    return CallEnded(
        pbx="main", call_id="c", at=at(seconds), cause=16, reason=reason, rejected=rejected
    )


def run(*events: AnyCallEvent) -> Call:
    call: Call | None = None
    for event in events:
        call = advance(call, event).call
    assert call is not None
    return call


def test_a_phone_rings_answers_and_talks() -> None:
    """Ring seconds run from the first ring to the pick-up, talk seconds from bridge to end."""
    call = run(
        began(), leg_began("a", "101", 1), rang("a", 1.5), picked_up("a", 6), answered("a", 6.1),
        leg_ended("a", LegOutcome.CANCELLED, 16.1), ended(16.2),
    )  # fmt: skip
    assert (call.state, call.disposition, call.reason) == ("ended", "answered", None)
    assert (call.answered_by, call.answered_at, call.ended_at) == ("101", at(6.1), at(16.2))
    assert (call.talk_seconds, call.legs[0].talk_seconds) == (10.0, 10.0)
    assert (call.legs[0].outcome, call.legs[0].ring_seconds) == (LegOutcome.ANSWERED, 4.5)


def test_ring_counts_from_the_dial_where_no_ring_is_told() -> None:
    call = run(began(), leg_began("a", "101", 1), leg_ended("a", LegOutcome.NO_ANSWER, 13))
    assert call.legs[0].ring_seconds == 12.0


def test_states_follow_the_legs() -> None:
    """Offered, ringing, offered between two steps, ringing, talking, held, talking, ended."""
    steps: list[tuple[AnyCallEvent, str]] = [
        (began(), "offered"),
        (leg_began("a", "101", 1), "ringing"),
        (leg_ended("a", LegOutcome.NO_ANSWER, 5), "offered"),
        (leg_began("b", "102", 5), "ringing"),
        (answered("b", 7), "talking"),
        (CallHeld(pbx="main", call_id="c", at=at(8)), "held"),
        (leg_began("d", "103", 9), "held"),
        (CallResumed(pbx="main", call_id="c", at=at(9)), "talking"),
        (left("b", 10), "ringing"),
        (leg_ended("d", LegOutcome.BUSY, 11), "offered"),
        (ended(12), "ended"),
    ]
    call: Call | None = None
    for event, state in steps:
        call = advance(call, event).call
        assert call is not None
        assert call.state == state, event


def test_hold_counts_as_talk() -> None:
    call = run(
        began(), leg_began("a", "101", 0), answered("a", 1),
        CallHeld(pbx="main", call_id="c", at=at(2)), CallResumed(pbx="main", call_id="c", at=at(8)),
        ended(11),
    )  # fmt: skip
    assert call.talk_seconds == 10.0


def test_who_comes_back_talks_on() -> None:
    """Two stretches of one person add up; the pause between them counts for nobody."""
    call = run(
        began(), leg_began("a", "101", 0), answered("a", 1), left("a", 3), answered("a", 5), ended(9)
    )  # fmt: skip
    assert (call.talk_seconds, call.legs[0].talk_seconds) == (6.0, 6.0)
    assert call.answered_at == at(1)


def test_handing_over_without_a_pause_is_one_talk() -> None:
    """The new one joins before the old one leaves: the call's talk has no hole and no doubling."""
    call = run(
        began(), leg_began("a", "101", 0), answered("a", 1), leg_began("b", "102", 2),
        answered("b", 5), left("a", 6), ended(10),
    )  # fmt: skip
    assert call.talk_seconds == 9.0
    assert [leg.talk_seconds for leg in call.legs] == [5.0, 5.0]
    assert call.answered_by == "101"


def test_taken_leg_was_answered_elsewhere() -> None:
    """The one whose call was picked up lost nothing, and is not the answerer."""
    call = run(
        began(), leg_began("a", "101", 0), rang("a", 0),
        LegTaken(pbx="main", call_id="c", at=at(4), leg_id="a", taken_leg_id="p", by="103"),
        leg_ended("a", LegOutcome.NO_ANSWER, 4), answered("p", 4), ended(9),
    )  # fmt: skip
    assert [(leg.target, leg.outcome) for leg in call.legs] == [
        ("101", LegOutcome.ELSEWHERE), ("103", LegOutcome.ANSWERED)
    ]  # fmt: skip
    assert call.answered_by == "103"


def test_who_is_put_in_the_place_of_a_talk_that_began_in_the_same_instant_has_it() -> None:
    """A real sequence: the owner's answer, his place in the bridge, then the pick-up of his leg."""
    call = run(
        began(), leg_began("a", "101", 0), rang("a", 0), answered("a", 4),
        LegTaken(pbx="main", call_id="c", at=at(4), leg_id="a", taken_leg_id="p", by="103"),
        leg_ended("a", LegOutcome.ANSWERED, 4), left("p", 9), leg_ended("p", LegOutcome.ANSWERED, 9),
        ended(9),
    )  # fmt: skip
    assert [(leg.target, leg.outcome, leg.talk_seconds) for leg in call.legs] == [
        ("101", LegOutcome.ELSEWHERE, 0.0), ("103", LegOutcome.ANSWERED, 5.0)
    ]  # fmt: skip
    assert (call.answered_by, call.disposition, call.talk_seconds) == ("103", "answered", 5.0)


def test_a_phone_off_the_hook_is_no_answer() -> None:
    """A mobile that was picked up and not confirmed answered nothing."""
    call = run(
        began(), leg_began("m", "79035550000", 0), picked_up("m", 4),
        leg_ended("m", LegOutcome.NOT_CONFIRMED, 12), ended(20, MissedReason.NO_ANSWER),
    )  # fmt: skip
    assert (call.disposition, call.answered_by, call.talk_seconds) == ("missed", None, 0.0)
    assert (call.legs[0].outcome, call.legs[0].ring_seconds) == (LegOutcome.NOT_CONFIRMED, 4.0)


@pytest.mark.parametrize(
    ("events", "said", "reason"),
    [
        ([], MissedReason.ABANDONED, MissedReason.ABANDONED),
        ([], None, MissedReason.NOBODY_REACHABLE),
        ([leg_began("a", "101", 1)], None, MissedReason.NO_ANSWER),
        ([leg_began("a", "101", 1)], MissedReason.PBX_RESTARTED, MissedReason.PBX_RESTARTED),
    ],
)
def test_a_missed_call_has_its_reason(
    events: list[AnyCallEvent], said: MissedReason | None, reason: MissedReason
) -> None:
    """The adapter's reason, or else what the legs suggest."""
    call = run(began(), *events, ended(9, said))
    assert (call.disposition, call.reason) == (Disposition.MISSED, reason)


def test_a_call_turned_away_is_rejected() -> None:
    call = run(began(), ended(0.1, rejected=True))
    assert (call.disposition, call.reason) == (Disposition.REJECTED, None)


@pytest.mark.parametrize(
    ("to", "then", "disposition", "completed"),
    [
        ("102", [], "missed", False),
        ("102", [leg_began("b", "102", 11), leg_ended("b", LegOutcome.BUSY, 11)], "missed", False),
        ("102", [leg_began("b", "102", 11), answered("b", 14)], "answered", True),
        (
            "102",
            [
                leg_began("b", "102", 11), leg_ended("b", LegOutcome.NO_ANSWER, 26),
                leg_began("r", "101", 26), answered("r", 28),
            ],
            "answered",
            False,
        ),
        (
            "102",
            [
                leg_began("b", "102", 11), leg_ended("b", LegOutcome.NO_ANSWER, 26),
                leg_began("d", "104", 26), answered("d", 28),
            ],
            "answered",
            False,
        ),
        ("600", [leg_began("q", "104", 12), answered("q", 13)], "answered", True),
    ],
)  # fmt: skip
def test_a_client_handed_on_blindly(
    to: str, then: list[AnyCallEvent], disposition: str, *, completed: bool
) -> None:
    """He is served when somebody talks with him again, else he was lost in transfer.

    The transfer is complete when the one meant talks (any phone, if the number is a queue's).
    """
    call = run(
        began(), leg_began("a", "101", 1), answered("a", 2), left("a", 10),
        transferred(TransferKind.BLIND, "101", to, 10), *then, ended(40, MissedReason.ABANDONED),
    )  # fmt: skip
    assert call.disposition == disposition
    lost = MissedReason.LOST_IN_TRANSFER if disposition == "missed" else None
    assert call.reason == lost
    assert [t.completed for t in call.transfers] == [completed]
    assert call.answered_by == "101"


def test_an_attended_transfer_is_complete_when_the_target_talks_already() -> None:
    call = run(
        began(), leg_began("a", "101", 1), answered("a", 2), leg_began("b", "102", 5), left("a", 9),
        answered("b", 9), transferred(TransferKind.ATTENDED, "101", "102", 9), ended(12),
    )  # fmt: skip
    assert [t.completed for t in call.transfers] == [True]
    assert call.disposition == "answered"


def test_a_transfer_while_the_target_rings_is_complete_when_he_answers() -> None:
    """The one asked was dialled before the client was handed on, and answers the client."""
    call = run(
        began(), leg_began("a", "101", 1), answered("a", 2), leg_began("b", "102", 5),
        rang("b", 5), left("a", 9), transferred(TransferKind.ATTENDED, "101", "102", 9),
        answered("b", 12), ended(15),
    )  # fmt: skip
    assert [t.completed for t in call.transfers] == [True]
    assert (call.disposition, call.talk_seconds) == ("answered", 10.0)


def test_a_transfer_told_twice_is_one() -> None:
    event = transferred(TransferKind.BLIND, "101", "102", 9)
    call = run(began(), leg_began("a", "101", 1), answered("a", 2), event, event)
    assert len(call.transfers) == 1


@pytest.mark.parametrize(
    ("outcome", "disposition"),
    [
        (LegOutcome.NO_ANSWER, "no_answer"),
        (LegOutcome.BUSY, "busy"),
        (LegOutcome.DECLINED, "busy"),
        (LegOutcome.UNREACHABLE, "failed"),
        (LegOutcome.FAILED, "failed"),
        (LegOutcome.CANCELLED, "cancelled"),
    ],
)
def test_an_outbound_call_without_talk_ends_as_its_last_leg(
    outcome: LegOutcome, disposition: str
) -> None:
    call = run(
        began(Direction.OUTBOUND), leg_began("x", "79161234567", 0),
        leg_ended("x", LegOutcome.FAILED, 1), leg_began("a", "79161234567", 1),
        leg_ended("a", outcome, 9), ended(9),
    )  # fmt: skip
    assert (call.disposition, call.reason, call.answered_by) == (disposition, None, None)


def test_who_dials_out_is_who_talked() -> None:
    """Of an outbound call the answerer is the extension, not the client."""
    call = run(
        began(Direction.OUTBOUND), leg_began("a", "79161234567", 0), answered("a", 3), ended(9)
    )  # fmt: skip
    assert (call.disposition, call.answered_by, call.talk_seconds) == ("answered", "101", 6.0)


def test_declining_ones_own_click_to_call_cancels_it() -> None:
    call = run(
        began(Direction.OUTBOUND), leg_began("a", "101", 0),
        leg_ended("a", LegOutcome.DECLINED, 3), ended(3),
    )  # fmt: skip
    assert call.disposition == "cancelled"


def test_late_and_doubled_events_are_ignored_with_their_reason() -> None:
    """Nothing raises; each says in a sentence why it changed nothing."""
    call = run(began(), leg_began("a", "101", 1))
    for event, because in [
        (began(), "begun already"),
        (leg_began("a", "101", 2), "this leg is known"),
        (answered("nobody", 2), "no such leg"),
        (left("a", 2), "means nothing to a call that is ringing"),
        (CallResumed(pbx="main", call_id="c", at=at(2)), "means nothing"),
        (CallDescribed(pbx="main", call_id="c", at=at(2)), "nothing new"),
        (CallsJoined(pbx="main", call_id="c", at=at(2), absorbed_id="c"), "one call already"),
        (leg_ended("b", LegOutcome.BUSY, 2), "no such leg is open"),
    ]:
        advanced = advance(call, event)
        assert advanced.call is call
        assert advanced.ignored is not None
        assert advanced.ignored.startswith("ignored, because ")
        assert because in advanced.ignored
    assert advance(None, ended(3)).ignored == "ignored, because no such call is known"
    other = CallEnded(pbx="main", call_id="other", at=at(3))
    assert "another call" in str(advance(call, other).ignored)


def test_an_alias_is_as_good_as_the_name() -> None:
    """After two calls are joined, events under either name reach the call."""
    call = run(
        began(), CallsJoined(pbx="main", call_id="c", at=at(1), absorbed_id="old"),
        LegBegan(pbx="main", call_id="old", at=at(2), leg_id="a", target="101"),
    )  # fmt: skip
    assert call.aliases == {"old"}
    assert [leg.target for leg in call.legs] == ["101"]


def test_ending_is_idempotent() -> None:
    call = run(began(), ended(3, MissedReason.ABANDONED))
    again = advance(call, ended(4))
    assert again.call is call
    assert again.ignored == "ignored, because the call has ended"


def test_the_journal_decides_and_a_difference_is_told() -> None:
    """The journal's disposition, reason and answerer win over the events; rings and talk stay."""
    call = run(began(), leg_began("a", "101", 1), ended(9))
    settled, difference = settle(
        call,
        Verdict(disposition=Disposition.ANSWERED, ended_at=at(9.2), answered_by="101",
                answered_at=at(5)),
    )  # fmt: skip
    assert (settled.disposition, settled.reason, settled.answered_by) == ("answered", None, "101")
    assert settled.ended_at == at(9.2)
    assert settled.legs == call.legs
    assert difference is not None
    assert dict(difference.differences) == {
        "disposition": ("missed", "answered"), "answered_by": (None, "101")
    }  # fmt: skip


def test_the_journal_in_agreement_settles_silently_and_once() -> None:
    call = run(began(), leg_began("a", "101", 1), ended(9))
    verdict = Verdict(disposition=Disposition.MISSED, reason=MissedReason.NO_ANSWER, ended_at=at(9))
    settled, difference = settle(call, verdict)
    assert (settled.settled, difference) == (True, None)
    other = Verdict(disposition=Disposition.ANSWERED, ended_at=at(10))
    assert settle(settled, other) == (settled, None)


def test_the_journal_ends_a_call_whose_end_no_event_told() -> None:
    """That alone is no disagreement; open legs are closed with it."""
    call = run(began(), leg_began("a", "101", 1), answered("a", 3))
    verdict = Verdict(disposition=Disposition.ANSWERED, ended_at=at(8), answered_by="101")
    settled, difference = settle(call, verdict)
    assert difference is None
    assert (settled.state, settled.talk_seconds, settled.talking_since) == ("ended", 5.0, None)
    assert all(leg.ended_at for leg in settled.legs)
    assert advance(settled, ended(9)).ignored == "ignored, because the call has ended"


def test_the_diagram_is_made_from_the_table() -> None:
    """Every move of the table that changes the state is an edge, and no other is."""
    text = diagram()
    edges = {tuple(line.split(":")[0].split(" --> ")) for line in text.splitlines()[2:-1]}
    told = {(a.strip(), b.strip()) for a, b in edges}
    assert told == {(s, t) for (s, _), targets in MOVES.items() for t in targets if s is not t}
    assert "    offered --> ended: CallEnded" in text.splitlines()


_LEGS = st.sampled_from(["a", "b", "d"])
_SECONDS = st.floats(min_value=-5, max_value=100, allow_nan=False)
_TARGETS = st.sampled_from(["101", "102", "79161234567"])
_EVENTS = st.one_of(
    st.builds(lambda s: began(seconds=s), _SECONDS),
    st.builds(leg_began, _LEGS, _TARGETS, _SECONDS),
    st.builds(rang, _LEGS, _SECONDS),
    st.builds(picked_up, _LEGS, _SECONDS),
    st.builds(answered, _LEGS, _SECONDS),
    st.builds(left, _LEGS, _SECONDS),
    st.builds(leg_ended, _LEGS, st.sampled_from(LegOutcome), _SECONDS),
    st.builds(
        lambda leg, taken, s: LegTaken(
            pbx="main", call_id="c", at=at(s), leg_id=leg, taken_leg_id=taken, by="103"
        ),
        _LEGS, _LEGS, _SECONDS,
    ),
    st.builds(lambda s: CallHeld(pbx="main", call_id="c", at=at(s)), _SECONDS),
    st.builds(lambda s: CallResumed(pbx="main", call_id="c", at=at(s)), _SECONDS),
    st.builds(transferred, st.sampled_from(TransferKind), _TARGETS, _TARGETS, _SECONDS),
    st.builds(ended, _SECONDS, st.sampled_from([None, MissedReason.ABANDONED])),
)  # fmt: skip


def _answered_without_talk() -> Verdict:
    return Verdict(
        disposition=Disposition.ANSWERED, ended_at=at(4), answered_by="101", connected=False
    )


def test_an_answer_in_the_instant_in_which_the_caller_leaves_is_a_missed_call() -> None:
    """A real entry: the Dial was answered, nobody was connected, the events saw no talk."""
    call = run(began(), leg_began("a", "101", 0), rang("a", 0), ended(4, MissedReason.NO_ANSWER))
    settled, difference = settle(call, _answered_without_talk())
    assert (settled.disposition, settled.reason) == ("missed", MissedReason.ABANDONED)
    assert (settled.answered_by, settled.answered_at) == (None, None)
    assert difference is not None, "that the two witnesses differ is kept"


def test_an_answer_without_a_length_is_believed_where_the_events_saw_no_beginning() -> None:
    """A call that was up before we watched may have talked before."""
    call = replace(
        run(began(), leg_began("a", "101", 0), ended(4, MissedReason.NO_ANSWER)), recovered=True
    )
    settled, _ = settle(call, _answered_without_talk())
    assert settled.disposition is Disposition.ANSWERED


@settings(max_examples=800, deadline=None)
@given(
    st.sampled_from(Direction),
    st.lists(_EVENTS, max_size=25),
    st.none()
    | st.builds(Verdict, disposition=st.sampled_from(Disposition), ended_at=_SECONDS.map(at)),
)
def test_no_order_of_events_reaches_an_illegal_state(
    direction: Direction, events: list[AnyCallEvent], verdict: Verdict | None
) -> None:
    """Whatever comes, in whatever order and at whatever instants, the call stays a call."""
    call = advance(None, began(direction)).call
    assert call is not None
    for event in events:
        before = call
        advanced = advance(before, event)
        assert advanced.call is not None
        call = advanced.call
        assert (advanced.ignored is None) or call is before
        if advanced.ignored is None:
            assert call.state in MOVES[before.state, type(event)]
        _check(before, call)
        if call.answered_by != before.answered_by and before.answered_by:
            assert isinstance(event, LegTaken), "the answerer is final but for a tie"
            assert call.answered_by == event.by
    if verdict is not None:
        before = call
        call, _ = settle(before, verdict)
        assert call.state is CallState.ENDED
        _check_now(call)
        assert advance(call, ended(50)).call is call


def _check(before: Call, call: Call) -> None:
    if before.state is CallState.ENDED:
        assert call == before
    ends = {leg.id: leg for leg in before.legs if leg.ended_at}
    for leg in call.legs:
        if leg.id in ends:
            assert leg == ends[leg.id]
    assert before.answered_by is None or call.answered_by
    _check_now(call)


def _check_now(call: Call) -> None:
    over = call.state is CallState.ENDED
    assert over == (call.disposition is not None) == (call.ended_at is not None)
    assert (call.reason is None) or call.disposition is not None
    assert len({leg.id for leg in call.legs}) == len(call.legs)
    talking = [leg for leg in call.legs if leg.talking_since]
    assert bool(talking) == (call.talking_since is not None)
    assert (call.state in {CallState.TALKING, CallState.HELD}) == bool(talking)
    for leg in call.legs:
        assert leg.ring_seconds >= 0
        assert leg.talk_seconds >= 0
        assert (leg.ended_at is None) or leg.outcome is not LegOutcome.RINGING
        assert (leg.answered_at is None) or leg.outcome is LegOutcome.ANSWERED
        assert not (over and leg.ended_at is None)
    if over and call.answered_at and call.ended_at and not call.settled:
        assert call.answered_at <= call.ended_at


@settings(max_examples=300, deadline=None)
@given(st.lists(_EVENTS, max_size=25))
def test_in_the_order_of_time_talk_never_exceeds_the_call(events: list[AnyCallEvent]) -> None:
    """With instants that run forward: answered before ended, and no more talk than time."""
    call = advance(None, began(seconds=-5)).call
    for event in sorted(events, key=lambda e: e.at):
        call = advance(call, event).call
    call = advance(call, ended(101)).call
    assert call is not None
    assert call.ended_at is not None
    assert call.talk_seconds <= (call.ended_at - call.began_at).total_seconds() + 0.01
    assert call.talk_seconds <= sum(leg.talk_seconds for leg in call.legs) + 0.01
    if call.answered_at:
        assert call.began_at <= call.answered_at <= call.ended_at


def test_a_difference_of_reasons_is_told_only_between_two_missed_calls() -> None:
    """Missed for another reason is a difference of its own; answered or missed already says all."""
    missed = run(began(), ended(9, MissedReason.ABANDONED))
    talked = run(began(), leg_began("a", "101", 1), answered("a", 2), ended(9))
    verdict = Verdict(disposition=Disposition.MISSED, reason=MissedReason.CLOSED, ended_at=at(9))
    for call, expected in [
        (missed, {"reason": ("abandoned", "closed")}),
        (talked, {"disposition": ("answered", "missed")}),
    ]:
        difference = settle(call, verdict)[1]
        assert difference is not None
        assert dict(difference.differences) == expected


def test_what_was_not_seen_cannot_disagree() -> None:
    """Of a call that showed nothing but its end, the journal's word is news, not a difference."""
    call = run(began(), CallEnded(pbx="main", call_id="c", at=at(9), unsure=True))
    assert (call.disposition, call.talk_partial, call.answered_at) == ("missed", True, None)
    verdict = Verdict(disposition=Disposition.ANSWERED, ended_at=at(9), answered_by="102")
    settled, difference = settle(call, verdict)
    assert (settled.disposition, settled.answered_by, difference) == ("answered", "102", None)
