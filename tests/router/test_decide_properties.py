"""What holds for every decision, whatever the office, the facts and the call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from string import Formatter

from decision_builders import HIDDEN, Call, number_of, weekdays
from hypothesis import given, settings
from hypothesis import strategies as st

from router import explain
from router.candidates import Scene, status_now
from router.decide import patience_of
from router.facts import Application, Client, LookupOutcome, PhoneState, Presence
from router.hours import is_open
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
    Strategy,
)
from router.plan import Decision, Ending, Reason, Step, StepKind, StepRole, TargetKind, Why

KEYS = [f"m{n}" for n in range(7)]
DEPARTMENTS = ["sales", "service"]
PBXES = st.sampled_from(["main", "main", "main", "cloud"])
RINGS = st.sampled_from([0, 3, 5, 10, 10, 15, 15, 20, 20, 20, 60, 600])
SHIFTS = st.sampled_from([(), (), weekdays(9, 13), weekdays(13, 19)])
SOMEBODY = st.sampled_from(["", "gone", *KEYS, *KEYS])
MOMENTS = st.sampled_from([1, 3, 3, 4, 4, 5, 5, 7, 9, 14, 27])
EXAMPLES = settings(max_examples=100, deadline=None)
BEGAN = datetime(2026, 3, 4, 6, 0, tzinfo=UTC)


@st.composite
def departments(draw: st.DrawFn, key: str) -> Department:
    special = draw(st.sampled_from([{}, {}, {date(2026, 3, 4): ()}]))
    return Department(
        key=key,
        name=f"Отдел {key}",
        head=draw(SOMEBODY),
        hours=Hours(
            week=draw(st.sampled_from([weekdays(9, 19), weekdays(9, 12)])), special=special
        ),
        strategy=draw(st.sampled_from(Strategy)),
        owner_ring_seconds=draw(RINGS),
        colleague_ring_seconds=draw(RINGS),
        mobile_ring_seconds=draw(RINGS),
        group_ring_seconds=draw(RINGS),
        wrap_up_seconds=draw(st.sampled_from([0, 0, 30])),
        confirm_mobile=draw(st.booleans()),
        after_hours=draw(st.sampled_from(AfterHoursRule)),
        duty_mobile=draw(SOMEBODY),
        last_resort=draw(st.sampled_from(LastResort)),
        voicemail=draw(st.sampled_from(["", "100@default"])),
        outgoing_line=draw(st.sampled_from(["", "trunk", "sip"])),
        absent_rule=draw(st.sampled_from(AbsentRule)),
        remember_last_talk=draw(st.booleans()),
    )


@st.composite
def managers(draw: st.DrawFn, key: str) -> Manager:
    number = int(key[1:])
    rules = st.dictionaries(st.sampled_from(Status), st.sampled_from(AbsentRule), max_size=3)
    return Manager(
        key=key,
        name=f"Менеджер {key}",
        department=draw(st.sampled_from(DEPARTMENTS)),
        extension=str(100 + number),
        pbx=draw(PBXES),
        dial=draw(st.sampled_from(["", "", "PJSIP/{extension}@cloud"])),
        mobile=draw(st.sampled_from([f"+7916000000{number}"] * 4 + ["", f"+37529111000{number}"])),
        deputy=draw(SOMEBODY),
        shifts=draw(SHIFTS),
        when_absent=draw(rules),
        takes_new_clients=draw(st.booleans()),
    )


@st.composite
def offices(draw: st.DrawFn) -> Office:
    patience = st.integers(min_value=5, max_value=90)
    resort = st.sampled_from([None, *LastResort])
    lines = {
        key: Line(
            key=key,
            number=f"7495000000{n}",
            name=f"Линия {key}",
            department=draw(st.sampled_from(DEPARTMENTS)),
            patience_seconds=draw(patience),
            last_resort=draw(resort),
        )
        for n, key in enumerate(["one", "two"])
    }
    outgoing = {
        key: OutgoingLine(key=key, pbx=draw(PBXES), dial="PJSIP/{number}@" + key)
        for key in draw(st.sampled_from([["trunk", "sip"], ["sip"], []]))
    }
    keys = draw(st.permutations(KEYS))[: draw(st.sampled_from([0, 1, 2, 4, 5, 6, 7]))]
    return Office(
        name="Окна",
        default_department="sales",
        departments={key: draw(departments(key)) for key in DEPARTMENTS},
        managers={key: draw(managers(key)) for key in keys},
        lines=lines,
        outgoing=outgoing,
    )


APPLICATIONS = st.builds(
    Application,
    key=st.sampled_from(["a1", "a2", "a3"]),
    open=st.booleans(),
    manager=SOMEBODY,
    changed_at=st.none() | st.integers(0, 9).map(lambda hours: BEGAN - timedelta(hours=hours)),
)
CLIENTS = st.builds(
    Client,
    key=st.sampled_from(["c1", "c2", "c3", "c4"]),
    name=st.sampled_from(["Ромашка", "{name}", "Лютик"]),
    owner=SOMEBODY,
    blocked=st.sampled_from([False] * 5 + [True]),
    switchboard=st.booleans(),
    applications=st.lists(APPLICATIONS, max_size=3, unique_by=lambda a: a.key).map(tuple),
)
PRESENCE = st.builds(
    Presence,
    status=st.sampled_from([Status.AVAILABLE] * 6 + list(Status)),
    phone=st.sampled_from(PhoneState),
    idle_since=st.none() | st.integers(0, 200).map(lambda s: BEGAN - timedelta(seconds=s)),
    promised=st.booleans(),
)
CALLERS = st.sampled_from(
    ["+79161112233", "101", "102", "103", "+79160000002", "+375291110003", "+7123", "", "8 800"]
)


@st.composite
def calls(draw: st.DrawFn) -> Call:
    caller = draw(CALLERS)
    return Call(
        office=draw(offices()),
        clients=tuple(draw(st.lists(CLIENTS, max_size=4, unique_by=lambda c: c.key))),
        outcome=draw(st.sampled_from(LookupOutcome)),
        presence=draw(st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS, PRESENCE))),
        caller=caller,
        number=HIDDEN if not caller else number_of(caller),
        line=draw(st.sampled_from(["74950000000", "+74950000001", "84950000001", "7", ""])),
        at=BEGAN + timedelta(hours=draw(MOMENTS)),
        pbx=draw(PBXES),
        last_talk=draw(SOMEBODY),
        round_robin=draw(st.integers(0, 100)),
    )


def in_full_swing(call: Call) -> Call:
    """The same call at noon in an open office whose people are on this exchange."""
    office = call.office
    open_all_day = Hours(week=weekdays(9, 19))
    people = {key: replace(m, pbx="main", shifts=()) for key, m in office.managers.items()}
    usual = {"hours": open_all_day, "head": "m1", "confirm_mobile": True, "mobile_ring_seconds": 20}
    places = {key: replace(d, **usual) for key, d in office.departments.items()}
    lines = {"trunk": OutgoingLine(key="trunk", pbx="main", dial="PJSIP/{number}@trunk")}
    there = {k: replace(p, status=Status.AVAILABLE) for k, p in call.presence.items() if k != "m0"}
    office = replace(office, managers=people, departments=places, outgoing=lines)
    clients = tuple(replace(client, blocked=False) for client in call.clients)
    at = BEGAN + timedelta(hours=3)
    return replace(call, office=office, at=at, pbx="main", presence=there, clients=clients)


NOONS = calls().map(in_full_swing)


def staff_of(decision: Decision) -> str:
    found = [r.about["manager"] for r in decision.reasons if r.why is Why.CALLER_STAFF]
    return found[0] if found else ""


def ringing(decision: Decision) -> Iterator[Step]:
    return (step for step in decision.plan.steps if step.kind is not StepKind.WAIT)


@EXAMPLES
@given(calls())
def test_the_same_call_is_decided_alike_and_ends_in_a_last_resort(call: Call) -> None:
    """`decide` never raises, asks no clock, and does not depend on the order of the matches."""
    decision = call.decided()
    assert decision == call.decided()
    assert decision == replace(call, clients=call.clients[::-1]).decided()
    assert decision.plan.ending in Ending
    assert decision.reasons[-1].why in {Why.ENDING, Why.ENDING_AT_ONCE}
    assert (decision.reasons[-1].why is Why.ENDING) is bool(decision.plan.steps)
    assert (decision.plan.ending is not Ending.VOICEMAIL) or decision.plan.voicemail


@EXAMPLES
@given(calls() | NOONS | NOONS)
def test_the_chain_is_never_longer_than_the_patience(call: Call) -> None:
    """And every step but the last wait is worth at least its ring."""
    decision = call.decided()
    line = call.office.lines.get(decision.line)
    assert decision.plan.patience_seconds == patience_of(line)
    assert decision.plan.longest_seconds <= decision.plan.patience_seconds
    for step in ringing(decision):
        assert step.ring_seconds >= 3
    for step in decision.plan.steps[:-1]:
        assert step.ring_seconds > 0


@EXAMPLES
@given(calls() | NOONS | NOONS)
def test_no_target_stands_twice_in_a_step_and_no_step_is_empty(call: Call) -> None:
    for step in call.decided().plan.steps:
        numbers = [target.number for target in step.targets]
        assert len(numbers) == len(set(numbers)) > 0
        kinds = {target.kind for target in step.targets}
        mobiles = {StepRole.HEAD_MOBILE, StepRole.OWN_MOBILE, StepRole.DUTY}
        assert kinds == {TargetKind.MOBILE if step.role in mobiles else TargetKind.PHONE}
        assert bool(step.confirm_seconds) is any(t.confirm for t in step.targets)


@EXAMPLES
@given(calls())
def test_nobody_absent_and_not_the_caller_himself_is_a_target(call: Call) -> None:
    decision = call.decided()
    scene = scene_of(call, decision)
    for step in decision.plan.steps:
        for target in step.targets:
            manager = call.office.managers[target.manager]
            assert manager.key != staff_of(decision)
            assert target.pbx == call.pbx or (target.dial and target.kind is TargetKind.PHONE)
            if target.kind is TargetKind.PHONE:
                assert status_now(scene, manager) is Status.AVAILABLE
            elif step.role is not StepRole.OWN_MOBILE:
                assert scene.presence(manager).status is not Status.DO_NOT_DISTURB


@EXAMPLES
@given(calls() | NOONS | NOONS)
def test_the_first_target_of_a_step_can_answer_as_far_as_is_known(call: Call) -> None:
    """No second is planned for a phone that talks, rings, pauses or is not registered."""
    decision = call.decided()
    scene = scene_of(call, decision)
    for step in ringing(decision):
        first = step.targets[0]
        phone = scene.presence(call.office.managers[first.manager]).phone
        if first.kind is TargetKind.PHONE:
            assert phone in {PhoneState.FREE, PhoneState.UNKNOWN}


@EXAMPLES
@given(calls())
def test_hours_go_before_the_owner(call: Call) -> None:
    decision = call.decided()
    department = call.office.departments[decision.department]
    closed = not is_open(department.hours, call.at, call.calendar).open
    if closed and department.after_hours is not AfterHoursRule.RING:
        assert {step.role for step in decision.plan.steps} <= {StepRole.DUTY}


@EXAMPLES
@given(calls() | NOONS | NOONS)
def test_a_caller_who_may_be_waited_for_is_not_sent_away_early(call: Call) -> None:
    """A plan that rings a phone of the department ends in a wait; two waits never touch."""
    plan = call.decided().plan
    if any(t.kind is TargetKind.PHONE for step in plan.steps for t in step.targets):
        assert (plan.steps[-1].kind, plan.steps[-1].ring_seconds) == (StepKind.WAIT, 0)
    for before, after in pairwise(plan.steps):
        assert StepKind.WAIT not in {before.kind} & {after.kind}


@EXAMPLES
@given(calls() | NOONS | NOONS)
def test_everybody_who_is_passed_over_is_named_in_a_reason(call: Call) -> None:
    """Who belongs to the department (or owns the client) and is in no step is told of."""
    decision = call.decided()
    whys = {reason.why for reason in decision.reasons}
    asked = whys & {Why.STEP_WAIT_REST, Why.NOBODY_REACHABLE, Why.STEP_HEAD_MOBILE}
    if not asked:
        return
    wanted = {m.key for m in call.office.members(decision.department)}
    wanted |= {decision.owner} - {""}
    targets = {t.manager for step in decision.plan.steps for t in step.targets}
    told = " ".join(f"{r.about.get('manager')} {r.about.get('names')}" for r in decision.reasons)
    assert {key for key in wanted - targets if key not in told} == set()


@EXAMPLES
@given(calls())
def test_every_reason_is_a_sentence_without_an_unfilled_gap(call: Call) -> None:
    for reason in call.decided().reasons:
        for sentences in (explain._EN, explain._RU):
            gaps = {name for _, name, _, _ in Formatter().parse(sentences[reason.why]) if name}
            assert gaps <= reason.about.keys()
        for language in ("en", "ru"):
            assert explain.sentence(reason, language).endswith(".")
        assert all(_is_translated(reason, gap) for gap in reason.about)


def _is_translated(reason: Reason, gap: str) -> bool:
    words: Mapping[str, Mapping[str, str]] | None = explain._WORDS.get(gap)
    return words is None or all(reason.about[gap] in known for known in words.values())


def scene_of(call: Call, decision: Decision) -> Scene:
    return Scene(
        facts=call.facts(),
        office=call.office,
        department=call.office.departments[decision.department],
        calendar=call.calendar,
        at=call.at,
        pbx=call.pbx,
    )
