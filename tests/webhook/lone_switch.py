"""The driver alone with its routes on a socket, before a switchboard that only notes what it hears."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import aiohttp
from aiohttp import web
from own_ports import own_port
from webhook_house import TOKEN

from config.office_file import load_office
from pbx_adapters.port import CallOffered, GapClosed, JournalEntry, LinkState
from pbx_adapters.webhook import RecordingReady, WebhookPbx, WebhookSettings
from router.events import AnyCallEvent
from router.facts import PhoneState
from router.office import Office, Status
from router.plan import Decision, Ending, Plan, Step, StepKind, StepRole, Target, TargetKind
from web.app import listening

__all__ = ["TOKEN"]

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
OFFICE = load_office("""\
[office]
name = "Office"
default_department = "sales"
[outgoing.trunk]
dial = "PJSIP/{number}@trunk"
number_format = "national"
[departments.sales]
name = "Sales"
hours = { mon-sun = "0:00-24:00" }
[managers.anna]
name = "Анна Иванова"
extension = "101"
department = "sales"
[lines.main]
number = "74951230001"
name = "Main"
department = "sales"
""")


def phone(
    number: str = "101", *, manager: str = "anna", pbx: str = "main", dial: str = ""
) -> Target:
    return Target(kind=TargetKind.PHONE, manager=manager, number=number, pbx=pbx, dial=dial)


def decided(*targets: Target, owner: str = "anna", **about: str) -> Decision:
    step = Step(kind=StepKind.ONE, role=StepRole.OWNER, targets=targets, ring_seconds=15)
    plan = Plan(steps=(step,), ending=Ending.MESSAGE_BUSY, patience_seconds=60)
    return Decision(plan=plan, reasons=(), owner=owner, **about)  # type: ignore[arg-type]


@dataclass
class Noting:
    """Keeps `Switchboard`; its answers and its troubles are set by the test."""

    decision: Decision = field(default_factory=lambda: decided(phone()))
    hangs: bool = False
    fails: bool = False
    records: bool = True
    offered: list[CallOffered] = field(default_factory=list)
    events: list[AnyCallEvent] = field(default_factory=list)
    entries: list[JournalEntry] = field(default_factory=list)
    phones: dict[str, PhoneState] = field(default_factory=dict)
    links: list[tuple[LinkState, str]] = field(default_factory=list)
    let_go: list[str] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def decide(self, offered: CallOffered) -> Decision:
        self.offered.append(offered)
        if self.hangs:
            await asyncio.Event().wait()
        if self.fails:
            raise RuntimeError("the client base is on fire")
        return self.decision

    async def happened(self, event: AnyCallEvent) -> None:
        self.events.append(event)

    async def phones_changed(self, pbx: str, states: Mapping[str, PhoneState]) -> None:  # noqa: ARG002 - the port's signature
        self.phones.update(states)

    async def record(self, entries: Sequence[JournalEntry]) -> Sequence[str]:
        self.entries += entries
        self.changed.set()
        return [entry.key for entry in entries] if self.records else []

    async def link_changed(self, pbx: str, state: LinkState, why: str) -> None:  # noqa: ARG002 - the port's signature
        self.links.append((state, why))
        self.changed.set()

    async def gap_closed(self, closed: GapClosed) -> None:
        pass

    def office(self) -> Office:
        return OFFICE

    def statuses(self) -> Mapping[str, Status]:
        return {}


@dataclass
class Clock:
    """Time that passes when a test says so."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        return self.now.timestamp()

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Lone:
    """The driver, whom it reports to, and a client that shows the token."""

    pbx: WebhookPbx
    board: Noting
    clock: Clock
    http: aiohttp.ClientSession
    port: int
    recordings: list[RecordingReady]

    async def events(self, *events: object) -> tuple[int, dict[str, object]]:
        """Post events; the answer's status and what it says."""
        async with self.http.post("/pbx/main/events", json=list(events)) as reply:
            return reply.status, await reply.json()

    async def because(self, event: dict[str, object]) -> str:
        """Post one event; why it was ignored."""
        status, said = await self.events(event)
        assert status == 200, said
        ignored = said["ignored"]
        return str(ignored[0]["because"]) if ignored else ""  # type: ignore[index]


def settings_of(**changed: object) -> WebhookSettings:
    return WebhookSettings(**{"key": "main", "token": TOKEN, **changed})  # type: ignore[arg-type]


@asynccontextmanager
async def lone(
    settings: WebhookSettings | None = None, *, runs: bool = True, **about: object
) -> AsyncIterator[Lone]:
    """A driver that answers; `about` is given to the noting switchboard."""
    board, clock = Noting(**about), Clock()  # type: ignore[arg-type]
    found: list[RecordingReady] = []

    async def take(ready: RecordingReady) -> None:
        found.append(ready)

    pbx = WebhookPbx(
        settings or settings_of(),
        board,
        now=clock,
        let_go=board.let_go.append,
        recordings=take,
        monotonic=clock.seconds,
    )
    app = web.Application()
    app.add_routes(pbx.routes)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    port = own_port()
    address = f"http://127.0.0.1:{port}"
    async with (
        listening(app, host="127.0.0.1", port=port) as trouble,
        aiohttp.ClientSession(address, headers=headers) as http,
    ):
        assert not trouble
        task = asyncio.create_task(pbx.run()) if runs else None
        if task:
            await board.changed.wait()
            board.changed.clear()
            await asyncio.sleep(0)
        try:
            yield Lone(pbx, board, clock, http, port, found)
        finally:
            if task:
                task.cancel()
                await asyncio.wait({task})
