"""Writes the files of an installation so that nothing is half written, open or lost.

A file gets its name when it is whole. What was there before stays beside it as `.before`. A file
that root makes belongs to the owner of its folder: the service does not run as root.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from config.settings_sources import read_secret_file

_SECRET_BYTES = 24


def make_folder(folder: Path) -> None:
    """Makes a folder for the service alone, with those above it."""
    missing = [at for at in (folder, *folder.parents) if not at.exists()]
    for at in reversed(missing):
        at.mkdir(mode=0o700)
        hand_over(at)


def write_file(path: Path, text: str, *, mode: int = 0o600) -> bool:
    """Writes a text in one step; returns whether there was another one, now beside it."""
    data = text.encode()
    try:
        same, there = path.read_bytes() == data, True
    except FileNotFoundError:
        same = there = False
    if same:
        return False
    if there:
        path.replace(path.with_name(path.name + ".before"))
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)
    hand_over(part)
    part.replace(path)
    return there


def secret_in(path: Path) -> str:
    """The secret in a file; a new one is made where there is no file. Raises `Unreadable`."""
    if not path.exists():
        make_folder(path.parent)
        write_file(path, secrets.token_urlsafe(_SECRET_BYTES) + "\n")
    return read_secret_file(path)


def dump_toml(data: Mapping[str, Any]) -> str:
    """The TOML text of settings: values first, then tables, then lists of tables."""
    lines = [*_values(data)]
    for key, value in data.items():
        if isinstance(value, Mapping):
            lines += ["", f"[{key}]", *_values(value)]
    for key, value in data.items():
        for table in value if _is_tables(value) else ():
            lines += ["", f"[[{key}]]", *_values(table)]
    return "\n".join(lines).strip() + "\n"


def _values(table: Mapping[str, Any]) -> list[str]:
    plain = {k: v for k, v in table.items() if not isinstance(v, Mapping) and not _is_tables(v)}
    return [f"{key} = {toml_value(value)}" for key, value in plain.items()]


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, Mapping) for v in value)


def toml_value(value: object) -> str:
    """One value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml_value(part) for part in value) + "]"
    text = "".join(_escaped(character) for character in str(value))
    return f'"{text}"'


def _escaped(character: str) -> str:
    if character in {'"', "\\"}:
        return "\\" + character
    return character if character.isprintable() else f"\\u{ord(character):04X}"


def hand_over(path: Path) -> None:
    """Gives what root has made to the owner of its folder."""
    if os.geteuid() == 0:
        owner = path.parent.stat()
        with suppress(OSError):
            os.chown(path, owner.st_uid, owner.st_gid)
