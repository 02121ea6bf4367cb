"""Bytes of a source into a file of ours: counted, judged by their beginning, hashed, and safe.

Rules: a file is never longer than the caller allows, whatever its source says of its length; what
is no sound is refused after its first bytes; the place it is written to is created, so that nothing
is overwritten half; the file is on the disk (fsync) before anybody is told; disk work never runs on
the event loop; what went wrong leaves nothing behind.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, ParamSpec, TypeVar

from recordings.details import NO_SOUND, TOO_LONG
from recordings.errors import NoSound, StoreError, StoreFull, TooLong
from recordings.port import Fetched
from recordings.sources.sniffing import HEAD_BYTES, looks_like, sound_of

PIECE_BYTES = 256 * 1024
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

P = ParamSpec("P")
T = TypeVar("T")


async def copied(pieces: AsyncIterator[bytes], into: Path, *, most_bytes: int) -> Fetched:
    """Writes the pieces to `into`, replacing what was there only when all of them are safe.

    Raises `TooLong`, `NoSound`, `StoreFull` or `StoreError` for our own disk, and whatever
    the pieces raise.
    """
    beside = into.with_name(f"{into.name}.part")
    copy = await _on_disk(_Copy, beside, most_bytes)
    try:
        async for piece in pieces:
            await _on_disk(copy.write, piece)
        size, digest = await _on_disk(copy.finish)
        await _on_disk(beside.replace, into)
    except BaseException:
        await asyncio.shield(asyncio.to_thread(copy.throw_away))
        raise
    return Fetched(path=into, size=size, sha256=digest)


async def _on_disk(work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
    """Does disk work beside the event loop; its trouble is our store's, not the source's."""
    try:
        return await asyncio.to_thread(work, *given, **named)
    except OSError as trouble:
        why = trouble.strerror or str(trouble)
        if trouble.errno in _FULL:
            raise StoreFull("disk-full", why) from trouble
        raise StoreError("store-trouble", why) from trouble


class _Copy:
    """A file that is being written."""

    def __init__(self, path: Path, most_bytes: int) -> None:
        self._path = path
        self._most = most_bytes
        self._file: BinaryIO = path.open("wb")
        self._hash = hashlib.sha256()
        self._head = b""
        self._size = 0
        self._judged = False

    def write(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > self._most:
            raise TooLong(TOO_LONG(mebibytes=self._most // 1024**2))
        if not self._judged:
            self._head += piece[:HEAD_BYTES]
            if len(self._head) >= HEAD_BYTES:
                self._judge()
        self._hash.update(piece)
        self._file.write(piece)

    def finish(self) -> tuple[int, str]:
        self._judge()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return self._size, self._hash.hexdigest()

    def throw_away(self) -> None:
        with suppress(OSError):
            self._file.close()
        with suppress(OSError):
            self._path.unlink(missing_ok=True)

    def _judge(self) -> None:
        self._judged = True
        if not sound_of(self._head):
            raise NoSound(NO_SOUND(what=looks_like(self._head)))
