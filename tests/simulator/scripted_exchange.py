"""An exchange of three phones and one mobile, and a switchboard that offers one given plan."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pbx_adapters.port import CallOffered, GapClosed, JournalEntry, LinkState
from pbx_adapters.simulator import CallerScript, LiveCall, SimulatedPbx
from router.candidates import phone_of
from router.events import AnyCallEvent
from router.facts import PhoneState
from router.office import Department, Line, Manager, Office, OutgoingLine, Status
from router.plan import Decision, Ending, Plan, Step, StepKind, StepRole, Target, TargetKind

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
LINE = "74951230001"
CALLER = CallerScript(number="79161234567", line=LINE, name="Ivan")
MOBILE = "79161230103"

MANAGERS = {
    key: Manager(key=key, name=key.title(), department="sales", extension=extension)
    for key, extension in (("anna", "101"), ("boris", "102"), ("clara", "103"))
}
OFFICE = Office(
    name="Test",
    default_department="sales",
    departments={"sales": Department(key="sales", name="Sales")},
    managers=MANAGERS,
    lines={"main": Line(key="main", number=LINE, name="Main", department="sales")},
    outgoing={"trunk": OutgoingLine(key="trunk", pbx="main", dial="PJSIP/{number}@t", channels=1)},
)
ANNA, BORIS, CLARA = (phone_of(m) for m in MANAGERS.values())
CLARAS_MOBILE = Target(
    kind=TargetKind.MOBILE,
    manager="clara",
    number=f"+{MOBILE}",
    dial=f"PJSIP/{MOBILE}@t",
    device="-",
    confirm=True,
    outgoing="trunk",
)


def one(*targets: Target, ring: int = 4, confirm: int = 0) -> Step:
    return Step(
        kind=StepKind.ONE,
        role=StepRole.OWNER,
        targets=targets,
        ring_seconds=ring,
        confirm_seconds=confirm,
    )


def together(*targets: Target, ring: int = 4, confirm: int = 0) -> Step:
    return Step(
        kind=StepKind.ALL,
        role=StepRole.DEPARTMENT,
        targets=targets,
        ring_seconds=ring,
        confirm_seconds=confirm,
    )


def wait(*targets: Target, ring: int = 0, each: int = 3) -> Step:
    return Step(
        kind=StepKind.WAIT,
        role=StepRole.WAIT,
        targets=targets,
        ring_seconds=ring,
        each_seconds=each,
    )


def plan(*steps: Step, patience: int = 60, ending: Ending = Ending.MESSAGE_BUSY) -> Plan:
    return Plan(steps=steps, ending=ending, patience_seconds=patience)


@dataclass
class Scripted:
    """Offers `plan` for every call, and remembers what it is told."""

    plan: Plan | None = None
    hangs: bool = False
    offered: list[CallOffered] = field(default_factory=list)
    events: list[AnyCallEvent] = field(default_factory=list)
    phones: list[tuple[str, PhoneState]] = field(default_factory=list)
    recorded: list[JournalEntry] = field(default_factory=list)
    gaps: list[GapClosed] = field(default_factory=list)

    async def decide(self, offered: CallOffered) -> Decision:
        self.offered.append(offered)
        if self.hangs:
            await asyncio.Event().wait()
        if self.plan is None:
            raise LookupError("no plan for this test")
        return Decision(plan=self.plan, reasons=())

    async def happened(self, event: AnyCallEvent) -> None:
        self.events.append(event)

    async def phones_changed(self, pbx: str, states: Mapping[str, PhoneState]) -> None:
        assert pbx == "main"
        self.phones += states.items()

    async def record(self, entries: Sequence[JournalEntry]) -> Sequence[str]:
        self.recorded += entries
        return [entry.key for entry in entries]

    async def link_changed(self, pbx: str, state: LinkState, why: str) -> None:
        assert (pbx, state, bool(why)) == ("main", LinkState.UP, True)

    async def gap_closed(self, closed: GapClosed) -> None:
        self.gaps.append(closed)

    def office(self) -> Office:
        return OFFICE

    def statuses(self) -> Mapping[str, Status]:
        return {}


@asynccontextmanager
async def exchange(
    switchboard: Scripted, *, watchdog_seconds: float = 1.5
) -> AsyncIterator[SimulatedPbx]:
    pbx = SimulatedPbx("main", switchboard, start=START, watchdog_seconds=watchdog_seconds)
    running = asyncio.create_task(pbx.run())
    try:
        yield pbx
    finally:
        running.cancel()
        await asyncio.wait([running])


def rang(call: LiveCall) -> list[tuple[str, float]]:
    """Who rang in a call, and how many seconds after its beginning."""
    return [
        (leg.dialled.number, (leg.rang_at - call.began_at).total_seconds())
        for leg in call.legs
        if leg.rang_at is not None
    ]


def trail(entry: JournalEntry) -> list[str]:
    """The trail in the dialplan's own spelling."""
    return [
        f"{item.step}={'+'.join(item.who)}:{item.what}"
        + ("" if item.seconds is None else f":{item.seconds}")
        + (f":{item.result}" if item.result else "")
        for item in entry.trail
    ]
