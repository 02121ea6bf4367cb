"""How the parts of a recording become one conversation of two sides: the client left, us right.

Pure: a plan in samples, which `recordings.mixing` carries out. Rules:

1. The conversation begins with the outside party's own part (or the mixture); what a leg has from
   before that is cut off, so that nobody listens to an operator's announcement first.
2. Left is the client's own voice, right are the voices of the legs, each in its time; where they
   overlap they are added. The mixture stands in for a side that has no part of its own.
3. A conversation in two channels is taken as it is. A mixture without any other part is one side.
4. A part that nobody told the beginning of begins with the conversation; one that would begin
   later than the longest conversation is left out. Both are told (`doubts`), never silent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from recordings.port import PartKind

LONGEST_SECONDS = 6 * 3600


class Side(StrEnum):
    """Who is heard."""

    CLIENT = "client"
    US = "us"


class Doubt(StrEnum):
    """What is not sure about the place of a part."""

    NO_TIME = "no-time"
    TOO_LATE = "too-late"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartFacts:
    """What is known of a part that holds sound; `seconds` is None where only reading it tells."""

    name: str
    kind: PartKind
    channels: int
    began_at: datetime | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One voice in the conversation, in samples of the plan's rate.

    `channel` is that of the part; the first `skip` samples are left out, then the voice begins
    `offset` samples after the conversation.
    """

    part: str
    channel: int
    side: Side
    offset: int = 0
    skip: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinPlan:
    """The whole conversation; `sides` is 1 where nobody can tell the two apart."""

    rate: int
    sides: int
    tracks: tuple[Track, ...]
    began_at: datetime | None
    doubts: tuple[tuple[str, Doubt], ...] = ()
    longest: int = 0


def plan_joining(
    parts: Iterable[PartFacts], *, rate: int, longest_seconds: float = LONGEST_SECONDS
) -> JoinPlan:
    """Says which part is heard where. `parts` hold at least one; empty ones are left out before."""
    known = sorted(parts, key=lambda part: (_RANK[part.kind], part.name))
    mixtures = [part for part in known if part.kind is PartKind.CONVERSATION]
    clients = [part for part in known if part.kind is PartKind.CLIENT]
    legs = [part for part in known if part.kind is PartKind.LEG]
    origin = _origin(clients or mixtures or legs)
    place = _Placing(origin, rate, longest_seconds)
    whole = next((part for part in mixtures if part.channels >= 2), None)
    if whole is not None:
        tracks = place.all([whole], Side.CLIENT) + place.all([whole], Side.US, channel=1)
    elif not clients and not legs:
        tracks = place.all(mixtures, Side.CLIENT)
    else:
        tracks = place.all(clients or mixtures, Side.CLIENT)
        tracks += place.all(legs or (mixtures if clients else []), Side.US)
    sides = len({track.side for track in tracks})
    if not clients and not whole and len(known) == len(legs):
        sides = 2  # only our voices: the client's side is silent, not ours
    return JoinPlan(
        rate=rate,
        sides=sides,
        tracks=tuple(tracks),
        began_at=origin,
        doubts=tuple(place.doubts),
        longest=round(longest_seconds * rate),
    )


_RANK = {PartKind.CONVERSATION: 0, PartKind.CLIENT: 1, PartKind.LEG: 2}


def _origin(parts: Sequence[PartFacts]) -> datetime | None:
    return min((part.began_at for part in parts if part.began_at), default=None)


class _Placing:
    """Puts parts into the time that began at `origin`."""

    def __init__(self, origin: datetime | None, rate: int, longest_seconds: float) -> None:
        self.doubts: list[tuple[str, Doubt]] = []
        self._origin = origin
        self._rate = rate
        self._longest = longest_seconds

    def all(self, parts: Sequence[PartFacts], side: Side, channel: int = 0) -> list[Track]:
        """The tracks of these parts on a side."""
        return [
            Track(
                part=part.name,
                channel=min(channel, part.channels - 1),
                side=side,
                offset=max(0, begins),
                skip=max(0, -begins),
            )
            for part in parts
            if (begins := self._begins(part, alone=len(parts) == 1)) is not None
        ]

    def _begins(self, part: PartFacts, *, alone: bool) -> int | None:
        if part.began_at is None or self._origin is None:
            if not alone or self._origin is not None:
                self._doubt(part, Doubt.NO_TIME)
            return 0
        seconds = (part.began_at - self._origin).total_seconds()
        if abs(seconds) > self._longest:
            self._doubt(part, Doubt.TOO_LATE)
            return None
        return round(seconds * self._rate)

    def _doubt(self, part: PartFacts, doubt: Doubt) -> None:
        if (part.name, doubt) not in self.doubts:
            self.doubts.append((part.name, doubt))
