"""Is the department open, until when, and who is on shift.

Rules:

- A window is half-open: 9:00–19:00 is open at 9:00:00 and closed at 19:00:00.
- A window belongs to the day on which it begins. One that runs past midnight goes on into the next
  day, whatever that day is: the night shift of 31 December does not go home at midnight.
- A special day replaces everything else for its date; a public holiday closes the rest of the days;
  a weekend day that the state made a working day has Friday's hours (its own, where Friday has
  none); every other day has the hours of the week.
- The clock on the department's wall decides. A time that the clocks jump over (spring) is the
  moment of the jump; of a time that comes twice (autumn) a window takes the longer stretch: it
  begins at the first and ends at the second, because a call that rings is better than one refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from router.office import Hours, Window

LOOK_AHEAD_DAYS = 16
"""How far the next change is looked for: longer than public holidays, short enough for a call."""

_DAY = timedelta(days=1)
_FRIDAY, _SATURDAY = 4, 5


class HolidayCalendar(Protocol):
    """What the core asks about a country's public holidays (`country`: ISO 3166 code)."""

    def is_day_off(self, country: str, day: date) -> bool:
        """Tells that `day` is a public holiday or a day off moved to a weekday."""

    def is_working_day(self, country: str, day: date) -> bool:
        """Tells that `day` is a weekend day that the state made a working day."""


class NoHolidays:
    """The calendar of an office that works through all public holidays."""

    def is_day_off(self, country: str, day: date) -> bool:  # noqa: ARG002 - the protocol's signature
        """Never: no day is a holiday."""
        return False

    def is_working_day(self, country: str, day: date) -> bool:  # noqa: ARG002 - the protocol's signature
        """Never: no weekend day is moved."""
        return False


class HoursRule(StrEnum):
    """Which rule gave a day its hours."""

    SPECIAL = "special"
    HOLIDAY = "holiday"
    MOVED_WORKING_DAY = "moved_working_day"
    WEEK = "week"


@dataclass(frozen=True, slots=True, kw_only=True)
class Openness:
    """Whether a department is open, by which rule, and when that changes next.

    `why` is the rule of the day that decided: the day on which the open window began, or the day
    on the department's calendar when it is closed. `next_change_at` (UTC) is when it closes
    (windows that touch count as one) or opens; None: not within `LOOK_AHEAD_DAYS`.
    """

    open: bool
    why: HoursRule
    next_change_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretch:
    """A window on a date: [start_at, end_at) in UTC."""

    start_at: datetime
    end_at: datetime
    why: HoursRule


def is_open(hours: Hours, at: datetime, holidays: HolidayCalendar) -> Openness:
    """Tells whether a department with these hours is open at `at` (aware)."""
    at = _utc(at)
    found: _Stretch | None = None
    until: datetime | None = None
    for stretch in _stretches(hours, at, holidays, days=LOOK_AHEAD_DAYS):
        if stretch.end_at <= at:
            continue
        edge = at if until is None else until
        if stretch.start_at > edge:
            until = until or stretch.start_at
            break
        found = found or stretch
        until = max(edge, stretch.end_at)
    else:
        until = _unless_endless(until, at)
    if found:
        return Openness(open=True, why=found.why, next_change_at=until)
    why, _ = day_hours(hours, at.astimezone(ZoneInfo(hours.timezone)).date(), holidays)
    return Openness(open=False, why=why, next_change_at=until)


def opens(hours: Hours, at: datetime, holidays: HolidayCalendar) -> tuple[bool, HoursRule]:
    """Tells what `is_open` tells of `at` itself, without looking for the next change.

    Every call asks this; a department that is always open would be looked at for weeks ahead.
    """
    at = _utc(at)
    around = _stretches(hours, at, holidays, days=1)
    found = next((stretch for stretch in around if stretch.start_at <= at < stretch.end_at), None)
    if found:
        return True, found.why
    why, _ = day_hours(hours, at.astimezone(ZoneInfo(hours.timezone)).date(), holidays)
    return False, why


def next_opening(
    hours: Hours, at: datetime, holidays: HolidayCalendar, *, days: int = 60
) -> datetime | None:
    """Tells the first open instant (UTC) at or after `at`; None: not within `days`."""
    return Openings(hours, holidays, days=days).after(at)


class Openings:
    """`next_opening` of one department for many instants, in any order.

    A window that was found for an instant is also that of every later one before its end.
    """

    def __init__(self, hours: Hours, holidays: HolidayCalendar, *, days: int = 60) -> None:
        self._hours = hours
        self._holidays = holidays
        self._days = days
        self._known: tuple[datetime, _Stretch] | None = None

    def after(self, at: datetime) -> datetime | None:
        """Tells the first open instant (UTC) at or after `at`; None: not within the days."""
        at = _utc(at)
        if self._known is None or not self._known[0] <= at < self._known[1].end_at:
            self._known = self._found(at)
        return max(at, self._known[1].start_at) if self._known else None

    def _found(self, at: datetime) -> tuple[datetime, _Stretch] | None:
        ahead = _stretches(self._hours, at, self._holidays, days=self._days)
        return next(((at, stretch) for stretch in ahead if stretch.end_at > at), None)


def on_shift(
    shifts: tuple[Window, ...], hours: Hours, at: datetime, holidays: HolidayCalendar
) -> bool:
    """Tells whether a manager with these shifts works at `at`.

    No shifts at all means that he works whenever his department takes calls: True. Shifts are read
    in the zone of the department's `hours`; they do not know holidays (the department does), but on
    a moved working day they are Friday's, like the department's.
    """
    if not shifts:
        return True
    at = _utc(at)
    own = Hours(timezone=hours.timezone, week=shifts, holidays=hours.holidays)
    around = _stretches(own, at, _OnlyMovedDays(holidays), days=1)
    return any(stretch.start_at <= at < stretch.end_at for stretch in around)


def day_hours(
    hours: Hours, day: date, holidays: HolidayCalendar
) -> tuple[HoursRule, tuple[Window, ...]]:
    """Tells which rule holds on a date of the department's calendar, and the windows it gives."""
    if day in hours.special:
        return HoursRule.SPECIAL, hours.special[day]
    if hours.holidays:
        if holidays.is_day_off(hours.holidays, day):
            return HoursRule.HOLIDAY, ()
        if day.weekday() >= _SATURDAY and holidays.is_working_day(hours.holidays, day):
            friday = _weekday(hours.week, _FRIDAY)
            return HoursRule.MOVED_WORKING_DAY, friday or _weekday(hours.week, day.weekday())
    return HoursRule.WEEK, _weekday(hours.week, day.weekday())


class _OnlyMovedDays:
    """A calendar without its days off."""

    def __init__(self, calendar: HolidayCalendar) -> None:
        self._calendar = calendar

    def is_day_off(self, country: str, day: date) -> bool:  # noqa: ARG002 - the protocol's signature
        return False

    def is_working_day(self, country: str, day: date) -> bool:
        return self._calendar.is_working_day(country, day)


def _weekday(week: tuple[Window, ...], weekday: int) -> tuple[Window, ...]:
    return tuple(window for window in week if window.weekday == weekday)


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("An instant without a zone: opening hours need an aware datetime.")
    return at.astimezone(UTC)


def _unless_endless(until: datetime | None, at: datetime) -> datetime | None:
    """Forgets an end that is only the end of looking."""
    return None if until and until - at > (LOOK_AHEAD_DAYS - 2) * _DAY else until


def _stretches(
    hours: Hours, at: datetime, holidays: HolidayCalendar, *, days: int
) -> Iterator[_Stretch]:
    """Yields the windows from two days before `at` on, ordered by their beginning.

    Two days: a window of yesterday reaches into today, and one day more for zones that once left a
    whole day out of their calendar.
    """
    zone = ZoneInfo(hours.timezone)
    day = at.astimezone(zone).date() - 2 * _DAY
    for _ in range(days + 3):
        why, windows = day_hours(hours, day, holidays)
        today = [_stretch(day, window, zone, why) for window in windows]
        real = (stretch for stretch in today if stretch.start_at < stretch.end_at)
        yield from sorted(real, key=lambda stretch: stretch.start_at)
        day += _DAY


@lru_cache(4096)
def _stretch(day: date, window: Window, zone: ZoneInfo, why: HoursRule) -> _Stretch:
    """One window on one day: the same for every call of that day, and ten clock changes to find."""
    last = day if window.end > window.start else day + _DAY
    return _Stretch(
        start_at=_instant(day, window.start, zone, fold=0),
        end_at=_instant(last, window.end, zone, fold=1),
        why=why,
    )


def _instant(day: date, clock: time, zone: ZoneInfo, *, fold: int) -> datetime:
    """Tells when the wall clock shows `clock`; `fold` chooses among two, a jump stands for none."""
    wall = datetime.combine(day, clock.replace(tzinfo=None))
    instant = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None, fold=0) == wall:
        return instant
    return _jump(wall, zone)


def _jump(wall: datetime, zone: ZoneInfo) -> datetime:
    """Finds the moment at which the clocks jump over `wall`, to the second."""
    before = int(wall.replace(tzinfo=zone, fold=1).timestamp())
    after = int(wall.replace(tzinfo=zone, fold=0).timestamp()) + 1
    old = datetime.fromtimestamp(before, zone).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return datetime.fromtimestamp(after, UTC)
