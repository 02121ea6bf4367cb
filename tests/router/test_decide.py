"""The order of a decision: line, caller, hours, owner, steps, last resort."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from decision_builders import (
    ANNA,
    CLOSED_AT,
    HIDDEN,
    LINE,
    OPEN_AT,
    ROMASHKA,
    SALES,
    TALKING,
    absent,
    annas,
    client,
    decided,
    office_of,
    passed_over,
    said,
    shape,
    whys,
)

from router.decide import patience_of
from router.facts import LookupOutcome
from router.office import AfterHoursRule, Department, LastResort, Line, Office, Status
from router.plan import Ending, Why


def sales(**fields: object) -> Office:
    return office_of(replace(SALES, **fields))  # type: ignore[arg-type]


# The line -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "dialled", ["74950000001", "+74950000001", "84950000001", "4950000001", "7 (495) 000-00-01"]
)
def test_a_line_is_known_in_every_spelling_of_its_number(dialled: str) -> None:
    decision = decided(line=dialled)
    assert (decision.line, decision.department) == ("main", "sales")
    assert Why.LINE_KNOWN in whys(decision)


@pytest.mark.parametrize("dialled", ["74950000002", "0001", "s", "", "+"])
def test_an_unknown_line_belongs_to_the_default_department_and_is_told_of(dialled: str) -> None:
    decision = decided(line=dialled)
    assert (decision.line, decision.department) == ("", "service")
    assert said(decision, Why.LINE_UNKNOWN).about["line"] == dialled
    assert shape(decision)[0] == "department all 15: semyon"
    assert decision.plan.patience_seconds == patience_of(None) == 60


def test_the_very_number_goes_before_one_that_only_reads_alike() -> None:
    short = Line(key="short", number="4950000001", name="Короткая", department="service")
    assert decided(office=office_of(short), line="4950000001").line == "short"
    assert decided(office=office_of(short), line="84950000001").line == "main"


def test_a_short_line_is_not_taken_for_the_end_of_a_long_number() -> None:
    short = Line(key="short", number="0009", name="Короткая", department="sales")
    assert decided(office=office_of(short), line="0009").line == "short"
    assert decided(office=office_of(short), line="74950000009").line == ""


def test_the_plan_carries_the_lines_patience_and_language() -> None:
    office = office_of(replace(LINE, patience_seconds=40, language="en"))
    plan = decided(office=office).plan
    assert (plan.patience_seconds, plan.language) == (40, "en")
    assert patience_of(office.lines["main"]) == 40


def test_a_decision_remembers_by_which_office_it_was_made() -> None:
    assert decided().office_version == 7


# Who calls ----------------------------------------------------------------------------------------


def test_a_colleagues_own_number_is_not_a_client() -> None:
    """Also when the client base has a card with his mobile."""
    decision = annas(caller=ANNA.mobile)
    assert said(decision, Why.CALLER_STAFF).about["manager"] == "anna"
    assert (decision.client, decision.owner) == ("", "")
    assert shape(decision)[0] == "department all 15: petr olga"


@pytest.mark.parametrize(
    ("number", "caller", "why"),
    [
        (HIDDEN, "anonymous", Why.CALLER_HIDDEN),
        (None, "+7123", Why.CALLER_UNREADABLE),
        (None, "79161112233", Why.CALLER_UNKNOWN),
    ],
)
def test_hidden_unreadable_and_unknown_callers_are_routed_all_the_same(
    number: object, caller: str, why: Why
) -> None:
    outcome = LookupOutcome.UNKNOWN
    decision = decided(number=number, caller=caller, outcome=outcome)
    assert why in whys(decision)
    assert shape(decision)[0] == "department all 15: anna petr olga"


@pytest.mark.parametrize(
    ("outcome", "why"),
    [(LookupOutcome.LATE, Why.LOOKUP_LATE), (LookupOutcome.FAILED, Why.LOOKUP_FAILED)],
)
def test_a_client_base_that_does_not_answer_holds_no_call(outcome: LookupOutcome, why: Why) -> None:
    """He may be a client, so those who take no new ones ring as well."""
    decision = decided(outcome=outcome, office=office_of(replace(ANNA, takes_new_clients=False)))
    assert why in whys(decision)
    assert shape(decision)[0] == "department all 15: anna petr olga"


@pytest.mark.parametrize("at", [OPEN_AT, CLOSED_AT])
def test_a_blocked_client_is_refused_politely_at_any_hour(at: datetime) -> None:
    decision = decided(clients=(client(owner="anna", blocked=True),), at=at)
    assert decision.plan.steps == ()
    assert decision.plan.ending is Ending.REJECT
    assert decision.client == "c1"
    assert whys(decision)[-2:] == [Why.CALLER_BLOCKED, Why.ENDING_AT_ONCE]


# Hours before owner -------------------------------------------------------------------------------


def test_hours_go_before_the_owner() -> None:
    """Nobody rings in a closed department, but the record says whose client called."""
    decision = annas(at=CLOSED_AT)
    assert decision.plan.steps == ()
    assert decision.plan.ending is Ending.MESSAGE_CLOSED
    assert decision.owner == "anna"
    assert said(decision, Why.CLOSED).about["rule"] == "week"
    assert Why.OPEN not in whys(decision)


def test_hours_are_half_open() -> None:
    closing = datetime(2026, 3, 4, 16, 0, tzinfo=UTC)  # 19:00 in Moscow
    assert decided(at=closing - timedelta(seconds=1)).plan.steps
    assert not decided(at=closing).plan.steps


def test_a_special_day_of_the_office_file_closes_it() -> None:
    friday = OPEN_AT + timedelta(days=2)
    assert said(decided(at=friday), Why.CLOSED).about["rule"] == "special"


class OneHoliday:
    """A calendar that knows one holiday, the 4th of March."""

    def is_day_off(self, country: str, day: object) -> bool:
        return country == "RU" and str(day) == "2026-03-04"

    def is_working_day(self, country: str, day: object) -> bool:  # noqa: ARG002 - the protocol's
        return False


def test_a_public_holiday_closes_the_departments_that_keep_it() -> None:
    keeps = sales(hours=replace(SALES.hours, holidays="RU"))
    decision = decided(office=keeps, calendar=OneHoliday())
    assert said(decision, Why.CLOSED).about["rule"] == "holiday"
    assert decided(calendar=OneHoliday()).plan.steps


def test_after_hours_voicemail_takes_the_message() -> None:
    office = sales(after_hours=AfterHoursRule.VOICEMAIL, voicemail="100@default")
    plan = decided(office=office, at=CLOSED_AT).plan
    assert (plan.steps, plan.ending, plan.voicemail) == ((), Ending.VOICEMAIL, "100@default")


def test_after_hours_voicemail_without_a_box_is_a_message_and_says_so() -> None:
    office = sales(after_hours=AfterHoursRule.VOICEMAIL)
    decision = decided(office=office, at=CLOSED_AT)
    assert decision.plan.ending is Ending.MESSAGE_CLOSED
    assert Why.NO_VOICEMAIL in whys(decision)


def test_after_hours_the_mobile_on_duty_rings_then_the_message() -> None:
    office = sales(after_hours=AfterHoursRule.DUTY_MOBILE, duty_mobile="anna")
    decision = decided(office=office, at=CLOSED_AT)
    assert shape(decision) == ["duty one 20+8: anna*"]
    assert decision.plan.ending is Ending.MESSAGE_CLOSED


def test_the_end_of_a_shift_does_not_stop_the_mobile_on_duty() -> None:
    office = sales(after_hours=AfterHoursRule.DUTY_MOBILE, duty_mobile="anna")
    decision = decided(office=office, at=CLOSED_AT, presence={"anna": absent(Status.OFFLINE)})
    assert shape(decision) == ["duty one 20+8: anna*"]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"caller": ANNA.mobile}, Why.SKIPPED_IS_CALLER),
        ({"presence": {"anna": TALKING}}, Why.SKIPPED_TALKING),
        ({"presence": {"anna": absent(Status.DO_NOT_DISTURB)}}, Why.SKIPPED_STATUS),
    ],
)
def test_whoever_is_on_duty_but_cannot_answer_is_passed_over(fields: dict, why: Why) -> None:
    office = sales(after_hours=AfterHoursRule.DUTY_MOBILE, duty_mobile="anna")
    decision = decided(office=office, at=CLOSED_AT, **fields)
    assert decision.plan.steps == ()
    assert passed_over(decision) == {"anna": why}


def test_nobody_on_duty_is_said() -> None:
    decision = decided(office=sales(after_hours=AfterHoursRule.DUTY_MOBILE), at=CLOSED_AT)
    assert decision.plan.steps == ()
    assert Why.NO_DUTY in whys(decision)


def test_a_department_may_ring_as_usual_after_hours() -> None:
    office = sales(after_hours=AfterHoursRule.RING)
    decision = annas(office=office, at=CLOSED_AT)
    assert shape(decision) == shape(annas())
    assert {Why.CLOSED, Why.HOURS_IGNORED} <= set(whys(decision))
    assert decision.plan.ending is Ending.MESSAGE_BUSY


# The last resort ----------------------------------------------------------------------------------


def test_the_line_chooses_the_last_resort_before_the_department() -> None:
    department: Department = replace(SALES, voicemail="100", last_resort=LastResort.MESSAGE)
    line = replace(LINE, last_resort=LastResort.VOICEMAIL)
    assert decided(office=office_of(department)).plan.ending is Ending.MESSAGE_BUSY
    assert decided(office=office_of(department, line)).plan.ending is Ending.VOICEMAIL


def test_the_department_chooses_the_last_resort_of_lines_that_do_not() -> None:
    office = sales(voicemail="100", last_resort=LastResort.VOICEMAIL)
    assert decided(office=office).plan.ending is Ending.VOICEMAIL


def test_voicemail_without_a_box_is_a_message_and_says_so() -> None:
    decision = decided(office=sales(last_resort=LastResort.VOICEMAIL))
    assert decision.plan.ending is Ending.MESSAGE_BUSY
    assert Why.NO_VOICEMAIL in whys(decision)


def test_the_story_ends_with_the_last_resort() -> None:
    assert whys(decided())[-1] is Why.ENDING
    assert said(decided(caller=ROMASHKA), Why.ENDING).about["ending"] == "message_busy"
