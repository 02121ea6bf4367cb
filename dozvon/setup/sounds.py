"""The sounds of recordings beside a backup: copied there once, brought back, each by its digest.

A hundred gigabytes of sound do not belong into one archive. They lie in a folder beside it, which
all archives of that place share: a sound is named by the hash of its bytes, so one that is there
already is never copied again. Which should be there the database knows.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dozvon.setup.files import hand_over, make_folder
from recordings.errors import KeyRefused, StoreDamaged
from recordings.store import FolderStore

FOLDER: Final = "dozvon-recordings"
"""The folder beside the archives."""
_BUSY_SECONDS = 10.0
_WANTED = """
    SELECT store_key, size FROM recording_sounds
    UNION SELECT store_key, size FROM recording_parts WHERE store_key != ''
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What became of the sounds: how many came and how many were there, keys of what is wrong.

    `missing` are not where they should come from; `damaged` are, and are not what they were.
    """

    copied: int = 0
    there: int = 0
    missing: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()

    @property
    def lost(self) -> int:
        """How many are not whole at the place where they were carried to."""
        return len(self.missing) + len(self.damaged)


def wanted_sounds(database: Path) -> dict[str, int]:
    """The keys of all sounds that a database promises, with their sizes in bytes."""
    address = f"{database.absolute().as_uri()}?mode=rw"  # never made where there is none
    with closing(sqlite3.connect(address, uri=True, timeout=_BUSY_SECONDS)) as opened:
        there = "SELECT count(*) FROM sqlite_master WHERE name = 'recording_sounds'"
        if not opened.execute(there).fetchone()[0]:
            return {}  # tables from before recordings
        return {str(key): int(size) for key, size in opened.execute(_WANTED)}


def carry(source: Path, target: Path, wanted: Mapping[str, int], *, trust: bool) -> Carried:
    """Brings the wanted sounds from one folder to another, each whole and read back by its digest.

    With `trust` what is there in its size is left alone, else it is read and mended. Raises
    `recordings.errors.StoreError` where the disk says no; what was carried by then stays.
    """
    make_folder(target)
    here, there = FolderStore(source), FolderStore(target)
    there.prepare()
    counts = {"copied": 0, "there": 0}
    missing, damaged = [], []
    for key, size in sorted(wanted.items()):
        try:
            if _stands(there, key, size, trust=trust):
                counts["there"] += 1
            elif _copy(here, there, key):
                counts["copied"] += 1
            else:
                damaged.append(key)
        except (StoreDamaged, KeyRefused):
            missing.append(key)
    _hand_over(target)
    return Carried(**counts, missing=tuple(missing), damaged=tuple(damaged))


def _stands(store: FolderStore, key: str, size: int, *, trust: bool) -> bool:
    try:
        path = store.path(key)
    except StoreDamaged:
        return False
    return path.stat().st_size == size and (trust or store.verify(key))


def _copy(here: FolderStore, there: FolderStore, key: str) -> bool:
    """Copies a sound; False where it turned out to be another one than its name says."""
    kept = there.put(here.path(key), key.rpartition(".")[2])
    if kept.key == key:
        return True
    there.delete(kept.key)
    return False


def forget(folder: Path, wanted: Mapping[str, int]) -> int:
    """Takes away the sounds in a folder that no recording uses any more; returns how many."""
    store = FolderStore(folder)
    found = (path.relative_to(folder).as_posix() for path in folder.glob("??/*"))
    count = 0
    for key in sorted(set(found) - wanted.keys()):
        with suppress(KeyRefused):  # nothing of ours
            store.delete(key)
            count += 1
    return count


def _hand_over(folder: Path) -> None:
    """The service does not run as root: what root has made here is its folder's owner's."""
    if os.geteuid() == 0:
        for path in sorted(folder.rglob("*")):
            hand_over(path)
