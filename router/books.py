"""Books that balance: the PBX's own call records against our log, per line and day.

Rules:

1. For every line and day: calls in the call records = answered + missed + rejected in the log +
   stated exclusions. The journal is never its own witness: what the PBX wrote for itself is.
2. A call is the same call when it has the same unique id; where the records keep none, when the
   same number called within three seconds. Each is matched once.
3. A day is the department's day in its zone. Of a matched call our line and beginning count (the
   dialplan may have renamed the line in the records), of another those of its only witness.
4. Nothing is explained away silently: an excluded call has one of the reasons of `Exclusion`, and
   is counted; everything else that differs is a `Difference`, call by call.
5. Every missed call is linked to exactly one callback, open or closed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from router.calls import Direction, Disposition
from router.office import Office

SAME_CALL = timedelta(seconds=3)
TOO_FRESH = timedelta(seconds=60)
_SUBSCRIBER_DIGITS = 10


class Exclusion(StrEnum):
    """Why a call of the call records needs no counterpart in the log."""

    OTHER_LINE = "other_line"
    BEFORE_US = "before_us"
    TOO_FRESH = "too_fresh"


class DifferenceKind(StrEnum):
    """How the two witnesses differ about one call."""

    NOT_LOGGED = "not_logged"
    NOT_IN_RECORDS = "not_in_records"
    TALK_NOT_LOGGED = "talk_not_logged"
    TALK_NOT_IN_RECORDS = "talk_not_in_records"
    NO_END = "no_end"
    NO_CALLBACK = "no_callback"


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessedCall:
    """An incoming call as the PBX's call records have it.

    `id` is the unique id of the caller's channel, "" where the records keep none; `line` "" where
    they do not tell it. `talked`: a person's phone answered; None where that cannot be told.
    """

    id: str
    line: str
    caller: str
    began_at: datetime
    ended_at: datetime
    talked: bool | None
    talk_seconds: float = 0.0
    answered_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedCall:
    """A call as our log has it; times are the PBX's own, before any correction."""

    id: str
    direction: Direction = Direction.INBOUND
    line: str
    caller: str
    began_at: datetime
    disposition: Disposition | None
    talk_seconds: float = 0.0
    callbacks: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One call about which the witnesses differ; `router.books_sentences` says it."""

    kind: DifferenceKind
    line: str
    day: date
    call_id: str
    caller: str
    began_at: datetime
    who: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One line on one day. `line` is the office's key, or the number where it has none."""

    line: str
    day: date
    in_records: int = 0
    answered: int = 0
    missed: int = 0
    rejected: int = 0
    excluded: Mapping[Exclusion, int] = field(default_factory=dict)
    differences: int = 0

    @property
    def balanced(self) -> bool:
        """Whether both witnesses agree, in sum and call by call."""
        told = self.answered + self.missed + self.rejected + sum(self.excluded.values())
        return self.in_records == told and not self.differences


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """The result: accounts by day and line, and every difference in the order of the calls."""

    accounts: tuple[Account, ...]
    differences: tuple[Difference, ...]

    @property
    def balanced(self) -> bool:
        """Whether everything balances."""
        return not self.differences and all(account.balanced for account in self.accounts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is compared: an office's lines, from when on we were there, and until when it is told.

    `settled_before`: what began or ended later may still be on its way to either witness.
    """

    office: Office
    settled_before: datetime
    since: datetime | None = None

    def line(self, number: str) -> str:
        """The key of the office's line with this number, else the number's digits as it is."""
        wanted = subscriber(number)
        lines = self.office.lines.values()
        return next((ln.key for ln in lines if subscriber(ln.number) == wanted), number)

    def day(self, line: str, at: datetime) -> date:
        """The day of the line's department."""
        found = self.office.lines.get(line)
        key = found.department if found else self.office.default_department
        return at.astimezone(ZoneInfo(self.office.departments[key].hours.timezone)).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """A call with its witnesses; at least one is there."""

    record: WitnessedCall | None
    logged: LoggedCall | None

    @property
    def shown(self) -> WitnessedCall | LoggedCall:
        """Who says when it began and who called: the log, else the records."""
        found = self.logged or self.record
        assert found is not None  # noqa: S101 - a pair has a witness
        return found


def balance(records: Iterable[WitnessedCall], logged: Iterable[LoggedCall], scope: Scope) -> Books:
    """Compares all calls of a stretch; calls of other days than asked for are for the caller."""
    entries = [_judged(pair, scope) for pair in _pairs(list(records), list(logged))]
    found: defaultdict[tuple[date, str], list[_Entry]] = defaultdict(list)
    for entry in entries:
        found[entry.day, entry.line].append(entry)
    differences = sorted(
        (difference for entry in entries for difference in entry.differences),
        key=lambda d: (d.began_at, d.call_id, d.kind),
    )
    accounts = (_account(line, day, found[day, line]) for day, line in sorted(found))
    return Books(accounts=tuple(accounts), differences=tuple(differences))


def of(books: Books, *, days: Collection[date] = (), line: str = "") -> Books:
    """The part of books for these days and this line; what is left out does not matter."""

    def wanted(it: Account | Difference) -> bool:
        return (not days or it.day in days) and (not line or it.line == line)

    return Books(
        accounts=tuple(filter(wanted, books.accounts)),
        differences=tuple(filter(wanted, books.differences)),
    )


def unlogged(
    records: Sequence[WitnessedCall], logged: Iterable[LoggedCall], scope: Scope
) -> tuple[WitnessedCall, ...]:
    """The calls of the records that the log should have and does not."""
    alone = (pair.record for pair in _pairs(list(records), list(logged)) if pair.logged is None)
    return tuple(record for record in alone if record and _ours(record, scope))


def _ours(record: WitnessedCall, scope: Scope) -> bool:
    return _exclusion(record, scope.line(record.line) if record.line else "", scope) is None


def subscriber(number: str) -> str:
    """What two ways of writing a number have in common: its last ten digits."""
    digits = "".join(c for c in number if c.isdecimal())
    return digits[-_SUBSCRIBER_DIGITS:] or number.casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    line: str
    day: date
    in_records: bool
    disposition: Disposition | None
    exclusion: Exclusion | None
    differences: Sequence[Difference]


def _pairs(records: list[WitnessedCall], logged: list[LoggedCall]) -> list[_Pair]:
    """Both lists, matched. A call that we placed is in neither column: it is no incoming call."""
    by_id = {call.id: call for call in logged}
    pairs: list[_Pair] = []
    nameless: list[WitnessedCall] = []
    for record in records:
        found = by_id.pop(record.id, None) if record.id else None
        if found is None and not record.id:
            nameless.append(record)
        else:
            pairs.append(_Pair(record=record, logged=found))
    pairs += _pairs_by_number(nameless, list(by_id.values()))
    return [p for p in pairs if p.logged is None or p.logged.direction is Direction.INBOUND]


def _pairs_by_number(records: list[WitnessedCall], logged: list[LoggedCall]) -> Iterator[_Pair]:
    """Each record with the nearest call of its number that no earlier record has taken."""
    logged = sorted(logged, key=lambda call: (call.began_at, call.id))
    begun = [call.began_at for call in logged]
    taken = set[int]()
    for record in sorted(records, key=lambda r: (r.began_at, r.caller)):
        number = subscriber(record.caller)
        close = range(
            bisect_left(begun, record.began_at - SAME_CALL),
            bisect_right(begun, record.began_at + SAME_CALL),
        )
        same = [n for n in close if n not in taken and subscriber(logged[n].caller) == number]
        found = min(same, key=lambda n: abs(begun[n] - record.began_at)) if same else None
        if found is not None:
            taken.add(found)
        yield _Pair(record=record, logged=None if found is None else logged[found])
    for n, call in enumerate(logged):
        if n not in taken:
            yield _Pair(record=None, logged=call)


def _judged(pair: _Pair, scope: Scope) -> _Entry:
    record, logged = pair.record, pair.logged
    told = logged.line if logged else (record.line if record else "")
    line = scope.line(told) if told else ""
    day = scope.day(line, pair.shown.began_at)
    exclusion = None if logged or record is None else _exclusion(record, line, scope)
    kinds = () if exclusion else _kinds(pair, scope)
    return _Entry(
        line=line,
        day=day,
        in_records=record is not None,
        disposition=logged.disposition if logged else None,
        exclusion=exclusion,
        differences=[_difference(kind, pair, line, day) for kind in kinds],
    )


def _exclusion(record: WitnessedCall, line: str, scope: Scope) -> Exclusion | None:
    if scope.since is not None and record.began_at < scope.since:
        return Exclusion.BEFORE_US
    if line and line not in scope.office.lines:
        return Exclusion.OTHER_LINE
    return Exclusion.TOO_FRESH if record.ended_at > scope.settled_before else None


def _kinds(pair: _Pair, scope: Scope) -> Iterable[DifferenceKind]:
    record, logged = pair.record, pair.logged
    if logged is None:
        return [DifferenceKind.NOT_LOGGED]
    found = []
    if record is None and logged.began_at <= scope.settled_before:
        found.append(DifferenceKind.NOT_IN_RECORDS)
    if logged.disposition is None:
        found.append(DifferenceKind.NO_END)
    answered = logged.disposition is Disposition.ANSWERED
    if record and record.talked and not answered and not logged.talk_seconds:
        found.append(DifferenceKind.TALK_NOT_LOGGED)
    if record and record.talked is False and answered:
        found.append(DifferenceKind.TALK_NOT_IN_RECORDS)
    if logged.disposition is Disposition.MISSED and logged.callbacks != 1:
        found.append(DifferenceKind.NO_CALLBACK)
    return found


def _difference(kind: DifferenceKind, pair: _Pair, line: str, day: date) -> Difference:
    shown, record = pair.shown, pair.record
    return Difference(
        kind=kind,
        line=line,
        day=day,
        call_id=shown.id,
        caller=shown.caller,
        began_at=shown.began_at.astimezone(UTC),
        who=record.answered_by if record else "",
    )


def _account(line: str, day: date, entries: Sequence[_Entry]) -> Account:
    ended = Counter(entry.disposition for entry in entries)
    return Account(
        line=line,
        day=day,
        in_records=sum(entry.in_records for entry in entries),
        answered=ended[Disposition.ANSWERED],
        missed=ended[Disposition.MISSED],
        rejected=ended[Disposition.REJECTED],
        excluded=dict(Counter(entry.exclusion for entry in entries if entry.exclusion)),
        differences=sum(len(entry.differences) for entry in entries),
    )
