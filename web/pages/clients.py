"""Clients: finding them, one client's card, and who is added.

What people change on a card is in `client_forms`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from router.calls import CallState, Direction, Disposition, MissedReason
from storage.call_marks import marks_of
from storage.call_search import FoundCalls, Place
from storage.client_search import Found
from storage.clients import number_identity
from storage.notes import Note
from storage.records import StoredCall
from switchboard.call_sight import is_theirs, within
from switchboard.clients import Card, ClientBase, Viewer
from switchboard.names import Names
from switchboard.news import ClientChanged
from web.access.person import person_of
from web.access.reach import reach_of
from web.access.roles import Permission
from web.access.session import address_of
from web.pages.addresses import client_in, client_page
from web.pages.page import is_htmx, parts_of, render

LONGEST = 200

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing of a client's history: a call with its notes, or a note without a call."""

    at: datetime
    call_id: str = ""
    direction: Direction | None = None
    disposition: Disposition | None = None
    reason: MissedReason | None = None
    person: str = ""
    line: str = ""
    number: str = ""
    application: str = ""
    talk_seconds: float = 0.0
    notes: tuple[Note, ...] = ()


@routes.get("/clients")
async def clients(request: web.Request) -> web.Response:
    """The box to search in, and what was found; without a question one's own clients."""
    base = base_of(request)
    typed = request.query.get("q", "").strip()[:LONGEST]
    found = await base.find(typed) if typed else Found(clients=await base.recent())
    only = found.clients[0] if typed and len(found.clients) == 1 else None
    if only is not None and not is_htmx(request):
        raise web.HTTPSeeOther(client_page(only.key))
    template = "clients_found.html" if is_htmx(request) else "clients.html"
    return render(request, template, query=typed, found=found, names=names_of(request))


@routes.get("/clients/new")
async def new_client(request: web.Request) -> web.Response:
    """An empty form, or one with the number that was asked for."""
    told = {name: request.query.get(name, "")[:LONGEST] for name in ("name", "numbers")}
    return new_form(request, told | {"owner": person_of(request).acting})


@routes.get("/clients/{key:.+}")
async def client(request: web.Request) -> web.Response:
    """A client's card."""
    return await card_page(request, request.query)


async def card_page(
    request: web.Request,
    asked: Mapping[str, str],
    *,
    text: str = "",
    next_contact: str = "",
    status: int = 200,
) -> web.Response:
    """A client's card, with what was typed into the form of a note that is not kept."""
    before = _place(asked.get("before", ""))
    work = asked.get("application", "").strip()[:LONGEST]
    card = await base_of(request).card(key_of(request), application=work, before=before)
    if card is None:
        raise web.HTTPNotFound
    names, here = names_of(request), client_page(card.client.key)
    return render(
        request,
        "clients_card.html",
        status=status,
        card=card,
        client=card.client,
        here=here,
        application=work,
        text=text,
        next_contact=next_contact,
        whole=f"{here}#history",
        history=list(_history(card, names, work, older=before is not None)),
        recorded=await _recorded(request, card),
        older=_older(card, work),
        newest=history_of(here, work) if before else "",
        names=names,
        owners=owners(request),
        identity=number_identity,
        of_application={each.key: history_of(here, each.key) for each in card.client.applications},
        writers={note.by: names.manager(note.manager) or note.by for note in card.notes},
    )


def new_form(
    request: web.Request, told: Mapping[str, str], *, alike: Sequence[Any] = (), trouble: str = ""
) -> web.Response:
    """The form for a new client, with whoever may be the same."""
    return render(
        request,
        "clients_new.html",
        told=told,
        alike=alike,
        trouble=trouble,
        names=names_of(request),
        owners=owners(request),
    )


def base_of(request: web.Request) -> ClientBase:
    """The client base as the person may see it."""
    parts, person = parts_of(request), person_of(request)
    office = parts.board.office()
    viewer = Viewer(
        login=person.login,
        manager=person.acting,
        desks=person.desks,
        reach=reach_of(person, office),
        heads=person.may(Permission.CLIENTS_HAND_OVER),
        address=address_of(request),
    )
    return ClientBase(
        database=parts.database,
        writer=parts.writer,
        office=office,
        viewer=viewer,
        now=parts.now(),
        changed=lambda key: parts.board.news.tell(ClientChanged(client=key)),
    )


def key_of(request: web.Request) -> str:
    """The key of the client whom a request is about."""
    return client_in(request.match_info["key"])


def names_of(request: web.Request) -> Names:
    """The names of today's office."""
    return Names.of(parts_of(request).board.office())


def owners(request: web.Request) -> list[tuple[str, str]]:
    """Whom the person may make an owner, by name."""
    person, office = person_of(request), parts_of(request).board.office()
    reach = reach_of(person, office)
    allowed = (m for m in office.managers.values() if reach.everything or m.key in reach.managers)
    return sorted(((m.key, m.name) for m in allowed), key=lambda pair: pair[1])


async def _recorded(request: web.Request, card: Card) -> frozenset[str]:
    """The calls of this page that can be listened to, as far as whoever asks may."""
    if not person_of(request).may(Permission.LISTEN):
        return frozenset()
    viewer = base_of(request).viewer
    theirs = is_theirs(card.client, viewer.reach)
    heard = [c.call.id for c in card.calls.calls if theirs or within(c, viewer.reach)]
    return (await marks_of(parts_of(request).database, heard)).recorded


def _history(card: Card, names: Names, application: str, *, older: bool) -> Iterator[Told]:
    """Calls of this page with their notes; between them notes without a call."""
    by_call: dict[str, list[Note]] = {}
    for note in reversed(card.notes):
        by_call.setdefault(note.call_id, []).append(note)
    told = [_call(stored, names, by_call.get(stored.call.id, [])) for stored in card.calls.calls]
    begins = told[0].at if older and told else None
    ends = told[-1].at if card.calls.next and told else None
    told += [
        Told(at=note.at, notes=(note,))
        for note in by_call.get("", [])
        if note.text
        and (not application or note.application == application)
        and (not begins or note.at <= begins)
        and (not ends or note.at > ends)
    ]
    yield from sorted(told, key=lambda one: one.at, reverse=True)


def _call(stored: StoredCall, names: Names, notes: Sequence[Note]) -> Told:
    call = stored.call
    outbound = call.direction is Direction.OUTBOUND
    at = call.caller if outbound else call.answered_by
    person = names.manager_at(at, call.pbx)
    return Told(
        at=call.began_at,
        call_id=call.id,
        direction=call.direction,
        disposition=call.disposition if call.state is CallState.ENDED else None,
        reason=call.reason,
        person=person.name if person else (at or ""),
        line="" if outbound else names.line(call.line),
        number=stored.number_e164 or "",
        application=stored.application,
        talk_seconds=call.talk_seconds,
        notes=tuple(note for note in notes if note.text),
    )


def _older(card: Card, application: str) -> str:
    calls: FoundCalls = card.calls
    if calls.next is None:
        return ""
    place = f"{calls.next.at.isoformat()}|{calls.next.id}"
    return history_of(client_page(card.client.key), application, before=place)


def history_of(here: str, application: str, **other: str) -> str:
    """The card with the talks about one application, or about all."""
    about = {"application": application, **other}
    asked = urlencode({name: text for name, text in about.items() if text})
    return f"{here}{'?' if asked else ''}{asked}#history"


def _place(text: str) -> Place | None:
    at, _, call_id = text.partition("|")
    try:
        read = datetime.fromisoformat(at)
    except ValueError:
        return None
    return Place(at=read, id=call_id[:LONGEST]) if read.tzinfo else None
