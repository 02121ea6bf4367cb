"""What people noted of a client after a call or between, and when they want to speak again.

A note has a text, an instant of the next contact, or both. A next contact is open until somebody
says that it is done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select, union_all, update

from router.callbacks import party_of_client
from storage import schema
from storage.connection import AnyConnection
from storage.database import Database

_t, _calls = schema.notes, schema.calls


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One note. `by` is a login, `manager` the key of whose task the next contact is.

    `client` is empty for a caller whom nobody knew then, `call_id` for a note without a call.
    """

    id: int = 0
    client: str
    call_id: str = ""
    application: str = ""
    by: str
    manager: str = ""
    at: datetime
    text: str
    next_contact_at: datetime | None = None
    done_at: datetime | None = None


class Notes:
    """Notes by client, by call and by whose task they are."""

    def __init__(self, connection: AnyConnection) -> None:
        self._connection = connection

    async def write(self, note: Note) -> int:
        """Keeps a note; what the same person noted of the same call before is replaced.

        A contact that was done is open again where it is now to be at another time.
        """
        known = await self.of_call(note.call_id, note.by) if note.call_id else None
        if known:
            changed: dict[str, Any] = {"text": note.text, "next_contact_at": note.next_contact_at}
            if known.next_contact_at != note.next_contact_at:
                changed["done_at"] = None
            await self._connection.execute(update(_t).where(_t.c.id == known.id).values(changed))
            return known.id
        done = await self._connection.execute(insert(_t).values(_row(note)))
        key = done.inserted_primary_key
        return int(key[0]) if key else 0

    async def get(self, note_id: int) -> Note | None:
        """One note."""
        found = await self._all(select(_t).where(_t.c.id == note_id))
        return found[0] if found else None

    async def of_client(self, client: str, *, limit: int = 50) -> tuple[Note, ...]:
        """A client's notes, newest first."""
        query = select(_t).where(about_client(client))
        return await self._all(query.order_by(_t.c.at.desc(), _t.c.id.desc()).limit(limit))

    async def of_call(self, call_id: str, by: str) -> Note | None:
        """What a person noted of a call."""
        query = select(_t).where(_t.c.call_id == call_id, _t.c.by == by)
        found = await self._all(query.order_by(_t.c.id.desc()).limit(1))
        return found[0] if found else None

    async def of_calls(self, call_ids: Sequence[str]) -> tuple[Note, ...]:
        """The notes of some calls, oldest first."""
        query = select(_t).where(_t.c.call_id.in_(list(call_ids)))
        return await self._all(query.order_by(_t.c.at, _t.c.id))

    async def due(self, manager: str, until: datetime, *, limit: int = 20) -> tuple[Note, ...]:
        """A manager's open next contacts up to an instant, the earliest first."""
        at = _t.c.next_contact_at
        query = select(_t).where(_t.c.manager == manager, at < until, _t.c.done_at.is_(None))
        return await self._all(query.order_by(at, _t.c.id).limit(limit))

    async def done(self, note_id: int, at: datetime) -> bool:
        """Says that the next contact took place; False where it was said before."""
        mine = (_t.c.id == note_id) & _t.c.done_at.is_(None) & _t.c.next_contact_at.is_not(None)
        statement = update(_t).where(mine).values(done_at=at)
        return bool((await self._connection.execute(statement)).rowcount)

    async def _all(self, query: Any) -> tuple[Note, ...]:
        return tuple(_note(row) for row in await self._connection.execute(query))


def about_client(client: str) -> ColumnElement[bool]:
    """The notes of a client, those of calls from before anybody knew his number too.

    Two searches, each led by its own index: joined by "or" they are a walk through all notes.
    """
    party = _calls.c.party == party_of_client(client)
    of_stranger = func.coalesce(_t.c.client_key, "") == ""
    before = select(_t.c.id).join(_calls, _calls.c.id == _t.c.call_id).where(party, of_stranger)
    return _t.c.id.in_(union_all(select(_t.c.id).where(_t.c.client_key == client), before))


async def notes_of_client(database: Database, client: str, *, limit: int = 50) -> tuple[Note, ...]:
    """A client's notes, newest first."""
    async with database.reading() as connection:
        return await Notes(connection).of_client(client, limit=limit)


async def notes_of_calls(database: Database, call_ids: Sequence[str]) -> tuple[Note, ...]:
    """The notes of some calls, oldest first."""
    async with database.reading() as connection:
        return await Notes(connection).of_calls(call_ids)


def _row(note: Note) -> dict[str, Any]:
    return {
        "client_key": note.client,
        "call_id": note.call_id,
        "application": note.application,
        "by": note.by,
        "manager": note.manager,
        "at": note.at,
        "text": note.text,
        "next_contact_at": note.next_contact_at,
        "done_at": note.done_at,
    }


def _note(row: Any) -> Note:
    return Note(
        id=row.id,
        client=row.client_key,
        call_id=row.call_id,
        application=row.application,
        by=row.by,
        manager=row.manager,
        at=row.at,
        text=row.text,
        next_contact_at=row.next_contact_at,
        done_at=row.done_at,
    )
