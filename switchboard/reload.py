"""What other processes change (the command line applies an office, sets a status) is seen here.

The database is asked once a second; nothing needs to reach the service over a socket, and a change
made while it is down is in force as soon as it starts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Protocol

import structlog

from config.errors import OfficeMistakes
from config.office_file import load_office
from router.office import Office, Status
from storage.database import Database
from storage.office_versions import OfficeVersions
from storage.statuses import Statuses

EVERY_SECONDS = 1.0
LAW_CONFIRMED = "recording-law-confirmed"
"""The fact in the table `meta` without which nothing is recorded: who confirmed, and when."""

log = structlog.get_logger()


class Board(Protocol):
    """Whoever takes the changes over."""

    def office(self) -> Office:
        """The office in force."""
        ...

    async def office_applied(self, office: Office) -> None:
        """A new office is in force."""
        ...

    async def statuses_read(self, statuses: Mapping[str, Status]) -> None:
        """Take over all statuses."""
        ...


class Reload:
    """Brings the board up to date with the database."""

    def __init__(self, database: Database, board: Board, now: Callable[[], datetime]) -> None:
        self._now = now
        self._database = database
        self._board = board
        self._refused = 0

    async def once(self) -> None:
        """Read office and statuses now."""
        async with self._database.reading() as connection:
            current = await OfficeVersions(connection).current()
            rows = await Statuses(connection).all()
            confirmed = bool(await OfficeVersions(connection).noted(LAW_CONFIRMED))
        now = self._now()
        lasting = {k: r.status for k, r in rows.items() if r.until is None or r.until > now}
        await self._board.statuses_read(lasting)
        await self._law_confirmed(confirmed=confirmed)
        if current is None or current.version in {self._board.office().version, self._refused}:
            return
        try:
            office = load_office(current.text, file=f"office version {current.version}")
        except OfficeMistakes as mistakes:
            self._refused = current.version
            log.error(  # noqa: TRY400 - the sentences say it all
                "the applied office cannot be read; the one before stays in force",
                version=current.version,
                because=str(mistakes),
            )
            return
        await self._board.office_applied(
            replace(office, version=current.version, recording_confirmed=confirmed)
        )

    async def _law_confirmed(self, *, confirmed: bool) -> None:
        """Record from now on, or no longer: somebody confirmed the notice about the law."""
        office = self._board.office()
        if office.recording_confirmed is not confirmed:
            await self._board.office_applied(replace(office, recording_confirmed=confirmed))

    async def run(self) -> None:
        """Read every second until cancelled; a database in trouble is asked again later."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                await self.once()
            except Exception as trouble:  # noqa: BLE001 - any trouble passes or is told by the writer
                log.debug("office and statuses could not be read", because=str(trouble))
