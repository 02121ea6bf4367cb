"""The callback list as rows, recomputed from a party's calls by `router.callbacks`.

Only the stretch that a change can touch is read (`storage.callback_calls`), and only the rows that
differ are written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, delete, select

from router.callbacks import (
    OUTBOUND_TALK_SECONDS,
    Act,
    ActKind,
    Attempt,
    CallbackItem,
    ClosedHow,
    Closing,
    Note,
    items,
)
from storage import schema
from storage.callback_calls import calls_read, parties_concerned, place_of
from storage.connection import AnyConnection
from storage.dialects import upsert
from storage.pieces import pieces
from storage.records import CallbackChange

_t = schema.callbacks
_calls = schema.calls
_links = schema.callback_calls
_tries = schema.callback_attempts
_acts = schema.callback_acts

_ACTS_ON = select(_acts).where(_acts.c.call_id.in_(bindparam("calls", expanding=True)))
_IN_ORDER = select(_t).order_by(_t.c.first_missed_at, _t.c.id)
_OF_PARTY = _IN_ORDER.where(_t.c.party == bindparam("party"))
_OF_PARTY_FROM = _OF_PARTY.where(_t.c.last_missed_at >= bindparam("start"))
_MISSED_OF = (
    select(_links.c.callback_id, _links.c.call_id)
    .join(_calls, _calls.c.id == _links.c.call_id)
    .where(_links.c.callback_id.in_(bindparam("ids", expanding=True)))
    .order_by(_calls.c.began_at, _calls.c.id)
)
_ATTEMPTS_OF = (
    select(_tries, _calls.c.pbx)
    .join(_calls, _calls.c.id == _tries.c.call_id)
    .where(_tries.c.callback_id.in_(bindparam("ids", expanding=True)))
    .order_by(_tries.c.at, _tries.c.call_id)
)
_PBX_OF = select(_calls.c.id, _calls.c.pbx).where(
    _calls.c.id.in_(bindparam("calls", expanding=True))
)
_ACT_KEYS = ("kind", "call_id", "by", "at")
_NEXT_INSTANT = timedelta(microseconds=1)
_DROP_ATTEMPTS = delete(_tries).where(_tries.c.callback_id == bindparam("item"))
_DROP_LINK = delete(_links).where(
    _links.c.callback_id == bindparam("item"), _links.c.call_id == bindparam("call")
)


class Callbacks:
    """The callback list: one open item per party at most, every missed call in exactly one."""

    def __init__(
        self,
        connection: AnyConnection,
        *,
        outbound_talk_seconds: float = OUTBOUND_TALK_SECONDS,
    ) -> None:
        self._connection = connection
        self._dialect = connection.dialect.name
        self._outbound_talk_seconds = outbound_talk_seconds

    async def refold(self, party: str, *, since: datetime | None = None) -> CallbackChange:
        """Counts a party's items again after a call or an act that concerns `since` and later."""
        talk = self._outbound_talk_seconds
        read = await calls_read(self._connection, party, since, talk_seconds=talk)
        old = {item.id: item for item in await self._stored(party, read.start)}
        acts = await self._acts_on(read.acted_on)
        fresh = items(party, read.calls, acts, outbound_talk_seconds=talk)
        return await self._write(old, {item.id: item for item in fresh}, moved=since is None)

    async def follow(self, party: str, number: str | None, *, since: datetime) -> CallbackChange:
        """Counts every list again in which a call of `party` on `number` may count."""
        change = CallbackChange()
        for each in sorted(await parties_concerned(self._connection, party, number)):
            change |= await self.refold(each, since=since)
        return change

    async def act(self, item: CallbackItem, act: Act) -> CallbackItem:
        """Keeps what a person did and counts his item again; `storage.callback_acts` judges it."""
        act = await self._in_turn(item, act)
        row = {
            name: getattr(act, name) for name in ("kind", "call_id", "by", "at", "note", "due_at")
        }
        await self._connection.execute(upsert(_acts, self._dialect, keys=_ACT_KEYS, change=()), row)
        await self.refold(item.party, since=item.first_missed_at)
        call = await place_of(self._connection, act.call_id)
        if call and act.kind is ActKind.VOICEMAIL:
            await self.follow(call.party, call.number, since=call.began_at)
        return await self.holding(item.missed[-1]) or item

    async def _in_turn(self, item: CallbackItem, act: Act) -> Act:
        """The act at an instant of its own, behind those of the same instant that came before it.

        The list is judged by instants alone; two of one instant would have no order. What is told
        twice in a row (the same act, by the same person) stays one act.
        """
        before = {one.at: one for one in await self._acts_on({*item.missed, act.call_id})}
        at, last = act.at, None
        while at in before:
            last, at = before[at], at + _NEXT_INSTANT
        again = last is not None and replace(act, at=last.at) == last
        return replace(act, at=last.at if last and again else at)

    async def holding(self, call_id: str) -> CallbackItem | None:
        """The item that a missed call is in."""
        asked = select(_links.c.callback_id).where(_links.c.call_id == call_id)
        found = (await self._connection.execute(asked)).scalar()
        return await self.get(str(found)) if found is not None else None

    async def get(self, callback_id: str) -> CallbackItem | None:
        """One item."""
        found = await self._items(_IN_ORDER.where(_t.c.id == callback_id))
        return found[0] if found else None

    async def of_call(self, call_id: str) -> str | None:
        """The item that a missed call is in, or that an attempt belongs to."""
        for table in (_links, _tries):
            query = select(table.c.callback_id).where(table.c.call_id == call_id)
            found = (await self._connection.execute(query)).scalar()
            if found is not None:
                return str(found)
        return None

    async def open_items(self, *, limit: int = 500) -> tuple[CallbackItem, ...]:
        """What the company owes, oldest first."""
        return await self._items(_IN_ORDER.where(_t.c.closed_at.is_(None)).limit(limit))

    async def closed_items(self, at: datetime, *, limit: int) -> tuple[CallbackItem, ...]:
        """What was closed since an instant, the newest first."""
        closed = select(_t).where(_t.c.closed_at >= at)
        return await self._items(closed.order_by(_t.c.closed_at.desc(), _t.c.id).limit(limit))

    async def _stored(self, party: str, start: datetime | None) -> tuple[CallbackItem, ...]:
        asked = {"party": party} | ({"start": start} if start else {})
        return await self._items(_OF_PARTY_FROM if start else _OF_PARTY, asked)

    async def _acts_on(self, call_ids: Iterable[str]) -> list[Act]:
        found: list[Act] = []
        for piece in pieces(list(call_ids)):
            rows = await self._connection.execute(_ACTS_ON, {"calls": piece})
            found += [
                Act(
                    kind=ActKind(r.kind),
                    call_id=r.call_id,
                    by=r.by,
                    at=r.at,
                    note=r.note,
                    due_at=r.due_at,
                )
                for r in rows
            ]
        return found

    async def _items(
        self, query: Select[Any], asked: Mapping[str, Any] | None = None
    ) -> tuple[CallbackItem, ...]:
        rows = (await self._connection.execute(query, asked)).all()
        ids = [row.id for row in rows]
        missed, tries = await self._missed_of(ids), await self._attempts_of(ids)
        pbxs = await self._pbxs_of([row.closing_call_id for row in rows if row.closing_call_id])
        return tuple(
            _item(row, missed[row.id], tries[row.id], pbxs.get(row.closing_call_id, ""))
            for row in rows
        )

    async def _pbxs_of(self, calls: Sequence[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for piece in pieces(calls):
            rows = await self._connection.execute(_PBX_OF, {"calls": piece})
            found |= {row.id: row.pbx for row in rows}
        return found

    async def _missed_of(self, ids: Sequence[str]) -> defaultdict[str, list[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for piece in pieces(ids):
            rows = await self._connection.execute(_MISSED_OF, {"ids": piece})
            for callback_id, call_id in rows:
                found[callback_id].append(call_id)
        return found

    async def _attempts_of(self, ids: Sequence[str]) -> defaultdict[str, list[Attempt]]:
        found: defaultdict[str, list[Attempt]] = defaultdict(list)
        for piece in pieces(ids):
            rows = await self._connection.execute(_ATTEMPTS_OF, {"ids": piece})
            for r in rows:
                found[r.callback_id].append(_attempt(r))
        return found

    async def _write(
        self, old: dict[str, CallbackItem], fresh: dict[str, CallbackItem], *, moved: bool
    ) -> CallbackChange:
        """Writes the difference; what stays the same is not touched.

        With `moved` an item may have been another party's, with attempts that are not this one's.
        """
        changed = [item for item in fresh.values() if old.get(item.id) != item]
        if gone := old.keys() - fresh.keys():
            await self._connection.execute(delete(_t).where(_t.c.id.in_(gone)))
        for item in changed:
            known = old.get(item.id)
            if (known and known.attempts) or (moved and known is None):
                await self._connection.execute(_DROP_ATTEMPTS, {"item": item.id})
            await self._write_item(item, known)
        return _change(old, changed)

    async def _write_item(self, item: CallbackItem, old: CallbackItem | None) -> None:
        row = _row(item)
        dialect = self._dialect
        names = [name for name in row if name != "id"]
        await self._connection.execute(upsert(_t, dialect, keys=["id"], change=names), row)
        link = upsert(_links, dialect, keys=["call_id"], change=["callback_id"])
        known = set(old.missed) if old else set()
        if lost := known.difference(item.missed):
            await self._connection.execute(
                _DROP_LINK, [{"item": item.id, "call": call} for call in lost]
            )
        links = [{"call_id": c, "callback_id": item.id} for c in item.missed if c not in known]
        if links:
            await self._connection.execute(link, links)
        tries = [_attempt_row(item.id, attempt) for attempt in item.attempts]
        if tries:
            names = ["callback_id", "at", "by", "talk_seconds"]
            await self._connection.execute(
                upsert(_tries, dialect, keys=["call_id"], change=names), tries
            )


def _change(old: dict[str, CallbackItem], changed: Sequence[CallbackItem]) -> CallbackChange:
    """What people should be told: by calls, since an item's id may change with its first call."""
    before = {call: item.closing is None for item in old.values() for call in item.missed}
    now_open = [item for item in changed if item.closing is None]
    closed = [item for item in changed if item.closing is not None]
    return CallbackChange(
        opened=tuple(i.id for i in now_open if not any(before.get(c) for c in i.missed)),
        joined=tuple(
            i.id
            for i in now_open
            if any(before.get(c) for c in i.missed) and any(c not in before for c in i.missed)
        ),
        closed=tuple(i.id for i in closed if any(before.get(c, True) for c in i.missed)),
    )


def _attempt(row: Any) -> Attempt:
    return Attempt(
        call_id=row.call_id, at=row.at, by=row.by, pbx=row.pbx, talk_seconds=row.talk_seconds
    )


def _item(
    row: Any, missed: Sequence[str], attempts: Sequence[Attempt], closed_at_pbx: str
) -> CallbackItem:
    closing = None
    if row.closed_at is not None:
        closing = Closing(
            at=row.closed_at,
            how=ClosedHow(row.closed_how),
            by=row.closed_by,
            pbx=closed_at_pbx,
            call_id=row.closing_call_id,
            note=row.note,
        )
    return CallbackItem(
        id=row.id,
        party=row.party,
        missed=tuple(missed),
        first_missed_at=row.first_missed_at,
        last_missed_at=row.last_missed_at,
        after_hours=row.after_hours,
        attempts=tuple(attempts),
        taken_by=row.taken_by,
        taken_at=row.taken_at,
        taken_until=row.taken_until,
        notes=tuple(
            Note(at=datetime.fromisoformat(at), by=by, text=text) for at, by, text in row.notes
        ),
        promised_at=row.promised_at,
        closing=closing,
    )


def _row(item: CallbackItem) -> dict[str, object]:
    closing = item.closing
    return {
        "id": item.id,
        "party": item.party,
        "first_missed_at": item.first_missed_at,
        "last_missed_at": item.last_missed_at,
        "missed_count": len(item.missed),
        "attempt_count": len(item.attempts),
        "after_hours": item.after_hours,
        "taken_by": item.taken_by,
        "taken_at": item.taken_at,
        "taken_until": item.taken_until,
        "notes": [(note.at.isoformat(), note.by, note.text) for note in item.notes],
        "promised_at": item.promised_at,
        "closed_at": closing.at if closing else None,
        "closed_how": closing.how if closing else "",
        "closed_by": closing.by if closing else "",
        "closing_call_id": closing.call_id if closing else "",
        "note": closing.note if closing else "",
    }


def _attempt_row(callback_id: str, attempt: Attempt) -> dict[str, object]:
    return {
        "callback_id": callback_id,
        "call_id": attempt.call_id,
        "at": attempt.at,
        "by": attempt.by,
        "talk_seconds": attempt.talk_seconds,
    }
