"""Items of the callback list with what a person needs to call back; open or closed.

Rules:

1. What was dialled, and from where, the item's newest missed call tells.
2. What the calls recognised is told by the newest one that recognised it: a call that came while
   the service was off says nothing of the client.
3. The client base goes before that, as it is today: the client's name, and his owner unless it was
   the manager of one of his open applications that the call was for. A client whom the base does
   not know is a CRM's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import and_, or_, select

from router.callbacks import CallbackItem, client_of
from storage import schema
from storage.callback_list import Callbacks
from storage.connection import AnyConnection
from storage.database import Database
from storage.pieces import pieces
from storage.records import OpenCallback

_calls, _links = schema.calls, schema.callback_calls
_clients, _work = schema.clients, schema.applications

_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_NEWEST = select(
    _calls.c.id,
    _calls.c.caller,
    _calls.c.number_e164,
    _calls.c.line,
    _calls.c.department,
    _calls.c.client_key,
)
_RECOGNISED = (
    select(_links.c.callback_id, _calls.c.client_name, _calls.c.application, _calls.c.owner)
    .join(_calls, _calls.c.id == _links.c.call_id)
    .where(or_(_calls.c.client_name != "", _calls.c.application != "", _calls.c.owner != ""))
    .order_by(_calls.c.began_at.desc(), _calls.c.id.desc())
)
_TODAY = (
    select(_clients.c.key, _clients.c.name, _clients.c.owner)
    .add_columns(_work.c.key.label("work"), _work.c.manager, _work.c.changed_at)
    .outerjoin(_work, and_(_work.c.client_id == _clients.c.id, _work.c.open))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recognised:
    """What calls tell of their client; "" for what they do not."""

    name: str = ""
    owner: str = ""
    application: str = ""

    def __or__(self, earlier: _Recognised) -> _Recognised:
        return _Recognised(
            name=self.name or earlier.name,
            owner=self.owner or earlier.owner,
            application=self.application or earlier.application,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Today:
    """A client as the base has him.

    `owners`: the managers of his open applications, the one that changed last first, then his own.
    `application`: that one.
    """

    name: str = ""
    owners: tuple[str, ...] = ()
    application: str = ""


async def callbacks_told(
    connection: AnyConnection, items: Sequence[CallbackItem]
) -> tuple[OpenCallback, ...]:
    """These items as people read them, with as many questions for a thousand as for some."""
    newest = await _calls_by_id(connection, [item.missed[-1] for item in items])
    calls = await _recognised(connection, [item.id for item in items])
    today = await _in_the_base(connection, {client_of(item.party) for item in items} - {""})
    return tuple(
        _told(item, newest[item.missed[-1]], calls.get(item.id, _Recognised()), today)
        for item in items
    )


async def callback_of(connection: AnyConnection, callback_id: str) -> OpenCallback | None:
    """One item; None where there is none."""
    item = await Callbacks(connection).get(callback_id)
    return (await callbacks_told(connection, [item]))[0] if item else None


async def closed_since(database: Database, at: datetime, *, limit: int) -> tuple[OpenCallback, ...]:
    """The items closed last since an instant, the newest first."""
    async with database.reading() as connection:
        items = await Callbacks(connection).closed_items(at, limit=limit)
        return await callbacks_told(connection, items)


async def _calls_by_id(connection: AnyConnection, ids: Sequence[str]) -> Mapping[str, Any]:
    """The rows of these calls, as much of each as `_told` reads."""
    found: dict[str, Any] = {}
    for piece in pieces(ids):
        rows = await connection.execute(_NEWEST.where(_calls.c.id.in_(piece)))
        found |= {row.id: row for row in rows}
    return found


async def _recognised(connection: AnyConnection, ids: Sequence[str]) -> Mapping[str, _Recognised]:
    """Name, owner and application of each item: each by the newest call that tells it."""
    found: dict[str, _Recognised] = {}
    for piece in pieces(ids):
        for row in await connection.execute(_RECOGNISED.where(_links.c.callback_id.in_(piece))):
            told = _Recognised(name=row.client_name, owner=row.owner, application=row.application)
            known = found.get(row.callback_id)
            found[row.callback_id] = known | told if known else told
    return found


async def _in_the_base(connection: AnyConnection, keys: Iterable[str]) -> Mapping[str, _Today]:
    rows: defaultdict[str, list[Any]] = defaultdict(list)
    for piece in pieces(sorted(keys)):
        for row in await connection.execute(_TODAY.where(_clients.c.key.in_(piece))):
            rows[row.key].append(row)
    return {key: _today(found) for key, found in rows.items()}


def _today(rows: Sequence[Any]) -> _Today:
    """A client out of his rows, one for each open application."""
    work = [row for row in rows if row.work is not None]
    work.sort(key=lambda row: (row.changed_at or _LONG_AGO, row.work), reverse=True)
    owners = [row.manager for row in work] + [rows[0].owner]
    return _Today(
        name=rows[0].name,
        application=work[0].work if work else "",
        owners=tuple(owner for owner in owners if owner),
    )


def _told(
    item: CallbackItem,
    newest: Any,
    calls: _Recognised,
    today: Mapping[str, _Today],
) -> OpenCallback:
    client = client_of(item.party)
    base = today.get(client, _Today())
    owner = calls.owner if calls.owner in base.owners else next(iter(base.owners), calls.owner)
    return OpenCallback(
        item=item,
        caller=newest.caller,
        number_e164=newest.number_e164,
        client=client or newest.client_key,
        client_name=base.name or calls.name,
        application=calls.application or base.application,
        owner=owner,
        line=newest.line,
        department=newest.department,
    )
