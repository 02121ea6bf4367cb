"""How the parts of a recording become one conversation of two sides: the client left, us right.

Pure: a plan in samples, which `recordings.mixing` carries out. Rules:

1. The conversation begins with the outside party's own part (or the mixture); what a leg has from
   before that is cut off, so that nobody listens to an operator's announcement first.
2. Left is the client's own voice, right are the voices of the legs, each in its time; where they
   overlap they are added. The mixture stands in for a side that has no part of its own.
3. A conversation in two channels is taken as it is. A mixture without any other part is one side.
4. Several conversations of one call (the stretches of a transferred one) are heard one behind the
   other and never at once: in the order of their times, else in that in which they were told.
   Nobody waits through what lay between them, unless voices apart stand beside them in their time.
5. A part that nobody told the beginning of begins with the conversation; one that would begin
   later than the longest conversation is left out. Both are told (`doubts`), never silent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
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
    `offset` samples after the conversation, or at the end of the part `after` if that is later.
    """

    part: str
    channel: int
    side: Side
    offset: int = 0
    skip: int = 0
    after: str = ""


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
    """Says which part is heard where.

    `parts` hold at least one, in the order in which they were told; empty ones are left out before.
    """
    told = list(parts)
    known = sorted(told, key=lambda part: part.name)
    mixtures = _in_order(part for part in told if part.kind is PartKind.CONVERSATION)
    clients = [part for part in known if part.kind is PartKind.CLIENT]
    legs = [part for part in known if part.kind is PartKind.LEG]
    origin = _origin(clients or mixtures or legs)
    place = _Placing(origin, rate, longest_seconds)
    tracks = place.tracks(mixtures, clients, legs)
    sides = len({track.side for track in tracks})
    if not clients and not mixtures:
        sides = 2  # only our voices: the client's side is silent, not ours
    return JoinPlan(
        rate=rate,
        sides=sides,
        tracks=tuple(tracks),
        began_at=origin,
        doubts=tuple(place.doubts),
        longest=round(longest_seconds * rate),
    )


def _in_order(parts: Iterable[PartFacts]) -> list[PartFacts]:
    """By their times; those that nobody told a time of stay behind, as they were told."""
    never = datetime.max.replace(tzinfo=UTC)
    return sorted(parts, key=lambda part: part.began_at or never)


def _origin(parts: Sequence[PartFacts]) -> datetime | None:
    return min((part.began_at for part in parts if part.began_at), default=None)


class _Placing:
    """Puts parts into the time that began at `origin`."""

    def __init__(self, origin: datetime | None, rate: int, longest_seconds: float) -> None:
        self.doubts: list[tuple[str, Doubt]] = []
        self._origin = origin
        self._rate = rate
        self._longest = longest_seconds

    def tracks(
        self,
        mixtures: Sequence[PartFacts],
        clients: Sequence[PartFacts],
        legs: Sequence[PartFacts],
    ) -> list[Track]:
        """Who is heard on which side."""
        if any(part.channels >= 2 for part in mixtures):
            return self._row(mixtures, Side.CLIENT) + self._row(mixtures, Side.US, channel=1)
        if clients and legs:
            return self._all(clients, Side.CLIENT) + self._all(legs, Side.US)
        if clients:
            mixed = self._row(mixtures, Side.US, in_time=True)
            return self._all(clients, Side.CLIENT) + mixed
        mixed = self._row(mixtures, Side.CLIENT, in_time=bool(legs))
        return mixed + self._all(legs, Side.US)

    def _all(self, parts: Sequence[PartFacts], side: Side) -> list[Track]:
        """These parts, each in its time."""
        return [
            _track(part, side, begins)
            for part in parts
            if (begins := self._begins(part, alone=len(parts) == 1)) is not None
        ]

    def _row(
        self, parts: Sequence[PartFacts], side: Side, *, channel: int = 0, in_time: bool = False
    ) -> list[Track]:
        """These parts one behind the other; `in_time`: none of them before its time."""
        found: list[Track] = []
        for part in parts:
            begins: int | None = 0
            if in_time or not found:
                begins = self._begins(part, alone=len(parts) == 1)
            elif part.began_at is None:
                self._doubt(part, Doubt.NO_TIME)
            if begins is not None:
                after = found[-1].part if found else ""
                found.append(_track(part, side, begins, channel=channel, after=after))
        return found

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


def _track(part: PartFacts, side: Side, begins: int, *, channel: int = 0, after: str = "") -> Track:
    """A voice that begins so many samples after the conversation; less than nought is cut off."""
    return Track(
        part=part.name,
        channel=min(channel, part.channels - 1),
        side=side,
        offset=max(0, begins),
        skip=max(0, -begins),
        after=after,
    )
