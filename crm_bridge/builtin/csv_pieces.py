"""One piece of a file as one work of the writer: who is known, who is new, and all of it written.

A work may be carried out again, so it changes nothing but the database; what it found out is its
value.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crm_bridge.builtin.csv_resume import Place, keep
from crm_bridge.builtin.csv_rows import ReadRow
from router.facts import Application
from storage.clients import Clients, called, number_identity
from storage.parties import move_calls
from storage.recording import refold_parties
from storage.records import ClientRecord
from storage.unit_of_work import UnitOfWork

Seen = Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Which client each row of a piece is, by line; which of them are new; how long it took."""

    keys: Mapping[int, str]
    new: frozenset[str]
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WritePiece:
    """Writes the clients of some rows, and with them how far the file has come."""

    rows: Sequence[ReadRow]
    at: datetime
    file: str
    place: Callable[[Judged], Place]

    async def __call__(self, uow: UnitOfWork) -> Judged:
        """Carries it out in one transaction."""
        began = time.perf_counter()
        judged, records = await judge(uow.clients, self.rows, {})
        numbers = await uow.clients.save(records, at=self.at, merge=True)
        moved = await move_calls(uow.connection, numbers)
        await refold_parties(uow, moved)
        await keep(uow, self.file, self.place(judged))
        return replace(judged, seconds=time.perf_counter() - began)


async def judge(
    clients: Clients, rows: Sequence[ReadRow], seen: Seen
) -> tuple[Judged, list[ClientRecord]]:
    """Which clients these rows are, and one record for each of them.

    `seen` is what a dry run has seen and not written: (E.164, name in lower case) → key.
    """
    keys = await _keys(clients, rows, seen)
    records, named = _merge(rows, keys)
    new = named - await clients.known_keys(sorted(named))
    return Judged(keys=keys, new=new), records


def pairs(row: ReadRow) -> list[tuple[str, str]]:
    """What a row without an id is recognised by: each number with the name."""
    name = called(row.record).casefold()
    return [(n.e164, name) for n in row.record.numbers if n.e164 and n.is_matchable]


async def _keys(clients: Clients, rows: Sequence[ReadRow], seen: Seen) -> dict[int, str]:
    """The key of each row's client, by line: the base's own where name and a number are known."""
    e164s = {e164 for row in rows for e164, _name in pairs(row)}
    there = {pair: seen[pair] for row in rows for pair in pairs(row) if pair in seen}
    there |= await clients.keys_by_number(sorted(e164s))
    keys: dict[int, str] = {}
    for row in rows:
        own = pairs(row)
        found = None if row.external else next((there[p] for p in own if p in there), None)
        keys[row.line] = found or row.record.key
        for pair in own:
            there.setdefault(pair, keys[row.line])
    return keys


def _merge(
    rows: Sequence[ReadRow], keys: Mapping[int, str]
) -> tuple[list[ClientRecord], frozenset[str]]:
    """One record for each client of a piece; of two words for one thing the later counts.

    Joined as the base joins them (`Clients.save`): what a row does not tell stays as it was.
    """
    records: dict[str, ClientRecord] = {}
    for row in rows:
        key = keys[row.line]
        before, now = records.get(key), replace(row.record, key=key)
        records[key] = _joined(before, now) if before else now
    return list(records.values()), frozenset(records)


def _joined(before: ClientRecord, now: ClientRecord) -> ClientRecord:
    numbers = {number_identity(n): n for n in (*before.numbers, *now.numbers)}
    work = {a.key: a for a in before.applications}
    for fresh in now.applications:
        there = work.get(fresh.key)
        told = fresh.key not in now.status_untold
        work[fresh.key] = _worked(there, fresh, status_told=told) if there else fresh
    told_before = {a.key for a in before.applications} - before.status_untold
    told_now = {a.key for a in now.applications} - now.status_untold
    return replace(
        now,
        name=now.name or before.name,
        owner=now.owner or before.owner,
        blocked=now.blocked if now.blocked_told else before.blocked,
        blocked_told=now.blocked_told or before.blocked_told,
        numbers=tuple(numbers.values()),
        applications=tuple(work.values()),
        status_untold=frozenset(work.keys() - told_before - told_now),
    )


def _worked(before: Application, now: Application, *, status_told: bool) -> Application:
    return replace(
        now,
        title=now.title or before.title,
        open=now.open if status_told else before.open,
        manager=now.manager or before.manager,
        changed_at=now.changed_at or before.changed_at,
    )
