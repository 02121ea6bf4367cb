"""From Asterisk's events to calls: what is not told by a recorded story."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tracked_frames import T0, calls, client, event, phone, run, shot

from pbx_adapters.asterisk.ami_wire import AmiReader
from pbx_adapters.asterisk.frames import Frame
from pbx_adapters.asterisk.tracking import WANTED_EVENTS, Tracker
from pbx_adapters.asterisk.tracking.reading import (
    NOT_IN_TRACES,
    Key,
    Part,
    Prefix,
    instant,
    timestamp,
)
from pbx_adapters.asterisk.tracking.resync import duration
from router.calls import Direction
from router.events import (
    CallBegan,
    CallEnded,
    CallHeld,
    CallResumed,
    CallsJoined,
    LegAnswered,
    LegLeft,
)

STORIES = Path(__file__).parents[1] / "scenarios"


def story(name: str) -> list[Frame]:
    data = (STORIES / f"{name}.ami").read_bytes()
    return [f for f in AmiReader(WANTED_EVENTS).feed(data) if f.kind == "event"]


TALK = (
    event("Newchannel", **client()),
    event("DialBegin", **client(), **phone("1.2", "101", 0, prefix="Dest"), DialString="101"),
    event("DialEnd", **client(), **phone("1.2", "101", 6, prefix="Dest"), DialStatus="ANSWER"),
    event("BridgeEnter", BridgeUniqueid="b", **phone("1.2", "101", 6)),
    event("BridgeEnter", BridgeUniqueid="b", **client(6)),
)


def test_every_key_that_is_read_is_one_that_asterisk_sends() -> None:
    """A misspelt key would read as nothing; each is in a recording or in the stated list."""
    text = b"".join(path.read_bytes() for path in sorted(STORIES.glob("*.ami")))
    sent = {line.partition(b":")[0].decode() for line in text.split(b"\r\n")}
    snapshots = {f"{prefix}{part}" for prefix in Prefix for part in Part}
    optional = {f"{prefix}{Part.EXTEN}" for prefix in Prefix}
    missing = (snapshots - optional) | set(Key)
    assert missing - sent == set(NOT_IN_TRACES)


def test_every_event_that_is_read_is_named_in_the_wanted_list() -> None:
    assert {"Newchannel", "Hangup", "BridgeEnter", "HangupRequest"} <= WANTED_EVENTS


def test_instants_are_asterisks_own() -> None:
    """Seconds and microseconds since 1970; without a Timestamp the instant that the caller gives."""
    stamped = event("Hangup", Timestamp="1795292140.414191")
    assert instant(stamped, T0) == datetime(2026, 11, 21, 20, 15, 40, 414191, tzinfo=UTC)
    assert instant(event("Hangup"), T0) == T0
    for bad in ("", "soon", "-1", "1e9", "1.x", "99999999999999"):
        assert timestamp(bad) is None


def test_late_events_do_not_bring_a_channel_back() -> None:
    """After its Hangup nothing that names the channel opens a call again; the reason is counted."""
    tracker = Tracker("x")
    run(tracker, *TALK, event("Hangup", **phone("1.2", "101", 6)), event("Hangup", **client(6)))
    assert tracker.calls == frozenset()
    late = (*TALK, event("Newstate", **client()), event("Hangup", **client()))
    assert run(tracker, *late) == []
    assert tracker.ignored["ignored, because the channel has hung up already"] >= 5


def test_a_dial_told_before_the_channel_opens_the_call_all_the_same() -> None:
    """Across channels the order may be wrong: the line is described when it comes."""
    events = run(Tracker("x"), *TALK[1:], TALK[0], event("Hangup", **client(6), Cause="16"))
    [call] = calls(events)
    assert (call.caller, call.line, call.disposition) == ("79161234567", "74951230001", "answered")


def test_adopting_what_is_known_doubles_nothing() -> None:
    """After a gap the list of channels is compared with what is remembered."""
    tracker = Tracker("x")
    run(tracker, *TALK)
    tracker.gap(T0)
    rows = [
        event("CoreShowChannel", **client(6), BridgeId="b", Duration="00:01:00"),
        event("CoreShowChannel", **phone("1.2", "101", 6), BridgeId="b", Duration="00:00:58"),
    ]
    assert tracker.adopt(rows, T0) == []


def test_what_hung_up_in_the_gap_has_ended() -> None:
    tracker = Tracker("x")
    before = run(tracker, *TALK)
    after = tracker.adopt([], T0 + timedelta(seconds=30))
    [call] = calls([*before, *after])
    assert (call.disposition, call.talk_seconds) == ("answered", 30.0)
    assert tracker.channels == 0


def test_an_unknown_talk_is_adopted_with_its_past() -> None:
    """Began as long ago as the list says; who talks is known, since when is not."""
    tracker = Tracker("x")
    rows = [
        event("CoreShowChannel", **phone("1.2", "101", 6), BridgeId="b", Duration="00:01:30"),
        event("CoreShowChannel", **client(6), BridgeId="b", Duration="00:01:40"),
    ]
    events = tracker.adopt(rows, T0)
    [call] = calls(events)
    assert (call.direction, call.recovered, call.began_at) == (
        Direction.INBOUND, True, T0 - timedelta(seconds=100),
    )  # fmt: skip
    assert (call.answered_by, call.talk_partial, call.state) == ("101", True, "talking")
    assert tracker.adopt(rows, T0) == []
    ended = run(tracker, event("Hangup", **client(6), Cause="16"), at=T0 + timedelta(seconds=9))
    [call] = calls([*events, *ended])
    assert (call.disposition, call.talk_seconds) == ("answered", 9.0)


def test_a_ringing_phone_is_adopted_as_a_leg() -> None:
    tracker = Tracker("x")
    rows = [
        event("CoreShowChannel", **client(4), BridgeId="", Duration="00:00:07"),
        event("CoreShowChannel", **phone("1.2", "101", 5), BridgeId="", Duration="00:00:05"),
    ]
    [call] = calls(tracker.adopt(rows, T0))
    assert (call.state, [leg.target for leg in call.legs]) == ("ringing", ["101"])


def test_an_outbound_and_an_internal_talk_are_adopted_as_such() -> None:
    tracker = Tracker("x")
    outside = shot("5.2", "PJSIP/trunk-5", 6, CallerIDNum="79161234567") | {"Linkedid": "5.1"}
    colleague = shot("6.2", "PJSIP/105-6", 6) | {"Linkedid": "6.1"}
    rows = [
        event("CoreShowChannel", **shot("5.1", "PJSIP/101-5", 6), BridgeId="b"),
        event("CoreShowChannel", **outside, BridgeId="b"),
        event("CoreShowChannel", **shot("6.1", "PJSIP/104-6", 6), BridgeId="c"),
        event("CoreShowChannel", **colleague, BridgeId="c"),
    ]
    found = {call.id: call for call in calls(tracker.adopt(rows, T0))}
    assert {(c.id, c.direction, c.caller, c.line, c.answered_by) for c in found.values()} == {
        ("5.2", "outbound", "101", "79161234567", "101"),
        ("6.1", "internal", "104", "105", "105"),
    }
    assert (tracker.call_of("5.1"), tracker.call_of("6.2")) == ("5.2", "6.1")


def test_a_restart_of_the_pbx_ends_every_call_once() -> None:
    """Who waited was missed, "PBX restarted"; who talked was answered; nothing is remembered."""
    tracker = Tracker("x")
    waiting = shot("2.1", "PJSIP/trunk-2", 4, CallerIDNum="79167654321", Exten="74951230001")
    events = run(tracker, *TALK, event("Newchannel", **waiting))
    events += tracker.pbx_restarted(T0 + timedelta(seconds=5))
    assert {c.id: (c.disposition, c.reason) for c in calls(events)} == {
        "1.1": ("answered", None),
        "2.1": ("missed", "pbx_restarted"),
    }
    assert tracker.pbx_restarted(T0) == []
    assert tracker.channels == 0
    assert run(tracker, event("Hangup", **client(6))) == []


def test_a_call_that_began_behind_the_restart_lives_on() -> None:
    """Events come again before anybody has asked since when the PBX runs: that call is a new one."""
    tracker = Tracker("x")
    waiting = shot("2.1", "PJSIP/trunk-2", 4, CallerIDNum="79167654321", Exten="74951230001")
    events = run(tracker, event("Newchannel", **waiting))
    events += tracker.gap(T0)
    events += run(tracker, *TALK[:-2])
    events += tracker.gap(T0 + timedelta(seconds=3))
    events += tracker.pbx_restarted(T0 + timedelta(seconds=4))
    rows = [
        event("CoreShowChannel", **client(4)),
        event("CoreShowChannel", **phone("1.2", "101", 5)),
    ]
    events += tracker.adopt(rows, T0 + timedelta(seconds=5))
    events += run(tracker, *TALK[-2:], event("Hangup", **client(6), Cause="16"))
    assert {c.id: (c.disposition, c.reason) for c in calls(events)} == {
        "2.1": ("missed", "pbx_restarted"),
        "1.1": ("answered", None),
    }
    run(tracker, event("Hangup", **phone("1.2", "101", 6)))
    assert tracker.channels == 0


def test_what_an_earlier_gap_knew_says_nothing_of_a_later_restart() -> None:
    """A gap without a restart ends with the list; the next restart ends what came behind it."""
    tracker = Tracker("x")
    tracker.gap(T0)
    tracker.adopt([], T0)
    events = run(tracker, event("Newchannel", **client()))
    tracker.gap(T0)
    events += tracker.pbx_restarted(T0 + timedelta(seconds=4))
    assert [c.reason for c in calls(events)] == ["pbx_restarted"]


def test_a_channel_that_never_hangs_up_is_given_up() -> None:
    """Its Hangup was lost: after twelve silent hours the call ends and memory is free."""
    tracker = Tracker("x")
    run(tracker, event("Newchannel", **client()))
    assert tracker.sweep(T0 + timedelta(hours=11)) == []
    events = tracker.sweep(T0 + timedelta(hours=13))
    assert [type(e) for e in events] == [CallEnded]
    assert tracker.channels == 0


def test_hold_is_told_once_and_only_in_a_talk() -> None:
    """Phones say Unhold without a hold, and the client's own hold is none of ours."""
    tracker = Tracker("x")
    held = event("Hold", **phone("1.2", "101", 6))
    assert run(tracker, *TALK[:2], held)[2:] == []
    run(tracker, *TALK[2:])
    assert run(tracker, event("Unhold", **phone("1.2", "101", 6))) == []
    assert run(tracker, event("Hold", **client(6))) == []
    assert [type(e) for e in run(tracker, held, held)] == [CallHeld]
    unheld = event("Unhold", **phone("1.2", "101", 6))
    assert [type(e) for e in run(tracker, unheld, unheld)] == [CallResumed]


def test_a_consultation_is_joined_under_its_own_name() -> None:
    """Whoever knew the consultation as a call is told which call it became."""
    events = run(Tracker("x"), *story("transfer_attended"))
    [joined] = [e for e in events if isinstance(e, CallsJoined)]
    tracker = Tracker("x")
    frames = story("transfer_attended")
    handed_on = next(i for i, f in enumerate(frames) if f.name == "AttendedTransfer")
    run(tracker, *frames[: handed_on + 1])
    consulting = frames[handed_on].get("SecondTransfererUniqueid")
    assert tracker.call_of(consulting) == joined.call_id
    internal = [e for e in events if isinstance(e, CallBegan) and e.direction == "internal"]
    assert [e.call_id for e in internal] == [joined.absorbed_id]


def test_local_optimisation_interrupts_no_talk() -> None:
    """While Asterisk takes the middle out, nobody leaves and nobody answers again."""
    events = run(Tracker("x"), *story("plan_to_mobile"))
    assert len([e for e in events if isinstance(e, LegAnswered)]) == 1


def test_a_gap_in_the_middle_of_an_optimisation_deafens_nobody() -> None:
    """Its end was lost with the link; who leaves afterwards is noticed all the same."""
    tracker = Tracker("x")
    run(tracker, *TALK)
    begin = event("LocalOptimizationBegin", Id="7", **phone("1.2", "101", 6, prefix="Source"))
    run(tracker, begin)
    left = event("BridgeLeave", BridgeUniqueid="b", BridgeNumChannels="1", **phone("1.2", "101", 6))
    tracker.gap(T0)
    assert [type(e) for e in run(tracker, left)] == [LegLeft]


def test_a_talk_whose_other_side_was_never_seen_is_an_answered_one() -> None:
    """The client leaves a bridge in which somebody stays; his display tells with whom he talked."""
    tracker = Tracker("x")
    talker = client(6, ConnectedLineNum="104")
    events = run(
        tracker,
        event("BridgeLeave", BridgeUniqueid="b", BridgeNumChannels="1", **talker),
        event("Hangup", **talker, Cause="16"),
    )
    [call] = calls(events)
    assert (call.disposition, call.answered_by, call.talk_partial) == ("answered", "104", True)


def test_an_outside_guest_who_hangs_up_leaves_the_other_call_open() -> None:
    """Two outside parties talk; one hangs up: his part in the other's call is over, that call not."""
    tracker = Tracker("x")
    frames = story("two_outside_parties")
    guest = next(
        f for f in frames if f.name == "DialBegin" and "79035550000" in f.get("DialString")
    )
    uid = guest.get("DestUniqueid")
    until = next(i for i, f in enumerate(frames) if f.name == "Hangup" and f.get("Uniqueid") == uid)
    found = {call.direction: call for call in calls(run(tracker, *frames[: until + 1]))}
    assert found[Direction.OUTBOUND].disposition == "answered"
    assert found[Direction.INBOUND].disposition is None
    assert [leg.ended_at is not None for leg in found[Direction.INBOUND].legs] == [True, True]


def test_call_of_tells_the_call_of_a_channel_and_of_an_alias() -> None:
    tracker = Tracker("x")
    run(tracker, *TALK)
    assert (tracker.call_of("1.2"), tracker.call_of("1.1"), tracker.call_of("9")) == (
        "1.1",
        "1.1",
        None,
    )


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("00:01:40", 100), ("26:00:00", 93600), ("", 0), ("x:1", 0), ("9" * 30, 0)],
)
def test_durations_of_a_list(text: str, seconds: int) -> None:
    assert duration(text).total_seconds() == seconds


_ALL = [f for path in sorted(STORIES.glob("*.ami")) for f in story(path.stem)]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_order_of_real_events_raises_or_leaks(data: st.DataObject) -> None:
    """Events of many calls lost, doubled and in any order: nothing raises, restart frees all."""
    start = data.draw(st.integers(0, len(_ALL) - 120))
    frames = data.draw(st.permutations(_ALL[start : start + 120]))
    frames = frames[: data.draw(st.integers(0, 120))] + frames[:20]
    tracker = Tracker("x")
    events = run(tracker, *frames)
    calls(events)
    events += tracker.pbx_restarted(T0)
    began = {e.call_id for e in events if isinstance(e, CallBegan)}
    over = {e.call_id for e in events if isinstance(e, CallEnded)}
    joined = {e.absorbed_id for e in events if isinstance(e, CallsJoined)}
    assert began == over | joined
    assert tracker.channels == 0


_WORDS = st.sampled_from(
    ["", "1.1", "1.2", "b", "PJSIP/101-1", "PJSIP/trunk-1", "Local/1@x-1;1", "9" * 400, "²", "\x00"]
)


@settings(max_examples=400, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(WANTED_EVENTS)),
            st.dictionaries(
                st.sampled_from([f"{p}{q}" for p in Prefix for q in Part] + [k.value for k in Key]),
                _WORDS,
            ),
        ),
        max_size=12,
    )
)
def test_no_event_however_strange_raises(events: list[tuple[str, dict[str, str]]]) -> None:
    """Values that no Asterisk sends, keys missing: ignored or taken, never an exception."""
    tracker = Tracker("x")
    for name, fields in events:
        tracker.feed(event(name, **fields), T0)
    tracker.adopt([event("CoreShowChannel", **fields) for _, fields in events], T0)
    tracker.sweep(T0 + timedelta(days=1))
    assert tracker.channels == 0
