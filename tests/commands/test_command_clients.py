"""`dozvon clients`: the built-in client base from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dozvon.commands.terminal.exits import Exit

CSV = (
    "Имя;Телефон;Менеджер;Заявка;Тема заявки\n"
    "ООО «Ромашка»;8 (916) 123-45-67 доб. 5;Иванова;З-1;Двери\n"
    "Пётр;+7 495 111-22-33;106;;\n"
)


@pytest.fixture
def base(terminal: Any) -> Any:
    (terminal.folder / "c.csv").write_text(CSV, "utf-8")
    return terminal


def test_a_file_is_imported_and_counted(base: Any) -> None:
    found = base.json("clients", "import", str(base.folder / "c.csv"))
    assert (found["rows"], found["added"], found["refused_count"]) == (2, 2, 0)
    assert base.json("clients", "count") == {"clients": 2}


def test_the_standard_input_is_a_file_as_well(base: Any) -> None:
    base.fine("clients", "import", "-", typed=CSV.encode("cp1251"))
    assert base.fine("clients", "count").strip() == "Clients: 2."


def test_a_dry_run_writes_nothing(base: Any) -> None:
    said = base.fine("clients", "import", str(base.folder / "c.csv"), "--dry-run")
    assert "nothing was written" in said
    assert base.json("clients", "count") == {"clients": 0}


def test_refused_rows_are_told_with_their_lines_and_code_1(base: Any) -> None:
    file = base.folder / "c.csv"
    file.write_text(CSV + ";;ivanova;;\n", "utf-8")
    done = base.run("clients", "import", str(file))
    assert done.exit_code == Exit.FOUND
    assert "line 4: " in done.stdout
    assert base.json("clients", "count") == {"clients": 2}


@pytest.mark.parametrize(
    "data", [b"", b"\x89PNG\r\n\x1a\n" + bytes(200), b"PK\x03\x04" + bytes(99)]
)
def test_a_file_that_is_no_csv_is_a_sentence(base: Any, data: bytes) -> None:
    done = base.run("clients", "import", "-", typed=data)
    assert done.exit_code == Exit.WRONG
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()


def test_a_missing_file_is_a_sentence(base: Any) -> None:
    done = base.run("clients", "import", "/no/such.csv")
    assert done.exit_code == Exit.WRONG
    assert "/no/such.csv" in done.stderr


@pytest.mark.parametrize(
    "text", ["ромашка", "89161234567", "+7 (916) 123 45 67", "1234567", "89161234567 доб. 5"]
)
def test_a_client_is_found_by_name_or_number_however_written(base: Any, text: str) -> None:
    base.fine("clients", "import", str(base.folder / "c.csv"))
    found = base.json("clients", "find", text)["clients"]
    assert [client["name"] for client in found] == ["ООО «Ромашка»"]
    assert found[0]["owner"] == "ivanova"
    assert found[0]["applications"][0]["title"] == "Двери"


def test_people_read_names_instead_of_keys(base: Any) -> None:
    base.fine("clients", "import", str(base.folder / "c.csv"))
    assert "Анна Иванова" in base.fine("clients", "find", "ромашка")


def test_nobody_found_is_code_1(base: Any) -> None:
    assert base.json("clients", "find", "нет", code=Exit.FOUND) == {"clients": []}


def test_an_import_makes_the_database_at_need(bare: Any, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("name,phone\nAnn,+79161234567\n", "utf-8")
    bare.fine("clients", "import", str(tmp_path / "c.csv"))
    assert bare.database.exists()
