"""Asterisk's patterns of extensions: which of several takes a number.

As Asterisk does it: a number written out is taken before any pattern, and of patterns that match
the one that leaves less room at the first place where they differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_CLASSES = {"X": ("[0-9]", 10), "Z": ("[1-9]", 9), "N": ("[2-9]", 8)}
_REST = {".": (".+", 254), "!": (".*", 255)}
_PIECE = re.compile(r"\[([^\]]*)\]|(.)", re.DOTALL)


def best_match(extensions: Iterable[str], number: str) -> str | None:
    """The extension of a context that takes a number, or None where none does."""
    known = set(extensions)
    if number in known:
        return number
    fitting = [
        (room, exten)
        for exten in known
        if exten.startswith("_") and (room := _room(exten, number)) is not None
    ]
    return min(fitting)[1] if fitting else None


def _room(pattern: str, number: str) -> list[int] | None:
    """How much room each place of a pattern leaves, or None where it does not match."""
    try:
        pieces = list(_pieces(pattern[1:]))
    except re.error:  # Asterisk takes no such set either
        return None
    matches = re.fullmatch("".join(text for text, _ in pieces), number)
    return [room for _, room in pieces] if matches else None


def _pieces(pattern: str) -> Iterator[tuple[str, int]]:
    """Each place as a regular expression, with how many characters it takes."""
    for place in _PIECE.finditer(pattern):
        chosen, plain = place[1], place[2]
        if chosen is not None:
            text = "[" + re.sub(r"([^0-9A-Za-z-])", r"\\\1", chosen) + "]"
            yield text, sum(1 for digit in "0123456789*#+" if re.fullmatch(text, digit))
        elif plain in _REST:
            yield _REST[plain]
            return
        elif plain not in "- ":
            yield _CLASSES.get(plain.upper(), (re.escape(plain), 1))
