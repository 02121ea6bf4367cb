"""Which entries of a PBX's journal were read, exactly once, and what they said.

An entry is deleted on the PBX after our commit. If that deletion is lost, the entry is read again
and found here; so nothing is counted twice.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from storage import schema
from storage.connection import AnyConnection
from storage.dialects import upsert
from storage.records import TrailEntry

_seen = schema.journal_seen
_trail = schema.trail


class Journal:
    """The journal entries that were taken over."""

    def __init__(self, connection: AnyConnection) -> None:
        self._connection = connection

    async def take(self, pbx: str, entry: str, *, at: datetime) -> bool:
        """Marks an entry as read; False when it was read before."""
        dialect = self._connection.dialect.name
        statement = upsert(_seen, dialect, keys=["pbx", "entry"], change=())
        row = {"pbx": pbx, "entry": entry, "seen_at": at}
        done = await self._connection.execute(statement, row)
        return bool(done.rowcount)

    async def keep(self, entry: TrailEntry) -> None:
        """Keeps what an entry said, once."""
        dialect = self._connection.dialect.name
        statement = upsert(_trail, dialect, keys=["pbx", "entry"], change=())
        row = {
            "call_id": entry.call_id,
            "pbx": entry.pbx,
            "entry": entry.entry,
            "raw": entry.raw,
            "reported": dict(entry.reported),
            "at": entry.at,
        }
        await self._connection.execute(statement, row)

    async def trail_of(self, call_id: str) -> tuple[TrailEntry, ...]:
        """What the PBX reported of a call, in the order in which it was read."""
        query = select(_trail).where(_trail.c.call_id == call_id).order_by(_trail.c.id)
        rows = await self._connection.execute(query)
        return tuple(
            TrailEntry(
                call_id=row.call_id,
                pbx=row.pbx,
                entry=row.entry,
                raw=row.raw,
                at=row.at,
                reported=row.reported,
            )
            for row in rows
        )

    async def forget_before(self, at: datetime) -> int:
        """Forgets marks older than any entry that the PBX may still hold."""
        done = await self._connection.execute(delete(_seen).where(_seen.c.seen_at < at))
        return int(done.rowcount)
