"""A call's legs drawn along its time: who rang when, who talked, for how long.

A talk is often a hundred times longer than the rings before it. Where it is, the axis is broken:
what came before the first talk keeps more than half of the width, so that its seconds stay visible.
Places are percentages of the width.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from router.calls import Call, Leg, LegOutcome

_BEFORE_TALK = 58.0
"""Percent of the width that is left to the time before the talk on a broken axis."""
_BREAK_FROM = 1.0
"""The axis is broken when the talk is longer than what came before it, so many times."""
_STEPS = (1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
_TICKS = 4
_APART = 9.0
"""Marks nearer than this many percent would be written over one another."""
_THINNEST = 0.5
_ASKED_SECONDS = 0.5
"""Nobody presses 1 sooner: what is shorter is how long a phone's answer took to be told."""


class Doing(StrEnum):
    """What a stretch of a bar shows; `CONFIRM` is the question to press 1."""

    RING = "ring"
    CONFIRM = "confirm"
    TALK = "talk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of a bar: from and to in seconds, where it is drawn in percent."""

    doing: Doing
    from_seconds: float
    to_seconds: float
    left: float = 0.0
    width: float = 0.0

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.to_seconds - self.from_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One leg."""

    leg: Leg
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A mark of the axis."""

    seconds: float
    left: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The drawing. `broken_at` is where the axis changes its measure, None where it does not."""

    seconds: float
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    broken_at: float | None = None

    @property
    def doings(self) -> tuple[Doing, ...]:
        """What its bars show, each once, in the order in which a call goes: the legend."""
        shown = {part.doing for bar in self.bars for part in bar.stretches}
        return tuple(doing for doing in Doing if doing in shown)


@dataclass(frozen=True, slots=True)
class _Axis:
    """Seconds to percent: two even measures that meet at `bend` seconds."""

    bend: float
    end: float
    at_bend: float

    def place(self, seconds: float) -> float:
        if seconds <= self.bend:
            return self.at_bend * seconds / self.bend if self.bend else 0.0
        return self.at_bend + (100.0 - self.at_bend) * (seconds - self.bend) / (
            self.end - self.bend
        )


def timeline(call: Call) -> Timeline:
    """The legs of a call in the order in which they began."""
    drawn = [(leg, tuple(_stretches(call, leg))) for leg in call.legs]
    last = max((s.to_seconds for _, parts in drawn for s in parts), default=0.0)
    end = max(last, _second(call, call.ended_at), 1.0)
    axis = _axis([s for _, parts in drawn for s in parts], end)
    broken = axis.bend < axis.end
    return Timeline(
        seconds=end,
        bars=tuple(_bar(leg, parts, axis) for leg, parts in drawn),
        ticks=tuple(_ticks(axis)),
        broken_at=round(axis.at_bend, 2) if broken else None,
    )


def _stretches(call: Call, leg: Leg) -> Iterator[Stretch]:
    """What a leg did; a leg without an end ended with its call."""
    begin = _second(call, leg.rang_at or leg.began_at)
    over = _second(call, leg.ended_at or call.ended_at)
    picked_up = leg.picked_up_at or leg.answered_at
    if picked_up:
        until = _second(call, picked_up)
    elif leg.ring_seconds:
        until = begin + leg.ring_seconds
    else:
        until = over if leg.rang_at else begin
    if until > begin:
        yield Stretch(doing=Doing.RING, from_seconds=begin, to_seconds=until)
    talked = _second(call, leg.answered_at) if leg.answered_at else None
    asked_until = over if talked is None else talked
    if leg.picked_up_at and asked_until - until >= _ASKED_SECONDS and _was_asked(leg):
        yield Stretch(doing=Doing.CONFIRM, from_seconds=until, to_seconds=asked_until)
    if talked is not None and leg.talk_seconds:
        end = max(over, talked + leg.talk_seconds) if over <= talked else over
        yield Stretch(doing=Doing.TALK, from_seconds=talked, to_seconds=end)


def _was_asked(leg: Leg) -> bool:
    return leg.outcome in {LegOutcome.NOT_CONFIRMED, LegOutcome.ANSWERED}


def _second(call: Call, at: datetime | None) -> float:
    return max(0.0, (at - call.began_at).total_seconds()) if at else 0.0


def _axis(stretches: Sequence[Stretch], end: float) -> _Axis:
    talks = [s.from_seconds for s in stretches if s.doing is Doing.TALK]
    first = min(talks, default=end)
    if talks and first >= 1.0 and end - first > _BREAK_FROM * first:
        return _Axis(bend=first, end=end, at_bend=_BEFORE_TALK)
    return _Axis(bend=end, end=end, at_bend=100.0)


def _bar(leg: Leg, parts: Sequence[Stretch], axis: _Axis) -> Bar:
    return Bar(leg=leg, stretches=tuple(_placed(part, axis) for part in parts))


def _placed(part: Stretch, axis: _Axis) -> Stretch:
    left, right = axis.place(part.from_seconds), axis.place(part.to_seconds)
    width = max(right - left, _THINNEST)
    return Stretch(
        doing=part.doing,
        from_seconds=part.from_seconds,
        to_seconds=part.to_seconds,
        left=round(min(left, 100.0 - width), 2),
        width=round(width, 2),
    )


def _ticks(axis: _Axis) -> Iterator[Tick]:
    """Even marks before the talk, its beginning, and the end."""
    step = next((s for s in _STEPS if axis.bend / s <= _TICKS), _STEPS[-1])
    at = 0.0
    while at < axis.bend and axis.at_bend - axis.place(at) >= _APART:
        yield Tick(seconds=at, left=round(axis.place(at), 2))
        at += step
    if axis.bend < axis.end:
        yield Tick(seconds=axis.bend, left=round(axis.at_bend, 2))
    yield Tick(seconds=axis.end, left=100.0)
