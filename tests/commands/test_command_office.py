"""`dozvon office`: a file with a mistake changes nothing, and nothing changes unseen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dozvon.commands.terminal.exits import Exit

OFFICE = Path(__file__).parents[2] / "config" / "examples" / "office.toml"


def test_a_right_file_is_counted(bare: Any) -> None:
    assert "2 departments, 6 managers, 3 lines" in bare.fine("office", "check", str(OFFICE))


def test_checking_needs_no_database_and_makes_none(bare: Any) -> None:
    bare.fine("office", "check", str(OFFICE))
    assert not bare.database.exists()


def test_findings_of_the_linter_are_shown_and_end_with_code_1(bare: Any, tmp_path: Path) -> None:
    file = tmp_path / "o.toml"
    file.write_text(OFFICE.read_text("utf-8").replace('"60 s"', '"20 s"'), "utf-8")
    done = bare.run("office", "check", str(file))
    assert done.exit_code == Exit.FOUND
    found = bare.json("office", "check", str(file), code=Exit.FOUND)["findings"]
    assert {"id", "severity", "path", "sentence"} == set(found[0])
    assert all(finding["sentence"] in done.stdout for finding in found)


@pytest.mark.parametrize("command", ["check", "apply"])
def test_mistakes_are_all_told_with_their_lines_and_nothing_changes(
    terminal: Any, tmp_path: Path, command: str
) -> None:
    file = tmp_path / "o.toml"
    broken = OFFICE.read_text("utf-8").replace('extension = "101"', 'extension = "1O1"')
    file.write_text(broken.replace('"9:00-19:00"', '"9:00-29:00"'), "utf-8")
    done = terminal.run("office", command, str(file), *(["--yes"] if command == "apply" else []))
    assert done.exit_code == Exit.WRONG
    assert done.stderr.count("o.toml:") == 2
    assert terminal.json("office", "show")["version"] == 1


def test_a_file_that_is_not_there_is_a_sentence(bare: Any) -> None:
    done = bare.run("office", "check", "/no/such.toml")
    assert done.exit_code == Exit.WRONG
    assert "/no/such.toml" in done.stderr


def test_the_difference_is_shown_before_the_question(terminal: Any, tmp_path: Path) -> None:
    file = tmp_path / "o.toml"
    file.write_text(
        OFFICE.read_text("utf-8").replace('extension = "101"', 'extension = "111"'), "utf-8"
    )
    done = terminal.run("office", "apply", str(file), typed="n\n")
    assert done.exit_code == Exit.REFUSED
    assert "101 → 111" in done.stdout
    assert done.stdout.index("101 → 111") < done.stdout.index("Apply?")
    assert terminal.json("office", "show")["version"] == 1


def test_yes_applies_and_makes_the_database_at_need(bare: Any) -> None:
    found = bare.json("office", "apply", str(OFFICE), "--yes")
    assert found["version"] == 1
    assert {change["path"] for change in found["changes"]} >= {"managers.ivanova", "lines.main"}
    assert bare.database.exists()


def test_an_answered_question_applies(bare: Any) -> None:
    assert "version 1" in bare.fine("office", "apply", str(OFFICE), typed="y\n")


def test_a_program_is_never_asked(bare: Any) -> None:
    """`--json` without `--yes` applies nothing and does not wait for an answer."""
    assert bare.run("office", "apply", str(OFFICE), "--json").exit_code == Exit.REFUSED
    assert not bare.database.exists()


def test_the_same_file_again_is_no_new_version(terminal: Any) -> None:
    assert "applied already: version 1" in terminal.fine("office", "apply", str(OFFICE))


def test_what_is_shown_can_be_written_to_a_file_again(terminal: Any) -> None:
    assert terminal.fine("office", "show") == OFFICE.read_text("utf-8")


def test_an_earlier_version_can_be_shown(terminal: Any, tmp_path: Path) -> None:
    file = tmp_path / "o.toml"
    file.write_text(OFFICE.read_text("utf-8") + "\n# newer\n", "utf-8")
    terminal.fine("office", "apply", str(file), "--yes", "--note", "a comment")
    assert "# newer" in terminal.fine("office", "show")
    assert "# newer" not in terminal.fine("office", "show", "--version", "1")
    assert terminal.json("office", "show")["note"] == "a comment"
    assert terminal.run("office", "show", "--version", "9").exit_code == Exit.FOUND


def test_russian_is_spoken_where_it_is_asked_for(bare: Any) -> None:
    bare.language = "ru"
    assert "файл верен" in bare.fine("office", "check", str(OFFICE))
    assert "Первый офис" in bare.fine("office", "apply", str(OFFICE), "--yes")
    assert json.loads(bare.fine("office", "show", "--json"))["by"]
