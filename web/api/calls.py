"""The log of calls, one call whole, a call placed for somebody, and a note."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from router.calls import Direction, Disposition
from storage.call_search import Place
from storage.notes import Note as StoredNote
from switchboard.call_page import CallPage, call_page
from switchboard.call_recording import RecordingMark
from switchboard.calls_log import Asked, LoggedCall, calls_log
from switchboard.next_contact import NotAhead, Unsaid
from switchboard.notes import Noting, call_of, may_note, note_call
from web.access.roles import Permission
from web.access.session import address_of
from web.api.commands import LONGEST_WAIT_SECONDS, Done, carried_out
from web.api.endpoint import ROOT, Endpoint, Turn
from web.api.errors import NotThere, Unfit
from web.pages.clients import base_of
from web.pages.page import zone_of
from web.stream.answers import scene_of

MOST = 200
_NOT_SENT: Any = Unsaid.UNSAID


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsQuery:
    """Which calls; what is left out does not matter. Days are those of the person's zone."""

    since: Annotated[date | None, "the first day"] = None
    until: Annotated[date | None, "the last day, included"] = None
    person: Annotated[str, "a manager's key: he dialled, talked or was rung"] = ""
    department: str = ""
    line: str = ""
    q: Annotated[str, "a client's name, an application, or a number in any spelling"] = ""
    outcome: Disposition | None = None
    direction: Direction | None = None
    after_hours: bool = False
    recovered: bool = False
    disputed: bool = False
    cursor: Annotated[str, "`next` of the page before"] = ""
    limit: Annotated[int, f"at most {MOST}"] = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call of the log. `number` is the client's, empty where it was hidden."""

    id: str
    pbx: str
    direction: str
    began_at: datetime
    ended_at: datetime | None
    outcome: Annotated[str, "the disposition; empty where it is not known"]
    reason: Annotated[str, "why it was missed"]
    number: str
    client: Annotated[str, "the client's key"]
    client_name: str
    application: str
    line: str
    line_name: str
    department: str
    owner: Annotated[str, "the key of the client's manager"]
    owner_name: str
    person: Annotated[str, "the key of who talked or dialled"]
    person_name: str
    waited_seconds: float
    talk_seconds: float
    recovered: Annotated[bool, "known from the exchange's journal alone"]
    disputed: Annotated[bool, "events and journal told different things"]
    fail_open: Annotated[bool, "the exchange routed it without a plan of ours"]
    owed: Annotated[bool, "nobody has called back yet"]
    recorded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """A page of the log, newest first. `next` is null at its end."""

    items: tuple[Call, ...]
    next: str | None
    looked_back_to: Annotated[datetime | None, "the search stopped there; older calls may fit too"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One attempt to ring somebody; `name` is empty for a number that is nobody's of ours."""

    target: str
    name: str
    mobile: bool
    client: Annotated[bool, "it went to the client himself"]
    at_seconds: float
    outcome: str
    ring_seconds: float
    talk_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What somebody noted. `by` is a login."""

    by: str
    at: datetime
    text: str
    next_contact_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOn:
    """One time the client was handed on."""

    kind: str
    by: str
    to: str
    at: datetime
    completed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """The call's recording; it can be heard when its state is `ready`."""

    id: int
    state: Annotated[str, "expected, arriving, ready, broken, missing, deleted"]
    why: Annotated[str, "what went wrong"]
    seconds: Annotated[float, "its length; 0 where nobody could measure it"]
    formats: Annotated[tuple[str, ...], "as `format` of its sound; empty while there is none"]
    sound: Annotated[str | None, "where its sound is, for tokens with the scope `listen`"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeCall:
    """A call with everything that is known of it; `why` are sentences."""

    call: Call
    legs: tuple[Leg, ...]
    handed_on: tuple[HandedOn, ...]
    why: tuple[str, ...]
    callback: Annotated[str | None, "the item of the callback list that it belongs to"]
    notes: tuple[Note, ...]
    recording: Recording | None
    disagreement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCall:
    """A call to be placed: first the person's own phone rings, then the client is called."""

    number: Annotated[str, "in any spelling"]
    client: Annotated[str, "the key of the client who is meant, where several have the number"] = ""
    manager: Annotated[str, "for whom, a key or an extension; usually oneself"] = ""
    wait_seconds: Annotated[int, f"how long to wait for its end, 0 to {LONGEST_WAIT_SECONDS}"] = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNote:
    """A note of a call; noting it again changes what is sent."""

    text: Annotated[str, "not sent: as it was"] = _NOT_SENT
    next_contact_at: Annotated[datetime | None, "not sent: as it was; null: none"] = _NOT_SENT


async def list_calls(turn: Turn) -> Calls:
    """A page of the log."""
    query = turn.query(CallsQuery)
    if not 1 <= query.limit <= MOST:
        raise Unfit("unreadable", f"limit is 1 to {MOST}.")
    asked = Asked(
        since=query.since,
        until=query.until,
        person=query.person,
        department=query.department,
        line=query.line,
        text=query.q,
        disposition=query.outcome,
        direction=query.direction,
        after_hours=query.after_hours,
        recovered=query.recovered,
        disputed=query.disputed,
    )
    page = await calls_log(
        turn.parts.database,
        turn.office,
        turn.reach,
        asked,
        zone=zone_of(turn.person, turn.office),
        before=place_at(query.cursor),
        limit=query.limit,
    )
    return Calls(
        items=tuple(told(call) for call in page.calls),
        next=cursor_of(page.next),
        looked_back_to=page.looked_back_to,
    )


async def one_call(turn: Turn) -> WholeCall:
    """One call whole."""
    found = await _page(turn)
    return WholeCall(
        call=told(found.call),
        legs=tuple(
            Leg(
                target=leg.target,
                name=leg.name,
                mobile=leg.mobile,
                client=leg.client,
                at_seconds=leg.at_seconds,
                outcome=leg.outcome,
                ring_seconds=leg.ring_seconds,
                talk_seconds=leg.talk_seconds,
            )
            for leg in found.legs
        ),
        handed_on=tuple(
            HandedOn(kind=m.kind, by=m.by, to=m.to, at=m.at, completed=m.completed)
            for m in found.handed_on
        ),
        why=found.why,
        callback=found.callback.id if found.callback else None,
        notes=tuple(told_note(note) for note in found.notes),
        recording=_recording(turn, found.recording) if found.recording else None,
        disagreement=found.disagreement,
    )


async def place_call(turn: Turn) -> Done:
    """Call a client for oneself, or for somebody within reach."""
    body = await turn.body(NewCall)
    by = manager_meant(turn, body.manager)
    if body.client and await base_of(turn.request).readable(body.client) is None:
        raise NotThere(f"There is no client {body.client[:40]} whom you may see.")
    command = turn.parts.control.place(body.number, by, client=body.client)
    return await carried_out(turn, command, body.wait_seconds, by=by)


async def note(turn: Turn) -> Note:
    """Keep a note of a call, live or in the log."""
    body, parts, scene = await turn.body(NewNote), turn.parts, scene_of(turn.request)
    call_id = turn.name("id")
    live = scene.call(call_id)
    department = live.department if live else ""
    found = await call_of(parts.board, parts.database, scene.callers, call_id, department)
    if found is None or not may_note(found, turn.reach):
        raise NotThere
    texts, at = body.text is not _NOT_SENT, body.next_contact_at
    if not (texts and body.text.strip()) and (at is None or at is _NOT_SENT):
        raise Unfit("empty-note", "Write something, or say when to speak again.")
    person = turn.person
    noting = Noting(
        by=person.login,
        manager=person.acting,
        reach=turn.reach,
        address=address_of(turn.request),
    )
    try:
        kept = await note_call(parts.board, found, noting, text=body.text, next_contact_at=at)
    except NotAhead:
        raise Unfit("past", "The next contact is past.") from None
    return told_note(kept)


def manager_meant(turn: Turn, text: str) -> str:
    """Whose phone is meant: one's own, or that of somebody within reach.

    Raises `NotThere`, also where two PBXs have the number: the manager's key says who is meant.
    """
    own = turn.person.manager
    if not text or text == own:
        return own
    found = [m for m in turn.office.managers.values() if text in {m.key, m.extension}]
    if len(found) == 1 and (turn.reach.everything or found[0].key in turn.reach.managers):
        return found[0].key
    raise NotThere(f"There is no manager {text[:40]} for whom you could do this.")


def told(call: LoggedCall) -> Call:
    """A call of the log as the API tells it."""
    return Call(
        id=call.id,
        pbx=call.pbx,
        direction=call.direction,
        began_at=call.began_at,
        ended_at=call.ended_at,
        outcome=call.disposition or "",
        reason=call.reason or "",
        number=call.number,
        client=call.client,
        client_name=call.client_name,
        application=call.application,
        line=call.line,
        line_name=call.line_name,
        department=call.department,
        owner=call.owner,
        owner_name=call.owner_name,
        person=call.person,
        person_name=call.person_name,
        waited_seconds=call.waited_seconds,
        talk_seconds=call.talk_seconds,
        recovered=call.recovered,
        disputed=call.disputed,
        fail_open=call.fail_open,
        owed=call.owed,
        recorded=call.recorded,
    )


def told_note(note: StoredNote) -> Note:
    """A note as the API tells it."""
    return Note(by=note.by, at=note.at, text=note.text, next_contact_at=note.next_contact_at)


def cursor_of(place: Place | None) -> str | None:
    """Where a page ended, as a word that means nothing to anybody else."""
    if place is None:
        return None
    text = f"{place.at.isoformat()}~{place.id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def place_at(cursor: str) -> Place | None:
    """Where a cursor leads; raises `Unfit`."""
    if not cursor:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        written, _, call_id = text.partition("~")
        at = datetime.fromisoformat(written)
    except ValueError:
        raise Unfit("unreadable", "The cursor is none of ours.") from None
    if at.tzinfo is None:
        raise Unfit("unreadable", "The cursor is none of ours.")
    return Place(at=at, id=call_id)


def _recording(turn: Turn, mark: RecordingMark) -> Recording:
    heard = mark.playable and turn.person.may(Permission.LISTEN)
    return Recording(
        id=mark.id,
        state=mark.state,
        why=mark.why,
        seconds=mark.seconds,
        formats=mark.formats,
        sound=f"{ROOT}/recordings/{mark.id}/sound" if heard else None,
    )


async def _page(turn: Turn) -> CallPage:
    found = await call_page(
        turn.parts.database, turn.office, turn.reach, turn.name("id"), language=turn.language
    )
    if found is None:
        raise NotThere
    return found


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/calls",
        summary="The log of calls, newest first",
        handle=list_calls,
        query=CallsQuery,
        answer=Calls,
    ),
    Endpoint(
        method="POST",
        path="/calls",
        summary="Call a client by a click: one's own phone rings first",
        handle=place_call,
        body=NewCall,
        answer=Done,
        refusals=(404, 409),
    ),
    Endpoint(
        method="GET",
        path="/calls/{id}",
        summary="One call whole: legs, why it went there, notes",
        handle=one_call,
        answer=WholeCall,
    ),
    Endpoint(
        method="POST",
        path="/calls/{id}/note",
        summary="Note something of a call, and when to speak again",
        handle=note,
        body=NewNote,
        answer=Note,
    ),
)
