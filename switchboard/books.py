"""The use cases of the books: balance a day, and record from the call records what a gap left out.

Call records are read in a thread: they are files and other people's databases. They are compared in
one too: they are many, and the loop answers callers meanwhile. What cannot be read is a sentence in
the result, never an empty day that balances.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from pbx_adapters.cdr.calls import incoming
from pbx_adapters.cdr.errors import CdrError
from pbx_adapters.cdr.port import CdrSource
from router.books import TOO_FRESH, Books, Scope, WitnessedCall, balance, of, unlogged
from router.calls import Call, CallState, Direction, Disposition, MissedReason
from router.hours import HolidayCalendar, is_open
from router.numbers import read_caller
from router.office import Office
from storage.database import Database
from storage.logged_calls import logged_between, there_since
from storage.records import EndedCall
from storage.sentences import Sentence, in_language, message_of
from switchboard.routing import number_plan

_BEFORE, _AFTER = timedelta(hours=15), timedelta(hours=39)
"""Around a date's midnight in UTC: its day in every zone, and a little more."""
_LONGEST_CALL = timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """A PBX's call records, and which endpoints lead outside."""

    pbx: str
    source: CdrSource
    trunks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class DayBooks:
    """The books of a day: the accounts, and what could not be read (sentences, damaged lines)."""

    day: date
    books: Books
    unreadable: tuple[str, ...] = ()
    damaged: int = 0

    @property
    def balanced(self) -> bool:
        """Whether everything could be read and balances."""
        return self.books.balanced and not self.unreadable and not self.damaged


async def balance_day(  # noqa: PLR0913 - what is compared, and as of when
    database: Database,
    records: Sequence[Records],
    office: Office,
    day: date,
    *,
    now: datetime,
    line: str = "",
) -> DayBooks:
    """The books of a department's day, of one line (a key) or all."""
    midnight = datetime.combine(day, time(), UTC)
    scope = await _scope(database, office, now)
    found: list[Books] = []
    unreadable: list[str] = []
    damaged = 0
    for each in records:
        try:
            calls, lost = await _witnessed(each, office, midnight - _BEFORE, midnight + _AFTER)
        except CdrError as error:
            why = message_of(error)
            said = f"{each.pbx}: {in_language(why, 'ru')}"
            unreadable.append(Sentence(f"{each.pbx}: {why}", said))
            continue
        damaged += lost
        logged = await logged_between(database, each.pbx, midnight - _BEFORE, midnight + _AFTER)
        compared = await asyncio.to_thread(balance, calls, logged, scope)
        found.append(of(compared, days=[day], line=line))
    books = Books(
        accounts=tuple(account for each in found for account in each.accounts),
        differences=tuple(difference for each in found for difference in each.differences),
    )
    return DayBooks(day=day, books=books, unreadable=tuple(unreadable), damaged=damaged)


async def left_out(
    database: Database, records: Records, office: Office, since: datetime, until: datetime
) -> tuple[WitnessedCall, ...]:
    """The calls that ended in a stretch (by the PBX's clock) and that are not logged.

    They may have begun before it, up to half a day. Raises `CdrError`.
    """
    around = timedelta(days=1)  # the log may have corrected its times
    begun = since - _LONGEST_CALL
    calls, _ = await _witnessed(records, office, begun, until)
    logged = await logged_between(database, records.pbx, begun - around, until + around)
    scope = Scope(office=office, settled_before=until, since=await there_since(database))
    found = await asyncio.to_thread(unlogged, calls, logged, scope)
    return tuple(call for call in found if call.ended_at >= since)


def recovered(
    found: WitnessedCall, pbx: str, office: Office, calendar: HolidayCalendar
) -> EndedCall:
    """A call as far as its call record tells it.

    Nobody knows its legs, how long who rang, or the way it took. Whether a mobile or its voicemail
    answered is not known either: it is missed then, so that somebody looks.
    """
    line = next((ln for ln in office.lines.values() if _is(office, found, ln.key)), None)
    department = line.department if line else office.default_department
    talked = found.talked is True
    reason = None
    if not talked:
        hours = office.departments[department].hours
        closed = not is_open(hours, found.began_at, calendar).open
        reason = MissedReason.CLOSED if closed else None
    call = Call(
        id=found.id or f"cdr-{pbx}-{found.began_at.timestamp():.0f}-{found.caller}",
        pbx=pbx,
        linked_id=found.id,
        direction=Direction.INBOUND,
        caller=found.caller,
        line=found.line,
        began_at=found.began_at,
        ended_at=found.ended_at,
        state=CallState.ENDED,
        disposition=Disposition.ANSWERED if talked else Disposition.MISSED,
        reason=reason,
        answered_by=found.answered_by or None,
        talk_seconds=found.talk_seconds,
        recovered=True,
        talk_partial=found.talked is None,
    )
    number = read_caller(found.caller, number_plan(office))
    return EndedCall(call=call, number=number, department=department)


def without(records: Iterable[Records], pbx: str) -> Records | None:
    """The call records of a PBX, None where there are none."""
    return next((each for each in records if each.pbx == pbx), None)


async def _scope(database: Database, office: Office, now: datetime) -> Scope:
    since = await there_since(database)
    return Scope(office=office, settled_before=now - TOO_FRESH, since=since)


async def _witnessed(
    records: Records, office: Office, since: datetime, until: datetime
) -> tuple[tuple[WitnessedCall, ...], int]:
    lines = [line.number for line in office.lines.values()]

    def read() -> tuple[tuple[WitnessedCall, ...], int]:
        reading = records.source.read(since, until)
        return incoming(reading.rows, trunks=records.trunks, lines=lines), reading.damaged

    return await asyncio.to_thread(read)


def _is(office: Office, found: WitnessedCall, key: str) -> bool:
    scope = Scope(office=office, settled_before=found.ended_at)
    return bool(found.line) and scope.line(found.line) == key
