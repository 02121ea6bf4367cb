"""The calls that a party's list is counted from, and whose lists a call has a say in.

Only the stretch that a change can touch is read: from the last conversation before it. A number
that several clients use joins their lists (rule 7 of `router.callbacks`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, or_, select

from router.callbacks import ActKind, PartyCall, client_of, party_of_number
from router.calls import Direction, Disposition, MissedReason
from storage import schema
from storage.connection import AnyConnection
from storage.parties import parties_missed_from

_t, _calls, _acts = schema.callbacks, schema.calls, schema.callback_acts

_WITH_ITEMS = (
    select(_t.c.party).distinct().where(_t.c.party.in_(bindparam("parties", expanding=True)))
)
_PLACE = select(_calls.c.party, _calls.c.number_id, _calls.c.began_at).where(
    _calls.c.id == bindparam("call")
)
_before = _calls.alias()
_CONVERSATION_BEFORE = select(func.max(_before.c.ended_at)).where(
    _before.c.party == bindparam("party"),
    _before.c.disposition == Disposition.ANSWERED,
    or_(
        _before.c.direction == Direction.INBOUND,
        and_(
            _before.c.direction == Direction.OUTBOUND,
            _before.c.talk_seconds >= bindparam("talk_seconds"),
            ~exists().where(_acts.c.call_id == _before.c.id, _acts.c.kind == ActKind.VOICEMAIL),
        ),
    ),
    _before.c.ended_at <= bindparam("since"),
    _before.c.began_at < bindparam("since"),  # one without any length may be the change itself
)
_CALLS = select(
    _calls.c.id,
    _calls.c.pbx,
    _calls.c.direction,
    _calls.c.disposition,
    _calls.c.reason,
    _calls.c.began_at,
    _calls.c.ended_at,
    _calls.c.caller,
    _calls.c.answered_by,
    _calls.c.talk_seconds,
    _calls.c.number_id,
    exists().where(_acts.c.call_id == _calls.c.id).label("acted_on"),
)
_PARTY_CALLS = _CALLS.where(_calls.c.party == bindparam("party"))
_start = _CONVERSATION_BEFORE.scalar_subquery()
# Missed calls from before a conversation are settled by that very conversation, which is not read
# again.
_PARTY_CALLS_SINCE = _PARTY_CALLS.add_columns(_start.label("start")).where(
    or_(
        _start.is_(None),
        _calls.c.began_at >= _start,
        and_(_calls.c.disposition == Disposition.ANSWERED, _calls.c.ended_at > _start),
    )
)
_ANSWERED_AFTER = _CALLS.where(
    _calls.c.disposition == Disposition.ANSWERED, _calls.c.ended_at > bindparam("after")
)
_TOLD_NOBODY = _ANSWERED_AFTER.where(_calls.c.party.in_(bindparam("parties", expanding=True)))
_TOLD_SOMEBODY = _ANSWERED_AFTER.where(
    _calls.c.number_id == bindparam("number"), _calls.c.party != bindparam("party")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsRead:
    """What was read of a party: its calls, which of them somebody acted on, and from when on.

    `start` is the end of the last conversation before the change; None: everything was read.
    """

    calls: Sequence[PartyCall]
    acted_on: Sequence[str]
    start: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPlace:
    """Where a recorded call stands: its party, what identifies its number, when it began."""

    party: str
    number: str | None
    began_at: datetime


async def calls_read(
    connection: AnyConnection, party: str, since: datetime | None, *, talk_seconds: float
) -> CallsRead:
    """A party's calls that a change at `since` can touch (None: all), with those by number.

    `talk_seconds`: from how long on a call from us counts as a conversation.
    """
    rows, start = await _own(connection, party, since, talk_seconds)
    calls = [_party_call(row) for row in rows]
    by_number = await _by_number(connection, party, calls)
    calls += [_party_call(row, by_number=True) for row in by_number]
    acted_on = [row.id for row in (*rows, *by_number) if row.acted_on]
    return CallsRead(calls=calls, acted_on=acted_on, start=start)


async def parties_concerned(
    connection: AnyConnection, party: str, number: str | None
) -> frozenset[str]:
    """The parties with an item in which a call of `party` on `number` may count.

    Without one, a conversation changes nothing. A missed call counts in its own party alone.
    """
    if number and party == party_of_number(number):
        return await parties_missed_from(connection, number)
    asked = [party, party_of_number(number)] if number else [party]
    found = await connection.execute(_WITH_ITEMS, {"parties": asked})
    return frozenset(found.scalars())


async def place_of(connection: AnyConnection, call_id: str) -> CallPlace | None:
    """Where a call stands; None for one that is not recorded."""
    row = (await connection.execute(_PLACE, {"call": call_id})).first()
    return CallPlace(party=row.party, number=row.number_id, began_at=row.began_at) if row else None


async def _own(
    connection: AnyConnection, party: str, since: datetime | None, talk_seconds: float
) -> tuple[Sequence[Any], datetime | None]:
    """The calls from the last conversation before `since` on, and when that ended."""
    if since is None:
        return (await connection.execute(_PARTY_CALLS, {"party": party})).all(), None
    asked = {"party": party, "since": since, "talk_seconds": talk_seconds}
    rows = (await connection.execute(_PARTY_CALLS_SINCE, asked)).all()
    if rows:
        return rows, rows[0].start
    return rows, (await connection.execute(_CONVERSATION_BEFORE, asked)).scalar()


async def _by_number(
    connection: AnyConnection, party: str, own: Sequence[PartyCall]
) -> Sequence[Any]:
    """Answered calls of others on the numbers from which the party was missed.

    Of a client: those that told nobody; of a number: those that told one of its clients.
    """
    missed = [call for call in own if call.missed and call.number]
    if not missed:
        return ()
    asked: dict[str, object] = {"after": min(call.began_at for call in missed)}
    if client_of(party):
        asked["parties"] = sorted({party_of_number(call.number) for call in missed})
        return (await connection.execute(_TOLD_NOBODY, asked)).all()
    asked |= {"number": missed[0].number, "party": party}
    return (await connection.execute(_TOLD_SOMEBODY, asked)).all()


def _party_call(row: Any, *, by_number: bool = False) -> PartyCall:
    direction = Direction(row.direction)
    return PartyCall(
        id=row.id,
        direction=direction,
        disposition=Disposition(row.disposition) if row.disposition else None,
        reason=MissedReason(row.reason) if row.reason else None,
        began_at=row.began_at,
        ended_at=row.ended_at or row.began_at,
        by=row.caller if direction is Direction.OUTBOUND else row.answered_by or "",
        pbx=row.pbx,
        talk_seconds=row.talk_seconds,
        number=row.number_id or "",
        by_number=by_number,
    )
