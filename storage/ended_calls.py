"""Calls that have ended, with their legs and transfers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from router.calls import (
    Call,
    CallState,
    Direction,
    Disposition,
    Leg,
    LegOutcome,
    MissedReason,
    Transfer,
    TransferKind,
)
from storage import schema
from storage.connection import AnyConnection
from storage.records import EndedCall, StoredCall, Way

_t = schema.calls
_legs = schema.legs
_transfers = schema.transfers

_KNOWN = select(_t.c.id).where(_t.c.id == bindparam("call"))
_ROW = select(_t).where(_t.c.id == bindparam("call"))
_LEGS = select(_legs).where(_legs.c.call_id == bindparam("call")).order_by(_legs.c.position)
_MOVED = select(_transfers).where(_transfers.c.call_id == bindparam("call"))
_MOVED = _MOVED.order_by(_transfers.c.position)
_AMEND = update(_t).where(_t.c.id == bindparam("call"))
_DROP_LEGS = delete(_legs).where(_legs.c.call_id == bindparam("call"))
_DROP_MOVED = delete(_transfers).where(_transfers.c.call_id == bindparam("call"))
_ADD, _ADD_LEGS, _ADD_MOVED = insert(_t), insert(_legs), insert(_transfers)


class Calls:
    """The calls that were recorded."""

    def __init__(self, connection: AnyConnection) -> None:
        self._connection = connection

    async def known(self, call_id: str) -> bool:
        """Whether the call was recorded."""
        found = await self._connection.execute(_KNOWN, {"call": call_id})
        return found.first() is not None

    async def add(
        self, ended: EndedCall, *, party: str, number_id: str | None, decision_id: int | None
    ) -> None:
        """Writes a call that is not known yet."""
        row = call_row(ended.call) | {
            "id": ended.call.id,
            "department": ended.department,
            "number_e164": ended.number.whole_e164 if ended.number else None,
            "number_id": number_id,
            "client_key": ended.client,
            "client_name": ended.client_name,
            "application": ended.application,
            "owner": ended.owner,
            "decision_id": decision_id,
            "way": ended.way,
            "disagreement": ended.disagreement,
            "party": party,
            "clock_offset_seconds": ended.clock_offset_seconds,
        }
        await self._connection.execute(_ADD, row)
        await self._add_parts(ended.call)

    async def amend(
        self, call: Call, *, way: Way | None, department: str, disagreement: str
    ) -> None:
        """Replaces what is known of a recorded call; legs only when new ones are given."""
        values: dict[str, Any] = call_row(call)
        values |= {"department": department, "disagreement": disagreement}
        if way is not None:
            values["way"] = way
        await self._connection.execute(_AMEND, values | {"call": call.id})
        if call.legs:
            await self._connection.execute(_DROP_LEGS, {"call": call.id})
        if call.transfers:
            await self._connection.execute(_DROP_MOVED, {"call": call.id})
        await self._add_parts(call)

    async def get(self, call_id: str) -> StoredCall | None:
        """One call with its legs and transfers."""
        call = {"call": call_id}
        row = (await self._connection.execute(_ROW, call)).first()
        if row is None:
            return None
        stored = stored_call(row)
        legs = await self._connection.execute(_LEGS, call)
        moved = await self._connection.execute(_MOVED, call)
        whole = replace(
            stored.call,
            legs=tuple(_leg(r) for r in legs),
            transfers=tuple(_transfer(r) for r in moved),
        )
        return replace(stored, call=whole)

    async def _add_parts(self, call: Call) -> None:
        legs = [_leg_row(call.id, n, leg) for n, leg in enumerate(call.legs)]
        if legs:
            await self._connection.execute(_ADD_LEGS, legs)
        moved = [_transfer_row(call.id, n, moved) for n, moved in enumerate(call.transfers)]
        if moved:
            await self._connection.execute(_ADD_MOVED, moved)


_CALL_COLUMNS = (
    "pbx",
    "linked_id",
    "direction",
    "caller",
    "caller_name",
    "line",
    "began_at",
    "state",
    "answered_at",
    "ended_at",
    "disposition",
    "reason",
    "answered_by",
    "talk_seconds",
    "hangup_cause",
    "recovered",
    "talking_since",
    "served_at",
    "talk_partial",
    "settled",
)


def call_row(call: Call) -> dict[str, Any]:
    """The columns that a call itself tells, without its id."""
    row = {name: getattr(call, name) for name in _CALL_COLUMNS}
    return row | {"aliases": sorted(call.aliases)}


def stored_call(row: Any) -> StoredCall:
    """A row of `calls`; its legs and transfers are asked for apart."""
    return StoredCall(
        call=_call(row),
        department=row.department,
        number_e164=row.number_e164,
        number_id=row.number_id,
        client=row.client_key,
        client_name=row.client_name,
        application=row.application,
        owner=row.owner,
        decision_id=row.decision_id,
        way=Way(row.way),
        disagreement=row.disagreement,
        party=row.party,
        clock_offset_seconds=row.clock_offset_seconds,
    )


def stored_calls(rows: Sequence[Any]) -> tuple[StoredCall, ...]:
    """Rows of `calls`, in their order."""
    return tuple(stored_call(row) for row in rows)


def _call(row: Any) -> Call:
    plain = {name: getattr(row, name) for name in _CALL_COLUMNS}
    return Call(
        id=row.id,
        **plain
        | {
            "direction": Direction(row.direction),
            "state": CallState(row.state),
            "disposition": Disposition(row.disposition) if row.disposition else None,
            "reason": MissedReason(row.reason) if row.reason else None,
            "aliases": frozenset(row.aliases),
        },
    )


_LEG_COLUMNS = (
    "target",
    "channel",
    "began_at",
    "rang_at",
    "picked_up_at",
    "answered_at",
    "ended_at",
    "talking_since",
    "outcome",
    "ring_seconds",
    "talk_seconds",
)


def _leg_row(call_id: str, position: int, leg: Leg) -> dict[str, Any]:
    row = {name: getattr(leg, name) for name in _LEG_COLUMNS}
    return row | {"call_id": call_id, "position": position, "leg_id": leg.id}


def _leg(row: Any) -> Leg:
    plain = {name: getattr(row, name) for name in _LEG_COLUMNS}
    return Leg(id=row.leg_id, **plain | {"outcome": LegOutcome(row.outcome)})


def _transfer_row(call_id: str, position: int, moved: Transfer) -> dict[str, Any]:
    return {
        "call_id": call_id,
        "position": position,
        "kind": moved.kind,
        "by": moved.by,
        "to": moved.to,
        "at": moved.at,
        "completed": moved.completed,
    }


def _transfer(row: Any) -> Transfer:
    return Transfer(
        kind=TransferKind(row.kind), by=row.by, to=row.to, at=row.at, completed=row.completed
    )
