"""`dozvon people`: who signs in to the workspace, and which programs act for them.

Whoever may write the database administers it: so the first administrator is made here, and the way
back for one who locked himself out. Everything is in force at once, also in a running service.
"""

from __future__ import annotations

import click

from dozvon.commands.facts.people import People
from dozvon.commands.people_facts import asked_hash, changed, office_people
from dozvon.commands.people_tokens import token
from dozvon.commands.people_views import list_people, show_invitation, tell_person
from dozvon.commands.terminal.output import Colour, print_line
from dozvon.commands.terminal.speaking import SpeakingGroup, as_json, option
from dozvon.commands.terminal.texts import say
from dozvon.context import Context
from storage.people import StoredPerson
from storage.sessions import Invitation
from storage.unit_of_work import UnitOfWork
from web.access.roles import Role
from web.signin import accounts
from web.signin.accounts import INVITATION_HOURS, About, Doing

_ROLE = click.Choice([role.value for role in Role])
_HOURS = click.IntRange(1, 24 * 30)


@click.group("people", cls=SpeakingGroup, help="command-people", invoke_without_command=True)
@as_json()
@click.pass_context
def people(ctx: click.Context, *, as_json: bool) -> None:
    """Lists who signs in."""
    if not ctx.invoked_subcommand:
        list_people(ctx.ensure_object(Context), as_json=as_json)


@people.command("list", help="command-people-list")
@as_json()
@click.pass_obj
def list_(context: Context, *, as_json: bool) -> None:
    """Lists who signs in."""
    list_people(context, as_json=as_json)


@people.command("add", help="command-people-add")
@click.argument("login")
@option("--name", default="", help="help-person-name")
@option("--role", type=_ROLE, default=None, help="help-person-role-new")
@option("--administrator", is_flag=True, help="help-person-administrator")
@option("--manager", default="", help="help-person-manager")
@option("--assists", default="", help="help-person-assists")
@option("--hours", type=_HOURS, default=INVITATION_HOURS, help="help-person-hours")
@option("--password", is_flag=True, help="help-person-password")
@as_json()
@click.pass_obj
def add(  # noqa: PLR0913 - click's way
    context: Context,
    *,
    login: str,
    name: str,
    role: str | None,
    administrator: bool,
    manager: str,
    assists: str,
    hours: int,
    password: bool,
    as_json: bool,
) -> None:
    """Adds a person with a password or an invitation."""
    known = office_people(context)
    his, whom = _manager_key(known, manager), _manager_key(known, assists)
    name = name or known.manager_name(his) or login
    role = role or (Role.DIRECTOR if administrator and not (his or whom) else Role.MANAGER)
    told = About(name=name, role=role, administrator=administrator, manager=his, assists=whom)
    kept = asked_hash(context, login) if password else ""
    secret = accounts.new_secret()

    async def work(uow: UnitOfWork, doing: Doing) -> tuple[StoredPerson, Invitation | None]:
        made = await accounts.add(uow, doing, login, told, managers=_keys(known))
        if kept:
            return await accounts.set_password(uow, doing, made.login, kept), None
        return made, await accounts.invite(uow, doing, made.login, secret, hours=hours)

    person, invitation = changed(context, work)
    if not as_json:
        about = {"name": person.name, "login": person.login}
        print_line(context, say(context.language, "person-added", **about), Colour.GOOD)
    show_invitation(context, person, invitation, secret, known, as_json=as_json)


@people.command("change", help="command-people-change")
@click.argument("login")
@option("--name", default=None, help="help-person-name")
@option("--role", type=_ROLE, default=None, help="help-person-role")
@option("--administrator/--no-administrator", default=None, help="help-person-administrator")
@option("--manager", default=None, help="help-person-manager")
@option("--assists", default=None, help="help-person-assists")
@as_json()
@click.pass_obj
def change(  # noqa: PLR0913 - click's way
    context: Context,
    *,
    login: str,
    name: str | None,
    role: str | None,
    administrator: bool | None,
    manager: str | None,
    assists: str | None,
    as_json: bool,
) -> None:
    """Changes what is said of a person."""
    known = office_people(context)
    told = About(
        name=name,
        role=role,
        administrator=administrator,
        manager=None if manager is None else _manager_key(known, manager),
        assists=None if assists is None else _manager_key(known, assists),
    )

    async def work(uow: UnitOfWork, doing: Doing) -> StoredPerson:
        return await accounts.change(uow, doing, login, told, managers=_keys(known))

    tell_person(context, "person-changed", changed(context, work), as_json=as_json)


@people.command("invite", help="command-people-invite")
@click.argument("login")
@option("--hours", type=_HOURS, default=INVITATION_HOURS, help="help-person-hours")
@as_json()
@click.pass_obj
def invite(context: Context, *, login: str, hours: int, as_json: bool) -> None:
    """Makes a link of invitation."""
    secret = accounts.new_secret()

    async def work(uow: UnitOfWork, doing: Doing) -> tuple[StoredPerson, Invitation]:
        made = await accounts.invite(uow, doing, login, secret, hours=hours)
        return await accounts.known(uow, login), made

    person, invitation = changed(context, work)
    show_invitation(context, person, invitation, secret, office_people(context), as_json=as_json)


@people.command("password", help="command-people-password")
@click.argument("login")
@as_json()
@click.pass_obj
def password(context: Context, *, login: str, as_json: bool) -> None:
    """Sets a password."""
    kept = asked_hash(context, login)

    async def work(uow: UnitOfWork, doing: Doing) -> StoredPerson:
        return await accounts.set_password(uow, doing, login, kept)

    tell_person(context, "person-password-set", changed(context, work), as_json=as_json)


@people.command("disable", help="command-people-disable")
@click.argument("login")
@as_json()
@click.pass_obj
def disable(context: Context, *, login: str, as_json: bool) -> None:
    """Lets a person in no more."""

    async def work(uow: UnitOfWork, doing: Doing) -> StoredPerson:
        return await accounts.disable(uow, doing, login)

    tell_person(context, "person-disabled", changed(context, work), as_json=as_json)


@people.command("enable", help="command-people-enable")
@click.argument("login")
@as_json()
@click.pass_obj
def enable(context: Context, *, login: str, as_json: bool) -> None:
    """Lets a person in again."""

    async def work(uow: UnitOfWork, doing: Doing) -> StoredPerson:
        return await accounts.enable(uow, doing, login)

    tell_person(context, "person-enabled", changed(context, work), as_json=as_json)


@people.command("sign-out", help="command-people-sign-out")
@click.argument("login")
@as_json()
@click.pass_obj
def sign_out(context: Context, *, login: str, as_json: bool) -> None:
    """Ends every session of a person."""

    async def work(uow: UnitOfWork, doing: Doing) -> tuple[StoredPerson, int]:
        return await accounts.sign_out_everywhere(uow, doing, login)

    person, count = changed(context, work)
    tell_person(context, "person-signed-out", person, as_json=as_json, count=count)


people.add_command(token)


def _keys(known: People) -> frozenset[str]:
    return frozenset(known.office.managers if known.office else ())


def _manager_key(known: People, text: str) -> str:
    return known.find(text).key if text else ""
