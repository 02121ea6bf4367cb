"""Clients change hands, a bounded piece at a time, so that calls are written between the pieces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from storage import schema
from storage.connection import AnyConnection
from storage.database import Database
from storage.notes import about_client
from storage.unit_of_work import UnitOfWork

_t, _work, _notes = schema.clients, schema.applications, schema.notes


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a manager has: clients, open applications, next contacts that are not done."""

    clients: int = 0
    applications: int = 0
    contacts: int = 0

    def __add__(self, other: Held) -> Held:
        return Held(
            clients=self.clients + other.clients,
            applications=self.applications + other.applications,
            contacts=self.contacts + other.contacts,
        )

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to hand over."""
        return not (self.clients or self.applications or self.contacts)


async def held_by(database: Database, manager: str) -> Held:
    """What a manager has now."""
    async with database.reading() as connection:
        return Held(
            clients=await _count(connection, _clients_of(manager)),
            applications=await _count(connection, _open_work_of(manager)),
            contacts=await _count(connection, _contacts_of(manager)),
        )


async def owners_now(database: Database, *, most: int = 1_000) -> tuple[str, ...]:
    """Everybody who owns a client, found by stepping through the index from one to the next."""
    found: list[str] = []
    async with database.reading() as connection:
        while len(found) < most:
            after = found[-1] if found else ""
            query = select(func.min(_t.c.owner)).where(_t.c.owner > after)
            owner = (await connection.execute(query)).scalar()
            if owner is None:
                break
            found.append(owner)
    return tuple(found)


async def hand_over_some(
    uow: UnitOfWork, manager: str, to: str, *, at: datetime, limit: int
) -> Held:
    """Gives at most `limit` of each to another manager; nothing is left when none was moved."""
    owned = await _ids(uow, _clients_of(manager), limit)
    work = await _ids(uow, _open_work_of(manager), limit)
    contacts = await _ids(uow, _contacts_of(manager), limit)
    if owned:
        changed = update(_t).where(_t.c.id.in_(owned)).values(owner=to, changed_at=at)
        await uow.execute(changed)
    if work:
        await uow.execute(update(_work).where(_work.c.id.in_(work)).values(manager=to))
    if contacts:
        await uow.execute(update(_notes).where(_notes.c.id.in_(contacts)).values(manager=to))
    return Held(clients=len(owned), applications=len(work), contacts=len(contacts))


async def hand_over_client(uow: UnitOfWork, key: str, to: str, *, at: datetime) -> str | None:
    """Gives one client with what his owner had of him.

    Returns the owner before; None where there is no such client.
    """
    row = (await uow.execute(select(_t.c.id, _t.c.owner).where(_t.c.key == key))).first()
    if row is None:
        return None
    before = str(row.owner)
    await uow.execute(update(_t).where(_t.c.id == row.id).values(owner=to, changed_at=at))
    if before:
        own = (_work.c.client_id == row.id, _work.c.manager == before, _work.c.open)
        await uow.execute(update(_work).where(*own).values(manager=to))
        due = (about_client(key), _notes.c.manager == before, _notes.c.done_at.is_(None))
        await uow.execute(update(_notes).where(*due).values(manager=to))
    return before


def _clients_of(manager: str) -> Any:
    return select(_t.c.id).where(_t.c.owner == manager)


def _open_work_of(manager: str) -> Any:
    return select(_work.c.id).where(_work.c.manager == manager, _work.c.open)


def _contacts_of(manager: str) -> Any:
    return select(_notes.c.id).where(
        _notes.c.manager == manager,
        _notes.c.next_contact_at.is_not(None),
        _notes.c.done_at.is_(None),
    )


async def _count(connection: AnyConnection, query: Any) -> int:
    counted = select(func.count()).select_from(query.subquery())
    return int((await connection.execute(counted)).scalar_one())


async def _ids(uow: UnitOfWork, query: Any, limit: int) -> list[int]:
    return list((await uow.execute(query.limit(limit))).scalars())
