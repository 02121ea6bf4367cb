"""`dozvon status`: what people say of themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dozvon.commands.terminal.exits import Exit
from router.office import Status
from storage.statuses import StatusRow


def status_of(terminal: Any, manager: str) -> Any:
    return next(s for s in terminal.json("status")["statuses"] if s["manager"] == manager)


def test_everybody_is_available_until_he_says_otherwise(terminal: Any) -> None:
    found = terminal.json("status")["statuses"]
    assert [s["extension"] for s in found] == ["101", "102", "103", "104", "105", "106"]
    assert {s["status"] for s in found} == {"available"}


@pytest.mark.parametrize("who", ["petrov", "102", "Пётр Петров", "петров"])
def test_a_manager_is_found_by_key_extension_or_name(terminal: Any, who: str) -> None:
    terminal.fine("status", who, "away")
    assert status_of(terminal, "petrov")["status"] == "away"


@pytest.mark.parametrize(
    "text", ["do_not_disturb", "do-not-disturb", "DO NOT DISTURB", "не беспокоить"]
)
def test_a_status_is_understood_however_it_is_written(terminal: Any, text: str) -> None:
    terminal.fine("status", "101", text)
    assert status_of(terminal, "ivanova")["status"] == "do_not_disturb"


def test_a_status_may_end_by_itself(terminal: Any) -> None:
    terminal.fine("status", "101", "lunch", "--until", "14:00", "--by", "sokolova")
    found = status_of(terminal, "ivanova")
    assert (found["until"], found["by"]) == ("2026-03-02T11:00:00Z", "sokolova")
    said = terminal.fine("status", "101").splitlines()
    assert said[1].split() == [
        "Анна",
        "Иванова",
        "101",
        "Продажи",
        "lunch",
        "2026-03-02",
        "12:00",
        "2026-03-02",
        "14:00",
    ]


def test_a_status_that_ended_is_over(terminal: Any) -> None:
    now = terminal.clock
    since = now - timedelta(hours=2)
    row = StatusRow(manager="ivanova", status=Status.LUNCH, since=since, until=now, by="x")
    terminal.write(lambda uow: uow.statuses.set(row))
    assert status_of(terminal, "ivanova")["status"] == "available"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["nobody", "lunch"], Exit.FOUND),
        (["а", "lunch"], Exit.FOUND),
        (["101", "sleeping"], Exit.WRONG),
        (["101", "lunch", "--until", "11:59"], Exit.WRONG),
        (["101", "lunch", "--until", "soon"], Exit.WRONG),
        (["101", "lunch", "--by", "nobody"], Exit.FOUND),
        (["101", "--until", "14:00"], Exit.WRONG),
        (["101", "lunch", "now"], Exit.WRONG),
    ],
)
def test_what_cannot_be_done_changes_nothing(terminal: Any, words: list[str], code: Exit) -> None:
    assert terminal.run("status", *words).exit_code == code
    assert {s["status"] for s in terminal.json("status")["statuses"]} == {"available"}


def test_without_an_office_there_is_nobody(bare: Any) -> None:
    bare.fine("db", "migrate")
    assert bare.run("status").exit_code == Exit.REFUSED
