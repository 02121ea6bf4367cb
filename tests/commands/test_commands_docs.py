"""docs/commands.md cannot lie by leaving something out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from dozvon.cli import COMMANDS, dozvon
from dozvon.commands.terminal.exits import Exit
from dozvon.context import Context

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "commands.md").read_text("utf-8")
ELSEWHERE = {
    "init": "install.md",
    "check": "install.md",
    "prompts": "prompts.md",
    "backup": "upgrade.md",
    "restore": "upgrade.md",
}
"""Commands whose own page says more than a reference could."""


def walk(
    command: click.Command, path: str, ctx: click.Context
) -> Iterator[tuple[str, click.Command]]:
    """Every command below, with its words."""
    yield path, command
    if isinstance(command, click.Group):
        for name in command.list_commands(ctx):
            found = command.get_command(ctx, name)
            assert found is not None
            yield from walk(found, f"{path} {name}", ctx)


with click.Context(dozvon, obj=Context(environment={})) as _ctx:
    EVERYTHING = dict(walk(dozvon, "dozvon", _ctx))


def section_of(path: str) -> str:
    """The part of the page that is about a command's first word."""
    first = path.split()[1] if " " in path else ""
    if not first:
        return PAGE.split("## Exit codes")[0]
    if first in ELSEWHERE:
        return (DOCS / ELSEWHERE[first]).read_text("utf-8")
    found = re.search(rf"^### `dozvon {first}\b.*?(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"docs/commands.md has no section on {first}"
    return found[0]


@pytest.mark.parametrize("path", sorted(EVERYTHING))
def test_every_command_stands_on_the_page(path: str) -> None:
    assert f"`{path}" in section_of(path) or path == "dozvon"


@pytest.mark.parametrize("path", sorted(EVERYTHING))
def test_every_option_stands_in_the_section_of_its_command(path: str) -> None:
    options = [p for p in EVERYTHING[path].params if isinstance(p, click.Option)]
    section = section_of(path)
    missing = [name for o in options for name in o.opts if not re.search(rf"`{name}\b", section)]
    assert not missing


@pytest.mark.parametrize("code", list(Exit), ids=lambda code: code.name)
def test_every_exit_code_stands_on_the_page(code: Exit) -> None:
    assert f"\n| {code.value} | " in PAGE


def test_the_page_promises_no_exit_code_that_does_not_exist() -> None:
    table = PAGE.split("## Exit codes")[1].split("\n## ")[0]
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)} == set(Exit)


def test_the_page_knows_no_command_that_does_not_exist() -> None:
    named = re.findall(r"^### `dozvon (\w+)", PAGE, re.MULTILINE)
    assert set(named) == set(COMMANDS) - set(ELSEWHERE)
