"""What people change of clients: each form does one thing and leads back to the card."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from aiohttp import web

from router.facts import Application
from storage.client_owners import held_by, owners_now
from storage.errors import StorageError
from storage.notes import Notes
from storage.records import ClientRecord
from storage.unit_of_work import UnitOfWork
from switchboard.client_changes import (
    Told,
    add_client,
    add_numbers,
    change_client,
    drop_number,
    hand_over,
    hand_over_all,
    may_own,
    note_client,
    save_application,
)
from switchboard.clients import ClientBase
from switchboard.next_contact import NotAhead
from web.pages.addresses import client_page
from web.pages.clients import (
    base_of,
    card_page,
    history_of,
    key_of,
    names_of,
    new_form,
    owners,
)
from web.pages.page import flash, render, typed_instant, words

LONGEST_KEY = 60
LONGEST_TITLE = 200

routes = web.RouteTableDef()


@routes.post("/clients/new")
async def add(request: web.Request) -> web.Response:
    """Add a client, once whoever may be the same was shown."""
    base, form, t = base_of(request), await _fields(request), words(request)
    numbers, bad = base.read_numbers(form.get("numbers", ""))
    name = " ".join(form.get("name", "").split())
    if bad:
        return new_form(request, form, trouble=t("clients.not-a-number", text=bad[0]))
    if not name and not numbers:
        return new_form(request, form, trouble=t("clients.name-or-number"))
    if not form.get("sure"):
        alike = await base.alike(name, numbers)
        if alike:
            return new_form(request, form, alike=alike)
    owner = form.get("owner", "")
    told = Told(name=name or numbers[0].raw, owner=owner if may_own(base, owner) else "")
    key = f"w-{secrets.token_hex(5)}"
    await add_client(base, key, told, numbers)
    flash(request, t("clients.added"))
    raise web.HTTPSeeOther(client_page(key))


@routes.post("/clients/{key}")
async def change(request: web.Request) -> web.Response:
    """Change name, owner and marks."""
    base, client = await _mine(request)
    form = await _fields(request)
    marks = {
        name: bool(form.get(name)) if "marks" in form else getattr(client, name)
        for name in ("blocked", "switchboard", "no_recording")
    }
    told = Told(name=form.get("name", client.name), owner=form.get("owner", client.owner), **marks)
    if not may_own(base, told.owner, client.owner):
        flash(request, words(request)("clients.may-not-own"), "bad")
    else:
        await change_client(base, client, told)
        flash(request, words(request)("clients.saved"))
    raise _card(client)


@routes.post("/clients/{key}/numbers")
async def add_number(request: web.Request) -> web.Response:
    """One number more, or several."""
    base, client = await _mine(request)
    t, form = words(request), await _fields(request)
    numbers, bad = base.read_numbers(form.get("number", ""))
    others = [like for like in await base.alike("", numbers) if like.key != client.key]
    if bad or not numbers:
        flash(request, t("clients.not-a-number", text=bad[0] if bad else "—"), "bad")
    else:
        await add_numbers(base, client, numbers)
        flash(request, t("clients.number-added"))
        if others:
            flash(request, t("clients.number-shared", n=len(others)), "info")
    raise _card(client)


@routes.post("/clients/{key}/numbers/drop")
async def remove_number(request: web.Request) -> web.Response:
    """Take a number away."""
    base, client = await _mine(request)
    done = await drop_number(base, client, (await _fields(request)).get("identity", ""))
    said = "clients.number-dropped" if done else "clients.number-gone"
    flash(request, words(request)(said), "good" if done else "bad")
    raise _card(client)


@routes.post("/clients/{key}/applications")
async def application(request: web.Request) -> web.Response:
    """Add an application, or change the one with this number."""
    base, client = await _mine(request)
    form, t = await _fields(request), words(request)
    key = " ".join(form.get("application", "").split())[:LONGEST_KEY]
    if not key:
        flash(request, t("clients.application-number"), "bad")
        raise _card(client)
    known = next((work for work in client.applications if work.key == key), None)
    manager = form.get("manager", known.manager if known else base.viewer.manager)
    if manager not in base.office.managers:
        manager = known.manager if known else ""
    title = form.get("title", known.title if known else "")[:LONGEST_TITLE]
    work = Application(
        key=key,
        title=" ".join(title.split()),
        open=form.get("state", "open") == "open",
        manager=manager,
        changed_at=base.now,
    )
    await save_application(base, client, work)
    flash(request, t("clients.application-saved"))
    raise _card(client)


@routes.post("/clients/{key}/notes")
async def note(request: web.Request) -> web.Response:
    """Note something without a call; whoever may read the card may note."""
    base, key = base_of(request), key_of(request)
    client = await base.readable(key)
    if client is None:
        raise web.HTTPNotFound
    form, t = await _fields(request), words(request)
    text, soon = form.get("text", "").strip(), form.get("next_contact", "").strip()
    about = form.get("application", "").strip()[:LONGEST_KEY]
    at = typed_instant(request, soon)
    if soon and at is None:
        return await _asked_again(request, form)
    if not text and at is None:
        flash(request, t("clients.empty-note"), "bad")
    else:
        try:
            await note_client(base, client, text, application=about, next_contact_at=at)
        except NotAhead:
            return await _asked_again(request, form)
        flash(request, t("clients.noted"))
    raise web.HTTPSeeOther(history_of(client_page(client.key), about)) if about else _card(client)


@routes.post("/clients/{key}/contacts/{note:[0-9]{1,12}}/done")
async def contact_done(request: web.Request) -> web.Response:
    """The next contact took place."""
    base, key = base_of(request), key_of(request)
    client = await base.readable(key)
    number = int(request.match_info["note"])
    if client is None:
        raise web.HTTPNotFound

    async def work(uow: UnitOfWork) -> bool:
        notes = Notes(uow.connection)
        his = {note.id for note in await notes.of_client(key)}
        return number in his and await notes.done(number, base.now)

    await base.writer.submit(work)
    flash(request, words(request)("clients.contact-done"))
    raise _card(client)


@routes.post("/clients/{key}/hand-over")
async def hand_one_over(request: web.Request) -> web.Response:
    """Give one client to another manager."""
    base, client = await _mine(request)
    to = (await _fields(request)).get("to", "")
    t = words(request)
    if not to or not may_own(base, to):
        flash(request, t("clients.may-not-own"), "bad")
    else:
        await hand_over(base, client, to)
        flash(request, t("clients.handed-over", who=names_of(request).manager(to)))
    raise _card(client)


@routes.get("/clients/hand-over")
async def handing_over(request: web.Request) -> web.Response:
    """All clients of somebody who leaves: to whom, and how many."""
    base, giver = base_of(request), request.query.get("manager", "")
    if giver and not _may_take_from(base, giver):
        raise web.HTTPNotFound
    held = await held_by(base.database, giver) if giver else None
    return render(
        request,
        "clients_hand_over.html",
        giver=giver,
        held=held,
        givers=await _givers(base, request),
        names=names_of(request),
        owners=owners(request),
    )


@routes.post("/clients/hand-over")
async def hand_all_over(request: web.Request) -> web.Response:
    """Give everything of a manager to another; asked twice, because it is much."""
    base, form, t = base_of(request), await _fields(request), words(request)
    giver, to = form.get("manager", ""), form.get("to", "")
    if not _may_take_from(base, giver):
        raise web.HTTPNotFound
    here = f"/clients/hand-over?manager={giver}"
    if to == giver or not to or not may_own(base, to):
        flash(request, t("clients.choose-another"), "bad")
        raise web.HTTPSeeOther(here)
    if not form.get("sure"):
        flash(request, t("clients.be-sure"), "bad")
        raise web.HTTPSeeOther(here)
    try:
        moved = await hand_over_all(base, giver, to)
    except StorageError:
        flash(request, t("clients.stopped-halfway"), "bad")
        raise web.HTTPSeeOther(here) from None
    flash(request, t("clients.all-handed-over", n=moved.clients, who=names_of(request).manager(to)))
    raise web.HTTPSeeOther("/clients/hand-over")


async def _givers(base: ClientBase, request: web.Request) -> list[tuple[str, str]]:
    """Whose clients may be handed over; a director's list has those who left, too."""
    names, there = names_of(request), owners(request)
    if not base.viewer.reach.everything:
        return there
    gone = [key for key in await owners_now(base.database) if key not in base.office.managers]
    return [*there, *((key, names.manager(key)) for key in gone)]


def _may_take_from(base: ClientBase, manager: str) -> bool:
    """A director from anybody, also who is no longer in the office; a head from his own."""
    reach = base.viewer.reach
    return bool(manager) and (reach.everything or manager in reach.managers)


async def _mine(request: web.Request) -> tuple[ClientBase, ClientRecord]:
    base = base_of(request)
    client = await base.seen(key_of(request))
    if client is None:
        raise web.HTTPNotFound
    return base, client


async def _asked_again(request: web.Request, form: Mapping[str, str]) -> web.Response:
    """Why the note was not kept, and its form as it was filled in."""
    flash(request, words(request)("desk.next-not-ahead"), "bad")
    typed = {name: form.get(name, "") for name in ("text", "next_contact")}
    return await card_page(request, form, **typed, status=422)


async def _fields(request: web.Request) -> Mapping[str, str]:
    form = await request.post()
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _card(client: ClientRecord) -> web.HTTPSeeOther:
    return web.HTTPSeeOther(client_page(client.key))
