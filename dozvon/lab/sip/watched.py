"""Something whose changes can be waited for with a deadline, without a lock and without polling."""

import asyncio
from collections.abc import Callable


class Watched:
    """Wakes everyone who waits whenever its owner notes a change."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()
        self._waiters = 0

    def note_change(self) -> None:
        """Lets every waiter look again; costs nothing when there is none."""
        if self._waiters:
            self._changed.set()
            self._changed = asyncio.Event()

    async def until(self, met: Callable[[], bool], timeout: float) -> None:  # noqa: ASYNC109 - the lab's callers think in deadlines per wait
        """Returns as soon as `met()` is true; raises `TimeoutError` after `timeout` seconds."""
        self._waiters += 1
        try:
            async with asyncio.timeout(timeout):
                while not met():
                    await self._changed.wait()
        finally:
            self._waiters -= 1
