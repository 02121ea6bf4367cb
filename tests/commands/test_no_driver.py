"""PostgreSQL in the settings, and its driver not installed: a sentence, never a traceback."""

from __future__ import annotations

import sys

import pytest
from at_the_terminal import Terminal

from dozvon.commands.terminal.exits import Exit

URL = "postgresql+asyncpg://dozvon@127.0.0.1/dozvon"
SAID = "The module asyncpg that this database needs is not installed."


@pytest.fixture
def without_driver(bare: Terminal, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    bare.environment["DOZVON_DATABASE_URL"] = URL
    return bare


@pytest.mark.parametrize("words", [("serve",), ("calls",), ("db", "migrate")], ids=" ".join)
def test_a_command_says_what_is_not_installed(
    without_driver: Terminal, words: tuple[str, ...]
) -> None:
    done = without_driver.run(*words)
    assert done.exit_code == Exit.UNREACHABLE, done.output
    assert SAID in done.output


def test_check_tells_it_among_its_findings(without_driver: Terminal) -> None:
    found = {f["id"]: f["sentence"] for f in without_driver.json("check", code=1)["findings"]}
    assert SAID in found["database-trouble"]


def test_a_copy_is_not_begun(bare: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    bare.fine("db", "migrate")
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    done = bare.run("db", "copy", "--to", URL)
    assert done.exit_code == Exit.UNREACHABLE, done.output
    assert SAID in done.output
