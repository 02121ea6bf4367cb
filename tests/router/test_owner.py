"""Whose client is calling: one rule for one match, for several, and for a shared number."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from decision_builders import (
    ANNA,
    SALES,
    Call,
    application,
    client,
    decided,
    office_of,
    said,
    shape,
    whys,
)

from router.facts import Client, LookupOutcome
from router.office import Department
from router.owner import Recognised, recognise
from router.plan import Why

REMEMBERS: Department = replace(SALES, remember_last_talk=True)


def recognised(*clients: Client, **fields: object) -> Recognised:
    """What is found out of a caller with these matches; in every order the same."""
    found = [_recognised(order, **fields) for order in permutations(clients)]
    assert all(each == found[0] for each in found)
    return found[0]


def _recognised(clients: tuple[Client, ...], **fields: object) -> Recognised:
    call = Call(clients=clients, **fields)  # type: ignore[arg-type]
    return recognise(call.offer(), call.facts(), call.office, call.office.departments["sales"])


def owner_of(found: Recognised) -> str:
    return found.owner.key if found.owner else ""


def reasons_of(found: Recognised) -> list[Why]:
    return [reason.why for reason in found.reasons]


def test_the_clients_owner_is_rung_first() -> None:
    found = recognised(client(owner="petr"))
    assert owner_of(found) == "petr"
    assert reasons_of(found) == [Why.CLIENT_FOUND, Why.OWNER_OF_CLIENT]


def test_the_open_applications_manager_goes_before_the_clients_owner() -> None:
    found = recognised(client(owner="anna", applications=(application("a1", "petr"),)))
    assert owner_of(found) == "petr"
    assert found.application
    assert found.application.key == "a1"
    assert reasons_of(found) == [Why.CLIENT_FOUND, Why.OWNER_BY_APPLICATION]


def test_a_closed_application_leads_nowhere() -> None:
    closed = application("a1", "petr", open=False)
    found = recognised(client(owner="anna", applications=(closed,)))
    assert (owner_of(found), found.application) == ("anna", None)


def test_of_several_open_applications_the_one_that_changed_last_counts() -> None:
    old, new = application("a1", "petr", hours_ago=9), application("a2", "olga", hours_ago=1)
    undated = replace(application("a3", "anna"), changed_at=None)
    for order in permutations((old, new, undated)):
        assert owner_of(recognised(client(applications=order))) == "olga"


def test_an_application_without_a_manager_is_the_owners() -> None:
    """It is shown to him: the call is about it."""
    found = recognised(client(owner="anna", applications=(application("a1"),)))
    assert owner_of(found) == "anna"
    assert found.application


def test_a_manager_who_left_is_told_of_and_the_next_rule_holds() -> None:
    gone = application("a2", "gone", hours_ago=1)
    found = recognised(client(owner="anna", applications=(gone,)))
    assert owner_of(found) == "anna"
    assert reasons_of(found) == [Why.CLIENT_FOUND, Why.OWNER_GONE, Why.OWNER_OF_CLIENT]
    older = application("a1", "petr", hours_ago=5)
    assert owner_of(recognised(client(owner="anna", applications=(gone, older)))) == "petr"


def test_an_owner_who_left_is_told_of_and_not_called_missing_as_well() -> None:
    found = recognised(client(owner="gone"))
    assert owner_of(found) == ""
    assert reasons_of(found) == [Why.CLIENT_FOUND, Why.OWNER_GONE]
    assert not found.new


def test_a_client_without_an_owner_is_new() -> None:
    found = recognised(client())
    assert reasons_of(found) == [Why.CLIENT_FOUND, Why.OWNER_NONE]
    assert found.new


# Several matches ----------------------------------------------------------------------------------


def test_several_matches_with_one_manager_are_his() -> None:
    found = recognised(client("c1", owner="anna"), client("c2", owner="anna"))
    assert owner_of(found) == "anna"
    assert found.matches == ("c1", "c2")
    assert reasons_of(found)[0] is Why.CLIENTS_SEVERAL


def test_a_match_that_leads_to_nobody_is_no_other_manager() -> None:
    """Also when it is the one with the open application."""
    unowned = client("c1", applications=(application("a1"),))
    found = recognised(unowned, client("c2", owner="anna"), client("c3"))
    assert owner_of(found) == "anna"
    assert found.client
    assert found.client.key == "c2"


def test_several_managers_the_only_open_application_decides() -> None:
    found = recognised(
        client("c1", owner="anna"), client("c2", owner="petr", applications=(application("a"),))
    )
    assert owner_of(found) == "petr"
    assert found.application


def test_several_managers_without_an_application_are_not_chosen_by_chance() -> None:
    found = recognised(client("c1", owner="anna"), client("c2", owner="petr"))
    assert (owner_of(found), found.client) == ("", None)
    assert found.matches == ("c1", "c2")
    assert reasons_of(found) == [Why.CLIENTS_SEVERAL, Why.OWNERS_DIFFER]
    assert not found.new


def test_several_managers_with_an_application_each_are_not_chosen_by_chance() -> None:
    found = recognised(
        client("c1", owner="anna", applications=(application("a", hours_ago=1),)),
        client("c2", owner="petr", applications=(application("b", hours_ago=9),)),
    )
    assert owner_of(found) == ""


@pytest.mark.parametrize("marked", ["c1", "c2"])
def test_a_switchboard_of_different_owners_is_not_sent_to_one_of_them(marked: str) -> None:
    """Not even to the only one with an open application."""
    found = recognised(
        client("c1", owner="anna", switchboard=marked == "c1"),
        client("c2", owner="petr", applications=(application("a"),), switchboard=marked == "c2"),
    )
    assert owner_of(found) == ""
    assert Why.OWNERS_DIFFER in reasons_of(found)


def test_a_switchboard_of_one_owner_is_his() -> None:
    found = recognised(
        client("c1", owner="anna", switchboard=True), client("c2", owner="anna", switchboard=True)
    )
    assert owner_of(found) == "anna"


def test_a_shared_number_rings_the_department_and_keeps_all_matches() -> None:
    decision = decided(clients=(client("c2", owner="petr"), client("c1", owner="anna")))
    assert shape(decision)[0] == "department all 15: anna petr olga"
    assert decision.matches == ("c1", "c2")
    assert decision.client == ""


def test_many_matches_are_counted_and_the_first_five_named() -> None:
    decision = decided(clients=tuple(client(f"c{n}") for n in range(7)))
    about = said(decision, Why.CLIENTS_SEVERAL).about
    assert about["count"] == "7"
    assert about["names"].endswith("Клиент c4, …")
    assert len(decision.matches) == 7


# Blocked ------------------------------------------------------------------------------------------


def test_a_number_is_blocked_when_every_client_of_it_is() -> None:
    blocked = client("c1", owner="anna", blocked=True)
    assert recognised(blocked).blocked
    assert recognised(blocked, client("c2", blocked=True)).blocked
    both = recognised(blocked, client("c2", owner="petr"))
    assert (both.blocked, owner_of(both)) == (False, "petr")
    assert both.matches == ("c1", "c2")


# Who talked last ----------------------------------------------------------------------------------


@pytest.mark.parametrize("clients", [(), (client(),)])
def test_who_talked_last_is_asked_where_nobody_owns_the_client(clients: tuple[Client, ...]) -> None:
    found = recognised(*clients, office=office_of(REMEMBERS), last_talk="olga")
    assert owner_of(found) == "olga"
    assert reasons_of(found)[-1] is Why.OWNER_LAST_TALK


def test_who_talked_last_is_an_option_and_off_by_default() -> None:
    assert owner_of(recognised(last_talk="olga")) == ""


def test_who_talked_last_does_not_go_before_an_owner() -> None:
    office = office_of(REMEMBERS)
    assert owner_of(recognised(client(owner="anna"), office=office, last_talk="olga")) == "anna"


def test_who_talked_last_and_left_is_nobody() -> None:
    assert owner_of(recognised(office=office_of(REMEMBERS), last_talk="gone")) == ""


def test_who_talked_last_decides_between_different_owners_but_not_on_a_switchboard() -> None:
    office = office_of(REMEMBERS)
    pair = (client("c1", owner="anna"), client("c2", owner="petr"))
    assert owner_of(recognised(*pair, office=office, last_talk="petr")) == "petr"
    marked = (replace(pair[0], switchboard=True), pair[1])
    assert owner_of(recognised(*marked, office=office, last_talk="petr")) == ""


# Colleagues and the unknown -----------------------------------------------------------------------


@pytest.mark.parametrize("caller", ["101", ANNA.mobile, "8 916 000-01-01"])
def test_a_colleague_is_known_by_extension_and_by_mobile(caller: str) -> None:
    found = recognised(client(owner="petr"), caller=caller)
    assert (found.staff, found.client, found.owner) == ("anna", None, None)
    assert reasons_of(found) == [Why.CALLER_STAFF]
    assert not found.new


def test_an_extension_of_nobody_is_an_unknown_caller() -> None:
    office = office_of(without=("anna",))
    assert reasons_of(recognised(office=office, caller="101")) == [Why.CALLER_UNKNOWN]


@pytest.mark.parametrize(
    ("outcome", "new"),
    [
        (LookupOutcome.UNKNOWN, True),
        (LookupOutcome.NOT_ASKED, True),
        (LookupOutcome.LATE, False),
        (LookupOutcome.FAILED, False),
    ],
)
def test_only_an_answer_makes_a_caller_new(outcome: LookupOutcome, *, new: bool) -> None:
    assert recognised(outcome=outcome).new is new


def test_the_story_names_client_and_application_of_the_decision() -> None:
    applications = (application("a7", "petr"),)
    decision = decided(clients=(client("c9", owner="anna", applications=applications),))
    assert (decision.client, decision.client_name) == ("c9", "Клиент c9")
    assert (decision.application, decision.owner) == ("a7", "petr")
    assert said(decision, Why.OWNER_BY_APPLICATION).about["application"] == "a7"
    assert Why.OWNER_OF_CLIENT not in whys(decision)
