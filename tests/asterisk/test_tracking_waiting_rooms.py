"""A waiting room (parking, BridgeWait, agents) is one bridge in which nobody hears anybody."""

from __future__ import annotations

from datetime import timedelta

from tracked_frames import T0, calls, client, event, phone, run, shot

from pbx_adapters.asterisk.frames import Frame
from pbx_adapters.asterisk.tracking import Tracker

OTHER = shot("2.1", "PJSIP/trunk-2", 6, CallerIDNum="79162222222", Exten="74951230001")


def listed(bridge: str, **channel: str) -> Frame:
    return event("CoreShowChannel", **channel, BridgeId=bridge, Duration="00:01:00")


def test_whoever_is_parked_has_left_the_talk() -> None:
    """The BridgeLeave of the old bridge was lost: entering the waiting room says it as well."""
    tracker = Tracker("x")
    events = run(
        tracker,
        event("Newchannel", **client()),
        event("DialBegin", **client(), **phone("1.2", "101", 0, prefix="Dest"), DialString="101"),
        event("BridgeEnter", BridgeUniqueid="b", **phone("1.2", "101", 6)),
        event("BridgeEnter", BridgeUniqueid="b", **client(6)),
    )
    parked = {"BridgeUniqueid": "p", "BridgeTechnology": "holding_bridge"}
    after = T0 + timedelta(seconds=10)
    events += run(tracker, event("BridgeEnter", **parked, **client(6)), at=after)
    later = after + timedelta(seconds=30)
    events += run(tracker, event("Hangup", **client(6), Cause="16"), at=later)
    [call] = calls(events)
    assert (call.answered_by, call.talk_seconds) == ("101", 10.0)


def test_leaving_a_waiting_room_from_before_we_watched_tells_of_no_talk() -> None:
    tracker = Tracker("x")
    room = {"BridgeUniqueid": "p", "BridgeTechnology": "holding_bridge", "BridgeNumChannels": "1"}
    shown = client(6, ConnectedLineNum="104")
    events = run(
        tracker,
        event("BridgeLeave", **room, **shown),
        event("BridgeLeave", **room, **OTHER),
        event("Hangup", **shown, Cause="16"),
        event("Hangup", **OTHER, Cause="16"),
    )
    assert [(c.caller, c.answered_by, c.legs) for c in calls(events)] == [
        ("79161234567", None, ()), ("79162222222", None, ()),
    ]  # fmt: skip


def test_a_list_shows_a_waiting_room_by_its_linkedids() -> None:
    """The channels of a talk have one Linkedid, those who wait keep theirs."""
    tracker = Tracker("x")
    talk = [
        listed("b", **shot("3.1", "PJSIP/trunk-3", 6, CallerIDNum="79163333333")),
        listed("b", **shot("3.2", "PJSIP/103-3", 6) | {"Linkedid": "3.1"}),
    ]
    events = tracker.adopt([listed("p", **client(6)), listed("p", **OTHER), *talk], T0)
    found = {c.caller: c.answered_by for c in calls(events)}
    assert found == {"79161234567": None, "79162222222": None, "79163333333": "103"}


def test_a_list_after_a_gap_takes_apart_who_was_parked_meanwhile() -> None:
    """First alone in the room, then beside another: in neither list he talks."""
    tracker = Tracker("x")
    events = tracker.adopt([listed("p", **client(6))], T0)
    tracker.gap(T0)
    events += tracker.adopt([listed("p", **client(6)), listed("p", **OTHER)], T0)
    assert [c.legs for c in calls(events)] == [(), ()]


def test_a_list_shows_a_conference_by_its_application() -> None:
    """Those who meet there keep their Linkedids as well, and talk all the same."""
    colleague = shot("4.1", "PJSIP/101-4", 6)
    rows = [
        event("CoreShowChannel", **member, BridgeId="c", Application="ConfBridge")
        for member in (client(6), colleague)
    ]
    [call] = calls(Tracker("x").adopt(rows, T0))
    assert (call.caller, call.answered_by) == ("79161234567", "101")
