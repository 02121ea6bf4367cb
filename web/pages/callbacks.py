"""The callback list: whom the company owes a talk, and what people do about it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from router.callbacks import CallbackItem
from router.callbacks_order import Floor
from router.callbacks_report import DayReport
from storage.errors import StorageError
from storage.unit_of_work import UnitOfWork
from storage.writer import Work
from switchboard.callback_desk import Seer, Which, callback_list, colleagues
from switchboard.callback_doing import Desk, Refused, number_of
from switchboard.callbacks import day_report, floor_now
from switchboard.names import Names
from switchboard.news import CallbackActed
from web.access.person import Person, person_of
from web.access.reach import reach_of
from web.access.roles import Permission
from web.dial.pages import ANSWER_SECONDS, placed
from web.pages.page import (
    flash,
    formats,
    is_htmx,
    parts_of,
    render,
    typed_instant,
    words,
    zone_of,
)
from web.signin.forms import WRITE_SECONDS, fields, see

LIST = "callbacks_list.html"
FIRST = 100
"""So many items are drawn at once; the rest where somebody asks for the whole list."""
_LONGEST_TEXT = 2_000

routes = web.RouteTableDef()
Act = Callable[[Desk, str], Awaitable[CallbackItem]]


@routes.get("/callbacks")
async def page(request: web.Request) -> web.Response:
    """The list, and yesterday for those who head others."""
    return render(
        request,
        "callbacks.html",
        **await _list(request, _which(request)),
        report=await _yesterday(request),
        names=Names.of(parts_of(request).board.office()),
    )


@routes.get("/callbacks/list")
async def part(request: web.Request) -> web.Response:
    """The list alone, fetched again when something happens to it."""
    return render(request, LIST, **await _list(request, _which(request)))


@routes.post("/callbacks/{id}/take")
async def take(request: web.Request) -> web.Response:
    """Take an item, or keep it longer."""
    return await _act(request, lambda desk, item: desk.take(item), "callbacks.done-take")


@routes.post("/callbacks/{id}/give-back")
async def give_back(request: web.Request) -> web.Response:
    """Give an item back to everybody."""
    return await _act(request, lambda desk, item: desk.give_back(item), "callbacks.done-give-back")


@routes.post("/callbacks/{id}/give")
async def give(request: web.Request) -> web.Response:
    """Give an item to a colleague."""
    to = (await fields(request)).get("to", "")
    return await _act(request, lambda desk, item: desk.give(item, to), "callbacks.done-give")


@routes.post("/callbacks/{id}/note")
async def note(request: web.Request) -> web.Response:
    """Write how it went, and when to call again."""
    form = await fields(request)
    text, written = form.get("note", "")[:_LONGEST_TEXT], form.get("promised", "").strip()
    promised = typed_instant(request, written)
    if written and promised is None:
        return await _refused(request, words(request)("callbacks.refused-bad-time"))
    done = "callbacks.done-promise" if promised else "callbacks.done-note"
    return await _act(request, lambda desk, i: desk.note(i, text, promised_at=promised), done)


@routes.post("/callbacks/{id}/voicemail")
async def voicemail(request: web.Request) -> web.Response:
    """Say that the last callback reached a voicemail."""
    return await _act(request, lambda desk, item: desk.voicemail(item), "callbacks.done-voicemail")


@routes.post("/callbacks/{id}/not-needed")
async def not_needed(request: web.Request) -> web.Response:
    """Close an item with the reason."""
    reason = (await fields(request)).get("reason", "")[:_LONGEST_TEXT]
    return await _act(
        request, lambda desk, item: desk.not_needed(item, reason), "callbacks.done-not-needed"
    )


@routes.post("/callbacks/{id}/call")
async def call(request: web.Request) -> web.Response:
    """Take an item and call the client: one's own phone rings first."""
    item, seer, t = request.match_info["id"], seer_of(request), words(request)
    desk = await _desk(request, seer)
    try:
        database = parts_of(request).database
        number, client = await number_of(database, desk.floor, seer, item)
        if not number:
            return await _refused(request, t("callbacks.refused-hidden"))
        mine = await _held(request, item, seer, desk.floor)
        await desk.take(item)
    except Refused as refused:
        return await _refused(request, _sentence(request, refused))
    except (TimeoutError, StorageError):
        return await _refused(request, t("callbacks.refused-not-now"))
    told = await placed(request, number, seer.by, ANSWER_SECONDS, client=client)
    if told is not None and not told.well:
        if not mine:  # a moment later: acts of one instant have no order
            await (await _desk(request, seer)).give_back(item)
        return await _refused(request, told.sentence(t.language))
    return await _done(request, item, t("callbacks.calling"))


# -- who looks, and what he sees ------------------------------------------------------------------


def seer_of(request: web.Request) -> Seer:
    """Who looks at the list; whoever has no phone in the office acts under his name."""
    person = person_of(request)
    office = parts_of(request).board.office()
    known = person.manager in office.managers
    return Seer(
        reach=reach_of(person, office),
        manager=person.acting if person.acting in office.managers else "",
        by=person.manager if known else person.name,
    )


async def _list(request: web.Request, which: Which) -> dict[str, Any]:
    parts, seer, fmt = parts_of(request), seer_of(request), formats(request)
    floor = await _floor(request)
    since = datetime.combine(floor.now.astimezone(fmt.zone).date(), time(), fmt.zone)
    which = which if seer.manager else Which.ALL
    found = await callback_list(parts.database, floor, seer, which, since=since)
    whole = _whole(request)
    drawn = [n for at, n in enumerate(found.items) if whole or at < FIRST or n.held_by_me]
    return {
        "list": found,
        "drawn": drawn,
        "undrawn": len(found.items) - len(drawn),
        "which": which,
        "asked": _asked(which, whole=whole),
        "asked_whole": _asked(which, whole=True),
        "seer": seer,
        "has_phone": seer.by in floor.office.managers,
        "colleagues": colleagues(floor.office, seer),
    }


def _which(request: web.Request) -> Which:
    """The tab, as the address or the form of an act says it."""
    asked = request.query.get("which", "")
    return Which(asked) if asked in set(Which) else Which.MINE


def _whole(request: web.Request) -> bool:
    """Whether every item is to be drawn, as the address says it."""
    return request.query.get("whole") == "1"


def _asked(which: Which, *, whole: bool) -> str:
    """The question that asks for the same list again."""
    return urlencode({"which": which} | ({"whole": "1"} if whole else {}))


async def _floor(request: web.Request) -> Floor:
    parts = parts_of(request)
    return await floor_now(parts.database, parts.board.office(), parts.now(), parts.board.calendar)


async def _yesterday(request: web.Request) -> DayReport | None:
    """Yesterday in figures, for those who read reports."""
    person: Person = person_of(request)
    if not person.may(Permission.REPORTS):
        return None
    parts, office = parts_of(request), parts_of(request).board.office()
    zone, reach = zone_of(person, office), reach_of(person, office)
    today = parts.now().astimezone(zone).date()
    counted = await day_report(
        parts.database,
        datetime.combine(today - timedelta(days=1), time(), zone),
        datetime.combine(today, time(), zone),
        office=office,
        calendar=parts.board.calendar,
        departments=None if reach.everything else reach.departments,
    )
    return counted if counted.items or counted.people else None


# -- doing ----------------------------------------------------------------------------------------


async def _desk(request: web.Request, seer: Seer) -> Desk:
    board = parts_of(request).board

    async def write(work: Work[CallbackItem]) -> CallbackItem:
        async with asyncio.timeout(WRITE_SECONDS):
            return await board.write(work)

    lease = parts_of(request).lease_seconds
    return Desk(write=write, floor=await _floor(request), seer=seer, lease_seconds=lease)


async def _held(request: web.Request, item: str, seer: Seer, floor: Floor) -> bool:
    """Whether the item was his before."""
    async with parts_of(request).database.reading() as connection:
        found = await UnitOfWork(connection).callbacks.get(item)
    return found is not None and found.holder(floor.now) == seer.by


async def _act(request: web.Request, act: Act, done: str) -> web.Response:
    item = request.match_info["id"]
    desk = await _desk(request, seer_of(request))
    try:
        changed = await act(desk, item)
    except Refused as refused:
        return await _refused(request, _sentence(request, refused))
    except (TimeoutError, StorageError):
        return await _refused(request, words(request)("callbacks.refused-not-now"))
    return await _done(request, item, _said(request, done, changed, desk.floor))


def _said(request: web.Request, done: str, item: CallbackItem, floor: Floor) -> str:
    fmt, names = formats(request), Names.of(floor.office)
    return words(request)(
        done,
        until=fmt.moment(item.taken_until),
        who=names.manager(item.holder(floor.now)),
        at=fmt.moment(item.promised_at),
    )


def _sentence(request: web.Request, refused: Refused) -> str:
    until = formats(request).moment(refused.until)
    return words(request)(f"callbacks.refused-{refused.why}", who=refused.who or "—", until=until)


async def _done(request: web.Request, item: str, text: str) -> web.Response:
    parts_of(request).board.news.tell(CallbackActed(callback_id=item))
    flash(request, text)
    return await _shown(request)


async def _refused(request: web.Request, text: str) -> web.Response:
    flash(request, text, "bad")
    return await _shown(request)


async def _shown(request: web.Request) -> web.Response:
    """The list again: as a fragment, else by the page."""
    which = _which(request)
    if is_htmx(request):
        return render(request, LIST, **await _list(request, which))
    return see(f"/callbacks?{_asked(which, whole=_whole(request))}")
