"""How the company called back: time to the first callback, share reached, per day and person.

Rules:

1. An item belongs to the day on which its first missed call began, on the department's wall.
2. Its waiting time begins with that call, or where that came after hours with the next opening:
   nobody is blamed for the night. It ends with the first attempt or the callback that reached the
   client. A client who came through by himself first was not called back.
3. *Reached* counts callbacks that reached the client; the share is of the items that needed one
   (neither closed as not needed, nor a client who came through by himself before any attempt).
4. A missed ring is a person's: a phone of his rang, nobody else picked up meanwhile, and he did
   not, there or on another of his phones. It is one for each call. It says nothing of the company:
   the call may have been answered by the next step. It is counted apart.
5. A person is known by the phone under which his figures stand (`Who`); the same extension at two
   PBXs is two people. One call back is one of his callbacks, however many items of the day it was
   made for or closed; the items are counted apart.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import NamedTuple

from router.callbacks import ClosedHow
from router.calls import LegOutcome
from router.phones import Phone, Who

MISSED_RINGS = frozenset({LegOutcome.NO_ANSWER, LegOutcome.DECLINED, LegOutcome.NOT_CONFIRMED})
TELLING = MISSED_RINGS | {LegOutcome.ANSWERED}
"""The ends of a leg that say of somebody that he let it ring or that he did not."""


class Try(NamedTuple):
    """A callback, reached or not: when, by whom if that is known, and the id of the call."""

    at: datetime
    by: Phone | None
    call_id: str


class Ring(NamedTuple):
    """A leg of an inbound call: to which number, how it ended, whether anything rang there."""

    target: str
    outcome: LegOutcome
    rang: bool


class Rung(NamedTuple):
    """An inbound call: at which PBX, and what rang for it."""

    pbx: str
    rings: Sequence[Ring]


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """What became of one item.

    `owed_from`: when it could be worked on first. `tries`: the callbacks in order, the one that
    reached the client among them. `reached_by`: who reached him, if somebody did. `closing_call`:
    the id of the call that closed the item, empty where none did.
    """

    id: str
    owed_from: datetime
    tries: Sequence[Try] = ()
    how: ClosedHow | None = None
    reached_by: Phone | None = None
    closing_call: str = ""

    @property
    def waited_seconds(self) -> float | None:
        """How long the client waited for the first callback; None: nobody called him back."""
        if not self.tries:
            return None
        return max(0.0, (self.tries[0].at - self.owed_from).total_seconds())

    @property
    def needed(self) -> bool:
        """Whether a callback was needed at all."""
        if self.how is ClosedHow.NOT_NEEDED:
            return False
        return self.how is not ClosedHow.CAME_THROUGH or bool(self.tries)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonReport:
    """One person's day: his first callbacks, attempts, whom he reached, rings that he let ring.

    `person` is his extension, `pbx` the key of its PBX.
    """

    person: str
    pbx: str
    first_callbacks: int
    attempts: int
    reached: int
    median_seconds: float | None
    missed_rings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayReport:
    """A day: items by what became of them, the wait, and everybody's part."""

    items: int
    needed: int
    called: int
    reached: int
    came_through: int
    not_needed: int
    still_open: int
    median_seconds: float | None
    longest_seconds: float | None
    people: tuple[PersonReport, ...]

    @property
    def share_reached(self) -> float | None:
        """Reached of needed, 0 to 1; None where none was needed."""
        return self.reached / self.needed if self.needed else None


def owed_from(
    first_missed_at: datetime, opening: Callable[[datetime], datetime | None]
) -> datetime:
    """When an item could be worked on first: `opening` tells the first open instant from one on."""
    return opening(first_missed_at) or first_missed_at


def missed_rings(calls: Iterable[Rung], who: Who) -> Counter[Phone]:
    """How many calls each person let ring.

    A ring that a colleague ended by picking up is nobody's miss, and neither is one that the caller
    ended before anybody could.
    """
    found: Counter[Phone] = Counter()
    for pbx, rings in calls:
        missed = {ring.target for ring in rings if ring.rang and ring.outcome in MISSED_RINGS}
        if missed:
            talked = {ring.target for ring in rings if ring.outcome is LegOutcome.ANSWERED}
            took = {who(Phone(pbx, target)) for target in talked}
            found.update({who(Phone(pbx, target)) for target in missed} - took)
    return found


def attempts(worked: Iterable[Worked]) -> Counter[Phone]:
    """How many calls back each person made, those that reached the client among them."""
    return _calls_of((each.by, each.call_id) for item in worked for each in item.tries)


def reached(worked: Iterable[Worked]) -> Counter[Phone]:
    """How many calls of each person reached a client who was owed one."""
    return _calls_of((item.reached_by, item.closing_call) for item in worked)


def report(worked: Sequence[Worked], rings: Counter[Phone] | None = None) -> DayReport:
    """Counts a day. People are named as the items and `rings` name them, sorted by number."""
    rings = rings or Counter()
    waits = [item.waited_seconds for item in worked if item.waited_seconds is not None]
    how = Counter(item.how for item in worked)
    return DayReport(
        items=len(worked),
        needed=sum(item.needed for item in worked),
        called=len(waits),
        reached=how[ClosedHow.REACHED],
        came_through=how[ClosedHow.CAME_THROUGH],
        not_needed=how[ClosedHow.NOT_NEEDED],
        still_open=how[None],
        median_seconds=median(waits) if waits else None,
        longest_seconds=max(waits, default=None),
        people=_people(worked, rings),
    )


def _people(worked: Sequence[Worked], rings: Counter[Phone]) -> tuple[PersonReport, ...]:
    tried, got = attempts(worked), reached(worked)
    first = _calls_of((item.tries[0].by, item.tries[0].call_id) for item in worked if item.tries)
    waits: defaultdict[Phone | None, list[float]] = defaultdict(list)
    for item in worked:
        if item.waited_seconds is not None:
            waits[item.tries[0].by].append(item.waited_seconds)
    return tuple(
        PersonReport(
            person=who.number,
            pbx=who.pbx,
            first_callbacks=first[who],
            attempts=tried[who],
            reached=got[who],
            median_seconds=median(waits[who]) if who in waits else None,
            missed_rings=rings[who],
        )
        for who in sorted({*tried, *got, *rings}, key=lambda who: (who.number, who.pbx))
    )


def _calls_of(made: Iterable[tuple[Phone | None, str]]) -> Counter[Phone]:
    """How many calls are each person's; a call that is told for several items counts once."""
    return Counter(who for who, _ in set(made) if who)
