"""The log as the books compare it: every call of a stretch, with the callbacks it is linked to."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from router.books import LoggedCall
from router.calls import Direction, Disposition
from storage import schema
from storage.database import Database

_calls, _links = schema.calls, schema.callback_calls
_OFFICES = schema.office_versions


async def logged_between(
    database: Database, pbx: str, since: datetime, until: datetime
) -> tuple[LoggedCall, ...]:
    """The calls of a PBX that began in the stretch, by the PBX's own clock."""
    links = (
        select(func.count()).where(_links.c.call_id == _calls.c.id).scalar_subquery().label("links")
    )
    asked = (
        select(_calls, links)
        .where(_calls.c.pbx == pbx, _calls.c.began_at >= since, _calls.c.began_at < until)
        .order_by(_calls.c.began_at, _calls.c.id)
    )
    async with database.reading() as connection:
        rows = (await connection.execute(asked)).all()
    return tuple(
        LoggedCall(
            id=row.id,
            direction=Direction(row.direction),
            line=row.line,
            caller=row.caller,
            began_at=row.began_at + timedelta(seconds=row.clock_offset_seconds),
            disposition=Disposition(row.disposition) if row.disposition else None,
            talk_seconds=row.talk_seconds,
            callbacks=row.links,
        )
        for row in rows
    )


async def there_since(database: Database) -> datetime | None:
    """When the first office was applied or the first call logged; nothing can be known before."""
    async with database.reading() as connection:
        office = (await connection.execute(select(func.min(_OFFICES.c.at)))).scalar()
        call = (await connection.execute(select(func.min(_calls.c.began_at)))).scalar()
    found = [at for at in (office, call) if at is not None]
    return min(found, default=None)
