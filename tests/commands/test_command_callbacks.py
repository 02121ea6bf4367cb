"""`dozvon callbacks`: the list, and what people do to it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dozvon.commands.terminal.exits import Exit


@pytest.fixture
def owed(terminal: Any, ended: Any) -> Any:
    """Two clients were missed, one of them twice."""
    terminal.record(
        ended("pbx1-1.1", 90),
        ended("pbx1-2.2", 80),
        ended("pbx1-3.3", 30, number="74951112233"),
    )
    return terminal


def items(terminal: Any) -> list[Any]:
    return list(terminal.json("callbacks")["callbacks"])


def test_every_missed_client_is_one_item_oldest_first(owed: Any) -> None:
    found = items(owed)
    assert [item["number"] for item in found] == ["+79161234567", "+74951112233"]
    assert [len(item["missed"]) for item in found] == [2, 1]


def test_people_read_who_when_and_how_often(owed: Any) -> None:
    lines = owed.fine("callbacks").splitlines()
    assert lines[1].startswith("2026-03-02 10:40  2 ")
    assert "+7 916 123-45-67" in lines[1]


def test_an_empty_list_is_good_news(terminal: Any) -> None:
    assert "Nothing is owed" in terminal.fine("callbacks")
    assert terminal.json("callbacks") == {"callbacks": []}


def test_an_item_is_taken_and_given_back(owed: Any) -> None:
    item = items(owed)[0]["id"]
    assert owed.json("callbacks", "take", item, "--by", "101")["taken_by"] == "ivanova"
    assert "Анна Иванова" in owed.fine("callbacks")
    owed.clock += timedelta(seconds=1)
    owed.fine("callbacks", "give-back", item, "--by", "ivanova")
    assert items(owed)[0]["taken_by"] == ""


def test_an_item_that_is_not_needed_leaves_the_list(owed: Any) -> None:
    first, second = (item["id"] for item in items(owed))
    said = owed.fine("callbacks", "not-needed", first, "--by", "Петров", "--note", "spam")
    assert said.startswith("Пётр Петров closed")
    assert [item["id"] for item in items(owed)] == [second]


def test_a_unique_ending_names_an_item(owed: Any) -> None:
    first, second = (item["id"] for item in items(owed))
    ending = next(first[-n:] for n in range(1, len(first)) if not second.endswith(first[-n:]))
    assert owed.json("callbacks", "take", ending, "--by", "101")["id"] == first


def test_what_is_closed_cannot_be_closed_again(owed: Any) -> None:
    item = items(owed)[0]["id"]
    owed.fine("callbacks", "not-needed", item, "--by", "101", "--reason", "spam")
    done = owed.run("callbacks", "take", item, "--by", "102")
    assert done.exit_code == Exit.REFUSED
    assert "Traceback" not in done.stderr


def test_nobody_unknown_takes_an_item(owed: Any) -> None:
    done = owed.run("callbacks", "take", items(owed)[0]["id"], "--by", "999")
    assert done.exit_code == Exit.FOUND
    assert "ivanova (101, Анна Иванова)" in done.stderr
    assert items(owed)[0]["taken_by"] == ""


def test_who_does_it_must_be_said(owed: Any) -> None:
    assert owed.run("callbacks", "take", items(owed)[0]["id"]).exit_code == Exit.WRONG
