"""The calls that a switch told us of, as far as its next event needs them.

Nothing here grows without a bound: calls that go on are limited in number, ended ones are forgotten
oldest first.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pbx_adapters.port import JournalEntry
from router.calls import Direction, LegOutcome

MOST_LIVE = 10_000
MOST_ENDED = 5_000
SILENT = timedelta(seconds=120)
"""So long after its patience a call that nobody answered must have ended."""
LONGEST_TALK = timedelta(hours=4)


@dataclass(slots=True, kw_only=True)
class KnownLeg:
    """One attempt to ring somebody; `last_at` is when it was last heard of, `outcome` its end."""

    id: str
    who: str
    last_at: datetime
    open: bool = True
    answered: bool = False
    outcome: LegOutcome = LegOutcome.RINGING


@dataclass(slots=True, kw_only=True)
class KnownCall:
    """A call that goes on. `asked` says that it was given a decision."""

    id: str
    direction: Direction
    line: str
    caller: str
    name: str
    began_at: datetime
    last_at: datetime
    asked: bool = False
    patience: timedelta = timedelta(0)
    legs: list[KnownLeg] = field(default_factory=list)
    answered_by: str = ""
    answered_at: datetime | None = None

    def leg(self, who: str, leg_id: str = "") -> KnownLeg | None:
        """The newest attempt by its own name, else by whom it rings; nobody named: the only one."""
        if leg_id:
            return next((leg for leg in self.legs if leg.id == f"{self.id}/{leg_id}"), None)
        if not who:
            alive = [leg for leg in self.legs if leg.open]
            return alive[0] if len(alive) == 1 else None
        return next((leg for leg in reversed(self.legs) if leg.who == who), None)

    def new_leg(self, who: str, leg_id: str, at: datetime) -> KnownLeg:
        """One more attempt."""
        name = leg_id or f"{who}/{len(self.legs) + 1}"
        leg = KnownLeg(id=f"{self.id}/{name}", who=who, last_at=at)
        self.legs.append(leg)
        return leg

    def forgotten_at(self) -> datetime:
        """When it must have ended, though nobody said so."""
        if self.answered_at:
            return self.last_at + LONGEST_TALK
        return self.last_at + self.patience + SILENT


@dataclass(slots=True, kw_only=True)
class KnownCalls:
    """Every call that goes on, and those that ended last.

    Of an ended call the entry is kept that still must be recorded; of one that we ended, because
    nothing more was heard of it, the call itself, in case that the switch speaks after all.
    """

    live: dict[str, KnownCall] = field(default_factory=dict)
    ended: OrderedDict[str, JournalEntry | KnownCall | None] = field(default_factory=OrderedDict)

    @property
    def full(self) -> bool:
        """True when no further call can be followed."""
        return len(self.live) >= MOST_LIVE

    @property
    def unrecorded(self) -> list[JournalEntry]:
        """What still must be recorded, the oldest first."""
        return [entry for entry in self.ended.values() if isinstance(entry, JournalEntry)]

    def end(self, call_id: str, kept: JournalEntry | KnownCall | None) -> None:
        """A call is over."""
        self.live.pop(call_id, None)
        self.ended[call_id] = kept
        while len(self.ended) > MOST_ENDED:
            self.ended.popitem(last=False)

    def recorded(self, call_id: str) -> None:
        """A call's end is safe."""
        if call_id in self.ended:
            self.ended[call_id] = None

    def silent(self, now: datetime) -> list[KnownCall]:
        """Calls that must have ended long ago."""
        return [call for call in self.live.values() if call.forgotten_at() <= now]
