"""What proves who somebody is: sessions, invitations, tokens. Only digests of them are kept.

Whoever reads the database or a backup of it can sign in with none of them. A session or token is
asked for with each request by one prepared question, so that a revoked one is gone at once, also
when it was revoked by another process (the command line).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from storage import schema_people as schema
from storage.connection import AnyConnection
from storage.database import Database, Prepared
from storage.people import StoredPerson
from storage.types import as_instant

_people, _sessions = schema.people, schema.sessions
_invitations, _tokens = schema.invitations, schema.api_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One browser in which somebody signed in. `expires_at` is its absolute end."""

    digest: str
    person_id: int
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A link by which a person sets his password, once."""

    digest: str
    person_id: int
    by: str
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """What a program shows; it acts for a person, within its scopes."""

    digest: str
    name: str
    person_id: int
    scopes: tuple[str, ...]
    made_at: datetime
    expires_at: datetime | None = None
    seen_at: datetime | None = None
    revoked_at: datetime | None = None


def digest_of(secret: str) -> str:
    """What is kept of a secret of 256 random bits: nothing is to be guessed, so no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Sessions:
    """Sessions by digest."""

    def __init__(self, connection: AnyConnection) -> None:
        self._connection = connection

    async def open(self, session: Session) -> None:
        """Keeps a new session; those of the same person that are over are forgotten."""
        over = (_sessions.c.person_id == session.person_id) & (
            _sessions.c.expires_at <= session.created_at
        )
        await self._connection.execute(delete(_sessions).where(over))
        row = {name: getattr(session, name) for name in Session.__slots__}
        await self._connection.execute(insert(_sessions).values(row))

    async def seen(self, digest: str, at: datetime) -> None:
        """Notes that a session is used."""
        mine = update(_sessions).where(_sessions.c.digest == digest)
        await self._connection.execute(mine.values(seen_at=at))

    async def of(self, person_id: int) -> tuple[Session, ...]:
        """A person's sessions, the one used last first."""
        query = select(_sessions).where(_sessions.c.person_id == person_id)
        rows = await self._connection.execute(query.order_by(_sessions.c.seen_at.desc()))
        return tuple(Session(**row) for row in rows.mappings())

    async def forget(self, digest: str) -> None:
        """Ends a session whoever it was: its browser has another one now."""
        await self._connection.execute(delete(_sessions).where(_sessions.c.digest == digest))

    async def close(self, digest: str, *, person_id: int) -> bool:
        """Ends one session of a person."""
        mine = (_sessions.c.digest == digest) & (_sessions.c.person_id == person_id)
        return bool((await self._connection.execute(delete(_sessions).where(mine))).rowcount)

    async def close_all(self, person_id: int, *, but: str = "") -> int:
        """Ends every session of a person, but the one with this digest; returns how many."""
        mine = (_sessions.c.person_id == person_id) & (_sessions.c.digest != but)
        return int((await self._connection.execute(delete(_sessions).where(mine))).rowcount)


class Invitations:
    """Invitations by digest."""

    def __init__(self, connection: AnyConnection) -> None:
        self._connection = connection

    async def make(self, invitation: Invitation) -> None:
        """Keeps a new invitation; an older one for the same person is worth nothing from now on."""
        mine = _invitations.c.person_id == invitation.person_id
        await self._connection.execute(delete(_invitations).where(mine))
        row = {name: getattr(invitation, name) for name in Invitation.__slots__}
        await self._connection.execute(insert(_invitations).values(row))

    async def get(self, digest: str) -> Invitation | None:
        """One invitation, used or not."""
        query = select(_invitations).where(_invitations.c.digest == digest)
        row = (await self._connection.execute(query)).mappings().first()
        return Invitation(**row) if row else None

    async def use(self, digest: str, at: datetime) -> Invitation | None:
        """Uses an invitation up; None where it was used, is over or never was."""
        fresh = (
            (_invitations.c.digest == digest)
            & _invitations.c.used_at.is_(None)
            & (_invitations.c.expires_at > at)
        )
        done = await self._connection.execute(update(_invitations).where(fresh).values(used_at=at))
        return await self.get(digest) if done.rowcount else None

    async def withdraw(self, person_id: int) -> None:
        """Makes a person's invitations worth nothing."""
        mine = _invitations.c.person_id == person_id
        await self._connection.execute(delete(_invitations).where(mine))


class ApiTokens:
    """Tokens by digest; a revoked one stays to be seen, and opens nothing."""

    def __init__(self, connection: AnyConnection) -> None:
        self._connection = connection

    async def make(self, token: ApiToken) -> None:
        """Keeps a new token."""
        row: dict[str, Any] = {name: getattr(token, name) for name in ApiToken.__slots__}
        await self._connection.execute(insert(_tokens).values(row | {"scopes": [*token.scopes]}))

    async def all(self, person_id: int | None = None) -> tuple[ApiToken, ...]:
        """Tokens, newest first."""
        query = select(_tokens).order_by(_tokens.c.made_at.desc(), _tokens.c.digest)
        if person_id is not None:
            query = query.where(_tokens.c.person_id == person_id)
        rows = (await self._connection.execute(query)).mappings()
        return tuple(ApiToken(**{**row, "scopes": tuple(row["scopes"])}) for row in rows)

    async def seen(self, digest: str, at: datetime) -> None:
        """Notes that a token is used."""
        mine = update(_tokens).where(_tokens.c.digest == digest)
        await self._connection.execute(mine.values(seen_at=at))

    async def revoke(self, begins: str, at: datetime) -> int:
        """Revokes tokens whose digest begins so (that is how a list names them)."""
        meant = _tokens.c.digest.startswith(begins, autoescape=True) & _tokens.c.revoked_at.is_(
            None
        )
        done = await self._connection.execute(update(_tokens).where(meant).values(revoked_at=at))
        return int(done.rowcount)

    async def forget(self, digest: str) -> None:
        """Removes a token that was lent for a moment and is in no list."""
        await self._connection.execute(delete(_tokens).where(_tokens.c.digest == digest))

    async def revoke_all(self, person_id: int, at: datetime) -> int:
        """Revokes every token of a person."""
        mine = (_tokens.c.person_id == person_id) & _tokens.c.revoked_at.is_(None)
        done = await self._connection.execute(update(_tokens).where(mine).values(revoked_at=at))
        return int(done.rowcount)


class Proofs:
    """Answers whose session or token this is, in one quick question each."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._session = _question(database, _sessions, ("seen_at", "expires_at", "created_at"))
        self._token = _question(
            database, _tokens, ("seen_at", "expires_at", "revoked_at", "scopes", "name", "made_at")
        )

    async def session(self, secret: str) -> tuple[StoredPerson, Session] | None:
        """Whose session this is; None where there is none. Its times are the caller's to judge."""
        digest = digest_of(secret)
        rows = await self._database.ask(self._session, digest=digest)
        if not rows:
            return None
        person, rest = _person(rows[0])
        seen, expires, created = (as_instant(value) for value in rest)
        if seen is None or expires is None or created is None:  # never: the columns are not null
            return None
        found = Session(
            digest=digest,
            person_id=person.id,
            created_at=created,
            seen_at=seen,
            expires_at=expires,
        )
        return person, found

    async def token(self, secret: str) -> tuple[StoredPerson, ApiToken] | None:
        """Whose token this is; None where there is none. Its times are the caller's to judge."""
        digest = digest_of(secret)
        rows = await self._database.ask(self._token, digest=digest)
        if not rows:
            return None
        person, (seen, expires, revoked, scopes, name, made) = _person(rows[0])
        made_at = as_instant(made)
        if made_at is None:  # never: the column is not null
            return None
        found = ApiToken(
            digest=digest,
            name=name,
            person_id=person.id,
            scopes=tuple(json.loads(scopes) if isinstance(scopes, str) else scopes),
            made_at=made_at,
            expires_at=as_instant(expires),
            seen_at=as_instant(seen),
            revoked_at=as_instant(revoked),
        )
        return person, found


_PERSON = tuple(column.name for column in _people.c)


def _question(database: Database, table: Any, names: Sequence[str]) -> Prepared:
    asked = [*_people.c, *(table.c[name] for name in names)]
    query = select(*asked).join(table, table.c.person_id == _people.c.id)
    return database.prepare(query.where(table.c.digest == bindparam("digest")))


def _person(row: Sequence[Any]) -> tuple[StoredPerson, list[Any]]:
    """The person of a quick answer, and what else stands in it."""
    found = dict(zip(_PERSON, row, strict=False))
    created = as_instant(found["created_at"])
    if created is None:  # never: the column is not null
        raise RuntimeError("a person without a beginning")
    person = StoredPerson(
        id=found["id"],
        login=found["login"],
        name=found["name"],
        role=found["role"],
        administrator=bool(found["administrator"]),
        manager=found["manager"],
        assists=found["assists"],
        language=found["language"],
        theme=found["theme"],
        card_opens=found["card_opens"],
        has_password=bool(found["password_hash"]),
        created_at=created,
        disabled_at=as_instant(found["disabled_at"]),
    )
    return person, list(row[len(_PERSON) :])
