"""Figures of days, as the reports show them: counts by name under a subject."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from router.figures import About, Figures, added, median_of
from router.phones import Phone
from switchboard.statistics import MOST_DAYS, Bureau, figures_of
from web.api.endpoint import Endpoint, Turn
from web.api.errors import Unfit

_COUNTED = {About.ANSWER: "seconds", About.PICKED: "seconds", About.WAITED: "minutes"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportQuery:
    """Which days, on the clock of the default department; usually the last seven."""

    since: date | None = None
    until: Annotated[date | None, "included"] = None
    each_day: Annotated[bool, "figures of each day, not of all together"] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Counts about one thing. `names` say which: see `about`.

    line: line, department, hour; answer: line, department; person, picked, caller: an extension
    and its PBX; skipped: a manager's key; callback, waited: a department.
    """

    about: About
    names: tuple[str, ...]
    counts: Annotated[dict[str, int], "what was counted; seconds and minutes as a median instead"]
    median: Annotated[float | None, "of answer and picked in seconds, of waited in minutes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFigures:
    """The figures of a stretch of days."""

    since: date
    until: date
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The stretches that were asked for: one, or one for each day; `zone` is of days and hours."""

    zone: str
    days: tuple[DayFigures, ...]


async def report(turn: Turn) -> Report:
    """Count."""
    query, parts = turn.query(ReportQuery), turn.parts
    bureau = Bureau(
        database=parts.database,
        writer=parts.writer,
        office=turn.office,
        calendar=parts.board.calendar,
        now=parts.now(),
    )
    until = query.until or bureau.today
    since = query.since or until - timedelta(days=6)
    if since > until or (until - since).days >= MOST_DAYS:
        raise Unfit("unreadable", f"since is before until, and a report is of {MOST_DAYS} days.")
    found = await figures_of(bureau, since, until)
    if query.each_day:
        days = tuple(_day(turn, day, day, figures) for day, figures in sorted(found.items()))
    else:
        days = (_day(turn, since, until, added(found.values())),)
    return Report(zone=bureau.zone.key, days=days)


def _day(turn: Turn, since: date, until: date, figures: Figures) -> DayFigures:
    return DayFigures(since=since, until=until, figures=tuple(_seen(turn, figures)))


def _seen(turn: Turn, figures: Figures) -> Iterator[Figure]:
    for subject, counts in sorted(figures.items()):
        about, names = About(subject[0]), subject[1:]
        if not _within(turn, about, names):
            continue
        is_median = about in _COUNTED
        yield Figure(
            about=about,
            names=names,
            counts={} if is_median else {k: v for k, v in sorted(counts.items()) if v},
            median=median_of(counts) if is_median else None,
        )


def _within(turn: Turn, about: About, names: tuple[str, ...]) -> bool:
    """A head sees the figures of his department and of its people."""
    reach = turn.reach
    if reach.everything:
        return True
    if about in {About.LINE, About.ANSWER}:
        return names[1] in reach.departments
    if about in {About.CALLBACK, About.WAITED}:
        return names[0] in reach.departments
    if about is About.SKIPPED:
        return names[0] in reach.managers
    number, pbx = names
    return Phone(pbx, number) in reach.extensions


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/reports",
        summary="Figures of lines, people and callbacks over days",
        handle=report,
        query=ReportQuery,
        answer=Report,
    ),
)
