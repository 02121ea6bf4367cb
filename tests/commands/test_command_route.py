"""`dozvon route`: the dry run decides as the live service does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dozvon.commands.terminal.exits import Exit

OFFICE = Path(__file__).parents[2] / "config" / "examples" / "office.toml"
CSV = "Имя;Телефон;Менеджер\nРомашка;+7 916 123-45-67;ivanova\n"
CALL = ("route", "--line", "main", "--from", "89161234567")


@pytest.fixture
def known(terminal: Any) -> Any:
    """An office with one client, Anna Ivanova's."""
    (terminal.folder / "c.csv").write_text(CSV, "utf-8")
    terminal.fine("clients", "import", str(terminal.folder / "c.csv"))
    return terminal


def rings(found: Any) -> list[tuple[int, str, list[str]]]:
    """When, why and whom."""
    steps = found["steps"]
    return [(s["at_seconds"], s["role"], [t["number"] for t in s["targets"]]) for s in steps]


def test_a_client_rings_at_his_manager_first(known: Any) -> None:
    found = known.json(*CALL, "--at", "12:00")
    assert (found["client_name"], found["owner"]) == ("Ромашка", "ivanova")
    assert rings(found)[0] == (0, "owner", ["101"])
    assert rings(found)[1][0::2] == (15, ["102", "103"])


def test_a_status_of_the_database_counts(known: Any) -> None:
    known.fine("status", "ivanova", "lunch")
    found = known.json(*CALL, "--at", "12:00")
    assert "101" not in [number for _, _, numbers in rings(found)[:1] for number in numbers]
    assert "skipped-status" in [reason["why"] for reason in found["reasons"]]


def test_a_status_that_is_over_by_then_does_not_count(known: Any) -> None:
    known.fine("status", "ivanova", "lunch", "--until", "13:00")
    assert rings(known.json(*CALL, "--at", "12:59"))[0][2] != ["101"]
    assert rings(known.json(*CALL, "--at", "13:00"))[0][2] == ["101"]


def test_a_time_without_a_zone_is_the_departments(known: Any) -> None:
    assert known.json(*CALL, "--at", "2026-03-03 18:59")["steps"]
    assert known.json(*CALL, "--at", "2026-03-03 19:00")["ending"] == "message_closed"
    assert known.json(*CALL, "--at", "2026-03-03T15:59:00Z")["steps"]
    assert known.json(*CALL, "--at", "2026-03-03 18:59")["at"] == "2026-03-03T15:59:00Z"


@pytest.mark.parametrize("line", ["main", "Основной номер", "74951230001", "8 (495) 123-00-01"])
def test_a_line_is_found_by_key_name_or_number(known: Any, line: str) -> None:
    found = known.json("route", "--line", line, "--from", "101", "--at", "12:00")
    assert found["line"] == "main"


def test_an_unknown_line_belongs_to_the_default_department(known: Any) -> None:
    found = known.json("route", "--line", "999", "--from", "101", "--at", "12:00")
    assert (found["line"], found["department"]) == ("", "sales")


def test_the_text_tells_seconds_people_and_reasons(known: Any) -> None:
    said = known.fine(*CALL, "--at", "12:00")
    assert "caller +7 916 123-45-67, 2026-03-02 12:00:00 (Europe/Moscow)" in said
    assert "0 s     the client's manager  Анна Иванова (101)" in said
    assert "  • Ромашка is calling." in said.splitlines()


def test_the_same_story_is_told_in_russian(known: Any) -> None:
    known.language = "ru"
    assert "  • Звонит клиент: Ромашка." in known.fine(*CALL, "--at", "12:00").splitlines()


def test_an_office_file_can_be_tried_without_a_database(bare: Any) -> None:
    done = bare.run(*CALL, "--office", str(OFFICE), "--at", "12:00", "--json")
    assert done.exit_code == 0
    assert "no client base" in done.stderr
    assert "lookup-failed" in done.stdout


def test_a_file_is_tried_instead_of_the_applied_office(known: Any, tmp_path: Path) -> None:
    file = tmp_path / "o.toml"
    file.write_text(
        OFFICE.read_text("utf-8").replace('extension = "101"', 'extension = "111"'), "utf-8"
    )
    found = known.json(*CALL, "--at", "12:00", "--office", str(file))
    assert rings(found)[0] == (0, "owner", ["111"])


def test_without_an_office_it_says_what_to_do(bare: Any) -> None:
    done = bare.run(*CALL)
    assert done.exit_code == Exit.REFUSED
    assert "dozvon office apply" in done.stderr


@pytest.mark.parametrize("at", ["noon", "25:00", "2026-13-01", "99999-01-01"])
def test_a_time_that_is_none_is_wrong_usage(known: Any, at: str) -> None:
    assert known.run(*CALL, "--at", at).exit_code == Exit.WRONG


def test_nothing_is_written(known: Any) -> None:
    before = known.database.read_bytes()
    known.fine(*CALL, "--at", "12:00")
    assert known.database.read_bytes() == before
