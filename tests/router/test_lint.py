"""The linter of rules: what an office would not do as it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.lint import Finding, Severity, lint
from router.lint_sentences import LINT_SENTENCES
from router.office import (
    AbsentRule,
    AfterHoursRule,
    Department,
    Hours,
    LastResort,
    Line,
    Manager,
    Office,
    OutgoingLine,
    Status,
    Window,
)


def week(start: int, end: int, days: range = range(5)) -> tuple[Window, ...]:
    return tuple(Window(weekday=day, start=time(start), end=time(end % 24)) for day in days)


SALES = Department(
    key="sales", name="Продажи", head="head", hours=Hours(week=week(9, 19)), group_ring_seconds=5
)
HEAD = Manager(
    key="head", name="Соколова", department="sales", extension="103", mobile="+79161230103"
)
ANNA = Manager(key="anna", name="Иванова", department="sales", extension="101", deputy="petr")
PETR = Manager(key="petr", name="Петров", department="sales", extension="102")
MAIN = Line(key="main", number="74951230001", name="Основной", department="sales")
TRUNK = OutgoingLine(key="trunk", pbx="main", dial="PJSIP/{number}@trunk")


def office(
    *changes: Department | Manager | Line, without: tuple[str, ...] = (), **fields: Any
) -> Office:
    """The clean office with some of its parts replaced or left out."""
    departments = {"sales": SALES}
    managers = {m.key: m for m in (ANNA, PETR, HEAD)}
    lines = {"main": MAIN}
    for part in changes:
        kinds: dict[type, dict[str, Any]] = {
            Department: departments,
            Manager: managers,
            Line: lines,
        }
        kinds[type(part)][part.key] = part
    for key in without:
        managers.pop(key)
    made = Office(
        name="Окна",
        default_department="sales",
        departments=departments,
        managers=managers,
        lines=lines,
        outgoing={"trunk": TRUNK},
    )
    return replace(made, **fields)


def only(found: tuple[Finding, ...]) -> Finding:
    assert len(found) == 1, [finding.sentence("en") for finding in found]
    return found[0]


def test_a_sound_office_has_no_findings() -> None:
    assert lint(office()) == ()


def test_a_chain_longer_than_the_patience_is_told_with_by_how_much() -> None:
    """15 + 10 + (20 + 8 for the question) + 15 = 68 s against 60."""
    finding = only(lint(office(replace(SALES, group_ring_seconds=15))))
    assert (finding.id, finding.severity, finding.path) == (
        "chain-too-long",
        Severity.WARNING,
        "lines.main.patience",
    )
    assert "68 s, 8 s longer" in finding.sentence("en")
    assert "owner 15 + colleague 10 + head's mobile 28 + department 15" in finding.sentence("en")
    assert "68 с, это на 8 с дольше" in finding.sentence("ru")
    assert "хозяин 15" in finding.sentence("ru")


def test_a_chain_exactly_as_long_as_the_patience_is_fine() -> None:
    assert lint(office(replace(SALES, group_ring_seconds=7))) == ()


def test_the_question_on_the_mobile_counts_only_where_it_is_asked() -> None:
    assert lint(office(replace(SALES, group_ring_seconds=15, confirm_mobile=False))) == ()


def test_a_step_that_never_gets_a_ring_is_unreachable() -> None:
    found = lint(office(replace(MAIN, patience_seconds=30)))
    assert [f.id for f in found] == ["chain-too-long", "step-unreachable"]
    assert "“head's mobile”" in found[1].sentence("en")
    assert "«мобильный руководителя»" in found[1].sentence("ru")


def test_a_step_that_is_only_shortened_is_not_unreachable() -> None:
    department = replace(SALES, group_ring_seconds=15)
    assert [f.id for f in lint(office(department, replace(MAIN, patience_seconds=60)))] == [
        "chain-too-long"
    ]


def test_a_name_that_is_a_word_of_the_linter_is_left_alone() -> None:
    finding = lint(office(replace(SALES, name="owner", hours=Hours())))[0]
    assert "Отдел owner" in finding.sentence("ru")


NIGHT = week(20, 2)
ALONE = ("petr", "head")

CASES: list[tuple[str, Severity, str, tuple[Any, ...], Mapping[str, Any]]] = [
    (
        "department-empty",
        Severity.ERROR,
        "departments.service",
        (replace(SALES, key="service", head=""),),
        {},
    ),
    (
        "department-always-closed",
        Severity.WARNING,
        "departments.sales.hours",
        (replace(SALES, hours=Hours()),),
        {},
    ),
    (
        "department-never-covered",
        Severity.ERROR,
        "departments.sales.hours",
        tuple(replace(m, shifts=NIGHT) for m in (ANNA, PETR, HEAD)),
        {},
    ),
    (
        "department-partly-uncovered",
        Severity.WARNING,
        "departments.sales.hours",
        tuple(replace(m, shifts=week(9, 18)) for m in (ANNA, PETR, HEAD)),
        {},
    ),
    (
        "manager-never-on-shift",
        Severity.WARNING,
        "managers.petr.shifts",
        (replace(PETR, shifts=NIGHT),),
        {},
    ),
    (
        "manager-without-phone",
        Severity.ERROR,
        "managers.petr.extension",
        (replace(PETR, extension=""),),
        {},
    ),
    (
        "head-without-mobile",
        Severity.WARNING,
        "departments.sales.head",
        (replace(HEAD, mobile=""),),
        {},
    ),
    (
        "outgoing-line-missing",
        Severity.ERROR,
        "departments.sales.outgoing_line",
        (),
        {"outgoing": {}},
    ),
    (
        "outgoing-line-missing",
        Severity.ERROR,
        "departments.sales.outgoing_line",
        (replace(SALES, outgoing_line="gone"),),
        {},
    ),
    (
        "mobile-prefix-refused",
        Severity.ERROR,
        "managers.head.mobile",
        (replace(HEAD, mobile="+375291234567"),),
        {},
    ),
    (
        "duty-mobile-missing",
        Severity.ERROR,
        "departments.sales.duty_mobile",
        (replace(SALES, after_hours=AfterHoursRule.DUTY_MOBILE),),
        {},
    ),
    (
        "duty-mobile-missing",
        Severity.ERROR,
        "departments.sales.duty_mobile",
        (replace(SALES, after_hours=AfterHoursRule.DUTY_MOBILE, duty_mobile="anna"),),
        {},
    ),
    (
        "voicemail-without-box",
        Severity.ERROR,
        "departments.sales.after_hours",
        (replace(SALES, after_hours=AfterHoursRule.VOICEMAIL),),
        {},
    ),
    (
        "voicemail-without-box",
        Severity.ERROR,
        "departments.sales.last_resort",
        (replace(SALES, last_resort=LastResort.VOICEMAIL),),
        {},
    ),
    (
        "voicemail-without-box",
        Severity.ERROR,
        "lines.main.last_resort",
        (replace(MAIN, last_resort=LastResort.VOICEMAIL),),
        {},
    ),
    ("deputy-himself", Severity.ERROR, "managers.petr.deputy", (replace(PETR, deputy="petr"),), {}),
    ("deputy-loop", Severity.ERROR, "managers.anna.deputy", (replace(PETR, deputy="anna"),), {}),
    (
        "absence-leads-nowhere",
        Severity.WARNING,
        "managers.petr.when_absent.lunch",
        (replace(PETR, when_absent={Status.LUNCH: AbsentRule.MOBILE}),),
        {},
    ),
    (
        "absence-leads-nowhere",
        Severity.WARNING,
        "managers.petr.when_absent.away",
        (replace(PETR, when_absent={Status.AWAY: AbsentRule.DEPUTY}),),
        {},
    ),
]


@pytest.mark.parametrize(
    ("finding", "severity", "path", "parts", "fields"), CASES, ids=lambda c: str(c)[:30]
)
def test_each_fault_is_found_once_with_its_id_and_path(
    finding: str,
    severity: Severity,
    path: str,
    *,
    parts: tuple[Any, ...],
    fields: Mapping[str, Any],
) -> None:
    found = [f for f in lint(office(*parts, **fields)) if f.path == path]
    assert [(f.id, f.severity) for f in found] == [(finding, severity)]
    others = {f.id for f in lint(office(*parts, **fields))} - {finding}
    assert others <= {"manager-never-on-shift"}


def test_every_sentence_has_a_fault_in_these_tests_and_both_languages() -> None:
    here = {case[0] for case in CASES} | {
        "chain-too-long",
        "step-unreachable",
        "line-nobody-can-answer",
    }
    assert here == set(LINT_SENTENCES)
    for *_, parts, fields in CASES:
        for found in lint(office(*parts, **fields)):
            russian, english = found.sentence("ru"), found.sentence("en")
            assert any("а" <= letter <= "я" for letter in russian)
            assert "{" not in russian + english


def test_a_line_that_nobody_can_ever_answer_is_an_error() -> None:
    empty = replace(SALES, head="", key="sales")
    found = lint(office(empty, without=("anna", "petr", "head")))
    assert {f.id for f in found} == {"line-nobody-can-answer", "department-empty"}
    assert found[0].path == "lines.main.department"


def test_a_line_whose_only_person_is_a_head_with_a_mobile_can_be_answered() -> None:
    other = replace(HEAD, department="service")
    service = replace(SALES, key="service", name="Сервис")
    found = lint(office(service, other, without=("anna", "petr")))
    assert "line-nobody-can-answer" not in {f.id for f in found}


def test_the_departments_own_absence_rule_is_judged_for_each_manager() -> None:
    found = lint(office(replace(SALES, absent_rule=AbsentRule.DEPUTY)))
    assert [(f.id, f.path) for f in found] == [
        ("absence-leads-nowhere", "managers.petr.when_absent"),
        ("absence-leads-nowhere", "managers.head.when_absent"),
    ]


def test_a_single_manager_without_head_or_deputy_has_nobody_to_stand_in() -> None:
    found = lint(
        office(replace(SALES, head=""), replace(ANNA, deputy=""), without=("petr", "head"))
    )
    assert {f.id for f in found} == {"absence-leads-nowhere"}
    assert "nobody else is in the department" in found[0].sentence("en")


def test_the_first_uncovered_stretch_is_named() -> None:
    shifts = ((ANNA, week(9, 14)), (PETR, week(13, 18)), (HEAD, week(9, 12)))
    found = lint(office(*(replace(m, shifts=s) for m, s in shifts)))
    assert "mon 18:00-19:00" in only(found).sentence("en")


def test_shifts_past_midnight_cover_the_next_morning_and_the_end_of_the_week() -> None:
    round_the_clock = replace(SALES, hours=Hours(week=week(0, 0, range(7))))
    day, night = week(8, 20, range(7)), week(20, 8, range(7))
    people = (replace(ANNA, shifts=day), replace(PETR, shifts=night), replace(HEAD, shifts=night))
    assert lint(office(round_the_clock, *people)) == ()
    fewer = replace(PETR, shifts=night[:6]), replace(HEAD, shifts=night[:6])
    found = lint(office(round_the_clock, people[0], *fewer))
    assert "mon 0:00-8:00" in only(found).sentence("en")


def test_one_person_without_shifts_covers_all_hours() -> None:
    assert lint(office(replace(ANNA, shifts=week(9, 10)))) == ()


def test_errors_come_before_warnings() -> None:
    found = lint(office(replace(SALES, hours=Hours()), replace(PETR, extension="")))
    assert [f.severity for f in found] == [Severity.ERROR, Severity.WARNING]


names = st.sampled_from(["", "anna", "petr", "head", "gone"])


@given(
    head=names,
    duty=names,
    deputy=names,
    where=names,
    line=names,
    after=st.sampled_from(AfterHoursRule),
)
def test_no_office_makes_the_linter_raise(
    head: str, duty: str, deputy: str, where: str, line: str, *, after: AfterHoursRule
) -> None:
    department = replace(SALES, head=head, duty_mobile=duty, after_hours=after, outgoing_line=line)
    made = office(
        department,
        replace(ANNA, deputy=deputy, department=where or "sales"),
        replace(MAIN, department=where),
    )
    for finding in lint(made):
        assert finding.sentence("ru")
        assert finding.sentence("en")
