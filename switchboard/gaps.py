"""Gaps as facts: every stretch in which a PBX was not watched is a row with what was recovered.

A service that was killed could not write that it stopped; so it notes every minute that it watches,
and the gap at the next start begins with the last note.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from pbx_adapters.port import GapClosed
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer
from switchboard.troubles import SERVICE_WAS_DOWN


def watched_key(pbx: str) -> str:
    """The name under which the last watched instant of a PBX is noted."""
    return f"watched/{pbx}"


class GapKeeper:
    """Opens and closes gaps."""

    def __init__(self, writer: Writer, now: Callable[[], datetime]) -> None:
        self._writer = writer
        self._now = now
        self._in_order = asyncio.Lock()
        self._open: dict[str, int] = {}
        self._seen: set[str] = set()

    async def link_changed(self, pbx: str, *, up: bool, why: str) -> None:
        """Open a gap where there is none; the first time it reaches back to the last note."""
        at = self._now()
        async with self._in_order:
            await self._changed(pbx, at, up=up, why=why)

    async def _changed(self, pbx: str, at: datetime, *, up: bool, why: str) -> None:
        if pbx in self._open or (up and pbx in self._seen):
            return
        first = pbx not in self._seen

        async def work(uow: UnitOfWork) -> int:
            noted = await uow.offices.noted(watched_key(pbx)) if first else None
            began_at = datetime.fromisoformat(noted) if noted else at
            reason = str(SERVICE_WAS_DOWN()) if first else why
            return await uow.gaps.open(pbx, began_at=began_at, why=reason)

        self._open[pbx] = await self._writer.submit(work)
        self._seen.add(pbx)

    async def closed(self, closed: GapClosed) -> bool:
        """Close the open gap of a PBX with its counts, and note that the PBX is watched.

        Returns whether there was one.
        """
        at = self._now()
        async with self._in_order:
            return await self._closed(closed, at)

    async def _closed(self, closed: GapClosed, at: datetime) -> bool:
        gap_id = self._open.get(closed.pbx)

        async def work(uow: UnitOfWork) -> None:
            await uow.offices.note(watched_key(closed.pbx), at.isoformat())
            if gap_id is not None:
                await uow.gaps.close(
                    gap_id,
                    ended_at=at,
                    recovered_calls=closed.recovered_calls,
                    adopted_calls=closed.live_calls,
                )

        await self._writer.submit(work)
        return self._open.pop(closed.pbx, None) is not None

    async def still_watching(self, pbx: str) -> None:
        """Note that a PBX is watched at this moment."""
        if pbx in self._open or pbx not in self._seen:
            return
        at = self._now()

        async def work(uow: UnitOfWork) -> None:
            await uow.offices.note(watched_key(pbx), at.isoformat())

        await self._writer.submit(work)
