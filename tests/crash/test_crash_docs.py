"""docs/reliability.md cannot lie: what it names exists, and what is here is named there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
DEFINED = re.compile(r"^(?:async )?def (test_\w+)", re.MULTILINE)


def test_every_promise_names_a_test_that_exists() -> None:
    text = (ROOT / "docs" / "reliability.md").read_text("utf-8")
    promises = [line for line in text.splitlines() if "::" in line]
    assert len(promises) >= 10
    for promise in promises:
        for file, name in NAMED.findall(promise):
            assert name in DEFINED.findall((ROOT / file).read_text("utf-8")), f"{file}::{name}"
        assert promise.count("::") == len(NAMED.findall(promise)), promise


def test_every_invariant_has_its_row_and_tests_that_bear_its_name() -> None:
    """The page names what always holds; who runs the tests of one by its name finds some."""
    text = (ROOT / "docs" / "reliability.md").read_text("utf-8")
    table = text.split("## The invariants, by name")[1].split("\n## ")[0]
    named = re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)
    assert len(named) == len(set(named)) == 11
    everything = "".join(p.read_text("utf-8") for p in (ROOT / "tests").rglob("test_*.py"))
    for name in named:
        assert f"def test_{name}_" in everything, name


def test_every_crash_run_and_story_stands_for_a_promise() -> None:
    text = (ROOT / "docs" / "reliability.md").read_text("utf-8")
    for file in ("test_crash_runs.py", "test_crash_stories.py"):
        for name in DEFINED.findall((Path(__file__).parent / file).read_text("utf-8")):
            assert f"`tests/crash/{file}::{name}`" in text, name
