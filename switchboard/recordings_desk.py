"""Whether recordings are complete, and what becomes of each, for whoever answers for them.

Rules:

1. Rows are large, each of them lies on a page of its own. So what is counted and which rows are
   listed is answered by the index of states alone (or that of what is held); only the rows of one
   page are read. A test asks SQLite whether that is still so.
2. Days are counted one by one, and a month at most.
3. A head sees and changes what his departments recorded. Whoever cares for the whole house sees
   all of it, and whom a call was with only where it is within his reach.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, or_, select

from recordings.sentences import sentence
from router.decide import line_of
from router.office import Office
from storage import schema
from storage.call_search import Place
from storage.connection import AnyConnection
from storage.database import Database
from storage.reach import Reach
from storage.recording_records import RecordingState
from switchboard.names import Names
from switchboard.recordings_found import Tally

MOST_DAYS = 31
PAGE = 50
NO_LINE = "-"
"""Stands for calls that came over no line of the office: those that we placed, and strange ones."""

_t = schema.recordings
_calls = schema.calls


class Show(StrEnum):
    """Which recordings are listed. `LOST`: nobody can listen to them."""

    LOST = "lost"
    WAITING = "waiting"
    HELD = "held"
    READY = "ready"
    DELETED = "deleted"
    ALL = "all"


_STATES = {
    Show.LOST: (RecordingState.MISSING, RecordingState.BROKEN),
    Show.WAITING: (RecordingState.EXPECTED, RecordingState.ARRIVING),
    Show.READY: (RecordingState.READY,),
    Show.DELETED: (RecordingState.DELETED,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked for; days are whole days of `zone`, the last one included.

    `line` is a line's key or `NO_LINE`. `whole`: whoever asks cares for the whole house (rule 3).
    """

    since: date
    until: date
    zone: ZoneInfo
    show: Show = Show.LOST
    line: str = ""
    trunk: str = ""
    reach: Reach = field(default_factory=Reach)
    whole: bool = False

    @property
    def departments(self) -> frozenset[str] | None:
        """Whose recordings he answers for; None for all."""
        return None if self.whole or self.reach.everything else self.reach.departments

    def knows(self, department: str) -> bool:
        """Whether he may see the calls of a department."""
        return self.reach.everything or department in self.reach.departments

    @property
    def days(self) -> tuple[date, ...]:
        """The days to count, the newest first; a month at most."""
        count = min((self.until - self.since).days + 1, MOST_DAYS)
        return tuple(self.until - timedelta(days=n) for n in range(max(0, count)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One recording as the page shows it.

    `why` is a sentence on what is wrong or what it waits for, `why_id` its name. `call_id`,
    `client` and `number` are empty where whoever looks may not see the call, or where it is not in
    the log yet.
    """

    id: int
    call_id: str
    began_at: datetime
    state: RecordingState
    line_name: str
    trunk: str
    department: str
    why_id: str
    why: str
    seconds: float
    held: bool
    held_by: str
    held_why: str
    expires_at: datetime | None
    next_try_at: datetime | None
    client: str = ""
    number: str = ""

    @property
    def lost(self) -> bool:
        """Whether it can be looked for once more."""
        return self.state in _STATES[Show.LOST]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPage:
    """A page of the list, and where the next one goes on; None at the end."""

    rows: tuple[Listed, ...] = ()
    next: Place | None = None


async def tallies_of(database: Database, office: Office, asked: Asked) -> tuple[Tally, ...]:
    """Expected against found, by day, PBX, line (its key) and trunk; the newest day first."""
    found: list[Tally] = []
    where = tuple(_seen(asked.departments))
    async with database.reading() as connection:
        for day in asked.days:
            found += await _day(connection, office, day, asked.zone, where)
    return tuple(found)


async def list_recordings(
    database: Database,
    office: Office,
    asked: Asked,
    *,
    language: str,
    before: Place | None = None,
) -> ListedPage:
    """The recordings that are asked for, newest first, from a place on."""
    async with database.reading() as connection:
        newest: list[tuple[datetime, int]] = []
        for query in questions(office, asked, before):
            newest += [(row.began_at, row.id) for row in await connection.execute(query)]
        newest = sorted(newest, reverse=True)[: PAGE + 1]
        rows = await _rows(connection, [number for _, number in newest[:PAGE]])
        calls = await _calls_of(connection, [r.call_id for r in rows if asked.knows(r.department)])
    names = Names.of(office)
    told = tuple(_listed(row, calls.get(row.call_id), names, language) for row in rows)
    if len(newest) <= PAGE:
        return ListedPage(rows=told)
    began_at, number = newest[PAGE - 1]
    return ListedPage(rows=told, next=Place(at=began_at, id=str(number)))


async def department_of(database: Database, recording: int) -> str | None:
    """Which department's recording it is; None where there is none."""
    query = select(_t.c.department).where(_t.c.id == recording)
    async with database.reading() as connection:
        found: str | None = (await connection.execute(query)).scalar()
    return found


async def room_used(database: Database) -> int:
    """How many bytes the sounds take; what two recordings share counts twice."""
    async with database.reading() as connection:
        query = select(func.coalesce(func.sum(schema.recording_sounds.c.size), 0))
        return int((await connection.execute(query)).scalar() or 0)


# -- counting ----------------------------------------------------------------------------------


async def _day(
    connection: AnyConnection,
    office: Office,
    day: date,
    zone: ZoneInfo,
    where: Sequence[ColumnElement[bool]],
) -> list[Tally]:
    query = counting(day, zone).where(*where)
    counts: dict[tuple[str, str, str], dict[RecordingState, int]] = {}
    for row in await connection.execute(query):
        mine = counts.setdefault((row.pbx, line_key(row.line, office), row.trunk), {})
        state = RecordingState(row.state)
        mine[state] = mine.get(state, 0) + int(row.many)
    return [_tally(day, key, counts[key]) for key in sorted(counts)]


def counting(day: date, zone: ZoneInfo) -> Select[Any]:
    """Asks how many recordings of a day are in which state; naming all makes their index lead."""
    begin = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    columns = (_t.c.pbx, _t.c.line, _t.c.trunk, _t.c.state)
    query = select(*columns, func.count().label("many")).group_by(*columns)
    inside = (_t.c.began_at >= begin, _t.c.began_at < end)
    return query.where(_t.c.state.in_(list(RecordingState)), *inside)


def _tally(day: date, key: tuple[str, str, str], counts: Mapping[RecordingState, int]) -> Tally:
    pbx, line, trunk = key
    waiting = sum(counts.get(state, 0) for state in _STATES[Show.WAITING])
    return Tally(
        day=day,
        pbx=pbx,
        line=line,
        trunk=trunk,
        ready=counts.get(RecordingState.READY, 0),
        on_the_way=waiting,
        missing=counts.get(RecordingState.MISSING, 0),
        broken=counts.get(RecordingState.BROKEN, 0),
        deleted=counts.get(RecordingState.DELETED, 0),
    )


def line_key(dialled: str, office: Office) -> str:
    """The key of the line that a recording's number is; `NO_LINE` for every other number."""
    found = line_of(dialled, office) if dialled else None
    return found.key if found else NO_LINE


# -- listing -----------------------------------------------------------------------------------

_NAMES = (
    "id",
    "call_id",
    "began_at",
    "state",
    "line",
    "trunk",
    "department",
    "why_id",
    "why",
    "seconds",
    "legal_hold",
    "held_by",
    "held_why",
    "expires_at",
    "next_try_at",
)
_COLUMNS = tuple(_t.c[name] for name in _NAMES)


def questions(office: Office, asked: Asked, before: Place | None) -> Iterator[Select[Any]]:
    """Asks what is on a page, each state by itself: its index gives the newest first."""
    since = datetime.combine(asked.since, time(), asked.zone)
    top = datetime.combine(asked.until + timedelta(days=1), time(), asked.zone)
    query = select(_t.c.id, _t.c.began_at).where(*_between(since, top, before))
    query = query.where(*_checks(asked, office))
    query = query.order_by(_t.c.began_at.desc(), _t.c.id.desc()).limit(PAGE + 1)
    if asked.show is Show.HELD:
        yield query.where(_t.c.legal_hold)
        return
    for state in _STATES.get(asked.show, tuple(RecordingState)):
        yield query.where(_t.c.state == state)


async def _rows(connection: AnyConnection, numbers: Sequence[int]) -> Sequence[Any]:
    query = select(*_COLUMNS).where(_t.c.id.in_(numbers))
    query = query.order_by(_t.c.began_at.desc(), _t.c.id.desc())
    return (await connection.execute(query)).all() if numbers else ()


def _between(
    lowest: datetime, top: datetime, before: Place | None
) -> tuple[ColumnElement[bool], ...]:
    began = _t.c.began_at
    if before is None:
        return (began >= lowest, began < top)
    number = int(before.id) if before.id.isdigit() else 0
    earlier = or_(began < before.at, _t.c.id < number)
    return (began >= lowest, began < top, began <= before.at, earlier)


def _checks(asked: Asked, office: Office) -> list[ColumnElement[bool]]:
    """What is asked besides: of columns that both indexes hold."""
    found = list(_seen(asked.departments))
    names = Names.of(office)
    if asked.line == NO_LINE:
        known = [text for key in office.lines for text in names.spellings(key)]
        found.append(_t.c.line.not_in(known))
    elif asked.line:
        found.append(_t.c.line.in_(names.spellings(asked.line)))
    if asked.trunk:
        found.append(_t.c.trunk == asked.trunk)
    return found


def _seen(departments: frozenset[str] | None) -> list[ColumnElement[bool]]:
    return [] if departments is None else [_t.c.department.in_(sorted(departments))]


async def _calls_of(connection: AnyConnection, ids: Sequence[str]) -> Mapping[str, Any]:
    query = select(_calls.c.id, _calls.c.client_name, _calls.c.number_e164)
    found = await connection.execute(query.where(_calls.c.id.in_(ids)))
    return {call.id: call for call in found}


def _listed(row: Any, call: Any, names: Names, language: str) -> Listed:
    return Listed(
        id=row.id,
        call_id=row.call_id if call else "",
        began_at=row.began_at,
        state=RecordingState(row.state),
        line_name=names.line(row.line),
        trunk=row.trunk,
        department=row.department,
        why_id=row.why_id,
        why=sentence(language, row.why_id, row.why),
        seconds=row.seconds,
        held=row.legal_hold,
        held_by=row.held_by,
        held_why=row.held_why,
        expires_at=row.expires_at,
        next_try_at=row.next_try_at,
        client=(call.client_name or "") if call else "",
        number=(call.number_e164 or "") if call else "",
    )
