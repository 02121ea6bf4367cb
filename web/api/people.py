"""Who I am; and, for administrators, who signs in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from storage.people import StoredPerson, read_people
from storage.sessions import Invitation
from storage.unit_of_work import UnitOfWork
from web.access.roles import Permission, Role
from web.access.session import house_of
from web.api.endpoint import Endpoint, Nothing, Turn
from web.signin import accounts
from web.signin.accounts import About
from web.signin.forms import written


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """Who asks, or for whom a program asks. `desk` is the manager whose desk he sees."""

    login: str
    name: str
    role: Role
    administrator: bool
    manager: str
    assists: str
    desk: str
    may: Annotated[tuple[Permission, ...], "what this session or token allows"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who signs in; `state` is active, invited (no password yet) or disabled."""

    login: str
    name: str
    role: Role
    administrator: bool
    manager: str
    assists: str
    state: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Everybody who signs in."""

    items: tuple[Person, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """A person to be added; he sets his password by the link."""

    login: str
    name: str
    role: Role = Role.MANAGER
    administrator: bool = False
    manager: str = ""
    assists: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is said of a person; what is left out or null stays."""

    name: str | None = None
    role: Role | None = None
    administrator: bool | None = None
    manager: str | None = None
    assists: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """The link by which a person sets his password: once, for a limited time, shown only now."""

    login: str
    link: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOut:
    """How many sessions ended."""

    login: str
    sessions: int


async def me(turn: Turn) -> Me:
    """Who I am."""
    person = turn.person
    return Me(
        login=person.login,
        name=person.name,
        role=person.role,
        administrator=person.administrator,
        manager=person.manager,
        assists=person.assists,
        desk=person.acting,
        may=tuple(p for p in Permission if person.may(p)),
    )


async def list_people(turn: Turn) -> People:
    """Everybody."""
    return People(items=tuple(_person(p) for p in await read_people(turn.parts.database)))


async def add(turn: Turn) -> Invited:
    """Add a person and invite him."""
    body, doing = await turn.body(NewPerson), turn.doing
    secret, managers = accounts.new_secret(), turn.office.managers
    about = About(
        name=body.name,
        role=body.role,
        administrator=body.administrator,
        manager=body.manager,
        assists=body.assists,
    )

    async def work(uow: UnitOfWork) -> tuple[StoredPerson, Invitation]:
        person = await accounts.add(uow, doing, body.login, about, managers=managers)
        return person, await accounts.invite(uow, doing, person.login, secret)

    person, invitation = await written(turn.request, work)
    return _invited(turn, person.login, invitation, secret)


async def change(turn: Turn) -> Person:
    """Change what is said of a person."""
    body, doing, login = await turn.body(Change), turn.doing, turn.name("login")
    about = About(
        name=body.name,
        role=body.role,
        administrator=body.administrator,
        manager=body.manager,
        assists=body.assists,
    )

    async def work(uow: UnitOfWork) -> StoredPerson:
        return await accounts.change(uow, doing, login, about, managers=turn.office.managers)

    return _person(await written(turn.request, work))


async def invite(turn: Turn) -> Invited:
    """Make a new link."""
    await turn.body(Nothing)
    doing, login, secret = turn.doing, turn.name("login"), accounts.new_secret()

    async def work(uow: UnitOfWork) -> Invitation:
        return await accounts.invite(uow, doing, login, secret)

    return _invited(turn, login, await written(turn.request, work), secret)


async def disable(turn: Turn) -> Person:
    """Let a person in no more."""
    await turn.body(Nothing)
    doing, login = turn.doing, turn.name("login")

    async def work(uow: UnitOfWork) -> StoredPerson:
        return await accounts.disable(uow, doing, login)

    return _person(await written(turn.request, work))


async def enable(turn: Turn) -> Person:
    """Let a person in again."""
    await turn.body(Nothing)
    doing, login = turn.doing, turn.name("login")

    async def work(uow: UnitOfWork) -> StoredPerson:
        return await accounts.enable(uow, doing, login)

    return _person(await written(turn.request, work))


async def sign_out(turn: Turn) -> SignedOut:
    """End every session of a person."""
    await turn.body(Nothing)
    doing, login = turn.doing, turn.name("login")

    async def work(uow: UnitOfWork) -> int:
        return (await accounts.sign_out_everywhere(uow, doing, login))[1]

    return SignedOut(login=login, sessions=await written(turn.request, work))


def _invited(turn: Turn, login: str, invitation: Invitation, secret: str) -> Invited:
    link = f"{house_of(turn.request)}/invitation/{secret}"
    return Invited(login=login, link=link, until=invitation.expires_at)


def _person(person: StoredPerson) -> Person:
    state = "active" if person.has_password else "invited"
    return Person(
        login=person.login,
        name=person.name,
        role=Role(person.role),
        administrator=person.administrator,
        manager=person.manager,
        assists=person.assists,
        state="disabled" if person.disabled_at else state,
        created_at=person.created_at,
    )


ENDPOINTS = (
    Endpoint(method="GET", path="/me", summary="Who I am, and what I may", handle=me, answer=Me),
    Endpoint(
        method="GET",
        path="/people",
        summary="Everybody who signs in",
        handle=list_people,
        answer=People,
    ),
    Endpoint(
        method="POST",
        path="/people",
        summary="Add a person and invite him",
        handle=add,
        body=NewPerson,
        answer=Invited,
        status=201,
        refusals=(409,),
    ),
    Endpoint(
        method="POST",
        path="/people/{login}",
        summary="Change what is said of a person",
        handle=change,
        body=Change,
        answer=Person,
        refusals=(409,),
    ),
    Endpoint(
        method="POST",
        path="/people/{login}/invite",
        summary="Make a new link of invitation",
        handle=invite,
        body=Nothing,
        answer=Invited,
        refusals=(409,),
    ),
    Endpoint(
        method="POST",
        path="/people/{login}/disable",
        summary="Let a person in no more, at once",
        handle=disable,
        body=Nothing,
        answer=Person,
        refusals=(409,),
    ),
    Endpoint(
        method="POST",
        path="/people/{login}/enable",
        summary="Let a person in again",
        handle=enable,
        body=Nothing,
        answer=Person,
        refusals=(409,),
    ),
    Endpoint(
        method="POST",
        path="/people/{login}/sign-out",
        summary="End every session of a person",
        handle=sign_out,
        body=Nothing,
        answer=SignedOut,
    ),
)
