"""101 at two exchanges is two people, also where a terminal tells of one call."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from router.calls import Direction, Transfer, TransferKind
from storage.records import TrailEntry

OFFICE = Path(__file__).parents[2] / "config" / "examples" / "office.toml"
NAMES = {"main": "Анна Иванова (101)", "spb": "Дмитрий Орлов (101)"}


@pytest.fixture(params=NAMES)
def pbx(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def namesakes(bare: Any) -> Any:
    """Ivanova is 101 of one exchange, Orlov of the other."""
    two = bare.folder / "two.toml"
    two.write_text(OFFICE.read_text("utf-8").replace('"104"', '"101"\npbx = "spb"'), "utf-8")
    bare.fine("office", "apply", str(two), "--yes")
    return bare


def test_who_answered_and_was_rung_is_named_by_the_exchange(
    namesakes: Any, ended: Any, pbx: str
) -> None:
    namesakes.record(ended("x-1.1", 60, pbx=pbx, answered_by="101"))
    assert NAMES[pbx] in namesakes.fine("calls")
    assert namesakes.fine("why", "last").count(NAMES[pbx]) == 2


def test_who_called_is_named_by_the_exchange(namesakes: Any, ended: Any, pbx: str) -> None:
    out = {"direction": Direction.OUTBOUND, "caller": "101", "line": "79161234567"}
    namesakes.record(ended("x-1.1", 60, pbx=pbx, **out))
    assert NAMES[pbx] in namesakes.fine("calls")
    assert f"{NAMES[pbx]} dials" in namesakes.fine("why", "last")


def test_who_handed_on_is_named_by_the_exchange(namesakes: Any, ended: Any, pbx: str) -> None:
    answered = ended("x-1.1", 60, pbx=pbx, answered_by="102")
    at = answered.call.began_at
    handed = Transfer(kind=TransferKind.BLIND, by="102", to="101", at=at, completed=True)
    namesakes.record(replace(answered, call=replace(answered.call, transfers=(handed,))))
    assert NAMES[pbx] in namesakes.fine("why", "last")


def test_who_stands_in_the_journal_is_named_by_the_exchange(
    namesakes: Any, ended: Any, pbx: str
) -> None:
    """The department that rings by itself is written there without its people's keys."""
    rang = {"step": "1", "who": ["101"], "what": "rang", "seconds": 15, "result": "NOANSWER"}
    missed = ended("x-1.1", 60, pbx=pbx)
    trail = TrailEntry(
        call_id="x-1.1",
        pbx=pbx,
        entry="dozvon/ended/1/x",
        raw="1|…",
        at=missed.call.began_at,
        reported={"way": "fail_open", "trail": [rang]},
    )
    namesakes.record(replace(missed, trail=(trail,)))
    assert NAMES[pbx] in namesakes.fine("why", "last")
