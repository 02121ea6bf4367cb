"""What can happen to a call in the simulator, and how its way through the plan is left.

The exceptions stand for what a dialplan knows as well: a hung-up channel runs no further line, and
a blind transfer takes the caller out of the one it is in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pbx_adapters.simulator.clock import Timer
from router.calls import LegOutcome
from router.plan import TargetKind


class CallerGoneError(Exception):
    """The caller hung up."""


class PeerGoneError(Exception):
    """Whoever talked with the caller hung up, and the PBX hangs up on the caller with him."""


class HandedOnError(Exception):
    """Whoever talked with the caller sent him on, without asking."""

    def __init__(self, *, by: str, to: str) -> None:
        super().__init__(f"{by} hands the caller on to {to}")
        self.by = by
        self.to = to


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialled:
    """What one Dial rings: `who` as the trail writes it, `number` as it is dialled.

    `answerer` is what the journal calls him; `ring_seconds` bound a mobile's own ringing inside the
    step; `outgoing` and `channels` are the outgoing line and how much it carries.
    """

    kind: TargetKind
    who: str
    number: str
    answerer: str
    ring_seconds: float = 0.0
    confirm: bool = False
    outgoing: str = ""
    channels: int = 99


@dataclass(slots=True, kw_only=True, eq=False)
class SimLeg:
    """One attempt to ring one target, as the phone itself saw it: instants are None until then."""

    id: str
    dialled: Dialled
    rang_at: datetime | None = None
    talk_seconds: float | None = None
    transfer_to: str = ""
    open: bool = True
    picked_up_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: LegOutcome = LegOutcome.RINGING
    timers: list[Timer] = field(default_factory=list)


class What(StrEnum):
    """The kinds of happenings."""

    GONE = "gone"
    TIME = "time"
    PICKED_UP = "picked_up"
    ANSWERED = "answered"
    REFUSED = "refused"
    TAKEN = "taken"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that happened to a call: at which leg, by whom, or whose time is up."""

    what: What
    leg: SimLeg | None = None
    outcome: LegOutcome = LegOutcome.NO_ANSWER
    by: str = ""
    turn: int = 0
