"""Time that passes only when there is nothing left to do at this instant.

Rules: happenings are kept in a heap and happen in the order of their time, those of one time in
the order in which they were planned. The clock moves on only while every actor waits at his
mailbox, so a switchboard that really takes time (a database, say) is simply waited for: no instant
is skipped and nothing depends on the speed of the machine.
"""

from __future__ import annotations

import asyncio
import heapq
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(order=True, slots=True)
class Timer:
    """A planned happening; `cancel` makes it nothing."""

    at: datetime
    turn: int
    act: Callable[[], None] | None = field(compare=False)

    def cancel(self) -> None:
        """Forget it. Cancelling twice, or after it happened, does no harm."""
        self.act = None


class VirtualClock:
    """A clock that stands still until everybody waits."""

    def __init__(self, start: datetime) -> None:
        self.now = start
        self._timers: list[Timer] = []
        self._turns = count()
        self._running = 0
        self._changed = asyncio.Event()

    @property
    def idle(self) -> bool:
        """Whether everybody waits and nothing is planned."""
        self._drop_cancelled()
        return not self._running and not self._timers

    def later(self, seconds: float, act: Callable[[], None]) -> Timer:
        """Plan `act` for `seconds` from now."""
        at = self.now + timedelta(seconds=max(seconds, 0.0))
        timer = Timer(at=at, turn=next(self._turns), act=act)
        heapq.heappush(self._timers, timer)
        self._changed.set()
        return timer

    def begin(self) -> None:
        """Somebody has something to do: time stands still."""
        self._running += 1

    def end(self) -> None:
        """He waits, or is done."""
        self._running -= 1
        self._changed.set()

    async def run(self) -> None:
        """Let everything happen that is planned, one thing after another, until nothing is left."""
        while True:
            await self.until(lambda: not self._running)
            self._drop_cancelled()
            if not self._timers:
                self._changed.set()
                return
            timer = heapq.heappop(self._timers)
            self.now = timer.at
            if timer.act:
                timer.act()

    async def until(self, met: Callable[[], bool]) -> None:
        """Wait until a change of the clock makes `met()` true."""
        while not met():
            self._changed.clear()
            await self._changed.wait()

    def _drop_cancelled(self) -> None:
        while self._timers and self._timers[0].act is None:
            heapq.heappop(self._timers)


class Mailbox(Generic[Item]):
    """Where one actor waits for what happens to him; the clock knows that he waits."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._items: deque[Item] = deque()
        self._waiting: asyncio.Future[None] | None = None

    def put(self, item: Item) -> None:
        """Hand over something that happened."""
        self._items.append(item)
        if self._waiting is not None and not self._waiting.done():
            self._clock.begin()
            self._waiting.set_result(None)

    async def take(self) -> Item:
        """Wait for the next happening."""
        if not self._items:
            self._waiting = waiting = asyncio.get_running_loop().create_future()
            self._clock.end()
            try:
                await waiting
            except asyncio.CancelledError:
                if waiting.cancelled():
                    self._clock.begin()
                raise
            finally:
                self._waiting = None
        return self._items.popleft()
