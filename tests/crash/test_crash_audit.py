"""The audit itself: it sees what is wrong, or its zeros mean nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from dozvon.lab import OutsideCall, PhoneCall, Side
from dozvon.soak.audit import Books, Findings, callers_side, log_side
from dozvon.soak.callers import Placed
from dozvon.soak.witnesses import Witness, witness_of
from router.calls import Call, CallState, Direction, Disposition, MissedReason
from storage.records import CallStory

BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)
CALLER, LINE = "79050000001", "74951230001"
MISSED = Call(
    id="soak-1.1",
    pbx="main",
    linked_id="soak-1.1",
    direction=Direction.INBOUND,
    caller=CALLER,
    line=LINE,
    began_at=BEGAN,
    state=CallState.ENDED,
    disposition=Disposition.MISSED,
    reason=MissedReason.ABANDONED,
)
ANSWERED = replace(MISSED, disposition=Disposition.ANSWERED, reason=None, answered_by="2011")


class Record(SimpleNamespace):
    """Told apart by what it is, as a phone's records are."""

    __hash__ = object.__hash__


def at(seconds: float | None) -> datetime | None:
    return None if seconds is None else BEGAN + timedelta(seconds=seconds)


def seen(  # a call as its caller and one phone saw it
    *,
    answered: float | None = None,
    ended: float = 6,
    by: Side = Side.SELF,
    rang: float | None = 0.1,
    phone_by: Side = Side.PBX,
    reachable: bool = True,
) -> Witness:
    call: Any = SimpleNamespace(
        started_at=BEGAN, answered_at=at(answered), ended_at=at(ended), ended_by=by, status=0
    )
    ring: Any = Record(
        called="2011",
        rang_at=at(rang),
        answered_at=at(answered),
        confirmed_at=at(answered),
        ended_at=at(ended),
        ended_by=phone_by,
    )
    placed = Placed(cast("OutsideCall", call), "owner answers", LINE, CALLER, reachable)
    return witness_of(placed, [] if rang is None else [cast("PhoneCall", ring)])


def found(witness: Witness, *calls: Call, callbacks: int = 1) -> list[str]:
    """The kinds of what the audit finds."""
    story = [
        cast("CallStory", SimpleNamespace(stored=SimpleNamespace(call=c, way=""), trail=()))
        for c in calls
    ]
    books = Books(stories=story, callbacks={c.id: callbacks for c in calls})
    findings = Findings()
    callers_side(findings, [witness], books)
    log_side(findings, [witness], books)
    return [name for name, count in findings.zeros().items() if count]


def test_a_sound_call_is_no_finding() -> None:
    assert found(seen(), MISSED) == []
    assert found(seen(answered=2), ANSWERED) == []


@pytest.mark.parametrize(
    ("witness", "calls", "callbacks", "kind"),
    [
        (seen(), (), 1, "missing from the log"),
        (seen(), (MISSED, replace(MISSED, id="soak-1.2")), 1, "doubled in the log"),
        (seen(), (MISSED, replace(MISSED, id="x", caller="79")), 1, "of nobody in the log"),
        (seen(), (MISSED,), 0, "missed without a callback"),
        (seen(), (MISSED,), 2, "missed without a callback"),
        (seen(), (ANSWERED,), 1, "wrong disposition"),
        (seen(answered=2), (MISSED,), 1, "wrong disposition"),
        (seen(answered=2), (replace(ANSWERED, answered_by="2012"),), 1, "wrong disposition"),
        (seen(), (replace(MISSED, reason=MissedReason.CLOSED),), 1, "wrong disposition"),
        (seen(), (replace(MISSED, line=""),), 1, "wrong disposition"),
        (seen(by=Side.PBX), (MISSED,), 1, "dropped callers"),
        (seen(answered=2, by=Side.PBX), (ANSWERED,), 1, "cut talks"),
        (seen(rang=3), (MISSED,), 1, "not rung in time"),
        (seen(rang=None), (MISSED,), 1, "not rung in time"),
    ],
)
def test_whatever_is_wrong_is_found(
    witness: Witness, calls: tuple[Call, ...], callbacks: int, kind: str
) -> None:
    assert found(witness, *calls, callbacks=callbacks) == [kind]


def test_a_caller_who_left_at_once_need_not_have_been_rung() -> None:
    assert found(seen(rang=None, ended=1.0), MISSED) == []
    assert found(seen(rang=None, reachable=False), MISSED) == []
