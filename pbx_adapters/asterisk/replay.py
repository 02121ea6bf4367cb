"""Recorded AMI bytes in, calls out: the same reading as live, over a file.

What a live connection does over hours, `replay` does at once: bytes to frames, frames to events,
events to calls. Rules for records of the real world:
- a damaged record is read as far as it can be: what is lost is told in `Replayed.warnings`;
- a message that stands twice is read once; one that stands a little too late (its Timestamp is
  older than its neighbours') is read in its place; a clock that was set back is no disorder;
- calls that run already as the record begins are shown with what can be known of them, calls that
  still run at its end without a disposition;
- Asterisk tells times only with `timestampevents = yes`: a call of which an event bears none has no
  times (`has_times`), and so no lengths;
- consultations, pick-ups and clicks that turned out to be part of a call are not shown again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pbx_adapters.asterisk.ami_wire import AmiReader
from pbx_adapters.asterisk.frames import Frame
from pbx_adapters.asterisk.replay_warnings import COUNTED, CUT, FORMS, NO_TIMES, UNREAD
from pbx_adapters.asterisk.tracking import WANTED_EVENTS, PartyRules, Tracker
from pbx_adapters.asterisk.tracking.reading import Key, timestamp
from router.calls import Call, CallState, Leg, Transfer
from router.events import AnyCallEvent, CallBegan, CallsJoined
from router.lifecycle import advance
from storage.sentences import read_again

ROW, ROWS_END = "CoreShowChannel", "CoreShowChannelsComplete"
LATE_AT_MOST = 30.0
"""Seconds by which a message may stand too late and is still put in its place."""

NEIGHBOURS = 50
"""How many messages behind tell a clock that was set back from a message that is late."""

NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)
"""The beginning of a call of which the record does not tell the times."""

_PIECE = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """Calls in the order of their beginnings, and what a reader should know about the record.

    warnings: sentences that know themselves in Russian.
    """

    calls: tuple[Call, ...]
    warnings: tuple[str, ...] = ()


def replay(
    stream: bytes | Iterable[bytes], *, pbx: str = "replay", rules: PartyRules | None = None
) -> list[Call]:
    """The calls of a record."""
    return list(read_record(stream, pbx=pbx, rules=rules).calls)


def read_record(
    stream: bytes | Iterable[bytes], *, pbx: str = "replay", rules: PartyRules | None = None
) -> Replayed:
    """The calls of a record, with warnings about what could not be read."""
    frames, warnings = _frames(stream)
    tracker = Tracker(pbx, rules)
    calls = _calls(in_order(_once(frames)), tracker)
    if not all(has_times(call) for call in calls):
        warnings.append(NO_TIMES())
    for reason, count in sorted(tracker.ignored.items()):
        warnings.append(COUNTED(count=count, reason=read_again(reason, FORMS)))
    return Replayed(calls=calls, warnings=tuple(warnings))


def _calls(frames: Sequence[Frame], tracker: Tracker) -> tuple[Call, ...]:
    shelf = _Shelf()
    rows: list[Frame] = []
    listed: list[Frame] | None = None
    times = (timestamp(frame.get(Key.TIMESTAMP)) for frame in frames)
    now = next((at for at in times if at is not None), NO_TIME)
    for frame in frames:
        at = timestamp(frame.get(Key.TIMESTAMP))
        now = at or now
        if frame.name == ROW:
            rows.append(frame)
        elif frame.name == ROWS_END:
            shelf.take(tracker.adopt(rows, now, whole=False), timed=now != NO_TIME)
            listed, rows = rows, []
        else:
            listed = listed if frame.name == "Hangup" else None
            shelf.take(tracker.feed(frame, now), timed=at is not None)
    if listed is not None:
        shelf.take(tracker.adopt(listed, now), timed=now != NO_TIME)
    return shelf.in_order()


def _frames(stream: bytes | Iterable[bytes]) -> tuple[list[Frame], list[str]]:
    pieces: Iterable[bytes] = [stream] if isinstance(stream, bytes) else stream
    data = b"".join(pieces)
    if b"\r\n" not in data and b"\n\n" in data:
        data = data.replace(b"\n", b"\r\n")
    reader = AmiReader(WANTED_EVENTS | {ROW, ROWS_END})
    frames: list[Frame] = []
    for start in range(0, len(data), _PIECE):
        frames += reader.feed(data[start : start + _PIECE])
    warnings = [read_again(str(damage), FORMS) for damage in reader.take_damage()]
    if reader.damaged > len(warnings):
        warnings.append(UNREAD(count=reader.damaged))
    if reader.pending:
        warnings.append(CUT(size=reader.pending))
    return [frame for frame in frames if frame.kind == "event"], warnings


def _once(frames: Sequence[Frame]) -> list[Frame]:
    """Frames without exact doubles; only what bears a Timestamp can be called a double."""
    seen: set[tuple[tuple[str, str], ...]] = set()
    kept: list[Frame] = []
    for frame in frames:
        name = tuple(frame.fields.items())
        if Key.TIMESTAMP in frame.fields and name in seen:
            continue
        seen.add(name)
        kept.append(frame)
    return kept


def in_order(frames: Sequence[Frame]) -> list[Frame]:
    """Frames by their Timestamps where single ones stand too late.

    A stretch in which everything is older than before is a clock set back, and stays as it is.
    """
    ordered: list[Frame] = []
    stretch: list[tuple[float, Frame]] = []
    times = _times(frames)
    newest = float("-inf")
    for index, frame in enumerate(frames):
        ahead = times[index : index + NEIGHBOURS]
        if times[index] < newest - LATE_AT_MOST or (
            times[index] < newest and len(ahead) == NEIGHBOURS and max(ahead) < newest
        ):
            ordered += _sorted(stretch)
            stretch, newest = [], float("-inf")
        stretch.append((times[index], frame))
        newest = max(newest, times[index])
    return ordered + _sorted(stretch)


def _times(frames: Sequence[Frame]) -> list[float]:
    times: list[float] = []
    last = 0.0
    for frame in frames:
        at = timestamp(frame.get(Key.TIMESTAMP))
        last = at.timestamp() if at is not None else last
        times.append(last)
    return times


def _sorted(stretch: list[tuple[float, Frame]]) -> list[Frame]:
    return [frame for _, frame in sorted(stretch, key=lambda pair: pair[0])]


class _Shelf:
    """Calls by id, moved by events; a call that was absorbed leaves the shelf."""

    def __init__(self) -> None:
        self._calls: dict[str, Call] = {}
        self._names: dict[str, str] = {}
        self._untimed: set[str] = set()

    def take(self, events: Iterable[AnyCallEvent], *, timed: bool) -> None:
        for event in events:
            name = self._names.get(event.call_id, event.call_id)
            absorbed = event.absorbed_id if isinstance(event, CallsJoined) else name
            if not timed or absorbed in self._untimed:
                self._untimed.add(name)
            call = advance(self._calls.get(name), event).call
            if call is not None:
                self._calls[call.id] = call
            if isinstance(event, CallsJoined):
                self._names[event.absorbed_id] = name
                self._calls.pop(event.absorbed_id, None)
            elif isinstance(event, CallBegan):
                self._names[event.call_id] = event.call_id

    def in_order(self) -> tuple[Call, ...]:
        calls = sorted(self._calls.values(), key=lambda call: call.began_at)
        return tuple(
            replace(call, began_at=NO_TIME) if call.id in self._untimed else call for call in calls
        )


def has_times(call: Call) -> bool:
    """Whether the record tells when the call began and how long anything took."""
    return call.began_at != NO_TIME


def to_json(calls: Iterable[Call]) -> dict[str, list[dict[str, object]]]:
    """The calls as plain data, seconds to a tenth, what is not known as None."""
    return {"calls": [_call(call) for call in calls]}


def _call(call: Call) -> dict[str, object]:
    return {
        "id": call.id,
        "linked_id": call.linked_id,
        "direction": call.direction.value,
        "caller": call.caller or None,
        "line": call.line or None,
        "disposition": call.disposition.value if call.disposition and not _unsure(call) else None,
        "answered_by": call.answered_by,
        "talk_seconds": None if _unknown_talk(call) else round(call.talk_seconds, 1),
        "legs": [_leg(call, leg) for leg in call.legs],
        "transfers": [_transfer(transfer) for transfer in call.transfers],
    }


def _unsure(call: Call) -> bool:
    """Nothing but the end of it was seen."""
    return call.talk_partial and call.answered_at is None


def _unknown_talk(call: Call) -> bool:
    """It was going on before the record, goes on behind its end, or has no times."""
    if not has_times(call) and call.answered_at is not None:
        return True
    return call.talk_partial or (call.state is not CallState.ENDED and bool(call.talking_since))


def _leg(call: Call, leg: Leg) -> dict[str, object]:
    outcome = None if leg.ended_at is None and not leg.answered_at else leg.outcome.value
    return {
        "target": leg.target or None,
        "outcome": outcome,
        "ring_seconds": None if _unknown_ring(call, leg) else round(leg.ring_seconds, 1),
    }


def _unknown_ring(call: Call, leg: Leg) -> bool:
    """It still rings, he talked already when the record began, or there are no times."""
    if not has_times(call):
        return True
    if leg.ended_at is None and leg.picked_up_at is None:
        return True
    return call.talk_partial and leg.answered_at is not None and leg.answered_at == call.answered_at


def _transfer(transfer: Transfer) -> dict[str, object]:
    return {
        "kind": transfer.kind.value,
        "by": transfer.by or None,
        "to": transfer.to or None,
        "completed": transfer.completed,
    }
