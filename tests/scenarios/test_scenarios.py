"""Call stories: recordings of a real Asterisk 22, and the calls that a person would tell of them.

Each pair `name.ami` / `name.json` is one story. The recording holds the bytes of an AMI session (the
events that tracking reads); the other file tells the story in words and lists the calls. A customer's
recording becomes a test by being put here.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pbx_adapters.asterisk.ami_wire import AmiReader
from pbx_adapters.asterisk.frames import Frame
from pbx_adapters.asterisk.replay import read_record, replay, to_json
from pbx_adapters.asterisk.tracking import WANTED_EVENTS, Tracker
from router.calls import Call, CallState
from router.events import AnyCallEvent, CallsJoined
from router.lifecycle import advance

HERE = Path(__file__).parent
STORIES = sorted(path.stem for path in HERE.glob("*.json"))
NOW = datetime(2026, 11, 21, tzinfo=UTC)


def recording(story: str) -> bytes:
    return (HERE / f"{story}.ami").read_bytes()


def told(story: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((HERE / f"{story}.json").read_text())
    return told


def frames(story: str) -> list[Frame]:
    return [f for f in AmiReader(WANTED_EVENTS).feed(recording(story)) if f.kind == "event"]


def calls_of(events: list[AnyCallEvent]) -> dict[str, Call]:
    """Calls as the engine would have them: by id, absorbed ones gone."""
    calls: dict[str, Call] = {}
    names: dict[str, str] = {}
    for event in events:
        name = names.get(event.call_id, event.call_id)
        moved = advance(calls.get(name), event).call
        if moved is not None:
            calls[moved.id] = moved
        if isinstance(event, CallsJoined):
            names[event.absorbed_id] = name
            calls.pop(event.absorbed_id, None)
    return calls


@pytest.mark.parametrize("story", STORIES)
def test_the_recording_tells_the_story(story: str) -> None:
    """Calls, legs, transfers, who answered, how long they talked, and why a client was missed."""
    calls = replay(recording(story))
    assert to_json(calls)["calls"] == told(story)["calls"]
    assert [call.reason for call in calls] == told(story)["reasons"]


@pytest.mark.parametrize("story", STORIES)
def test_every_story_has_its_words_and_its_recording(story: str) -> None:
    assert len(told(story)["story"]) > 10
    assert recording(story).startswith(b"Asterisk Call Manager/")


def test_every_recording_has_its_story() -> None:
    assert sorted(path.stem for path in HERE.glob("*.ami")) == STORIES


@pytest.mark.parametrize("story", STORIES)
def test_events_that_come_twice_change_nothing(story: str) -> None:
    """Live, without the replay's help: each event doubled gives the same calls."""
    once, twice = Tracker("x"), Tracker("x")
    single = [e for f in frames(story) for e in once.feed(f, NOW)]
    doubled = [e for f in frames(story) for _ in range(2) for e in twice.feed(f, NOW)]
    assert list(calls_of(doubled).values()) == list(calls_of(single).values())


@pytest.mark.parametrize("story", STORIES)
def test_nothing_is_remembered_after_the_last_hangup(story: str) -> None:
    """Channels, bridges and calls are forgotten; every call has ended."""
    tracker = Tracker("x")
    events = [e for f in frames(story) for e in tracker.feed(f, NOW)]
    assert (tracker.channels, tracker.calls) == (0, frozenset())
    desk = tracker._desk
    left = (desk.bridges, desk.halves, desk.calls, desk.guests)
    assert left == ({}, {}, {}, {})
    assert all(call.state is CallState.ENDED for call in calls_of(events).values())


@pytest.mark.parametrize("story", STORIES)
def test_a_record_cut_anywhere_is_read_as_far_as_it_goes(story: str) -> None:
    """The end missing, the beginning missing: no exception, no call out of nothing, no doubles.

    (A phone called to take a call that nobody saw beginning looks like a click-to-call: that one
    story needs its beginning, or the take prefix.)
    """
    data = recording(story)
    calls = replay(data)
    whole = {name for call in calls for name in (call.id, *call.aliases)}
    linked = {call.linked_id for call in calls}
    for cut in range(0, len(data), max(1, len(data) // 23)):
        for part in (data[:cut], data[cut:]):
            record = read_record(part)
            ids = [call.id for call in record.calls]
            assert len(ids) == len(set(ids))
            outside = [c for c in record.calls if c.direction != "internal" and c.id not in linked]
            if story != "intercept_not_answered":
                assert {call.id for call in outside} <= whole


@pytest.mark.parametrize("story", STORIES)
def test_calls_that_still_run_have_no_disposition(story: str) -> None:
    """Before the last Hangup of the outside party's channel, nothing is decided."""
    data = recording(story)
    last = {
        call["id"]: data.rfind(f"Uniqueid: {call['id']}\r\n".encode())
        for call in told(story)["calls"]
    }
    for call in replay(data[: len(data) // 2]):
        if call.id in last and last[call.id] > len(data) // 2 and call.direction == "inbound":
            assert (call.state is CallState.ENDED) == (call.disposition is not None)
