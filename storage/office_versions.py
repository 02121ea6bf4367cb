"""The office files that were applied: text, who, when. A version is never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from storage import schema
from storage.connection import AnyConnection
from storage.dialects import upsert

_t = schema.office_versions


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeVersion:
    """One applied office file."""

    version: int
    text: str
    by: str
    at: datetime
    note: str = ""


class OfficeVersions:
    """Applied office files, and small facts of the service by name (`meta`)."""

    def __init__(self, connection: AnyConnection) -> None:
        self._connection = connection

    async def apply(self, text: str, *, by: str, at: datetime, note: str = "") -> int:
        """Keeps a new version and returns its number; the same text again is no new version."""
        newest = await self.current()
        if newest is not None and newest.text == text:
            return newest.version
        version = newest.version + 1 if newest else 1
        row = {"version": version, "text": text, "by": by, "at": at, "note": note}
        await self._connection.execute(insert(_t).values(row))
        return version

    async def current(self) -> OfficeVersion | None:
        """The version applied last."""
        found = await self.history(limit=1)
        return found[0] if found else None

    async def get(self, version: int) -> OfficeVersion | None:
        """One version, for a replay or a comparison."""
        row = (await self._connection.execute(select(_t).where(_t.c.version == version))).first()
        return OfficeVersion(**row._mapping) if row else None  # noqa: SLF001 - SQLAlchemy's public name

    async def history(self, *, limit: int = 50) -> tuple[OfficeVersion, ...]:
        """Applied versions, newest first."""
        query = select(_t).order_by(_t.c.version.desc()).limit(limit)
        rows = (await self._connection.execute(query)).mappings()
        return tuple(OfficeVersion(**row) for row in rows)

    async def note(self, key: str, value: str) -> None:
        """Keeps a small fact of the service under a name."""
        names = ["value"]
        statement = upsert(schema.meta, self._connection.dialect.name, keys=["key"], change=names)
        await self._connection.execute(statement.values(key=key, value=value))

    async def noted(self, key: str) -> str | None:
        """The fact kept under a name."""
        query = select(schema.meta.c.value).where(schema.meta.c.key == key)
        found = (await self._connection.execute(query)).scalar()
        return None if found is None else str(found)
