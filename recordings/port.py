"""What a place with recordings keeps, and what a recording is made of.

One conversation is recorded in *parts*: one continuous file on the outside party's channel, what
that party says alone, and one file per leg (docs/decisions: why all are needed). A part is known by
its name at the PBX, and by its own clock: when its first sample was taken.

How they become one conversation (`recordings.joining`): the client's own voice is the left side,
the legs' voices, each in its time, are the right side; the continuous mixture is used only where a
side has no part of its own. A conversation of two channels is taken as it is: client left, us
right.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, Protocol


class PartKind(StrEnum):
    """The whole conversation as a mixture, the outside party's own voice, or one leg's own voice.

    With Asterisk one MixMonitor on the outside party's channel makes the first two: the mixture is
    its file, the party's own voice its option `r(file)`.
    """

    CONVERSATION = "conversation"
    CLIENT = "client"
    LEG = "leg"


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundPart:
    """One file of a recording. `name` is the bare file name at the PBX, never a path.

    `began_at` is when its first sample was taken, by the PBX's clock; None when nobody told.
    `leg_id` is the leg's channel (empty for the conversation and the client). `ended_at` is told of
    the conversation and the client, whose last sample is taken at the hang-up: sound that passed
    before anybody answered makes these files longer, so they began at the earlier of `began_at` and
    `ended_at` less their length. A leg's `began_at` is true to 30 ms.
    """

    name: str
    kind: PartKind
    leg_id: str = ""
    began_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file as it stands at its source: bytes, and the last change by the source's clock."""

    size: int
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A file that was copied to us, whole: `sha256` in hex over its bytes."""

    path: Path
    size: int
    sha256: str


class RecordingSource(Protocol):
    """Where a PBX keeps its recordings. Raises `recordings.errors.SourceError` with a sentence.

    `deletes` says whether files there are ours to delete; at a provider's they are not.
    """

    deletes: ClassVar[bool]

    async def look(self, name: str) -> Found | None:
        """The file as it stands now, or None while there is none."""

    async def fetch(self, name: str, into: Path, *, most_bytes: int) -> Fetched:
        """Copies the file; refuses what is longer than `most_bytes` or no sound."""

    async def delete(self, name: str) -> None:
        """Deletes the file at the source; nothing happens when it is gone already."""
