"""Brings recordings from the PBX into our store: look, fetch, convert, keep; one task per PBX.

Rules:

1. How far each recording has come is in the database, so a restart goes on where it was; what was
   fetched and not yet converted lies in the store's folder of arrivals.
2. A file is fetched only when it has stopped growing, and taken only when it is as long as it was
   when looked at. It is fetched at once, whatever else is waited for: its link may expire.
3. Trouble that may pass (the PBX is away, the disk is full) is waited for and never uses up a try;
   a conversion that fails is tried three times, then the files are kept and it is told.
4. What a client of the call does not want to be recorded never comes into the store: it is asked
   for before anything is fetched, and again in the transaction that would keep it.
5. What is kept is worth more than what is told late: it is joined anew only once everything that it
   was made of is here again, and is played meanwhile. Else what is told late goes on behind it, if
   both are whole conversations; voices apart are named, and what is kept stays as it is.
6. The PBX's copy is deleted only where a setting says so (`recordings.letting_go`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from recordings.arriving import Arriving, Look
from recordings.converting import Converter
from recordings.errors import ConversionFailed, SourceError, StoreError
from recordings.keeping import JOINED, Keeping, Rules
from recordings.letting_go import LONGEST_CALL, LettingGo
from recordings.looking import Standing, next_look, over
from recordings.orders import Order, OrderedPart
from recordings.port import PartKind, RecordingSource
from recordings.store import FolderStore
from storage.database import Database
from storage.ended_calls import Calls
from storage.errors import StorageError
from storage.recording_records import PartState, StoredPart, StoredRecording
from storage.recordings import Recordings
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer

POLL_SECONDS = 30.0
TRIES = 3
CALL_SECONDS = 10.0
_OPEN = (PartState.EXPECTED, PartState.ARRIVING)

log = structlog.get_logger()


@dataclass(slots=True)
class IntakeState:
    """What an administrator should know: sentences' ids and details, by PBX ("": our own store)."""

    troubles: dict[str, tuple[str, str]] = field(default_factory=dict)

    def told(self, where: str, why_id: str = "", why: str = "") -> None:
        """Notes a trouble, or that it is over."""
        if why_id:
            if where not in self.troubles:
                log.warning("recordings do not arrive", pbx=where, because=why or why_id)
            self.troubles[where] = (why_id, why)
        elif self.troubles.pop(where, None):
            log.info("recordings arrive again", pbx=where)


class Intake:
    """Brings in the recordings of every PBX; `sources` say where each keeps its own."""

    def __init__(  # noqa: PLR0913 - what it works with, all by keyword
        self,
        *,
        database: Database,
        writer: Writer,
        store: FolderStore,
        converter: Converter,
        sources: Mapping[str, RecordingSource],
        rules: Rules,
        now: Callable[[], datetime],
        own_sound: Callable[[str], str] = lambda _: "",
        pause: Callable[[asyncio.Event, float], Awaitable[Any]] | None = None,
    ) -> None:
        self.state = IntakeState()
        self._database = database
        self._writer = writer
        self._store = store
        self._converter = converter
        self._sources = sources
        self._rules = rules
        self._now = now
        self._pause = pause or _pause
        self._keeping = Keeping(
            writer=writer, store=store, rules=rules, now=now, lets_go=self._lets_go
        )
        self._letting_go = LettingGo(
            database=database,
            writer=writer,
            keeping=self._keeping,
            now=now,
            own_sound=own_sound,
        )
        self._arriving = Arriving(writer=writer, keeping=self._keeping, rules=rules, now=now)
        self._bells: dict[str, asyncio.Event] = {}

    def wake(self) -> None:
        """There may be something to do."""
        for bell in self._bells.values():
            bell.set()

    async def run(self, pbxs: Sequence[str]) -> None:
        """Works for these PBXs until cancelled."""
        async with asyncio.TaskGroup() as group:
            for pbx in pbxs:
                self._bells[pbx] = asyncio.Event()
                group.create_task(self._work(pbx), name=f"recordings of {pbx}")

    async def once(self, pbx: str) -> datetime | None:
        """Does what is due for a PBX; returns when there is something to do next."""
        async with self._database.reading() as connection:
            due = await Recordings(connection).due(pbx, self._now())
        for recording in due:
            await self._advance(recording)
        if self._lets_go(pbx):
            await self._letting_go.once(pbx, self._sources[pbx])
        async with self._database.reading() as connection:
            return await Recordings(connection).next_at(pbx)

    def _lets_go(self, pbx: str) -> bool:
        """Whether files at a PBX are deleted there once they are not needed."""
        source = self._sources.get(pbx)
        return source is not None and source.deletes and self._rules.delete_at_source

    async def _work(self, pbx: str) -> None:
        while True:
            seconds = POLL_SECONDS
            self._bells[pbx].clear()
            try:
                at = await self.once(pbx)
                if at is not None:
                    seconds = min(seconds, max(0.1, (at - self._now()).total_seconds()))
            except StorageError as trouble:
                log.error("recordings wait for the database", because=str(trouble))  # noqa: TRY400
            except Exception:
                log.exception("recordings could not be brought in", pbx=pbx)
            await self._pause(self._bells[pbx], seconds)

    async def _advance(self, recording: StoredRecording) -> None:
        """One recording as far as it goes now; a mistake with one never stops the others."""
        try:
            if not await self._is_over(recording):
                await self._later(recording, "call-goes-on", after=CALL_SECONDS)
            elif await self._is_unwanted(recording):
                await self._keeping.unwanted(recording)
            elif await self._arrive(recording):
                await self._convert(recording.id)
        except SourceError as error:
            self.state.told(recording.pbx, "source", str(error))
            await self._later(recording, "source", str(error))
        except StoreError as error:
            self.state.told("", error.why_id, error.detail)
            await self._later(recording, error.why_id, error.detail)
        except StorageError:
            raise
        except Exception as error:
            log.exception("a recording could not be brought in", recording=recording.id)
            await self._failed(recording, ConversionFailed("stopped", repr(error)[:200]))

    async def _is_over(self, recording: StoredRecording) -> bool:
        """Whether the call has ended: a file may rest in its middle (a hold) and grow on."""
        if self._now() - recording.expected_at > LONGEST_CALL:
            return True
        async with self._database.reading() as connection:
            return await Calls(connection).known(recording.call_id)

    async def _is_unwanted(self, recording: StoredRecording) -> bool:
        """Whether it must not be kept: the exchange alone cannot know a client's wish."""
        async with self._database.reading() as connection:
            return await Recordings(connection).unwanted(recording.call_id)

    # -- files ---------------------------------------------------------------------------------

    async def _arrive(self, recording: StoredRecording) -> bool:
        """Looks at the files that are not here yet and fetches them; True when all are.

        Used ones are waited for until a conversion was tried (from then on tries are counted), and
        never where we have deleted them ourselves.
        """
        waiting = [part for part in recording.parts if part.state in _OPEN]
        if waiting or recording.why_id not in ConversionFailed.IDS:
            used = await asyncio.to_thread(self._keeping.not_here_again, recording)
            waiting += [part for part in used if part.source_deleted_at is None]
        source = self._sources.get(recording.pbx)
        if source is None:
            if waiting:
                self.state.told(recording.pbx, "no-source")
                await self._later(recording, "no-source")
            return not waiting
        looks = [await self._arriving.look(source, part) for part in waiting]
        self.state.told(recording.pbx)
        if any(look.stand is Standing.GROWING for look in looks):
            await self._later(recording, "growing", after=self._rules.patience.settle_seconds)
            return False
        for look in looks:
            if look.here and not await self._arriving.settle(source, look):
                await self._later(recording, "growing", after=self._rules.patience.settle_seconds)
                return False
        if not await self._give_up(recording, [look for look in looks if not look.here]):
            return False
        if waiting:  # from here on it is conversions that are counted
            await self._later(recording, "", after=0.0, tries=0)
        return True

    async def _give_up(self, recording: StoredRecording, absent: Sequence[Look]) -> bool:
        """Gives up files that were waited for long enough; False while some are waited for."""
        closed = next((look.why for look in absent if look.why), "")
        beside = len(absent) < len(recording.parts) and not closed
        patience, tries = self._rules.patience, recording.tries + 1
        if absent and not over(recording.expected_at, self._now(), tries, patience, beside=beside):
            why_id = "source" if closed else "not-there-yet"
            await self._later(recording, why_id, closed, tries=tries)
            return False
        for look in absent:
            await self._arriving.give_up(look)
        return True

    # -- sound ---------------------------------------------------------------------------------

    async def _convert(self, number: int) -> None:
        async with self._database.reading() as connection:
            recording = await Recordings(connection).get(number)
        if recording is None:
            return
        fetched = [part for part in recording.parts if part.state is PartState.FETCHED]
        if not fetched:
            await self._keeping.nothing_came(recording)
            return
        if lost := await asyncio.to_thread(self._keeping.lost, fetched):
            for part in lost:
                fresh = partial(_anew, part.id)
                await self._write(fresh)
            await self._later(recording, "not-there-yet", after=0.0)
            return
        order = await self._order(recording)
        if order is None:
            await self._keeping.stays(recording)
            return
        try:
            result = await self._converter.convert(order)
        except ConversionFailed as failed:
            await self._failed(recording, failed)
            return
        await self._keeping.keep(recording, result)
        self.state.told("")

    async def _order(self, recording: StoredRecording) -> Order | None:
        """What is joined; None where what is kept can neither be joined anew nor go on."""
        joined = [part for part in recording.parts if part.state in JOINED]
        parts = [self._ordered(part) for part in _each_once(joined)]
        if await asyncio.to_thread(self._keeping.not_here_again, recording):
            kept = await asyncio.to_thread(self._keeping.stand_in, recording)
            used = {part.sha256 for part in joined if part.state is PartState.USED}
            late = [part for part in _each_once(joined) if part.sha256 not in used]
            if kept is None or not late:
                return None
            parts = [kept, *map(self._ordered, late)]
        folder: Path = self._keeping.folder_of(recording.id)
        return self._rules.order(tuple(parts), folder)

    def _ordered(self, part: StoredPart) -> OrderedPart:
        place, kind = self._keeping.place_of(part), PartKind(part.kind)
        return OrderedPart(name=part.name, path=place, kind=kind, began_at=part.began_at)

    async def _failed(self, recording: StoredRecording, failed: ConversionFailed) -> None:
        if failed.why_id == "no-ffmpeg" and await self._keeping.keep_as_it_is(recording):
            return
        tries = recording.tries + 1
        if tries < TRIES:
            await self._later(recording, failed.why_id, failed.detail, tries=tries)
            return
        await self._keeping.broken(recording, failed.why_id, failed.detail)

    # -- the row -----------------------------------------------------------------------------------

    async def _later(
        self,
        recording: StoredRecording,
        why_id: str,
        why: str = "",
        *,
        after: float | None = None,
        tries: int | None = None,
    ) -> None:
        now = self._now()
        at = next_look(recording.expected_at, now)
        if after is not None:
            at = now + timedelta(seconds=after)
        count = recording.tries if tries is None else tries
        about: dict[str, Any] = {"at": at, "tries": count, "why_id": why_id, "why": why}
        await self._write(lambda u: u.recordings.again(recording.id, **about))

    async def _write(self, work: Callable[[UnitOfWork], Awaitable[None]]) -> None:
        await self._writer.submit(work)

    async def sweep(self) -> None:
        """Takes away arrivals that nobody waits for any more."""
        async with self._database.reading() as connection:
            wanted = await Recordings(connection).open_ids()
        await asyncio.to_thread(self._keeping.sweep, wanted)


def _each_once(parts: Iterable[StoredPart]) -> Iterator[StoredPart]:
    """Files that are joined; of a conversation that two links gave only the first."""
    known = set()
    for part in parts:
        if part.kind != PartKind.CONVERSATION:
            yield part
        elif part.sha256 not in known:
            known.add(part.sha256)
            yield part


async def _anew(part: int, uow: UnitOfWork) -> None:
    await uow.recordings.part(part, PartState.EXPECTED, seen_size=-1, seen_at=None)


async def _pause(bell: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await bell.wait()
    except TimeoutError:
        return
