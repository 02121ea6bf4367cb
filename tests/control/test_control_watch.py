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


def test_a_phone_that_never_became_a_channel_is_unreachable_at_once() -> None:
    """No Hangup will ever come; the answer of others' phones is not ours."""
    other = frame("OriginateResponse", "take-9.9", Response="Failure", Reason="0")
    assert outcome(take(), other) is None
    assert outcome(take(), other, FAILED) is Outcome.PHONE_UNREACHABLE


def test_the_dial_of_the_caller_says_who_has_the_call() -> None:
    """The one channel that Asterisk names has it, whoever believed to have picked up."""
    mine = frame("DialEnd", CALL, DialStatus="ANSWER", DestUniqueid=MINE)
    other = frame("DialEnd", CALL, DialStatus="ANSWER", DestUniqueid="main-1.3")
    stranger = frame("DialEnd", "main-7.7", DialStatus="ANSWER", DestUniqueid="main-7.8")
    lost = frame("DialEnd", CALL, DialStatus="CANCEL", DestUniqueid="main-1.3")
    pickup = frame("Pickup", MINE)
    assert outcome(take(), NEW, UP, pickup, lost, stranger, mine) is Outcome.TAKEN
    assert outcome(take(), NEW, UP, pickup, other) is Outcome.TAKEN_BEFORE


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
