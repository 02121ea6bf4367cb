"""A small switch that knows us over HTTP alone: it asks, walks the plan by itself, tells the rest.

Its phones, its clock and its way of walking a plan are the simulated exchange's; what it is told and
what it tells goes over the wire.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import aiohttp

from pbx_adapters.port import CallOffered, GapClosed, JournalEntry, LinkState
from router.events import (
    AnyCallEvent,
    CallBegan,
    CallTransferred,
    LegAnswered,
    LegBegan,
    LegEnded,
    LegPickedUp,
    LegRang,
    LegTaken,
)
from router.facts import PhoneState
from router.office import Office, Status
from router.plan import Decision, Ending, Plan, Step, StepKind, StepRole, Target, TargetKind


def plan_of(answer: Mapping[str, Any]) -> Plan:
    """The plan as a switch reads it from our JSON."""
    plan = answer["plan"]
    return Plan(
        steps=tuple(_step(step) for step in plan["steps"]),
        ending=Ending(plan["ending"]),
        patience_seconds=plan["patience_seconds"],
        voicemail=plan["voicemail"],
        language=plan["language"],
    )


def _step(step: Mapping[str, Any]) -> Step:
    return Step(
        kind=StepKind(step["kind"]),
        role=StepRole(step["role"]),
        ring_seconds=step["ring_seconds"],
        confirm_seconds=step["confirm_seconds"],
        each_seconds=step["each_seconds"],
        targets=tuple(
            Target(
                kind=TargetKind(target["kind"]),
                manager=target["manager"],
                number=target["number"],
                dial=target["dial"],
                confirm=target["confirm"],
                outgoing=target["outgoing"],
            )
            for target in step["targets"]
        ),
    )


class HttpSwitch:
    """Keeps `pbx_adapters.port.Switchboard`: what the exchange asks and tells goes over HTTP."""

    def __init__(self, http: aiohttp.ClientSession, office: Office, *, twice: bool = False) -> None:
        self.ignored: list[Mapping[str, Any]] = []
        self.answers: list[Mapping[str, Any]] = []
        self._http = http
        self._office = office
        self._targets: dict[str, str] = {}
        self._twice = twice
        self._number = 0

    async def decide(self, offered: CallOffered) -> Decision:
        asked = {
            "phone": offered.caller,
            "did": offered.line,
            "call": offered.call_id,
            "name": offered.caller_name,
        }
        async with self._http.get("/pbx/main/route", params=asked) as reply:
            assert reply.status == 200, await reply.text()
            answer = await reply.json()
        self.answers.append(answer)
        return Decision(plan=plan_of(answer), reasons=())

    async def happened(self, event: AnyCallEvent) -> None:
        if told := self._told(event):
            await self._post({"call": event.call_id, "at": event.at.isoformat()} | told)

    async def phones_changed(self, pbx: str, states: Mapping[str, PhoneState]) -> None:  # noqa: ARG002 - the port's signature
        await self._post(*({"event": "phone", "who": w, "state": s} for w, s in states.items()))

    async def record(self, entries: Sequence[JournalEntry]) -> Sequence[str]:
        for entry in entries:
            await self._post(_ended(entry))
        return [entry.key for entry in entries]

    async def link_changed(self, pbx: str, state: LinkState, why: str) -> None:
        pass

    async def gap_closed(self, closed: GapClosed) -> None:
        pass

    def office(self) -> Office:
        return self._office

    def statuses(self) -> Mapping[str, Status]:
        return {}

    def _told(self, event: AnyCallEvent) -> dict[str, object]:  # noqa: PLR0911 - a table
        who = self._targets.get(getattr(event, "leg_id", ""), "")
        match event:
            case CallBegan():
                return {
                    "event": "began",
                    "line": event.line,
                    "caller": event.caller,
                    "name": event.caller_name,
                }
            case LegBegan():
                self._targets[event.leg_id] = event.target
                return {}
            case LegRang():
                return {"event": "ringing", "who": who}
            case LegPickedUp():
                return {"event": "picked_up", "who": who}
            case LegTaken():
                self._targets[event.taken_leg_id] = event.by
                return {"event": "taken", "who": who, "to": event.by}
            case LegAnswered():
                return {"event": "answered", "who": who}
            case LegEnded():
                return {"event": "stopped", "who": who, "outcome": event.outcome}
            case CallTransferred():
                return {"event": "transferred", "who": event.by, "to": event.to, "kind": event.kind}
        return {}

    async def _post(self, *events: dict[str, object]) -> None:
        """Post events by name; a switch with a bad line posts everything twice."""
        for event in events:
            self._number += 1
            event["event_id"] = f"e{self._number}"
        for _ in range(2 if self._twice else 1):
            async with self._http.post("/pbx/main/events", json=list(events)) as reply:
                assert reply.status == 200, await reply.text()
                answer = await reply.json()
                self.ignored += answer["ignored"]


def _ended(entry: JournalEntry) -> dict[str, object]:
    assert entry.ended_at
    return {
        "event": "ended",
        "call": entry.call_id,
        "line": entry.line,
        "caller": entry.caller or "anonymous",
        "name": entry.caller_name,
        "at": entry.ended_at.isoformat(),
        "began_at": entry.began_at.isoformat(),
        "disposition": entry.disposition,
        "reason": entry.reason,
        "who": entry.answered_by,
        "confirmed": entry.confirmed,
        "talk_seconds": entry.talk_seconds,
        "cause": entry.cause,
        "way": entry.way,
        "trail": [asdict(item) for item in entry.trail],
    }
