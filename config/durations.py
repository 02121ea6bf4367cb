"""Lengths of time as people write them: `15`, `"15 s"`, `"3 rings"`, `"1 min"`, `"1 min 30 s"`.

One ring is five seconds (the ringing tone of the Russian network). Everything is whole seconds.
"""

from __future__ import annotations

import re

from config.errors import Unreadable
from router.office import RING_SECONDS

_PART = re.compile(r"(\d+(?:[.,]\d+)?)\s*([^\d\s.,]*)\.?\s*")
_UNITS = (
    (1, ("", "s", "sec", "secs", "second", "seconds", "с", "сек", "секунда", "секунды", "секунд")),
    (60, ("m", "min", "mins", "minute", "minutes", "м", "мин", "минута", "минуты", "минут")),
    (3600, ("h", "hour", "hours", "ч", "час", "часа", "часов")),
    (RING_SECONDS, ("ring", "rings", "гудок", "гудка", "гудков", "звонок", "звонка", "звонков")),
)
_SECONDS = {word: seconds for seconds, words in _UNITS for word in words}


def read_seconds(value: object, *, least: int, most: int) -> int:
    """Reads a length of time into whole seconds within [least, most]; raises `Unreadable`."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Unreadable("duration-unreadable", value=value)
    seconds = _from_text(value) if isinstance(value, str) else value
    if seconds % 1 != 0:  # also inf and nan
        raise Unreadable("duration-unreadable", value=value)
    if not least <= seconds <= most:
        raise Unreadable(
            "duration-range", value=value, seconds=int(seconds), least=least, most=most
        )
    return int(seconds)


def _from_text(text: str) -> float:
    rest, total = text.strip().casefold(), 0.0
    if not rest:
        raise Unreadable("duration-unreadable", value=text)
    while rest:
        match = _PART.match(rest)
        if not match or match[2] not in _SECONDS or len(match[1]) > 9:
            raise Unreadable("duration-unreadable", value=text)
        total += float(match[1].replace(",", ".")) * _SECONDS[match[2]]
        rest = rest[match.end() :]
    return total
