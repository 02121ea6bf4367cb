"""A day's calls to be counted, and what they came to, kept until one of them changes.

A million calls cannot be counted while somebody waits. So a day's figures are kept with a *mark*:
sums over the day's calls and callbacks that come from indexes alone. Where a call is recorded or
put right later, the sums differ, and that day is counted again. Nobody has to tell this file.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Integer,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    select,
    union_all,
)

from router.calls import Disposition
from storage import schema
from storage.database import Database
from storage.dialects import upsert
from storage.types import Instant
from storage.unit_of_work import UnitOfWork

_t, _calls, _legs = schema.day_figures, schema.calls, schema.legs
_callbacks, _decisions, _trail = schema.callbacks, schema.decisions, schema.trail


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day on somebody's wall: [since, until)."""

    day: date
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDay:
    """What was kept of a day: its mark and what was counted, as the text of its JSON."""

    mark: str
    figures: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SomeCalls:
    """Rows of calls, their legs by call, and what decisions and the exchange said of them."""

    calls: Sequence[Any]
    legs: Mapping[str, Sequence[Any]]
    reasons: Sequence[Any]
    trails: Sequence[Any]


async def marks(database: Database, days: Sequence[Day]) -> dict[date, str]:
    """What tells whether the figures of each day are still right; empty: nothing happened."""
    if not days:
        return {}
    calls_asked, owed_asked = _asked(len(days))
    about: dict[str, object] = {}
    for n, day in enumerate(days):
        about |= {f"n{n}": day.day.toordinal(), f"s{n}": day.since, f"u{n}": day.until}
    async with database.reading() as connection:
        calls = (await connection.execute(calls_asked, about)).all()
        owed = (await connection.execute(owed_asked, about)).all()
    sums: defaultdict[date, list[object]] = defaultdict(list)
    busy = {row[0] for row in (*calls, *owed) if row[2]}
    for row in sorted([*calls, *owed], key=lambda row: (row[0], row[1])):
        sums[date.fromordinal(row[0])].extend(_plain(value) for value in row[2:])
    return {day: _digest(found) if day.toordinal() in busy else "" for day, found in sums.items()}


async def kept_days(
    database: Database, timezone: str, days: Sequence[date], *, version: int
) -> dict[date, KeptDay]:
    """What was kept of these days by this version."""
    text = cast(_t.c.figures, Text).label("figures")
    query = select(_t.c.day, _t.c.made_of, text).where(
        _t.c.timezone == timezone, _t.c.day.in_(days), _t.c.version == version
    )
    async with database.reading() as connection:
        rows = (await connection.execute(query)).all()
    return {row.day: KeptDay(mark=row.made_of, figures=row.figures) for row in rows}


async def keep_day(  # noqa: PLR0913 - the row of a table
    uow: UnitOfWork,
    day: date,
    timezone: str,
    *,
    mark: str,
    figures: Any,
    version: int,
    at: datetime,
) -> None:
    """Keeps what a day came to."""
    row = {
        "day": day,
        "timezone": timezone,
        "version": version,
        "made_of": mark,
        "made_at": at,
        "figures": figures,
    }
    change = ["version", "made_of", "made_at", "figures"]
    dialect = uow.connection.dialect.name
    statement = upsert(_t, dialect, keys=["day", "timezone"], change=change)
    await uow.execute(statement.values(row))


async def calls_of(database: Database, since: datetime, until: datetime) -> SomeCalls:
    """The rows of the calls that began in a stretch, as they are at one moment."""
    inside = (_calls.c.began_at >= since, _calls.c.began_at < until)
    async with database.reading() as connection:
        legs: defaultdict[str, list[Any]] = defaultdict(list)
        for row in await connection.execute(_LEGS.where(*inside)):
            legs[row.call_id].append(row)
        return SomeCalls(
            calls=(await connection.execute(_CALLS.where(*inside))).all(),
            legs=legs,
            reasons=(await connection.execute(_REASONS.where(*inside))).scalars().all(),
            trails=(await connection.execute(_TRAILS.where(*inside))).scalars().all(),
        )


_CALLS = select(
    _calls.c.id,
    _calls.c.pbx,
    _calls.c.direction,
    _calls.c.line,
    _calls.c.department,
    _calls.c.caller,
    _calls.c.began_at,
    _calls.c.answered_at,
    _calls.c.disposition,
    _calls.c.reason,
    _calls.c.talk_seconds,
)
_LEGS = (
    select(
        _legs.c.call_id,
        _legs.c.target,
        _legs.c.outcome,
        _legs.c.rang_at,
        _legs.c.ring_seconds,
        _legs.c.talk_seconds,
    )
    .join(_calls, _calls.c.id == _legs.c.call_id)
    .order_by(_legs.c.call_id, _legs.c.position)
)
_REASONS = select(_decisions.c.reasons).join(_calls, _calls.c.decision_id == _decisions.c.id)
_TRAILS = select(_trail.c.reported).join(_calls, _calls.c.id == _trail.c.call_id)


@lru_cache(maxsize=16)
def _asked(days: int) -> tuple[Any, Any]:
    """The two questions about so many days: making them costs more than answering them."""
    return (
        union_all(*(_of_calls(n) for n in range(days))),
        union_all(*(_of_callbacks(n) for n in range(days))),
    )


def _of_calls(n: int) -> Any:
    """Sums that an index alone answers; they differ when a call comes or is put right."""
    t = _calls.c
    return select(
        bindparam(f"n{n}", type_=Integer),
        literal_column("0"),
        func.count(),
        func.sum(t.talk_seconds),
        func.sum(func.length(t.disposition)),
        func.sum(func.length(t.reason)),
        func.sum(case((t.disposition == Disposition.ANSWERED, 1), else_=0)),
        func.sum(case((t.settled, 1), else_=0)),
    ).where(t.began_at >= _since(n), t.began_at < _until(n))


def _of_callbacks(n: int) -> Any:
    t = _callbacks.c
    return select(
        bindparam(f"n{n}", type_=Integer),
        literal_column("1"),
        func.count(),
        func.sum(t.attempt_count),
        func.sum(t.missed_count),
        func.sum(func.length(t.closed_how)),
        func.count(t.closed_at),
    ).where(t.first_missed_at >= _since(n), t.first_missed_at < _until(n))


def _since(n: int) -> Any:
    return bindparam(f"s{n}", type_=Instant())


def _until(n: int) -> Any:
    return bindparam(f"u{n}", type_=Instant())


def _digest(sums: list[object]) -> str:
    return hashlib.sha256(repr(sums).encode()).hexdigest()[:16]


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int) else round(float(value), 2)
