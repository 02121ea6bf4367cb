"""What happens, for whoever looks on: the demo's terminal, later the workspace.

A slow listener loses its oldest news, never holds up a call, and is told how many it lost.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from pbx_adapters.port import TrailItem, Way
from router.calls import Call
from router.events import AnyCallEvent
from router.facts import LookupOutcome, PhoneState
from router.plan import Decision
from switchboard.alarms import Alarm


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDecided:
    """A decision was given to a PBX, `seconds` after it was asked for."""

    pbx: str
    call_id: str
    caller: str
    decision: Decision
    lookup: LookupOutcome = LookupOutcome.NOT_ASKED
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CallMoved:
    """A call after an event (`call` is None for an event about a call nobody knows)."""

    event: AnyCallEvent
    call: Call


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecorded:
    """A call's end is in the log. `way` and `trail` are the journal's, if it spoke in time."""

    call: Call
    callback_opened: bool = False
    callback_closed: bool = False
    way: Way | None = None
    trail: tuple[TrailItem, ...] = ()
    recovered: bool = False
    disagreed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkChanged:
    """A PBX is watched and what a gap left behind is read, or it is watched no longer."""

    pbx: str
    up: bool
    why: str
    recovered_calls: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PhonesChanged:
    """Phones' states as a PBX tells them, by extension."""

    pbx: str
    states: Mapping[str, PhoneState]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmsStand:
    """The alarms that were told and not taken back, whenever these are others than before."""

    alarms: tuple[Alarm, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackActed:
    """Somebody took an item of the callback list, gave it away, noted something or closed it."""

    callback_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientChanged:
    """Somebody changed a client ("" for many at once), or only noted something of him."""

    client: str
    noted: bool = False


News = (
    CallDecided
    | CallMoved
    | CallRecorded
    | LinkChanged
    | PhonesChanged
    | AlarmsStand
    | CallbackActed
    | ClientChanged
)


@dataclass(slots=True)
class Listener:
    """One subscription. `lost` counts news dropped because nobody read them."""

    limit: int
    lost: int = 0
    _waiting: deque[News] = field(default_factory=deque)
    _bell: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, news: News) -> None:
        """Add news; the oldest give way."""
        if len(self._waiting) >= self.limit:
            self._waiting.popleft()
            self.lost += 1
        self._waiting.append(news)
        self._bell.set()

    async def __aiter__(self) -> AsyncIterator[News]:
        while True:
            while self._waiting:
                yield self._waiting.popleft()
            self._bell.clear()
            await self._bell.wait()


class Newsroom:
    """Hands news to every listener."""

    def __init__(self) -> None:
        self._by_id: dict[int, Listener] = {}

    def tell(self, news: News) -> None:
        """Hand out news at once; never blocks."""
        for listener in self._by_id.values():
            listener.tell(news)

    @contextmanager
    def listening(self, limit: int = 10_000) -> Iterator[Listener]:
        """Listen while the block lasts."""
        listener = Listener(limit)
        self._by_id[id(listener)] = listener
        try:
            yield listener
        finally:
            del self._by_id[id(listener)]
