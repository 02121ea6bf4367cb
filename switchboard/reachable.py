"""Do calls reach a manager, and if not, why: one obstacle, the first that stands in the way. Pure.

Also when his shift ends, and when he is to be asked whether his status still holds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from router.facts import PhoneState, Presence
from router.hours import HolidayCalendar, is_open, on_shift
from router.office import AfterHoursRule, Manager, Office, Status
from storage.statuses import StatusRow

ASK_BEFORE = timedelta(minutes=5)
ASK_AFTER = timedelta(minutes=20)
"""So long before and after its end a status is asked about."""

ASK_EVERY = timedelta(minutes=60)
"""A status without an end is asked about after this."""


class Obstacle(StrEnum):
    """What keeps calls from him; the last three keep none or few."""

    NO_PHONE = "no-phone"
    NO_LINK = "no-link"
    STATUS = "status"
    CLOSED = "closed"
    SHIFT = "shift"
    UNREGISTERED = "unregistered"
    RINGS = "rings"
    TALKING = "talking"
    WRAP_UP = "wrap-up"
    UNKNOWN = "unknown"
    OWN_CLIENTS = "own-clients"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reachable:
    """The answer; `about` fills its sentence and `until` says when the obstacle goes by itself."""

    obstacle: Obstacle
    about: tuple[tuple[str, str], ...] = ()
    until: datetime | None = None

    @property
    def well(self) -> bool:
        """Whether calls reach him."""
        return self.obstacle in {
            Obstacle.NONE,
            Obstacle.RINGS,
            Obstacle.OWN_CLIENTS,
            Obstacle.UNKNOWN,
        }


_NONE_OR_FEW = {Obstacle.NONE, Obstacle.RINGS, Obstacle.OWN_CLIENTS, Obstacle.UNKNOWN}


class Ask(StrEnum):
    """What he is asked about his status."""

    ENDS_SOON = "ends-soon"
    IS_OVER = "is-over"
    STILL = "still"


def reachable(  # noqa: PLR0913 - all that may stand in the way, by keyword
    manager: Manager,
    *,
    office: Office,
    presence: Presence,
    row: StatusRow | None,
    rings: bool = False,
    link_up: bool,
    now: datetime,
    calendar: HolidayCalendar,
) -> Reachable:
    """Why calls do not reach him, or that they do."""
    if not manager.extension:
        return Reachable(obstacle=Obstacle.NO_PHONE)
    if rings:
        return Reachable(obstacle=Obstacle.RINGS)
    if presence.status is not Status.AVAILABLE:
        until = row.until if row and row.status is presence.status else None
        about = (("status", str(presence.status)),)
        return Reachable(obstacle=Obstacle.STATUS, about=about, until=until)
    if by_hours := _by_hours(manager, office, now, calendar):
        return by_hours
    if not link_up:
        return Reachable(obstacle=Obstacle.NO_LINK, about=(("pbx", manager.pbx),))
    return _by_phone(manager, office, presence, now)


def _by_hours(
    manager: Manager, office: Office, now: datetime, calendar: HolidayCalendar
) -> Reachable | None:
    home = office.departments[manager.department]
    openness = is_open(home.hours, now, calendar)
    if not openness.open and home.after_hours is not AfterHoursRule.RING:
        about = (("department", home.name),)
        return Reachable(obstacle=Obstacle.CLOSED, about=about, until=openness.next_change_at)
    if not on_shift(manager.shifts, home.hours, now, calendar):
        own = replace(home.hours, week=manager.shifts, special={})
        until = is_open(own, now, calendar).next_change_at
        return Reachable(obstacle=Obstacle.SHIFT, until=until)
    return None


def _by_phone(manager: Manager, office: Office, presence: Presence, now: datetime) -> Reachable:
    pause = timedelta(seconds=office.departments[manager.department].wrap_up_seconds)
    about = (("number", manager.extension),)
    if presence.phone is PhoneState.UNREGISTERED:
        return Reachable(obstacle=Obstacle.UNREGISTERED, about=about)
    if presence.phone is PhoneState.TALKING:
        return Reachable(obstacle=Obstacle.TALKING)
    if pause and presence.idle_since and now < presence.idle_since + pause:
        return Reachable(obstacle=Obstacle.WRAP_UP, until=presence.idle_since + pause)
    if presence.phone is PhoneState.UNKNOWN:
        return Reachable(obstacle=Obstacle.UNKNOWN, about=about)
    if not manager.takes_new_clients:
        return Reachable(obstacle=Obstacle.OWN_CLIENTS)
    return Reachable(obstacle=Obstacle.NONE)


def shift_end(
    manager: Manager, office: Office, now: datetime, calendar: HolidayCalendar
) -> datetime | None:
    """When his working time of today ends; None when it is not running."""
    home = office.departments[manager.department]
    hours = replace(home.hours, week=manager.shifts, special={}) if manager.shifts else home.hours
    openness = is_open(hours, now, calendar)
    return openness.next_change_at if openness.open else None


def asked_about(row: StatusRow | None, now: datetime) -> Ask | None:
    """What he is to be asked now, so that nobody is forgotten on "lunch"."""
    if row is None or row.status is Status.AVAILABLE:
        return None
    if row.until is None:
        return Ask.STILL if now - row.since >= ASK_EVERY else None
    if row.until <= now:
        return Ask.IS_OVER if now - row.until < ASK_AFTER else None
    return Ask.ENDS_SOON if row.until - now <= ASK_BEFORE else None
