"""How a call moves and how it ends."""

from __future__ import annotations

import pytest
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
    run,
    transferred,
)

from router.calls import Call, Direction, Disposition, LegOutcome, MissedReason, TransferKind
from router.events import (
    AnyCallEvent,
    CallDescribed,
    CallEnded,
    CallHeld,
    CallResumed,
    CallsJoined,
    LegBegan,
    LegTaken,
)
from router.lifecycle import MOVES, advance, diagram


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


def test_events_of_one_instant_that_are_told_apart_lose_no_second_of_the_talk() -> None:
    """What the log had held for the owner's talk was the talk of who is in his place."""
    call = run(
        began(), leg_began("a", "101", 0), answered("a", 4),
        LegTaken(pbx="main", call_id="c", at=at(5), leg_id="a", taken_leg_id="p", by="103"),
        ended(9),
    )  # fmt: skip
    assert [leg.talk_seconds for leg in call.legs] == [0.0, 5.0]
    assert (call.answered_by, call.talk_seconds) == ("103", 5.0)


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


@pytest.mark.parametrize("picks_up", [[], [picked_up("b", 11)]])
def test_a_transfer_while_a_queue_rings_is_complete_when_anyone_of_it_answers(
    picks_up: list[AnyCallEvent],
) -> None:
    """No phone has the number of the queue, and its phones were rung before he was handed on."""
    call = run(
        began(), leg_began("a", "101", 1), answered("a", 2), leg_began("b", "102", 5),
        rang("b", 5), left("a", 9), transferred(TransferKind.ATTENDED, "101", "600", 9),
        *picks_up, answered("b", 12), ended(15),
    )  # fmt: skip
    assert [t.completed for t in call.transfers] == [True]


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


def test_the_diagram_is_made_from_the_table() -> None:
    """Every move of the table that changes the state is an edge, and no other is."""
    text = diagram()
    edges = {tuple(line.split(":")[0].split(" --> ")) for line in text.splitlines()[2:-1]}
    told = {(a.strip(), b.strip()) for a, b in edges}
    assert told == {(s, t) for (s, _), targets in MOVES.items() for t in targets if s is not t}
    assert "    offered --> ended: CallEnded" in text.splitlines()
