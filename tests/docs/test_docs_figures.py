"""The page of figures: what was measured by hand outlives a run of the benchmarks."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def test_a_run_of_one_benchmark_leaves_every_other_chapter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import every  # noqa: PLC0415 - benchmarks are no package

    page, by_hand = tmp_path / "figures.md", "## Workspace\n\nBy hand.\n\n| a | b |\n"
    page.write_text(f"{every.HEAD}## Journal\n\nold\n\n{by_hand}", "utf-8")
    monkeypatch.setattr(every, "PAGE", page)
    monkeypatch.setattr(every, "run", lambda *_: (["| figure | new |"], "machine"))
    monkeypatch.setattr(sys, "argv", ["every.py", "journal.py"])
    every.main()
    written = page.read_text("utf-8")
    assert by_hand in written
    assert "| figure | new |" in written
    assert "old" not in written
