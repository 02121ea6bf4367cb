"""`dozvon calls`: the log, narrowed by what people know."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from dozvon.commands.terminal.exits import Exit
from router.calls import Direction, Disposition


@pytest.fixture
def log(terminal: Any, ended: Any) -> Any:
    """Five calls; the newest began an hour ago, at 11:00 in Moscow."""
    terminal.record(
        ended("pbx1-1.1", 60),
        ended("pbx1-2.2", 120, answered_by="101", number="74951112233"),
        ended("pbx1-3.3", 60 * 24, line="84951230002"),
        ended("pbx1-4.4", 60 * 48, number="anonymous"),
        ended(
            "pbx1-5.5",
            180,
            direction=Direction.OUTBOUND,
            caller="102",
            line="79161234567",
            disposition=Disposition.BUSY,
            reason=None,
        ),
    )
    return terminal


def ids(found: Any) -> list[str]:
    return [call["id"][-1] for call in found["calls"]]


def test_calls_come_newest_first(log: Any) -> None:
    assert ids(log.json("calls")) == ["1", "2", "5", "3", "4"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--day", "today"], ["1", "2", "5"]),
        (["--day", "yesterday"], ["3"]),
        (["--day", "2026-02-28"], ["4"]),
        (["--day", "28.02.2026"], ["4"]),
        (["--since", "10:00"], ["1", "2"]),
        (["--since", "10:00:01"], ["1"]),
        (["--until", "2026-03-02T07:00:00Z"], ["5", "3", "4"]),
        (["--disposition", "answered"], ["2"]),
        (["--who", "101"], ["1", "2", "5", "3", "4"]),
        (["--who", "petrov"], ["5"]),
        (["--number", "8 916 123-45-67"], ["1", "5", "3"]),
        (["--line", "main"], ["1", "2", "4"]),
        (["--line", "service"], ["3"]),
        (["--limit", "2"], ["1", "2"]),
        (["--line", "main", "--limit", "1"], ["1"]),
    ],
)
def test_what_is_asked_for_is_shown(log: Any, words: list[str], expected: list[str]) -> None:
    assert ids(log.json("calls", *words)) == expected


def test_a_line_is_one_line_however_its_number_came(terminal: Any, ended: Any) -> None:
    """The limit counts over all spellings."""
    spellings = ("74951230001", "+74951230001", "84951230001", "4951230001", "74951230002")
    terminal.record(*(ended(f"x.{i}", i, line=line) for i, line in enumerate(spellings)))
    assert ids(terminal.json("calls", "--line", "main")) == ["0", "1", "2", "3"]
    assert ids(terminal.json("calls", "--line", "main", "--limit", "3")) == ["0", "1", "2"]


def test_no_such_calls_is_code_1_and_an_empty_list(log: Any) -> None:
    assert log.json("calls", "--day", "2020-01-01", code=Exit.FOUND) == {"calls": []}
    assert "no such calls" in log.run("calls", "--day", "2020-01-01").stderr


@pytest.mark.parametrize(
    "words",
    [
        ["--day", "someday"],
        ["--since", "late"],
        ["--day", "today", "--since", "10:00"],
        ["--disposition", "lost"],
        ["--number", "нет"],
        ["--limit", "many"],
    ],
)
def test_a_filter_that_means_nothing_is_wrong_usage(log: Any, words: list[str]) -> None:
    assert log.run("calls", *words).exit_code == Exit.WRONG


def test_people_read_names_times_and_formatted_numbers(log: Any) -> None:
    lines = log.fine("calls", "--day", "today").splitlines()
    assert lines[1].split("  ")[0] == "2026-03-02 11:00:00"
    assert "+7 916 123-45-67" in lines[1]
    assert "missed: the caller hung up" in lines[1]
    assert "Анна Иванова (101)" in lines[2]
    assert "0:25" in lines[2]
    assert "Пётр Петров (102)" in lines[3]


def test_a_hostile_caller_name_cannot_steer_the_terminal(terminal: Any, ended: Any) -> None:
    name = "\x1b]0;owned\x07\u202eevil\nline"
    terminal.record(ended("pbx1-9.9", client="k", client_name=name, caller_name=name))
    for words in (("calls",), ("why", "last")):
        said = terminal.fine(*words)
        assert not {"\x1b", "\x07", "\u202e"} & set(said)
        assert "\nline" not in said


def test_without_a_database_it_says_what_to_do(bare: Any) -> None:
    done = bare.run("calls")
    assert done.exit_code == Exit.UNREACHABLE
    assert "dozvon db migrate" in done.stderr
    assert not bare.database.exists()


def test_a_file_that_is_no_database_is_a_sentence(bare: Any) -> None:
    bare.database.parent.mkdir()
    bare.database.write_bytes(b"no database " * 1000)
    done = bare.run("calls")
    assert done.exit_code == Exit.UNREACHABLE
    assert "Traceback" not in done.stderr


def test_tables_of_another_version_are_a_sentence(bare: Any) -> None:
    """A database whose tables are gone says how to bring them back."""
    bare.fine("db", "migrate")
    with sqlite3.connect(bare.database) as connection:
        connection.execute("DROP TABLE office_versions")
    connection.close()
    done = bare.run("calls")
    assert done.exit_code == Exit.UNREACHABLE
    assert "dozvon db migrate" in done.stderr


def test_a_foreign_number_is_asked_for_as_the_exchange_shows_it(terminal: Any, ended: Any) -> None:
    terminal.record(ended("pbx1-1.1", 60, number="+971501234567"), ended("pbx1-2.2", 120))
    assert ids(terminal.json("calls", "--number", "971501234567")) == ["1"]
