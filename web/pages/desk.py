"""The desk: where a manager's day begins, and what he does there.

Pages are thin: what stands on the desk is judged in `switchboard.desk`, drawn in `web.stream`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from aiohttp import web

from router.office import Manager, Status
from storage.notes import Notes
from switchboard.next_contact import NotAhead, Unit, proposed
from switchboard.notes import LONGEST, Noting, call_of, contact_done, may_note, note_call
from switchboard.reachable import shift_end
from switchboard.status_changes import StatusChange, change_status
from web.access.person import Person, person_of
from web.access.reach import reach_of
from web.access.session import address_of
from web.pages import desk_day
from web.pages.desk_day import AfterCall
from web.pages.page import (
    back,
    flash,
    formats,
    is_htmx,
    parts_of,
    render,
    typed_instant,
    words,
    zone_of,
)
from web.signin.forms import fields, see
from web.stream import drawing
from web.stream.answers import FANOUT, scene_of, viewer_of

USUAL_MINUTES = {Status.LUNCH: 60, Status.MEETING: 60, Status.DO_NOT_DISTURB: 60}
LONGEST_MINUTES = 24 * 60

routes = web.RouteTableDef()


@routes.get("/desk")
async def desk(request: web.Request) -> web.Response:
    """A manager's start page."""
    person = person_of(request)
    manager = _manager(request, person)
    found = await desk_day.after_call(request, person) if manager else None
    return await _page(request, person, manager, found)


async def _page(
    request: web.Request,
    person: Person,
    manager: Manager | None,
    form: AfterCall | None,
    *,
    status: int = 200,
) -> web.Response:
    if manager is None:
        return render(request, "desk.html", manager=None, status=status)
    scene = scene_of(request)
    await scene.read_rows()
    viewer = viewer_of(request)
    owed, owed_count = await desk_day.callbacks_of(request, manager)
    return render(
        request,
        "desk.html",
        status=status,
        manager=manager,
        assisting=manager.key != person.manager,
        pops=drawing.pops(scene, viewer),
        talk=drawing.talk(scene, viewer),
        take=drawing.take(scene, viewer),
        info=drawing.info(scene, viewer),
        my_status=drawing.status(scene, viewer),
        after=form,
        calls=await desk_day.calls_of_today(request, person),
        owed=owed,
        owed_count=owed_count,
        due=await desk_day.contacts_due(request, person, manager),
        longest=LONGEST,
    )


@routes.get("/desk/after")
async def after(request: web.Request) -> web.Response:
    """The form for the note of the talk."""
    person, _ = _whose(request)
    found = await desk_day.after_call(request, person)
    return render(request, "desk_after.html", after=found, longest=LONGEST)


@routes.get("/desk/today")
async def today(request: web.Request) -> web.Response:
    """His calls of today."""
    person, _ = _whose(request)
    calls = await desk_day.calls_of_today(request, person)
    return render(request, "desk_today.html", calls=calls)


@routes.get("/desk/callbacks")
async def callbacks(request: web.Request) -> web.Response:
    """The first of his callbacks."""
    _, manager = _whose(request)
    owed, count = await desk_day.callbacks_of(request, manager)
    return render(request, "desk_callbacks.html", owed=owed, owed_count=count)


@routes.get("/desk/callbacks-count")
async def callbacks_count(request: web.Request) -> web.Response:
    """How many callbacks are his, for the menu of every page."""
    manager = _manager(request, person_of(request))
    count = (await desk_day.callbacks_of(request, manager))[1] if manager else 0
    return web.Response(text=str(count or ""), content_type="text/html")


@routes.get("/desk/due")
async def due(request: web.Request) -> web.Response:
    """His next contacts."""
    person, manager = _whose(request)
    found = await desk_day.contacts_due(request, person, manager)
    return render(request, "desk_due.html", due=found)


@routes.get("/desk/next-contact")
async def next_contact(request: web.Request) -> web.Response:
    """When to speak again with a client who said "in so many days", as a value of the form."""
    person = person_of(request)
    at = _proposal(request, person, request.query)
    zone = zone_of(person, parts_of(request).board.office())
    return web.Response(text=_typed(at, zone) if at else "", content_type="text/plain")


@routes.post("/desk/status")
async def my_status(request: web.Request) -> web.Response:
    """Set one's own status, or that of the manager whom one assists."""
    person, manager = _whose(request)
    return await _set_status(request, person, manager)


@routes.post("/desk/status/{manager}")
async def status_of_other(request: web.Request) -> web.Response:
    """Set the status of somebody within reach."""
    person, office = person_of(request), parts_of(request).board.office()
    manager = office.managers.get(request.match_info["manager"])
    reach = reach_of(person, office)
    if manager is None:
        raise web.HTTPNotFound
    if not (reach.everything or manager.department in reach.departments):
        raise web.HTTPNotFound
    return await _set_status(request, person, manager)


@routes.post("/notes")
async def note(request: web.Request) -> web.Response:
    """Keep the note of a call, or say that there is nothing to note."""
    person, parts, t = person_of(request), parts_of(request), words(request)
    asked = await fields(request)
    call_id, text = asked.get("call", ""), asked.get("text", "").strip()
    scene = scene_of(request)
    live = scene.call(call_id)
    department = live.department if live else ""
    found = await call_of(parts.board, parts.database, scene.callers, call_id, department)
    reach = reach_of(person, parts.board.office())
    if found is None or not may_note(found, reach):
        raise web.HTTPNotFound
    noting = Noting(
        by=person.login, manager=person.acting, reach=reach, address=address_of(request)
    )
    try:
        at = await _next_contact(request, person, asked)
        if not text and at is None:
            request.app[FANOUT].dismiss(person.acting, call_id)
            return _done(request, "/desk")
        await note_call(parts.board, found, noting, text=text, next_contact_at=at)
    except NotAhead as refused:
        return await _asked_again(request, person, call_id, text, refused.at)
    request.app[FANOUT].nudge("desk-after", "desk-today", "desk-due")
    if at:
        flash(request, t("desk.noted-next", at=formats(request).moment(at)))
    else:
        flash(request, t("desk.noted"))
    return _done(request, "/desk")


@routes.post("/notes/{id:[0-9]{1,18}}/done")
async def contact_took_place(request: web.Request) -> web.Response:
    """Say that a next contact took place."""
    person = person_of(request)
    managers = {person.manager, person.acting} - {""}
    note_id = int(request.match_info["id"])
    if not await contact_done(parts_of(request).board, note_id, managers):
        raise web.HTTPNotFound
    request.app[FANOUT].nudge("desk-due")
    flash(request, words(request)("desk.contact-done"))
    return _done(request, "/desk")


async def _set_status(request: web.Request, person: Person, manager: Manager) -> web.Response:
    parts, t = parts_of(request), words(request)
    asked = await fields(request)
    try:
        wanted = Status(asked.get("status", ""))
    except ValueError:
        raise web.HTTPBadRequest from None
    change = StatusChange(
        manager=manager.key,
        status=wanted,
        until=_until(request, person, manager, wanted, asked),
        by=person.login,
        address=address_of(request),
    )
    row = await change_status(parts.board, parts.database, change)
    request.app[FANOUT].look()
    name = t(f"desk.status-{wanted}")
    if row and row.until:
        flash(
            request, t("desk.status-set-until", status=name, at=formats(request).moment(row.until))
        )
    else:
        flash(request, t("desk.status-set", status=name))
    return _done(request, "/desk")


def _until(
    request: web.Request,
    person: Person,
    manager: Manager,
    status: Status,
    asked: Mapping[str, str],
) -> datetime | None:
    """When a status ends by itself: as asked, else as usual; the end of the shift ends all."""
    parts = parts_of(request)
    now, office = parts.now(), parts.board.office()
    if status is Status.AVAILABLE or asked.get("for") == "open":
        return None
    end = shift_end(manager, office, now, parts.board.calendar)
    zone = zone_of(person, office)
    try:
        clock = time.fromisoformat(asked.get("at", ""))
        at = datetime.combine(now.astimezone(zone).date(), clock, zone).astimezone(UTC)
        return at if at > now else at + timedelta(days=1)
    except ValueError:
        pass
    minutes = _number(asked.get("for", "")) or (
        0 if asked.get("for") == "shift" else USUAL_MINUTES.get(status, 0)
    )
    if not minutes:
        return end
    at = now + timedelta(minutes=min(minutes, LONGEST_MINUTES))
    return min(at, end) if end else at


async def _next_contact(
    request: web.Request, person: Person, asked: Mapping[str, str]
) -> datetime | None:
    """The next contact as it was typed, else as it is proposed; raises `NotAhead`.

    A proposal goes before the instant that the form was filled with and that nobody touched.
    """
    parts, written = parts_of(request), asked.get("next", "").strip()
    if not written:
        return _proposal(request, person, asked)
    at = typed_instant(request, written)
    if at is None:
        raise NotAhead
    async with parts.database.reading() as connection:
        known = await Notes(connection).of_call(asked.get("call", ""), person.login)
    kept = known.next_contact_at if known else None
    zone = zone_of(person, parts.board.office())
    if kept and _typed(kept, zone) == _typed(at, zone):
        return _proposal(request, person, asked) or kept
    return at


def _typed(at: datetime, zone: ZoneInfo) -> str:
    """An instant as the form's field holds it: by the minute, in the person's zone."""
    return f"{at.astimezone(zone):%Y-%m-%dT%H:%M}"


async def _asked_again(
    request: web.Request, person: Person, call_id: str, text: str, at: datetime | None
) -> web.Response:
    """Why the note was not kept; without JavaScript with the form as it was filled in."""
    flash(request, words(request)("desk.next-not-ahead"), "bad")
    if is_htmx(request):
        return render(request, "flashes.html", status=422)
    form = await desk_day.about_call(request, person, call_id)
    filled = replace(form, text=text, next_contact_at=at) if form else None
    return await _page(request, person, _manager(request, person), filled, status=422)


def _proposal(request: web.Request, person: Person, asked: Mapping[str, str]) -> datetime | None:
    """Two thirds of the time that the client named."""
    parts = parts_of(request)
    count = _number(asked.get("said", ""))
    if not count:
        return None
    try:
        unit = Unit(asked.get("unit", "days"))
    except ValueError:
        return None
    office = parts.board.office()
    manager = office.managers.get(person.acting)
    key = manager.department if manager else office.default_department
    return proposed(count, unit, parts.now(), office.departments[key].hours, parts.board.calendar)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0


def _manager(request: web.Request, person: Person) -> Manager | None:
    return parts_of(request).board.office().managers.get(person.acting)


def _whose(request: web.Request) -> tuple[Person, Manager]:
    person = person_of(request)
    manager = _manager(request, person)
    if manager is None:
        raise web.HTTPNotFound
    return person, manager


def _done(request: web.Request, default: str) -> web.Response:
    """The answer to a form: what is to be told, or the page that it came from."""
    if is_htmx(request):
        return render(request, "flashes.html")
    there = back(request, default)
    return see(default if there.startswith(default) else there)
