"""The first page leads everywhere, tells the same in both languages, and shows commands that exist."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from dozvon.cli import dozvon
from dozvon.context import Context

ROOT = Path(__file__).parents[2]
ENGLISH = (ROOT / "README.md").read_text("utf-8")
RUSSIAN = (ROOT / "README.ru.md").read_text("utf-8")
PAGES = (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^(?:sudo (?:-u \w+ )?)?dozvon (.*)$")


def rows(text: str, heading: str) -> list[str]:
    """The rows of the table under a heading."""
    part = text.split(f"\n## {heading}\n")[1].split("\n## ", maxsplit=1)[0]
    return [line for line in part.splitlines() if line.startswith("| ")][1:]


def shown_commands() -> Iterator[tuple[str, list[str]]]:
    """Every command line in a block of code, with its page."""
    for page in PAGES:
        for block in BLOCK.findall(page.read_text("utf-8")):
            for line in block.splitlines():
                found = COMMAND.match(line)
                if found:
                    yield page.name, shlex.split(found[1], comments=True)


SHOWN = list(shown_commands())


def test_every_page_is_led_to_from_the_first_one() -> None:
    missing = [p.name for p in (ROOT / "docs").glob("*.md") if f"(docs/{p.name})" not in ENGLISH]
    assert missing == []


def test_every_decision_is_numbered_once() -> None:
    numbers = [page.name[:4] for page in sorted((ROOT / "docs" / "decisions").glob("*.md"))]
    assert numbers == [f"{n:04d}" for n in range(1, len(numbers) + 1)]


def test_both_first_pages_tell_the_same_figures_and_what_falls_short() -> None:
    """Line by line the same digits; a figure that is short of its goal is called so in both."""
    english, russian = rows(ENGLISH, "Measured"), rows(RUSSIAN, "Измерено")
    digits = [re.findall(r"\d+", re.sub(r"(?<=\d)[,. ](?=\d)", "", row)) for row in english]
    assert digits == [re.findall(r"\d+", re.sub(r"(?<=\d)[,. ](?=\d)", "", row)) for row in russian]
    short = ["**short of**" in row for row in english]
    assert short == ["**не достигнуто**" in row for row in russian]
    assert any(short)


@pytest.mark.parametrize(("page", "words"), SHOWN, ids=lambda of: str(of)[:60])
def test_every_command_that_is_shown_exists_with_its_options(page: str, words: list[str]) -> None:
    """It is read by the program's own reader, down to the last option."""
    command: click.Command = dozvon
    ctx = click.Context(dozvon, obj=Context(environment={}))
    known = {name for option in command.params for name in option.opts}
    for word in words:
        if word.startswith("--"):
            assert word.split("=")[0] in known, f"{page}: {word}"
        elif isinstance(command, click.Group) and (found := command.get_command(ctx, word)):
            command = found
            known = {n for o in command.params for n in (*o.opts, *o.secondary_opts)}
    assert command is not dozvon, f"{page}: {words}"


def test_commands_are_found_in_the_documents() -> None:
    assert len(SHOWN) > 20
