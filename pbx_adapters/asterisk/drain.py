"""From the PBX's journal into the switchboard's records, hour by hour, in small pieces.

An entry is deleted in the PBX only after the switchboard said that it is recorded; whatever happens
in between, the entry is there again the next time, and recording it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from pbx_adapters.asterisk.astdb import AstDb
from pbx_adapters.asterisk.journal import FAMILY, Shelf, read_entry
from pbx_adapters.errors import PbxProtocolError
from pbx_adapters.port import JournalEntry, Switchboard

PIECE = 40
"""Entries recorded in one go."""

log = structlog.get_logger()


class Drain:
    """Reads one PBX's journal."""

    def __init__(self, pbx: str, astdb: AstDb, switchboard: Switchboard) -> None:
        self._pbx = pbx
        self._astdb = astdb
        self._switchboard = switchboard
        self._unreadable: set[str] = set()

    async def ended(self, hours: Collection[str] | None = None) -> int:
        """Record the ended calls of some hours (all by default); returns how many entries left."""
        total = 0
        for hour in sorted(hours if hours is not None else await self._hours()):
            total += await self._hour(hour)
            if total >= PIECE and hours is None:
                log.info("journal is being read", pbx=self._pbx, entries=total, hour=hour)
        return total

    async def living(self) -> Sequence[JournalEntry]:
        """The calls that are up as the journal says. Asked before the channels are listed."""
        return await self._read(Shelf.LIVE)

    async def lost(
        self, living: Sequence[JournalEntry], channels: Collection[str], now: datetime
    ) -> int:
        """Close calls whose channel the PBX no longer has: it was restarted in between.

        `living` was read before the `channels` were listed, and what ended in between is gone from
        the journal by now: neither a call that has just begun nor one that has just ended is lost.
        """
        suspects = [e for e in living if e.call_id not in channels]
        if not suspects:
            return 0
        still = {e.key for e in await self._read(Shelf.LIVE)}
        gone = [replace(e, restarted=True, ended_at=now) for e in suspects if e.key in still]
        return await self._record(gone)

    async def forget_hours(self, now: datetime) -> None:
        """Drop the index of past hours that hold nothing any more."""
        current = now.strftime("%Y%m%d%H")
        for hour in await self._hours():
            if hour >= current:
                continue
            if not await self._astdb.tree(f"{Shelf.LIVE}/{hour}") and not await self._astdb.tree(
                f"{Shelf.ENDED}/{hour}"
            ):
                await self._astdb.delete((f"hours/{hour}",))

    async def _hours(self) -> list[str]:
        keys = await self._astdb.tree("hours")
        return [key.rpartition("/")[2] for key in keys]

    async def _hour(self, hour: str) -> int:
        entries = await self._read(f"{Shelf.ENDED}/{hour}")
        total = 0
        for start in range(0, len(entries), PIECE):
            total += await self._record(entries[start : start + PIECE])
        return total

    async def _read(self, path: str) -> list[JournalEntry]:
        tree = await self._astdb.tree(path)
        return [e for e in (self._entry(k, v) for k, v in tree.items()) if e]

    def _entry(self, key: str, value: str) -> JournalEntry | None:
        """One entry, or None for one that nobody can read: it is left in place and told once."""
        try:
            return read_entry(self._pbx, key, value)
        except PbxProtocolError as broken:
            if key not in self._unreadable:
                self._unreadable.add(key)
                log.error(  # noqa: TRY400 - the sentence says it all
                    "a journal entry cannot be read and is left where it is",
                    pbx=self._pbx,
                    because=str(broken),
                )
            return None

    async def _record(self, entries: list[JournalEntry]) -> int:
        if not entries:
            return 0
        recorded = await self._switchboard.record(entries)
        await self._astdb.delete(key.removeprefix(f"{FAMILY}/") for key in recorded)
        return len(recorded)
