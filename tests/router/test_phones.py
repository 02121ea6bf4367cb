"""Whose phone a number at a PBX is."""

from __future__ import annotations

from dataclasses import replace

from router.office import Department, Manager, Office
from router.phones import ANYWHERE, Phone, any_of, phones_of

ANNA = Manager(key="anna", name="Anna", department="sales", extension="101", mobile="+79161230101")
THERE = Manager(key="gleb", name="Gleb", department="sales", extension="301", pbx="branch")


def office_of(*managers: Manager) -> Office:
    return Office(
        name="x",
        default_department="sales",
        departments={"sales": Department(key="sales", name="Sales")},
        managers={manager.key: manager for manager in managers},
        lines={},
    )


def test_a_desk_phone_is_his_at_its_own_exchange_and_a_mobile_everywhere() -> None:
    phones = phones_of(ANNA, office_of(ANNA, THERE))
    assert phones == (
        Phone("main", "101"),
        Phone(ANYWHERE, "79161230101"),
        Phone(ANYWHERE, "+79161230101"),
        Phone(ANYWHERE, "89161230101"),
    )
    assert any_of(phones, "main", ["102", "101"])
    assert any_of(phones, "branch", ["79161230101"])
    assert not any_of(phones, "branch", ["101"])


def test_a_desk_phone_that_others_reach_by_its_template_is_his_there_too() -> None:
    reached = replace(THERE, dial="PJSIP/{extension}@branch")
    phones = phones_of(reached, office_of(ANNA, reached))
    assert phones == (Phone("branch", "301"), Phone(ANYWHERE, "301"))


def test_the_same_number_of_somebody_elses_is_never_his() -> None:
    reached = replace(THERE, extension="101", dial="PJSIP/{extension}@branch")
    assert phones_of(reached, office_of(ANNA, reached)) == (Phone("branch", "101"),)


def test_who_has_no_phone_is_reached_nowhere() -> None:
    nobody = replace(THERE, extension="", dial="PJSIP/{extension}@branch")
    assert phones_of(nobody, office_of(ANNA, nobody)) == ()
