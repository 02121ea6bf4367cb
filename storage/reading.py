"""What people ask: calls, one call whole, the open callbacks. Reads only, with own connections."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from router.callbacks import party_of_client
from router.calls import Direction, Disposition
from router.phones import ANYWHERE, Phone
from storage import schema
from storage.callback_list import Callbacks
from storage.callback_seen import callbacks_told
from storage.database import Database
from storage.decisions import Decisions
from storage.ended_calls import Calls, stored_calls
from storage.journal import Journal
from storage.records import CallStory, OpenCallback, StoredCall, Way

_calls = schema.calls
_legs = schema.legs


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFilter:
    """Which calls to list; what is left out does not matter.

    `since` is included, `until` is not. `number` is E.164; `who` is all that a person is
    reached at; he dialled, talked or was rung there; `client` is whose calls they are today;
    `disputed` asks for calls whose sources disagree.
    """

    since: datetime | None = None
    until: datetime | None = None
    pbx: str = ""
    line: str = ""
    department: str = ""
    direction: Direction | None = None
    disposition: Disposition | None = None
    number: str = ""
    client: str = ""
    owner: str = ""
    who: tuple[Phone, ...] = ()
    way: Way | None = None
    disputed: bool = False


async def list_calls(
    database: Database, wanted: CallFilter | None = None, *, limit: int = 50
) -> tuple[StoredCall, ...]:
    """Ended calls, newest first, without their legs."""
    query = _narrow(select(_calls), wanted or CallFilter())
    query = query.order_by(_calls.c.began_at.desc(), _calls.c.id.desc()).limit(limit)
    async with database.reading() as connection:
        return stored_calls((await connection.execute(query)).all())


async def read_call(database: Database, call_id: str) -> CallStory | None:
    """One call with legs, transfers, the decision and its reasons, the trail and its callback."""
    async with database.reading() as connection:
        stored = await Calls(connection).get(call_id)
        if stored is None:
            return None
        made = None
        if stored.decision_id is not None:
            made = await Decisions(connection).get(stored.decision_id)
        return CallStory(
            stored=stored,
            made=made,
            trail=await Journal(connection).trail_of(call_id),
            callback_id=await Callbacks(connection).of_call(call_id),
        )


async def open_callbacks(database: Database, *, limit: int = 500) -> tuple[OpenCallback, ...]:
    """What the company owes, oldest first."""
    async with database.reading() as connection:
        items = await Callbacks(connection).open_items(limit=limit)
        return await callbacks_told(connection, items)


def _narrow(query: Select[Any], wanted: CallFilter) -> Select[Any]:
    """Adds a condition for everything that matters."""
    equal = {
        _calls.c.pbx: wanted.pbx,
        _calls.c.line: wanted.line,
        _calls.c.department: wanted.department,
        _calls.c.direction: wanted.direction,
        _calls.c.disposition: wanted.disposition,
        _calls.c.number_id: wanted.number,
        _calls.c.party: party_of_client(wanted.client) if wanted.client else "",
        _calls.c.owner: wanted.owner,
        _calls.c.way: wanted.way,
    }
    query = query.where(*(column == value for column, value in equal.items() if value))
    if wanted.since:
        query = query.where(_calls.c.began_at >= wanted.since)
    if wanted.until:
        query = query.where(_calls.c.began_at < wanted.until)
    if wanted.disputed:
        query = query.where(_calls.c.disagreement != "")
    if wanted.who:
        query = query.where(or_(*map(_touched, wanted.who)))
    return query


def _touched(phone: Phone) -> ColumnElement[bool]:
    """Who is at a phone dialled, talked or was rung."""
    rung = select(_legs.c.call_id).where(_legs.c.target == phone.number)
    answered, dialled = _calls.c.answered_by == phone.number, _calls.c.caller == phone.number
    touched = or_(answered, dialled, _calls.c.id.in_(rung))
    return touched if phone.pbx == ANYWHERE else and_(_calls.c.pbx == phone.pbx, touched)
