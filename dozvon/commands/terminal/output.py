"""What a command prints: sentences, aligned tables, JSON.

Names and numbers come from callers and from files, so everything that could steer a terminal
(escape sequences, line breaks, marks that turn the writing direction) is replaced before it is
shown. Colours only on a terminal, and never where `NO_COLOR` is set. JSON is one document with
stable names; instants are ISO 8601 in UTC.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TextIO

import click

from dozvon.context import Context

_GAP = "  "


class Colour(StrEnum):
    """What a colour means, not how it looks."""

    GOOD = "green"
    BAD = "red"
    CAUTION = "yellow"
    QUIET = "bright_black"


def clean(value: object) -> str:
    """Returns a text in which nothing steers a terminal."""
    text = str(value)
    if text.isprintable():
        return text
    return "".join(_plain(character) for character in text)


def width(text: str) -> int:
    """Returns how many columns a text takes: wide East Asian characters take two."""
    columns = 0
    for character in text:
        if unicodedata.combining(character):
            continue
        columns += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return columns


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Returns the lines of a table; every column is as wide as its widest cell."""
    cells = [tuple(head), *(tuple(clean(cell) for cell in row) for row in rows)]
    widths = [max(width(row[column]) for row in cells) for column in range(len(head))]
    return [_line(row, widths) for row in cells]


def print_table(context: Context, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Prints a table with a quiet head."""
    lines = table(head, rows)
    print_line(context, lines[0], Colour.QUIET)
    for line in lines[1:]:
        print_line(context, line)


def print_line(
    context: Context, text: str = "", colour: Colour | None = None, *, err: bool = False
) -> None:
    """Prints a line that is clean already; coloured where somebody sees colours."""
    if colour is not None and _shows_colours(context, sys.stderr if err else sys.stdout):
        text = click.style(text, fg=colour.value)
    click.echo(_encodable(text, sys.stderr if err else sys.stdout), err=err)


def print_json(value: object) -> None:
    """Prints one JSON document."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=_json_value)
    click.echo(text.encode("utf-8", "backslashreplace"))


def instant(at: datetime | None) -> str | None:
    """Returns an instant as JSON has it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell + " " * (wide - width(cell)) for cell, wide in zip(cells, widths, strict=True))
    return _GAP.join(padded).rstrip()


def _plain(character: str) -> str:
    if character.isprintable():
        return character
    return " " if unicodedata.category(character) in {"Zs", "Cc", "Zl", "Zp"} else "·"


def _shows_colours(context: Context, stream: TextIO) -> bool:
    environment = context.environment
    dumb = environment.get("TERM") == "dumb"
    return stream.isatty() and not environment.get("NO_COLOR") and not dumb


def _encodable(text: str, stream: TextIO) -> str:
    """A terminal that is not UTF-8 shows question marks instead of stopping the command."""
    encoding = stream.encoding or "utf-8"
    return text.encode(encoding, "replace").decode(encoding, "replace")


def _json_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, frozenset):
        return sorted(value)
    return str(value)
