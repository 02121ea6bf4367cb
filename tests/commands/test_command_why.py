"""`dozvon why`: the administrator's question, answered in sentences."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dozvon.commands.terminal.exits import Exit
from router.office import LastResort
from router.plan import (
    Decision,
    Ending,
    Plan,
    Reason,
    Step,
    StepKind,
    StepRole,
    Target,
    TargetKind,
    Why,
)
from storage.records import MadeDecision, TrailEntry, Way

DECISION = Decision(
    plan=Plan(
        steps=(
            Step(
                kind=StepKind.ONE,
                role=StepRole.OWNER,
                targets=(Target(kind=TargetKind.PHONE, manager="ivanova", number="101"),),
                ring_seconds=15,
            ),
            Step(
                kind=StepKind.ONE,
                role=StepRole.HEAD_MOBILE,
                targets=(
                    Target(
                        kind=TargetKind.MOBILE,
                        manager="sokolova",
                        number="+79161230103",
                        confirm=True,
                    ),
                ),
                ring_seconds=20,
                confirm_seconds=8,
            ),
        ),
        ending=Ending.from_last_resort(LastResort.MESSAGE),
        patience_seconds=60,
    ),
    reasons=(Reason(why=Why.CLIENT_FOUND, about={"client": "Ромашка"}),),
    line="main",
    department="sales",
    client="c1",
    client_name="Ромашка",
    owner="ivanova",
    office_version=1,
)
TRAIL = (
    {"step": "1", "who": ["ivanova/101"], "what": "rang", "seconds": 15, "result": "NOANSWER"},
    {"step": "2", "who": ["petrov/102"], "what": "lunch", "seconds": None, "result": ""},
    {
        "step": "2",
        "who": ["sokolova/+79161230103"],
        "what": "rang",
        "seconds": 9,
        "result": "CANCEL",
    },
    {"step": "3", "who": [], "what": "waited", "seconds": 6, "result": ""},
)


@pytest.fixture
def log(terminal: Any, ended: Any) -> Any:
    began = ended("pbx1-1771000000.17").call.began_at
    trail = TrailEntry(
        call_id="pbx1-1771000000.17",
        pbx="main",
        entry="dozvon/ended/1/x",
        raw="1|…",
        at=began,
        reported={"way": "plan", "trail": list(TRAIL)},
    )
    missed = ended(
        "pbx1-1771000000.17",
        made=MadeDecision(made_at=began, decision=DECISION),
        trail=(trail,),
        way=Way.PLAN,
        client="c1",
        client_name="Ромашка",
        owner="ivanova",
        department="sales",
        disagreement="disposition: events answered, journal missed",
    )
    terminal.record(
        missed, ended("pbx1-1771000999.18", 90, answered_by="101", number="74951112233")
    )
    return terminal


def test_the_story_tells_decision_trail_end_and_callback(log: Any) -> None:
    said = log.fine("why", "last")
    for sentence in (
        "2026-03-02 11:00:00  +7 916 123-45-67 → line Основной номер",
        "Client: Ромашка (c1).",
        "The client's manager: Анна Иванова.",
        "  • Ромашка is calling.",
        "Мария Соколова, mobile +7 916 123-01-03 (press 1)",
        "step 1: Анна Иванова (101) rang 15 s, no answer",
        "step 2: Пётр Петров (102) passed over: at lunch",
        "step 2: Мария Соколова (+7 916 123-01-03) rang 9 s, the caller hung up",
        "step 3: waited 6 s for somebody to be free",
        "Ended: missed: the caller hung up.",
        "the journal is believed: disposition: events answered, journal missed.",
        "Callback: ",
    ):
        assert sentence in said, said


def test_the_same_story_is_told_in_russian(log: Any) -> None:
    log.language = "ru"
    said = log.fine("why", "last")
    assert "шаг 2: Пётр Петров (102) — пропущен: обед" in said
    assert "Итог: пропущен: звонящий положил трубку." in said


def test_a_call_without_a_journal_is_told_by_its_legs(log: Any) -> None:
    said = log.fine("why", "pbx1-1771000999.18")
    assert "at 1 s: Анна Иванова (101) rang 4 s, answered, talk 0:25" in said
    assert "Ended: answered by Анна Иванова (101), talk 0:25." in said
    assert "did not come through the service" in said


def test_a_call_that_failed_open_says_why(terminal: Any, ended: Any) -> None:
    call = ended("pbx1-7.7", way=Way.FAIL_OPEN)
    trail = TrailEntry(
        call_id="pbx1-7.7",
        pbx="main",
        entry="e",
        raw="…",
        at=call.call.began_at,
        reported={"service": "HUNG", "trail": []},
    )
    terminal.record(ended("pbx1-7.7", way=Way.FAIL_OPEN, trail=(trail,)))
    assert "did not answer the PBX (it hung)" in terminal.fine("why", "last")


@pytest.mark.parametrize("text", ["pbx1-1771000000.17", "pbx1-17710000", ".17", "last"])
def test_a_call_is_found_by_its_id_a_beginning_an_ending_or_last(log: Any, text: str) -> None:
    assert log.json("why", text)["id"] == "pbx1-1771000000.17"


@pytest.mark.parametrize("text", ["nothing", "", "%", "_"])
def test_an_unknown_call_is_code_1(log: Any, text: str) -> None:
    done = log.run("why", text)
    assert (done.exit_code, "There is no call" in done.stderr) == (Exit.FOUND, True)


def test_several_calls_are_named_instead_of_guessed(log: Any) -> None:
    done = log.run("why", "pbx1-1771000")
    assert done.exit_code == Exit.FOUND
    assert "pbx1-1771000000.17" in done.stderr
    assert "pbx1-1771000999.18" in done.stderr


def test_last_without_calls_says_so(terminal: Any) -> None:
    done = terminal.run("why", "last")
    assert (done.exit_code, done.stderr.strip()) == (Exit.FOUND, "There are no calls yet.")


def test_a_step_begins_when_the_one_before_is_over_with_its_question() -> None:
    """A mobile may take eight seconds more than it rings."""
    plan = replace(DECISION.plan, steps=DECISION.plan.steps[::-1])
    assert [at for at, _ in replace(DECISION, plan=plan).plan.steps_in_time()] == [0, 28]


def test_json_tells_everything_in_stable_names(log: Any) -> None:
    found = log.json("why", "last")
    assert found["disposition"] == "missed"
    assert found["decision"]["made_at"] == "2026-03-02T08:00:00Z"
    assert [step["at_seconds"] for step in found["decision"]["steps"]] == [0, 15]
    assert found["decision"]["reasons"][0]["sentence"] == "Ромашка is calling."
    assert found["trail"] == [dict(item) for item in TRAIL]
    assert found["legs"][0]["target"] == "101"
    assert found["callback"]
