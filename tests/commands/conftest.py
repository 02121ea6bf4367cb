"""The command line in a folder of its own: settings, a clock that stands, the example office."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from at_the_terminal import NOW, Terminal

from router.calls import Call, CallState, Direction, Disposition, Leg, LegOutcome, MissedReason
from router.numbers import NumberPlan, normalise
from storage.records import EndedCall

OFFICE = Path(__file__).parents[2] / "config" / "examples" / "office.toml"


def with_settings(folder: Path) -> Terminal:
    (folder / "dozvon.toml").write_text('data_dir = "data"\n', "utf-8")
    return Terminal(folder=folder)


@pytest.fixture
def bare(tmp_path: Path) -> Terminal:
    """Settings, and nothing else yet."""
    return with_settings(tmp_path)


@pytest.fixture(scope="session")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the command has applied the example office; for copies alone."""
    made = with_settings(tmp_path_factory.mktemp("applied"))
    made.fine("office", "apply", str(OFFICE), "--yes")
    return made.folder


@pytest.fixture
def terminal(bare: Terminal, applied: Path) -> Terminal:
    """An office that is applied."""
    shutil.copytree(applied, bare.folder, dirs_exist_ok=True)
    return bare


@pytest.fixture
def ended() -> Callable[..., EndedCall]:
    """Makes an ended call: its id, minutes before now, and what differs from a missed one."""

    def make(call_id: str, minutes_ago: float = 60, **other: Any) -> EndedCall:
        number = other.pop("number", "79161234567")
        answered_by = other.pop("answered_by", None)
        of_ended = {
            name: other.pop(name)
            for name in ("client", "client_name", "owner", "department", "made", "trail", "way")
            if name in other
        }
        disagreement = other.pop("disagreement", "")
        began = NOW - timedelta(minutes=minutes_ago)
        outcome = LegOutcome.ANSWERED if answered_by else LegOutcome.NO_ANSWER
        leg = Leg(
            id=f"{call_id}/1",
            target=answered_by or "101",
            began_at=began + timedelta(seconds=1),
            ended_at=began + timedelta(seconds=30),
            outcome=outcome,
            ring_seconds=4.0 if answered_by else 15.0,
            talk_seconds=25.0 if answered_by else 0.0,
        )
        values: dict[str, Any] = {
            "id": call_id,
            "pbx": "main",
            "linked_id": call_id,
            "direction": Direction.INBOUND,
            "caller": number,
            "line": "74951230001",
            "began_at": began,
            "ended_at": began + timedelta(seconds=30),
            "answered_at": began + timedelta(seconds=5) if answered_by else None,
            "state": CallState.ENDED,
            "disposition": Disposition.ANSWERED if answered_by else Disposition.MISSED,
            "reason": None if answered_by else MissedReason.ABANDONED,
            "answered_by": answered_by,
            "talk_seconds": 25.0 if answered_by else 0.0,
            "legs": (leg,),
        }
        return EndedCall(
            call=Call(**(values | other)),
            number=normalise(number, NumberPlan()),
            disagreement=disagreement,
            **of_ended,
        )

    return make
