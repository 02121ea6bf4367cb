"""What the PBX need not keep any more, where a setting lets us delete there.

Rules:

1. The copy of a conversation that we keep is deleted only after ours was read back and is byte for
   byte what we made.
2. The files of a recording that was deleted here, or was never taken because the client does not
   want it, are deleted as soon as the call has ended in the log.
3. So are the files of a call that nobody answered: ringing, or a header. Only what the log says
   without a doubt is one: no talk, and no disagreement between its witnesses.
4. Every round is bounded, goes on where the last one ended, also after a restart, and stops at the
   first sign of trouble: a PBX that does not answer holds up nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select

from recordings.errors import SourceError
from recordings.expecting import UNANSWERED_SEEN, parts_of
from recordings.keeping import Keeping
from recordings.port import RecordingSource
from router.calls import CallState, Disposition
from storage import schema
from storage.database import Database
from storage.office_versions import OfficeVersions
from storage.recording_records import PartState, RecordingState, StoredPart, StoredRecording
from storage.recordings import Recordings
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer

DELETE_SECONDS = 30.0
PIECE = 50
"""Calls, or recordings, that one round looks at."""
SETTLED = timedelta(seconds=60)
"""How long a call's end must be past: until then its witnesses may still speak."""
LONGEST_CALL = timedelta(hours=12)
"""A recording whose call nobody has told the end of is over all the same after this."""
STUCK = timedelta(hours=1)
_trail, _calls, _parts = schema.trail, schema.calls, schema.recording_parts

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """A journal entry up to which everything was looked at, and the files that may go."""

    entry: int
    names: tuple[str, ...] = ()


class LettingGo:
    """Deletes at the PBXs what nobody needs there. `now` is our clock."""

    def __init__(
        self,
        *,
        database: Database,
        writer: Writer,
        keeping: Keeping,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._writer = writer
        self._keeping = keeping
        self._now = now
        self._stuck: dict[int, datetime] = {}
        self._troubled: set[str] = set()

    async def once(self, pbx: str, source: RecordingSource) -> None:
        """One bounded round for a PBX; what cannot be deleted now is tried again later."""
        try:
            await self._of_recordings(pbx, source)
            await self._of_unanswered(pbx, source)
        except (SourceError, TimeoutError) as error:
            if pbx not in self._troubled:
                log.warning("the PBX keeps its copies for now", pbx=pbx, because=str(error))
            self._troubled.add(pbx)
        else:
            self._troubled.discard(pbx)

    # -- recordings ----------------------------------------------------------------------------

    async def _of_recordings(self, pbx: str, source: RecordingSource) -> None:
        now = self._now()
        stuck = [number for number, until in self._stuck.items() if until > now]
        ended_before = now - LONGEST_CALL
        async with self._database.reading() as connection:
            left = await Recordings(connection).left_at_source(
                pbx, ended_before=ended_before, besides=stuck, limit=PIECE
            )
        for recording in left:
            self._stuck[recording.id] = now + STUCK  # until it is done: one never blocks the others
            if recording.state is RecordingState.READY and not await self._is_safe(recording):
                continue
            for part in _not_needed(recording):
                await self._delete(source, part.name)
                await self._gone(part.id)
            del self._stuck[recording.id]

    async def _is_safe(self, recording: StoredRecording) -> bool:
        safe = await asyncio.to_thread(self._keeping.is_safe, recording)
        if not safe:
            log.error("a recording in the store is damaged", recording=recording.id)
        return safe

    async def _gone(self, part: int) -> None:
        async def work(uow: UnitOfWork) -> None:
            await uow.recordings.deleted_at_source(part, self._now())

        await self._writer.submit(work)

    # -- calls that nobody answered ------------------------------------------------------------

    async def _of_unanswered(self, pbx: str, source: RecordingSource) -> None:
        seen, found = await self._next(pbx)
        done = seen
        try:
            for each in found:
                for name in each.names:
                    await self._delete(source, name)
                done = each.entry
        finally:
            if done != seen:
                await self._note(pbx, done)

    async def _next(self, pbx: str) -> tuple[int, Sequence[Unanswered]]:
        """Where we are in the journal entries of a PBX, and the next ones that are settled."""
        async with self._database.reading() as connection:
            seen = int(await OfficeVersions(connection).noted(f"{UNANSWERED_SEEN}{pbx}") or 0)
            query = (
                select(_trail.c.id, _trail.c.reported, *(_calls.c[name] for name in _CALL))
                .outerjoin(_calls, _calls.c.id == _trail.c.call_id)
                .where(_trail.c.id > seen, _trail.c.pbx == pbx)
                .order_by(_trail.c.id)
                .limit(PIECE)
            )
            rows = (await connection.execute(query)).all()
            told = {row.id: _names(row.reported) for row in rows if _is_unanswered(row)}
            wanted = sorted({name for names in told.values() for name in names})
            known = select(_parts.c.name).where(_parts.c.pbx == pbx, _parts.c.name.in_(wanted))
            kept = set((await connection.execute(known)).scalars())
        found = []
        for row in rows:
            if row.ended_at and row.ended_at > self._now() - SETTLED:
                break
            names = tuple(name for name in told.get(row.id, ()) if name not in kept)
            found.append(Unanswered(entry=row.id, names=names))
        return seen, found

    async def _note(self, pbx: str, entry: int) -> None:
        async def work(uow: UnitOfWork) -> None:
            await uow.offices.note(f"{UNANSWERED_SEEN}{pbx}", str(entry))

        await self._writer.submit(work)

    async def _delete(self, source: RecordingSource, name: str) -> None:
        try:
            async with asyncio.timeout(DELETE_SECONDS):
                await source.delete(name)
        except SourceError as error:
            if error.again:
                raise
            log.warning("a file cannot be deleted at the PBX", name=name, because=str(error))


_CALL = ("state", "disposition", "answered_at", "ended_at", "talk_seconds", "disagreement")


def _not_needed(recording: StoredRecording) -> list[StoredPart]:
    """The files to delete: of a conversation that we keep, only what went into it."""
    there = [part for part in recording.parts if part.source_deleted_at is None]
    if recording.state is RecordingState.DELETED:
        return there
    return [part for part in there if part.state in {PartState.USED, PartState.EMPTY}]


def _is_unanswered(row: Any) -> bool:
    """Whether the log says without a doubt that nobody talked."""
    told = row.state == CallState.ENDED and row.ended_at is not None
    talked = row.disposition == Disposition.ANSWERED or row.answered_at or row.talk_seconds
    return told and bool(row.disposition) and not talked and not row.disagreement


def _names(reported: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(part.name for part in parts_of(reported.get("recordings")))
