"""`dozvon people token`: what programs show to the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from dozvon.commands.facts.moments import shown
from dozvon.commands.facts.offices import people as office_people
from dozvon.commands.facts.people import People
from dozvon.commands.facts.stored import reading, run
from dozvon.commands.people_facts import changed
from dozvon.commands.terminal.output import print_json, print_line, print_table
from dozvon.commands.terminal.speaking import SpeakingGroup, as_json, option
from dozvon.commands.terminal.texts import say, word
from dozvon.context import Context
from storage.people import read_people
from storage.sessions import ApiToken, ApiTokens
from storage.unit_of_work import UnitOfWork
from web.access.roles import Permission
from web.signin import accounts
from web.signin.accounts import Doing

_TOKENS = ("token", "purpose", "login", "scopes", "made", "used", "state")
_SCOPE = click.Choice([p.value for p in Permission])


@click.group("token", cls=SpeakingGroup, help="command-people-token")
def token() -> None:
    """Tokens of programs."""


@token.command("add", help="command-people-token-add")
@click.argument("login")
@option("--name", required=True, help="help-token-name")
@option("--scope", "scopes", type=_SCOPE, multiple=True, required=True, help="help-token-scope")
@option("--days", type=click.IntRange(1, 3650), default=None, help="help-token-days")
@as_json()
@click.pass_obj
def token_add(  # noqa: PLR0913 - click's way
    context: Context,
    *,
    login: str,
    name: str,
    scopes: tuple[str, ...],
    days: int | None,
    as_json: bool,
) -> None:
    """Makes a token."""
    secret = accounts.new_secret()

    async def work(uow: UnitOfWork, doing: Doing) -> ApiToken:
        return await accounts.make_token(
            uow, doing, login, secret=secret, name=name, scopes=set(scopes), days=days
        )

    made = changed(context, work)
    if as_json:
        print_json({"secret": secret, **_token_json(made, login, context.now())})
        return
    about = {"name": made.name, "who": login}
    print_line(context, say(context.language, "token-made", **about))
    print_line(context, secret)


@token.command("list", help="command-people-token-list")
@as_json()
@click.pass_obj
def token_list(context: Context, *, as_json: bool) -> None:
    """Lists tokens."""
    found, logins, known = run(context, _tokens(context))
    if as_json:
        told = [_token_json(t, logins.get(t.person_id, ""), context.now()) for t in found]
        print_json({"tokens": told})
    elif found:
        head = [say(context.language, f"head-{column}") for column in _TOKENS]
        rows = [_token_row(context, t, logins.get(t.person_id, ""), known) for t in found]
        print_table(context, head, rows)
    else:
        print_line(context, say(context.language, "tokens-none"))


@token.command("revoke", help="command-people-token-revoke")
@click.argument("token_id")
@click.pass_obj
def token_revoke(context: Context, *, token_id: str) -> None:
    """Revokes a token."""

    async def work(uow: UnitOfWork, doing: Doing) -> None:
        await accounts.revoke_token(uow, doing, token_id)

    changed(context, work)
    print_line(context, say(context.language, "token-revoked", token=token_id[:8]))


async def _tokens(
    context: Context,
) -> tuple[tuple[ApiToken, ...], dict[int, str], People]:
    async with reading(context) as database:
        logins = {person.id: person.login for person in await read_people(database)}
        async with database.reading() as connection:
            found = await ApiTokens(connection).all()
        return found, logins, await office_people(context, database)


def _token_row(context: Context, made: ApiToken, login: str, known: People) -> list[str]:
    language, zone = context.language, known.zone()
    return [
        made.digest[:8],
        made.name,
        login,
        ", ".join(made.scopes),
        shown(made.made_at, zone, language, seconds=False),
        shown(made.seen_at, zone, language, seconds=False),
        word(language, "token-state", _state(made, context.now())),
    ]


def _token_json(made: ApiToken, login: str, now: datetime) -> dict[str, Any]:
    return {
        "token": made.digest[:8],
        "name": made.name,
        "login": login,
        "scopes": list(made.scopes),
        "made_at": made.made_at,
        "expires_at": made.expires_at,
        "seen_at": made.seen_at,
        "revoked_at": made.revoked_at,
        "state": _state(made, now),
    }


def _state(made: ApiToken, now: datetime) -> str:
    if made.revoked_at is not None:
        return "revoked"
    over = made.expires_at is not None and made.expires_at <= now
    return "expired" if over else "active"
