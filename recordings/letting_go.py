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
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

import structlog
from sqlalchemy import select

from recordings.errors import SourceError
from recordings.expecting import UNANSWERED_SEEN, parts_of
from recordings.keeping import Keeping
from recordings.port import RecordingSource
from router.calls import CallState, Direction, Disposition
from storage import schema
from storage.connection import AnyConnection
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
LONGEST_DIAL = timedelta(hours=1)
"""A call by a click that began earlier is in the log, or never will be."""
STUCK = timedelta(hours=1)
PLACED_SEEN = "recordings/placed-seen/"
"""With a PBX's key behind it: when the last call by a click began that was looked at."""
_trail, _calls, _legs = schema.trail, schema.calls, schema.legs
_parts = schema.recording_parts

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """Files that may go, and up to where everything was looked at once they are gone."""

    upto: str
    names: tuple[str, ...] = ()


class LettingGo:
    """Deletes at the PBXs what nobody needs there. `now` is our clock.

    `own_sound` names the file that the phone of a call by a click begins, "" of any other channel.
    """

    def __init__(
        self,
        *,
        database: Database,
        writer: Writer,
        keeping: Keeping,
        now: Callable[[], datetime],
        own_sound: Callable[[str], str] = lambda _: "",
    ) -> None:
        self._database = database
        self._writer = writer
        self._keeping = keeping
        self._now = now
        self._own_sound = own_sound
        self._stuck: dict[int, datetime] = {}
        self._troubled: set[str] = set()

    async def once(self, pbx: str, source: RecordingSource) -> None:
        """One bounded round for a PBX; what cannot be deleted now is tried again later."""
        try:
            await self._of_recordings(pbx, source)
            await self._of_unanswered(source, f"{UNANSWERED_SEEN}{pbx}", await self._told(pbx))
            await self._of_unanswered(source, f"{PLACED_SEEN}{pbx}", await self._placed(pbx))
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

    async def _of_unanswered(
        self, source: RecordingSource, seen: str, found: Sequence[Unanswered]
    ) -> None:
        done = ""
        try:
            for each in found:
                for name in each.names:
                    await self._delete(source, name)
                done = each.upto
        finally:
            if done:
                await self._writer.submit(lambda uow: uow.offices.note(seen, done))

    async def _told(self, pbx: str) -> Sequence[Unanswered]:
        """What the next journal entries of a PBX tell, as far as they are settled."""
        async with self._database.reading() as connection:
            seen = int(await OfficeVersions(connection).noted(f"{UNANSWERED_SEEN}{pbx}") or 0)
            query = (
                select(_trail.c.id, _trail.c.reported, *_CALL)
                .outerjoin(_calls, _calls.c.id == _trail.c.call_id)
                .where(_trail.c.id > seen, _trail.c.pbx == pbx)
                .order_by(_trail.c.id)
                .limit(PIECE)
            )
            rows = (await connection.execute(query)).all()
            told = [(row, _names(row.reported)) for row in rows]
            kept = await _known(connection, pbx, told)
        until = self._now() - SETTLED
        settled = takewhile(lambda each: not each[0].ended_at or each[0].ended_at <= until, told)
        return [
            Unanswered(upto=str(row.id), names=_free(row, names, kept)) for row, names in settled
        ]

    async def _placed(self, pbx: str) -> Sequence[Unanswered]:
        """The calls by a click of a PBX, in the order in which they began: no journal tells them.

        The phone's file is begun before the client is called, and stays empty if he never answers.
        """
        async with self._database.reading() as connection:
            seen = await OfficeVersions(connection).noted(f"{PLACED_SEEN}{pbx}")
            query = (
                select(_calls.c.began_at, _legs.c.leg_id, *_CALL)
                .join(_legs, _legs.c.call_id == _calls.c.id)
                .where(_calls.c.pbx == pbx, _calls.c.direction == Direction.OUTBOUND)
                .where(_calls.c.began_at <= self._now() - LONGEST_DIAL)
                .order_by(_calls.c.began_at, _calls.c.id, _legs.c.position)
                .limit(2 * PIECE)
            )
            if seen:
                query = query.where(_calls.c.began_at > datetime.fromisoformat(seen))
            rows = (await connection.execute(query)).all()
            told = [(row, tuple(filter(None, (self._own_sound(row.leg_id),)))) for row in rows]
            kept = await _known(connection, pbx, told)
        return [
            Unanswered(upto=row.began_at.isoformat(), names=_free(row, names, kept))
            for row, names in told
        ]

    async def _delete(self, source: RecordingSource, name: str) -> None:
        try:
            async with asyncio.timeout(DELETE_SECONDS):
                await source.delete(name)
        except SourceError as error:
            if error.again:
                raise
            log.warning("a file cannot be deleted at the PBX", name=name, because=str(error))


_CALL = tuple(
    _calls.c[name]
    for name in ("state", "disposition", "answered_at", "ended_at", "talk_seconds", "disagreement")
)


async def _known(
    connection: AnyConnection, pbx: str, told: Iterable[tuple[Any, tuple[str, ...]]]
) -> frozenset[str]:
    """Which of these files belong to a recording: whether they go is decided with it."""
    wanted = sorted({name for row, names in told if _is_unanswered(row) for name in names})
    query = select(_parts.c.name).where(_parts.c.pbx == pbx, _parts.c.name.in_(wanted))
    return frozenset((await connection.execute(query)).scalars())


def _free(row: Any, names: Iterable[str], kept: Collection[str]) -> tuple[str, ...]:
    """The files of a call that may go: those of an unanswered one that no recording knows."""
    return tuple(n for n in names if n not in kept) if _is_unanswered(row) else ()


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
