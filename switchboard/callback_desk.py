"""The callback list as one person sees it; what he does to it is in `callback_doing`.

Rules:

1. One sees the items of the clients within his reach, what he has taken, and what is his task:
   what belongs to his department while the owner is away is everybody's there, and stays in
   sight when one of them has taken it.
2. *Mine* is the morning's share: my clients, what I took, and my part of the rest.
3. Whoever has taken an item has it; only he and the heads of the department may pass it on or
   close it meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from router.callbacks import Attempt, ClosedHow, Note
from router.callbacks_order import PROMISE_AHEAD, Floor, Owed, assigned, in_order
from router.morning import morning
from router.office import Office
from storage.callback_seen import closed_since
from storage.database import Database
from storage.reach import Reach
from storage.reading import open_callbacks
from storage.records import OpenCallback
from switchboard.callbacks import LISTED, owed_of
from switchboard.names import Names

CLOSED_SHOWN = 12


class Which(StrEnum):
    """Whose items: one's own task, or all that one may see."""

    MINE = "mine"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seer:
    """Who looks: how far he sees, the manager he acts as ("" for none), his name in acts.

    `manager` is whose desk he sees; `by` is what stands beside his acts.
    """

    reach: Reach
    manager: str = ""
    by: str = ""

    @property
    def keys(self) -> frozenset[str]:
        """Under which keys an item may be his."""
        return frozenset(key for key in (self.manager, self.by) if key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One attempt to call back."""

    at: datetime
    by_name: str
    talk_seconds: float
    call_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody noted beside an item."""

    at: datetime
    by_name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackLine:
    """One item as a person reads it; names are those of today's office.

    `number` is empty for a hidden caller, who cannot be called. `due`: the promised hour is near or
    over. `holder` is who has it now. `may_pass`: whether who looks may pass it on or close it.
    """

    id: str
    number: str
    client: str
    client_name: str
    application: str
    owner: str
    owner_name: str
    line: str
    line_name: str
    department: str
    department_name: str
    first_missed_at: datetime
    last_missed_at: datetime
    calls: tuple[str, ...]
    after_hours: bool
    weight: float
    promised_at: datetime | None
    due: bool
    holder: str
    holder_name: str
    taken_until: datetime | None
    tries: tuple[Try, ...]
    notes: tuple[Said, ...]
    mine: bool
    held_by_me: bool
    may_pass: bool
    closed_at: datetime | None = None
    closed_how: ClosedHow | None = None
    closed_by_name: str = ""
    closed_note: str = ""
    closing_call: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackList:
    """What stands on the page: items in the order to call, hidden callers apart.

    `mine_count` and `all_count` are for the two tabs; `closed` are the last of today's.
    """

    which: Which
    items: tuple[CallbackLine, ...]
    hidden: tuple[CallbackLine, ...]
    mine_count: int
    all_count: int
    closed: tuple[CallbackLine, ...] = ()


async def callback_list(
    database: Database, floor: Floor, seer: Seer, which: Which, *, since: datetime | None = None
) -> CallbackList:
    """The open items that somebody sees, in the order to call; `since`: also what was closed."""
    found = {item.item.id: item for item in await open_callbacks(database, limit=LISTED)}
    owed = {key: owed_of(item, floor.now) for key, item in found.items()}
    share = _share(tuple(owed.values()), floor, seer) if seer.manager else frozenset()
    names = Names.of(floor.office)
    seen = [
        _line(found[one.id], floor, seer, names, mine=one.id in share)
        for one in in_order(owed.values(), floor.now)
        if one.id in share or may_see(found[one.id], floor, seer)
    ]
    shown = [line for line in seen if which is Which.ALL or line.mine]
    return CallbackList(
        which=which,
        items=tuple(line for line in shown if line.number),
        hidden=tuple(line for line in shown if not line.number),
        mine_count=sum(line.mine for line in seen),
        all_count=len(seen),
        closed=await _closed(database, floor, seer, since) if since else (),
    )


def may_see(found: OpenCallback, floor: Floor, seer: Seer) -> bool:
    """Whether an item is his to see: rule 1."""
    reach, owed = seer.reach, owed_of(found, floor.now)
    if reach.everything or floor.department_of(owed) in reach.departments:
        return True
    if found.owner in reach.managers or owed.holder in reach.managers:
        return True
    return bool(seer.manager) and seer.manager in assigned(replace(owed, holder=""), floor)


def _share(owed: Collection[Owed], floor: Floor, seer: Seer) -> frozenset[str]:
    """The ids of what is his task: rule 2."""
    dealt = (s.items for s in morning(owed, floor).shares if s.manager == seer.manager)
    ids = {one.id for items in dealt for one in items}
    ids |= {one.id for one in owed if one.owner == seer.manager or one.holder in seer.keys}
    return frozenset(ids)


async def _closed(
    database: Database, floor: Floor, seer: Seer, since: datetime
) -> tuple[CallbackLine, ...]:
    items = await closed_since(database, since, limit=4 * CLOSED_SHOWN)
    names = Names.of(floor.office)
    seen = [item for item in items if may_see(item, floor, seer)]
    lines = (_line(item, floor, seer, names, mine=False) for item in seen)
    return tuple(lines)[:CLOSED_SHOWN]


def _line(
    found: OpenCallback, floor: Floor, seer: Seer, names: Names, *, mine: bool
) -> CallbackLine:
    item, owed = found.item, owed_of(found, floor.now)
    closing = item.closing
    department = floor.department_of(owed)
    return CallbackLine(
        id=item.id,
        number=(found.number_e164 or found.caller) if owed.reachable else "",
        client=found.client,
        client_name=found.client_name,
        application=found.application,
        owner=found.owner,
        owner_name=names.manager(found.owner),
        line=found.line,
        line_name=names.line(found.line),
        department=department,
        department_name=names.department(department),
        first_missed_at=item.first_missed_at,
        last_missed_at=item.last_missed_at,
        calls=item.missed,
        after_hours=item.after_hours,
        weight=owed.weight,
        promised_at=item.promised_at,
        due=item.promised_at is not None and floor.now >= item.promised_at - PROMISE_AHEAD,
        holder=owed.holder,
        holder_name=names.manager(owed.holder),
        taken_until=item.taken_until if owed.holder else None,
        tries=tuple(_try(attempt, names) for attempt in item.attempts),
        notes=tuple(_said(note, names) for note in item.notes),
        mine=mine,
        held_by_me=owed.holder in seer.keys,
        may_pass=may_pass(found, floor, seer),
        closed_at=closing.at if closing else None,
        closed_how=closing.how if closing else None,
        closed_by_name=names.person(closing.by, closing.pbx or None) if closing else "",
        closed_note=closing.note if closing else "",
        closing_call=closing.call_id if closing else "",
    )


def _try(attempt: Attempt, names: Names) -> Try:
    return Try(
        at=attempt.at,
        by_name=names.person(attempt.by, attempt.pbx or None),
        talk_seconds=attempt.talk_seconds,
        call_id=attempt.call_id,
    )


def _said(note: Note, names: Names) -> Said:
    return Said(at=note.at, by_name=names.person(note.by), text=note.text)


def may_pass(found: OpenCallback, floor: Floor, seer: Seer) -> bool:
    """Whether he may pass an item on or close it: rule 3."""
    holder = found.item.holder(floor.now)
    if not holder or holder in seer.keys:
        return True
    department = floor.department_of(owed_of(found, floor.now))
    return seer.reach.everything or department in seer.reach.departments


def colleagues(office: Office, seer: Seer) -> Mapping[str, str]:
    """Whom one may give an item to: everybody else, those of his department first."""
    own = office.managers.get(seer.manager)
    home = own.department if own else ""
    others = [m for m in office.managers.values() if m.key != seer.manager]
    others.sort(key=lambda m: m.department != home)
    return {m.key: m.name for m in others}
