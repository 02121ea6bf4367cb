"""Where a key stands in a TOML file, because `tomllib` forgets it.

A scanner over text that `tomllib` has read without complaint, so it may be lenient: it knows
strings, comments, brackets and keys, nothing of values. `Lines.of(path)` answers for a key, and for
a key that is not there with the line of the table it should be in.
"""

from __future__ import annotations

import re
from contextlib import suppress

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r"""[ \t]*(?:"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)'|([A-Za-z0-9_-]+))[ \t]*""")
_STRING = re.compile(
    r'"{3}(?:[^\\]|\\.)*?"{3,5}|\'{3}.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL
)
_SCALAR = re.compile(r"[^,\]}#\n]*")


class Lines:
    """Knows the line (from 1) of every key of a TOML text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._counted = (0, 1)
        self._lines: dict[Path, int] = {(): 1}
        self._tables: dict[Path, int] = {}
        with suppress(RecursionError):  # far too deep for any file of ours: lines so far are known
            self._scan()

    def of(self, path: Path) -> int:
        """Returns the line of `path`, or of the nearest key around it that stands in the file."""
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]

    def _scan(self) -> None:
        prefix: Path = ()
        self._skip_blank()
        while self._at < len(self._text):
            start = self._at
            if self._text[self._at] == "[":
                prefix = self._header()
            else:
                self._pair(prefix)
            self._skip_blank()
            if self._at == start:  # not TOML after all: an answer is better than no end
                return

    def _header(self) -> Path:
        many = self._text.startswith("[[", self._at)
        start = self._at
        self._at += 2 if many else 1
        path = self._key()
        self._at += 2 if many else 1
        resolved = self._resolve(path)
        if many:
            index = self._tables[path] = self._tables.get(path, -1) + 1
            resolved = (*resolved, index)
        for depth in range(1, len(resolved) + 1):
            self._remember(resolved[:depth], start)
        return resolved

    def _resolve(self, path: Path) -> Path:
        """Puts the index of the current element behind each array of tables on the way."""
        resolved: Path = ()
        for depth, part in enumerate(path, start=1):
            resolved = (*resolved, part)
            if depth < len(path) and path[:depth] in self._tables:
                resolved = (*resolved, self._tables[path[:depth]])
        return resolved

    def _pair(self, prefix: Path) -> None:
        start = self._at
        path = prefix + self._key()
        for depth in range(len(prefix) + 1, len(path) + 1):
            self._remember(path[:depth], start)
        self._at += 1  # the equals sign
        self._value(path)

    def _key(self) -> Path:
        parts: list[str] = []
        while match := _KEY.match(self._text, self._at):
            parts.append(next(part for part in match.groups() if part is not None))
            self._at = match.end()
            if not self._text.startswith(".", self._at):
                break
            self._at += 1
        return tuple(parts)

    def _value(self, path: Path) -> None:
        self._skip_blank()
        opening = self._text[self._at : self._at + 1]
        if opening in {"[", "{"}:
            self._at += 1
            self._elements(path, closing="]" if opening == "[" else "}")
        elif match := _STRING.match(self._text, self._at) or _SCALAR.match(self._text, self._at):
            self._at = match.end()

    def _elements(self, path: Path, *, closing: str) -> None:
        index = 0
        self._skip_blank()
        while self._at < len(self._text) and self._text[self._at] != closing:
            start = self._at
            if closing == "}":
                self._pair(path)
            else:
                self._remember((*path, index), self._at)
                self._value((*path, index))
            index += 1
            self._skip_blank()
            if self._text.startswith(",", self._at):
                self._at += 1
                self._skip_blank()
            if self._at == start:
                return
        self._at += 1

    def _skip_blank(self) -> None:
        match = _BLANK.match(self._text, self._at)
        self._at = match.end() if match else self._at

    def _remember(self, path: Path, at: int) -> None:
        seen, line = self._counted
        self._counted = (at, line + self._text.count("\n", seen, at))
        self._lines.setdefault(path, self._counted[1])
