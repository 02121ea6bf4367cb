"""The people who sign in: who they are, what they may be, how they like their page.

A person is not a manager: he may stand for one (`manager`, a key of the office file), assist one
(`assists`), or neither. A person is never removed, only disabled: what he did stays his.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from storage import schema_people as schema
from storage.connection import AnyConnection
from storage.database import Database

_t = schema.people


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPerson:
    """One person; his password's hash stays in the database.

    `role` is a word of `web.access.roles`. `manager` is the key he stands for in the office,
    `assists` that of whom he assists. `language` and `theme` are "" where he did not choose;
    `card_opens` is ring, answer or never.
    """

    id: int
    login: str
    name: str
    role: str
    administrator: bool = False
    manager: str = ""
    assists: str = ""
    language: str = ""
    theme: str = ""
    card_opens: str = "ring"
    has_password: bool = False
    created_at: datetime
    disabled_at: datetime | None = None


class People:
    """People by login."""

    def __init__(self, connection: AnyConnection) -> None:
        self._connection = connection

    async def add(  # noqa: PLR0913 - what a person consists of, all by keyword
        self,
        *,
        login: str,
        name: str,
        role: str,
        at: datetime,
        administrator: bool = False,
        manager: str = "",
        assists: str = "",
    ) -> StoredPerson | None:
        """Adds a person without a password; None where the login is taken."""
        login = folded(login)
        if await self.by_login(login):
            return None
        row = {
            "login": login,
            "name": name,
            "role": role,
            "administrator": administrator,
            "manager": manager,
            "assists": assists,
            "created_at": at,
        }
        await self._connection.execute(insert(_t).values(row))
        return await self.by_login(login)

    async def get(self, person_id: int) -> StoredPerson | None:
        """One person by his id."""
        return await self._one(_t.c.id == person_id)

    async def by_login(self, login: str) -> StoredPerson | None:
        """One person by his login, in capital letters or not."""
        return await self._one(_t.c.login == folded(login))

    async def all(self) -> tuple[StoredPerson, ...]:
        """Everybody by name, those who may no longer sign in at the end."""
        query = select(_t).order_by(_t.c.disabled_at.is_not(None), _t.c.name, _t.c.id)
        return tuple(person_of(row) for row in await self._connection.execute(query))

    async def change(self, person_id: int, **values: Any) -> None:
        """Changes columns of a person: name, role, administrator, manager, assists, choices."""
        await self._connection.execute(update(_t).where(_t.c.id == person_id).values(values))

    async def password_hash(self, person_id: int) -> str:
        """The hash of a person's password; empty while he has none."""
        query = select(_t.c.password_hash).where(_t.c.id == person_id)
        return str((await self._connection.execute(query)).scalar() or "")

    async def set_password(self, person_id: int, password_hash: str) -> None:
        """Keeps the hash of a new password."""
        await self.change(person_id, password_hash=password_hash)

    async def administrators(self) -> int:
        """How many people may administer now: the last one must stay."""
        query = select(func.count()).where(_t.c.administrator, _t.c.disabled_at.is_(None))
        return int((await self._connection.execute(query)).scalar_one())

    async def _one(self, where: Any) -> StoredPerson | None:
        row = (await self._connection.execute(select(_t).where(where))).first()
        return person_of(row) if row else None


def person_of(row: Any) -> StoredPerson:
    """A row of `people`."""
    return StoredPerson(
        id=row.id,
        login=row.login,
        name=row.name,
        role=row.role,
        administrator=bool(row.administrator),
        manager=row.manager,
        assists=row.assists,
        language=row.language,
        theme=row.theme,
        card_opens=row.card_opens,
        has_password=bool(row.password_hash),
        created_at=row.created_at,
        disabled_at=row.disabled_at,
    )


def folded(login: str) -> str:
    """A login as it is kept: nobody remembers which of its letters were capitals."""
    return login.strip().casefold()


async def read_people(database: Database) -> tuple[StoredPerson, ...]:
    """Everybody."""
    async with database.reading() as connection:
        return await People(connection).all()


async def read_person(database: Database, login: str) -> tuple[StoredPerson, str] | None:
    """A person and the hash of his password, to judge a sign-in by."""
    async with database.reading() as connection:
        people = People(connection)
        person = await people.by_login(login)
        return (person, await people.password_hash(person.id)) if person else None
