"""Who did what, when, from where: rows that are only ever added.

Words: `act` is what was done ("sign-in", "play", "role"), `subject` what it was done to
("person:3", "recording:7", "client:K-12"), `about` the rest. Secrets never stand in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from storage import schema_people as schema
from storage.connection import AnyConnection
from storage.database import Database

_t = schema.audit

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One row.

    `by` is a login (of a token, that of the person for whom it acts), "cli:<user>" or "service".
    """

    at: datetime
    by: str
    act: str
    subject: str
    about: Json = field(default_factory=dict)
    address: str = ""


class Audit:
    """What people did."""

    def __init__(self, connection: AnyConnection) -> None:
        self._connection = connection

    async def add(self, row: AuditRow) -> None:
        """Keeps a deed."""
        values = {
            "at": row.at,
            "by": row.by,
            "act": row.act,
            "subject": row.subject,
            "about": dict(row.about),
            "address": row.address,
        }
        await self._connection.execute(insert(_t).values(values))

    async def newest(
        self, *, subject: str = "", by: str = "", act: str = "", limit: int = 100
    ) -> tuple[AuditRow, ...]:
        """Deeds, newest first; what is left out does not matter."""
        query = select(_t).order_by(_t.c.at.desc(), _t.c.id.desc()).limit(limit)
        equal = {_t.c.subject: subject, _t.c.by: by, _t.c.act: act}
        query = query.where(*(column == value for column, value in equal.items() if value))
        return tuple(
            AuditRow(
                at=row.at,
                by=row.by,
                act=row.act,
                subject=row.subject,
                about=row.about,
                address=row.address,
            )
            for row in await self._connection.execute(query)
        )


async def read_audit(
    database: Database, *, subject: str = "", by: str = "", act: str = "", limit: int = 100
) -> tuple[AuditRow, ...]:
    """Deeds, newest first."""
    async with database.reading() as connection:
        return await Audit(connection).newest(subject=subject, by=by, act=act, limit=limit)
