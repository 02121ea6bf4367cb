"""docs/office-file.md lists every key of the office file and every finding of the linter."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.office_file import read_office
from config.reading import Table
from router.lint_sentences import LINT_SENTENCES

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "office-file.md").read_text(encoding="utf-8")


def sections() -> dict[str, set[str]]:
    """The documented names (first cells of tables) under each heading."""
    found: dict[str, set[str]] = {}
    for part in TEXT.split("\n## ")[1:]:
        heading, _, body = part.partition("\n")
        name = heading.strip("`[]").removesuffix(".<key>")
        found[name] = {line.split("`")[1] for line in body.splitlines() if line.startswith("| `")}
    return found


def test_every_key_that_the_reader_knows_is_documented_and_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known: dict[str, set[str]] = {}
    close = Table.close

    def remember(table: Table) -> None:
        if table.path:
            known.setdefault(str(table.path[0]), set()).update(table._known)
        close(table)

    monkeypatch.setattr(Table, "close", remember)
    read_office(ROOT / "config" / "examples" / "office.toml")
    assert set(known) == {"office", "departments", "managers", "lines", "outgoing"}
    for section, keys in known.items():
        assert keys == sections()[section], section


def test_every_finding_of_the_linter_is_documented_and_no_other() -> None:
    assert sections()["What the linter of rules says"] == set(LINT_SENTENCES)
