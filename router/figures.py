"""What a day of calls comes to: counted once, added up over days.

Rules:

1. A *missed call* is the company's and stands with the line. A *missed ring* is a person's and
   stands with the person. They are never added to one another.
2. A person was *offered* a call when a phone of his rang for it, once for each call however often
   and wherever it rang, his mobile too. What became of it is one of: he answered; he declined; he
   let it ring; a colleague took it; the caller hung up first. Of several the first in this order
   counts.
3. Somebody was *skipped* when a decision passed him over, once for each call and reason; the
   exchange may find him busy later ("at-step"). That he comes last is no skip.
4. Only inbound calls are offered; outbound calls count for who dialled.
5. One call back counts once for who made it, however many items of the callback list it closes;
   each of these items is called back.
6. Figures are counts by name under a subject, so that days can be added; how long something took
   is counted by whole seconds (or minutes), so that a median stays exact when days are added.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from router.callbacks_report import Worked, attempts, reached
from router.calls import Direction, Disposition, LegOutcome
from router.phones import Phone, Who
from router.plan import Why

VERSION = 4
"""Raised when figures of the same calls would come out differently."""

LONGEST_ANSWER_SECONDS = 300
LONGEST_WAIT_MINUTES = 14 * 24 * 60


class About(StrEnum):
    """What a subject is; the words after it name which one.

    LINE: line, department, hour on the wall. ANSWER: line, department; counted by seconds. PERSON
    and PICKED: an extension and its PBX; the second by seconds until he picked up. SKIPPED: a
    manager's key. CALLBACK and WAITED: a department; the second by minutes until the first
    callback. CALLER: an extension that called back, and its PBX.
    """

    LINE = "line"
    ANSWER = "answer"
    PERSON = "person"
    PICKED = "picked"
    SKIPPED = "skipped"
    CALLBACK = "callback"
    WAITED = "waited"
    CALLER = "caller"


OF_PEOPLE = frozenset({About.PERSON, About.PICKED, About.SKIPPED, About.CALLER})
"""What is told of people and not of lines and departments: more than half of a day."""

Subject = tuple[str, ...]
Figures = dict[Subject, Counter[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedCall:
    """What is counted of a call; `hour` is the hour of the day on the wall in which it began."""

    id: str
    pbx: str
    direction: Direction
    line: str
    department: str
    caller: str
    hour: int
    began_at: datetime
    answered_at: datetime | None
    disposition: Disposition | None
    reason: str
    talk_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedLeg:
    """What is counted of one attempt to ring somebody."""

    target: str
    outcome: LegOutcome
    rang: bool
    ring_seconds: float
    talk_seconds: float


_BECAME = (
    (LegOutcome.ANSWERED, "answered"),
    (LegOutcome.DECLINED, "declined"),
    (LegOutcome.NO_ANSWER, "let_ring"),
    (LegOutcome.NOT_CONFIRMED, "let_ring"),
    (LegOutcome.ELSEWHERE, "elsewhere"),
    (LegOutcome.CANCELLED, "gone"),
)
_NO_SKIPS = frozenset(
    {Why.SKIPPED_PROMISED, Why.SKIPPED_NEW_CLIENT, Why.SKIPPED_TWICE, Why.SKIPPED_PATIENCE}
)
_SKIPS = frozenset(why for why in Why if why.value.startswith("skipped-")) - _NO_SKIPS


def count_call(figures: Figures, call: CountedCall, legs: Sequence[CountedLeg], who: Who) -> None:
    """Adds one call with its legs."""
    if call.direction is Direction.INBOUND:
        _count_line(figures, call)
        by_person: dict[Phone, list[CountedLeg]] = {}
        for leg in legs:
            by_person.setdefault(who(Phone(call.pbx, leg.target)), []).append(leg)
        for person, own in by_person.items():
            _count_offer(figures, person, own)
    elif call.direction is Direction.OUTBOUND:
        dialled = _of_person(figures, About.PERSON, who(Phone(call.pbx, call.caller)))
        dialled["outbound"] += 1
        if call.disposition is Disposition.ANSWERED:
            dialled["outbound_answered"] += 1
            dialled["talk_out"] += round(call.talk_seconds)


def count_skips(figures: Figures, reasons: Iterable[Mapping[str, Any]]) -> None:
    """Adds those whom one call's decision passed over; `reasons` as they are kept."""
    seen: set[tuple[str, str]] = set()
    for reason in reasons:
        why, about = str(reason.get("why", "")), reason.get("about", {})
        manager = str(about.get("manager", ""))
        if why not in _SKIPS or not manager:
            continue
        if why == Why.SKIPPED_STATUS:
            why = f"{why}:{about.get('status', '')}"
        if (manager, why) not in seen:
            seen.add((manager, why))
            _of(figures, About.SKIPPED, manager)[why] += 1


def count_trail(figures: Figures, trail: Iterable[Mapping[str, Any]]) -> None:
    """Adds those whom the exchange found busy as their step began; `trail` as it is kept."""
    busy = {
        str(who).partition("/")[0]
        for item in trail
        if item.get("what") in {"busy", "away", "unavailable"}
        for who in item.get("who", ())
    }
    for manager in busy:
        if manager:
            _of(figures, About.SKIPPED, manager)["at-step"] += 1


def count_callback(figures: Figures, department: str, worked: Worked) -> None:
    """Adds an item of the callback list to the day on which its first missed call began."""
    counts = _of(figures, About.CALLBACK, department)
    counts["items"] += 1
    counts["needed"] += worked.needed
    counts[str(worked.how) if worked.how else "open"] += 1
    if worked.waited_seconds is not None:
        counts["called"] += 1
        minutes = min(round(worked.waited_seconds / 60), LONGEST_WAIT_MINUTES)
        _of(figures, About.WAITED, department)[str(minutes)] += 1


def count_callers(figures: Figures, worked: Collection[Worked]) -> None:
    """Adds who called back for the items of a day, all of them at once."""
    for name, counts in (("attempts", attempts(worked)), ("reached", reached(worked))):
        for who, count in counts.items():
            _of_person(figures, About.CALLER, who)[name] += count


def added(days: Iterable[Figures]) -> Figures:
    """The sum of several days."""
    total: Figures = {}
    for day in days:
        for subject, counts in day.items():
            there = total.get(subject)
            if there is None:
                total[subject] = counts_from(counts)
            else:
                add_counts(there, counts)
    return total


def add_counts(there: Counter[str], counts: Mapping[str, int]) -> None:
    """Adds counts to others; `Counter.update` takes three times as long."""
    for name, count in counts.items():
        there[name] = there.get(name, 0) + count


def counts_from(found: Mapping[str, int]) -> Counter[str]:
    """Counts as they were found; `Counter` itself would count them one by one."""
    counts: Counter[str] = Counter()
    dict.update(counts, found)
    return counts


def median_of(counts: Mapping[str, int]) -> float | None:
    """The median of what was counted by whole numbers; None of nothing."""
    steps = sorted((int(value), count) for value, count in counts.items() if count > 0)
    total = sum(count for _, count in steps)
    if not total:
        return None
    return (_at(steps, (total - 1) // 2) + _at(steps, total // 2)) / 2


def to_json(figures: Figures) -> list[list[Any]]:
    """Figures as plain values."""
    return [[*subject, dict(counts)] for subject, counts in figures.items()]


def from_json(found: Iterable[Sequence[Any]], *, leave_out: Collection[str] = ()) -> Figures:
    """The figures that were kept, but for the subjects of some kinds."""
    return {tuple(row[:-1]): counts_from(row[-1]) for row in found if row[0] not in leave_out}


def without(figures: Figures, leave_out: Collection[str]) -> Figures:
    """Figures but for the subjects of some kinds."""
    return {subject: counts for subject, counts in figures.items() if subject[0] not in leave_out}


def _at(steps: Sequence[tuple[int, int]], place: int) -> int:
    for value, count in steps:
        if place < count:
            return value
        place -= count
    raise AssertionError("the place is within the total")


def _count_line(figures: Figures, call: CountedCall) -> None:
    counts = _of(figures, About.LINE, call.line, call.department, f"{call.hour:02d}")
    counts["offered"] += 1
    if call.disposition is Disposition.ANSWERED:
        counts["answered"] += 1
        counts["talk"] += round(call.talk_seconds)
        if call.answered_at is not None:
            waited = round((call.answered_at - call.began_at).total_seconds())
            seconds = str(min(max(waited, 0), LONGEST_ANSWER_SECONDS))
            _of(figures, About.ANSWER, call.line, call.department)[seconds] += 1
    elif call.disposition is Disposition.MISSED:
        counts["missed"] += 1
        counts[f"missed:{call.reason}"] += 1
    else:
        counts["rejected"] += 1


def _count_offer(figures: Figures, person: Phone, legs: Sequence[CountedLeg]) -> None:
    rang = [leg for leg in legs if leg.rang or leg.outcome is LegOutcome.ANSWERED]
    outcomes = {leg.outcome for leg in rang}
    became = next((name for outcome, name in _BECAME if outcome in outcomes), None)
    if became is None:
        return
    counts = _of_person(figures, About.PERSON, person)
    counts["offered"] += 1
    counts[became] += 1
    talked = [leg for leg in rang if leg.outcome is LegOutcome.ANSWERED]
    if talked:
        counts["talk_in"] += round(sum(leg.talk_seconds for leg in talked))
        seconds = min(round(talked[0].ring_seconds), LONGEST_ANSWER_SECONDS)
        _of_person(figures, About.PICKED, person)[str(seconds)] += 1


def _of_person(figures: Figures, about: About, person: Phone) -> Counter[str]:
    return _of(figures, about, person.number, person.pbx)


def _of(figures: Figures, *subject: str) -> Counter[str]:
    found = figures.get(subject)
    if found is None:
        found = figures[subject] = Counter()
    return found
