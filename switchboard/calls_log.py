"""The log of calls as people read it: narrowed by what they may see and by what they ask for.

What is typed into the one box may be a client's name, an application or a number in any spelling;
`meant` decides which. Values are plain: the page, the CSV and the API show the same.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from router.calls import Direction, Disposition, MissedReason
from router.client_words import wanted as words_wanted
from router.numbers import NumberKind, normalise
from router.office import Office
from router.phones import ANYWHERE, Phone
from storage.call_marks import Marks, marks_of
from storage.call_search import MOST_BRANCHES, FoundCalls, Place, Wanted, find_calls
from storage.client_search import Sight, few_clients
from storage.database import Database
from storage.parties import number_id
from storage.reach import Reach
from storage.records import StoredCall, Way
from switchboard.names import Names
from switchboard.routing import number_plan

PAGE = 50
EXPORTED_AT_ONCE = 1_000
_SHORTEST_NUMBER = 3
_LONGEST_TEXT = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person asks for; days are whole days of his zone, the last one included.

    `person`, `department` and `line` are keys of the office. `text` is whatever he typed.
    """

    since: date | None = None
    until: date | None = None
    person: str = ""
    department: str = ""
    line: str = ""
    text: str = ""
    disposition: Disposition | None = None
    direction: Direction | None = None
    after_hours: bool = False
    recovered: bool = False
    disputed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedCall:
    """One call of the log.

    `number` is the client's, E.164 where it can be read, empty where it was hidden. `person` is who
    talked with the client or dialled him, else empty; `person_at` what he was reached at.
    `waited_seconds`: until somebody talked, or until the end. `owed`: nobody has called back yet.
    `recorded`: there is a recording to listen to.
    """

    id: str
    pbx: str
    began_at: datetime
    ended_at: datetime | None
    direction: Direction
    disposition: Disposition | None
    reason: MissedReason | None
    number: str
    caller_name: str
    client: str
    client_name: str
    application: str
    line: str
    line_name: str
    department: str
    department_name: str
    owner: str
    owner_name: str
    person: str
    person_name: str
    person_at: str
    waited_seconds: float
    talk_seconds: float
    recovered: bool
    disputed: bool
    fail_open: bool
    owed: bool = False
    recorded: bool = False

    @property
    def after_hours(self) -> bool:
        """Whether it was missed because the department was closed."""
        return self.reason is MissedReason.CLOSED


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """A page of the log; `next` and `looked_back_to` as in `storage.call_search.FoundCalls`."""

    calls: tuple[LoggedCall, ...] = ()
    next: Place | None = None
    looked_back_to: datetime | None = None


async def calls_log(  # noqa: PLR0913 - whose, what and which page, by keyword
    database: Database,
    office: Office,
    reach: Reach,
    asked: Asked,
    *,
    zone: ZoneInfo,
    before: Place | None = None,
    limit: int = PAGE,
) -> LogPage:
    """A page of the calls that are asked for and within reach, newest first."""
    wanted = await _known(database, meant(asked, office, zone), asked, office)
    found = await find_calls(database, wanted, reach, before=before, limit=limit)
    return await _page(database, found, Names.of(office))


async def every_call(
    database: Database, office: Office, reach: Reach, asked: Asked, *, zone: ZoneInfo
) -> AsyncIterator[LoggedCall]:
    """All calls that are asked for and within reach, newest first, piece by piece."""
    wanted = await _known(database, meant(asked, office, zone), asked, office)
    names, place = Names.of(office), None
    while True:
        found = await find_calls(database, wanted, reach, before=place, limit=EXPORTED_AT_ONCE)
        for call in (await _page(database, found, names)).calls:
            yield call
        if found.next is None:
            return
        place = found.next


def meant(asked: Asked, office: Office, zone: ZoneInfo) -> Wanted:
    """What is looked for: days as instants, names as keys, the text as what it is."""
    names = Names.of(office)
    wanted = Wanted(
        since=_midnight(asked.since, zone) if asked.since else None,
        until=_midnight(asked.until + timedelta(days=1), zone) if asked.until else None,
        direction=asked.direction,
        disposition=asked.disposition,
        department=asked.department,
        lines=names.spellings(asked.line) if asked.line else (),
        phones=_phones(names, asked.person),
        after_hours=asked.after_hours,
        recovered=asked.recovered,
        disputed=asked.disputed,
    )
    return _with_text(wanted, asked.text.strip()[:_LONGEST_TEXT], office)


async def _known(database: Database, wanted: Wanted, asked: Asked, office: Office) -> Wanted:
    """A name that few clients of the base bear means them: their calls are found at once.

    Else the names that the calls themselves bear are looked through (the base may be a CRM's).
    """
    if not wanted.naming:
        return wanted
    words = words_wanted(asked.text, number_plan(office))
    sight = Sight(reach=Reach(everything=True), at=datetime.now(UTC))
    async with database.reading() as connection:
        clients = await few_clients(connection, words, sight, most=MOST_BRANCHES)
    return replace(wanted, naming=(), clients=clients) if clients else wanted


def _phones(names: Names, person: str) -> tuple[Phone, ...]:
    """What a person is reached at; one who is gone is asked for by his number."""
    if not person:
        return ()
    return names.phones(person) or (Phone(ANYWHERE, person),)


def _with_text(wanted: Wanted, text: str, office: Office) -> Wanted:
    """A whole number, the end of one (or an application), or a name."""
    if not text:
        return wanted
    read = normalise(text, number_plan(office))
    digits = "".join(c for c in text if c.isdecimal())
    letters = any(c.isalpha() for c in text)
    if read.kind is NumberKind.EXTERNAL:
        return replace(wanted, number=number_id(read) or "")
    if len(digits) >= _SHORTEST_NUMBER and not letters:
        return replace(wanted, digits=digits)
    return replace(wanted, naming=_spellings(text))


def _spellings(text: str) -> tuple[str, ...]:
    """A text in the capitals that names are written in; not every database folds Russian ones."""
    small = text.lower()
    shapes = (text, small, text.upper(), small.capitalize(), text[:1].upper() + text[1:])
    return tuple(dict.fromkeys((*shapes, small.title())))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


async def _page(database: Database, found: FoundCalls, names: Names) -> LogPage:
    marks = await marks_of(database, [stored.call.id for stored in found.calls])
    calls = tuple(logged(stored, names, marks) for stored in found.calls)
    return LogPage(calls=calls, next=found.next, looked_back_to=found.looked_back_to)


def logged(stored: StoredCall, names: Names, marks: Marks) -> LoggedCall:
    """A recorded call with the names of today."""
    call = stored.call
    outbound = call.direction is not Direction.INBOUND
    at = call.caller if outbound else call.answered_by or ""
    person = names.manager_at(at, call.pbx)
    outside = call.line if outbound else call.caller
    shown = stored.number_e164 or (outside if stored.number_id or outbound else "")
    talked_from = call.answered_at or call.ended_at or call.began_at
    return LoggedCall(
        id=call.id,
        pbx=call.pbx,
        began_at=call.began_at,
        ended_at=call.ended_at,
        direction=call.direction,
        disposition=call.disposition,
        reason=call.reason,
        number=shown,
        caller_name=call.caller_name,
        client=stored.client,
        client_name=stored.client_name,
        application=stored.application,
        line="" if outbound else call.line,
        line_name="" if outbound else names.line(call.line),
        department=stored.department,
        department_name=names.department(stored.department),
        owner=stored.owner,
        owner_name=names.manager(stored.owner),
        person=person.key if person else "",
        person_name=person.name if person else "",
        person_at=at,
        waited_seconds=max(0.0, (talked_from - call.began_at).total_seconds()),
        talk_seconds=call.talk_seconds,
        recovered=call.recovered,
        disputed=bool(stored.disagreement),
        fail_open=stored.way is Way.FAIL_OPEN,
        owed=call.id in marks.owed,
        recorded=call.id in marks.recorded,
    )


def people_in(office: Office, reach: Reach) -> Mapping[str, str]:
    """The people one may ask for: their names by key."""
    seen = reach.managers
    managers = office.managers.values()
    return {m.key: m.name for m in managers if reach.everything or m.key in seen}


def departments_in(office: Office, reach: Reach) -> Mapping[str, str]:
    """The departments one may ask for: their names by key."""
    departments = office.departments.values()
    return {d.key: d.name for d in departments if reach.everything or d.key in reach.departments}
