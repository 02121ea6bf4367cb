"""Weeks as minutes, to see whether shifts cover hours. Holidays and clock changes play no part."""

from __future__ import annotations

from collections.abc import Iterable

from router.office import Window

_DAY = 24 * 60
_WEEK = 7 * _DAY
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Stretch = tuple[int, int]


def overlap(left: Iterable[Window], right: Iterable[Window]) -> bool:
    """Tells whether two weeks have a minute in common."""
    return any(a[0] < b[1] and b[0] < a[1] for a in _stretches(left) for b in _stretches(right))


def first_gap(hours: Iterable[Window], shifts: Iterable[Window]) -> Stretch | None:
    """Returns the first stretch of the hours that no shift covers, in minutes of the week."""
    covered = _stretches(shifts)
    for start, end in _stretches(hours):
        at = start
        for a, b in covered:
            if b <= at:
                continue
            if a > at:
                return at, min(a, end)
            at = b
            if at >= end:
                break
        if at < end:
            return at, end
    return None


def show_stretch(stretch: Stretch) -> str:
    """Writes a stretch as `mon 18:00-19:00`; its end on another day is named."""
    start, end = stretch
    last = (
        _clock(end)
        if (end - 1) // _DAY == start // _DAY
        else f"{_DAYS[end // _DAY % 7]} {_clock(end)}"
    )
    return f"{_DAYS[start // _DAY]} {_clock(start)}-{last}"


def _stretches(windows: Iterable[Window]) -> list[Stretch]:
    """Windows as minutes of the week, touching ones joined, a Sunday night cut at its end."""
    cut: list[Stretch] = []
    for window in windows:
        start = window.weekday * _DAY + window.start.hour * 60 + window.start.minute
        end = window.weekday * _DAY + window.end.hour * 60 + window.end.minute
        if window.end <= window.start:
            end += _DAY
        cut.append((start, min(end, _WEEK)))
        if end > _WEEK:
            cut.append((0, end - _WEEK))
    joined: list[Stretch] = []
    for start, end in sorted(cut):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _clock(minute: int) -> str:
    of_day = minute % _DAY or (_DAY if minute else 0)
    return f"{of_day // 60}:{of_day % 60:02}"
