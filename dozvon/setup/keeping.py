"""One file that holds a whole installation: what is in it, how it is made and how it is judged.

A `.tar.gz` with a manifest first: the format's version, ours, the database's revision, and a
SHA-256 of every member. The database is a snapshot that SQLite itself makes while the service
writes. Secrets stay out unless they are asked for: written inside the settings they are replaced by
nothing, and the restored installation says which are missing.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import sqlite3
import tarfile
import tempfile
import tomllib
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from config.settings import Settings
from config.settings_sources import SECRETS
from config.toml_lines import Lines
from dozvon.commands.terminal.exits import Exit, Trouble
from dozvon.setup.files import hand_over
from dozvon.setup.upgrades import revision_of, revisions, snapshot
from recordings.signing import KEY_FILE
from storage.dialects import file_of

FORMAT = 1
MANIFEST: Final = "manifest.json"
DATABASE: Final = "dozvon.sqlite3"
OFFICE: Final = "office.toml"
SETTINGS: Final = "dozvon.toml"
LINK_KEY: Final = KEY_FILE
"""With which links to recordings are signed: without it every link that was given out is void."""
SECRETS_FOLDER: Final = "secrets/"
_SECRET_NAMES: Final = SECRETS | {"token", "hmac_secret"}
_SECRET_FILE = re.compile(r"secrets/[A-Za-z0-9_.-]{1,120}\Z")
_LARGEST_TEXT_BYTES = 8 * 1024 * 1024
_PIECE = 1024 * 1024
_BROKEN = (tarfile.TarError, EOFError, zlib.error, ValueError, KeyError, TypeError, AttributeError)
"""What reading something that is no backup may raise; a full disk is told as what it is."""
_At = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup says of itself."""

    made_at: str
    dozvon: str
    revision: str
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What became of a backup: the members in it, and how many secrets were left out."""

    file: Path
    members: tuple[str, ...]
    left_out: int


def make_backup(
    target: Path,
    settings: Settings,
    settings_file: Path | None,
    *,
    with_secrets: bool,
    at: datetime,
) -> Made:
    """Writes a backup; `target` appears only when it is whole. It is readable by its owner alone.

    Raises `Trouble`, `sqlite3.Error` or `OSError`.
    """
    database = file_of(settings.database)
    if database is None:
        raise Trouble(Exit.REFUSED, "backup-server")
    if not database.is_file():
        raise Trouble(Exit.REFUSED, "backup-nothing", file=database)
    with tempfile.TemporaryDirectory(dir=target.absolute().parent, prefix=".dozvon-") as folder:
        kept = Path(folder)
        snapshot(database, kept / DATABASE)
        if settings.office_path.is_file():
            (kept / OFFICE).write_bytes(settings.office_path.read_bytes())
        left_out = _keep_link_key(kept, settings.data_dir / LINK_KEY, with_secrets=with_secrets)
        if settings_file is not None and settings_file.is_file():
            left_out += _keep_settings(kept, settings_file, with_secrets=with_secrets)
        members = _members(kept)
        manifest = _manifest(kept, members, at)
        part = kept / "whole"
        _pack(part, kept, members, manifest)
        part.replace(target)
        hand_over(target)
    return Made(file=target, members=members, left_out=left_out)


def _keep_link_key(kept: Path, key: Path, *, with_secrets: bool) -> int:
    """Keeps the key of links to recordings, which is a secret; returns how many were left out."""
    if not key.is_file():
        return 0
    if with_secrets:
        (kept / LINK_KEY).write_bytes(key.read_bytes())
    return 0 if with_secrets else 1


def _keep_settings(kept: Path, file: Path, *, with_secrets: bool) -> int:
    """Keeps the settings, with or without secrets; returns how many were left out."""
    text = file.read_text("utf-8-sig")
    data = tomllib.loads(text)
    inside, named = list(_secrets(data)), list(_secret_files(data))
    if with_secrets:
        text = _with_files(kept, text, file.absolute().parent, named)
    else:
        text = _without(text, inside)
    (kept / SETTINGS).write_text(text, "utf-8")
    return 0 if with_secrets else len(inside) + len(named)


def _with_files(kept: Path, text: str, folder: Path, named: list[tuple[_At, str]]) -> str:
    """Keeps the secret files; those elsewhere are named anew, so that they lie beside it."""
    lines, places = text.splitlines(), Lines(text)
    for path, written in named:
        member = written
        if not _SECRET_FILE.match(written):
            member = SECRETS_FOLDER + "__".join(map(str, path))
            lines[places.of(path) - 1] = f'{path[-1]} = "{member}"'
        (kept / member).parent.mkdir(exist_ok=True)
        (kept / member).write_bytes((folder / written).read_bytes())
    return "\n".join(lines) + "\n"


def _tables(data: Mapping[str, Any]) -> Iterator[tuple[_At, Mapping[str, Any]]]:
    yield (), data
    for key, value in data.items():
        if isinstance(value, Mapping):
            yield (key,), value
        for index, table in enumerate(value if isinstance(value, list) else ()):
            if isinstance(table, Mapping):
                yield (key, index), table


def _secrets(data: Mapping[str, Any]) -> Iterator[tuple[_At, str]]:
    for path, table in _tables(data):
        for name in _SECRET_NAMES & table.keys():
            yield (*path, name), str(table[name])


def _secret_files(data: Mapping[str, Any]) -> Iterator[tuple[_At, str]]:
    for path, table in _tables(data):
        for name in sorted(_SECRET_NAMES):
            if written := table.get(f"{name}_file"):
                yield (*path, f"{name}_file"), str(written)


def _without(text: str, secrets: list[tuple[_At, str]]) -> str:
    """The settings without the secrets in them; raises where one would stay."""
    lines, places = text.splitlines(), Lines(text)
    for path, _ in secrets:
        line = places.of(path) - 1
        lines[line] = f'{path[-1]} = ""  # left out of the backup'
    safe = "\n".join(lines) + "\n"
    if any(secret and secret in safe for _, secret in secrets):
        raise Trouble(Exit.REFUSED, "backup-secret-stays")
    return safe


def _members(kept: Path) -> tuple[str, ...]:
    files = (f for f in kept.rglob("*") if f.is_file())
    return tuple(sorted(str(file.relative_to(kept)) for file in files))


def _manifest(kept: Path, members: tuple[str, ...], at: datetime) -> bytes:
    said = {
        "format": FORMAT,
        "made_at": at.isoformat(),
        "dozvon": version("dozvon"),
        "revision": revision_of(kept / DATABASE),
        "files": {member: _digest(kept / member) for member in members},
    }
    return json.dumps(said, indent=2).encode()


def _pack(part: Path, kept: Path, members: tuple[str, ...], manifest: bytes) -> None:
    descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as raw, tarfile.open(fileobj=raw, mode="w:gz") as archive:
        archive.addfile(_entry(MANIFEST, len(manifest)), io.BytesIO(manifest))
        for member in members:
            with (kept / member).open("rb") as source:
                archive.addfile(_entry(member, (kept / member).stat().st_size), source)


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry


def _digest(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as source:
        while piece := source.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def open_backup(file: Path, folder: Path) -> Manifest:
    """Unpacks a backup into an empty folder and judges it: format, members, sums, the database.

    Only members that the manifest names and that we know are unpacked, as plain files. Raises
    `Trouble` with what is wrong; nothing outside `folder` is touched.
    """
    try:
        manifest = _unpack(file, folder)
    except _BROKEN as broken:
        raise Trouble(Exit.WRONG, "restore-broken", file=file, reason=broken) from None
    for member, digest in manifest.files.items():
        if not (folder / member).is_file() or _digest(folder / member) != digest:
            raise Trouble(Exit.WRONG, "restore-broken", file=file, reason=member)
    if manifest.revision not in {"", *revisions()}:
        raise Trouble(Exit.REFUSED, "restore-newer", file=file, dozvon=manifest.dozvon)
    _judge_database(file, folder / DATABASE)
    return manifest


def _unpack(file: Path, folder: Path) -> Manifest:
    with tarfile.open(file, "r|gz") as archive:
        first = archive.next()
        if first is None or first.name != MANIFEST:
            raise ValueError(MANIFEST)
        manifest = _read_manifest(archive, first)
        while (entry := archive.next()) is not None:
            if entry.name not in manifest.files or not entry.isreg():
                raise ValueError(entry.name)
            _take(archive, entry, folder)
    return manifest


def _read_manifest(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> Manifest:
    source = archive.extractfile(entry)
    said = json.loads(source.read(_LARGEST_TEXT_BYTES) if source else b"")
    if said["format"] != FORMAT:
        raise ValueError(f"format {said['format']}")
    files = {str(name): str(digest) for name, digest in said["files"].items()}
    known = {DATABASE, OFFICE, SETTINGS, LINK_KEY}
    strange = [name for name in files if name not in known and not _SECRET_FILE.match(name)]
    if strange or DATABASE not in files:
        raise ValueError(", ".join(strange) or DATABASE)
    return Manifest(
        made_at=str(said["made_at"]),
        dozvon=str(said["dozvon"]),
        revision=str(said["revision"]),
        files=files,
    )


def _take(archive: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path) -> None:
    if entry.name != DATABASE and entry.size > _LARGEST_TEXT_BYTES:
        raise ValueError(entry.name)
    source = archive.extractfile(entry)
    target = folder / entry.name
    target.parent.mkdir(mode=0o700, exist_ok=True)
    with os.fdopen(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
        while source is not None and (piece := source.read(_PIECE)):
            out.write(piece)


def _judge_database(file: Path, database: Path) -> None:
    try:
        with closing(sqlite3.connect(database)) as opened:
            verdict = opened.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.Error as damaged:
        verdict = str(damaged)
    if verdict != "ok":
        raise Trouble(Exit.WRONG, "restore-broken", file=file, reason=verdict)
