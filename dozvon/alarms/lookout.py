"""What holds at this moment, gathered from every part of the service.

What the database would have to say and cannot say now stays as it was said last: a database in
trouble is one alarm, not the all-clear of others.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import func, or_, select
from sqlalchemy.exc import SQLAlchemyError

from storage import schema
from storage.database import Database
from storage.errors import StorageError
from storage.recording_records import RecordingState
from storage.writer import Writer
from switchboard.alarms import AlarmKind, Finding
from switchboard.news import LinkChanged
from switchboard.troubles import SERVICE_WAS_DOWN

ASK_SECONDS = 2.0
SERVICE_GAP_SECONDS = 60.0
NEWS_SECONDS = 60.0
"""How long a stop that is over counts as a condition; then its alarm is taken back."""
A_DAY = timedelta(days=1)
LOST = (RecordingState.MISSING, RecordingState.BROKEN)

log = structlog.get_logger()
_gaps, _callbacks = schema.gaps, schema.callbacks


@dataclass(slots=True, kw_only=True)
class Lookout:
    """Looks around when it is asked (`findings`). `why_down` is each PBX's trouble, or empty.

    `books` says in a sentence what the last balancing found, or nothing. `rivals` are the PBXs
    whose journal another service reads: such a one is neither down nor unread, whatever is said.
    `recordings` says in a sentence for each PBX why its recordings do not arrive.
    """

    database: Database
    writer: Writer
    folder: Path
    overdue: timedelta
    disk_free_percent: float
    why_down: dict[str, str]
    http_trouble: str = ""
    undelivered: Callable[[], Sequence[tuple[str, str]]] = tuple
    books: Callable[[], str] = str
    rivals: Callable[[], Mapping[str, str]] = dict
    recordings: Callable[[], Mapping[str, str]] = dict
    reported: dict[str, str] = field(default_factory=dict)
    _from_database: list[Finding] = field(default_factory=list)

    def heard(self, news: LinkChanged) -> None:
        """Takes note of a link."""
        self.why_down[news.pbx] = "" if news.up else news.why or "?"

    async def findings(self, now: datetime) -> list[Finding]:
        """Every condition that holds now."""
        await self._ask(now)
        return [*self._at_hand(), *self._disk(), *self._from_database]

    def _at_hand(self) -> list[Finding]:
        kind = AlarmKind
        found = self._links()
        if why := self.writer.trouble:
            about = {"why": why, "waiting": str(self.writer.waiting)}
            found.append(Finding(kind=kind.DATABASE_TROUBLE, about=about))
        if self.http_trouble:
            found.append(Finding(kind=kind.HTTP_TROUBLE, about={"why": self.http_trouble}))
        for channel, why in self.undelivered():
            about = {"channel": channel, "why": why}
            found.append(Finding(kind=kind.ALARMS_UNDELIVERED, subject=channel, about=about))
        for where, why in self.recordings().items():
            about = {"where": where, "why": why}
            found.append(Finding(kind=kind.RECORDINGS_LATE, subject=where, about=about))
        reported = {**self.reported, **({"books": told} if (told := self.books()) else {})}
        for key, sentence in reported.items():
            found.append(Finding(kind=kind.REPORTED, subject=key, about={"sentence": sentence}))
        return found

    def _links(self) -> list[Finding]:
        kind, rivals = AlarmKind, self.rivals()
        down = {pbx: why for pbx, why in self.why_down.items() if why and pbx not in rivals}
        return [
            *(
                Finding(kind=kind.LINK_DOWN, subject=pbx, about={"pbx": pbx, "why": why})
                for pbx, why in down.items()
            ),
            *(
                Finding(kind=kind.SECOND_SERVICE, subject=pbx, about={"pbx": pbx, "other": other})
                for pbx, other in rivals.items()
            ),
        ]

    def _disk(self) -> list[Finding]:
        try:
            disk = shutil.disk_usage(self.folder)
        except OSError as error:
            log.warning("the disk cannot be asked for its room", because=str(error))
            return []
        percent = 100 * disk.free / disk.total if disk.total else 100.0
        if percent >= self.disk_free_percent:
            return []
        about = {"folder": str(self.folder), "percent": f"{percent:.0f}"}
        return [Finding(kind=AlarmKind.DISK_LOW, about=about)]

    async def _ask(self, now: datetime) -> None:
        try:
            async with asyncio.timeout(ASK_SECONDS):
                found = [*await self._gaps(now), *await self._callbacks(now)]
                found += await self._recordings(now)
        except (TimeoutError, StorageError, SQLAlchemyError) as error:
            log.warning("alarms could not ask the database", because=type(error).__name__)
            return
        self._from_database = found

    async def _gaps(self, now: datetime) -> list[Finding]:
        since = now - timedelta(seconds=NEWS_SECONDS)
        query = select(_gaps).where(or_(_gaps.c.ended_at.is_(None), _gaps.c.ended_at > since))
        async with self.database.reading() as connection:
            rows = (await connection.execute(query)).mappings().all()
        found = []
        for row in rows:
            pbx, ended_at = row["pbx"], row["ended_at"]
            watched = not self.why_down.get(pbx, "?") and pbx not in self.rivals()
            if ended_at is None and watched:
                kind, about = AlarmKind.JOURNAL_NOT_READ, {"pbx": pbx}
                found.append(Finding(kind=kind, subject=pbx, about=about))
            lasted = (ended_at or now) - row["began_at"]
            long = lasted >= timedelta(seconds=SERVICE_GAP_SECONDS)
            if ended_at is not None and row["why"] == SERVICE_WAS_DOWN() and long:
                about = {
                    "pbx": pbx,
                    "minutes": str(max(1, round(lasted / timedelta(minutes=1)))),
                    "recovered": str(row["recovered_calls"]),
                }
                kind = AlarmKind.SERVICE_WAS_DOWN
                found.append(Finding(kind=kind, subject=str(row["id"]), about=about))
        return found

    async def _recordings(self, now: datetime) -> list[Finding]:
        table = schema.recordings.c
        lost = (table.began_at >= now - A_DAY, table.state.in_(LOST))
        query = select(func.count()).where(*lost)
        async with self.database.reading() as connection:
            count = (await connection.execute(query)).scalar_one()
        about = {"count": str(count)}
        return [Finding(kind=AlarmKind.RECORDINGS_LOST, about=about)] if count else []

    async def _callbacks(self, now: datetime) -> list[Finding]:
        item = _callbacks.c
        late = (
            item.closed_at.is_(None),
            item.first_missed_at < now - self.overdue,
            or_(item.promised_at.is_(None), item.promised_at < now),
        )
        first = select(item.first_missed_at, item.party).where(*late)
        first = first.order_by(item.first_missed_at).limit(1)
        count = select(func.count()).select_from(_callbacks).where(*late)
        async with self.database.reading() as connection:
            row = (await connection.execute(first)).first()
            if row is None:
                return []
            number = (await connection.execute(count)).scalar_one()
        minutes = round((now - row.first_missed_at) / timedelta(minutes=1))
        client = row.party.partition(":")[2] or row.party
        about = {"count": str(number), "minutes": str(minutes), "client": client}
        return [Finding(kind=AlarmKind.CALLBACK_OVERDUE, about=about)]
