"""Everything that is kept about one client: given to him as it is, or erased.

A client's calls are those that were recognised as his and those from his numbers that nobody else
has (`calls.party`). What is erased is gone from every table; what stays is that it was done, by
whom and how much, under a digest of his key. Rows of the audit stay without what they tell.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, insert, or_, select, update

from storage import schema
from storage.connection import AnyConnection
from storage.notes import about_client
from storage.pieces import pieces
from storage.unit_of_work import UnitOfWork

_clients, _calls = schema.clients, schema.calls
_OF_CLIENT = (schema.client_numbers, schema.applications)
_OF_CALL = (
    schema.legs,
    schema.transfers,
    schema.trail,
    schema.decisions,
    schema.callback_acts,
    schema.callback_attempts,
    schema.recordings,
)

Rows = dict[str, list[dict[str, Any]]]


def digest_of(key: str) -> str:
    """How an erasure names the client: whoever knows the key can ask, nobody can read it."""
    return hashlib.sha256(f"client:{key}".encode()).hexdigest()


async def calls_of(connection: AnyConnection, key: str) -> list[str]:
    """The ids of a client's calls."""
    mine = or_(_calls.c.client_key == key, _calls.c.party == f"client:{key}")
    return list((await connection.execute(select(_calls.c.id).where(mine))).scalars())


async def gather(connection: AnyConnection, key: str) -> Rows:
    """Every row about a client, by table."""
    found: Rows = {}
    calls = await calls_of(connection, key)
    ids = select(_clients.c.id).where(_clients.c.key == key)
    await _take(connection, found, _clients, _clients.c.key == key)
    for table in _OF_CLIENT:
        await _take(connection, found, table, table.c.client_id.in_(ids))
    for piece in pieces(calls):
        await _take(connection, found, _calls, _calls.c.id.in_(piece))
        for table in _OF_CALL:
            await _take(connection, found, table, table.c.call_id.in_(piece))
    for table, mine in _by_key(key):
        await _take(connection, found, table, mine)
    return found


async def held(connection: AnyConnection, calls: Sequence[str]) -> list[int]:
    """The recordings of these calls that are under legal hold."""
    return await _recordings_of(connection, calls, schema.recordings.c.legal_hold)


async def erase(
    uow: UnitOfWork, key: str, *, by: str, at: datetime, why: str
) -> tuple[Mapping[str, int], list[str]]:
    """Erases a client everywhere; returns how many rows of what, and sounds left unused."""
    counts: dict[str, int] = {}
    unused: list[str] = []
    calls = await calls_of(uow.connection, key)
    recordings = await _recordings_of(uow.connection, calls)
    for piece in pieces(calls):
        count, keys = await uow.recordings.erase(piece)
        _add(counts, "recordings", count)
        unused += keys
        for table in (schema.trail, schema.notes, schema.callback_acts):
            await _drop(uow, counts, table, table.c.call_id.in_(piece))
    for table, mine in _by_key(key):
        await _drop(uow, counts, table, mine)
    for piece in pieces(calls):
        await _drop(uow, counts, _calls, _calls.c.id.in_(piece))
        await _drop(uow, counts, schema.decisions, schema.decisions.c.call_id.in_(piece))
    await _drop(uow, counts, _clients, _clients.c.key == key)
    audit = schema.audit
    told = [f"client:{key}", *(f"call:{call}" for call in calls)]
    told += [f"recording:{number}" for number in recordings]
    for piece in pieces(told):
        await uow.execute(update(audit).where(audit.c.subject.in_(piece)).values(about={}))
    row = {"client_digest": digest_of(key), "by": by, "at": at, "why": why, "counts": counts}
    await uow.execute(insert(schema.erasures).values(row))
    return counts, unused


async def erasures_of(connection: AnyConnection, key: str) -> list[dict[str, Any]]:
    """When a client was erased, by whom, and how much; empty where he never was."""
    table = schema.erasures
    query = select(table).where(table.c.client_digest == digest_of(key)).order_by(table.c.id)
    return [dict(row) for row in (await connection.execute(query)).mappings()]


def _by_key(key: str) -> tuple[tuple[Table, ColumnElement[bool]], ...]:
    return (
        (schema.notes, about_client(key)),
        (schema.card_rights, schema.card_rights.c.client_key == key),
        (schema.callbacks, schema.callbacks.c.party == f"client:{key}"),
    )


async def _recordings_of(
    connection: AnyConnection, calls: Sequence[str], *besides: ColumnElement[bool]
) -> list[int]:
    table, found = schema.recordings, []
    for piece in pieces(calls):
        query = select(table.c.id).where(table.c.call_id.in_(piece), *besides)
        found += list((await connection.execute(query)).scalars())
    return found


async def _take(
    connection: AnyConnection, found: Rows, table: Table, mine: ColumnElement[bool]
) -> None:
    rows = (await connection.execute(select(table).where(mine))).mappings()
    found.setdefault(table.name, []).extend(dict(row) for row in rows)


async def _drop(
    uow: UnitOfWork, counts: dict[str, int], table: Table, mine: ColumnElement[bool]
) -> None:
    _add(counts, table.name, (await uow.execute(delete(table).where(mine))).rowcount)


def _add(counts: dict[str, int], name: str, count: int) -> None:
    counts[name] = counts.get(name, 0) + count
