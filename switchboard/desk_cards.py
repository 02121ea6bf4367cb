"""What stands on a manager's desk, as plain values: equal values are the same card.

A card holds instants, never seconds that run: whatever shows it counts by itself, and nothing is
drawn again while nothing has changed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from router.calls import Call, CallState, Direction
from router.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of the outside party of a call.

    `number` is E.164 where it could be read, else as the PBX said it, empty when it is hidden.
    `owner` is a manager's key; `others` how many clients have the same number besides `client`;
    `plan` is empty for a call that nobody decided on; `asked`: the client base has answered.
    """

    number: str = ""
    client: str = ""
    client_name: str = ""
    application: str = ""
    owner: str = ""
    others: int = 0
    plan: Plan | None = field(default=None, compare=False)
    asked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AtPhone:
    """Somebody of ours in a call: his phone rings, or he talks.

    `manager` is empty for a number that is nobody's, and `name` is then that number. `until` is
    when his ringing ends by the plan.
    """

    leg_id: str
    manager: str
    name: str
    mobile: bool
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A living call with all that desks and the live page are made of; made once per change."""

    call: Call
    known: Known
    department: str
    ringing: tuple[AtPhone, ...]
    talking: tuple[AtPhone, ...]
    line_name: str

    @property
    def takeable(self) -> bool:
        """Whether it is a client's call that rings and that somebody else could take over."""
        waits = self.call.state in {CallState.OFFERED, CallState.RINGING}
        return self.call.direction is Direction.INBOUND and waits and bool(self.ringing)


@dataclass(frozen=True, slots=True, kw_only=True)
class RingCard:
    """A call that rings at him; `colleague` names one who calls, `outgoing` is his own call.

    `may_take`: it rings at his mobile alone, and he may take it at his desk.
    """

    call_id: str
    known: Known
    owner_name: str
    line_name: str
    outgoing: bool
    mobile: bool
    may_take: bool
    colleague: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeCard:
    """A call that rings at others and that he may take: name, owner and application only.

    `number` is told of a caller whom nobody knows, `mine` of his own client.
    """

    call_id: str
    client_name: str
    number: str
    owner_name: str
    application: str
    rings_at: tuple[tuple[str, bool], ...]
    until: datetime | None
    mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InfoCard:
    """His client's call that others look after; `talking` says that somebody has answered."""

    call_id: str
    known: Known
    who: tuple[str, ...]
    talking: bool
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkCard:
    """His talk; `ended` while it is over and not in the log yet."""

    call_id: str
    known: Known
    owner_name: str
    line_name: str
    outgoing: bool
    colleague: str
    held: bool
    ended: bool
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """All of it, each in the order in which the calls began."""

    rings_at_me: tuple[RingCard, ...] = ()
    may_take: tuple[TakeCard, ...] = ()
    information: tuple[InfoCard, ...] = ()
    talking: tuple[TalkCard, ...] = ()
