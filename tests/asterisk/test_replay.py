"""Recorded bytes in, calls out: damaged, disordered and incomplete records."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbx_adapters.asterisk.replay import in_order, read_record, replay, to_json
from pbx_adapters.asterisk.replay_warnings import NO_TIMES
from pbx_adapters.asterisk.tracking import PartyRules

STORIES = Path(__file__).parents[1] / "scenarios"


def record(name: str) -> bytes:
    return (STORIES / f"{name}.ami").read_bytes()


def messages(name: str) -> list[bytes]:
    return record(name).removesuffix(b"\r\n\r\n").split(b"\r\n\r\n")


def joined(parts: list[bytes]) -> bytes:
    return b"\r\n\r\n".join(parts) + b"\r\n\r\n"


def told(name: str) -> object:
    return json.loads((STORIES / f"{name}.json").read_text())["calls"]


def test_the_shape_is_exactly_this() -> None:
    """Names, order and types of the plain form; it goes through JSON unchanged."""
    plain = to_json(replay(record("transfer_blind")))
    assert json.loads(json.dumps(plain)) == plain
    assert list(plain) == ["calls"]
    [call] = plain["calls"]
    assert list(call) == [
        "id", "linked_id", "direction", "caller", "line", "disposition", "answered_by",
        "talk_seconds", "legs", "transfers",
    ]  # fmt: skip
    assert call["legs"] == [
        {"target": "101", "outcome": "answered", "ring_seconds": 0.0},
        {"target": "102", "outcome": "answered", "ring_seconds": 1.5},
    ]
    assert call["transfers"] == [{"kind": "blind", "by": "101", "to": "102", "completed": True}]


def test_an_empty_record_has_no_calls() -> None:
    assert to_json(replay(b"")) == {"calls": []}


def test_pieces_and_the_whole_tell_the_same() -> None:
    data = record("group_answered")
    pieces = (data[i : i + 7] for i in range(0, len(data), 7))
    assert to_json(replay(pieces))["calls"] == told("group_answered")


def test_a_record_with_bare_line_feeds_is_read() -> None:
    """An editor or a version control system may have changed the line ends."""
    data = record("group_answered").replace(b"\r\n", b"\n")
    assert to_json(replay(data))["calls"] == told("group_answered")


def test_garbage_between_messages_costs_only_itself() -> None:
    """What cannot be read is told in a warning; the calls are whole."""
    parts = messages("group_answered")
    parts[5:5] = [b"\x00\xff garbage", b"x" * 300_000]
    result = read_record(joined(parts))
    assert to_json(result.calls)["calls"] == told("group_answered")
    assert any("neither an event nor a response" in w for w in result.warnings)
    assert any("longer than" in w for w in result.warnings)


def test_a_record_cut_in_the_middle_of_a_message_says_so() -> None:
    data = record("group_answered")
    result = read_record(data[: len(data) // 2 + 11])
    assert any("ends in the middle of a message" in w for w in result.warnings)
    [call] = to_json(result.calls)["calls"]
    assert (call["disposition"], call["caller"]) == (None, "79161234567")


def test_a_whole_record_has_no_warnings() -> None:
    assert read_record(record("group_answered")).warnings == ()


@pytest.mark.parametrize(
    "name", ["transfer_attended", "plan_to_mobile", "several_at_once", "pickup"]
)
def test_doubled_messages_are_read_once(name: str) -> None:
    parts = [part for part in messages(name) for _ in range(2)]
    assert to_json(replay(joined(parts)))["calls"] == told(name)


@pytest.mark.parametrize(
    "name", ["transfer_attended", "plan_to_mobile", "several_at_once", "pickup"]
)
@pytest.mark.parametrize("step", [3, 5, 7, 11])
def test_messages_that_stand_too_late_are_put_in_their_place(name: str, step: int) -> None:
    """By their Timestamps: every third, fifth … message comes four places later."""
    parts = messages(name)
    for index in range(len(parts) - 5, 0, -step):
        parts.insert(index + 4, parts.pop(index))
    assert to_json(replay(joined(parts)))["calls"] == told(name)


def test_a_clock_that_was_set_back_is_no_disorder() -> None:
    """Two recordings behind one another, the second from before: both are told whole."""
    data = record("transfer_attended") + record("plan_to_mobile")
    found = to_json(replay(data))["calls"]
    assert sorted(str(c["id"]) for c in found) == sorted(
        str(c["id"])
        for name in ("transfer_attended", "plan_to_mobile")
        for c in told(name)  # type: ignore[attr-defined]
    )
    for call in found:
        assert call["disposition"] == "answered"


def test_a_talk_that_ran_before_the_record_has_no_length() -> None:
    """Who talked is known, since when is not; how long it rang is not known either."""
    parts = messages("group_answered")
    talk = next(i for i, p in enumerate(parts) if p.startswith(b"Event: BridgeLeave"))
    [call] = to_json(replay(joined(parts[talk:])))["calls"]
    assert (call["disposition"], call["answered_by"], call["talk_seconds"], call["line"]) == (
        "answered", "102", None, None,
    )  # fmt: skip
    assert call["legs"] == [{"target": "102", "outcome": "answered", "ring_seconds": None}]


def test_of_a_call_that_shows_nothing_but_its_end_nothing_is_claimed() -> None:
    """The last Hangup alone: the caller is known, everything else is null."""
    parts = messages("group_answered")
    [call] = to_json(replay(joined(parts[-1:])))["calls"]
    assert (call["direction"], call["caller"]) == ("inbound", "79161234567")
    assert (call["disposition"], call["answered_by"], call["talk_seconds"]) == (None, None, None)


def test_a_talk_that_goes_on_behind_the_end_has_no_length_and_no_disposition() -> None:
    parts = messages("group_answered")
    talk = next(i for i, p in enumerate(parts) if p.startswith(b"Event: BridgeLeave"))
    [call] = to_json(replay(joined(parts[:talk])))["calls"]
    assert (call["disposition"], call["answered_by"], call["talk_seconds"]) == (None, "102", None)
    assert [leg["outcome"] for leg in call["legs"]] == ["elsewhere", "answered", "elsewhere"]  # type: ignore[attr-defined]


def test_a_phone_that_still_rings_at_the_end_has_no_outcome() -> None:
    parts = messages("group_answered")
    end = next(i for i, p in enumerate(parts) if p.startswith(b"Event: DialState"))
    [call] = to_json(replay(joined(parts[: end + 1])))["calls"]
    assert {(leg["outcome"], leg["ring_seconds"]) for leg in call["legs"]} == {(None, None)}  # type: ignore[attr-defined]


def test_a_list_of_channels_in_the_record_is_used() -> None:
    """A session that asked for the running calls tells them, and none twice."""
    rows = (
        b"Event: CoreShowChannel\r\nActionID: 1\r\nChannel: PJSIP/trunk-9\r\nUniqueid: r-1795293000.1\r\n"
        b"Linkedid: r-1795293000.1\r\nChannelState: 6\r\nCallerIDNum: 79165550000\r\nExten: s\r\n"
        b"BridgeId: z\r\nDuration: 00:05:00\r\n\r\n"
        b"Event: CoreShowChannel\r\nActionID: 1\r\nChannel: PJSIP/104-9\r\nUniqueid: r-1795293001.2\r\n"
        b"Linkedid: r-1795293000.1\r\nChannelState: 6\r\nCallerIDNum: 104\r\nExten: s\r\n"
        b"BridgeId: z\r\nDuration: 00:04:50\r\n\r\n"
        b"Event: CoreShowChannelsComplete\r\nActionID: 1\r\nEventList: Complete\r\nListItems: 2\r\n\r\n"
    )
    found = to_json(replay(rows + record("group_answered")))["calls"]
    assert [(c["caller"], c["answered_by"]) for c in found] == [
        ("79165550000", "104"), ("79161234567", "102"),
    ]  # fmt: skip


def test_the_administrators_word_on_endpoints_is_heard() -> None:
    """With `trunk` declared a phone, the client's call becomes an internal matter."""
    rules = PartyRules(phones=frozenset({"trunk"}))
    assert {c.direction for c in replay(record("declined"), rules=rules)} == {"internal"}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 10**6), max_size=30), st.binary(max_size=40))
def test_flipped_bytes_never_raise(places: list[int], noise: bytes) -> None:
    data = bytearray(record("several_at_once"))
    for number, place in enumerate(places):
        data[place % len(data)] = noise[number % len(noise)] if noise else 10
    to_json(read_record(bytes(data)).calls)


def unstamped(data: bytes) -> bytes:
    return re.sub(rb"Timestamp: [^\r]*\r\n", b"", data)


def test_order_without_timestamps_is_left_alone() -> None:
    """Where Asterisk was not told to stamp its events, the order of the record counts."""
    [call] = to_json(replay(unstamped(record("group_answered"))))["calls"]
    assert (call["disposition"], call["answered_by"]) == ("answered", "102")
    assert in_order([]) == []


def test_a_record_without_times_tells_no_lengths_and_says_why() -> None:
    """Who was rung and who talked is known all the same."""
    found = read_record(unstamped(record("group_answered")))
    [call] = to_json(found.calls)["calls"]
    assert call["talk_seconds"] is None
    assert [(leg["target"], leg["outcome"], leg["ring_seconds"]) for leg in call["legs"]] == [  # type: ignore[attr-defined]
        ("101", "elsewhere", None), ("102", "answered", None), ("103", "elsewhere", None),
    ]  # fmt: skip
    assert found.warnings == (NO_TIMES(),)


def test_of_a_call_without_times_that_nobody_answered_nobody_talked() -> None:
    [call] = to_json(replay(unstamped(record("abandoned"))))["calls"]
    assert (call["disposition"], call["talk_seconds"]) == ("missed", 0.0)


@pytest.mark.parametrize("first", ["group_answered", "pickup"])
def test_times_that_only_a_part_of_the_record_has_are_told_of_that_part(first: str) -> None:
    """A stretch without times, before or behind one with them, takes nothing from it."""
    stretches = {name: record(name) for name in ("group_answered", "pickup")}
    stretches[first] = unstamped(stretches[first])
    for data in (b"".join(stretches.values()), b"".join(reversed(stretches.values()))):
        found = read_record(data)
        other = next(name for name in stretches if name != first)
        timed = [c for c in to_json(found.calls)["calls"] if c["talk_seconds"] is not None]
        assert timed == told(other)
        assert len(found.calls) == 2
        assert found.warnings == (NO_TIMES(),)


def test_one_event_without_a_time_takes_the_lengths_from_its_call_alone() -> None:
    """Also where the call is known by then as part of another."""
    parts = messages("transfer_attended")
    last = max(i for i, p in enumerate(parts) if p.startswith(b"Event: BridgeEnter"))
    parts[last] = unstamped(parts[last])
    found = read_record(joined(parts) + record("group_answered"))
    lengths = {call["id"]: call["talk_seconds"] for call in to_json(found.calls)["calls"]}
    [transferred], [group] = told("transfer_attended"), told("group_answered")  # type: ignore[misc]
    assert lengths == {transferred["id"]: None, group["id"]: group["talk_seconds"]}


def test_a_list_at_the_end_closes_what_hung_up_unseen() -> None:
    """The last Hangup is missing, but a list of channels says that nobody is there any more."""
    parts = messages("group_answered")[:-1]
    end = b"Event: CoreShowChannelsComplete\r\nActionID: 1\r\nEventList: Complete\r\nListItems: 0"
    assert [c.disposition for c in replay(joined(parts))] == [None]
    [call] = to_json(replay(joined([*parts, end])))["calls"]
    assert (call["disposition"], call["talk_seconds"]) == ("answered", 1.0)


def test_a_list_in_the_middle_ends_nothing_before_its_hangup() -> None:
    """A Hangup that stands behind the list tells the cause; the list does not."""
    parts = messages("declined")
    end = b"Event: CoreShowChannelsComplete\r\nActionID: 1\r\nEventList: Complete\r\nListItems: 0"
    hangup = next(i for i, p in enumerate(parts) if p.startswith(b"Event: Hangup"))
    parts.insert(hangup, end)
    assert to_json(replay(joined(parts)))["calls"] == told("declined")
