"""What events say of a command: who has the call, and why a phone was not picked up."""

from __future__ import annotations

from itertools import permutations

import pytest

from pbx_adapters.asterisk.control_watch import PhoneWatch, PlaceWatch, TakeWatch
from pbx_adapters.asterisk.frames import Frame
from pbx_adapters.port import Outcome

MINE, CALL = "take-1.2", "main-1.1"


def frame(name: str, uid: str = MINE, /, **fields: str) -> Frame:
    return Frame("event", name, {"Event": name, "Uniqueid": uid, **fields})


def outcome(watch: PhoneWatch, *frames: Frame) -> Outcome | None:
    """The first outcome, as the adapter takes it."""
    return next((found for f in frames if (found := watch.read(f))), None)


def take() -> TakeWatch:
    return TakeWatch(channel_id=MINE, call_id=CALL)


def place() -> PlaceWatch:
    return PlaceWatch(channel_id=MINE)


NEW = frame("Newchannel")
FAILED = frame("OriginateResponse", Response="Failure", Reason="0")
UP = frame("OriginateResponse", Response="Success", Reason="4")


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        ("21", Outcome.PHONE_DECLINED),
        ("17", Outcome.PHONE_BUSY),
        ("19", Outcome.PHONE_NO_ANSWER),
        ("20", Outcome.PHONE_UNREACHABLE),
    ],
)
def test_the_cause_of_the_hangup_says_why_in_either_order(cause: str, expected: Outcome) -> None:
    """Asterisk 22 tells OriginateResponse first, older ones the Hangup."""
    hangup = frame("Hangup", Cause=cause)
    for ending in permutations((FAILED, hangup)):
        assert outcome(take(), NEW, *ending) is expected
        assert outcome(place(), NEW, *ending) is expected


def test_a_phone_that_never_became_a_channel_is_unreachable_when_no_event_explains_it() -> None:
    """Its events may come after the word that it failed; the word of others' phones is not ours."""
    other = frame("OriginateResponse", "take-9.9", Response="Failure", Reason="0")
    watch = take()
    assert outcome(watch, other) is None
    assert not watch.unexplained
    assert outcome(watch, FAILED) is None
    assert watch.unexplained
    assert watch.at_last() is Outcome.PHONE_UNREACHABLE
    assert not watch.unexplained


CALLER_IN = frame("BridgeEnter", CALL, BridgeUniqueid="b1")
OTHER_IN = frame("BridgeEnter", "main-1.3", BridgeUniqueid="b1")


def test_the_bridge_of_the_caller_says_who_has_the_call() -> None:
    """Whoever meets him there has him, in either order, whatever the dial says."""
    mine = frame("BridgeEnter", MINE, BridgeUniqueid="b1")
    stranger = frame("BridgeEnter", "main-7.7", BridgeUniqueid="b7")
    dialled = frame("DialEnd", CALL, DialStatus="ANSWER", DestUniqueid="main-1.3")
    for one, two in permutations((CALLER_IN, mine)):
        assert outcome(take(), NEW, UP, dialled, stranger, one, two) is Outcome.TAKEN
    for one, two in permutations((CALLER_IN, OTHER_IN)):
        assert outcome(take(), NEW, stranger, one, two) is Outcome.TAKEN_BEFORE
    left = frame("BridgeLeave", "main-1.3", BridgeUniqueid="b1")
    assert outcome(take(), NEW, OTHER_IN, left, CALLER_IN) is None


def test_who_took_the_place_of_a_phone_that_answered_in_the_same_instant_has_the_call() -> None:
    """Asterisk goes on naming the phone that is gone; its place is his, in any order."""
    pickup = frame("Pickup", TargetUniqueid="main-1.3")
    for order in permutations((pickup, CALLER_IN, OTHER_IN)):
        assert outcome(take(), NEW, UP, *order) is Outcome.TAKEN
    elsewhere = frame("Pickup", TargetUniqueid="main-1.4")
    assert outcome(take(), NEW, UP, elsewhere, CALLER_IN, OTHER_IN) is None


def test_of_a_phone_off_the_hook_the_dialplan_says_that_it_was_late() -> None:
    """A bridge with another alone does not: the pick-up may be under way."""
    said = frame("UserEvent", UserEvent="DozvonTake", Result="answered")
    assert outcome(take(), NEW, UP, CALLER_IN, OTHER_IN) is None
    assert outcome(take(), NEW, UP, CALLER_IN, OTHER_IN, said) is Outcome.TAKEN_BEFORE


def test_a_taker_who_picked_up_and_was_let_go_was_too_late() -> None:
    """Without a pick-up he hung up himself."""
    gone = frame("Hangup", Cause="26")
    watch = take()
    assert outcome(watch, NEW, UP, frame("Pickup"), gone) is None, "the caller's end may follow"
    assert watch.unexplained
    assert watch.at_last() is Outcome.TAKEN_BEFORE
    left = frame("Hangup", CALL)
    assert outcome(take(), NEW, UP, frame("Pickup"), gone, left) is Outcome.CALLER_LEFT
    owner = frame("BridgeEnter", "main-1.3", BridgeUniqueid="b1")
    picked = frame("Pickup", TargetUniqueid="main-1.3")
    assert outcome(take(), NEW, UP, picked, gone, CALLER_IN, owner) is Outcome.TAKEN_BEFORE
    assert outcome(take(), NEW, UP, gone) is Outcome.HUNG_UP


def test_a_phone_off_the_hook_is_known_before_its_command_is_answered() -> None:
    """It is never hung up by us: it might have the caller."""
    watch = take()
    outcome(watch, NEW, frame("Newstate", ChannelState="5"))
    assert not watch.up
    outcome(watch, frame("Newstate", ChannelState="6"))
    assert watch.up


def test_a_caller_who_is_gone_ends_the_taking() -> None:
    """His own Hangup says it; that of another call does not."""
    assert outcome(take(), NEW, frame("Hangup", "main-7.7", Cause="16")) is None
    assert outcome(take(), NEW, frame("Hangup", CALL, Cause="127")) is Outcome.CALLER_LEFT


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ("gone", Outcome.CALLER_LEFT),
        ("answered", Outcome.TAKEN_BEFORE),
        ("nobody", Outcome.NOBODY_RINGS),
    ],
)
def test_the_dialplan_says_why_nothing_could_be_picked_up(result: str, expected: Outcome) -> None:
    """Each of its words has an answer."""
    said = frame("UserEvent", UserEvent="DozvonTake", Result=result)
    assert outcome(take(), NEW, UP, said) is expected
    assert outcome(take(), NEW, frame("UserEvent", "x", UserEvent="DozvonTake")) is None


@pytest.mark.parametrize(
    ("result", "cause", "expected"),
    [
        ("BUSY", "17", Outcome.CLIENT_BUSY),
        ("NOANSWER", "19", Outcome.CLIENT_NO_ANSWER),
        ("CHANUNAVAIL", "21", Outcome.CLIENT_DECLINED),
        ("CONGESTION", "34", Outcome.CLIENT_UNREACHABLE),
        ("CHANUNAVAIL", "1", Outcome.CLIENT_UNREACHABLE),
        ("FULL", "34", Outcome.LINE_FULL),
    ],
)
def test_the_dialplan_says_what_the_client_did(result: str, cause: str, expected: Outcome) -> None:
    """A cause of 21 means that he declined, whatever the dial calls it."""
    said = frame("UserEvent", UserEvent="DozvonPlace", Result=result, Cause=cause)
    assert outcome(place(), NEW, UP, said) is expected


def test_a_talk_begins_when_the_client_answers_the_phones_own_dial() -> None:
    """The phone's pick-up alone is no talk; hanging up before it is an end of its own."""
    ringing = frame("DialEnd", "", DialStatus="ANSWER", DestUniqueid=MINE)
    client = frame("DialEnd", MINE, DialStatus="ANSWER", DestUniqueid="main-1.9")
    assert outcome(place(), NEW, ringing, UP) is None
    assert outcome(place(), NEW, ringing, UP, client) is Outcome.TALKING
    assert outcome(place(), NEW, UP, frame("Hangup", Cause="16")) is Outcome.HUNG_UP
