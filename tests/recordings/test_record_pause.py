"""Pausing a recording: who may, and what an exchange that records nothing answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from pbx_adapters.asterisk.frames import Frame
from pbx_adapters.asterisk.sound import Sound
from pbx_adapters.errors import CommandRefused, OutcomeUnknown, PbxUnavailable
from pbx_adapters.port import Outcome, PauseRecording, RecordingBegan
from pbx_adapters.simulator.control import SimulatedControl
from router.calls import Call, Direction, Leg, TransferKind
from router.events import CallEnded, CallTransferred, LegAnswered
from router.office import Department, Manager, Office
from switchboard.control_rights import may_pause

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
CALL = "main-1.1"
PAUSE = PauseRecording(call_id=CALL, paused=True)
PARTS = "c@1772442000.1+lmain-1.2/1@1772442001.1"


def person(key: str, extension: str) -> Manager:
    return Manager(key=key, name=key, department="sales", extension=extension)


ANNA, BORIS, HEAD = person("anna", "101"), person("boris", "102"), person("head", "103")
OFFICE = Office(
    name="Office",
    default_department="sales",
    departments={"sales": Department(key="sales", name="Sales", head="head")},
    managers={m.key: m for m in (ANNA, BORIS, HEAD)},
    lines={},
)


def call(*, talks: bool, direction: Direction = Direction.INBOUND, caller: str = "7916") -> Call:
    leg = Leg(id="main-1.2", target="101", began_at=AT, talking_since=AT if talks else None)
    return Call(
        id=CALL,
        pbx="main",
        linked_id=CALL,
        direction=direction,
        caller=caller,
        line="74951230000",
        began_at=AT,
        legs=(leg,),
    )


def test_who_talks_may_pause_and_the_head_and_nobody_else() -> None:
    """Whoever placed the call talks in it, whatever his leg is called."""
    talk = call(talks=True)
    assert may_pause(OFFICE, ANNA, talk, "sales")
    assert may_pause(OFFICE, HEAD, talk, "sales")
    assert not may_pause(OFFICE, BORIS, talk, "sales")
    assert not may_pause(OFFICE, ANNA, call(talks=False), "sales")
    placed = call(talks=False, direction=Direction.OUTBOUND, caller="102")
    assert may_pause(OFFICE, BORIS, placed, "sales")


async def test_the_simulated_exchange_pauses_what_it_records_and_nothing_else() -> None:
    live: Any = {CALL: SimpleNamespace(recorded=True, paused=False)}
    control = SimulatedControl(lambda: None, live)  # type: ignore[arg-type, return-value]
    assert await control.pause_recording(PAUSE) is Outcome.DONE
    assert live[CALL].paused
    assert await control.pause_recording(replace(PAUSE, paused=False)) is Outcome.DONE
    assert not live[CALL].paused
    live[CALL].recorded = False
    assert await control.pause_recording(PAUSE) is Outcome.NOT_RECORDED
    assert await control.pause_recording(replace(PAUSE, call_id="x")) is Outcome.NOT_RECORDED


class Link:
    """A link to an exchange whose channels have these variables; notes what it was asked."""

    def __init__(self, error: Exception | None = None, **variables: str) -> None:
        self.variables = variables
        self.error = error
        self.gone: set[str] = set()
        self.sent: list[dict[str, str]] = []

    async def send(self, action: dict[str, str]) -> Frame:
        if self.error:
            raise self.error
        if action["Channel"] in self.gone:
            raise CommandRefused("No such channel")
        if action["Action"] == "Getvar":
            value = self.variables.get(action["Variable"], "")
            return Frame("response", "Success", {"Value": value})
        self.sent.append(action)
        return Frame("response", "Success", {})

    def told(self, name: str) -> list[dict[str, str]]:
        return [action for action in self.sent if action["Action"] == name]


def sound(link: Link, journal: Link | None = None, told: Any = None) -> Sound:
    return Sound(link, journal or link, "main", now=lambda: AT, told=told)  # type: ignore[arg-type]


async def test_every_channel_that_is_recorded_is_muted_and_a_leg_that_has_gone_is_none() -> None:
    link = Link(DZ_PARTS=PARTS)
    link.gone.add("main-1.2")
    assert await sound(link).pause(PAUSE) is Outcome.DONE
    assert [(a["Channel"], a["State"]) for a in link.told("MixMonitorMute")] == [(CALL, "1")]
    link.gone.clear()
    assert await sound(link).pause(replace(PAUSE, paused=False)) is Outcome.DONE
    channels = [(a["Channel"], a["State"]) for a in link.told("MixMonitorMute")[1:]]
    assert channels == [(CALL, "0"), ("main-1.2", "0")]


async def test_what_is_not_recorded_cannot_be_paused() -> None:
    link = Link()
    assert await sound(link).pause(PAUSE) is Outcome.NOT_RECORDED
    assert link.sent == []
    link.gone.add(CALL)
    assert await sound(link).pause(PAUSE) is Outcome.NOT_RECORDED


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (PbxUnavailable("away"), Outcome.NO_LINK),
        (OutcomeUnknown("lost"), Outcome.UNKNOWN),
    ],
)
async def test_a_pause_never_raises(error: Exception, outcome: Outcome) -> None:
    assert await sound(Link(error)).pause(PAUSE) is outcome


async def test_a_pause_of_a_name_with_syntax_is_not_sent() -> None:
    link = Link(DZ_PARTS=PARTS)
    hostile = replace(PAUSE, call_id="main-1.1\r\nAction: Originate")
    assert await sound(link).pause(hostile) is Outcome.REJECTED
    assert link.sent == []


EVENT = {"pbx": "main", "call_id": CALL, "at": AT}
ATTENDED = CallTransferred(**EVENT, kind=TransferKind.ATTENDED, by="101", to="102")  # type: ignore[arg-type]


def answered(leg: str) -> LegAnswered:
    return LegAnswered(**EVENT, leg_id=leg)  # type: ignore[arg-type]


async def _recorded(*events: Any, **variables: str) -> tuple[Link, list[RecordingBegan]]:
    """What is asked of the exchange after these events of a call that is recorded."""
    calls = Link(**{"DZ_PARTS": PARTS, "DZ_SOUND": "/spool/recording/dozvon/main-1_1", **variables})
    journal, told = Link(), list[RecordingBegan]()

    async def hear(began: RecordingBegan) -> None:
        told.append(began)

    found = sound(calls, journal, hear)
    await found.began(CALL, PARTS)
    for event in events:
        found.happened(event)
    while not found._late.empty():
        await found.keep_next()
    return journal, told


async def test_who_came_in_by_a_transfer_on_the_phones_is_recorded_once() -> None:
    """Whether the talk or the transfer is told first."""
    talked = answered("main-1.2")
    for events in ([answered("main-1.9"), ATTENDED], [talked, ATTENDED, answered("main-1.9")]):
        journal, told = await _recorded(*events)
        (action,) = journal.told("MixMonitor")
        assert action["Channel"] == "main-1.9"
        assert action["Options"] == "r(/spool/recording/dozvon/main-1_1-main-1_9.wav)"
        assert [p.leg_id for p in told[-1].parts] == ["main-1.9"]


async def test_whom_the_dialplan_records_the_service_does_not() -> None:
    """A leg it dialled itself; any leg without such a transfer; in a pause; of a call that ended."""
    ended = CallEnded(**EVENT)  # type: ignore[arg-type]
    for events, variables in (
        ([answered("main-1.2"), ATTENDED], {}),
        ([answered("main-1.9")], {}),
        ([answered("main-1.9"), ATTENDED], {"DZ_PAUSED": "1"}),
        ([answered("main-1.9"), ATTENDED], {"DZ_PARTS": ""}),
        ([answered("main-1.9"), ATTENDED], {"DZ_SOUND": "/spool/x)b(evil^s^1"}),
        ([answered("main-1.9"), ended, ATTENDED, answered("main-1.9")], {}),
    ):
        journal, _ = await _recorded(*events, **variables)
        assert journal.sent == [], (events, variables)


async def test_a_leg_that_began_in_a_pause_is_recorded_from_the_resumption_on() -> None:
    """One that began before goes on in its own file."""
    for before, within, recorded in (("", "main-1.9", ["main-1.9"]), ("main-1.9", "", [])):
        link = Link(DZ_PARTS=PARTS, DZ_SOUND="/spool/main-1_1")
        found = sound(link)
        await found.began(CALL, PARTS)
        if before:
            found.happened(answered(before))
        await found.pause(PAUSE)
        if within:
            found.happened(answered(within))
        await found.pause(replace(PAUSE, paused=False))
        while not found._late.empty():
            await found.keep_next()
        assert [action["Channel"] for action in link.told("MixMonitor")] == recorded
