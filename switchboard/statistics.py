"""Figures of the reports: days are counted once, kept, and counted again when a call changes.

Rules: counting goes hour by hour and lets calls go first; a day that is over and unchanged is only
read. What is kept holds extensions and keys; names come from the office of today. Which phones are
one person's tells the office in force when the day is counted. Figures are the truth of the log:
whatever cannot be kept (the database is in trouble) is shown all the same.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, partial
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from router import figures as counting
from router.calls import Direction, Disposition, LegOutcome
from router.figures import CountedCall, CountedLeg, Figures
from router.hours import HolidayCalendar
from router.office import Office
from router.phones import Who
from storage.callback_reading import items_between
from storage.database import Database
from storage.day_figures import Day, SomeCalls, calls_of, keep_day, kept_days, marks
from storage.errors import StorageError
from storage.writer import Writer
from switchboard.callbacks import opening_of, worked_of
from switchboard.names import Names, zone_in

MOST_DAYS = 400
"""A report is of so many days at most."""

log = structlog.get_logger()

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bureau:
    """Where figures come from and where they are kept."""

    database: Database
    writer: Writer
    office: Office
    calendar: HolidayCalendar
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        """On whose wall days and hours are counted: the default department's, for every reader."""
        return zone_in(self.office)

    @property
    def today(self) -> date:
        """The day that is not over yet."""
        return self.now.astimezone(self.zone).date()


async def figures_of(
    bureau: Bureau, since: date, until: date, *, leave_out: Collection[str] = ()
) -> dict[date, Figures]:
    """The figures of each day from `since` to `until`, both included.

    Subjects of the kinds to `leave_out` are not even read where a day was kept.
    """
    zone = bureau.zone
    days = days_between(since, until, zone)
    fresh = await marks(bureau.database, days)
    kept = await kept_days(
        bureau.database, zone.key, [day.day for day in days], version=counting.VERSION
    )
    right = {d: there.figures for d, there in kept.items() if there.mark == fresh[d]}
    found = await asyncio.to_thread(_read, right, leave_out)
    for day in days:
        if not fresh[day.day]:
            found[day.day] = {}
        elif day.day not in found:
            counted = await count_day(bureau, day, zone)
            await _keep(bureau, day, zone, fresh[day.day], counted)
            found[day.day] = counting.without(counted, leave_out)
    return {day.day: found[day.day] for day in days}


def _read(kept: dict[date, str], leave_out: Collection[str]) -> dict[date, Figures]:
    """Reads what was kept; in a thread, so that calls need not wait for it."""
    return {
        day: counting.from_json(json.loads(text), leave_out=leave_out) for day, text in kept.items()
    }


def days_between(since: date, until: date, zone: ZoneInfo) -> list[Day]:
    """The days of a report, oldest first; each begins at midnight on the wall."""
    count = min((until - since).days + 1, MOST_DAYS)
    starts = [since + timedelta(days=n) for n in range(count + 1)]
    instants = [datetime.combine(day, time(), zone).astimezone(UTC) for day in starts]
    return [
        Day(day=day, since=instants[n], until=instants[n + 1]) for n, day in enumerate(starts[:-1])
    ]


async def count_day(bureau: Bureau, day: Day, zone: ZoneInfo) -> Figures:
    """Counts a day from its calls, hour by hour."""
    figures: Figures = {}
    who = cache(Names.of(bureau.office).stands_under)
    began = day.since
    while began < min(day.until, bureau.now + _HOUR):
        ends = min(began + _HOUR, day.until)
        some = await calls_of(bureau.database, began, ends)
        _count(figures, some, began.astimezone(zone).hour, who)
        await asyncio.sleep(0)
        began = ends
    items = await items_between(bureau.database, day.since, day.until)
    opening = opening_of(bureau.office, bureau.calendar)
    worked = [worked_of(item, opening, who) for item in items]
    for item, became in zip(items, worked, strict=True):
        counting.count_callback(figures, item.department, became)
    counting.count_callers(figures, worked)
    return figures


def _count(figures: Figures, some: SomeCalls, hour: int, who: Who) -> None:
    for row in some.calls:
        call = CountedCall(
            id=row.id,
            pbx=row.pbx,
            direction=Direction(row.direction),
            line=row.line,
            department=row.department,
            caller=row.caller,
            hour=hour,
            began_at=row.began_at,
            answered_at=row.answered_at,
            disposition=Disposition(row.disposition) if row.disposition else None,
            reason=row.reason or "",
            talk_seconds=row.talk_seconds,
        )
        counting.count_call(figures, call, [_leg(x) for x in some.legs.get(row.id, ())], who)
    for reasons in some.reasons:
        counting.count_skips(figures, reasons)
    for reported in some.trails:
        counting.count_trail(figures, reported.get("trail", ()))


def _leg(row: Any) -> CountedLeg:
    return CountedLeg(
        target=row.target,
        outcome=LegOutcome(row.outcome),
        rang=row.rang_at is not None or row.ring_seconds > 0,
        ring_seconds=row.ring_seconds,
        talk_seconds=row.talk_seconds,
    )


async def _keep(bureau: Bureau, day: Day, zone: ZoneInfo, mark: str, figures: Figures) -> None:
    work = partial(
        keep_day,
        day=day.day,
        timezone=zone.key,
        mark=mark,
        figures=counting.to_json(figures),
        version=counting.VERSION,
        at=bureau.now,
    )
    try:
        await bureau.writer.submit(work)
    except StorageError as trouble:
        log.warning("figures of a day were not kept", day=str(day.day), because=str(trouble))
