"""The reports' rows: figures of days, named by the office of today, for who may see them.

Rules: a department's report has its lines' calls and its members' rings, and nothing of others;
whoever is no longer in the office stands under his extension, in the company's report only.
What each figure counts is told in `router.figures`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from router.figures import About, Figures, add_counts, added, median_of
from router.office import Manager
from switchboard.names import Names

OPEN_REASONS = ("abandoned", "no_answer", "nobody_reachable", "lost_in_transfer", "pbx_restarted")
"""Why a client is missed while the department is open."""


_UNKNOWN = "phone:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Whole days, both included."""

    since: date
    until: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.until - self.since).days + 1

    @property
    def before(self) -> Period:
        """As many days that end the day before; whole weeks, so that weekdays meet weekdays."""
        back = timedelta(days=-(-self.days // 7) * 7 if self.days > 1 else 7)
        return Period(since=self.since - back, until=self.until - back)


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What came in: over a line, in an hour, on a day, or all together."""

    counts: Counter[str] = field(default_factory=Counter)
    answer_median: float | None = None

    @property
    def offered(self) -> int:
        """All inbound calls."""
        return self.counts["offered"]

    @property
    def answered(self) -> int:
        """A person talked with the client."""
        return self.counts["answered"]

    @property
    def missed(self) -> int:
        """The company missed the client while the department was open."""
        return self.counts["missed"] - self.closed

    @property
    def closed(self) -> int:
        """The client called while the department was closed, and nobody talked."""
        return self.counts["missed:closed"]

    @property
    def reasons(self) -> dict[str, int]:
        """Missed calls in opening hours by their reason."""
        return {why: n for why in OPEN_REASONS if (n := self.counts[f"missed:{why}"])}

    @property
    def share(self) -> float | None:
        """Answered of those that came while the department was open."""
        came = self.answered + self.missed
        return self.answered / came if came else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow:
    """A line's calls, whole and by the hour of the day."""

    line: str
    name: str
    department: str
    total: Traffic
    hours: Mapping[int, Traffic]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """What was offered to a person and what he did.

    `skipped`: why he was passed over, how often.
    """

    key: str
    name: str
    department: str
    counts: Counter[str]
    skipped: Counter[str]
    picked_median: float | None

    @property
    def talk_seconds(self) -> int:
        """Both directions."""
        return self.counts["talk_in"] + self.counts["talk_out"]

    @property
    def share(self) -> float | None:
        """Answered of what he alone could have answered: not what others took or callers ended."""
        own = self.counts["answered"] + self.counts["let_ring"] + self.counts["declined"]
        return self.counts["answered"] / own if own else None

    @property
    def skips(self) -> int:
        """How often he was passed over, for any reason."""
        return self.skipped.total()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRow:
    """What was owed to clients whom the company missed, and how long they waited."""

    counts: Counter[str]
    wait_median_minutes: float | None

    @property
    def share(self) -> float | None:
        """Reached of those who had to be called."""
        needed = self.counts["needed"]
        return self.counts["reached"] / needed if needed else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A period's figures; `people` is empty unless they were asked for."""

    period: Period
    total: Traffic
    lines: tuple[LineRow, ...]
    hours: Mapping[int, Traffic]
    days: Mapping[date, Traffic]
    people: tuple[PersonRow, ...]
    callbacks: CallbackRow


def report(
    period: Period,
    by_day: Mapping[date, Figures],
    names: Names,
    departments: frozenset[str] | None,
    *,
    of_people: bool = True,
) -> Report:
    """The figures of some departments; None is the whole company.

    Without `of_people` the figures of `router.figures.OF_PEOPLE` need not be given.
    """
    total = added(by_day.values())

    def within(department: str) -> bool:
        return departments is None or department in departments

    lines = _lines(total, names, within)
    days = {day: _traffic(figures, within) for day, figures in by_day.items()}
    return Report(
        period=period,
        total=_traffic(total, within),
        lines=lines,
        hours=_by_hour(total, within),
        days=days,
        people=_people(total, names, departments) if of_people else (),
        callbacks=_callbacks(total, within),
    )


Within = Callable[[str], bool]


def _traffic(figures: Figures, within: Within) -> Traffic:
    counts: Counter[str] = Counter()
    answers: Counter[str] = Counter()
    for subject, found in figures.items():
        if subject[0] == About.LINE and within(subject[2]):
            add_counts(counts, found)
        elif subject[0] == About.ANSWER and within(subject[2]):
            add_counts(answers, found)
    return Traffic(counts=counts, answer_median=median_of(answers))


def _lines(total: Figures, names: Names, within: Within) -> tuple[LineRow, ...]:
    by_line: dict[tuple[str, str], dict[int, Traffic]] = {}
    for subject, found in total.items():
        if subject[0] == About.LINE and within(subject[2]):
            _, line, department, hour = subject
            by_line.setdefault((line, department), {})[int(hour)] = Traffic(counts=found)
    rows = []
    for (line, department), hours in by_line.items():
        counts: Counter[str] = Counter()
        for traffic in hours.values():
            add_counts(counts, traffic.counts)
        answers = total.get((About.ANSWER, line, department), Counter())
        rows.append(
            LineRow(
                line=line,
                name=names.line(line),
                department=names.department(department),
                total=Traffic(counts=counts, answer_median=median_of(answers)),
                hours=dict(sorted(hours.items())),
            )
        )
    return tuple(sorted(rows, key=lambda row: (-row.total.offered, row.line)))


def _by_hour(total: Figures, within: Within) -> dict[int, Traffic]:
    hours: dict[int, Counter[str]] = {}
    for subject, counts in total.items():
        if subject[0] == About.LINE and within(subject[2]):
            add_counts(hours.setdefault(int(subject[3]), Counter()), counts)
    return {hour: Traffic(counts=hours[hour]) for hour in sorted(hours)}


def _people(
    total: Figures, names: Names, departments: frozenset[str] | None
) -> tuple[PersonRow, ...]:
    counts: dict[str, Counter[str]] = {}
    picked: dict[str, Counter[str]] = {}
    skipped: dict[str, Counter[str]] = {}
    for subject, found in total.items():
        if subject[0] in {About.PERSON, About.CALLER, About.PICKED}:
            number, pbx = subject[1:]
            manager = names.manager_at(number, pbx)
            key = manager.key if manager else f"{_UNKNOWN}{number}@{pbx}"
            into = picked if subject[0] == About.PICKED else counts
            add_counts(into.setdefault(key, Counter()), found)
        elif subject[0] == About.SKIPPED:
            add_counts(skipped.setdefault(subject[1], Counter()), found)
    keys = _keys(counts.keys() | skipped.keys(), names, departments)
    rows = [
        PersonRow(
            key=key,
            name=_name(key, names),
            department=names.department(manager.department) if manager else "",
            counts=counts.get(key, Counter()),
            skipped=skipped.get(key, Counter()),
            picked_median=median_of(picked.get(key, Counter())),
        )
        for key, manager in keys
    ]
    return tuple(sorted(rows, key=lambda row: (row.department == "", row.department, row.name)))


def _name(key: str, names: Names) -> str:
    """Whoever is unknown is called by his number, of several PBXs also by its."""
    if not key.startswith(_UNKNOWN):
        return names.manager(key)
    number, _, pbx = key.removeprefix(_UNKNOWN).rpartition("@")
    several = len({manager.pbx for manager in names.office.managers.values()}) > 1
    return f"{number} ({pbx})" if several and pbx else number


def _keys(
    found: Iterable[str], names: Names, departments: frozenset[str] | None
) -> list[tuple[str, Manager | None]]:
    """Whom the report is of: members of its departments, also those without a call."""
    office = names.office.managers
    if departments is None:
        everybody = sorted({*found, *office})
        return [(key, office.get(key)) for key in everybody]
    return [(m.key, m) for m in office.values() if m.department in departments]


def _callbacks(total: Figures, within: Within) -> CallbackRow:
    counts: Counter[str] = Counter()
    waits: Counter[str] = Counter()
    for subject, found in total.items():
        if subject[0] == About.CALLBACK and within(subject[1]):
            add_counts(counts, found)
        elif subject[0] == About.WAITED and within(subject[1]):
            add_counts(waits, found)
    return CallbackRow(counts=counts, wait_median_minutes=median_of(waits))
