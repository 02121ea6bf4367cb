"""Whose callbacks are whose, worked out once for everybody who asks within a moment.

Each page shows how many callbacks its person owes, and all pages ask when one opens or closes; the
list is read and dealt out once for all of them. What was read before a change is never kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

from router.callbacks_order import assigned
from storage.database import Database
from storage.records import OpenCallback
from switchboard.board import Board
from switchboard.callbacks import floor_now, listed, owed_of

LASTS = timedelta(seconds=5)
"""Shifts and promised hours come without a change: the answer is no older than this."""

Shares = Mapping[str, tuple[OpenCallback, ...]]


class OwedShares:
    """Each manager's open callbacks in the order in which to call."""

    def __init__(self, board: Board, database: Database) -> None:
        self._board = board
        self._database = database
        self._asking = asyncio.Lock()
        self._changes = 0
        self._kept: tuple[int, datetime, Shares] | None = None

    def changed(self) -> None:
        """A callback opened, closed or changed hands."""
        self._changes += 1

    async def of(self, manager: str) -> tuple[OpenCallback, ...]:
        """What a manager owes now."""
        async with self._asking:
            now = self._board.now
            if self._kept is None or not self._holds(self._kept, now):
                changes = self._changes
                self._kept = changes, now, await self._dealt_out(now)
            return self._kept[2].get(manager, ())

    def _holds(self, kept: tuple[int, datetime, Shares], now: datetime) -> bool:
        changes, at, _ = kept
        return changes == self._changes and now - at < LASTS

    async def _dealt_out(self, now: datetime) -> Shares:
        board = self._board
        floor = await floor_now(self._database, board.office(), now, board.calendar)
        shares: dict[str, list[OpenCallback]] = {}
        for item in await listed(self._database, now):
            for manager in assigned(owed_of(item, now), floor):
                shares.setdefault(manager, []).append(item)
        return {manager: tuple(items) for manager, items in shares.items()}
