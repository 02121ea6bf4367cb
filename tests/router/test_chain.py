"""The steps of a plan: whom a call rings, in which order, for how long."""

from __future__ import annotations

from dataclasses import replace

import pytest
from decision_builders import (
    ANNA,
    HEAD,
    LINE,
    PETR,
    PROMISED,
    RINGING,
    SALES,
    SEMYON,
    TALKING,
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
    whys,
)

from router.office import Department, Status, Strategy
from router.plan import StepKind, Why

EVERYBODY_TALKS = dict.fromkeys(("anna", "petr", "olga"), TALKING)
NOBODY_HERE = {key: absent(Status.AWAY) for key in ("anna", "petr", "olga")}


def sales(**fields: object) -> Department:
    return replace(SALES, **fields)  # type: ignore[arg-type]


def patience(seconds: int) -> object:
    return replace(LINE, patience_seconds=seconds)


def test_the_usual_chain_is_owner_colleague_head_mobile_department_wait() -> None:
    """15 + 10 + 20 + 8 s and one ring of the department; then a wait of what is left of 60 s."""
    decision = annas()
    assert shape(decision) == [
        "owner one 15: anna",
        "colleague one 10: petr olga",
        "head_mobile one 20+8: head*",
        "department all 5: anna petr olga",
        "wait wait 0: petr olga anna",
    ]
    assert Why.SHORTENED not in whys(decision)
    assert decision.plan.longest_seconds == 58
    assert decision.owner == "anna"


def test_a_call_without_an_owner_rings_the_department_then_the_head_then_waits() -> None:
    assert shape(decided()) == [
        "department all 15: anna petr olga",
        "head_mobile one 20+8: head*",
        "wait wait 0: anna petr olga",
    ]


def test_a_step_is_shortened_to_the_patience_that_is_left() -> None:
    decision = annas(office=office_of(patience(45)))
    assert shape(decision)[2] == "head_mobile one 12+8: head*"
    assert said(decision, Why.SHORTENED).about["seconds"] == "12"
    assert Why.SKIPPED_PATIENCE in whys(decision)  # nothing is left for the department
    assert decision.plan.longest_seconds == 45


def test_a_step_with_less_than_one_ring_left_is_dropped_with_its_reason() -> None:
    """29 s after owner and colleague would leave 4 s for the group; the wait takes them."""
    office = office_of(patience(29), replace(HEAD, mobile=""))
    decision = annas(office=office)
    assert shape(decision)[2:] == ["wait wait 0: petr olga anna"]
    assert said(decision, Why.SKIPPED_PATIENCE).about["names"] == "Анна, Пётр, Ольга"


def test_one_full_ring_is_worth_a_step() -> None:
    office = office_of(patience(30), replace(HEAD, mobile=""))
    assert shape(annas(office=office))[2] == "department all 5: anna petr olga"


def test_a_step_that_the_office_wants_shorter_than_a_ring_is_kept() -> None:
    assert shape(annas(office=office_of(sales(owner_ring_seconds=3))))[0] == "owner one 3: anna"


@pytest.mark.parametrize(
    ("switch", "role"),
    [
        ("owner_ring_seconds", "owner "),
        ("colleague_ring_seconds", "colleague "),
        ("mobile_ring_seconds", "head_mobile "),
        ("group_ring_seconds", "department "),
    ],
)
def test_a_step_of_0_s_is_switched_off(switch: str, role: str) -> None:
    with_it, without = annas(), annas(office=office_of(sales(**{switch: 0})))
    assert any(step.startswith(role) for step in shape(with_it))
    assert not any(step.startswith(role) for step in shape(without))


def test_a_wait_rings_each_for_as_long_as_a_colleague_but_never_less_than_a_ring() -> None:
    assert annas().plan.steps[-1].each_seconds == 10
    off = annas(office=office_of(sales(colleague_ring_seconds=0)))
    assert off.plan.steps[-1].each_seconds == 5


def test_a_mobile_that_need_not_confirm_costs_no_8_s() -> None:
    decision = annas(office=office_of(sales(confirm_mobile=False)))
    assert shape(decision)[2] == "head_mobile one 20: head*"
    assert not decision.plan.steps[2].targets[0].confirm


# Another manager ----------------------------------------------------------------------------------


def test_another_manager_is_by_default_the_one_who_is_idle_longest() -> None:
    """Who never talked is idle longest of all; who talks stands by as an alternate."""
    presence = {"petr": idle_for(60), "olga": idle_for(600)}
    assert shape(annas(presence=presence))[1] == "colleague one 10: olga petr"
    presence = {"petr": idle_for(60), "olga": TALKING}
    assert shape(annas(presence=presence))[1] == "colleague one 10: petr olga"
    assert shape(annas(presence={"petr": idle_for(60)}))[1] == "colleague one 10: olga petr"


def test_fixed_order_asks_in_the_order_of_the_office_file() -> None:
    office = office_of(sales(strategy=Strategy.FIXED_ORDER))
    presence = {"petr": idle_for(60), "olga": idle_for(600)}
    assert shape(annas(office=office, presence=presence))[1] == "colleague one 10: petr olga"


def test_round_robin_begins_with_the_next_one_at_every_call() -> None:
    office = office_of(sales(strategy=Strategy.ROUND_ROBIN))
    firsts = [shape(annas(office=office, round_robin=turn))[1] for turn in range(3)]
    assert firsts == [
        "colleague one 10: petr olga",
        "colleague one 10: olga petr",
        "colleague one 10: petr olga",
    ]


def test_ring_all_rings_the_colleagues_together() -> None:
    decision = annas(office=office_of(sales(strategy=Strategy.RING_ALL)))
    assert shape(decision)[1] == "colleague all 10: petr olga"
    assert said(decision, Why.STEP_COLLEAGUES).about["names"] == "Пётр, Ольга"


def test_a_target_promised_in_a_living_plan_comes_last() -> None:
    decision = annas(presence={"petr": PROMISED})
    assert shape(decision)[1] == "colleague one 10: olga petr"
    assert passed_over(decision) == {"petr": Why.SKIPPED_PROMISED}


def test_where_all_are_promised_nobody_comes_last() -> None:
    decision = annas(presence={"petr": PROMISED, "olga": PROMISED})
    assert shape(decision)[1] == "colleague one 10: petr olga"
    assert Why.SKIPPED_PROMISED not in whys(decision)


def test_an_owner_is_rung_also_when_another_plan_promised_him() -> None:
    """It is his client; if his phone rings by then, the PBX passes him over at no cost."""
    assert shape(annas(presence={"anna": PROMISED}))[0] == "owner one 15: anna"


def test_the_named_deputy_goes_before_the_strategy() -> None:
    office = office_of(replace(ANNA, deputy="semyon"), sales(strategy=Strategy.RING_ALL))
    assert shape(annas(office=office))[1] == "deputy one 10: semyon petr olga"


def test_a_deputy_of_the_deputy_stands_in() -> None:
    office = office_of(replace(ANNA, deputy="semyon"), replace(SEMYON, deputy="olga"))
    decision = annas(office=office, presence={"semyon": TALKING})
    assert shape(decision)[1] == "deputy one 10: olga petr"
    assert passed_over(decision) == {"semyon": Why.SKIPPED_TALKING}


def test_deputies_in_a_circle_end_with_the_strategy() -> None:
    office = office_of(
        replace(ANNA, deputy="semyon"), replace(SEMYON, deputy="anna"), replace(PETR, deputy="petr")
    )
    decision = annas(office=office, presence={"semyon": absent(Status.LUNCH)})
    assert shape(decision)[1] == "colleague one 10: petr olga"


# Everybody busy -----------------------------------------------------------------------------------


def test_everybody_busy_waits_first_then_the_heads_mobile_then_waits_for_the_rest() -> None:
    decision = decided(presence=EVERYBODY_TALKS)
    assert shape(decision) == [
        "wait wait 32: anna petr olga",
        "head_mobile one 20+8: head*",
        "wait wait 0: anna petr olga",
    ]
    steps = [why for why in whys(decision) if why.startswith("step-")]
    assert steps == [Why.STEP_WAIT, Why.STEP_HEAD_MOBILE, Why.STEP_WAIT_REST]
    assert Why.EVERYBODY_BUSY in whys(decision)


def test_a_busy_owner_is_the_first_whom_the_wait_asks() -> None:
    decision = decided(clients=(client(owner="olga"),), presence=EVERYBODY_TALKS)
    assert shape(decision)[0] == "wait wait 32: olga anna petr"


def test_a_busy_owner_of_another_department_is_waited_for_as_well() -> None:
    presence = {**NOBODY_HERE, "semyon": RINGING}
    decision = decided(clients=(client(owner="semyon"),), presence=presence)
    assert shape(decision)[0] == "wait wait 32: semyon"


def test_a_free_owner_of_another_department_is_rung_though_the_lines_is_busy() -> None:
    decision = decided(clients=(client(owner="semyon"),), presence=EVERYBODY_TALKS)
    assert shape(decision) == [
        "owner one 15: semyon",
        "head_mobile one 20+8: head*",
        "wait wait 0: anna petr olga semyon",
    ]


def test_a_free_deputy_is_rung_though_everybody_else_is_busy() -> None:
    office = office_of(replace(ANNA, deputy="semyon"))
    decision = annas(office=office, presence=EVERYBODY_TALKS)
    assert shape(decision)[0] == "deputy one 10: semyon petr olga"
    assert Why.EVERYBODY_BUSY not in whys(decision)


def test_a_heads_mobile_that_is_switched_off_does_not_divide_the_wait() -> None:
    office = office_of(sales(mobile_ring_seconds=0))
    assert shape(decided(office=office, presence=EVERYBODY_TALKS)) == [
        "wait wait 0: anna petr olga"
    ]
    no_mobile = office_of(sales(mobile_ring_seconds=0), replace(HEAD, mobile=""))
    assert Why.SKIPPED_NO_MOBILE not in whys(decided(office=no_mobile))


def test_while_the_owner_is_free_not_everybody_is_busy() -> None:
    """Also where his own step is switched off: the wait rings him."""
    decision = decided(
        office=office_of(sales(owner_ring_seconds=0)),
        clients=(client(owner="semyon"),),
        presence=EVERYBODY_TALKS,
    )
    assert Why.EVERYBODY_BUSY not in whys(decision)
    assert shape(decision)[-1] == "wait wait 0: anna petr olga semyon"


def test_without_a_heads_mobile_everybody_busy_is_one_wait() -> None:
    decision = decided(office=office_of(replace(HEAD, mobile="")), presence=EVERYBODY_TALKS)
    assert shape(decision) == ["wait wait 0: anna petr olga"]


@pytest.mark.parametrize(
    ("seconds", "steps"),
    [
        (30, ["wait wait 5", "head_mobile one 17+8", "wait wait 0"]),
        (18, ["wait wait 5", "head_mobile one 5+8", "wait wait 0"]),
        (17, ["head_mobile one 9+8", "wait wait 0"]),
        (12, ["wait wait 0"]),
    ],
)
def test_little_patience_shortens_the_wait_first_then_the_mobile(
    seconds: int, steps: list[str]
) -> None:
    decision = decided(office=office_of(patience(seconds)), presence=EVERYBODY_TALKS)
    assert [step.partition(":")[0] for step in shape(decision)] == steps


def test_after_a_busy_owner_the_free_colleagues_ring_and_the_wait_asks_him_first() -> None:
    decision = annas(presence={"anna": TALKING})
    assert shape(decision)[0] == "colleague one 10: petr olga"
    assert shape(decision)[-1] == "wait wait 0: anna petr olga"


# The department, its head, nobody -----------------------------------------------------------------


def test_silent_phones_are_the_last_alternates_because_they_may_come_back() -> None:
    """The PBX looks again as each step begins; until then they cost nothing."""
    decision = annas(presence={"petr": UNREGISTERED})
    assert shape(decision)[1] == "colleague one 10: olga petr"
    assert shape(decision)[3] == "department all 5: anna olga petr"
    assert shape(decision)[-1] == "wait wait 0: olga anna petr"
    assert passed_over(decision) == {"petr": Why.SKIPPED_UNREGISTERED}


def test_no_step_is_made_for_silent_phones_alone() -> None:
    silent = dict.fromkeys(("anna", "petr", "olga"), UNREGISTERED)
    decision = decided(office=office_of(replace(HEAD, mobile="")), presence=silent)
    assert decision.plan.steps == ()
    assert Why.NOBODY_REACHABLE in whys(decision)


def test_the_department_is_not_rung_again_for_the_one_who_has_just_let_it_ring() -> None:
    office = office_of(replace(HEAD, mobile=""), without=("petr", "olga"))
    decision = annas(office=office)
    assert shape(decision) == ["owner one 15: anna", "wait wait 0: anna"]
    assert passed_over(decision)["anna"] is Why.SKIPPED_TWICE


def test_after_the_heads_mobile_the_one_manager_rings_again() -> None:
    decision = annas(office=office_of(without=("petr", "olga")))
    assert [step.split()[0] for step in shape(decision)] == [
        "owner",
        "head_mobile",
        "department",
        "wait",
    ]


def test_a_desk_phone_rings_after_the_mobile_of_the_same_person() -> None:
    """They are two phones: who did not hear one may hear the other."""
    office = office_of(replace(HEAD, department="sales"), without=("anna", "petr", "olga"))
    assert shape(decided(office=office, clients=(client(owner="semyon"),))) == [
        "owner one 15: semyon",
        "colleague one 10: head",
        "head_mobile one 20+8: head*",
        "department all 5: head",
        "wait wait 0: head semyon",
    ]


def test_a_head_who_talks_is_told_of_once_for_his_desk_and_his_mobile() -> None:
    decision = decided(
        office=office_of(replace(HEAD, department="sales")), presence={"head": TALKING}
    )
    assert whys(decision).count(Why.SKIPPED_TALKING) == 1


def test_nobody_there_leaves_the_heads_mobile() -> None:
    decision = decided(presence=NOBODY_HERE)
    assert shape(decision) == ["head_mobile one 20+8: head*"]
    assert Why.NOBODY_REACHABLE not in whys(decision)


def test_nobody_reachable_is_said_and_goes_to_the_last_resort() -> None:
    decision = decided(office=office_of(replace(HEAD, mobile="")), presence=NOBODY_HERE)
    assert decision.plan.steps == ()
    assert whys(decision)[-2:] == [Why.NOBODY_REACHABLE, Why.ENDING_AT_ONCE]


@pytest.mark.parametrize(
    ("presence", "why"),
    [(TALKING, Why.SKIPPED_TALKING), (absent(Status.DO_NOT_DISTURB), Why.SKIPPED_STATUS)],
)
def test_a_head_who_talks_or_is_not_to_be_disturbed_is_not_called(
    presence: object, why: Why
) -> None:
    decision = decided(presence={"head": presence})
    assert all("*" not in step for step in shape(decision))
    assert passed_over(decision) == {"head": why}


@pytest.mark.parametrize("status", [Status.LUNCH, Status.MEETING, Status.AWAY, Status.OFFLINE])
def test_a_head_away_from_the_desk_is_called_on_the_mobile(status: Status) -> None:
    assert "head_mobile one 20+8: head*" in shape(decided(presence={"head": absent(status)}))


def test_who_takes_no_new_clients_comes_last_for_a_new_one() -> None:
    office = office_of(replace(ANNA, takes_new_clients=False))
    decision = decided(office=office)
    assert shape(decision)[0] == "department all 15: petr olga"
    assert shape(decision)[-1] == "wait wait 0: petr olga anna"
    assert passed_over(decision) == {"anna": Why.SKIPPED_NEW_CLIENT}


def test_who_takes_no_new_clients_is_rung_when_there_is_nobody_else() -> None:
    office = office_of(replace(ANNA, takes_new_clients=False))
    absentees = {"petr": absent(Status.AWAY), "olga": absent(Status.AWAY)}
    assert shape(decided(office=office, presence=absentees))[0] == "department all 15: anna"


def test_every_plan_names_the_step_kinds_as_the_dialplan_walks_them() -> None:
    """A wait holds phones only, and lasts as long as the patience when it is the last step."""
    last = annas().plan.steps[-1]
    assert (last.kind, last.ring_seconds, last.confirm_seconds) == (StepKind.WAIT, 0, 0)


def test_a_department_that_rings_first_rings_as_long_as_an_owner_would() -> None:
    """Without an owner nobody has rung before, so one ring for the group would be too short."""
    decision = decided(office=office_of(sales(owner_ring_seconds=20, group_ring_seconds=5)))
    assert shape(decision)[0] == "department all 20: anna petr olga"
