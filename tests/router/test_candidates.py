"""Who can answer now, and how everyone who cannot is told of."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from decision_builders import (
    ANNA,
    CLOSED_AT,
    HEAD,
    HOURS,
    OPEN_AT,
    PETR,
    RINGING,
    ROMASHKA,
    SALES,
    SEMYON,
    SERVICE,
    TALKING,
    TRUNK,
    UNREGISTERED,
    absent,
    annas,
    client,
    decided,
    idle_for,
    office_of,
    passed_over,
    said,
    shape,
    weekdays,
    whys,
)

from router.candidates import as_dialled, phone_of
from router.facts import PhoneState, Presence
from router.office import AfterHoursRule, Hours, Manager, OutgoingLine, Status, Window
from router.plan import Why

ABROAD = Manager(key="abroad", name="Ян", department="sales", extension="101", pbx="cloud")


@pytest.mark.parametrize(
    ("presence", "why"),
    [
        (TALKING, Why.SKIPPED_TALKING),
        (RINGING, Why.SKIPPED_RINGING),
        (UNREGISTERED, Why.SKIPPED_UNREGISTERED),
        (absent(Status.LUNCH), Why.SKIPPED_STATUS),
    ],
)
def test_no_second_is_spent_on_an_owner_who_cannot_answer(presence: Presence, why: Why) -> None:
    decision = annas(presence={"anna": presence})
    assert not shape(decision)[0].startswith("owner")
    assert passed_over(decision) == {"anna": why}


def test_an_unknown_phone_state_means_ring_it() -> None:
    presence = Presence(phone=PhoneState.UNKNOWN)
    assert shape(annas(presence={"anna": presence}))[0] == "owner one 15: anna"
    assert shape(annas(presence={}))[0] == "owner one 15: anna"


@pytest.mark.parametrize(("seconds", "rung"), [(0, False), (29.9, False), (30, True), (31, True)])
def test_a_pause_after_a_talk_ends_when_it_is_over(seconds: float, *, rung: bool) -> None:
    office = office_of(replace(SALES, wrap_up_seconds=30))
    decision = annas(office=office, presence={"anna": idle_for(seconds)})
    assert shape(decision)[0].startswith("owner") is rung
    assert (Why.SKIPPED_WRAP_UP in whys(decision)) is not rung


def test_by_default_there_is_no_pause_after_a_talk() -> None:
    assert shape(annas(presence={"anna": idle_for(0)}))[0] == "owner one 15: anna"


def test_the_pause_is_that_of_the_persons_own_department() -> None:
    office = office_of(replace(SERVICE, wrap_up_seconds=30))
    semyons = (client(owner="semyon"),)
    decision = decided(office=office, clients=semyons, presence={"semyon": idle_for(5)})
    assert passed_over(decision) == {"semyon": Why.SKIPPED_WRAP_UP}


def test_who_is_off_shift_is_passed_over_as_offline() -> None:
    office = office_of(replace(ANNA, shifts=weekdays(13, 19)))
    assert passed_over(annas(office=office)) == {"anna": Why.SKIPPED_SHIFT}
    assert passed_over(annas(office=office, at=OPEN_AT + timedelta(hours=1))) == {}


def test_a_status_is_told_rather_than_the_shift() -> None:
    office = office_of(replace(ANNA, shifts=weekdays(13, 19)))
    decision = annas(office=office, presence={"anna": absent(Status.AWAY)})
    assert passed_over(decision) == {"anna": Why.SKIPPED_STATUS}


def test_who_has_no_shifts_works_whenever_the_department_takes_calls() -> None:
    office = office_of(replace(SALES, after_hours=AfterHoursRule.RING))
    assert shape(annas(office=office, at=CLOSED_AT))[0] == "owner one 15: anna"


def test_an_owner_whose_own_department_is_closed_is_not_rung() -> None:
    """The line's department is open, his is not: nobody is at that desk."""
    service = replace(SERVICE, hours=Hours(week=weekdays(14, 19)))
    semyons = (client(owner="semyon"),)
    assert passed_over(decided(office=office_of(service), clients=semyons)) == {
        "semyon": Why.SKIPPED_SHIFT
    }
    always = replace(service, after_hours=AfterHoursRule.RING)
    assert shape(decided(office=office_of(always), clients=semyons))[0] == "owner one 15: semyon"


def test_shifts_of_another_department_do_not_count_on_its_day_off() -> None:
    semyon = replace(SEMYON, shifts=weekdays(9, 19))
    closed = Window(weekday=2, start=time(14), end=time(15))
    service = replace(SERVICE, hours=replace(HOURS, week=(closed,)))
    decision = decided(office=office_of(semyon, service), clients=(client(owner="semyon"),))
    assert passed_over(decision) == {"semyon": Why.SKIPPED_SHIFT}


def test_two_managers_with_the_same_shifts_in_different_zones_are_judged_apart() -> None:
    """12:00 in Moscow is 19:00 in Vladivostok."""
    service = replace(SERVICE, hours=Hours(timezone="Asia/Vladivostok", week=weekdays(9, 20)))
    shift = weekdays(9, 18)
    office = office_of(
        replace(ANNA, shifts=shift, deputy="semyon"), replace(SEMYON, shifts=shift), service
    )
    decision = annas(office=office, presence={"anna": TALKING})
    assert passed_over(decision) == {"anna": Why.SKIPPED_TALKING, "semyon": Why.SKIPPED_SHIFT}


def test_a_colleague_is_never_rung_by_his_own_call() -> None:
    decision = decided(caller="101")
    assert all("anna" not in step for step in shape(decision))
    assert passed_over(decision) == {"anna": Why.SKIPPED_IS_CALLER}


def test_a_head_who_calls_from_his_mobile_is_not_called_on_it() -> None:
    decision = decided(caller=HEAD.mobile)
    assert passed_over(decision) == {"head": Why.SKIPPED_IS_CALLER}
    assert all("*" not in step for step in shape(decision))


# Other exchanges and ways out ---------------------------------------------------------------------


def test_a_phone_on_another_exchange_is_passed_over() -> None:
    decision = decided(office=office_of(ABROAD))
    assert passed_over(decision) == {"abroad": Why.SKIPPED_OTHER_PBX}
    assert said(decision, Why.SKIPPED_OTHER_PBX).about["pbx"] == "cloud"


def test_a_phone_on_another_exchange_is_rung_by_its_template() -> None:
    there = replace(ABROAD, dial="PJSIP/{extension}@cloud", device="Custom:{extension}")
    decision = decided(office=office_of(there), clients=(client(owner="abroad"),))
    (target,) = decision.plan.steps[0].targets
    assert (target.dial, target.device) == ("PJSIP/101@cloud", "Custom:101")
    assert (target.pbx, target.number) == ("cloud", "101")
    assert target == phone_of(there)


def test_an_extension_of_another_exchange_is_not_the_caller() -> None:
    """Anna's 102 on the cloud is not Peter's 102 here, though she stands first in the file."""
    office = office_of(replace(ANNA, extension="102", pbx="cloud", dial="PJSIP/102@cloud"))
    assert passed_over(decided(office=office, caller="102")) == {"petr": Why.SKIPPED_IS_CALLER}


def test_a_mobile_goes_out_through_the_departments_line() -> None:
    (target,) = decided().plan.steps[1].targets
    assert target.dial == "PJSIP/79160000109@trunk"
    assert target.number == "+79160000109"
    assert (target.outgoing, target.caller_id, target.confirm) == ("trunk", "74950000001", True)


def test_without_the_departments_line_the_exchanges_first_one_is_taken() -> None:
    sip = OutgoingLine(key="sip", pbx="main", dial="PJSIP/{number}@sip")
    cloud = OutgoingLine(key="cloud", pbx="cloud", dial="PJSIP/{number}@cloud")
    office = office_of(replace(SALES, outgoing_line=""), cloud, sip, without=("trunk",))
    assert decided(office=office).plan.steps[1].targets[0].outgoing == "sip"


def test_an_outgoing_line_of_another_exchange_is_not_dialled_here() -> None:
    office = office_of(replace(TRUNK, pbx="cloud"))
    assert passed_over(decided(office=office)) == {"head": Why.SKIPPED_NO_OUTGOING_LINE}


def test_without_an_outgoing_line_no_mobile_rings() -> None:
    office = office_of(without=("trunk",))
    assert passed_over(decided(office=office)) == {"head": Why.SKIPPED_NO_OUTGOING_LINE}


def test_a_mobile_outside_the_prefixes_is_refused() -> None:
    office = office_of(replace(TRUNK, prefixes=("+7495", "+375")))
    decision = decided(office=office)
    assert passed_over(decision) == {"head": Why.SKIPPED_PREFIX}
    assert said(decision, Why.SKIPPED_PREFIX).about["line"] == "trunk"


def test_a_head_without_a_mobile_is_told_of() -> None:
    decision = decided(office=office_of(replace(HEAD, mobile="")))
    assert passed_over(decision) == {"head": Why.SKIPPED_NO_MOBILE}


@pytest.mark.parametrize(
    ("number_format", "number", "dialled"),
    [
        ("e164", "+79161112233", "+79161112233"),
        ("plain", "+79161112233", "79161112233"),
        ("national", "+79161112233", "89161112233"),
        ("national", "+375291112233", "810375291112233"),
    ],
)
def test_a_number_is_dialled_as_the_trunk_wants_it(
    number_format: str, number: str, dialled: str
) -> None:
    assert as_dialled(number, replace(TRUNK, number_format=number_format)) == dialled


def test_each_person_is_told_of_once_however_many_steps_ask_for_him() -> None:
    presence = {"petr": TALKING, "olga": UNREGISTERED}
    decision = annas(office=office_of(replace(ANNA, deputy="petr")), presence=presence)
    skipped = [r for r in decision.reasons if r.why.startswith("skipped-talking")]
    assert [r.about["manager"] for r in skipped] == [PETR.key]


def test_a_night_shift_counts_on_the_day_it_began() -> None:
    night = Window(weekday=2, start=time(22), end=time(6))
    office = office_of(
        replace(ANNA, shifts=(night,)), replace(SALES, after_hours=AfterHoursRule.RING)
    )
    at = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)  # Thursday, 4:00 in Moscow
    assert shape(annas(office=office, at=at, caller=ROMASHKA))[0] == "owner one 15: anna"
