"""`dozvon callbacks`: the list, and what people do to it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dozvon.commands.terminal.exits import Exit
from router.calls import Direction

OFFICE = Path(__file__).parents[2] / "config" / "examples" / "office.toml"


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


def test_what_somebody_has_another_cannot_take(owed: Any) -> None:
    item = items(owed)[0]["id"]
    owed.fine("callbacks", "take", item, "--by", "101")
    done = owed.run("callbacks", "take", item, "--by", "102")
    assert done.exit_code == Exit.REFUSED
    assert "ivanova took" in done.stderr
    owed.clock += timedelta(minutes=31)
    assert owed.json("callbacks", "take", item, "--by", "102")["taken_by"] != "ivanova"


def test_the_lease_is_a_setting(owed: Any) -> None:
    file = owed.folder / "dozvon.toml"
    file.write_text(file.read_text("utf-8") + "[callbacks]\nlease_minutes = 5\n", "utf-8")
    taken = owed.json("callbacks", "take", items(owed)[0]["id"], "--by", "101")
    assert taken["taken_until"] == "2026-03-02T09:05:00Z"


def test_a_note_and_a_promised_hour_stand_beside_the_item(owed: Any) -> None:
    item = items(owed)[0]["id"]
    owed.fine("callbacks", "note", item, "--by", "101", "--note", "after lunch", "--at", "15:00")
    line = next(ln for ln in owed.fine("callbacks").splitlines() if item in ln)
    assert "promised 2026-03-02 15:00; after lunch" in line
    assert owed.run("callbacks", "note", item, "--by", "101").exit_code == Exit.WRONG


def test_a_voicemail_needs_a_call_from_us(owed: Any) -> None:
    done = owed.run("callbacks", "voicemail", items(owed)[0]["id"], "--by", "101")
    assert done.exit_code == Exit.REFUSED


def test_the_morning_is_split_among_those_on_shift(owed: Any) -> None:
    found = owed.json("callbacks", "--morning")
    dealt = [item["id"] for share in found["shares"] for item in share["callbacks"]]
    assert sorted(dealt) == sorted(item["id"] for item in items(owed))
    assert ": 1" in owed.fine("callbacks", "--morning")


def test_a_managers_own_part_can_be_asked_for(owed: Any) -> None:
    item = items(owed)[0]["id"]
    owed.fine("callbacks", "take", item, "--by", "101")
    mine = owed.json("callbacks", "--mine", "102")["callbacks"]
    assert item not in [found["id"] for found in mine]


def test_a_day_is_reported(owed: Any, ended: Any) -> None:
    out = {"direction": Direction.OUTBOUND, "caller": "101", "line": "79161234567"}
    owed.record(ended("pbx1-9.9", 60, answered_by="101", **out))
    found = owed.json("callbacks", "report", "--day", "today")
    assert (found["items"], found["needed"], found["reached"]) == (2, 2, 1)
    assert found["median_seconds"] == 30 * 60
    assert "Clients missed: 2" in owed.fine("callbacks", "report")


def test_a_report_tells_the_same_extension_of_two_exchanges_apart(
    terminal: Any, ended: Any
) -> None:
    office = OFFICE.read_text("utf-8")
    two = terminal.folder / "two.toml"
    two.write_text(office.replace('"104"', '"101"\npbx = "spb"'), "utf-8")
    terminal.fine("office", "apply", str(two), "--yes")
    terminal.record(ended("pbx1-1.1", 90), ended("pbx2-2.2", 80, pbx="spb"))
    report = terminal.fine("callbacks", "report")
    assert "Анна Иванова (main/101)" in report
    assert "Дмитрий Орлов (spb/101)" in report
    people = terminal.json("callbacks", "report")["people"]
    assert [(p["person"], p["pbx"], p["missed_rings"]) for p in people] == [
        ("101", "main", 1),
        ("101", "spb", 1),
    ]


def test_who_does_it_must_be_said(owed: Any) -> None:
    assert owed.run("callbacks", "take", items(owed)[0]["id"]).exit_code == Exit.WRONG
