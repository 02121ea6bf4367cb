"""What becomes of fetched files: a conversation in the store, or broken files that are kept.

The row's word comes after the sound: it is promised only once it lies in the store, synced. In the
same transaction it is asked whether a client of the call does not want it (`Recordings.unwanted`):
then nothing is kept, and the row says so.
"""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import structlog

from recordings.errors import BrokenSound, StoreFull
from recordings.headers import read_facts
from recordings.joining import Doubt
from recordings.looking import Patience
from recordings.orders import MOST_BYTES, Order, OrderedPart, Result
from recordings.port import PartKind
from recordings.retention import DAYS, expires_at
from recordings.store import FolderStore
from recordings.telling import named, worst_of
from storage.audit import AuditRow
from storage.recording_records import (
    Heard,
    PartState,
    RecordingState,
    StoredPart,
    StoredRecording,
    StoredSound,
)
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer

SERVICE = "service"
ROOM_BYTES = 64 << 20
"""What must stay free on the disk beside the files that are about to come."""
_PIECE = 1 << 20
NOT_WANTED = "not-wanted"
"""How the audit says that a recording was not kept because the client does not want it."""
JOINED = frozenset({PartState.FETCHED, PartState.USED})
"""What goes into a conversation: `USED` went into one before."""
_AS_IT_IS = frozenset({"mp3", "ogg", "wav", "flac", "m4a"})

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How recordings are brought in and kept. `ffmpeg` is a program's path, "" for none."""

    formats: tuple[str, ...] = ("mp3",)
    ffmpeg: str = ""
    most_bytes: int = MOST_BYTES
    days: Mapping[str, int] = field(default_factory=dict)
    usual_days: int = DAYS
    delete_at_source: bool = False
    patience: Patience = field(default_factory=Patience)

    def order(self, parts: tuple[OrderedPart, ...], folder: Path) -> Order:
        """What the converting process is asked."""
        return Order(parts=parts, folder=folder, formats=self.formats, ffmpeg=self.ffmpeg)


class Keeping:
    """Puts conversations into the store and says so in the database.

    `lets_go` tells whether files at a PBX are deleted there once they are not needed.
    """

    def __init__(
        self,
        *,
        writer: Writer,
        store: FolderStore,
        rules: Rules,
        now: Callable[[], datetime],
        lets_go: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._writer = writer
        self._store = store
        self._rules = rules
        self._now = now
        self._lets_go = lets_go

    # -- arrivals (these block) ----------------------------------------------------------------

    def folder_of(self, recording: int) -> Path:
        """Where the files of a recording arrive."""
        return self._store.incoming / str(recording)

    def place_of(self, part: StoredPart) -> Path:
        """Where a file arrives; its name at the PBX is never a name here."""
        return self.folder_of(part.recording_id) / f"{part.id}.part"

    def place_for(self, part: StoredPart) -> Path:
        """As `place_of`, with its folder made; raises `StoreFull` where there is no room."""
        place = self.place_of(part)
        try:
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            free = shutil.disk_usage(place.parent).free
        except OSError as error:
            raise StoreFull("disk-full", error.strerror or "") from error
        if free < 2 * max(0, part.seen_size) + ROOM_BYTES:
            raise StoreFull("disk-full")
        return place

    def lost(self, parts: Sequence[StoredPart]) -> list[StoredPart]:
        """The fetched files that are not here as they came."""
        return [part for part in parts if not _is(self.place_of(part), part)]

    def not_here_again(self, recording: StoredRecording) -> list[StoredPart]:
        """Of one that is joined anew: the used files that are not here; what we kept is copied."""
        used = [part for part in recording.parts if part.state is PartState.USED]
        for part in self.lost(used):
            if part.store_key and self._store.verify(part.store_key):
                shutil.copyfile(self._store.path(part.store_key), self.place_for(part))
        return self.lost(used)

    def stand_in(self, recording: StoredRecording) -> OrderedPart | None:
        """Our conversation in place of the used files: what is told late can go on behind it.

        None where voices apart would have to be put beside each other, or where ours is damaged.
        """
        joined = [part for part in recording.parts if part.state in JOINED]
        used = [part for part in joined if part.state is PartState.USED]
        sound = recording.sound()
        if any(part.kind != PartKind.CONVERSATION for part in joined) or not sound:
            return None
        if not self._store.verify(sound.store_key):
            return None
        return OrderedPart(
            name=used[0].name,
            path=self._store.path(sound.store_key),
            kind=PartKind.CONVERSATION,
            began_at=min((part.began_at for part in used if part.began_at), default=None),
        )

    def sweep(self, wanted: Collection[int]) -> None:
        """Takes away the arrivals of all other recordings."""
        names = {str(recording) for recording in wanted}
        for folder in self._store.incoming.iterdir():
            if folder.name not in names:
                shutil.rmtree(folder, ignore_errors=True)

    def is_safe(self, recording: StoredRecording) -> bool:
        """Whether everything that we keep of a recording is what we made, byte for byte."""
        keys = [sound.store_key for sound in recording.sounds]
        keys += [part.store_key for part in recording.parts if part.store_key]
        return bool(recording.sounds) and all(self._store.verify(key) for key in keys)

    # -- outcomes ------------------------------------------------------------------------------

    async def keep(self, recording: StoredRecording, result: Result) -> None:
        """A conversation came out, or no part of it could be listened to."""
        troubles = {part.name: part for part in result.parts if part.why_id}
        if not result.sounds:
            worst = next(iter(troubles.values()), None)
            await self.broken(
                recording, worst.why_id if worst else "no-samples", worst.detail if worst else ""
            )
            return
        sounds = [await asyncio.to_thread(self._put, s.path, s.format) for s in result.sounds]
        left_out = {name for name, doubt in result.doubts if doubt == Doubt.TOO_LATE}
        kept = await self._keep_parts(recording, left_out | troubles.keys())
        why_id, why = worst_of(recording, result)
        shares = [*result.talk_shares, 0.0, 0.0]
        heard = Heard(
            seconds=result.seconds,
            sides=result.sides,
            client_share=shares[0],
            our_share=shares[1] if result.sides == 2 else 0.0,
            silence_seconds=round(sum(end - begin for begin, end in result.silences), 2),
            silences=result.silences,
            peaks=result.peaks,
        )
        await self._ready(recording, heard, sounds, kept, why_id=why_id, why=why)

    async def keep_as_it_is(self, recording: StoredRecording) -> bool:
        """Without ffmpeg: one file that a browser plays itself; False where there is none.

        One file is never worth more than the conversation that we have.
        """
        if recording.sounds:
            return False
        fetched = [part for part in recording.parts if part.state is PartState.FETCHED]
        order = (PartKind.CONVERSATION, PartKind.CLIENT, PartKind.LEG)
        for part in sorted(fetched, key=lambda each: order.index(PartKind(each.kind))):
            form = await asyncio.to_thread(_form_of, self.place_of(part))
            if form in _AS_IT_IS:
                sound = await asyncio.to_thread(self._put, self.place_of(part), form)
                await self._ready(recording, Heard(), [sound], {}, why_id="no-ffmpeg")
                return True
        return False

    async def broken(self, recording: StoredRecording, why_id: str, why: str = "") -> None:
        """Nobody can listen to it: the files are kept, marked, and told of."""
        if recording.sounds:
            await self.stays(recording)
            return
        kept = await self._keep_parts(recording, None)
        state, ends = RecordingState.BROKEN, self._expires_at(recording)

        async def work(uow: UnitOfWork) -> None:
            for part, key in kept.items():
                await uow.recordings.part(part, PartState.BROKEN, store_key=key)
            about = {"why_id": why_id, "why": why}
            await uow.recordings.give_up(recording.id, state, **about, expires_at=ends)

        if await self._commit(recording, work, kept.values()):
            log.error("a recording is broken", recording=recording.id, because=why_id, detail=why)
            await self._clear(recording)

    async def unwanted(self, recording: StoredRecording) -> None:
        """A client of the call does not want it: nothing is fetched, nothing more is kept."""
        if recording.sounds:
            await self.stays(recording)
            return

        async def work(uow: UnitOfWork) -> list[str]:
            return await self._drop(uow, recording)

        await self._dropped(recording, await self._writer.submit(work))

    async def nothing_came(self, recording: StoredRecording) -> None:
        """Every file is empty, missing or refused."""
        if recording.sounds:
            await self.stays(recording)
            return
        refused = next((p for p in recording.parts if p.state is PartState.BROKEN), None)
        empty = any(part.state is PartState.EMPTY for part in recording.parts)
        state = RecordingState.BROKEN if refused else RecordingState.MISSING
        why_id = "source" if refused else "only-headers" if empty else "no-file"
        why = refused.why if refused else ""

        async def work(uow: UnitOfWork) -> None:
            await uow.recordings.give_up(recording.id, state, why_id=why_id, why=why)

        await self._writer.submit(work)
        log.error("a recording is missing", recording=recording.id, because=why_id)
        await self._clear(recording)

    async def stays(self, recording: StoredRecording) -> None:
        """It cannot be joined anew: what was kept before stays, the late files are named."""
        await self._writer.submit(lambda uow: self._stay(uow, recording))
        log.warning("a recording stays without its late files", recording=recording.id)
        await self._clear(recording)

    # -- parts of the above --------------------------------------------------------------------

    async def _stay(self, uow: UnitOfWork, recording: StoredRecording) -> None:
        whole = [part for part in recording.parts if part.kind == PartKind.CONVERSATION]
        used = {part.sha256 for part in whole if part.state is PartState.USED}
        late = []
        for part in recording.parts:
            again = part in whole and part.sha256 in used  # by another link
            if part.state is PartState.FETCHED and again:
                await uow.recordings.part(part.id, PartState.USED)
            elif part.state not in {PartState.USED, PartState.EMPTY}:
                late.append(part.name)
                if part.state not in {PartState.MISSING, PartState.BROKEN}:
                    unseen = {"seen_size": -1, "seen_at": None}
                    await uow.recordings.part(part.id, PartState.EXPECTED, **unseen)
        why_id = "part-missing" if late else ""
        await uow.recordings.stays(recording.id, why_id=why_id, why=named(late))

    async def _ready(  # noqa: PLR0913 - what is kept
        self,
        recording: StoredRecording,
        heard: Heard,
        sounds: Sequence[StoredSound],
        kept: Mapping[int, str],
        *,
        why_id: str,
        why: str = "",
    ) -> None:
        joined = [part for part in recording.parts if part.state in JOINED]
        at, ends = self._now(), self._expires_at(recording)

        async def work(uow: UnitOfWork) -> None:
            for part in joined:
                before = part.store_key if part.state is PartState.USED else ""
                key = kept.get(part.id, before)
                await uow.recordings.part(part.id, PartState.USED, store_key=key)
            await uow.recordings.ready(
                recording.id, heard, sounds, at=at, expires_at=ends, why_id=why_id, why=why
            )

        keys = [sound.store_key for sound in sounds]
        if await self._commit(recording, work, [*keys, *kept.values()]):
            await self._remove_replaced(recording)
            log.info("a recording is ready", recording=recording.id, seconds=heard.seconds)
            await self._clear(recording)

    async def _remove_replaced(self, recording: StoredRecording) -> None:
        """Of one that was joined anew: what it was before is nobody's any more."""
        before = [sound.store_key for sound in recording.sounds]
        before += [part.store_key for part in recording.parts if part.store_key]
        if before:
            unused = await self._writer.submit(lambda u: u.recordings.release(before))
            await asyncio.to_thread(self._store.delete_all, unused)

    async def _commit(
        self,
        recording: StoredRecording,
        work: Callable[[UnitOfWork], Awaitable[None]],
        keys: Iterable[str],
    ) -> bool:
        """Writes what is kept under these keys.

        False where a client turned out not to want it, or where somebody has deleted it meanwhile.
        """

        async def unless_dropped(uow: UnitOfWork) -> list[str] | None:
            if await uow.recordings.is_deleted(recording.id):
                return await uow.recordings.release(keys)
            if await uow.recordings.unwanted(recording.call_id):
                if recording.sounds:  # what he had before is a person's to delete
                    await self._stay(uow, recording)
                    return await uow.recordings.release(keys)
                dropped = await self._drop(uow, recording)
                return sorted({*dropped, *await uow.recordings.release(keys)})
            await work(uow)
            return None

        unused = await self._writer.submit(unless_dropped)
        if unused is not None:
            await self._dropped(recording, unused)
        return unused is None

    async def _drop(self, uow: UnitOfWork, recording: StoredRecording) -> list[str]:
        """Notes that it is not kept and who says so; returns the sounds that nobody uses now."""
        at, names = self._now(), [part.name for part in recording.parts]
        told = {"why_id": "not-wanted-there", "why": named(names)}
        if self._lets_go(recording.pbx):
            told = {"why_id": "not-wanted"}
        about = {"pbx": recording.pbx, "files": ", ".join(names)}
        row = AuditRow(
            at=at, by=SERVICE, act=NOT_WANTED, subject=f"recording:{recording.id}", about=about
        )
        await uow.audit.add(row)
        return await uow.recordings.delete(recording.id, by=SERVICE, at=at, **told)

    async def _dropped(self, recording: StoredRecording, keys: Sequence[str]) -> None:
        await self._clear(recording)
        await asyncio.to_thread(self._store.delete_all, keys)
        log.info("a recording is not kept", recording=recording.id)

    async def _keep_parts(
        self, recording: StoredRecording, names: Collection[str] | None
    ) -> dict[int, str]:
        """Keeps fetched files as they are: those of these names, or all."""
        kept: dict[int, str] = {}
        for part in recording.parts:
            wanted = part.state in JOINED and (names is None or part.name in names)
            if wanted and self.place_of(part).is_file():
                sound = await asyncio.to_thread(self._put, self.place_of(part), "part")
                kept[part.id] = sound.store_key
        return kept

    def _put(self, path: Path, form: str) -> StoredSound:
        kept = self._store.put(path, form)
        return StoredSound(format=form, store_key=kept.key, sha256=kept.sha256, size=kept.size)

    def _expires_at(self, recording: StoredRecording) -> datetime | None:
        """When its time is over; what was kept before and is joined anew keeps its promise."""
        if recording.ready_at:
            return recording.expires_at
        rules = self._rules
        about = (recording.began_at, recording.department, rules.days)
        return expires_at(*about, usual=rules.usual_days)

    async def _clear(self, recording: StoredRecording) -> None:
        await asyncio.to_thread(shutil.rmtree, self.folder_of(recording.id), ignore_errors=True)


def _form_of(path: Path) -> str:
    try:
        return str(read_facts(path).container)
    except (BrokenSound, OSError):
        return ""


def _is(path: Path, part: StoredPart) -> bool:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
    except OSError:
        return False
    return digest.hexdigest() == part.sha256
