"""The built-in client base as rows: clients, their numbers and applications.

Numbers are kept as they were written; E.164 and the matching key beside them only where a number
may be matched at all, so that a look-up never has to judge. Whatever changes a client here keeps
the words that he is found by (`storage.client_words`) in the same transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, select

from router.client_words import wanted
from router.facts import Application
from router.numbers import NumberPlan, PhoneNumber
from storage import schema
from storage.client_records import records_of
from storage.client_search import Sight, find_clients
from storage.client_words import add_words, make_words_again
from storage.connection import AnyConnection
from storage.dialects import upsert
from storage.reach import Reach
from storage.records import ClientRecord

_t = schema.clients
_numbers = schema.client_numbers
_applications = schema.applications

_NAMED = select(_t.c.key, _t.c.id, _t.c.name, _t.c.search_text)
_NAMED = _NAMED.where(_t.c.key.in_(bindparam("keys", expanding=True)))
_MARKS = ("owner", "blocked", "switchboard", "no_recording")
_OF_A_CLIENT = ("name", "search_text", "changed_at", *_MARKS)
_OF_AN_APPLICATION = ("title", "open", "manager", "changed_at")


class Clients:
    """Clients by key."""

    def __init__(self, connection: AnyConnection) -> None:
        self._connection = connection

    async def save(
        self, records: Sequence[ClientRecord], *, at: datetime, merge: bool = False
    ) -> frozenset[str]:
        """Adds or changes clients; numbers and applications are added to those that are there.

        With `merge`, what a record does not tell stays as it was: an empty text, a mark that is
        not set (but `blocked` where `blocked_told`), no instant, a status in `status_untold`. A
        new client without a name is called by his first number. At most some hundred records at a
        time, no key twice. Returns the E.164 numbers that are theirs now: earlier calls from them
        belong to these clients (`storage.parties.move_calls`).
        """
        if not records:
            return frozenset()
        before = await self._names(record.key for record in records)
        if merge:
            records = [_named(record, before) for record in records]
        await self._save_clients(records, at, merge=merge)
        ids = {key: row.id for key, row in before.items()}
        ids |= await self._ids(r.key for r in records if r.key not in before)
        numbers = [_number_row(ids[r.key], number) for r in records for number in r.numbers]
        await self._save_numbers(numbers)
        await self._save_applications(records, ids, merge=merge)
        renamed = {
            r.key for r in records if r.key in before and before[r.key].search_text != _compared(r)
        }
        await add_words(self._connection, (r for r in records if r.key not in renamed), ids)
        await make_words_again(self._connection, [ids[key] for key in sorted(renamed)])
        return frozenset(str(row["e164"]) for row in numbers if row["e164"])

    async def remove(self, key: str) -> bool:
        """Forgets a client with his numbers and applications; his calls stay."""
        done = await self._connection.execute(delete(_t).where(_t.c.key == key))
        return bool(done.rowcount)

    async def drop_number(self, key: str, identity: str) -> bool:
        """Takes a number from a client (`number_identity`); calls that were his stay his."""
        ids = await self._ids([key])
        own = (_numbers.c.client_id == ids.get(key), _numbers.c.identity == identity)
        done = await self._connection.execute(delete(_numbers).where(*own))
        await make_words_again(self._connection, list(ids.values()))
        return bool(done.rowcount)

    async def get(self, key: str) -> ClientRecord | None:
        """One client."""
        found = await records_of(self._connection, list((await self._ids([key])).values()))
        return found[0] if found else None

    async def search(self, text: str, *, limit: int = 20) -> tuple[ClientRecord, ...]:
        """Clients by the beginnings of words of their name, a number or an application's number.

        An empty text means the first ones by name.
        """
        asked = wanted(text, NumberPlan())
        if asked.is_empty:
            query = select(_t.c.id).order_by(_t.c.name, _t.c.key).limit(limit)
            ids = (await self._connection.execute(query)).scalars().all()
            return await records_of(self._connection, ids)
        everybody = Sight(reach=Reach(everything=True), at=datetime.now(UTC))
        found = await find_clients(self._connection, asked, everybody, limit=limit)
        return found.clients

    async def count(self) -> int:
        """How many clients there are."""
        query = select(func.count()).select_from(_t)
        return int((await self._connection.execute(query)).scalar_one())

    async def keys_by_number(self, e164s: Sequence[str]) -> dict[tuple[str, str], str]:
        """The clients behind these numbers: (E.164, name in lower case) → key."""
        query = select(_numbers.c.e164, _t.c.search_text, _t.c.key).join(
            _t, _t.c.id == _numbers.c.client_id
        )
        rows = await self._connection.execute(query.where(_numbers.c.e164.in_(e164s)))
        return {(row.e164, row.search_text): row.key for row in rows}

    async def known_keys(self, keys: Sequence[str]) -> frozenset[str]:
        """Which of these keys are taken."""
        return frozenset(await self._ids(keys))

    async def _save_clients(
        self, records: Sequence[ClientRecord], at: datetime, *, merge: bool
    ) -> None:
        """Writes together those clients of which the same columns stay where nothing is told."""
        alike: defaultdict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
        for record in records:
            alike[_kept(record) if merge else ()].append(_client_row(record, at))
        dialect = self._connection.dialect.name
        for keep, rows in alike.items():
            statement = upsert(_t, dialect, keys=["key"], change=_OF_A_CLIENT, keep=keep)
            await self._connection.execute(statement, rows)

    async def _save_numbers(self, rows: Sequence[dict[str, Any]]) -> None:
        if rows:
            dialect = self._connection.dialect.name
            names = ["written", "e164", "number_key", "extension"]
            statement = upsert(_numbers, dialect, keys=["client_id", "identity"], change=names)
            await self._connection.execute(statement, rows)

    async def _save_applications(
        self, records: Sequence[ClientRecord], ids: Mapping[str, int], *, merge: bool
    ) -> None:
        """Writes together those applications of which the same columns change."""
        alike: defaultdict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
        for record in records:
            for found in record.applications:
                change = _told(found, record) if merge else _OF_AN_APPLICATION
                alike[change].append(_application_row(ids[record.key], found))
        dialect = self._connection.dialect.name
        for change, rows in alike.items():
            statement = upsert(_applications, dialect, keys=["client_id", "key"], change=change)
            await self._connection.execute(statement, rows)

    async def _ids(self, keys: Iterable[str]) -> dict[str, int]:
        wanted_keys = list(keys)
        if not wanted_keys:
            return {}
        query = select(_t.c.key, _t.c.id).where(_t.c.key.in_(wanted_keys))
        return {row.key: row.id for row in await self._connection.execute(query)}

    async def _names(self, keys: Iterable[str]) -> dict[str, Row[Any]]:
        rows = await self._connection.execute(_NAMED, {"keys": list(keys)})
        return {row.key: row for row in rows}


def called(record: ClientRecord) -> str:
    """What a client is called as long as nobody tells more: his name, else his first number."""
    return record.name or next((number.raw for number in record.numbers), "")


def _named(record: ClientRecord, before: Mapping[str, Row[Any]]) -> ClientRecord:
    if record.name:
        return record
    there = before.get(record.key)
    return replace(record, name=there.name if there else called(record))


def _compared(record: ClientRecord) -> str:
    return record.name.casefold()


def number_identity(number: PhoneNumber) -> str:
    """One telephone of one client, however it is written; what is no number is its own text."""
    if not number.is_matchable:
        return number.raw
    return f"{number.e164}#{number.extension}" if number.extension else str(number.e164)


def _number_row(client_id: int, number: PhoneNumber) -> dict[str, Any]:
    matchable = number.is_matchable
    return {
        "client_id": client_id,
        "written": number.raw,
        "identity": number_identity(number),
        "e164": number.e164 if matchable else None,
        "number_key": number.key if matchable else None,
        "extension": number.extension or "",
    }


def _kept(record: ClientRecord) -> tuple[str, ...]:
    """The columns that stay as they were where the record has nothing in them."""
    return tuple(mark for mark in _MARKS if mark != "blocked" or not record.blocked_told)


def _client_row(record: ClientRecord, at: datetime) -> dict[str, Any]:
    return {
        "key": record.key,
        "name": record.name,
        "search_text": _compared(record),
        "owner": record.owner,
        "blocked": record.blocked,
        "switchboard": record.switchboard,
        "no_recording": record.no_recording,
        "changed_at": at,
    }


def _told(found: Application, record: ClientRecord) -> tuple[str, ...]:
    """The columns of an application that a record tells."""
    told = {
        "title": bool(found.title),
        "open": found.key not in record.status_untold,
        "manager": bool(found.manager),
        "changed_at": found.changed_at is not None,
    }
    return tuple(column for column in _OF_AN_APPLICATION if told[column])


def _application_row(client_id: int, found: Application) -> dict[str, Any]:
    return {
        "client_id": client_id,
        "key": found.key,
        "title": found.title,
        "open": found.open,
        "manager": found.manager,
        "changed_at": found.changed_at,
    }
