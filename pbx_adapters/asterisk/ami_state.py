"""What a link to Asterisk is doing, for whoever waits for it or watches it.

A state that is passed through quickly still wakes who waits for it, and watchers see every state
once and in order. `closed` is final.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import structlog

log = structlog.get_logger()


class LinkState(StrEnum):
    """What the link is doing; `refused` means that the login was refused."""

    DISCONNECTED = "disconnected"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    REFUSED = "refused"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkTiming:
    """Deadlines and pauses of a link, in seconds.

    A half-open link is noticed after at most `keepalive` + `pong`. Asterisk answers a wrong
    password after one second. The retry pauses double from `first_retry` up to their ceiling; a
    refused login waits longer, because only a person can cure it. A connection that lived for
    `steady` ends the growth.
    """

    connect: float = 5.0
    login: float = 5.0
    booted: float = 30.0
    keepalive: float = 5.0
    pong: float = 3.0
    first_retry: float = 0.5
    retry_ceiling: float = 5.0
    refused_ceiling: float = 60.0
    steady: float = 10.0

    def pause(self, failures: int, *, refused: bool, jitter: float) -> float:
        """How long to wait before the next attempt; `jitter` (0 ≤ x < 1) takes off up to half."""
        ceiling = self.refused_ceiling if refused else self.retry_ceiling
        doubled = self.first_retry * 2.0 ** min(failures, 30)
        return min(ceiling, doubled) * (1 - jitter / 2)


class Voices:
    """Which of several links to one PBX tells a trouble that they share: the first that had it."""

    def __init__(self) -> None:
        self._speaker: dict[str, object] = {}

    def speaks(self, link: object, trouble: str) -> bool:
        """Whether this link, which has this trouble now and no other, is the one to tell it."""
        self.release(link, but=trouble)
        return self._speaker.setdefault(trouble, link) is link

    def release(self, link: object, *, but: str = "") -> None:
        """The troubles of this link are over; who still has one of them tells it from now on."""
        over = [told for told, who in self._speaker.items() if who is link and told != but]
        for told in over:
            del self._speaker[told]


class StateBoard:
    """Holds the state, wakes who waits for it, tells who watches it."""

    def __init__(self, name: str) -> None:
        self.state = LinkState.DISCONNECTED
        self._name = name
        self._watchers: list[Callable[[LinkState], None]] = []
        self._waiters: list[tuple[tuple[LinkState, ...], asyncio.Future[LinkState]]] = []

    def watch(self, callback: Callable[[LinkState], None]) -> None:
        """Calls `callback` with every new state; it must not block."""
        self._watchers.append(callback)

    async def wait(self, states: tuple[LinkState, ...]) -> LinkState:
        """Waits until the state is, or for an instant was, one of `states`."""
        if self.state in states:
            return self.state
        waiter: asyncio.Future[LinkState] = asyncio.get_running_loop().create_future()
        entry = (states, waiter)
        self._waiters.append(entry)
        try:
            return await waiter
        finally:
            self._waiters.remove(entry)

    def become(self, state: LinkState) -> None:
        """Changes the state, unless it is the same or the link is closed."""
        if state is self.state or self.state is LinkState.CLOSED:
            return
        self.state = state
        for states, waiter in self._waiters:
            if state in states and not waiter.done():
                waiter.set_result(state)
        for watcher in self._watchers:
            try:
                watcher(state)
            except Exception:
                log.exception("a watcher of the link's state failed", pbx=self._name)
