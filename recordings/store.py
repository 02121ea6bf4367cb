"""Where sounds are kept: a folder by default, behind a port that an object store can keep too.

Rules:

1. A sound's key is the hash of its bytes, so that the same file twice is one file, and whether it
   is still what was put there can be asked at any time.
2. A file is there whole or not at all: it is written beside its place, synced, renamed, and the
   folder is synced. What a power cut leaves behind is swept away at the next start.
3. Only keys of this form are ever opened; no name from outside becomes a path.
4. Everything here blocks; callers go through a thread.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import structlog

from recordings.errors import KeyRefused, StoreDamaged, StoreError, StoreFull

_KEY = re.compile(r"[0-9a-f]{2}/[0-9a-f]{62}\.[a-z0-9]{1,5}", re.ASCII)
_PIECE = 1 << 20
_UNFINISHED = "unfinished"
INCOMING = "incoming"
log = structlog.get_logger()
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A sound in the store."""

    key: str
    size: int
    sha256: str


class SoundStore(Protocol):
    """A place that keeps sounds by the hash of their bytes."""

    def put(self, path: Path, form: str) -> Kept:
        """Takes a copy, durably; raises `StoreFull` and leaves nothing behind."""

    def path(self, key: str) -> Path:
        """Where a sound can be read; raises `StoreDamaged` when it is gone, `KeyRefused`."""

    def verify(self, key: str) -> bool:
        """Whether the sound is there, byte for byte."""

    def delete(self, key: str) -> None:
        """Removes a sound; nothing happens when it is gone already."""


class FolderStore:
    """Sounds below one folder, readable by the service alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def prepare(self) -> None:
        """Makes the folder and takes away what was never finished."""
        with _told():
            for part in (self.folder, self.folder / _UNFINISHED, self.folder / INCOMING):
                part.mkdir(parents=True, exist_ok=True, mode=0o700)
            for left in (self.folder / _UNFINISHED).iterdir():
                left.unlink()

    @property
    def incoming(self) -> Path:
        """Where files are fetched to and conversations made, on the same file system."""
        return self.folder / INCOMING

    def put(self, path: Path, form: str) -> Kept:
        """Takes a copy, durably."""
        with _told():
            beside = self.folder / _UNFINISHED
            beside.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor, name = tempfile.mkstemp(dir=beside)
            try:
                size, sha256 = _copied(path, descriptor)
                key = f"{sha256[:2]}/{sha256[2:]}.{form}"
                self._place(Path(name), self._path(key))
            finally:
                with suppress(FileNotFoundError):
                    os.unlink(name)  # noqa: PTH108 - a name from mkstemp
        return Kept(key=key, size=size, sha256=sha256)

    def path(self, key: str) -> Path:
        """Where a sound can be read."""
        path = self._path(key)
        if not path.is_file():
            raise StoreDamaged("gone-from-store", key)
        return path

    def verify(self, key: str) -> bool:
        """Whether the sound is there, byte for byte."""
        path = self._path(key)
        digest = hashlib.sha256()
        try:
            with path.open("rb") as file:
                while piece := file.read(_PIECE):
                    digest.update(piece)
        except FileNotFoundError:
            return False
        return digest.hexdigest() == key.split(".", maxsplit=1)[0].replace("/", "")

    def delete_all(self, keys: Iterable[str]) -> list[str]:
        """Removes sounds; returns those that are gone. One that stays is told in the log."""
        gone = []
        for key in keys:
            try:
                self.delete(key)
                gone.append(key)
            except StoreError as trouble:
                log.error("a sound could not be removed", key=key, because=str(trouble))  # noqa: TRY400
        return gone

    def delete(self, key: str) -> None:
        """Removes a sound."""
        path = self._path(key)
        with _told():
            path.unlink(missing_ok=True)
            with suppress(OSError):  # another sound of the same folder
                path.parent.rmdir()

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise KeyRefused("bad-key", key[:80])
        return self.folder / key

    def _place(self, made: Path, path: Path) -> None:
        if not path.parent.is_dir():
            path.parent.mkdir(mode=0o700, exist_ok=True)
            _sync_folder(self.folder)
        made.replace(path)
        _sync_folder(path.parent)


def _copied(path: Path, descriptor: int) -> tuple[int, str]:
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as source, open(descriptor, "wb") as target:
        while piece := source.read(_PIECE):
            digest.update(piece)
            target.write(piece)
            size += len(piece)
        target.flush()
        os.fsync(target.fileno())
    return size, digest.hexdigest()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _told() -> Iterator[None]:
    """Turns what the disk says into our words."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StoreFull("disk-full") from error
        raise StoreError("store-trouble", error.strerror or str(error)) from error
