"""A driver's two links without a wire: a test says when each comes, goes, and what it answers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from pbx_adapters.asterisk import driver
from pbx_adapters.asterisk.ami import LINK_DOWN, LINK_UP, AmiLink
from pbx_adapters.asterisk.ami_state import LinkState as AmiState
from pbx_adapters.asterisk.driver import AsteriskPbx
from pbx_adapters.asterisk.errors import NotConnected
from pbx_adapters.asterisk.frames import Frame
from pbx_adapters.asterisk.settings import AsteriskSettings
from pbx_adapters.port import CallOffered, GapClosed, JournalEntry, LinkState
from router.events import AnyCallEvent
from router.facts import PhoneState
from router.office import Department, Office, Status
from router.plan import Decision

Action = Mapping[str, Any]

OFFICE = Office(
    name="Office",
    default_department="sales",
    departments={"sales": Department(key="sales", name="Sales")},
    managers={},
    lines={},
)


@dataclass
class Exchange:
    """What both links ask. `held` stops the answer to an action of that name and key."""

    now: datetime
    ahead: timedelta = timedelta(0)
    started: str = "09:00:00"
    channels: list[Frame] = field(default_factory=list)
    astdb: dict[str, str] = field(default_factory=dict)
    held: dict[tuple[str, str], asyncio.Event] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, action: Action) -> Any:
        asked = (str(action["Action"]), str(action.get("Key", "")))
        self.asked.append(asked)
        self.changed.set()
        if asked in self.held:
            await self.held[asked].wait()
        answer: Callable[[Action], Any] = getattr(self, f"_{asked[0].lower()}")
        return answer(action)

    async def until(self, condition: Callable[[], object]) -> None:
        """Waits until something asked or told makes the condition true."""
        async with asyncio.timeout(20):
            while not condition():
                self.changed.clear()
                await self.changed.wait()

    def _ping(self, _: Action) -> Frame:
        stamp = (self.now + self.ahead).timestamp()
        return Frame("response", "Success", {"Timestamp": f"{stamp:.6f}"})

    def _corestatus(self, _: Action) -> Frame:
        return Frame("response", "Success", {"CoreStartupTime": self.started})

    def _devicestatelist(self, _: Action) -> list[Frame]:
        return []

    def _coreshowchannels(self, _: Action) -> list[Frame]:
        return list(self.channels)

    def _dbgettree(self, action: Action) -> list[Frame]:
        under = f"/{action['Family']}/{action['Key']}"
        found = {key: value for key, value in self.astdb.items() if key.startswith(under)}
        return [Frame("event", "DBGetTreeResponse", {"Key": k, "Val": v}) for k, v in found.items()]

    def _dbput(self, action: Action) -> Frame:
        self.astdb[f"/{action['Family']}/{action['Key']}"] = action["Val"]
        return Frame("response", "Success", {})

    def _dbdel(self, action: Action) -> Frame:
        self.astdb.pop(f"/{action['Family']}/{action['Key']}", None)
        return Frame("response", "Success", {})


class ScriptedLink(AmiLink):
    """A link that comes and goes as a test says."""

    def __init__(self, exchange: Exchange, wanted: frozenset[str]) -> None:
        about = {"name": "main", "wanted_events": wanted, "now": lambda: exchange.now}
        super().__init__("127.0.0.1", 1, "user", "secret", **about)  # type: ignore[arg-type]
        self._exchange_asked = exchange

    async def run(self) -> None:
        await asyncio.Event().wait()

    def rise(self) -> None:
        self._frames.put(LINK_UP)
        self._board.become(AmiState.CONNECTED)

    def fall(self) -> None:
        self.lost_times += 1
        self._frames.put(LINK_DOWN)
        self._board.become(AmiState.DISCONNECTED)

    def tell(self, *frames: Frame) -> None:
        for frame in frames:
            self._frames.put(frame)

    async def _ask(self, action: Action, deadline: float, as_list: int | None = None) -> Any:  # noqa: ARG002 - the link's signature
        if self.state is not AmiState.CONNECTED:
            raise NotConnected("there is no link; nothing was sent")
        return await self._exchange_asked.answer(action)


@dataclass
class Told:
    """The switchboard: remembers what it is told, in one order."""

    changed: asyncio.Event
    events: list[AnyCallEvent] = field(default_factory=list)
    links: list[LinkState | GapClosed] = field(default_factory=list)

    @property
    def gaps(self) -> list[GapClosed]:
        return [told for told in self.links if isinstance(told, GapClosed)]

    async def decide(self, offered: CallOffered) -> Decision:
        raise LookupError(offered.call_id)

    async def happened(self, event: AnyCallEvent) -> None:
        self.events.append(event)
        self.changed.set()

    async def phones_changed(self, pbx: str, states: Mapping[str, PhoneState]) -> None:
        pass

    async def record(self, entries: Sequence[JournalEntry]) -> Sequence[str]:
        return [entry.key for entry in entries]

    async def link_changed(self, pbx: str, state: LinkState, why: str) -> None:  # noqa: ARG002 - the port's signature
        self.links.append(state)
        self.changed.set()

    async def gap_closed(self, closed: GapClosed) -> None:
        self.links.append(closed)
        self.changed.set()

    def office(self) -> Office:
        return OFFICE

    def statuses(self) -> Mapping[str, Status]:
        return {}


@dataclass
class Driven:
    """A driver that runs between its links and its switchboard."""

    exchange: Exchange
    pbx: AsteriskPbx
    told: Told

    @property
    def calls(self) -> ScriptedLink:
        assert isinstance(self.pbx.calls, ScriptedLink)
        return self.pbx.calls

    @property
    def journal(self) -> ScriptedLink:
        assert isinstance(self.pbx.journal, ScriptedLink)
        return self.pbx.journal


@contextlib.asynccontextmanager
async def driven(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Driven]:
    """A driver whose links are up and which has synchronised once."""

    def link(_: AsteriskPbx, _user: str, _secret: str, wanted: frozenset[str]) -> ScriptedLink:
        return ScriptedLink(exchange, wanted)

    monkeypatch.setattr(AsteriskPbx, "_link", link)
    monkeypatch.setattr(driver, "_AGAIN_SECONDS", 0.01)
    settings = AsteriskSettings(
        key="main",
        calls_user="a",
        calls_secret="b",
        journal_user="c",
        journal_secret="d",
        agi_port=0,
    )
    told = Told(exchange.changed)
    found = Driven(exchange, AsteriskPbx(settings, told, now=lambda: exchange.now), told)
    running = asyncio.create_task(found.pbx.run())
    try:
        found.calls.rise()
        found.journal.rise()
        await found.pbx.clock_offset_seconds()
        await exchange.until(lambda: found.told.gaps)
        yield found
    finally:
        running.cancel()
        await asyncio.wait({running})
