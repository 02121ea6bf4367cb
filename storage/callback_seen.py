"""One item of the callback list with what a page shows of it; open or closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from router.callbacks import CallbackItem
from storage import schema
from storage.callback_list import Callbacks
from storage.connection import AnyConnection
from storage.database import Database
from storage.ended_calls import stored_call
from storage.records import OpenCallback, StoredCall

_t, _calls = schema.callbacks, schema.calls
_CLIENT = "client:"


async def callback_of(connection: AnyConnection, callback_id: str) -> OpenCallback | None:
    """An item as `storage.reading.open_callbacks` tells it; None where there is none."""
    item = await Callbacks(connection).get(callback_id)
    if item is None:
        return None
    row = (await connection.execute(select(_calls).where(_calls.c.id == item.missed[-1]))).one()
    return _told(item, stored_call(row))


async def closed_since(
    database: Database, at: datetime, *, limit: int
) -> tuple[tuple[OpenCallback, ...], int]:
    """The items closed last since an instant, the newest first, and how many there are."""
    mine = _t.c.closed_at >= at
    newest = select(_t.c.id).where(mine).order_by(_t.c.closed_at.desc(), _t.c.id).limit(limit)
    async with database.reading() as connection:
        count = (await connection.execute(select(func.count()).where(mine))).scalar_one()
        ids: Sequence[str] = (await connection.execute(newest)).scalars().all()
        found = [await callback_of(connection, callback_id) for callback_id in ids]
    return tuple(item for item in found if item), int(count)


def _told(item: CallbackItem, newest: StoredCall) -> OpenCallback:
    client = item.party.removeprefix(_CLIENT) if item.party.startswith(_CLIENT) else ""
    return OpenCallback(
        item=item,
        caller=newest.call.caller,
        number_e164=newest.number_e164,
        client=client or newest.client,
        client_name=newest.client_name,
        application=newest.application,
        owner=newest.owner,
        line=newest.call.line,
        department=newest.department,
    )
