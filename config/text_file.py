"""From the bytes of a file to TOML data, with a sentence for each thing that can be wrong.

Administrators write these files in editors that add byte order marks, save in cp1251 and turn
quotation marks; each of these gets its own sentence instead of a parser's complaint.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from config.errors import Mistake, Unreadable
from config.sentences import say

LONGEST_BYTES = 4 * 1024 * 1024
"""Files above this size are refused unread: an office of 10,000 people is a quarter of it."""

_PLACE = re.compile(r"\(at line (\d+), column \d+\)")
_QUOTES = re.compile("[«»“”„‘’]")
_BLANKS = re.compile("[\u00a0\u2000-\u200f\u202f\u2060\u3000\ufeff]")
_BEGINNINGS = {
    "Cannot declare": "toml-twice",
    "Cannot overwrite": "toml-twice",
    "Cannot mutate": "toml-twice",
    "Duplicate inline": "toml-twice",
    "Illegal character '\\t'": "toml-tab",
    "Invalid value": "toml-value",
    "Invalid statement": "toml-key",
    "Invalid initial character": "toml-key",
}


def read_text_file(path: Path) -> str:
    """Returns the text of a file; raises `Unreadable` as `decode`, and where it cannot be read."""
    try:
        data = read_at_most(path, LONGEST_BYTES)
    except (OSError, ValueError) as error:
        raise Unreadable("file-unreadable", reason=why_unreadable(error)) from None
    return decode(data)


def read_at_most(path: Path, most: int) -> bytes:
    """Returns a file's bytes, at most one more than `most`, so that no device is read for ever."""
    with path.open("rb") as file:
        return file.read(most + 1)


def why_unreadable(error: OSError | ValueError) -> str:
    """Returns the system's own words; a path that cannot be one at all raises `ValueError`."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def decode(data: bytes) -> str:
    """Returns the text of a file; raises `Unreadable` when it is not UTF-8 or far too long.

    A UTF-8 byte order mark, as Windows editors write it, is dropped.
    """
    if len(data) > LONGEST_BYTES:
        raise Unreadable("file-too-long", most=LONGEST_BYTES)
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise Unreadable("file-encoding", encoding="UTF-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("file-encoding", encoding=_guess(data)) from None


def parse(text: str, *, file: str, language: str) -> dict[str, Any] | Mistake:
    """Returns the data of a TOML text, or the mistake that keeps it from being TOML."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        place = _PLACE.search(str(error))
        lines = text.splitlines() or [""]
        number = int(place[1]) if place else len(lines)
        line = lines[number - 1] if number <= len(lines) else ""
        sentence = _sentence(str(error), line, language)
        return Mistake(file=file, line=number, path="", sentence=sentence)


def _sentence(error: str, line: str, language: str) -> str:
    if quote := _QUOTES.search(line):
        return say(language, "toml-quotes", character=quote[0])
    if blank := _BLANKS.search(line):
        return say(language, "toml-blank", code=f"{ord(blank[0]):04X}")
    for beginning, sentence in _BEGINNINGS.items():
        if error.startswith(beginning):
            return say(language, sentence)
    return say(language, "toml-unreadable", detail=_PLACE.sub("", error).strip())


def _guess(data: bytes) -> str:
    """Names the encoding: Russian text is mostly bytes from 0xC0 up in cp1251, below in cp866."""
    high = [byte for byte in data if byte >= 0x80]
    if not high:
        return "UTF-16"
    letters = sum(byte >= 0xC0 for byte in high)
    return "windows-1251" if letters * 2 >= len(high) else "cp866"
