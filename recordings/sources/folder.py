"""Recordings in a folder that we share with the PBX: the same machine, or a mounted one.

Rules: only plain files of that very folder are looked at, never a link that leads out of it; the
folder itself being away is trouble that passes (a mount that is late), not a recording that is
missing.
"""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, ClassVar

from recordings.details import (
    CANNOT_BE_READ,
    FOLDER_TROUBLE,
    NO_FILE,
    NO_FOLDER,
    NOT_IN_FOLDER,
    NOT_TO_BE_DELETED,
    NOT_TO_BE_READ,
)
from recordings.errors import FileMissing, SourceRefused, SourceUnavailable
from recordings.port import Fetched, Found
from recordings.sources.copying import PIECE_BYTES, copied
from recordings.sources.names import checked


class FolderSource:
    """Keeps `recordings.port.RecordingSource` for one folder."""

    deletes: ClassVar[bool] = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def look(self, name: str) -> Found | None:
        """The file as it stands now, or None while there is none."""
        return await asyncio.to_thread(self._look, checked(name))

    async def fetch(self, name: str, into: Path, *, most_bytes: int) -> Fetched:
        """Copies the file; refuses what is longer than `most_bytes` or no sound."""
        file = await asyncio.to_thread(self._open, checked(name))
        try:
            async with aclosing(_pieces(file, name)) as pieces:
                return await copied(pieces, into, most_bytes=most_bytes)
        finally:
            await asyncio.to_thread(file.close)

    async def delete(self, name: str) -> None:
        """Deletes the file at the source; nothing happens when it is gone already."""
        await asyncio.to_thread(self._delete, self._folder / checked(name))

    def _look(self, name: str) -> Found | None:
        try:
            found = (self._folder / name).lstat()
        except FileNotFoundError:
            self._need_folder()
            return None
        except OSError as trouble:
            raise _unavailable(self._folder, trouble) from trouble
        if not stat.S_ISREG(found.st_mode):
            return None
        changed = datetime.fromtimestamp(found.st_mtime, UTC)
        return Found(size=found.st_size, changed_at=changed)

    def _open(self, name: str) -> BinaryIO:
        path = self._folder / name
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except FileNotFoundError:
            self._need_folder()
            raise FileMissing(NOT_IN_FOLDER(name=name, folder=self._folder)) from None
        except PermissionError:
            raise SourceRefused(NOT_TO_BE_READ(path=path)) from None
        except OSError as trouble:
            raise _unavailable(self._folder, trouble) from trouble
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise FileMissing(NO_FILE(name=name, folder=self._folder))
        return os.fdopen(descriptor, "rb")

    def _need_folder(self) -> None:
        """The folder must be there; Asterisk makes it with the first recording."""
        if not self._folder.is_dir() and not self._folder.parent.is_dir():
            raise SourceUnavailable(NO_FOLDER(folder=self._folder))

    def _delete(self, path: Path) -> None:
        try:
            path.unlink()
        except FileNotFoundError:
            self._need_folder()  # a share that is not mounted has lost nothing
        except PermissionError:
            raise SourceRefused(NOT_TO_BE_DELETED(path=path)) from None
        except OSError as trouble:
            raise _unavailable(self._folder, trouble) from trouble


async def _pieces(file: BinaryIO, name: str) -> AsyncGenerator[bytes, None]:
    while True:
        try:
            piece = await asyncio.to_thread(file.read, PIECE_BYTES)
        except OSError as trouble:
            raise SourceUnavailable(CANNOT_BE_READ(name=name, why=trouble.strerror)) from trouble
        if not piece:
            return
        yield piece


def _unavailable(folder: Path, trouble: OSError) -> SourceUnavailable:
    return SourceUnavailable(FOLDER_TROUBLE(folder=folder, why=trouble.strerror))
