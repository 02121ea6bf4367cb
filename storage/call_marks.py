"""What else is known of the calls on a page: who is still owed a callback, what was recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from storage import schema
from storage.database import Database
from storage.pieces import pieces

_links, _items, _recordings = schema.callback_calls, schema.callbacks, schema.recordings

READY = "ready"
"""The state of a recording that can be listened to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Ids of calls: nobody has called back yet; there is a recording."""

    owed: frozenset[str] = frozenset()
    recorded: frozenset[str] = frozenset()


async def marks_of(database: Database, call_ids: Sequence[str]) -> Marks:
    """The marks of these calls."""
    if not call_ids:
        return Marks()
    owed: set[str] = set()
    recorded: set[str] = set()
    async with database.reading() as connection:
        for some in pieces(call_ids):
            still = (
                select(_links.c.call_id)
                .join(_items, _items.c.id == _links.c.callback_id)
                .where(_links.c.call_id.in_(some), _items.c.closed_at.is_(None))
            )
            heard = select(_recordings.c.call_id).where(
                _recordings.c.call_id.in_(some), _recordings.c.state == READY
            )
            owed.update((await connection.execute(still)).scalars())
            recorded.update((await connection.execute(heard)).scalars())
    return Marks(owed=frozenset(owed), recorded=frozenset(recorded))
