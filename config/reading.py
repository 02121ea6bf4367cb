"""Reads the tables of a TOML file key by key and collects every mistake on the way.

Nothing raises: a value that cannot be read leaves a mistake and stands as its default, so that the
rest of the file is read as well and all mistakes are told at once.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from config.durations import read_seconds
from config.errors import Mistake, Unreadable
from config.sentences import did_you_mean, say
from config.toml_lines import Lines, Path

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

_CONTROLS = {"Cc", "Cs", "Zl", "Zp"}
LONGEST_TEXT = 200


class Notes:
    """Collects mistakes of one file and knows the lines."""

    def __init__(self, *, file: str, lines: Lines, language: str) -> None:
        self.file = file
        self.lines = lines
        self.language = language
        self.mistakes: list[Mistake] = []

    def add(self, path: Path, sentence: str, /, **about: object) -> None:
        """Notes a mistake by the id of its sentence."""
        self.mistakes.append(
            Mistake(
                file=self.file,
                line=self.lines.of(path),
                path=".".join(str(part) for part in path),
                sentence=say(self.language, sentence, **about).strip(),
            )
        )

    def hint(self, word: str, words: Iterable[str]) -> str:
        """Returns "did you mean", in the language of the reader."""
        return did_you_mean(self.language, word, words)


class Table:
    """One table of the file; every key that was asked for counts as known."""

    def __init__(self, notes: Notes, path: Path, data: object) -> None:
        self.notes = notes
        self.path = path
        self._known: set[str] = set()
        self.data: Mapping[str, Any] = {}
        if isinstance(data, dict):
            self.data = data
        else:
            notes.add(path, "not-a-table", path=".".join(str(part) for part in path))

    def value(self, key: str, default: T, read: Callable[[Any], T]) -> T:
        """Returns what `read` makes of the key's value; the default when absent or unreadable."""
        self._known.add(key)
        if key not in self.data:
            return default
        try:
            return read(self.data[key])
        except Unreadable as mistake:
            about = dict(mistake.about)
            about["hint"] = self.notes.hint(str(about.get("value")), mistake.words)
            self.notes.add((*self.path, key), mistake.sentence, **about)
            return default

    def need(self, key: str, example: str) -> None:
        """Notes a missing key; `example` is the line to add."""
        if key not in self.data:
            self.notes.add(self.path, "missing-key", key=key, example=example)

    def text(self, key: str, default: str = "", read: Callable[[str], str] | None = None) -> str:
        """Returns a text, trimmed and without control characters, read further by `read`.

        An empty text means the same as an absent key, unless `read` says otherwise.
        """

        def whole(value: object) -> str:
            clean = read_text(value)
            return read(clean) if read and clean else clean

        return self.value(key, default, whole)

    def choice(self, key: str, default: E) -> E:
        """Returns one of the words of an enumeration."""
        return self.value(key, default, lambda value: read_choice(value, type(default)))

    def flag(self, key: str, *, default: bool) -> bool:
        """Returns true or false."""
        return self.value(key, default, _read_flag)

    def flag_or_none(self, key: str) -> bool | None:
        """Returns true or false, or None where nothing is said."""
        return self.value(key, None, _read_flag)

    def whole(self, key: str, default: int, *, least: int, most: int) -> int:
        """Returns a whole number within [least, most]."""

        def read(value: object) -> int:
            if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
                raise Unreadable("not-a-whole", least=least, most=most)
            return value

        return self.value(key, default, read)

    def seconds(self, key: str, default: int, *, least: int = 0, most: int = 600) -> int:
        """Returns a length of time in seconds."""
        return self.value(key, default, lambda v: read_seconds(v, least=least, most=most))

    def tables(self, key: str) -> dict[str, Table]:
        """Returns the tables under `[key.…]` in the order of the file."""
        self._known.add(key)
        if key not in self.data:
            return {}
        around = Table(self.notes, (*self.path, key), self.data[key])
        return {name: Table(self.notes, (*around.path, name), d) for name, d in around.data.items()}

    def close(self) -> None:
        """Notes every key that nobody asked for."""
        for key in self.data:
            if key not in self._known:
                path = (*self.path, key)
                hint = self.notes.hint(key, self._known)
                self.notes.add(path, "unknown-key", key=key, hint=hint)


def read_text(value: object, example: str = '"…"') -> str:
    """Reads a text of one line; a whole number counts as its digits."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise Unreadable("not-a-text", example=example)
    text = value.strip(" ")
    for character in text:
        if unicodedata.category(character) in _CONTROLS:
            raise Unreadable("text-control", character=repr(character)[1:-1])
    if len(text) > LONGEST_TEXT:
        raise Unreadable("text-long", most=LONGEST_TEXT)
    return text


def read_choice(value: object, words: type[E]) -> E:
    """Reads a word of an enumeration; `-` and `_` are the same."""
    text = read_text(value)
    try:
        return words(text.replace("-", "_"))
    except ValueError:
        raise Unreadable("not-a-choice", value=text, words=[word.value for word in words]) from None


def read_texts(value: object) -> tuple[str, ...]:
    """Reads a list of texts; a single text is a list of one."""
    if isinstance(value, str):
        return (read_text(value),)
    if not isinstance(value, list):
        raise Unreadable("not-a-list")
    return tuple(read_text(element) for element in value)


def _read_flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise Unreadable("not-a-flag")
    return value
