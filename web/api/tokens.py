"""API tokens, for administrators: which programs act for whom, and within what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.people import read_people
from storage.sessions import ApiToken, ApiTokens
from storage.unit_of_work import UnitOfWork
from web.access.roles import Permission
from web.api.endpoint import Endpoint, Nothing, Turn
from web.signin import accounts
from web.signin.forms import written

_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token: `id` is what names it, never the token itself."""

    id: str
    name: str
    login: str
    scopes: tuple[str, ...]
    made_at: datetime
    expires_at: datetime | None
    seen_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Tokens, newest first."""

    items: tuple[Token, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """A token to be made for a person; for ever where no days are said."""

    name: str
    scopes: tuple[Permission, ...]
    days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeToken:
    """A token, shown only now."""

    secret: str
    token: Token


async def list_tokens(turn: Turn) -> Tokens:
    """Every token."""
    logins = {person.id: person.login for person in await read_people(turn.parts.database)}
    async with turn.parts.database.reading() as connection:
        found = await ApiTokens(connection).all()
    return Tokens(items=tuple(_token(token, logins.get(token.person_id, "")) for token in found))


async def make_token(turn: Turn) -> MadeToken:
    """Make a token for a person."""
    body, login = await turn.body(NewToken), turn.name("login")
    doing, secret = turn.doing, accounts.new_secret()

    async def work(uow: UnitOfWork) -> ApiToken:
        return await accounts.make_token(
            uow,
            doing,
            login,
            secret=secret,
            name=body.name,
            scopes=tuple(scope.value for scope in body.scopes),
            days=body.days,
        )

    return MadeToken(secret=secret, token=_token(await written(turn.request, work), login))


async def revoke_token(turn: Turn) -> Nothing:
    """Revoke a token."""
    await turn.body(Nothing)
    doing, begins = turn.doing, turn.name("id")

    async def work(uow: UnitOfWork) -> None:
        await accounts.revoke_token(uow, doing, begins)

    await written(turn.request, work)
    return Nothing()


def _token(token: ApiToken, login: str) -> Token:
    return Token(
        id=token.digest[:_SHOWN],
        name=token.name,
        login=login,
        scopes=token.scopes,
        made_at=token.made_at,
        expires_at=token.expires_at,
        seen_at=token.seen_at,
        revoked_at=token.revoked_at,
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/tokens",
        summary="Every API token, without its secret",
        handle=list_tokens,
        answer=Tokens,
    ),
    Endpoint(
        method="POST",
        path="/people/{login}/tokens",
        summary="Make an API token that acts for a person",
        handle=make_token,
        body=NewToken,
        answer=MadeToken,
        status=201,
        refusals=(409,),
    ),
    Endpoint(
        method="POST",
        path="/tokens/{id}/revoke",
        summary="Revoke a token, at once",
        handle=revoke_token,
        body=Nothing,
        answer=Nothing,
    ),
)
