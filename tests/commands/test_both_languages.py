"""Everything that the command line says, it says in the reader's language."""

from __future__ import annotations

import ast
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from sqlalchemy.exc import OperationalError

from dozvon.cli import dozvon
from dozvon.commands.terminal.texts import say
from dozvon.context import Context
from storage.dialects import trouble_of
from storage.errors import StorageUnavailable
from storage.sentences import Sentence, in_language

ROOT = Path(__file__).parents[2]
SPOKEN = {"StorageUnavailable", "StorageBusy", "StorageClosed", "CallbackNotOpen", "CannotStart"}
CYRILLIC = re.compile("[а-яё]{3}")


def walk(command: click.Command, *words: str) -> Iterator[tuple[str, ...]]:
    yield words
    if isinstance(command, click.Group):
        context = click.Context(command, obj=Context(environment={}))
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from walk(found, *words, name)


@pytest.mark.parametrize("words", list(walk(dozvon)), ids=" ".join)
def test_every_help_page_is_in_russian_for_a_russian_reader(words: tuple[str, ...]) -> None:
    """What it does, and each of its options; options without a text are a mistake as well."""
    asked = ["--language", "ru", *words, "--help"]
    page = CliRunner().invoke(dozvon, asked, obj=Context(environment={})).output
    about, options = page.split("Параметры:")
    assert CYRILLIC.search(about.split("\n\n")[1])
    rows = re.split(r"\n  (?=-)", "\n" + options.split("Команды:")[0])[1:]
    assert [row for row in rows if not CYRILLIC.search(row)] == []


def raised() -> Iterator[tuple[str, ast.Call]]:
    """Every place where one of these errors is made."""
    for room in ("storage", "dozvon", "switchboard", "crm_bridge"):
        for file in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in SPOKEN:
                    yield f"{file.relative_to(ROOT)}:{node.lineno}", node


def test_no_error_of_the_storage_or_of_the_start_is_in_english_alone() -> None:
    texts = (ast.Constant, ast.JoinedStr, ast.BinOp)
    found = list(raised())
    assert len(found) > 15
    assert [place for place, call in found if isinstance(call.args[0], texts)] == []


def test_trouble_of_a_database_is_told_in_either_language_and_logged_in_english() -> None:
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL
    error = StorageUnavailable(trouble_of(OperationalError("INSERT", {}, full)))
    assert str(error).startswith("The disk of the database is full")
    assert str(in_language(error, "ru")).startswith("На диске с базой данных кончилось место")
    assert in_language(error, "en") is error


def test_what_fills_a_gap_of_a_sentence_is_in_the_same_language() -> None:
    trouble = Sentence("The disk is full.", "Диск полон.")
    assert say("ru", "database-slow", seconds=5, why=trouble).endswith("Диск полон.")
    assert say("en", "database-slow", seconds=5, why=trouble).endswith("The disk is full.")
    assert say("ru", "database-slow", seconds=5, why="?").endswith("?")


def test_a_service_that_cannot_start_says_so_in_russian(tmp_path: Path) -> None:
    (tmp_path / "dozvon.toml").write_text(f'data_dir = "{tmp_path / "file"}"\n')
    (tmp_path / "file").write_text("in the way")
    asked = ["--language", "ru", "--config", str(tmp_path / "dozvon.toml"), "serve"]
    done = CliRunner().invoke(dozvon, asked, obj=Context(environment={}))
    assert done.exit_code == 3
    assert "Папку данных" in done.output
