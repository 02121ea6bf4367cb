"""`dozvon config` and `dozvon db`: what the service runs with."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from dozvon.commands.facts import stored
from dozvon.commands.terminal.exits import Exit

SECRET = "correct horse"
PBX = """
[[pbx]]
key = "main"
ami_user = "dozvon"
ami_secret = "correct horse"
journal_user = "journal"
journal_secret = "correct horse"
systemname = "pbx1"
"""


@pytest.fixture
def with_pbx(bare: Any) -> Any:
    with (bare.folder / "dozvon.toml").open("a", encoding="utf-8") as file:
        file.write(PBX)
    return bare


def test_secrets_are_masked_in_both_forms(with_pbx: Any) -> None:
    for words in (("config", "show"), ("config", "show", "--json")):
        said = with_pbx.fine(*words)
        assert SECRET not in said
        assert "********" in said


def test_every_setting_says_where_it_came_from(with_pbx: Any) -> None:
    with_pbx.environment["DOZVON_LOG__LEVEL"] = "debug"
    found = with_pbx.json("config", "show")
    origins = {setting["path"]: setting["origin"] for setting in found["settings"]}
    assert origins["log.level"] == "DOZVON_LOG__LEVEL"
    assert origins["data_dir"].endswith("dozvon.toml:1")
    assert origins["log.format"] == "default"


def test_the_order_of_precedence_is_told(bare: Any) -> None:
    assert "What wins:" in bare.fine("config", "show")


def test_the_database_is_made_once_and_again_without_harm(bare: Any) -> None:
    bare.fine("db", "migrate")
    assert bare.database.exists()
    bare.fine("db", "migrate")
    assert bare.run("calls").exit_code == Exit.FOUND


def test_a_folder_that_cannot_be_made_is_a_sentence(bare: Any) -> None:
    Path(bare.folder / "data").write_text("a file", "utf-8")
    done = bare.run("db", "migrate")
    assert done.exit_code == Exit.UNREACHABLE
    assert "data" in done.stderr


def test_a_database_that_is_held_by_another_is_given_up_in_time(
    bare: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody sits before a silent terminal for ever."""
    bare.fine(
        "office", "apply", str(Path(__file__).parents[2] / "config/examples/office.toml"), "--yes"
    )
    monkeypatch.setattr(stored, "PATIENCE_SECONDS", 0.5)
    monkeypatch.setattr(stored, "migrate", _nothing)
    holder = sqlite3.connect(bare.database, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        done = bare.run("status", "101", "lunch")
    finally:
        holder.execute("ROLLBACK")
        holder.close()
    assert done.exit_code == Exit.UNREACHABLE
    assert "locked" in done.stderr
    assert {s["status"] for s in bare.json("status")["statuses"]} == {"available"}


async def _nothing(_: str) -> None:
    """The tables are there already."""
