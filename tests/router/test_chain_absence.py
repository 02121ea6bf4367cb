"""Where an absent owner's calls go: his own rule for his status, else his department's."""

from __future__ import annotations

from dataclasses import replace

import pytest
from decision_builders import (
    ANNA,
    SALES,
    UNREGISTERED,
    absent,
    annas,
    client,
    decided,
    office_of,
    said,
    shape,
    whys,
)

from router.office import AbsentRule, Department, Status
from router.plan import Ending, Why


def sales(**fields: object) -> Department:
    return replace(SALES, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.AVAILABLE])
def test_an_absent_owner_is_not_rung_and_a_colleague_is(status: Status) -> None:
    decision = annas(presence={"anna": absent(status)})
    assert shape(decision)[0] == "colleague one 10: petr olga"
    assert all("anna" not in step for step in shape(decision))
    assert said(decision, Why.SKIPPED_STATUS).about["status"] == status


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.AVAILABLE])
def test_each_status_may_have_its_own_rule(status: Status) -> None:
    anna = replace(ANNA, when_absent={status: AbsentRule.MOBILE})
    decision = annas(office=office_of(anna), presence={"anna": absent(status)})
    assert shape(decision)[0] == "own_mobile one 20+8: anna*"
    assert Why.ABSENT_TO_MOBILE in whys(decision)
    other = Status.LUNCH if status is not Status.LUNCH else Status.AWAY
    assert shape(annas(office=office_of(anna), presence={"anna": absent(other)}))[0].startswith(
        "colleague"
    )


def test_without_a_rule_of_his_own_the_owners_department_decides_not_the_lines() -> None:
    """Semyon of the service is the owner, the call comes on the line of the sales."""
    service = Department(
        key="service", name="Сервис", hours=SALES.hours, absent_rule=AbsentRule.MESSAGE
    )
    decision = decided(
        office=office_of(service),
        clients=(client(owner="semyon"),),
        presence={"semyon": absent(Status.MEETING)},
    )
    assert shape(decision) == []
    assert whys(decision)[-2:] == [Why.ABSENT_TO_MESSAGE, Why.ENDING_AT_ONCE]


def test_the_rule_message_rings_nobody() -> None:
    office = office_of(replace(ANNA, when_absent={Status.AWAY: AbsentRule.MESSAGE}))
    decision = annas(office=office, presence={"anna": absent(Status.AWAY)})
    assert decision.plan.steps == ()
    assert decision.plan.ending is Ending.MESSAGE_BUSY


def test_the_rule_department_rings_the_department_together() -> None:
    office = office_of(sales(absent_rule=AbsentRule.DEPARTMENT))
    decision = annas(office=office, presence={"anna": absent(Status.AWAY)})
    assert shape(decision)[0] == "department all 15: petr olga"
    assert Why.ABSENT_TO_DEPARTMENT in whys(decision)


def test_the_rule_deputy_names_him_in_the_story() -> None:
    office = office_of(replace(ANNA, deputy="olga"), sales(absent_rule=AbsentRule.DEPUTY))
    decision = annas(office=office, presence={"anna": absent(Status.AWAY)})
    assert shape(decision)[0] == "deputy one 10: olga petr"
    assert said(decision, Why.ABSENT_TO_DEPUTY).about["deputy"] == "Ольга"


def test_the_rule_deputy_without_a_deputy_says_so_and_goes_on_with_a_colleague() -> None:
    office = office_of(sales(absent_rule=AbsentRule.DEPUTY))
    decision = annas(office=office, presence={"anna": absent(Status.AWAY)})
    assert shape(decision)[0] == "colleague one 10: petr olga"
    assert Why.NO_DEPUTY in whys(decision)


def test_the_rule_mobile_without_a_mobile_says_so_and_goes_on() -> None:
    office = office_of(replace(ANNA, mobile=""), sales(absent_rule=AbsentRule.MOBILE))
    decision = annas(office=office, presence={"anna": absent(Status.AWAY)})
    assert shape(decision)[0].startswith("colleague")
    assert Why.SKIPPED_NO_MOBILE in whys(decision)
    assert Why.ABSENT_TO_MOBILE not in whys(decision)


def test_a_mobile_rings_once_also_when_the_absent_owner_is_the_head() -> None:
    office = office_of(sales(head="anna", absent_rule=AbsentRule.MOBILE))
    decision = annas(office=office, presence={"anna": absent(Status.AWAY)})
    assert [step for step in shape(decision) if "*" in step] == ["own_mobile one 20+8: anna*"]
    assert Why.SKIPPED_TWICE in whys(decision)


def test_absence_rules_are_about_the_person_not_about_his_phone() -> None:
    """An owner whose phone is not registered did not ask for a message."""
    office = office_of(sales(absent_rule=AbsentRule.MESSAGE))
    decision = annas(office=office, presence={"anna": UNREGISTERED})
    assert shape(decision)[0] == "colleague one 10: petr olga"


def test_an_owner_on_another_exchange_is_not_absent_by_his_own_will() -> None:
    office = office_of(replace(ANNA, pbx="cloud"), sales(absent_rule=AbsentRule.MESSAGE))
    assert shape(annas(office=office))[0] == "colleague one 10: petr olga"
