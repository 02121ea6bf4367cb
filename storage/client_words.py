"""Keeps what clients are found by, in the transaction that changes them.

Words are only added while a client grows; where something was renamed or taken away, all of his
words are made again from what the base holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, delete, select

from router.client_words import words_of_client
from router.numbers import PhoneNumber
from storage import schema
from storage.connection import AnyConnection
from storage.dialects import upsert
from storage.pieces import pieces
from storage.records import ClientRecord

_t = schema.client_words
_clients, _numbers, _work = schema.clients, schema.client_numbers, schema.applications

_NAMES = select(_clients.c.id, _clients.c.name)
_NAMES = _NAMES.where(_clients.c.id.in_(bindparam("ids", expanding=True)))
_WRITTEN = select(_numbers.c.client_id, _numbers.c.e164, _numbers.c.written)
_WRITTEN = _WRITTEN.where(_numbers.c.client_id.in_(bindparam("ids", expanding=True)))
_KEYS = select(_work.c.client_id, _work.c.key)
_KEYS = _KEYS.where(_work.c.client_id.in_(bindparam("ids", expanding=True)))
_FORGET = delete(_t).where(_t.c.client_id.in_(bindparam("ids", expanding=True)))


async def add_words(
    connection: AnyConnection, records: Iterable[ClientRecord], ids: Mapping[str, int]
) -> None:
    """Lets clients be found by what these records tell, besides what they were found by."""
    rows = [
        {"client_id": ids[record.key], "word": word}
        for record in records
        for word in sorted(_words(record))
    ]
    await _add(connection, rows)


async def make_words_again(connection: AnyConnection, ids: Collection[int]) -> None:
    """Lets clients be found by what the base holds of them now, and by nothing else."""
    if not ids:
        return
    asked = {"ids": list(ids)}
    numbers: defaultdict[int, list[str]] = defaultdict(list)
    work: defaultdict[int, list[str]] = defaultdict(list)
    for row in await connection.execute(_WRITTEN, asked):
        numbers[row.client_id].append(row.e164 or row.written)
    for row in await connection.execute(_KEYS, asked):
        work[row.client_id].append(row.key)
    rows = [
        {"client_id": row.id, "word": word}
        for row in (await connection.execute(_NAMES, asked)).all()
        for word in sorted(words_of_client(row.name, numbers[row.id], work[row.id]))
    ]
    await connection.execute(_FORGET, asked)
    await _add(connection, rows)


async def _add(connection: AnyConnection, rows: list[dict[str, Any]]) -> None:
    write = upsert(_t, connection.dialect.name, keys=["client_id", "word"], change=())
    for piece in pieces(rows):
        await connection.execute(write, piece)


def _words(record: ClientRecord) -> frozenset[str]:
    return words_of_client(
        record.name,
        (_as_kept(number) for number in record.numbers),
        (work.key for work in record.applications),
    )


def _as_kept(number: PhoneNumber) -> str:
    return number.e164 if number.e164 and number.is_matchable else number.raw
