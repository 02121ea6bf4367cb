"""A copy before every migration that changes a database, so that there is always a way back.

The copy is made with SQLite's own backup while others may read and write, and is whole or not
there: it gets its name last. The migration itself is one transaction, so a process that is killed
in the middle leaves the old tables. A database on a server is its administrator's to keep.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import structlog
from alembic.script import ScriptDirectory

import storage
from dozvon.setup.files import hand_over, make_folder
from storage.dialects import file_of
from storage.errors import StorageUnavailable
from storage.migrate import migrate
from storage.sentences import Sentence

KEPT = 3
FOLDER = "backups"
MIGRATIONS = Path(storage.__file__).with_name("migrations")
_PREFIX = "before-upgrade-"
_BUSY_SECONDS = 10.0

log = structlog.get_logger()


def _utc_now() -> datetime:
    return datetime.now(UTC)


async def upgrade(url: str, *, now: Callable[[], datetime] = _utc_now) -> Path | None:
    """Brings a database to this version; returns the copy of an old one, None where none was due.

    Raises `StorageUnavailable` with a sentence, also where the copy cannot be made: without a way
    back nothing is changed.
    """
    copy = _copy_if_due(file_of(url), now())
    began = time.monotonic()
    await migrate(url)
    if copy is not None:
        took = round(time.monotonic() - began, 1)
        log.info("the database has the tables of this version", seconds=took)
    return copy


def revisions() -> tuple[str, ...]:
    """The revisions that this version knows, newest first."""
    script = ScriptDirectory(str(MIGRATIONS))
    return tuple(revision.revision for revision in script.walk_revisions())


def revision_of(file: Path) -> str:
    """The revision of a database file, empty where it holds no tables of ours.

    Raises `sqlite3.Error` where the file is no database or cannot be read.
    """
    with closing(_open(file)) as database:
        try:
            row = database.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return ""
            raise
    return str(row[0]) if row else ""


def snapshot(file: Path, copy: Path) -> None:
    """Copies a database that may be in use; `copy` appears only when it is whole and on disk.

    Raises `sqlite3.Error` or `OSError`.
    """
    part = copy.with_name(copy.name + ".part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600))
    try:
        with closing(_open(file)) as source, closing(sqlite3.connect(part)) as target:
            source.backup(target)  # in one go: in pieces it begins anew at every write
            target.execute("PRAGMA journal_mode=DELETE")  # one file, whatever the source was
        descriptor = os.open(part, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        part.replace(copy)
    finally:
        part.unlink(missing_ok=True)


def _open(file: Path) -> sqlite3.Connection:
    address = f"file:{quote(str(file))}?mode=rw"
    return sqlite3.connect(address, uri=True, timeout=_BUSY_SECONDS)


def _copy_if_due(file: Path | None, at: datetime) -> Path | None:
    if file is None or not file.is_file() or not file.stat().st_size:
        return None
    try:
        revision = revision_of(file)
    except sqlite3.Error:
        return None  # the migration says what is wrong with the file
    known = revisions()
    if not revision or revision == known[0] or revision not in known:
        return None
    copy = file.parent / FOLDER / f"{_PREFIX}{revision}-{at:%Y%m%dT%H%M%SZ}.sqlite3"
    try:
        make_folder(copy.parent)
        snapshot(file, copy)
        hand_over(copy)
    except (OSError, sqlite3.Error) as error:
        raise StorageUnavailable(
            Sentence(
                f"No copy of the database could be made before its upgrade ({error}), so nothing "
                f"was changed. Make room or give the right to write in {copy.parent}, then start "
                "again.",
                f"Перед обновлением базы данных не удалось сделать её копию ({error}), поэтому "
                f"ничего не изменено. Освободите место или дайте право писать в {copy.parent} и "
                "запустите снова.",
            )
        ) from error
    log.info("the database was copied before its upgrade", copy=str(copy), revision=revision)
    _forget_old(copy.parent)
    return copy


def _forget_old(folder: Path) -> None:
    copies = sorted(folder.glob(f"{_PREFIX}*.sqlite3"), key=lambda found: found.stat().st_mtime_ns)
    halves = folder.glob(f"{_PREFIX}*.part")  # of a process that was killed while it copied
    for old in (*copies[:-KEPT], *halves):
        with suppress(OSError):
            old.unlink()
