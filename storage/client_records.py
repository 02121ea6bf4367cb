"""Clients out of their rows, many with three questions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select

from router.facts import Application
from router.numbers import NumberKind, PhoneNumber
from storage import schema
from storage.connection import AnyConnection
from storage.records import ClientRecord

_t, _numbers, _work = schema.clients, schema.client_numbers, schema.applications

_ROWS = select(_t).where(_t.c.id.in_(bindparam("ids", expanding=True)))
_NUMBERS = select(_numbers).where(_numbers.c.client_id.in_(bindparam("ids", expanding=True)))
_NUMBERS = _NUMBERS.order_by(_numbers.c.id)
_WORK = select(_work).where(_work.c.client_id.in_(bindparam("ids", expanding=True)))
_WORK = _WORK.order_by(_work.c.open.desc(), _work.c.key)


async def records_of(connection: AnyConnection, ids: Sequence[int]) -> tuple[ClientRecord, ...]:
    """These clients with numbers and applications, in the order of the ids."""
    if not ids:
        return ()
    asked = {"ids": list(ids)}
    numbers: defaultdict[int, list[PhoneNumber]] = defaultdict(list)
    work: defaultdict[int, list[Application]] = defaultdict(list)
    for row in await connection.execute(_NUMBERS, asked):
        numbers[row.client_id].append(stored_number(row))
    for row in await connection.execute(_WORK, asked):
        work[row.client_id].append(application(row))
    rows = {row.id: row for row in await connection.execute(_ROWS, asked)}
    return tuple(_record(rows[id_], numbers[id_], work[id_]) for id_ in ids if id_ in rows)


def application(row: Any) -> Application:
    """A row of `applications`."""
    return Application(
        key=row.key, title=row.title, open=row.open, manager=row.manager, changed_at=row.changed_at
    )


def stored_number(row: Any) -> PhoneNumber:
    """A number as far as the base knows it; its region is not kept."""
    return PhoneNumber(
        raw=row.written,
        kind=NumberKind.EXTERNAL if row.e164 else NumberKind.INVALID,
        e164=row.e164,
        key=row.number_key,
        extension=row.extension or None,
        verified=row.e164 is not None,
    )


def _record(row: Any, numbers: Sequence[PhoneNumber], work: Sequence[Application]) -> ClientRecord:
    return ClientRecord(
        key=row.key,
        name=row.name,
        owner=row.owner,
        blocked=row.blocked,
        switchboard=row.switchboard,
        no_recording=row.no_recording,
        numbers=tuple(numbers),
        applications=tuple(work),
    )
