"""What managers said of themselves. It survives a restart: only a person changes a status."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from router.office import Status
from storage import schema
from storage.connection import AnyConnection
from storage.dialects import upsert

_t = schema.statuses


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRow:
    """A manager's status; `by` is who set it, `until` when it ends by itself (None: never)."""

    manager: str
    status: Status
    since: datetime
    until: datetime | None = None
    by: str = ""


class Statuses:
    """The present status of each manager who ever set one."""

    def __init__(self, connection: AnyConnection) -> None:
        self._connection = connection

    async def set(self, row: StatusRow) -> None:
        """Replaces the manager's status."""
        names = ("status", "since", "until", "by")
        statement = upsert(_t, self._connection.dialect.name, keys=["manager"], change=names)
        values = {name: getattr(row, name) for name in names}
        await self._connection.execute(statement.values(manager=row.manager, **values))

    async def forget(self, manager: str) -> None:
        """Removes the status of somebody who left."""
        await self._connection.execute(delete(_t).where(_t.c.manager == manager))

    async def all(self) -> dict[str, StatusRow]:
        """Every status, by manager."""
        rows = await self._connection.execute(select(_t).order_by(_t.c.manager))
        return {
            row.manager: StatusRow(
                manager=row.manager,
                status=Status(row.status),
                since=row.since,
                until=row.until,
                by=row.by,
            )
            for row in rows
        }
