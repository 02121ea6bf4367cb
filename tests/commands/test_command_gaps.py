"""`dozvon gaps`: no stretch without a watch is silent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


async def _two_gaps(uow: Any) -> None:
    first = await uow.gaps.open("main", began_at=NOW - timedelta(hours=3), why="link lost")
    await uow.gaps.close(first, ended_at=NOW - timedelta(hours=2), recovered_calls=4, note="all")
    await uow.gaps.open("main", began_at=NOW - timedelta(minutes=5), why="no route")


def test_gaps_come_newest_first_and_an_open_one_grows(terminal: Any) -> None:
    terminal.write(_two_gaps)
    lines = terminal.fine("gaps").splitlines()
    assert "still open" in lines[1]
    assert "  5:00 " in lines[1]
    assert "  60:00 " in lines[2]
    assert "link lost; all" in lines[2]


def test_json_tells_what_was_recovered(terminal: Any) -> None:
    terminal.write(_two_gaps)
    found = terminal.json("gaps")["gaps"]
    assert [gap["recovered_calls"] for gap in found] == [0, 4]
    assert found[0]["ended_at"] is None
    assert terminal.json("gaps", "--limit", "1")["gaps"] == found[:1]


def test_no_gaps_is_good_news(terminal: Any) -> None:
    assert "watched all the time" in terminal.fine("gaps")
