"""When to speak with a client again: as agreed, or at two thirds of the time that he named. Pure.

Rules: "in 6 days" is proposed for day 4; what falls on closed hours moves to the next opening, if
that is still before the hour he named, else back to the last open day before it; days keep the time
of day, hours are rounded to five minutes. It is a proposal: the person changes it as he likes. What
is agreed lies ahead; only what was kept before may be past, and is known again by its minute.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum, StrEnum
from zoneinfo import ZoneInfo

from router.hours import HolidayCalendar, is_open, next_opening
from router.office import Hours

MOST = 400
"""Nobody plans further ahead than this many units."""


class Unit(StrEnum):
    """In what the client counted."""

    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


class Unsaid(Enum):
    """Of a note's text or contact nothing is said: it stays as it was."""

    UNSAID = "unsaid"


class NotAhead(Exception):  # noqa: N818 - a refusal is an answer
    """A next contact that is past (`at`), or that cannot be read."""

    def __init__(self, at: datetime | None = None) -> None:
        super().__init__()
        self.at = at


_DAYS = {Unit.DAYS: 1, Unit.WEEKS: 7, Unit.MONTHS: 30}


def agreed(
    at: datetime | Unsaid | None, now: datetime, kept: datetime | None = None
) -> datetime | None:
    """The next contact that is to be kept; raises `NotAhead`."""
    if at is Unsaid.UNSAID or (at and kept and _same_minute(at, kept)):
        return kept
    if at and at <= now:
        raise NotAhead(at)
    return at


def _same_minute(one: datetime, other: datetime) -> bool:
    """Whether two instants are one to whoever was told them without seconds."""
    first, second = (at.replace(second=0, microsecond=0) for at in (one, other))
    return first == second


def proposed(
    count: int, unit: Unit, now: datetime, hours: Hours, calendar: HolidayCalendar
) -> datetime:
    """The proposal for a client who said "in `count` `unit`"."""
    count = max(1, min(count, MOST))
    if unit is Unit.HOURS:
        named, wish = now + timedelta(hours=count), now + timedelta(hours=count * 2 / 3)
    else:
        days = count * _DAYS[unit]
        named, wish = _later(now, days, hours), _later(now, days * 2 // 3, hours)
        if wish <= now:  # "tomorrow" has no day before it
            wish = named
    return _when_open(_rounded(wish), named, now, hours, calendar)


def _later(now: datetime, days: int, hours: Hours) -> datetime:
    """So many days later at the same time of day, whatever the clocks do between."""
    zone = ZoneInfo(hours.timezone)
    wall = now.astimezone(zone).replace(tzinfo=None) + timedelta(days=days)
    return wall.replace(tzinfo=zone).astimezone(now.tzinfo)


def _rounded(at: datetime) -> datetime:
    return at.replace(minute=at.minute - at.minute % 5, second=0, microsecond=0)


def _when_open(
    wish: datetime, named: datetime, now: datetime, hours: Hours, calendar: HolidayCalendar
) -> datetime:
    opening = next_opening(hours, wish, calendar)
    if opening is None:
        return wish
    if opening <= named:
        return opening.astimezone(wish.tzinfo)
    day = wish
    while (day := day - timedelta(days=1)) > now:
        if is_open(hours, day, calendar).open:
            return day
    return opening.astimezone(wish.tzinfo)
