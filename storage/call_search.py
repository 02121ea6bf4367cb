"""Find calls in a log of a million: the newest that were asked for, page by page.

Rules:

1. A page is found by where the last one ended (`Place`), never by counting rows.
2. Every question is led by one index whose rows come newest first (a person's calls, a
   department's, a client's …; where several lead, as for "he talked or it rang at him", each is
   answered by itself, in one go, and the answers are merged). Everything else that is asked is only
   checked on the rows found so, and written so that no database takes it for a better way in.
3. The search is bounded: it looks through so many rows of its index, and where that does not fill
   a page it says back to when it has looked, instead of letting somebody wait.
4. How far somebody sees is part of the question. No row leaves the database unasked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    exists,
    false,
    func,
    or_,
    select,
    union_all,
)

from router.callbacks import party_of_client
from router.calls import Direction, Disposition, MissedReason
from router.phones import ANYWHERE, Phone
from storage import schema
from storage.connection import AnyConnection
from storage.database import Database
from storage.ended_calls import stored_call
from storage.pieces import pieces
from storage.reach import Reach
from storage.records import StoredCall, Way

WALKED = (1_000, 6_000, 25_000)
"""Calls of the whole log that one page looks through, in turns: they lie side by side."""
LED = (300, 700, 1_500)
"""The same of one person's, client's or department's: they lie scattered, each read by itself."""
MOST_BRANCHES = 16
"""More questions than this are not asked side by side; the log is walked instead."""
ROWS_AT_ONCE = 200
"""Calls that are made of rows in one go; the event loop stands still for some 70 µs of each."""
LONGEST_CALL = timedelta(hours=12)
"""A leg begins at most so long after its call."""

_t = schema.calls
_legs = schema.legs
_rung = _legs.alias("rung")
_INDEXED = {index.columns[0] for index in _t.indexes}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which calls; what is left out does not matter.

    `since` is included, `until` is not. `lines`: spellings of one line's number. `phones`: all that
    a person is reached at; he dialled, talked or was rung there. `number`: what identifies a
    number (`storage.parties.number_id`). `clients`: keys of those whose calls they are
    today (`calls.party`); empty means that nobody is meant.
    `naming`: spellings of a text that the name at the time contains or the application is.
    `digits`: the last ones of the client's number, or an application. `after_hours`: missed
    because the department was closed.
    """

    since: datetime | None = None
    until: datetime | None = None
    direction: Direction | None = None
    disposition: Disposition | None = None
    department: str = ""
    lines: tuple[str, ...] = ()
    owner: str = ""
    phones: tuple[Phone, ...] = ()
    number: str = ""
    clients: tuple[str, ...] | None = None
    naming: tuple[str, ...] = ()
    application: str = ""
    digits: str = ""
    after_hours: bool = False
    recovered: bool = False
    disputed: bool = False
    way: Way | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page ended: what follows began earlier, or then with a smaller id."""

    at: datetime
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCalls:
    """A page, newest first, without legs.

    `next`: where to go on, None at the end of the log. `looked_back_to`: the search stopped there
    though the page is not full; older calls were not looked at yet.
    """

    calls: tuple[StoredCall, ...] = ()
    next: Place | None = None
    looked_back_to: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Branch:
    """One way in: rows of `calls` by a column's index, or the calls of a target's legs.

    Without a column, or where the column has no index, the whole log is walked. `pbx` is checked.
    """

    column: ColumnElement[Any] | None = None
    value: str = ""
    target: str = ""
    pbx: str = ANYWHERE

    @property
    def where(self) -> Iterator[ColumnElement[bool]]:
        """What holds for its rows."""
        if self.column is not None:
            yield self.column == self.value
        if self.pbx != ANYWHERE:
            yield _aside(_t.c.pbx) == self.pbx

    @property
    def is_walk(self) -> bool:
        """Whether the whole log is walked for it."""
        return not self.target and self.column not in _INDEXED

    @property
    def led_by(self) -> Iterator[ColumnElement[bool]]:
        """What the rows that are looked through have in common."""
        if self.column is not None and not self.is_walk:
            yield self.column == self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """The ways in, and what must hold besides."""

    branches: tuple[_Branch, ...]
    checks: tuple[ColumnElement[bool], ...]
    since: datetime | None


async def find_calls(
    database: Database,
    wanted: Wanted,
    reach: Reach,
    *,
    before: Place | None = None,
    limit: int = 50,
) -> FoundCalls:
    """The newest calls that are wanted and within reach, from a place on."""
    search = _search(wanted, reach)
    if search is None:
        return FoundCalls()
    upper = before or (Place(at=wanted.until) if wanted.until else None)
    if upper and wanted.until and upper.at > wanted.until:
        upper = Place(at=wanted.until)
    async with database.reading() as connection:
        places, lower = await _look(connection, search, upper, limit)
        calls = await _rows(connection, places[:limit])
    if len(places) > limit:
        last = places[limit - 1]
        return FoundCalls(calls=calls, next=last)
    if lower is not None:
        return FoundCalls(calls=calls, next=Place(at=lower), looked_back_to=lower)
    return FoundCalls(calls=calls)


async def _look(
    connection: AnyConnection, search: _Search, upper: Place | None, limit: int
) -> tuple[list[Place], datetime | None]:
    """One more place than fits a page, and down to when was looked (None: to the end)."""
    found: list[Place] = []
    lower: datetime | None = None
    walked = any(branch.is_walk for branch in search.branches)
    for rows in WALKED if walked else LED:
        lower = await _floor(connection, search, upper, rows)
        found += await _window(connection, search, upper, lower, limit + 1 - len(found))
        if lower is None or len(found) > limit:
            break
        upper = Place(at=lower)
    return found, lower


async def _floor(
    connection: AnyConnection, search: _Search, upper: Place | None, rows: int
) -> datetime | None:
    """From when on every branch has at most so many rows below `upper`."""
    asked = [_floor_question(branch, search.since, upper, rows) for branch in search.branches]
    floors = (await connection.execute(_at_once(asked))).scalars().all()
    return max(floors, default=None)


def _floor_question(
    branch: _Branch, since: datetime | None, upper: Place | None, rows: int
) -> Select[Any]:
    if branch.target:
        began = _legs.c.began_at
        asked = select(began).where(_legs.c.target == branch.target)
    else:
        began = _t.c.began_at
        asked = select(began).where(*branch.led_by)
    asked = asked.where(*_between(began, since, upper.at if upper else None))
    return asked.order_by(began.desc()).offset(rows).limit(1)


async def _window(
    connection: AnyConnection,
    search: _Search,
    upper: Place | None,
    lower: datetime | None,
    limit: int,
) -> list[Place]:
    asked = [_question(branch, search, upper, lower).limit(limit) for branch in search.branches]
    rows = await connection.execute(_at_once(asked))
    found = {(row.began_at, row.id) for row in rows}
    return [Place(at=at, id=call) for at, call in sorted(found, reverse=True)[:limit]]


def _at_once(asked: Sequence[Select[Any]]) -> Select[Any] | CompoundSelect[Any]:
    """Several questions as one, each answered by itself: to ask takes longer than to answer."""
    if len(asked) == 1:
        return asked[0]
    return union_all(*(select(question.subquery()) for question in asked))


def _question(
    branch: _Branch, search: _Search, upper: Place | None, lower: datetime | None
) -> Select[Any]:
    began = _t.c.began_at
    asked = select(began, _t.c.id).where(*branch.where, *search.checks)
    lowest = max((at for at in (lower, search.since) if at), default=None)
    if branch.target:
        asked = asked.join(_legs, _legs.c.call_id == _t.c.id)
        asked = asked.where(_legs.c.target == branch.target).distinct()
        asked = asked.where(*_between(_legs.c.began_at, lowest, _latest_leg(upper)))
    asked = asked.where(*_between(began, lowest, None))
    if upper:
        earlier = or_(began < upper.at, _t.c.id < upper.id)
        asked = asked.where(began <= upper.at, earlier)
    return asked.order_by(began.desc(), _t.c.id.desc())


def _latest_leg(upper: Place | None) -> datetime | None:
    return upper.at + LONGEST_CALL if upper else None


def _between(
    column: ColumnElement[Any], lowest: datetime | None, top: datetime | None
) -> Iterator[ColumnElement[bool]]:
    if lowest:
        yield column >= lowest
    if top:
        yield column < top


async def _rows(connection: AnyConnection, places: Sequence[Place]) -> tuple[StoredCall, ...]:
    ids = [place.id for place in places]
    found: dict[str, StoredCall] = {}
    for piece in pieces(ids, ROWS_AT_ONCE):
        query = select(_t).where(_t.c.id.in_(piece))
        found |= {row.id: stored_call(row) for row in await connection.execute(query)}
    return tuple(found[call] for call in ids)


# -- the way in ---------------------------------------------------------------------------------


def _search(wanted: Wanted, reach: Reach) -> _Search | None:
    """Chooses the leading index; None where nothing can be found."""
    own = _reach_branches(reach)
    if wanted.clients == () or (not reach.everything and not own):
        return None
    branches, rest = _lead(wanted)
    seen: tuple[ColumnElement[bool], ...] = ()
    narrow = wanted.clients or wanted.number or wanted.phones
    if not reach.everything and not narrow and len(own) <= MOST_BRANCHES:
        branches, rest = own, wanted
    elif not reach.everything:
        seen = (_within(reach),)
    checks = (*_checks(rest), *seen)
    return _Search(branches=tuple(branches), checks=checks, since=wanted.since)


def _lead(wanted: Wanted) -> tuple[list[_Branch], Wanted]:
    """The most telling index of what is wanted, and what is left to check."""
    if wanted.clients and len(wanted.clients) <= MOST_BRANCHES:
        parties = map(party_of_client, wanted.clients)
        found = [_Branch(column=_t.c.party, value=party) for party in parties]
        return found, replace(wanted, clients=None)
    if wanted.phones and not wanted.number:
        return _of_phones(wanted.phones), replace(wanted, phones=())
    return _one_column(wanted)


def _one_column(wanted: Wanted) -> tuple[list[_Branch], Wanted]:
    if wanted.number:
        led = _Branch(column=_t.c.number_id, value=wanted.number)
        return [led], replace(wanted, number="")
    if wanted.owner:
        return [_Branch(column=_t.c.owner, value=wanted.owner)], replace(wanted, owner="")
    if wanted.disposition not in {None, Disposition.ANSWERED}:
        led = _Branch(column=_t.c.disposition, value=str(wanted.disposition))
        return [led], replace(wanted, disposition=None)
    if wanted.department:
        led = _Branch(column=_t.c.department, value=wanted.department)
        return [led], replace(wanted, department="")
    return [_Branch()], wanted


def _of_phones(phones: Sequence[Phone]) -> list[_Branch]:
    columns = (_t.c.answered_by, _t.c.caller)
    found = [
        _Branch(column=column, value=phone.number, pbx=phone.pbx)
        for phone in phones
        for column in columns
    ]
    return found + [_Branch(target=phone.number, pbx=phone.pbx) for phone in phones]


def _reach_branches(reach: Reach) -> list[_Branch]:
    found = [_Branch(column=_t.c.department, value=key) for key in sorted(reach.departments)]
    found += [_Branch(column=_t.c.owner, value=key) for key in sorted(reach.managers)]
    return found + _of_phones(sorted(reach.extensions))


# -- what is only checked -----------------------------------------------------------------------


def _aside(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column as no index knows it: rule 2."""
    return func.coalesce(column, "")


def _within(reach: Reach) -> ColumnElement[bool]:
    return or_(
        _aside(_t.c.department).in_(reach.departments),
        _aside(_t.c.owner).in_(reach.managers),
        _touches(reach.extensions),
    )


def _touches(phones: Iterable[Phone]) -> ColumnElement[bool]:
    """He dialled, talked, or it rang at him."""
    numbers: dict[str, list[str]] = {}
    for phone in phones:
        numbers.setdefault(phone.pbx, []).append(phone.number)
    return or_(false(), *(_touched_at(pbx, at) for pbx, at in numbers.items()))


def _touched_at(pbx: str, numbers: Sequence[str]) -> ColumnElement[bool]:
    rang = exists().where(_rung.c.call_id == _t.c.id, _aside(_rung.c.target).in_(numbers))
    touched = or_(_aside(_t.c.answered_by).in_(numbers), _aside(_t.c.caller).in_(numbers), rang)
    return touched if pbx == ANYWHERE else and_(_aside(_t.c.pbx) == pbx, touched)


def _checks(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    equal = {
        _t.c.direction: wanted.direction,
        _t.c.disposition: wanted.disposition,
        _t.c.department: wanted.department,
        _t.c.owner: wanted.owner,
        _t.c.number_id: wanted.number,
        _t.c.application: wanted.application,
        _t.c.way: wanted.way,
        _t.c.reason: MissedReason.CLOSED if wanted.after_hours else None,
    }
    yield from (_aside(column) == value for column, value in equal.items() if value)
    if wanted.lines:
        yield _aside(_t.c.line).in_(wanted.lines)
    if wanted.clients:
        yield _aside(_t.c.party).in_(map(party_of_client, wanted.clients))
    if wanted.phones:
        yield _touches(wanted.phones)
    yield from _text_checks(wanted)
    if wanted.recovered:
        yield _t.c.recovered
    if wanted.disputed:
        yield _t.c.disagreement != ""


def _text_checks(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.naming:
        named = [_t.c.client_name.contains(text, autoescape=True) for text in wanted.naming]
        yield or_(*named, _t.c.application.in_(wanted.naming))
    if wanted.digits:
        ends = _aside(_t.c.number_e164).endswith(wanted.digits, autoescape=True)
        yield or_(ends, _t.c.application == wanted.digits)
