"""The log of calls, its export, and the page of one call."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby
from typing import TypeVar
from urllib.parse import quote, urlencode

from aiohttp import web

from router.calls import Direction, Disposition
from storage.call_search import Place
from switchboard.call_page import call_page
from switchboard.calls_log import (
    Asked,
    LoggedCall,
    calls_log,
    departments_in,
    every_call,
    people_in,
)
from switchboard.names import Names
from web.access.person import person_of
from web.access.reach import reach_of
from web.pages.addresses import client_page
from web.pages.call_recording import page_of
from web.pages.calls_csv import BOM, head, lines
from web.pages.formats import Formats
from web.pages.page import flash, formats, parts_of, render, words, zone_of
from web.pages.periods import spans

Kind = TypeVar("Kind", bound=StrEnum)

WRITTEN_AT_ONCE = 500
"""So many calls of a table are made and sent at once."""
_LONGEST = 80
_FLAGS = ("after_hours", "recovered", "disputed")
_MORE = frozenset(("department", "line", "direction", *_FLAGS))
"""The filters that are folded away until one of them is used."""

routes = web.RouteTableDef()


@routes.get("/calls")
async def log(request: web.Request) -> web.Response:
    """A page of the log."""
    parts, person = parts_of(request), person_of(request)
    office = parts.board.office()
    reach, zone = reach_of(person, office), zone_of(person, office)
    asked = asked_for(request)
    before = place_of(request.query.get("before", ""))
    page = await calls_log(parts.database, office, reach, asked, zone=zone, before=before)
    given = _given(request)
    return render(
        request,
        "calls_log.html",
        page=page,
        days=_by_day(page.calls, formats(request)),
        asked=asked,
        before=before,
        given=given,
        folded=not given.keys() & _MORE,
        people=people_in(office, reach),
        departments=departments_in(office, reach),
        lines={key: found.name for key, found in office.lines.items()},
        outcomes=list(Disposition),
        directions=list(Direction),
        periods=_periods(parts.now().astimezone(zone).date(), given),
        csv=f"/calls.csv?{urlencode(given)}",
        next=_address(given, page.next),
        newest=f"/calls?{urlencode(given)}" if before else "",
    )


@routes.get("/calls.csv")
async def export(request: web.Request) -> web.StreamResponse:
    """The calls that are asked for as a table, sent as they are found."""
    parts, person, t = parts_of(request), person_of(request), words(request)
    office = parts.board.office()
    reach, zone = reach_of(person, office), zone_of(person, office)
    name = f"{t('calls.file')}-{parts.now().astimezone(zone):%Y-%m-%d}.csv"
    answer = web.StreamResponse(
        headers={
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        }
    )
    await answer.prepare(request)
    await answer.write(BOM + head(t))
    piece: list[LoggedCall] = []
    asked = asked_for(request)
    async for call in every_call(parts.database, office, reach, asked, zone=zone):
        piece.append(call)
        if len(piece) >= WRITTEN_AT_ONCE:
            await answer.write(await asyncio.to_thread(lines, piece, t, zone))
            piece.clear()
    await answer.write(await asyncio.to_thread(lines, piece, t, zone))
    await answer.write_eof()
    return answer


@routes.get("/calls/{id}")
async def call(request: web.Request) -> web.Response:
    """One call whole."""
    parts, person, t = parts_of(request), person_of(request), words(request)
    office = parts.board.office()
    found = await call_page(
        parts.database,
        office,
        reach_of(person, office),
        request.match_info["id"],
        language=t.language,
    )
    if found is None:
        raise web.HTTPNotFound
    names, item = Names.of(office), found.callback
    closing = item.closing if item else None
    return render(
        request,
        "calls_one.html",
        page=found,
        here=page_of(found.call.id),
        card=card_of(request, found.call),
        closed_by=names.person(closing.by, closing.pbx or None) if closing else "",
        held_by=names.manager(item.holder(parts.now())) if item else "",
    )


def card_of(request: web.Request, logged: LoggedCall) -> str:
    """Where the client's card is: the CRM's by the settings, else ours; empty for a stranger."""
    if not logged.client:
        return ""
    template = parts_of(request).card_address
    if not template:
        return client_page(logged.client)
    about = {
        "client": logged.client,
        "application": logged.application,
        "number": logged.number,
        "call": logged.id,
    }
    return template.format(**{name: quote(text, safe="") for name, text in about.items()})


# -- what was asked for ---------------------------------------------------------------------------


def asked_for(request: web.Request) -> Asked:
    """The filters of an address; what makes no sense is left out, and a date that does is told."""
    query = request.query
    return Asked(
        since=_date(request, "since"),
        until=_date(request, "until"),
        person=_text(query, "person"),
        department=_text(query, "department"),
        line=_text(query, "line"),
        text=_text(query, "q"),
        disposition=_one_of(Disposition, query.get("outcome", "")),
        direction=_one_of(Direction, query.get("direction", "")),
        after_hours=bool(query.get("after_hours")),
        recovered=bool(query.get("recovered")),
        disputed=bool(query.get("disputed")),
    )


def place_of(text: str) -> Place | None:
    """Where a page begins, as `place_text` writes it; None for the newest calls."""
    written, _, call_id = text.partition("~")
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return None
    return Place(at=at, id=call_id[:_LONGEST]) if at.tzinfo else None


def place_text(place: Place) -> str:
    """A place for an address."""
    return f"{place.at.isoformat()}~{place.id}"


def _text(query: Mapping[str, str], name: str) -> str:
    return "".join(c for c in query.get(name, "").strip()[:_LONGEST] if c.isprintable())


def _date(request: web.Request, name: str) -> date | None:
    text = _text(request.query, name)
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or not 1970 < found.year < 2200:
        flash(request, words(request)("calls.bad-date", text=text), "bad")
        return None
    return found


def _one_of(kinds: type[Kind], text: str) -> Kind | None:
    return kinds(text) if text in set(kinds) else None


def _given(request: web.Request) -> dict[str, str]:
    """The filters as they stand in the address, without those that are empty."""
    known = ("q", "since", "until", "person", "department", "line", "outcome", "direction", *_FLAGS)
    return {name: text for name in known if (text := _text(request.query, name))}


def _address(given: Mapping[str, str], place: Place | None) -> str:
    return f"/calls?{urlencode({**given, 'before': place_text(place)})}" if place else ""


def _periods(today: date, given: Mapping[str, str]) -> list[tuple[str, str, bool]]:
    """The periods of one click: text, address, whether it is the present one."""
    rest = {name: text for name, text in given.items() if name not in {"since", "until"}}
    found = []
    for key, since, until in spans(today):
        span = {"since": since.isoformat(), "until": until.isoformat()}
        now = span == {name: given.get(name) for name in span}
        found.append((key, f"/calls?{urlencode(rest | span)}", now))
    whole = "since" not in given and "until" not in given
    return [*found, ("calls.period-all", f"/calls?{urlencode(rest)}", whole)]


def _by_day(calls: tuple[LoggedCall, ...], fmt: Formats) -> list[tuple[str, list[LoggedCall]]]:
    days = groupby(calls, key=lambda logged: fmt.day(logged.began_at))
    return [(day, list(some)) for day, some in days]
