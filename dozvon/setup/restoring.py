"""Puts a backup in its place. What was there stays beside it; a running service is never touched.

The new files are judged before anything is touched, and each takes its place in one step, so that a
process killed in the middle leaves either the old file or the new one, each whole.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from dozvon.commands.terminal.exits import Exit, Trouble
from dozvon.compose import make_data_folder, only_one_service
from dozvon.errors import CannotStart
from dozvon.setup import keeping
from dozvon.setup.files import hand_over, make_folder

_SOUNDS = "recordings"
_ASIDE = ("", "-wal", "-shm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a restored installation lives. `database` and `office` are inside the data folder.

    `sounds` is the folder of recordings.
    """

    data_dir: Path
    database: Path
    office: Path
    settings: Path
    sounds: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was put in place, what stays beside it, and what the backup said of itself."""

    manifest: keeping.Manifest
    put: tuple[Path, ...]
    aside: tuple[Path, ...]


def usual_target(data_dir: Path, settings: Path, sounds: str = _SOUNDS) -> Target:
    """The places of an installation whose settings name no others (but for the sounds)."""
    return Target(
        data_dir=data_dir,
        database=data_dir / keeping.DATABASE,
        office=data_dir / keeping.OFFICE,
        settings=settings,
        sounds=data_dir / sounds,
    )


def settings_in(file: Path) -> dict[str, Any]:
    """The settings in a backup as they are written; nothing where there are none."""
    with tempfile.TemporaryDirectory(prefix="dozvon-restore-") as folder:
        keeping.open_backup(file, Path(folder))
        kept = Path(folder) / keeping.SETTINGS
        return tomllib.loads(kept.read_text("utf-8")) if kept.is_file() else {}


def data_dir_in(said: Mapping[str, Any], settings: Path) -> Path | None:
    """The data folder that the settings in a backup name; None where they name none."""
    named = said.get("data_dir")
    return settings.absolute().parent / named if isinstance(named, str) and named else None


def sounds_in(said: Mapping[str, Any]) -> str:
    """The folder of recordings that the settings in a backup name, else the usual one."""
    table = said.get("recordings")
    named = table.get("folder") if isinstance(table, Mapping) else None
    return named if isinstance(named, str) and named else _SOUNDS


def restore_backup(file: Path, target: Target, *, force: bool, at: datetime) -> Restored:
    """Restores into an empty place, or with `force` over what is there; raises `Trouble`.

    The settings are put back only where there are none, or with `force`.
    """
    try:
        make_data_folder(target.data_dir)
        with only_one_service(target.data_dir):
            return _restore(file, target, force=force, at=at)
    except CannotStart as busy:
        raise Trouble(Exit.REFUSED, "restore-running", folder=target.data_dir) from busy


def _restore(file: Path, target: Target, *, force: bool, at: datetime) -> Restored:
    with tempfile.TemporaryDirectory(dir=target.data_dir, prefix=".restore-") as folder:
        manifest = keeping.open_backup(file, Path(folder))
        places = _places(manifest, target)
        there = [place for place in places.values() if place.exists()]
        if there and not force:
            raise Trouble(Exit.REFUSED, "restore-there", files=", ".join(map(str, there)))
        aside: list[Path] = []
        for member, place in places.items():
            make_folder(place.parent)
            aside += _put(Path(folder) / member, place, at)
    return Restored(manifest=manifest, put=tuple(places.values()), aside=tuple(aside))


def _places(manifest: keeping.Manifest, target: Target) -> dict[str, Path]:
    """Where each member goes: the database last, so that a half restored place has the old one."""
    fixed = {
        keeping.SETTINGS: target.settings,
        keeping.OFFICE: target.office,
        keeping.LINK_KEY: target.data_dir / keeping.LINK_KEY,
        keeping.DATABASE: target.database,
    }
    secrets = {
        member: target.settings.absolute().parent / member
        for member in manifest.files
        if member.startswith(keeping.SECRETS_FOLDER)
    }
    return secrets | {member: at for member, at in fixed.items() if member in manifest.files}


def _put(source: Path, place: Path, at: datetime) -> list[Path]:
    """Puts a new file in its place in one step; what was there gets a second name before."""
    near = place.with_name(f".{place.name}.restored")
    near.unlink(missing_ok=True)
    with os.fdopen(os.open(near, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
        with source.open("rb") as data:
            shutil.copyfileobj(data, out)
        out.flush()
        os.fsync(out.fileno())
    hand_over(near)
    aside = _keep(place, at)
    near.replace(place)
    return aside


def _keep(place: Path, at: datetime) -> list[Path]:
    """Gives what is there a second name, a database together with its log, then takes the log away.

    The log of the old database must not be read into the new one; nothing of it is opened here,
    because SQLite throws the log of a damaged database away.
    """
    there = [ending for ending in _ASIDE if place.with_name(place.name + ending).exists()]
    aside = []
    for ending in there:
        kept = place.with_name(f"{place.name}.before-restore-{at:%Y%m%dT%H%M%SZ}{ending}")
        kept.unlink(missing_ok=True)
        kept.hardlink_to(place.with_name(place.name + ending))
        aside.append(kept)
    for ending in filter(None, there):
        place.with_name(place.name + ending).unlink()
    return aside
