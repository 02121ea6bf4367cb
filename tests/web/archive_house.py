"""An archive of recordings for the house, and recordings laid into it as intake would leave them."""

from __future__ import annotations

import io
import math
import wave
from array import array
from datetime import datetime, timedelta
from pathlib import Path

from recordings.converting import Converter
from recordings.expecting import Expecting
from recordings.intake import Intake
from recordings.keeping import Rules
from recordings.store import FolderStore
from storage.database import Database
from storage.recording_records import (
    Heard,
    NewPart,
    NewRecording,
    PartState,
    RecordingState,
    StoredSound,
)
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer
from switchboard.board import Board
from switchboard.recordings import Archive

RATE = 8000


def an_archive(folder: Path, board: Board, database: Database, writer: Writer) -> Archive:
    """The archive as it is composed for a service, with a key of its own and no PBX to ask."""
    store = FolderStore(folder / "sounds")
    store.prepare()

    def now() -> datetime:
        return board.now

    intake = Intake(
        database=database,
        writer=writer,
        store=store,
        converter=Converter(),
        sources={},
        rules=Rules(days={"service": 30}),
        now=now,
    )
    return Archive(
        database=database,
        writer=writer,
        news=board.news,
        store=store,
        intake=intake,
        expecting=Expecting(database, writer, now=now, wait_seconds=0),
        link_key=lambda: bytes(32),
        now=now,
    )


def stereo(seconds: float) -> bytes:
    """A WAV of two sides: 400 Hz left, 600 Hz right."""
    step = 2 * math.pi / RATE
    pairs = ((math.sin(400 * step * i), math.sin(600 * step * i)) for i in range(RATE))
    second = array("h", (round(9_000 * value) for pair in pairs for value in pair))
    samples = (second * math.ceil(seconds))[: 2 * round(seconds * RATE)]
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return made.getvalue()


async def expect_one(
    archive: Archive,
    call_id: str,
    began_at: datetime,
    *,
    department: str = "sales",
    line: str = "74951230001",
    trunk: str = "",
    state: RecordingState = RecordingState.EXPECTED,
    why_id: str = "",
) -> int:
    """A recording that is not there (yet); gives its number."""
    part = NewPart(name=f"{call_id}-client.wav", kind="client", began_at=began_at)
    new = NewRecording(
        call_id=call_id,
        pbx="main",
        line=line,
        department=department,
        trunk=trunk,
        began_at=began_at,
        expected_at=began_at,
        parts=(part,),
    )

    async def work(uow: UnitOfWork) -> int:
        made = await uow.recordings.expect(new, next_try_at=began_at + timedelta(days=3))
        assert made is not None
        if state in {RecordingState.MISSING, RecordingState.BROKEN}:
            await uow.recordings.give_up(made, state, why_id=why_id or "no-file")
        return made

    return await archive._writer.submit(work)


async def lay(
    archive: Archive, call_id: str, began_at: datetime, *, seconds: float = 2.0, **about: str
) -> int:
    """A recording that can be played; gives its number."""
    made = await expect_one(archive, call_id, began_at, **about)  # type: ignore[arg-type]
    file = archive.store.incoming / f"{made}.wav"
    file.write_bytes(stereo(seconds))
    kept = archive.store.put(file, "wav")
    sound = StoredSound(format="wav", store_key=kept.key, sha256=kept.sha256, size=kept.size)
    heard = Heard(
        seconds=seconds,
        sides=2,
        client_share=0.4,
        our_share=0.5,
        silence_seconds=0.0,
        peaks=(tuple([20, 60] * 100), tuple([70, 10] * 100)),
    )

    async def work(uow: UnitOfWork) -> None:
        found = await uow.recordings.get(made)
        assert found is not None
        await uow.recordings.part(found.parts[0].id, PartState.USED)
        await uow.recordings.ready(
            made, heard, [sound], at=began_at, expires_at=began_at + timedelta(days=180)
        )

    await archive._writer.submit(work)
    return made
