"""From a notice to a channel, in order and until it is taken, without holding anything up.

Each channel has a queue and a task of its own. What a dead server does not take is tried again,
with growing pauses; the queue is bounded, and what falls out of it is logged. A channel that does
not deliver says so by itself (`trouble`), so that the other channel, the log and the state tell it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

import structlog

from dozvon.alarms.sending import Channel, NotSent
from storage.sentences import message_of
from switchboard.alarms import Notice, NoticeWord

QUEUE_LIMIT = 200
FIRST_PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 300.0

log = structlog.get_logger()


class Delivery:
    """The way of notices through one channel; `run` is owned by whoever makes it."""

    def __init__(
        self,
        channel: Channel,
        *,
        limit: int = QUEUE_LIMIT,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.channel = channel
        self.trouble = ""
        self.sent = 0
        self.lost = 0
        self._limit = limit
        self._pause = pause
        self._queue: deque[Notice] = deque()
        self._bell = asyncio.Event()

    @property
    def waiting(self) -> int:
        """How many notices are not delivered yet."""
        return len(self._queue)

    def add(self, notice: Notice) -> None:
        """Takes a notice; an older reminder of the same alarm that still waits gives way."""
        if notice.word is not NoticeWord.RAISED:
            kept = (n for n in self._queue if not _outdated(n, notice))
            self._queue = deque(kept)
        if len(self._queue) >= self._limit:
            lost = self._queue.popleft()
            self.lost += 1
            log.error("an alarm was never delivered", channel=self.channel.name, alarm=lost.id)
        self._queue.append(notice)
        self._bell.set()

    async def run(self) -> None:
        """Delivers until it is cancelled."""
        pause_seconds = FIRST_PAUSE_SECONDS
        while True:
            while not self._queue:
                self._bell.clear()
                await self._bell.wait()
            if await self._sent(self._queue[0]):
                pause_seconds = FIRST_PAUSE_SECONDS
                continue
            await self._pause(pause_seconds)
            pause_seconds = min(2 * pause_seconds, LONGEST_PAUSE_SECONDS)

    async def _sent(self, notice: Notice) -> bool:
        try:
            await self.channel.send(notice)
        except NotSent as error:
            self._failed(message_of(error))
            return False
        except Exception as error:
            log.exception("an alarm could not be sent", channel=self.channel.name)
            self._failed(type(error).__name__)
            return False
        if self.trouble:
            log.info("alarms are delivered again", channel=self.channel.name)
        self.trouble = ""
        self.sent += 1
        if notice in self._queue:
            self._queue.remove(notice)
        return True

    def _failed(self, why: str) -> None:
        if self.trouble != why:
            log.error(
                "alarms are not delivered",
                channel=self.channel.name,
                because=why,
                waiting=self.waiting,
            )
        self.trouble = why


def _outdated(waiting: Notice, by: Notice) -> bool:
    return waiting.word is NoticeWord.REMINDER and waiting.alarm_id == by.alarm_id
