"""A phone's call that rings colleagues and numbers outside: whoever talks says what it was."""

from __future__ import annotations

import pytest
from tracked_frames import T0, calls, event, run, shot

from pbx_adapters.asterisk.frames import Frame
from pbx_adapters.asterisk.tracking import Tracker
from router.calls import Call, Direction
from router.events import AnyCallEvent, CallDescribed, CallsJoined


def channel(uid: str, name: str, state: int, prefix: str = "", **more: str) -> dict[str, str]:
    fields = shot(uid, f"PJSIP/{name}-{uid}", state, prefix=prefix, **more)
    return fields | {f"{prefix}Linkedid": "1.1"}


def root(state: int = 4, exten: str = "600") -> dict[str, str]:
    return channel("1.1", "101", state, Exten=exten)


def dials(uid: str, name: str, string: str, exten: str = "600") -> Frame:
    dest = channel(uid, name, 0, "Dest")
    return event("DialBegin", DialString=string, **root(exten=exten), **dest)


def hangs_up(uid: str, name: str, cause: str = "16") -> Frame:
    return event("Hangup", Cause=cause, **channel(uid, name, 6))


def talk(uid: str, name: str) -> list[Frame]:
    members = (channel(uid, name, 6), root(6))
    return [event("BridgeEnter", BridgeUniqueid="b", **member) for member in members]


def kept(events: list[AnyCallEvent]) -> list[Call]:
    absorbed = {e.absorbed_id for e in events if isinstance(e, CallsJoined)}
    return [call for call in calls(events) if call.id not in absorbed]


COLLEAGUE = dials("1.2", "102", "102")
MOBILE = dials("1.3", "trunk", "79160000001@trunk")
SECOND_MOBILE = dials("1.4", "trunk", "79160000002@trunk")


@pytest.mark.parametrize("order", [(COLLEAGUE, MOBILE), (MOBILE, COLLEAGUE)])
def test_a_group_with_a_mobile_is_internal_while_it_rings(order: tuple[Frame, ...]) -> None:
    """In both orders of the legs, before anybody has said a word."""
    [call] = kept(run(Tracker("x"), event("Newchannel", **root()), *order))
    assert (call.direction, call.caller, call.line) == (Direction.INTERNAL, "101", "600")
    assert {leg.target for leg in call.legs} == {"102", "79160000001"}


@pytest.mark.parametrize("order", [(COLLEAGUE, MOBILE), (MOBILE, COLLEAGUE)])
def test_the_call_is_named_by_the_phone_once_a_colleague_talks(order: tuple[Frame, ...]) -> None:
    tracker = Tracker("x")
    events = run(tracker, *order, hangs_up("1.3", "trunk", "26"), *talk("1.2", "102"))
    [call] = kept(events)
    assert (call.id, call.direction, call.line) == ("1.1", Direction.INTERNAL, "600")
    assert (call.answered_by, tracker.calls) == ("102", {"1.1"})
    assert {leg.target: leg.outcome for leg in call.legs}["79160000001"] == "elsewhere"


@pytest.mark.parametrize(
    "order",
    [
        (COLLEAGUE, MOBILE, SECOND_MOBILE),
        (MOBILE, SECOND_MOBILE, COLLEAGUE),
        (MOBILE, SECOND_MOBILE),
    ],
)
def test_of_two_mobiles_the_one_that_talks_names_the_call(order: tuple[Frame, ...]) -> None:
    """Whoever hands the client on or ends the talk by the call's name reaches his channel."""
    tracker = Tracker("x")
    ends = [hangs_up("1.3", "trunk", "26"), hangs_up("1.2", "102", "26")][: len(order) - 1]
    events = run(tracker, *order, *ends, *talk("1.4", "trunk"))
    [call] = kept(events)
    assert (call.id, call.direction, call.line) == ("1.4", Direction.OUTBOUND, "79160000002")
    ended = {leg.target: leg.outcome for leg in call.legs if leg.ended_at}
    assert ended == dict.fromkeys(["79160000001", "102"][: len(ends)], "elsewhere")
    events += run(tracker, hangs_up("1.4", "trunk"), event("Hangup", **root(6)))
    [call] = kept(events)
    assert (call.disposition, call.answered_by, tracker.channels) == ("answered", "101", 0)


def test_a_second_trunk_for_one_number_changes_no_name() -> None:
    """However the number is written for it."""
    events = run(
        Tracker("x"),
        MOBILE,
        hangs_up("1.3", "trunk", "34"),
        dials("1.4", "trunk", "89160000001@trunk"),
        *talk("1.4", "trunk"),
    )
    [call] = kept(events)
    assert (call.id, call.line, call.answered_by) == ("1.3", "79160000001", "101")


def test_a_number_outside_that_falls_back_to_a_colleague_stays_outbound() -> None:
    """The trunk failed and the dialplan rings the operator: 101 had dialled a client."""
    number = "79160000001"
    events = run(
        Tracker("x"),
        dials("1.3", "trunk", f"{number}@trunk", exten=number),
        hangs_up("1.3", "trunk", "34"),
        dials("1.2", "102", "102", exten=number),
    )
    [call] = kept(events)
    assert (call.direction, call.line) == (Direction.OUTBOUND, number)
    assert not [e for e in events if isinstance(e, CallDescribed)]
    assert call.began_at == T0
