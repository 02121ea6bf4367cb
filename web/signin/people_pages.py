"""The administrator's pages about people: who they are, links of invitation, tokens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from storage.audit import read_audit
from storage.people import People, StoredPerson, read_people
from storage.sessions import ApiTokens, Invitation
from storage.unit_of_work import UnitOfWork
from storage.writer import Work
from web.access.roles import Permission, Role
from web.access.session import house_of
from web.pages.page import flash, formats, parts_of, render, words
from web.signin import accounts
from web.signin.accounts import About
from web.signin.errors import AccountRefused
from web.signin.forms import doing_of, fields, refusal, see, written

routes = web.RouteTableDef()

SCOPES = tuple(p.value for p in Permission)
DEEDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOnce:
    """A secret for a person's eyes: a link or a token."""

    title: str
    text: str
    why: str


@routes.get("/people")
async def people_page(request: web.Request) -> web.Response:
    """Everybody, and a form for one more."""
    return await _people(request)


@routes.post("/people")
async def add_person(request: web.Request) -> web.Response:
    """Add a person and show the link that invites him."""
    form, doing = await fields(request), doing_of(request)
    secret, managers = accounts.new_secret(), parts_of(request).board.office().managers
    login, manager = form.get("login", ""), form.get("manager", "")
    told = _about(form)
    if not told.name:
        known = managers[manager].name if manager in managers else login
        told = About(**(told.told() | {"name": known}))

    async def work(uow: UnitOfWork) -> tuple[StoredPerson, Invitation]:
        person = await accounts.add(uow, doing, login, told, managers=managers)
        return person, await accounts.invite(uow, doing, person.login, secret)

    try:
        person, invitation = await written(request, work)
    except AccountRefused as refused:
        return await _people(request, form=form, error=refusal(request, refused), status=422)
    return await _people(request, link=_link(request, person, invitation, secret))


@routes.get("/people/{id}")
async def person_page(request: web.Request) -> web.Response:
    """One person."""
    return await _person(request)


@routes.post("/people/{id}")
async def change_person(request: web.Request) -> web.Response:
    """Change what is said of a person."""
    person, form = await _meant(request), await fields(request)
    managers, doing = parts_of(request).board.office().managers, doing_of(request)

    async def work(uow: UnitOfWork) -> None:
        await accounts.change(uow, doing, person.login, _about(form), managers=managers)

    return await _done(request, work, "signin.saved")


@routes.post("/people/{id}/invite")
async def invite(request: web.Request) -> web.Response:
    """Make a new link of invitation and show it."""
    person, secret, doing = await _meant(request), accounts.new_secret(), doing_of(request)

    async def work(uow: UnitOfWork) -> Invitation:
        return await accounts.invite(uow, doing, person.login, secret)

    try:
        invitation = await written(request, work)
    except AccountRefused as refused:
        return await _person(request, error=refusal(request, refused), status=422)
    return await _person(request, link=_link(request, person, invitation, secret))


@routes.post("/people/{id}/signout")
async def sign_out(request: web.Request) -> web.Response:
    """End every session of a person."""
    person, doing = await _meant(request), doing_of(request)

    async def work(uow: UnitOfWork) -> None:
        await accounts.sign_out_everywhere(uow, doing, person.login)

    return await _done(request, work, "signin.done")


@routes.post("/people/{id}/disable")
async def disable(request: web.Request) -> web.Response:
    """Let a person in no more."""
    person, doing = await _meant(request), doing_of(request)

    async def work(uow: UnitOfWork) -> None:
        await accounts.disable(uow, doing, person.login)

    return await _done(request, work, "signin.done")


@routes.post("/people/{id}/enable")
async def enable(request: web.Request) -> web.Response:
    """Let a person in again."""
    person, doing = await _meant(request), doing_of(request)

    async def work(uow: UnitOfWork) -> None:
        await accounts.enable(uow, doing, person.login)

    return await _done(request, work, "signin.done")


@routes.post("/people/{id}/tokens")
async def make_token(request: web.Request) -> web.Response:
    """Make a token and show it."""
    person, form, doing = await _meant(request), await fields(request), doing_of(request)
    scopes = {scope for scope in SCOPES if form.get(f"scope-{scope}")}
    days, secret = form.get("days", "").strip(), accounts.new_secret()
    name = form.get("token_name", "")

    async def work(uow: UnitOfWork) -> None:
        await accounts.make_token(
            uow,
            doing,
            person.login,
            secret=secret,
            name=name,
            scopes=scopes,
            days=_number(days),
        )

    try:
        await written(request, work)
    except AccountRefused as refused:
        return await _person(request, error=refusal(request, refused), status=422)
    t = words(request)
    title, why = t("signin.token-made", name=name), t("signin.token-made-why")
    return await _person(request, link=ShownOnce(title=title, text=secret, why=why))


@routes.post("/people/{id}/tokens/{token}/revoke")
async def revoke_token(request: web.Request) -> web.Response:
    """Revoke a token."""
    begins, doing = request.match_info["token"], doing_of(request)

    async def work(uow: UnitOfWork) -> None:
        await accounts.revoke_token(uow, doing, begins)

    return await _done(request, work, "signin.done")


def _number(text: str) -> int | None:
    """A number of days as it was typed: nothing is for ever, nonsense is nought and refused."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _about(form: Mapping[str, str]) -> About:
    """What a form says of a person; a box that is not ticked is not sent."""
    return About(
        name=form.get("name", ""),
        role=form.get("role", ""),
        administrator=bool(form.get("administrator")),
        manager=form.get("manager", ""),
        assists=form.get("assists", ""),
    )


async def _meant(request: web.Request) -> StoredPerson:
    text = request.match_info["id"]
    person = None
    if text.isascii() and text.isdecimal() and len(text) < 10:
        async with parts_of(request).database.reading() as connection:
            person = await People(connection).get(int(text))
    if person is None:
        raise web.HTTPNotFound
    return person


async def _done(request: web.Request, work: Work[None], sentence: str) -> web.Response:
    try:
        await written(request, work)
    except AccountRefused as refused:
        flash(request, refusal(request, refused), "bad")
    else:
        flash(request, words(request)(sentence))
    return see(f"/people/{request.match_info['id']}")


def _link(
    request: web.Request, person: StoredPerson, invitation: Invitation, secret: str
) -> ShownOnce:
    t, fmt = words(request), formats(request)
    return ShownOnce(
        title=t("signin.link-for", name=person.name),
        text=f"{house_of(request)}/invitation/{secret}",
        why=t("signin.link-why", until=fmt.moment(invitation.expires_at)),
    )


async def _people(
    request: web.Request,
    *,
    form: Mapping[str, str] | None = None,
    error: str = "",
    link: ShownOnce | None = None,
    status: int = 200,
) -> web.Response:
    people = await read_people(parts_of(request).database)
    return render(
        request,
        "signin_people.html",
        status=status,
        people=people,
        states={person.id: _state(person) for person in people},
        form=form or {},
        error=error,
        link=link,
        **_choices(request),
    )


async def _person(
    request: web.Request, *, error: str = "", link: ShownOnce | None = None, status: int = 200
) -> web.Response:
    person, database = await _meant(request), parts_of(request).database
    async with database.reading() as connection:
        tokens = await ApiTokens(connection).all(person.id)
    return render(
        request,
        "signin_person.html",
        status=status,
        each=person,
        state=_state(person),
        tokens=tokens,
        scopes=SCOPES,
        deeds=await read_audit(database, subject=f"person:{person.id}", limit=DEEDS),
        error=error,
        link=link,
        **_choices(request),
    )


def _choices(request: web.Request) -> dict[str, Any]:
    t, office = words(request), parts_of(request).board.office()
    names = {m.key: m.name for m in office.managers.values()}
    managers = [(m.key, f"{m.name} ({m.extension})") for m in office.managers.values()]
    return {
        "names": names,
        "role_choices": [(role.value, t(f"signin.role-{role.value}")) for role in Role],
        "manager_choices": [("", t("signin.manager-none")), *managers],
    }


def _state(person: StoredPerson) -> str:
    if person.disabled_at is not None:
        return "disabled"
    return "active" if person.has_password else "invited"
