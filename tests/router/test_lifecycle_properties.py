"""What holds of a call whatever events come, in whatever order."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from lifecycle_events import (
    answered,
    at,
    began,
    ended,
    left,
    leg_began,
    leg_ended,
    picked_up,
    rang,
    transferred,
)

from router.calls import (
    Call,
    CallState,
    Direction,
    Disposition,
    LegOutcome,
    MissedReason,
    TransferKind,
)
from router.events import AnyCallEvent, CallHeld, CallResumed, LegTaken
from router.lifecycle import MOVES, Verdict, advance, settle

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
