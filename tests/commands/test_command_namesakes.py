"""101 at two exchanges is two people, also where a terminal tells of one call."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dozvon.commands.terminal.exits import Exit
from router.calls import Direction, Disposition, Transfer, TransferKind
from storage.records import TrailEntry

OFFICE = Path(__file__).parents[2] / "config" / "examples" / "office.toml"
NAMES = {"main": "Анна Иванова (main/101)", "spb": "Дмитрий Орлов (spb/101)"}


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


@pytest.fixture
def both(namesakes: Any, ended: Any) -> Any:
    """A call that rang Ivanova in vain, one that rang Orlov, one that he took at his mobile."""
    namesakes.record(
        ended("x-1.1", 60),
        ended("x-2.2", 50, pbx="spb"),
        ended("x-3.3", 40, answered_by="79161230104"),
    )
    return namesakes


def ids(found: Any) -> list[str]:
    return [call["id"] for call in found["calls"]]


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("101", ["x-2.2", "x-1.1"]),
        ("main/101", ["x-1.1"]),
        ("spb/101", ["x-3.3", "x-2.2"]),
        ("ivanova", ["x-1.1"]),
        ("Орлов", ["x-3.3", "x-2.2"]),
        ("kazan/101", []),
    ],
)
def test_the_calls_of_one_of_two_namesakes_are_asked_for_by_the_exchange(
    both: Any, who: str, expected: list[str]
) -> None:
    """Whoever is meant alone is meant with his mobile."""
    code = Exit.FINE if expected else Exit.FOUND
    assert ids(both.json("calls", "--who", who, code=code)) == expected


def test_where_an_extension_is_two_peoples_the_list_tells_the_exchange_of_each_call(
    both: Any,
) -> None:
    head, *rows = both.fine("calls", "--who", "101").splitlines()
    assert head.split()[0] == "PBX"
    assert [row.split()[0] for row in rows] == ["spb", "main"]
    assert "PBX" not in both.fine("calls", "--who", "main/101").splitlines()[0]


def test_a_manager_who_is_meant_by_an_extension_is_told_with_its_exchange(namesakes: Any) -> None:
    done = namesakes.run("status", "101")
    assert done.exit_code == Exit.FOUND
    assert "ivanova (main/101, Анна Иванова), orlov (spb/101, Дмитрий Орлов)" in done.stderr
    assert namesakes.json("status", "spb/101")["statuses"][0]["manager"] == "orlov"


def test_a_program_is_told_at_which_exchange_a_client_was_called_back(
    namesakes: Any, ended: Any, pbx: str
) -> None:
    out = {"direction": Direction.OUTBOUND, "caller": "101", "line": "79161234567"}
    busy = {"disposition": Disposition.BUSY, "reason": None}
    namesakes.record(ended("x-1.1", 60), ended("x-2.2", 50, pbx=pbx, **out, **busy))
    (item,) = namesakes.json("callbacks")["callbacks"]
    assert [(one["by"], one["pbx"]) for one in item["attempts"]] == [("101", pbx)]
