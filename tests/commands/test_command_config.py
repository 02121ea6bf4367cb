"""`dozvon config` and `dozvon db`: what the service runs with."""

from __future__ import annotations

import os
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


@pytest.mark.parametrize(
    ("url", "code", "said"),
    [
        ("nonsense", Exit.WRONG, "no address of a database"),
        ("mysql://a/b", Exit.WRONG, "“mysql”"),
        ("postgresql://a/b", Exit.WRONG, "“postgresql”"),
        (
            "postgresql+psycopg://a/b",
            Exit.WRONG,
            "but with sqlite+aiosqlite and postgresql+asyncpg",
        ),
        ("postgresql+asyncpg://127.0.0.1:1/b", Exit.UNREACHABLE, ""),
    ],
)
@pytest.mark.parametrize("words", [("calls",), ("db", "migrate")])
def test_an_address_that_leads_to_no_database_is_a_sentence(
    bare: Any, url: str, code: Exit, said: str, words: tuple[str, ...]
) -> None:
    bare.environment["DOZVON_DATABASE_URL"] = url
    done = bare.run(*words)
    assert done.exit_code == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_what_root_makes_is_left_to_the_owner_of_the_folder(
    bare: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`sudo dozvon office apply` must not lock the service out of its own database."""
    given: list[tuple[str, int, int]] = []
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(
        "os.chown", lambda path, uid, gid: given.append((Path(path).name, uid, gid))
    )
    folder = bare.folder / "data"
    folder.mkdir()
    own = folder.stat()
    real = Path.stat

    def stat(path: Path, **how: Any) -> Any:
        found = real(path, **how)
        if path == folder:
            return os.stat_result([*found[:4], own.st_uid + 7, 8, *found[6:]])
        return found

    monkeypatch.setattr(Path, "stat", stat)
    bare.fine("db", "migrate")
    assert (bare.database.name, own.st_uid + 7, 8) in given


def test_a_database_that_is_held_by_another_is_given_up_in_time(
    bare: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody sits before a silent terminal for ever."""
    bare.fine(
        "office", "apply", str(Path(__file__).parents[2] / "config/examples/office.toml"), "--yes"
    )
    monkeypatch.setattr(stored, "PATIENCE_SECONDS", 0.5)
    monkeypatch.setattr("storage.migrate.migrate", _nothing)
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
