"""The law's two wishes about a client: give him everything, or erase everything.

An erasure is one transaction with its record; the sounds are removed after it. Killed in between,
sounds are left that nothing leads to; the same erasure asked for again reports nothing more, and
`dozvon recordings audit` names them.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from recordings.errors import RecordingError
from recordings.expecting import entries_erased
from recordings.store import SoundStore
from storage.audit import AuditRow
from storage.client_data import calls_of, digest_of, erase, gather, held
from storage.database import Database
from storage.pieces import pieces
from storage.recordings import Recordings
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer

DOCUMENT = "client.json"
SOUNDS = "recordings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written: rows by table, and sounds. `lost` are sounds that the store lacks."""

    rows: Mapping[str, int]
    sounds: int
    lost: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing at all is known of this client."""
        return not any(self.rows.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was erased; `held` names recordings that forbid it, and then nothing was."""

    rows: Mapping[str, int]
    sounds: int = 0
    held: tuple[int, ...] = ()


async def export_client(
    database: Database, store: SoundStore, key: str, folder: Path, *, at: datetime
) -> Exported:
    """Writes all that is known of a client into a folder: one JSON document and the sounds."""
    async with database.reading() as connection:
        rows = await gather(connection, key)
        calls = await calls_of(connection, key)
        kept = [r for piece in pieces(calls) for r in await _recordings(connection, piece)]
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # noqa: ASYNC240 - a command's own loop
    document = {"client": key, "exported_at": at.isoformat(), **rows}
    text = json.dumps(document, ensure_ascii=False, indent=2, default=str)
    _write(folder / DOCUMENT, text)
    sounds, lost = 0, []
    for call, key_, form in kept:
        try:
            _copy(store.path(key_), folder / SOUNDS, f"{_safe(call)}.{form}")
            sounds += 1
        except RecordingError:
            lost.append(call)
    counts = {table: len(found) for table, found in rows.items()}
    return Exported(rows=counts, sounds=sounds, lost=tuple(lost))


async def erase_client(  # noqa: PLR0913 - what, by whom and why
    database: Database,
    writer: Writer,
    store: SoundStore,
    key: str,
    *,
    by: str,
    at: datetime,
    why: str,
) -> Erased:
    """Erases a client; refuses while one of his recordings is under legal hold."""
    async with database.reading() as connection:
        forbidding = await held(connection, await calls_of(connection, key))
    if forbidding:
        return Erased(rows={}, held=tuple(forbidding))

    async def work(uow: UnitOfWork) -> tuple[Mapping[str, int], list[str]]:
        done = await erase(uow, key, by=by, at=at, why=why)
        await entries_erased(uow)
        subject = f"erasure:{digest_of(key)[:16]}"
        await uow.audit.add(AuditRow(at=at, by=by, act="erase-client", subject=subject))
        return done

    rows, unused = await writer.submit(work)
    for each in unused:
        await asyncio.to_thread(store.delete, each)
    return Erased(rows=rows, sounds=len(unused))


async def _recordings(connection: Any, calls: Sequence[str]) -> list[tuple[str, str, str]]:
    found = await Recordings(connection).of_calls(calls)
    return [
        (call, sound.store_key, sound.format)
        for call, recording in found.items()
        for sound in recording.sounds
    ]


def _write(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, "utf-8")


def _copy(sound: Path, folder: Path, name: str) -> None:
    folder.mkdir(exist_ok=True, mode=0o700)
    shutil.copyfile(sound, folder / name)


def _safe(call: str) -> str:
    return "".join(c if c.isalnum() or c in "-_" else "_" for c in call)[:120]
