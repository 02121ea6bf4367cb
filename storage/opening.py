"""Opening and closing a connection, each as one piece: whoever is cancelled leaves none open.

A driver that is interrupted goes on in its thread, and what it opened or was to close belongs to
nobody. So either is carried to its end, however often somebody asks to stop meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

T = TypeVar("T")


async def opened(open_it: Awaitable[T], close: Callable[[T], Awaitable[None]]) -> T:
    """What was opened; raises what opening raises, and `CancelledError` only after closing."""
    opening = asyncio.ensure_future(open_it)  # noqa: TID251 - awaited below in every case
    stop = await _end_of(opening)
    if stop is None:
        return opening.result()
    if not opening.cancelled() and opening.exception() is None:
        await closed(close(opening.result()))
    raise stop


async def closed(close_it: Awaitable[None]) -> None:
    """Closes; raises what closing raises, and `CancelledError` only after the end of it."""
    closing = asyncio.ensure_future(close_it)  # noqa: TID251 - awaited below in every case
    stop = await _end_of(closing)
    if stop is None:
        return closing.result()
    if not closing.cancelled():
        closing.exception()  # who was stopped hears nothing else
    raise stop


async def _end_of(work: asyncio.Future[Any]) -> asyncio.CancelledError | None:
    """Waits until it is done; the last wish to stop that came meanwhile."""
    stop = None
    while not work.done():
        try:
            await asyncio.wait({work})
        except asyncio.CancelledError as wish:
            stop = wish
    return stop
