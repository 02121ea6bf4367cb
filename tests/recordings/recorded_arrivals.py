"""A PBX with files, a store, a database and a clock that is moved by hand."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from recorded_sounds import tone, wav_bytes

from pbx_adapters.asterisk.sound_names import own_sound
from recordings.converting import Converter
from recordings.errors import FileMissing, RecordingError, StoreFull
from recordings.expecting import Expecting
from recordings.intake import Intake
from recordings.keeping import Rules
from recordings.port import Fetched, Found
from recordings.store import FolderStore, Kept
from router.calls import Call, CallState, Direction, Disposition, Leg
from router.numbers import NumberPlan, normalise
from storage.database import Database, open_database
from storage.migrate import migrate
from storage.recording import record_ended_call
from storage.recording_records import NewPart, NewRecording, StoredRecording
from storage.recordings import Recordings
from storage.records import EndedCall, TrailEntry
from storage.writer import Writer
from switchboard.news import Newsroom
from switchboard.recordings import Archive

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TALK = wav_bytes(tone(400, 2))
ANSWER = wav_bytes(tone(600, 1))


@dataclass
class Files:
    """A PBX's folder: names and bytes; it can be away, and files can grow under our hands."""

    deletes: ClassVar[bool] = True

    files: dict[str, bytes] = field(default_factory=dict)
    changed: dict[str, datetime] = field(default_factory=dict)
    away: RecordingError | None = None
    refused: dict[str, RecordingError] = field(default_factory=dict)
    closed: dict[str, RecordingError] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    grows_in_fetch: dict[str, bytes] = field(default_factory=dict)

    async def look(self, name: str) -> Found | None:
        if self.away:
            raise self.away
        if name in self.closed:
            raise self.closed[name]
        if name not in self.files:
            return None
        return Found(size=len(self.files[name]), changed_at=self.changed.get(name, NINE))

    async def fetch(self, name: str, into: Path, *, most_bytes: int) -> Fetched:
        if self.away:
            raise self.away
        if name in self.refused:
            raise self.refused[name]
        if name not in self.files:
            raise FileMissing(f"{name} is gone")
        self.files[name] += self.grows_in_fetch.pop(name, b"")
        data = self.files[name]
        assert len(data) <= most_bytes
        into.write_bytes(data)  # noqa: ASYNC240 - a few kilobytes in a test
        self.fetched.append(name)
        return Fetched(path=into, size=len(data), sha256=hashlib.sha256(data).hexdigest())

    async def delete(self, name: str) -> None:
        if self.away:
            raise self.away
        if name in self.refused:
            raise self.refused[name]
        self.files.pop(name, None)
        self.deleted.append(name)


class TightStore(FolderStore):
    """A store whose disk is full as long as somebody says so."""

    full = False

    def put(self, path: Path, form: str) -> Kept:
        if self.full:
            raise StoreFull("disk-full")
        return super().put(path, form)


@dataclass
class Arrivals:
    """Everything that brings recordings in, and the hand on the clock."""

    database: Database
    writer: Writer
    store: TightStore
    rules: Rules = field(default_factory=Rules)
    pbx: Files = field(default_factory=Files)
    clock: datetime = NINE

    def __post_init__(self) -> None:
        self.intake = self.restarted()

    def now(self) -> datetime:
        return self.clock

    def restarted(self) -> Intake:
        """The intake as it is after a start: it knows what the database and the disk know."""
        self.store.prepare()
        self.intake = Intake(
            database=self.database,
            writer=self.writer,
            store=self.store,
            converter=Converter(),
            sources={"main": self.pbx},
            rules=self.rules,
            now=self.now,
            own_sound=own_sound,
        )
        return self.intake

    def later(self, seconds: float) -> None:
        self.clock += timedelta(seconds=seconds)

    async def round(self, after: float = 0.0) -> StoredRecording:
        """Time goes on, and what is due is done; the first recording as it stands then."""
        self.later(after)
        await self.intake.once("main")
        return await self.get()

    async def rounds(self, *after: float) -> StoredRecording:
        for seconds in after:
            found = await self.round(seconds)
        return found

    async def get(self, recording: int = 1) -> StoredRecording:
        async with self.database.reading() as connection:
            found = await Recordings(connection).get(recording)
        assert found is not None
        return found

    async def expect(
        self, *parts: tuple[str, str, float], call_id: str = "1.1", ended: bool = True
    ) -> None:
        """A call that ended now has these parts: name, kind, seconds after its beginning."""
        if ended:
            await self.call(call_id)
        told = tuple(
            NewPart(name=name, kind=kind, began_at=NINE + timedelta(seconds=after))
            for name, kind, after in parts
        )
        new = NewRecording(
            call_id=call_id,
            pbx="main",
            line="74951230001",
            department="sales",
            began_at=NINE,
            expected_at=self.clock,
            parts=told,
        )
        await self.writer.submit(lambda uow: uow.recordings.expect(new, next_try_at=self.clock))

    async def usual(self) -> None:
        """A client's part and a leg's, both whole at the PBX."""
        self.pbx.files |= {"c.wav": TALK, "l.wav": ANSWER}
        await self.expect(("c.wav", "client", 0), ("l.wav", "leg", 0.5))

    def archive(self) -> Archive:
        """The use cases over the same store and database."""
        return Archive(
            database=self.database,
            writer=self.writer,
            news=Newsroom(),
            store=self.store,
            intake=self.intake,
            expecting=self.expecting(),
            link_key=lambda: bytes(32),
            now=self.now,
        )

    def expecting(self) -> Expecting:
        return Expecting(self.database, self.writer, now=self.now, wait_seconds=0)

    async def call(
        self,
        call_id: str = "1.1",
        *,
        talked: bool = True,
        reported: Any = None,
        trunk: str = "",
        legs: tuple[Leg, ...] = (),
        began_at: datetime = NINE,
        **about: Any,
    ) -> None:
        """Records an ended call with what the PBX's journal told of it; with legs one we placed."""
        call = Call(
            id=call_id,
            pbx="main",
            linked_id=call_id,
            direction=Direction.OUTBOUND if legs else Direction.INBOUND,
            legs=legs,
            caller="+79161234567",
            line="74951230001",
            began_at=began_at,
            ended_at=began_at + timedelta(seconds=60),
            state=CallState.ENDED,
            disposition=Disposition.ANSWERED if talked else Disposition.MISSED,
            talk_seconds=30.0 if talked else 0.0,
        )
        told = {"recordings": reported, "trunk": trunk} if reported is not None else {}
        entry = TrailEntry(
            call_id=call_id, pbx="main", entry=f"e/{call_id}", raw="", at=NINE, reported=told
        )
        number = normalise("+79161234567", NumberPlan())
        ended = EndedCall(call=call, number=number, trail=(entry,), department="sales", **about)
        await self.writer.submit(lambda uow: record_ended_call(uow, ended))


@asynccontextmanager
async def arrivals(folder: Path, **rules: Any) -> AsyncIterator[Arrivals]:
    url = f"sqlite+aiosqlite:///{folder / 'dozvon.db'}"
    await migrate(url)
    async with open_database(url) as database, Writer(database).running() as writer:
        store = TightStore(folder / "sounds")
        yield Arrivals(database, writer, store, Rules(**rules))


Open = Callable[..., Any]
