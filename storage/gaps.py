"""Gaps: stretches of time in which a PBX was not watched. None is silent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from storage import schema
from storage.connection import AnyConnection

_t = schema.gaps


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One gap; open while `ended_at` is None.

    `recovered_calls` are those of the PBX's journal, `from_call_records` those of its CDR.
    """

    id: int
    pbx: str
    began_at: datetime
    ended_at: datetime | None
    why: str
    recovered_calls: int = 0
    adopted_calls: int = 0
    from_call_records: int = 0
    note: str = ""


class Gaps:
    """Gaps, opened on a lost connection and closed with what could be recovered."""

    def __init__(self, connection: AnyConnection) -> None:
        self._connection = connection

    async def open(self, pbx: str, *, began_at: datetime, why: str) -> int:
        """Opens a gap, or returns the one that is open: a second loss is the same gap."""
        query = select(_t.c.id).where(_t.c.pbx == pbx, _t.c.ended_at.is_(None))
        found = (await self._connection.execute(query)).scalar()
        if found is not None:
            return int(found)
        row = {"pbx": pbx, "began_at": began_at, "why": why}
        result = await self._connection.execute(insert(_t).values(row).returning(_t.c.id))
        return int(result.scalar_one())

    async def close(
        self,
        gap_id: int,
        *,
        ended_at: datetime,
        recovered_calls: int = 0,
        adopted_calls: int = 0,
        note: str = "",
    ) -> None:
        """Closes a gap with its counts; one that is closed stays as it is."""
        values = {
            "ended_at": ended_at,
            "recovered_calls": recovered_calls,
            "adopted_calls": adopted_calls,
            "note": note,
        }
        still_open = (_t.c.id == gap_id, _t.c.ended_at.is_(None))
        await self._connection.execute(update(_t).where(*still_open).values(values))

    async def add_call_records(self, gap_id: int, *, calls: int, note: str) -> None:
        """Adds to a gap what the PBX's own call records knew of it, and says what they did not.

        `note` stands instead of what was said before; empty where nothing is missing any more.
        """
        values = {"from_call_records": _t.c.from_call_records + calls, "note": note}
        await self._connection.execute(update(_t).where(_t.c.id == gap_id).values(values))

    async def newest(self, *, limit: int = 50) -> tuple[Gap, ...]:
        """Gaps, newest first."""
        query = select(_t).order_by(_t.c.began_at.desc(), _t.c.id.desc()).limit(limit)
        rows = (await self._connection.execute(query)).mappings()
        return tuple(Gap(**row) for row in rows)
