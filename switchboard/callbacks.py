"""The use cases of the callback list: see it in order, see the morning's, count a day.

What people do to an item is in `storage.callback_acts`; here is what they see before. Everything is
read from the database and judged by `router`: the list is the same for whoever asks, the running
service, a page or the command line.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from functools import cache, partial

from router.callbacks import ClosedHow
from router.callbacks_order import Floor, Owed, assigned, in_order
from router.callbacks_report import DayReport, Try, Worked, missed_rings, owed_from, report
from router.hours import HolidayCalendar, Openings
from router.morning import Morning, morning
from router.office import Office
from router.phones import Phone, Who, phones_of
from storage.callback_reading import DayItem, items_between, rings_between
from storage.database import Database
from storage.reading import open_callbacks
from storage.records import OpenCallback
from storage.statuses import Statuses
from switchboard.names import Names

Opening = Callable[[str, datetime], datetime | None]

LISTED = 5000
"""More open items than this are not sorted but a disaster of another kind."""


async def floor_now(
    database: Database, office: Office, now: datetime, calendar: HolidayCalendar
) -> Floor:
    """Who could call back at the moment."""
    async with database.reading() as connection:
        rows = await Statuses(connection).all()
    current = {key: r.status for key, r in rows.items() if r.until is None or r.until > now}
    return Floor(office=office, now=now, calendar=calendar, statuses=current)


async def listed(
    database: Database, now: datetime, floor: Floor | None = None, *, manager: str = ""
) -> tuple[OpenCallback, ...]:
    """The open items in the order in which to call; of one person's with `manager` and `floor`."""
    found = {item.item.id: item for item in await open_callbacks(database, limit=LISTED)}
    wanted = [owed_of(item, now) for item in found.values()]
    if manager and floor:
        wanted = [item for item in wanted if manager in assigned(item, floor)]
    return tuple(found[item.id] for item in in_order(wanted, now))


async def morning_list(database: Database, floor: Floor) -> tuple[Morning, dict[str, OpenCallback]]:
    """The morning's shares, and the items by id."""
    found = {item.item.id: item for item in await open_callbacks(database, limit=LISTED)}
    return morning((owed_of(item, floor.now) for item in found.values()), floor), found


async def day_report(  # noqa: PLR0913 - which day, of whom, by keyword
    database: Database,
    since: datetime,
    until: datetime,
    *,
    office: Office | None,
    calendar: HolidayCalendar,
    departments: Collection[str] | None = None,
) -> DayReport:
    """How the company called back what it missed in a stretch of time.

    With `departments` only theirs: their items and their people's rings.
    """
    who, opening = _who(office), opening_of(office, calendar)
    items = await items_between(database, since, until)
    rings = missed_rings(await rings_between(database, since, until), who)
    if office and departments is not None:
        items = tuple(
            i for i in items if (i.department or office.default_department) in departments
        )
    if office:
        people = _people(office, departments)
        rings = type(rings)({person: n for person, n in rings.items() if person in people})
    return report([worked_of(item, opening, who) for item in items], rings)


def worked_of(item: DayItem, opening: Opening, who: Who) -> Worked:
    """What became of an item, as reports count it; `who` tells under which phone people stand."""

    def person(pbx: str, number: str) -> Phone | None:
        return who(Phone(pbx, number)) if number else None

    reached = item.how is ClosedHow.REACHED
    return Worked(
        id=item.id,
        owed_from=owed_from(item.first_missed_at, partial(opening, item.department)),
        tries=tuple(Try(each.at, person(each.pbx, each.by), each.call_id) for each in item.tries),
        how=item.how,
        reached_by=person(item.by_pbx, item.by) if reached else None,
        closing_call=item.closing_call,
    )


def opening_of(office: Office | None, calendar: HolidayCalendar) -> Opening:
    """Tells when a department, "" for the default one, opens at an instant or next after it.

    None where it does not within two weeks, or is not known.
    """

    @cache
    def of(department: str) -> Openings | None:
        key = department or (office.default_department if office else "")
        home = office.departments.get(key) if office else None
        return Openings(home.hours, calendar, days=14) if home else None

    def opening(department: str, at: datetime) -> datetime | None:
        there = of(department)
        return there.after(at) if there else None

    return opening


def owed_of(found: OpenCallback, now: datetime) -> Owed:
    """An open item as order and assignment see it."""
    item = found.item
    return Owed(
        id=item.id,
        department=found.department,
        owner=found.owner,
        client=found.client,
        application=found.application,
        first_missed_at=item.first_missed_at,
        missed_count=len(item.missed),
        after_hours=item.after_hours,
        reachable=not item.party.startswith("call:"),
        promised_at=item.promised_at,
        holder=item.holder(now),
    )


def _who(office: Office | None) -> Who:
    """Under which phone a person stands; without an office each phone is somebody's own."""
    return cache(Names.of(office).stands_under) if office else lambda phone: phone


def _people(office: Office, departments: Collection[str] | None) -> set[Phone]:
    """Under which phones an office's people stand; with `departments` only theirs."""
    known = office.managers.values()
    inside = (m for m in known if departments is None or m.department in departments)
    return {phone for manager in inside for phone in phones_of(manager, office)[:1]}
