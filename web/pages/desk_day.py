"""What the desk shows of the database: calls of today, callbacks, next contacts, the last talk.

Calls and talks are those of all his desks: an assistant's are also at a phone of his own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from aiohttp import web

from router.calls import Call, Direction, Disposition
from router.office import Manager, Office
from router.phones import Phone, any_of, phones_of
from storage.call_search import Wanted, find_calls
from storage.clients import Clients
from storage.connection import AnyConnection
from storage.ended_calls import Calls
from storage.notes import Note, Notes
from storage.reach import Reach
from storage.records import ClientRecord, OpenCallback, StoredCall
from switchboard.board import Board
from switchboard.desk import manager_at
from switchboard.notes import call_of, may_note
from web.access.person import Person
from web.access.reach import desks_of, reach_of
from web.pages.page import parts_of, zone_of
from web.stream.answers import FANOUT, scene_of

TODAY = 40
OWED = 5
DUE = 6
OFFERED = timedelta(minutes=30)
"""So long after a talk its note is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCall:
    """A call of today as its manager sees it; `how` names its sentence, `who` fills it."""

    call_id: str
    at: datetime
    outgoing: bool
    client_name: str
    number: str
    how: str
    who: str
    talk_seconds: float
    note: str
    noted: bool
    talked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A next contact that is due; the number is the client's first, a stranger's that of his call.

    `client` is the key of whose card tells more, "" where there is none that he may see.
    """

    note: Note
    client: str
    client_name: str
    number: str
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterCall:
    """The call whose note is asked for, and what was noted of it so far."""

    call_id: str
    client_name: str
    number: str
    live: bool
    text: str = ""
    next_contact_at: datetime | None = None


async def calls_of_today(request: web.Request, person: Person) -> tuple[DayCall, ...]:
    """His calls since midnight, the newest first."""
    parts = parts_of(request)
    office, now = parts.board.office(), parts.now()
    since = midnight(now, zone_of(person, office))
    stored = await _his_calls(request, person, since, limit=TODAY)
    notes, phones = await _notes_of(request, stored), _phones(person, office)
    return tuple(_day_call(one, phones, office, notes.get(one.call.id)) for one in stored)


async def callbacks_of(
    request: web.Request, manager: Manager
) -> tuple[tuple[OpenCallback, ...], int]:
    """The first of his callbacks, and how many there are."""
    found = await request.app[FANOUT].owed.of(manager.key)
    return found[:OWED], len(found)


async def contacts_due(request: web.Request, person: Person, manager: Manager) -> tuple[Due, ...]:
    """Whom he promised himself to call until the end of tomorrow."""
    parts = parts_of(request)
    office, now = parts.board.office(), parts.now()
    until = midnight(now, zone_of(person, office)) + timedelta(days=2)
    reach = reach_of(person, office)
    async with parts.database.reading() as connection:
        found = []
        for note in await Notes(connection).due(manager.key, until, limit=DUE):
            record, number = await _whom(connection, parts.board, reach, note)
            numbers = (n.e164 or n.raw for n in record.numbers) if record else iter(())
            found.append(
                Due(
                    note=note,
                    client=record.key if record else "",
                    client_name=record.name if record else "",
                    number=next(numbers, number),
                    late=bool(note.next_contact_at and note.next_contact_at <= now),
                )
            )
    return tuple(found)


async def _whom(
    connection: AnyConnection, board: Board, reach: Reach, note: Note
) -> tuple[ClientRecord | None, str]:
    """A note's client, else who has the number of its call by now; and that number."""
    clients = Clients(connection)
    if known := await clients.get(note.client) if note.client else None:
        return known, ""
    stored = await Calls(connection).get(note.call_id) if note.call_id else None
    call = stored.call if stored else board.live.get(note.call_id)
    if call is None:
        return None, ""
    number = call.line if call.direction is Direction.OUTBOUND else call.caller
    if stored is None:
        return None, number
    record = await clients.get(stored.client_today) if stored.client_today else None
    seen = record and reach.sees_client(record.owner, [w.manager for w in record.applications])
    return record if seen else None, stored.number_e164 or number


async def after_call(request: web.Request, person: Person) -> AfterCall | None:
    """The talk of this moment, the one asked for, or the last without a note."""
    asked = request.query.get("note", "")
    call_id = asked or _live_talk(request, person) or await _last_without_note(request, person)
    return await about_call(request, person, call_id) if call_id else None


async def about_call(request: web.Request, person: Person, call_id: str) -> AfterCall | None:
    """The form for the note of a call; None where there is none that he may note."""
    parts, scene = parts_of(request), scene_of(request)
    live = scene.call(call_id)
    department = live.department if live else ""
    found = await call_of(parts.board, parts.database, scene.callers, call_id, department)
    if found is None or not may_note(found, reach_of(person, parts.board.office())):
        return None
    async with parts.database.reading() as connection:
        written = await Notes(connection).of_calls([call_id])
    mine = next((note for note in written if note.by == person.login), None)
    call = found.call
    return AfterCall(
        call_id=call_id,
        client_name=found.client_name,
        number=call.line if call.direction is Direction.OUTBOUND else call.caller,
        live=live is not None and call.ended_at is None,
        text=mine.text if mine else "",
        next_contact_at=mine.next_contact_at if mine else None,
    )


def _live_talk(request: web.Request, person: Person) -> str:
    scene = scene_of(request)
    talks = (card for m in desks_of(person, scene.office) for card in scene.desk(m).talking)
    return next((card.call_id for card in talks if not card.colleague), "")


async def _last_without_note(request: web.Request, person: Person) -> str:
    parts = parts_of(request)
    office, now = parts.board.office(), parts.now()
    stored = await _his_calls(request, person, now - timedelta(hours=3), limit=10)
    notes, phones = await _notes_of(request, stored), _phones(person, office)
    dismissed = request.app[FANOUT].dismissed
    for one in stored:
        call = one.call
        if not _talked(call, phones) or now - (call.ended_at or now) > OFFERED:
            continue
        key = (person.acting, call.id)
        return "" if call.id in notes or key in dismissed else call.id
    return ""


async def _his_calls(
    request: web.Request, person: Person, since: datetime, *, limit: int
) -> tuple[StoredCall, ...]:
    """The calls that he dialled, that he talked in or that rang at him, the newest first."""
    parts = parts_of(request)
    office, found = parts.board.office(), dict[str, StoredCall]()
    everything = Reach(everything=True)  # they are his own
    for manager in desks_of(person, office):  # each by itself is led by its indexes
        wanted = Wanted(since=since, phones=phones_of(manager, office))
        page = await find_calls(parts.database, wanted, everything, limit=limit)
        found |= {stored.call.id: stored for stored in page.calls}
    return tuple(sorted(found.values(), key=_began, reverse=True)[:limit])


def _began(stored: StoredCall) -> tuple[datetime, str]:
    return stored.call.began_at, stored.call.id


def _phones(person: Person, office: Office) -> frozenset[Phone]:
    desks = desks_of(person, office)
    return frozenset(phone for manager in desks for phone in phones_of(manager, office))


async def _notes_of(request: web.Request, stored: Sequence[StoredCall]) -> dict[str, Note]:
    async with parts_of(request).database.reading() as connection:
        found = await Notes(connection).of_calls([one.call.id for one in stored])
    return {note.call_id: note for note in found}


def midnight(now: datetime, zone: ZoneInfo) -> datetime:
    """When today began there."""
    return datetime.combine(now.astimezone(zone).date(), time(), zone).astimezone(now.tzinfo)


def _talked(call: Call, phones: Collection[Phone]) -> bool:
    who = call.caller if call.direction is Direction.OUTBOUND else call.answered_by
    return any_of(phones, call.pbx, (who or "",))


def _day_call(
    stored: StoredCall, phones: Collection[Phone], office: Office, note: Note | None
) -> DayCall:
    call = stored.call
    outgoing = call.direction is not Direction.INBOUND
    party = call.line if outgoing else call.caller
    how, who = _how(call, phones, office)
    return DayCall(
        call_id=call.id,
        at=call.began_at,
        outgoing=outgoing,
        client_name=stored.client_name,
        number=stored.number_e164 or party,
        how=how,
        who=who,
        talk_seconds=call.talk_seconds,
        note=note.text if note else "",
        noted=note is not None,
        talked=how == "talked",
    )


def _how(call: Call, phones: Collection[Phone], office: Office) -> tuple[str, str]:
    """What became of a call, from where he sits."""
    if call.disposition is Disposition.ANSWERED:
        if _talked(call, phones):
            return "talked", ""
        other = manager_at(office, call.pbx, call.answered_by or "")[0]
        return "elsewhere", other.name if other else call.answered_by or ""
    return str(call.disposition or Disposition.MISSED), ""
