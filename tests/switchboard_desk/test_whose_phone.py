"""Whose phone a number is: the desk of this moment and the log of yesterday name the same person."""

from __future__ import annotations

from dataclasses import replace

import pytest
from desk_floor import CLIENT, IVAN, OFFICE, OnPaper, after, person

from router.calls import Call, CallState, Direction, Leg
from router.facts import Presence
from router.phones import ANYWHERE, Phone, any_of, holder_of, phones_of
from switchboard.control_rights import is_his, may_hang_up
from switchboard.desk import desk_of, manager_at, seen
from switchboard.names import Names

GLEB = person("gleb", "301", "service", pbx="branch", dial="PJSIP/{extension}@branch")
TWIN = person("twin", "101", pbx="branch", mobile="+3725123456")
SHARED = person("shared", "105", mobile="+79160000103")
NO_DESK = person("nodesk", "", mobile="+79160000199")
HOUSE = replace(
    OFFICE, managers={**OFFICE.managers, **{m.key: m for m in (GLEB, TWIN, SHARED, NO_DESK)}}
)

WHOSE = [
    ("main", "101", "anna"),
    ("branch", "101", "twin"),
    ("main", "301", "gleb"),
    ("main", "104", None),
    ("main", "79160000101", "anna"),
    ("branch", "+79160000101", "anna"),
    ("main", "89160000101", "anna"),
    ("main", "989160000101", "anna"),
    ("main", "9160000101", "anna"),
    ("main", "81079160000101", "anna"),
    ("main", "8103725123456", "twin"),
    ("main", "3725123456", "twin"),
    ("main", "+19160000101", None),
    ("main", "+13725123456", None),
    ("main", "160000101", None),
    ("main", "89160000103", "vera"),
    ("main", "", None),
]


@pytest.mark.parametrize(("pbx", "number", "whose"), WHOSE)
def test_the_desk_and_the_log_name_the_same_person(
    pbx: str, number: str, whose: str | None
) -> None:
    """A mobile however a trunk writes it, a desk phone that every PBX reaches; never a namesake.

    Two who share a mobile: the first of the office file.
    """
    live, mobile = manager_at(HOUSE, pbx, number)
    logged = Names.of(HOUSE).manager_at(number, pbx)
    assert [found and found.key for found in (live, logged)] == [whose, whose]
    assert mobile is (live is not None and number != live.extension)


def test_where_the_exchange_is_not_known_a_number_is_whose_it_is_alone() -> None:
    names = Names.of(HOUSE)
    found = [names.manager_at(number, None) for number in ("102", "101", "89160000101", "", None)]
    assert [manager and manager.key for manager in found] == ["boris", None, "anna", None, None]
    assert names.manager_at("79160000103", None) is None, "two share it"


def test_everything_he_is_reached_at_is_his() -> None:
    for manager in OFFICE.managers.values():
        for phone in phones_of(manager, OFFICE):
            assert holder_of(OFFICE, phone) is manager


def test_a_trunk_that_wants_eights_makes_his_mobile_nobody_elses() -> None:
    """It is in his log, counts for him, and may be ended from his desk, as with a seven."""
    anna = HOUSE.managers["anna"]
    phones = phones_of(anna, HOUSE)
    assert any_of(phones, "main", ["89160000101"])
    assert Names.of(HOUSE).stands_under(Phone("main", "89160000101")) == Phone("main", "101")
    leg = Leg(id="main-1.2", target="89160000101", began_at=after(1), talking_since=after(3))
    talk = Call(
        id="main-1.1",
        pbx="main",
        linked_id="main-1.1",
        direction=Direction.INBOUND,
        caller=CLIENT,
        line="74951230001",
        began_at=after(0),
        state=CallState.TALKING,
        legs=(leg,),
    )
    assert is_his(anna, talk, leg)
    assert may_hang_up(HOUSE, anna, talk, "service")


def test_a_mobile_abroad_is_written_as_it_is_dialled_from_here() -> None:
    assert Phone(ANYWHERE, "8103725123456") in phones_of(TWIN, HOUSE)


def test_a_desk_phone_of_another_exchange_that_rings_by_its_template_stands_on_its_desk() -> None:
    call = OnPaper().rings("301", 1)
    assert call.call
    found = seen(call.call, IVAN, HOUSE, "sales")
    desk = desk_of(GLEB, [found], HOUSE, Presence())
    (card,) = desk.rings_at_me
    assert (card.call_id, card.mobile) == (call.id, False)
