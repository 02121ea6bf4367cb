"""Whom to call back first, and whose task it is.

Rules:

1. A promise comes before everything else from 15 minutes before its hour on: that client waits for
   the telephone. Before that his item waits at the end of the list, so that nobody calls too early.
2. The rest goes by waiting time times weight: an unknown caller counts once, a known client one
   and a half times, a client with an open application twice. Equal: the longer wait, then the id,
   so that everybody sees the same order.
3. It is the owner's task if his shift is on and he has not said that he is away; else the
   department's: all who are on shift, and all of the department while nobody is.
4. Whoever has taken the item has it, whosever client it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from router.hours import HolidayCalendar, on_shift
from router.office import Manager, Office, Status

PROMISE_AHEAD = timedelta(minutes=15)
UNKNOWN_WEIGHT, CLIENT_WEIGHT, APPLICATION_WEIGHT = 1.0, 1.5, 2.0
GONE = frozenset({Status.AWAY, Status.OFFLINE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """An open item with what order and assignment need; keys of people, "" where there is none.

    `reachable`: there is a number to call. `holder`: who has taken it and still has it.
    """

    id: str
    department: str
    owner: str = ""
    client: str = ""
    application: str = ""
    first_missed_at: datetime
    missed_count: int = 1
    after_hours: bool = False
    reachable: bool = True
    promised_at: datetime | None = None
    holder: str = ""

    @property
    def weight(self) -> float:
        """How much a minute of waiting counts."""
        if self.application:
            return APPLICATION_WEIGHT
        return CLIENT_WEIGHT if self.client else UNKNOWN_WEIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Who could call back at the moment: the office, the hour, what people said of themselves."""

    office: Office
    now: datetime
    calendar: HolidayCalendar
    statuses: Mapping[str, Status]

    def working(self, department: str) -> tuple[Manager, ...]:
        """Who of a department is on shift and has not said that he is away, in the file's order."""
        return tuple(m for m in self.office.members(department) if self.works(m.key))

    def works(self, manager: str) -> bool:
        """Whether a person could call back now."""
        found = self.office.managers.get(manager)
        home = self.office.departments.get(found.department) if found else None
        if found is None or home is None or self.statuses.get(manager) in GONE:
            return False
        return on_shift(found.shifts, home.hours, self.now, self.calendar)

    def department_of(self, owed: Owed) -> str:
        """Where an item belongs: its own department, else the default one."""
        known = owed.department in self.office.departments
        return owed.department if known else self.office.default_department


def in_order(owed: Iterable[Owed], now: datetime) -> tuple[Owed, ...]:
    """The items in the order in which they should be called."""
    return tuple(sorted(owed, key=lambda item: _place(item, now)))


def assigned(owed: Owed, floor: Floor) -> tuple[str, ...]:
    """Whose task an item is: the keys of the people who should call, the first of them first."""
    if owed.holder:
        return (owed.holder,)
    if owed.owner and floor.works(owed.owner):
        return (owed.owner,)
    department = floor.department_of(owed)
    working = floor.working(department) or floor.office.members(department)
    return tuple(manager.key for manager in working)


def mine(owed: Collection[Owed], manager: str, floor: Floor) -> tuple[Owed, ...]:
    """What one person should work on, in order."""
    return in_order((item for item in owed if manager in assigned(item, floor)), floor.now)


def _place(item: Owed, now: datetime) -> tuple[int, float, datetime, str]:
    waited = (now - item.first_missed_at).total_seconds()
    if item.promised_at is None:
        return 1, -waited * item.weight, item.first_missed_at, item.id
    due = now >= item.promised_at - PROMISE_AHEAD
    return 0 if due else 2, item.promised_at.timestamp(), item.first_missed_at, item.id
