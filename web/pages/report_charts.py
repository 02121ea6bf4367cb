"""Pictures of reports: plain geometry, drawn by a template as SVG without any inline style."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from router.office import Hours, Window

HEIGHT = 150
WIDTH = 460
WIDEST = 48
"""A bar of a chart with few of them is no wider: one day is no wall."""
_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One coloured part of a bar; `kind` is its CSS class."""

    kind: str
    y: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar from bottom to top, with what is said of it."""

    x: float
    width: float
    label: str
    title: str
    parts: tuple[Part, ...]
    labelled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars over a scale; `lines` are heights with their numbers."""

    width: int
    height: int
    bars: tuple[Bar, ...]
    lines: tuple[tuple[float, int], ...]


def bars(rows: Iterable[tuple[str, str, Sequence[tuple[str, int]]]], *, labels: int = 11) -> Chart:
    """A chart of stacked bars: for each its label, its sentence and its parts (class, count)."""
    told = list(rows)
    top = _round_up(max((sum(n for _, n in parts) for _, _, parts in told), default=0))
    slot = WIDTH / max(1, len(told))
    wide = min(slot * 0.72, WIDEST)
    every = -(-len(told) // labels)
    drawn = []
    for number, (label, title, parts) in enumerate(told):
        y, stacked = float(HEIGHT), []
        for kind, count in parts:
            if count:
                height = HEIGHT * count / top
                y -= height
                stacked.append(Part(kind=kind, y=round(y, 1), height=round(height, 1)))
        drawn.append(
            Bar(
                x=round((number + 0.5) * slot - wide / 2, 1),
                width=round(wide, 1),
                label=label,
                title=title,
                parts=tuple(stacked),
                labelled=number % every == 0,
            )
        )
    scale = tuple((round(HEIGHT - HEIGHT * n / 2, 1), round(top * n / 2)) for n in range(3))
    return Chart(width=WIDTH, height=HEIGHT, bars=tuple(drawn), lines=scale)


def hours_of(office: Iterable[Hours], called: Iterable[int], *, day: date, zone: ZoneInfo) -> range:
    """The scale of a day: the hours in which somebody is open by the week, and those of any call.

    Hours are the zone's; `day` tells how far a department's clock is from it. So one early call is
    a bar at its place in the day, not the whole chart. A window past midnight is the whole day;
    where nobody is ever open it is nine to six.
    """
    windows = [_on_wall(window, hours, day, zone) for hours in office for window in hours.week]
    if any(end <= start for start, end in windows):
        return range(24)
    first = {start.hour for start, _ in windows} or {9}
    last = {end.hour - (not end.minute) for _, end in windows} or {17}
    shown = first | last | set(called)
    return range(min(shown), max(shown) + 1)


def _on_wall(window: Window, hours: Hours, day: date, zone: ZoneInfo) -> tuple[time, time]:
    there = ZoneInfo(hours.timezone)
    start, end = (
        datetime.combine(day, at, there).astimezone(zone).time()
        for at in (window.start, window.end)
    )
    return start, end


def level(count: int, most: int) -> int:
    """How dark a cell is: 0 for nothing, else 1 to 5."""
    return 0 if not count else min(5, 1 + 5 * count // max(1, most + 1))


def _round_up(most: int) -> int:
    """A full number for the top of the scale, even, so that its half is one too."""
    size = 2
    while True:
        for step in _STEPS:
            if most <= step * size:
                return step * size
        size *= 10
