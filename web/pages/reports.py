"""Reports for the director and the heads: what came in, who answered, what was lost and why."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from aiohttp import web
from babel.dates import format_date, get_timezone_location

from router.figures import OF_PEOPLE
from switchboard.names import Names
from switchboard.reports import Period, PersonRow, Report, Traffic, report
from switchboard.statistics import MOST_DAYS, Bureau, figures_of
from web.access.person import person_of
from web.access.reach import reach_of
from web.pages import report_charts, report_csv
from web.pages.page import parts_of, render, words
from web.pages.periods import day_of
from web.pages.texts import Words

VIEWS = ("overview", "people", "lines")
PERIODS = ("today", "yesterday", "week", "month", "last-month")

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked for; `period` is a name of `PERIODS`, empty for days of one's own."""

    view: str
    period: str
    days: Period
    department: str
    compare: bool

    def address(self, **other: str) -> str:
        """The same page with something else asked for."""
        told = {
            "view": self.view,
            "period": self.period,
            "since": "" if self.period else self.days.since.isoformat(),
            "until": "" if self.period else self.days.until.isoformat(),
            "department": self.department,
            "compare": "1" if self.compare else "",
        } | other
        return "/reports?" + urlencode({name: text for name, text in told.items() if text})


@routes.get("/reports")
async def reports(request: web.Request) -> web.Response:
    """One of the reports."""
    asked = asked_for(request)
    people = asked.view == "people"
    found = await _report(request, asked, asked.days, of_people=people)
    before = None
    if asked.compare:
        before = await _report(request, asked, asked.days.before, of_people=people)
    rows = {row.key: row for row in before.people} if before else {}
    hours = _hours_shown(request, asked, found)
    return render(
        request,
        "reports.html",
        asked=asked,
        report=found,
        before=before,
        before_people=rows,
        views=VIEWS,
        periods=PERIODS,
        departments=_departments(request),
        days_chart=_days_chart(request, found),
        hours_chart=_hours_chart(request, found, hours),
        day_name=lambda day: _day_name(request, day),
        hours=hours,
        clock=_clock(request),
        level=report_charts.level,
        skip_name=lambda why: skip_name(words(request), why),
        most=max((t.offered for row in found.lines for t in row.hours.values()), default=0),
        csv={which: f"/reports/{which}.csv?{asked.address().partition('?')[2]}" for which in VIEWS},
    )


@routes.get("/reports/{which:overview|people|lines}.csv")
async def export(request: web.Request) -> web.Response:
    """A report as a table for a spreadsheet."""
    asked, which = asked_for(request), request.match_info["which"]
    found = await _report(request, asked, asked.days, of_people=which == "people")
    make = {"overview": _day_rows, "people": _people_rows, "lines": _line_rows}[which]
    t = words(request)
    name = f"{t('reports.file')}-{which}-{asked.days.since}-{asked.days.until}.csv"
    return web.Response(
        body=report_csv.table(make(request, found)),
        headers={
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


def asked_for(request: web.Request) -> Asked:
    """What the address asks for; what cannot be read is left out."""
    query = request.query
    view = query.get("view", "")
    period = query.get("period", "")
    since, until = day_of(query.get("since", "")), day_of(query.get("until", ""))
    if since and until and since <= until and period not in PERIODS:
        days, period = (
            Period(since=max(since, until - timedelta(days=MOST_DAYS - 1)), until=until),
            "",
        )
    else:
        period = period if period in PERIODS else "week"
        days = _period(period, _bureau(request).today)
    department = query.get("department", "")
    return Asked(
        view=view if view in VIEWS else VIEWS[0],
        period=period,
        days=days,
        department=department if department in dict(_departments(request)) else "",
        compare=bool(query.get("compare")),
    )


def _bureau(request: web.Request) -> Bureau:
    parts = parts_of(request)
    return Bureau(
        database=parts.database,
        writer=parts.writer,
        office=parts.board.office(),
        calendar=parts.board.calendar,
        now=parts.now(),
    )


async def _report(request: web.Request, asked: Asked, days: Period, *, of_people: bool) -> Report:
    """A period's figures for who may see them; those of people only where they are shown."""
    bureau = _bureau(request)
    names, reach = Names.of(bureau.office), reach_of(person_of(request), bureau.office)
    wanted = frozenset({asked.department}) if asked.department else None
    if wanted is None and not reach.everything:
        wanted = reach.departments
    leave_out = () if of_people else OF_PEOPLE
    figures = await figures_of(bureau, days.since, days.until, leave_out=leave_out)
    return await asyncio.to_thread(report, days, figures, names, wanted, of_people=of_people)


def _departments(request: web.Request) -> list[tuple[str, str]]:
    """The departments whose reports the person may see."""
    office = parts_of(request).board.office()
    reach = reach_of(person_of(request), office)
    seen = (
        d for d in office.departments.values() if reach.everything or d.key in reach.departments
    )
    return [(d.key, d.name) for d in seen]


def _period(name: str, today: date) -> Period:
    if name == "yesterday":
        day = today - timedelta(days=1)
        return Period(since=day, until=day)
    if name == "week":
        return Period(since=today - timedelta(days=6), until=today)
    if name == "month":
        return Period(since=today - timedelta(days=29), until=today)
    if name == "last-month":
        last = today.replace(day=1) - timedelta(days=1)
        return Period(since=last.replace(day=1), until=last)
    return Period(since=today, until=today)


def _day_name(request: web.Request, day: date) -> str:
    return format_date(day, "EEEEEE, d MMM", locale=words(request).language)


def _hours_shown(request: web.Request, asked: Asked, found: Report) -> range:
    """The day as the departments of the report keep it, and whatever hours clients called in."""
    bureau = _bureau(request)
    departments = bureau.office.departments
    seen = {asked.department} if asked.department else {key for key, _ in _departments(request)}
    kept = (departments[key].hours for key in seen if key in departments)
    called = (hour for hour, traffic in found.hours.items() if traffic.offered)
    return report_charts.hours_of(kept, called, day=asked.days.until, zone=bureau.zone)


def _clock(request: web.Request) -> str:
    """On whose clock the days and hours are, by the name of a city."""
    zone = _bureau(request).zone.key
    return get_timezone_location(zone, locale=words(request).language, return_city=True)


def _parts(traffic: Traffic) -> list[tuple[str, int]]:
    return [
        ("bar-answered", traffic.answered),
        ("bar-missed", traffic.missed),
        ("bar-closed", traffic.closed),
    ]


def _said(request: web.Request, label: str, traffic: Traffic) -> str:
    return words(request)(
        "reports.bar",
        label=label,
        answered=traffic.answered,
        missed=traffic.missed,
        closed=traffic.closed,
    )


def _days_chart(request: web.Request, found: Report) -> report_charts.Chart:
    short = "d" if found.period.days > 10 else "EEEEEE d"
    language = words(request).language
    return report_charts.bars(
        (
            format_date(day, short, locale=language),
            _said(request, _day_name(request, day), traffic),
            _parts(traffic),
        )
        for day, traffic in found.days.items()
    )


def _hours_chart(request: web.Request, found: Report, hours: range) -> report_charts.Chart:
    nothing = Traffic()
    return report_charts.bars(
        (
            f"{hour}",
            _said(request, f"{hour}:00–{hour + 1}:00", found.hours.get(hour, nothing)),
            _parts(found.hours.get(hour, nothing)),
        )
        for hour in hours
    )


Rows = Iterator[Sequence[object]]

_TRAFFIC = ("offered", "answered", "missed", "closed", "share")
_PERSON = ("offered", "answered", "let_ring", "declined", "elsewhere", "gone")


def _heads(request: web.Request, *names: str) -> list[str]:
    return [words(request)(f"reports.head-{name.replace('_', '-')}") for name in names]


def _traffic_cells(traffic: Traffic) -> list[object]:
    return [traffic.offered, traffic.answered, traffic.missed, traffic.closed, traffic.share]


def _day_rows(request: web.Request, found: Report) -> Rows:
    yield _heads(request, "day", *_TRAFFIC, "answer-median")
    for day, traffic in found.days.items():
        yield [day.isoformat(), *_traffic_cells(traffic), traffic.answer_median]


def _line_rows(request: web.Request, found: Report) -> Rows:
    t = words(request)
    reasons = sorted({why for row in found.lines for why in row.total.reasons})
    yield [
        *_heads(request, "line", "number", "department", "hour", *_TRAFFIC),
        *(t(f"calls.reason-{why}") for why in reasons),
    ]
    for row in found.lines:
        for hour, traffic in row.hours.items():
            about = [row.name, row.line, row.department, f"{hour}:00"]
            yield [*about, *_traffic_cells(traffic), *(traffic.reasons.get(w, 0) for w in reasons)]


def _people_rows(request: web.Request, found: Report) -> Rows:
    t = words(request)
    skips = sorted({why for row in found.people for why in row.skipped})
    more = ("picked-median", "talk", "outbound", "outbound-answered", "attempts", "reached")
    yield [
        *_heads(request, "person", "department", *_PERSON, *more, "skipped"),
        *(skip_name(t, why) for why in skips),
    ]
    for row in found.people:
        yield [*_person_cells(row), row.skips, *(row.skipped[why] for why in skips)]


def _person_cells(row: PersonRow) -> list[object]:
    counts = row.counts
    return [
        row.name,
        row.department,
        *(counts[name] for name in _PERSON),
        row.picked_median,
        row.talk_seconds,
        *(counts[name] for name in ("outbound", "outbound_answered", "attempts", "reached")),
    ]


def skip_name(t: Words, why: str) -> str:
    """Why somebody was passed over, in a few words."""
    reason, _, status = why.partition(":")
    if status:
        return t(f"reports.status-{status.replace('_', '-')}")
    key = f"reports.why-{reason}"
    return t(key) if t.has(key) else t("reports.why-other")
