"""What reports ask of the callback list: the items of a stretch of time and the rings in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import exists, or_, select

from router.callbacks import ClosedHow
from router.callbacks_report import MISSED_RINGS, TELLING, Ring, Rung
from router.calls import Direction, LegOutcome
from storage import schema
from storage.database import Database

_t, _calls, _legs = schema.callbacks, schema.calls, schema.legs
_let = _legs.alias("let")
_links, _tries = schema.callback_calls, schema.callback_attempts


class DayTry(NamedTuple):
    """A callback: when, by which extension, of which PBX that is, and the id of the call."""

    at: datetime
    by: str
    pbx: str
    call_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayItem:
    """An item whose first missed call began in the stretch; people are extensions.

    `tries`: the callbacks in order, the one that reached the client among them. `by_pbx`: the PBX
    of the call that closed the item, `closing_call` its id; empty where no call did.
    """

    id: str
    department: str
    first_missed_at: datetime
    tries: Sequence[DayTry] = ()
    how: ClosedHow | None = None
    by: str = ""
    by_pbx: str = ""
    closing_call: str = ""


async def items_between(
    database: Database, since: datetime, until: datetime
) -> tuple[DayItem, ...]:
    """The items whose first missed call began from `since` on and before `until`, oldest first."""
    closing = _calls.alias("closing")
    asked = (
        select(_t.c.id, _t.c.first_missed_at, _t.c.closed_how, _t.c.closed_by, _t.c.closing_call_id)
        .add_columns(closing.c.began_at.label("reached_at"), closing.c.pbx.label("closed_at_pbx"))
        .outerjoin(closing, closing.c.id == _t.c.closing_call_id)
        .where(_t.c.first_missed_at >= since, _t.c.first_missed_at < until)
        .order_by(_t.c.first_missed_at, _t.c.id)
    )
    inside = select(_t.c.id).where(_t.c.first_missed_at >= since, _t.c.first_missed_at < until)
    tries = (
        select(_tries, _calls.c.pbx)
        .join(_calls, _calls.c.id == _tries.c.call_id)
        .where(_tries.c.callback_id.in_(inside))
        .order_by(_tries.c.at)
    )
    homes = (
        select(_links.c.callback_id, _calls.c.department)
        .join(_calls, _calls.c.id == _links.c.call_id)
        .where(_links.c.callback_id.in_(inside), _calls.c.department != "")
    )
    tried: defaultdict[str, list[DayTry]] = defaultdict(list)
    async with database.reading() as connection:
        rows = (await connection.execute(asked)).all()
        for found in await connection.execute(tries):
            tried[found.callback_id].append(DayTry(found.at, found.by, found.pbx, found.call_id))
        at_home = {row.callback_id: row.department for row in await connection.execute(homes)}
    return tuple(_day_item(row, at_home.get(row.id, ""), tried[row.id]) for row in rows)


async def rings_between(database: Database, since: datetime, until: datetime) -> tuple[Rung, ...]:
    """What rang for the inbound calls that began in the stretch and that somebody let ring.

    Legs whose end says nothing of that (`TELLING`) are left out.
    """
    let_ring = exists().where(_let.c.call_id == _calls.c.id, _let.c.outcome.in_(MISSED_RINGS))
    asked = (
        select(_legs.c.call_id, _calls.c.pbx, _legs.c.target, _legs.c.outcome)
        .add_columns(or_(_legs.c.ring_seconds > 0, _legs.c.rang_at.is_not(None)).label("rang"))
        .join(_calls, _calls.c.id == _legs.c.call_id)
        .where(
            _calls.c.began_at >= since,
            _calls.c.began_at < until,
            _calls.c.direction == Direction.INBOUND,
            _legs.c.outcome.in_(TELLING),
            let_ring,
        )
    )
    found: defaultdict[tuple[str, str], list[Ring]] = defaultdict(list)
    async with database.reading() as connection:
        for call, pbx, target, outcome, rang in await connection.execute(asked):
            found[call, pbx].append(Ring(target, LegOutcome(outcome), bool(rang)))
    return tuple(Rung(pbx, rings) for (_, pbx), rings in found.items())


def _day_item(row: Any, department: str, tries: list[DayTry]) -> DayItem:
    how = ClosedHow(row.closed_how) if row.closed_how else None
    if how is ClosedHow.REACHED and row.reached_at is not None:
        last = DayTry(row.reached_at, row.closed_by, row.closed_at_pbx, row.closing_call_id)
        tries = [*tries, last]
    return DayItem(
        id=row.id,
        department=department,
        first_missed_at=row.first_missed_at,
        tries=tuple(sorted(tries)),
        how=how,
        by=row.closed_by,
        by_pbx=row.closed_at_pbx or "",
        closing_call=row.closing_call_id,
    )
