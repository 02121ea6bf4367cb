"""A token lent to a command for as long as it runs, so that it acts as a person over the API.

Rules: whoever may write the database may lend one (he could make one for good as well); it opens
one scope for minutes and is forgotten afterwards, so that the list of tokens holds what stays;
what it was lent for is a row of `audit` and does stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from storage.sessions import ApiToken, digest_of
from storage.unit_of_work import UnitOfWork
from web.access.roles import Permission
from web.signin import accounts
from web.signin.accounts import Doing
from web.signin.errors import AccountRefused, Why

LENT_SECONDS = 120.0
"""Longer than an answer is waited for; what a killed command leaves is worth nothing then."""


async def lend(  # noqa: PLR0913 - what a loan consists of, all by keyword
    uow: UnitOfWork,
    doing: Doing,
    login: str,
    *,
    secret: str,
    scope: Permission,
    act: str,
    about: Mapping[str, str],
) -> None:
    """Lends a token that acts for a person; raises `AccountRefused` where he may not sign in."""
    person = await accounts.known(uow, login)
    if person.disabled_at is not None:
        raise AccountRefused(Why.DISABLED, who=person.name)
    lent = ApiToken(
        digest=digest_of(secret),
        name=doing.by[: accounts.LONGEST_NAME],
        person_id=person.id,
        scopes=(scope.value,),
        made_at=doing.at,
        expires_at=doing.at + timedelta(seconds=LENT_SECONDS),
    )
    await uow.tokens.make(lent)
    await uow.audit.add(doing.row(act, person.id, **about))


async def take_back(uow: UnitOfWork, secret: str) -> None:
    """Forgets a token that was lent."""
    await uow.tokens.forget(digest_of(secret))
