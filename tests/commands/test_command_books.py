"""`dozvon books`: the day balances, or every difference is a sentence and code 1."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dozvon.commands.terminal.exits import Exit

PBX = """
[[pbx]]
key = "main"
systemname = "pbx1"
ami_user = "a"
ami_secret = "b"
journal_user = "c"
journal_secret = "d"
trunks = ["trunk"]
cdr = "custom:{file}"
cdr_columns = ["start", "channel", "dstchannel", "src", "dst", "dcontext", "disposition", "uniqueid"]
"""


@pytest.fixture
def booked(bare: Any, ended: Any, office: Path) -> Any:
    """Two calls an hour and half an hour ago, in the log; `records` writes the PBX's own."""
    file = bare.folder / "calls.csv"
    settings = bare.folder / "dozvon.toml"
    settings.write_text(settings.read_text("utf-8") + PBX.format(file=file), "utf-8")
    settings.chmod(0o600)
    moment, bare.clock = bare.clock, datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    bare.fine("office", "apply", str(office), "--yes")
    bare.clock = moment
    bare.record(ended("pbx1-1.1", 60), ended("pbx1-2.2", 30, answered_by="101"))
    return bare


@pytest.fixture
def office() -> Path:
    return Path(__file__).parents[2] / "config" / "examples" / "office.toml"


def records(terminal: Any, *rows: tuple[str, int, str]) -> None:
    lines = []
    for call_id, minutes_ago, how in rows:
        at = terminal.clock.timestamp() - 60 * minutes_ago
        cells = (
            at,
            "PJSIP/trunk-1",
            "PJSIP/101-1",
            "79161234567",
            "s",
            "dozvon-plan",
            how,
            call_id,
        )
        lines.append(",".join(f'"{cell}"' for cell in cells))
    (terminal.folder / "calls.csv").write_text("\n".join(lines) + "\n", "utf-8")


def test_books_that_balance_are_good_news(booked: Any) -> None:
    records(booked, ("pbx1-1.1", 60, "NO ANSWER"), ("pbx1-2.2", 30, "ANSWERED"))
    told = booked.fine("books")
    assert "The books balance." in told
    found = booked.json("books")
    assert found["balanced"]
    [account] = found["accounts"]
    assert (account["in_records"], account["answered"], account["missed"]) == (2, 1, 1)


def test_a_difference_is_a_sentence_and_code_one(booked: Any) -> None:
    records(
        booked,
        ("pbx1-1.1", 60, "NO ANSWER"),
        ("pbx1-2.2", 30, "ANSWERED"),
        ("pbx1-3.3", 20, "NO ANSWER"),
    )
    done = booked.run("books")
    assert done.exit_code == Exit.FOUND
    assert "+7 916 123-45-67 called: the PBX recorded it (pbx1-3.3)" in done.stdout
    [found] = booked.json("books", code=Exit.FOUND)["differences"]
    assert (found["kind"], found["call"]) == ("not_logged", "pbx1-3.3")


def test_another_day_and_another_line_have_books_of_their_own(booked: Any) -> None:
    records(booked, ("pbx1-1.1", 60, "NO ANSWER"), ("pbx1-2.2", 30, "ANSWERED"))
    assert booked.json("books", "--day", "2026-02-20")["accounts"] == []
    assert booked.run("books", "--line", "no such line").exit_code == Exit.FOUND


def test_records_that_cannot_be_read_are_no_empty_day(booked: Any) -> None:
    done = booked.run("books")
    assert done.exit_code == Exit.FOUND
    assert "cannot be read" in done.stdout


def test_without_call_records_the_command_says_what_to_set(terminal: Any) -> None:
    done = terminal.run("books")
    assert done.exit_code == Exit.REFUSED
    assert "set cdr" in done.stderr
