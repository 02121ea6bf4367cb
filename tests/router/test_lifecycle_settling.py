"""How the journal's word settles a call that the events have told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lifecycle_events import answered, at, began, ended, leg_began, rang, run

from router.calls import Direction, Disposition, MissedReason
from router.events import CallEnded
from router.lifecycle import Verdict, advance, settle


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


@pytest.mark.parametrize(
    ("word", "unrung", "rung"),
    [
        (Disposition.NO_ANSWER, MissedReason.NO_ANSWER, MissedReason.NO_ANSWER),
        (Disposition.BUSY, MissedReason.NOBODY_REACHABLE, MissedReason.NO_ANSWER),
        (Disposition.FAILED, MissedReason.NOBODY_REACHABLE, MissedReason.NO_ANSWER),
        (Disposition.CANCELLED, MissedReason.ABANDONED, MissedReason.ABANDONED),
    ],
)
def test_no_journal_can_end_a_clients_call_with_a_word_for_calls_that_we_place(
    word: Disposition, unrung: MissedReason, rung: MissedReason
) -> None:
    """Who was not served was missed: that is what the callback list asks for."""
    verdict = Verdict(disposition=word, ended_at=at(9))
    for call, reason in [
        (run(began(), ended(9)), unrung),
        (run(began(), leg_began("a", "101", 1), ended(9)), rung),
    ]:
        settled, _ = settle(call, verdict)
        assert (settled.disposition, settled.reason) == (Disposition.MISSED, reason)


def test_a_call_that_we_placed_keeps_its_words() -> None:
    call = run(began(Direction.OUTBOUND), leg_began("a", "79161234567", 0), ended(9))
    settled, _ = settle(call, Verdict(disposition=Disposition.BUSY, ended_at=at(9)))
    assert (settled.disposition, settled.reason) == (Disposition.BUSY, None)


@pytest.mark.parametrize(("seen", "length"), [(None, 42.0), (8.9, 42.0), (5, 4.0)])
def test_a_talk_of_which_the_events_saw_nothing_is_as_long_as_the_journal_says(
    seen: float | None, length: float
) -> None:
    """What they did see stays: they know it better than by the second."""
    talk = [] if seen is None else [answered("a", seen)]
    call = run(began(), leg_began("a", "101", 1), *talk, ended(9))
    verdict = Verdict(disposition=Disposition.ANSWERED, ended_at=at(9), talk_seconds=42)
    assert settle(call, verdict)[0].talk_seconds == length


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        (Disposition.MISSED, Disposition.NO_ANSWER),
        (Disposition.REJECTED, Disposition.BUSY),
        (Disposition.CANCELLED, Disposition.CANCELLED),
    ],
)
def test_a_call_that_we_placed_is_neither_missed_nor_rejected(
    word: Disposition, meant: Disposition
) -> None:
    call = run(began(Direction.OUTBOUND), leg_began("a", "79161234567", 0), ended(9))
    reason = MissedReason.ABANDONED if word is Disposition.MISSED else None
    settled, _ = settle(call, Verdict(disposition=word, ended_at=at(9), reason=reason))
    assert (settled.disposition, settled.reason) == (meant, None)
