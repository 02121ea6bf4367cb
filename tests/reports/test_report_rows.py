"""A report says what happened, to who may know it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

from dozvon.demo.premises import example_office
from router.figures import OF_PEOPLE, Figures, without
from switchboard.names import Names
from switchboard.reports import Period, report
from web.pages.report_charts import bars, level
from web.pages.report_csv import cell, table

DAY = date(2026, 3, 2)
NAMES = Names.of(example_office())
FIGURES: Figures = {
    ("line", "+74951230001", "sales", "09"): Counter(
        {"offered": 5, "answered": 3, "missed": 2, "missed:closed": 1, "missed:abandoned": 1}
    ),
    ("line", "+74951230002", "service", "10"): Counter(offered=1, answered=1),
    ("answer", "+74951230001", "sales"): Counter({"4": 2, "8": 1}),
    ("person", "101", "main"): Counter(offered=4, answered=2, let_ring=1, elsewhere=1),
    ("person", "999", "main"): Counter(offered=1, answered=1),
    ("skipped", "ivanova"): Counter({"skipped-talking": 2}),
    ("callback", "sales"): Counter(items=2, needed=2, reached=1, open=1),
    ("waited", "sales"): Counter({"12": 1}),
}


def test_missed_calls_of_closed_hours_stand_apart_and_lower_no_share() -> None:
    found = report(Period(since=DAY, until=DAY), {DAY: FIGURES}, NAMES, None)
    assert (found.total.offered, found.total.answered) == (6, 4)
    assert (found.total.missed, found.total.closed) == (1, 1)
    assert found.total.share == 4 / 5
    assert found.total.reasons == {"abandoned": 1}
    assert found.total.answer_median == 4
    assert found.hours[9].missed == 1


def test_the_company_sees_also_who_is_no_longer_there() -> None:
    found = report(Period(since=DAY, until=DAY), {DAY: FIGURES}, NAMES, None)
    anna = next(row for row in found.people if row.key == "ivanova")
    assert (anna.counts["offered"], anna.skips) == (4, 2)
    assert anna.share == 2 / 3, "what a colleague took is not held against her"
    assert found.people[-1].name == "999"


def test_a_department_sees_its_lines_and_people_and_nobody_elses() -> None:
    found = report(Period(since=DAY, until=DAY), {DAY: FIGURES}, NAMES, frozenset({"service"}))
    assert [row.line for row in found.lines] == ["+74951230002"]
    assert found.total.offered == 1
    members = {m.key for m in example_office().managers.values() if m.department == "service"}
    assert {row.key for row in found.people} == members
    assert not found.callbacks.counts


def test_a_report_without_people_says_the_same_of_everything_else() -> None:
    period = Period(since=DAY, until=DAY)
    whole = report(period, {DAY: FIGURES}, NAMES, None)
    lines = report(period, {DAY: without(FIGURES, OF_PEOPLE)}, NAMES, None, of_people=False)
    assert lines == replace(whole, people=())


def test_weekdays_are_compared_with_the_same_weekdays() -> None:
    week = Period(since=date(2026, 3, 2), until=date(2026, 3, 8)).before
    assert (week.since, week.until) == (date(2026, 2, 23), date(2026, 3, 1))
    day = Period(since=DAY, until=DAY).before
    assert day.since.weekday() == DAY.weekday()
    month = Period(since=date(2026, 2, 1), until=date(2026, 3, 2))
    assert month.before.since.weekday() == month.since.weekday()
    assert month.before.until < month.since


def test_no_cell_is_a_formula() -> None:
    for text in ("=1+1", "+7916", "-1", "@SUM(A1)", "\t=1"):
        assert cell(text) == f"'{text}"
    assert cell(-5) == "-5"
    assert cell(0.5) == "0,50"
    assert table([["Имя", 1]]).decode() == "\ufeffИмя;1\r\n"


def test_a_bar_is_as_high_as_its_count() -> None:
    chart = bars([("a", "a", [("x", 10), ("y", 10)]), ("b", "b", [("x", 0)])])
    tall = chart.bars[0].parts
    assert [part.height for part in tall] == [chart.height / 2] * 2
    assert tall[0].y + tall[0].height == chart.height, "the first part stands at the bottom"
    assert chart.bars[1].parts == ()
    assert bars([]).bars == ()


def test_a_darker_cell_has_more() -> None:
    levels = [level(n, 20) for n in range(21)]
    assert levels[0] == 0
    assert levels[1] == 1
    assert levels[20] == 5
    assert levels == sorted(levels)
