"""Opening a connection as one piece: whoever is cancelled meanwhile leaves none open behind him.

A driver that is interrupted while it opens a connection goes on in its thread, and what it opened
belongs to nobody. So the opening is carried to its end, and closed again if nobody waits any more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def opened(open_it: Awaitable[T], close: Callable[[T], Awaitable[None]]) -> T:
    """What was opened; raises what opening raises, and `CancelledError` only after closing."""
    opening = asyncio.ensure_future(open_it)  # noqa: TID251 - awaited below in every case
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        if not opening.cancelled():
            await close(await opening)
        raise
