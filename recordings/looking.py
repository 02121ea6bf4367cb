"""What a look at a file means: still growing, whole, empty, not there. Pure.

A file is whole when two looks at least `settle_seconds` apart find it unchanged: its writer says
nothing when it ends (Asterisk tells no `MixMonitorStop` at a hang-up). What is not there yet is
looked for again, at first soon, then every hour; it is given up only after it was asked for several
times and for long, so that a PBX that was away for a day loses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from recordings.port import Found
from storage.recording_records import StoredPart

HEADER_BYTES = 44
SOON_SECONDS = 5.0
LATEST_SECONDS = 3600.0
LEAST_LOOKS = 5


class Standing(StrEnum):
    """How a file stands. `REFUSED`: its source will never give it; `CLOSED`: not at this time."""

    REFUSED = "refused"
    CLOSED = "closed"
    ABSENT = "absent"
    GROWING = "growing"
    EMPTY = "empty"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long files are waited for, in seconds after the call.

    `beside` holds where other files of the same call are there already.
    """

    settle_seconds: float = 4.0
    alone_seconds: float = 24 * 3600.0
    beside_seconds: float = 3600.0


def standing(part: StoredPart, found: Found | None, now: datetime, patience: Patience) -> Standing:
    """How a file stands, by this look and the one before."""
    if found is None:
        return Standing.ABSENT
    same = part.seen_size == found.size and part.seen_changed_at == found.changed_at
    if not same or part.seen_at is None:
        return Standing.GROWING
    if now - part.seen_at < timedelta(seconds=patience.settle_seconds):
        return Standing.GROWING
    return Standing.EMPTY if found.size <= HEADER_BYTES else Standing.WHOLE


def over(
    expected_at: datetime, now: datetime, looks: int, patience: Patience, *, beside: bool
) -> bool:
    """Whether a file that is not there is given up."""
    age = (now - expected_at).total_seconds()
    limit = patience.beside_seconds if beside else patience.alone_seconds
    return looks >= LEAST_LOOKS and age >= limit


def next_look(expected_at: datetime, now: datetime) -> datetime:
    """When to look again: after a quarter of the time that it was waited for already."""
    age = (now - expected_at).total_seconds()
    return now + timedelta(seconds=min(LATEST_SECONDS, max(SOON_SECONDS, age / 4)))
