"""Recordings as people meet them: brought in, listened to, held, deleted, asked after.

The owned task brings them in beside the calls and is never in a call's way: a call's end only rings
its bell. Whatever somebody does with a recording leaves a row in the audit in the same transaction,
and a sound is opened only after that row is written.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

import structlog

from recordings.errors import RecordingError
from recordings.expecting import Expecting
from recordings.intake import Intake
from recordings.keeping import NOT_WANTED, SERVICE
from recordings.signing import LinkTo, check, sign
from recordings.store import FolderStore
from storage.audit import AuditRow
from storage.database import Database
from storage.errors import StorageError
from storage.office_versions import OfficeVersions
from storage.recording_records import StoredRecording, StoredSound
from storage.recordings import Recordings
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer
from switchboard.news import CallRecorded, Newsroom
from switchboard.reload import LAW_CONFIRMED

TIDY_SECONDS = 3600.0
AGAIN_SECONDS = 30.0
AFTER_CALL_SECONDS = 3.0
"""A journal entry that came after its events is read with the next call, or after this."""

log = structlog.get_logger()


class Act(StrEnum):
    """What is done with a recording, as the audit says it."""

    PLAY = "play"
    DOWNLOAD = "download"
    HOLD = "hold"
    RELEASE = "release"
    DELETE = "delete"
    EXPIRE = "expire"
    LINK = "link"
    RETRY = "retry"
    NOT_WANTED = NOT_WANTED


def subject_of(recording: int) -> str:
    """How the audit names a recording."""
    return f"recording:{recording}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A sound that may be read now."""

    recording: StoredRecording
    sound: StoredSound
    path: Path


class Archive:
    """The recordings of this installation. Owned by whoever runs the engine."""

    def __init__(  # noqa: PLR0913 - what it works with, all by keyword
        self,
        *,
        database: Database,
        writer: Writer,
        news: Newsroom,
        store: FolderStore,
        intake: Intake,
        expecting: Expecting,
        link_key: Callable[[], bytes],
        now: Callable[[], datetime],
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.intake = intake
        self.store = store
        self._database = database
        self._writer = writer
        self._news = news
        self._expecting = expecting
        self._link_key = link_key
        self._now = now
        self._pause = pause

    # -- the owned task ------------------------------------------------------------------------

    async def run(self, pbxs: Sequence[str]) -> None:
        """Brings recordings in and lets old ones go, until cancelled; waits for trouble to pass."""
        while not await self._begun():
            await self._pause(AGAIN_SECONDS)
        async with asyncio.TaskGroup() as group:
            group.create_task(self.intake.run(pbxs), name="recordings: intake")
            group.create_task(self._listen(), name="recordings: calls")
            group.create_task(self._tidy(), name="recordings: tidy")

    async def _begun(self) -> bool:
        try:
            await asyncio.to_thread(self.store.prepare)
            await self._expecting.begin()
            await self._expecting.read_on()
            await self.intake.sweep()
        except (RecordingError, StorageError) as trouble:
            self.intake.state.told("", "store-trouble", str(trouble))
            log.error("recordings cannot be brought in yet", because=str(trouble))  # noqa: TRY400
            return False
        except Exception:
            log.exception("recordings cannot be brought in yet")
            return False
        self.intake.state.told("")
        return True

    async def _listen(self) -> None:
        """After each call that is recorded in the log, reads on in what the journal told."""
        with self._news.listening(1000) as listener:
            told = asyncio.Event()
            async with asyncio.TaskGroup() as group:
                group.create_task(self._read_on(told), name="recordings: journal")
                async for news in listener:
                    if isinstance(news, CallRecorded):
                        told.set()

    async def _read_on(self, told: asyncio.Event) -> None:
        while True:
            try:
                async with asyncio.timeout(AGAIN_SECONDS):
                    await told.wait()
                told.clear()
                await self._pause(AFTER_CALL_SECONDS)
            except TimeoutError:
                pass
            try:
                if await self._expecting.read_on():
                    self.intake.wake()
            except StorageError as trouble:
                log.error("recordings wait for the database", because=str(trouble))  # noqa: TRY400
            except Exception:
                log.exception("what the journal told of recordings could not be read")

    async def _tidy(self) -> None:
        while True:
            try:
                await self.let_go()
                await self.finish_removing()
            except StorageError as trouble:
                log.error("old recordings stay for now", because=str(trouble))  # noqa: TRY400
            except Exception:
                log.exception("old recordings could not be deleted")
            await self._pause(TIDY_SECONDS)

    # -- keeping -------------------------------------------------------------------------------

    async def let_go(self) -> int:
        """Deletes what is older than its department keeps it; returns how many."""
        count = 0
        while True:
            async with self._database.reading() as connection:
                found = await Recordings(connection).expired(self._now())
            for recording in found:
                about = {"by": SERVICE, "why_id": "expired"}
                count += await self._delete(recording.id, act=Act.EXPIRE, **about)
            if not found:
                return count

    async def delete(self, recording: int, *, by: str, why: str = "", address: str = "") -> bool:
        """Deletes one now; False where there is none, or somebody holds it."""
        about = {"by": by, "why": why, "address": address}
        return await self._delete(recording, act=Act.DELETE, why_id="deleted", **about)

    async def _delete(  # noqa: PLR0913 - what the audit says of it, by keyword
        self, recording: int, *, by: str, act: Act, why_id: str, why: str = "", address: str = ""
    ) -> bool:
        """Deletes a recording that nobody holds; the last word on it is in the transaction."""
        at = self._now()

        async def work(uow: UnitOfWork) -> list[str] | None:
            found = await uow.recordings.get(recording)
            if found is None or found.legal_hold or found.deleted_at:
                return None  # somebody holds it since it was looked at, or was faster
            await uow.audit.add(_row(recording, act, by=by, at=at, address=address, why=why))
            return await uow.recordings.delete(recording, by=by, at=at, why_id=why_id)

        unused = await self._writer.submit(work)
        await self.remove(unused or ())
        return unused is not None

    async def remove(self, keys: Sequence[str]) -> list[str]:
        """Removes sounds that no recording uses any more; returns those that are gone."""
        return await asyncio.to_thread(self.store.delete_all, keys)

    async def finish_removing(self) -> None:
        """Takes away what was deleted and left lying: by a kill, a full or a foreign disk."""
        async with self._database.reading() as connection:
            noted = await Recordings(connection).to_remove()
            unused = await Recordings(connection).unused(noted)
        stays = set(unused) - set(await self.remove(unused))
        done = [key for key in noted if key not in stays]
        if done:
            await self._writer.submit(lambda uow: uow.recordings.removed(done))

    # -- listening -----------------------------------------------------------------------------

    async def get(self, recording: int) -> StoredRecording | None:
        """One recording, without opening its sound."""
        async with self._database.reading() as connection:
            return await Recordings(connection).get(recording)

    async def of_call(self, call_id: str) -> StoredRecording | None:
        """The recording of a call."""
        async with self._database.reading() as connection:
            return await Recordings(connection).of_call(call_id)

    async def find(self, recording: StoredRecording, form: str = "") -> Opened | None:
        """The sound of a recording; None while there is none. Raises `StoreDamaged`."""
        sound = recording.sound(form) if recording.playable else None
        if sound is None:
            return None
        path = await asyncio.to_thread(self.store.path, sound.store_key)
        return Opened(recording=recording, sound=sound, path=path)

    async def note(self, recording: int, act: Act, *, by: str, address: str = "") -> None:
        """Writes into the audit what somebody does; he is given the sound only after this."""
        row = _row(recording, act, by=by, at=self._now(), address=address)
        await self._writer.submit(lambda uow: uow.audit.add(row))

    async def link(self, recording: int, *, by: str, lasts: timedelta, address: str = "") -> str:
        """The token of a link that a CRM may follow for a while; the audit says until when."""
        at = self._now()
        row = link_row(recording, by=by, at=at, until=at + lasts, address=address)
        await self._writer.submit(lambda uow: uow.audit.add(row))
        key, found = await asyncio.to_thread(self._link_key), await self.get(recording)
        return sign(key, recording, found.call_id if found else "", until=at + lasts)

    async def linked(self, token: str) -> StoredRecording | None:
        """The recording that a link opens; raises `LinkRefused` for one that is forged or old.

        None where it was erased, also where another call's recording has its number by now.
        """
        key = await asyncio.to_thread(self._link_key)
        link = check(key, token, now=self._now())
        found = await self.get(link.recording)
        return found if found and LinkTo.of(key, found.id, found.call_id) == link else None


def link_row(
    recording: int, *, by: str, at: datetime, until: datetime, address: str = ""
) -> AuditRow:
    """The row of the audit for a link that is given away; `about` holds when it ends, as ISO."""
    about = {"until": until.isoformat(timespec="seconds")}
    subject = subject_of(recording)
    return AuditRow(at=at, by=by, act=Act.LINK, subject=subject, about=about, address=address)


def _row(  # noqa: PLR0913 - what a row of the audit says, by keyword
    recording: int, act: Act, *, by: str, at: datetime, address: str = "", why: str = ""
) -> AuditRow:
    about = {"why": why} if why else {}
    subject = subject_of(recording)
    return AuditRow(at=at, by=by, act=act, subject=subject, about=about, address=address)


# -- the law, and what one may change without the service -------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """Who confirmed the notice about the law, and when (None where that was not kept)."""

    by: str
    at: datetime | None


async def confirm_law(uow: UnitOfWork, *, by: str, at: datetime) -> None:
    """From now on conversations may be recorded; who said so is kept."""
    await uow.offices.note(LAW_CONFIRMED, json.dumps({"by": by, "at": at.isoformat()}))
    await uow.audit.add(AuditRow(at=at, by=by, act="confirm-recording-law", subject="office"))


async def withdraw_law(uow: UnitOfWork, *, by: str, at: datetime) -> None:
    """Nothing is recorded any more."""
    await uow.offices.note(LAW_CONFIRMED, "")
    await uow.audit.add(AuditRow(at=at, by=by, act="withdraw-recording-law", subject="office"))


async def law_confirmed(database: Database) -> Confirmed | None:
    """Who confirmed the notice about the law; None while nothing is recorded."""
    async with database.reading() as connection:
        found = await OfficeVersions(connection).noted(LAW_CONFIRMED)
    if not found:
        return None
    try:
        told = json.loads(found)
        return Confirmed(by=told["by"], at=datetime.fromisoformat(told["at"]))
    except (ValueError, KeyError, TypeError):
        return Confirmed(by=found, at=None)  # what it was worth is judged by whoever reads it


async def hold(  # noqa: PLR0913 - who holds what, and why
    uow: UnitOfWork,
    recording: int,
    *,
    held: bool,
    by: str,
    at: datetime,
    why: str,
    address: str = "",
) -> bool:
    """Holds a recording whatever its age, or lets it go; False where there is none."""
    if not await uow.recordings.hold(recording, held=held, by=by, why=why):
        return False
    act = Act.HOLD if held else Act.RELEASE
    await uow.audit.add(_row(recording, act, by=by, at=at, why=why, address=address))
    return True


async def retry(
    uow: UnitOfWork, recording: int, *, by: str, at: datetime, address: str = ""
) -> bool:
    """Looks for the files of a missing or broken recording once more."""
    if not await uow.recordings.retry(recording, at=at):
        return False
    await uow.audit.add(_row(recording, Act.RETRY, by=by, at=at, address=address))
    return True
