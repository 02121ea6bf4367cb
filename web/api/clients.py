"""Clients: whose number is this, a card, a new client, a note, another manager."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from storage.call_marks import marks_of
from storage.records import ClientRecord
from switchboard.calls_log import logged
from switchboard.client_changes import (
    Told,
    add_client,
    hand_over,
    may_own,
    note_client,
)
from switchboard.clients import ClientBase
from switchboard.names import Names
from switchboard.next_contact import NotAhead
from web.api.calls import Call, Note, cursor_of, place_at, told, told_note
from web.api.endpoint import Endpoint, Turn
from web.api.errors import NotPossible, NotThere, NotYours, Unfit
from web.pages.addresses import client_in
from web.pages.clients import base_of

MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientsQuery:
    """Who is looked for; nothing: your own clients."""

    q: Annotated[str, "a name, a number in any spelling, an application"] = ""
    limit: Annotated[int, f"at most {MOST}"] = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """An order or a deal of a client."""

    key: str
    title: str
    open: bool
    manager: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client. `owner` is a manager's key, empty for nobody."""

    key: str
    name: str
    owner: str
    owner_name: str
    numbers: Annotated[tuple[str, ...], "E.164 where they can be read"]
    applications: tuple[Application, ...]
    blocked: bool
    switchboard: Annotated[bool, "the number belongs to many people"]
    no_recording: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Clients:
    """Clients, best first; `more`: a longer question would show others."""

    items: tuple[Client, ...]
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CardQuery:
    """Which page of the client's calls."""

    cursor: Annotated[str, "`next` of the page before"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCard:
    """A client's card. `access`: `reach` is yours; `call`: for 24 h, because a call rang at you."""

    client: Client
    access: str
    notes: tuple[Note, ...]
    callbacks: Annotated[tuple[str, ...], "open items of the callback list"]
    calls: tuple[Call, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClient:
    """A client to be added. `sure`: also where the same number or name is there already."""

    name: str = ""
    numbers: Annotated[tuple[str, ...], "in any spelling"] = ()
    owner: str = ""
    sure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientNote:
    """A note without a call, and when to speak again."""

    text: str
    application: str = ""
    next_contact_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """Whose client he is from now on."""

    to: Annotated[str, "a manager's key"]


async def find(turn: Turn) -> Clients:
    """Look for clients."""
    query = turn.query(ClientsQuery)
    if not 1 <= query.limit <= MOST:
        raise Unfit("unreadable", f"limit is 1 to {MOST}.")
    base = base_of(turn.request)
    if not query.q.strip():
        own = await base.recent(limit=query.limit)
        return Clients(items=tuple(_client(turn, each) for each in own), more=False)
    found = await base.find(query.q.strip()[:MOST], limit=query.limit)
    return Clients(items=tuple(_client(turn, each) for each in found.clients), more=found.more)


async def card(turn: Turn) -> ClientCard:
    """One client with his history."""
    before = place_at(turn.query(CardQuery).cursor)
    found = await base_of(turn.request).card(client_in(turn.name("key")), before=before)
    if found is None:
        raise NotThere
    names = Names.of(turn.office)
    marks = await marks_of(turn.parts.database, [stored.call.id for stored in found.calls.calls])
    return ClientCard(
        client=_client(turn, found.client),
        access=found.access,
        notes=tuple(told_note(note) for note in found.notes),
        callbacks=found.owed,
        calls=tuple(told(logged(stored, names, marks)) for stored in found.calls.calls),
        next=cursor_of(found.calls.next),
    )


async def add(turn: Turn) -> Client:
    """Add a client, unless he may be there already."""
    body, base = await turn.body(NewClient), base_of(turn.request)
    numbers, bad = base.read_numbers("\n".join(n.replace("\n", " ") for n in body.numbers))
    name = " ".join(body.name.split())
    if bad:
        raise Unfit("not-a-number", f"This is no telephone number: {bad[0]}.")
    if not name and not numbers:
        raise Unfit("name-or-number", "A client needs a name or a number.")
    if not may_own(base, body.owner):
        raise NotYours("may-not-own", "You may not make this manager the owner.")
    alike = () if body.sure else await base.alike(name, numbers)
    if alike:
        details = [{"key": a.key, "name": a.name, "owner": a.owner} for a in alike]
        raise NotPossible("perhaps-there", "He may be there already; send `sure`.", details)
    key = f"w-{secrets.token_hex(5)}"
    wanted = Told(name=name or numbers[0].raw, owner=body.owner)
    return _client(turn, await add_client(base, key, wanted, numbers))


async def note(turn: Turn) -> ClientCard:
    """Note something of a client."""
    body, base = await turn.body(ClientNote), base_of(turn.request)
    client = await base.readable(client_in(turn.name("key")))
    if client is None:
        raise NotThere
    if not body.text.strip():
        raise Unfit("empty-note", "Write something.")
    try:
        await note_client(
            base,
            client,
            body.text,
            application=body.application,
            next_contact_at=body.next_contact_at,
        )
    except NotAhead:
        raise Unfit("past", "The next contact is past.") from None
    return await card(turn)


async def give(turn: Turn) -> Client:
    """Hand a client over to another manager."""
    body, base = await turn.body(HandOver), base_of(turn.request)
    client = await _own(base, client_in(turn.name("key")))
    if body.to not in turn.office.managers:
        raise Unfit("no-such-manager", "There is no such manager in the office.")
    if not may_own(base, body.to, client.owner):
        raise NotYours("may-not-own", "You may not make this manager the owner.")
    await hand_over(base, client, body.to)
    return _client(turn, await _own(base, client.key, after=client))


async def _own(base: ClientBase, key: str, *, after: ClientRecord | None = None) -> ClientRecord:
    found = await base.seen(key)
    if found is None and after is None:
        raise NotThere
    return found or after  # type: ignore[return-value]  # one of the two is there


def _client(turn: Turn, record: ClientRecord) -> Client:
    owner = turn.office.managers.get(record.owner)
    return Client(
        key=record.key,
        name=record.name,
        owner=record.owner,
        owner_name=owner.name if owner else record.owner,
        numbers=tuple(number.e164 or number.raw for number in record.numbers),
        applications=tuple(
            Application(key=a.key, title=a.title, open=a.open, manager=a.manager)
            for a in record.applications
        ),
        blocked=record.blocked,
        switchboard=record.switchboard,
        no_recording=record.no_recording,
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/clients",
        summary="Whose client is this? By name, number or application",
        handle=find,
        query=ClientsQuery,
        answer=Clients,
    ),
    Endpoint(
        method="POST",
        path="/clients",
        summary="Add a client",
        handle=add,
        body=NewClient,
        answer=Client,
        status=201,
        refusals=(409,),
    ),
    Endpoint(
        method="GET",
        path="/clients/{key}",
        summary="A client's card with his calls",
        handle=card,
        query=CardQuery,
        answer=ClientCard,
    ),
    Endpoint(
        method="POST",
        path="/clients/{key}/note",
        summary="Note something of a client",
        handle=note,
        body=ClientNote,
        answer=ClientCard,
    ),
    Endpoint(
        method="POST",
        path="/clients/{key}/hand-over",
        summary="Make him another manager's client",
        handle=give,
        body=HandOver,
        answer=Client,
    ),
)
