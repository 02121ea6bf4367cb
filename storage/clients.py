"""The built-in client base as rows: clients, their numbers and applications.

Numbers are kept as they were written; E.164 and the matching key beside them only where a number
may be matched at all, so that a look-up never has to judge.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, or_, select

from router.facts import Application
from router.numbers import NumberKind, PhoneNumber
from storage import schema
from storage.connection import AnyConnection
from storage.dialects import upsert
from storage.records import ClientRecord

_t = schema.clients
_numbers = schema.client_numbers
_applications = schema.applications


class Clients:
    """Clients by key."""

    def __init__(self, connection: AnyConnection) -> None:
        self._connection = connection

    async def save(
        self, records: Sequence[ClientRecord], *, at: datetime, merge: bool = False
    ) -> frozenset[str]:
        """Adds or changes clients; numbers and applications are added to those that are there.

        With `merge`, what a record does not tell (owner, marks) stays as it was. At most some
        hundred records at a time, no key twice. Returns the E.164 numbers that are theirs now:
        earlier calls from them belong to these clients (`storage.parties.move_calls`).
        """
        if not records:
            return frozenset()
        await self._save_clients(records, at, merge=merge)
        ids = await self._ids(record.key for record in records)
        numbers = [_number_row(ids[r.key], number) for r in records for number in r.numbers]
        await self._save_numbers(numbers)
        await self._save_applications(
            [_application_row(ids[r.key], a) for r in records for a in r.applications]
        )
        return frozenset(str(row["e164"]) for row in numbers if row["e164"])

    async def remove(self, key: str) -> bool:
        """Forgets a client with his numbers and applications; his calls stay."""
        done = await self._connection.execute(delete(_t).where(_t.c.key == key))
        return bool(done.rowcount)

    async def get(self, key: str) -> ClientRecord | None:
        """One client."""
        found = await self._records(_t.c.key == key, limit=1)
        return found[0] if found else None

    async def search(self, text: str, *, limit: int = 20) -> tuple[ClientRecord, ...]:
        """Clients whose name contains `text`, or a number contains its digits (4 or more)."""
        by_name = _t.c.search_text.contains(text.casefold().strip(), autoescape=True)
        digits = "".join(c for c in text if c.isdecimal())
        if len(digits) < 4:
            return await self._records(by_name, limit=limit)
        tail = digits[-10:]
        holds = select(_numbers.c.client_id).where(_numbers.c.e164.contains(tail, autoescape=True))
        return await self._records(or_(by_name, _t.c.id.in_(holds)), limit=limit)

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
        names, told = ["name", "search_text", "changed_at"], ["owner", "blocked", "switchboard"]
        statement = upsert(
            _t,
            self._connection.dialect.name,
            keys=["key"],
            change=names + told,
            keep=told if merge else (),
        )
        rows = [
            {
                "key": record.key,
                "name": record.name,
                "search_text": record.name.casefold(),
                "owner": record.owner,
                "blocked": record.blocked,
                "switchboard": record.switchboard,
                "changed_at": at,
            }
            for record in records
        ]
        await self._connection.execute(statement, rows)

    async def _save_numbers(self, rows: Sequence[dict[str, Any]]) -> None:
        if rows:
            dialect = self._connection.dialect.name
            names = ["written", "e164", "number_key", "extension"]
            statement = upsert(_numbers, dialect, keys=["client_id", "identity"], change=names)
            await self._connection.execute(statement, rows)

    async def _save_applications(self, rows: Sequence[dict[str, Any]]) -> None:
        if rows:
            dialect = self._connection.dialect.name
            names = ["title", "open", "manager", "changed_at"]
            statement = upsert(_applications, dialect, keys=["client_id", "key"], change=names)
            await self._connection.execute(statement, rows)

    async def _ids(self, keys: Iterable[str]) -> dict[str, int]:
        query = select(_t.c.key, _t.c.id).where(_t.c.key.in_(list(keys)))
        return {row.key: row.id for row in await self._connection.execute(query)}

    async def _records(self, where: Any, *, limit: int) -> tuple[ClientRecord, ...]:
        query = select(_t).where(where).order_by(_t.c.name, _t.c.key).limit(limit)
        rows = (await self._connection.execute(query)).all()
        return tuple([await self._record(row) for row in rows])

    async def _record(self, row: Any) -> ClientRecord:
        numbers = select(_numbers).where(_numbers.c.client_id == row.id).order_by(_numbers.c.id)
        work = select(_applications).where(_applications.c.client_id == row.id)
        work = work.order_by(_applications.c.open.desc(), _applications.c.key)
        return ClientRecord(
            key=row.key,
            name=row.name,
            owner=row.owner,
            blocked=row.blocked,
            switchboard=row.switchboard,
            numbers=tuple(_number(r) for r in await self._connection.execute(numbers)),
            applications=tuple(application(r) for r in await self._connection.execute(work)),
        )


def application(row: Any) -> Application:
    """A row of `applications`."""
    return Application(
        key=row.key, title=row.title, open=row.open, manager=row.manager, changed_at=row.changed_at
    )


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


def _number(row: Any) -> PhoneNumber:
    """A number as far as the base knows it; its region is not kept."""
    return PhoneNumber(
        raw=row.written,
        kind=NumberKind.EXTERNAL if row.e164 else NumberKind.INVALID,
        e164=row.e164,
        key=row.number_key,
        extension=row.extension or None,
        verified=row.e164 is not None,
    )


def _application_row(client_id: int, found: Application) -> dict[str, Any]:
    return {
        "client_id": client_id,
        "key": found.key,
        "title": found.title,
        "open": found.open,
        "manager": found.manager,
        "changed_at": found.changed_at,
    }
