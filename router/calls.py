"""What a call is, for every room of the house.

A *call* is one outside party's way through us, named by PBX and Uniqueid of that party's channel.
A *leg* is one attempt to ring one target. Two things are called "missed" in the field and are
never mixed here: the company missed the client (a call's disposition), a person let it ring
(a leg's outcome).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Direction(StrEnum):
    """Which side the outside party is on."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    INTERNAL = "internal"


class CallState(StrEnum):
    """Where a call stands; the table of moves is in `router.lifecycle`."""

    OFFERED = "offered"
    RINGING = "ringing"
    TALKING = "talking"
    HELD = "held"
    ENDED = "ended"


class Disposition(StrEnum):
    """How a call ended. "Answered" means that a person talked with the outside party."""

    ANSWERED = "answered"
    MISSED = "missed"
    REJECTED = "rejected"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"
    CANCELLED = "cancelled"


class MissedReason(StrEnum):
    """Why the company missed a client."""

    ABANDONED = "abandoned"
    NO_ANSWER = "no_answer"
    CLOSED = "closed"
    NOBODY_REACHABLE = "nobody_reachable"
    LOST_IN_TRANSFER = "lost_in_transfer"
    PBX_RESTARTED = "pbx_restarted"


class LegOutcome(StrEnum):
    """How an attempt to ring a target ended."""

    RINGING = "ringing"
    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    DECLINED = "declined"
    BUSY = "busy"
    ELSEWHERE = "elsewhere"
    CANCELLED = "cancelled"
    NOT_CONFIRMED = "not_confirmed"
    UNREACHABLE = "unreachable"
    FAILED = "failed"


class TransferKind(StrEnum):
    """Without asking the target first, or after asking."""

    BLIND = "blind"
    ATTENDED = "attended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One attempt to ring one target.

    `target` is the extension of a phone (`101`) or the number dialled through a trunk.
    `ring_seconds` counts from the first ring (or the dial, where the PBX tells no ring) to the end
    of ringing; `talk_seconds` from the moment the target was bridged with the outside party, hold
    included, all stretches together. `picked_up_at` is earlier than `answered_at` where the target
    must confirm, or where his phone was rung before the client's. `talking_since` is set while he
    talks.
    """

    id: str
    target: str
    channel: str = ""
    began_at: datetime
    rang_at: datetime | None = None
    picked_up_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    talking_since: datetime | None = None
    outcome: LegOutcome = LegOutcome.RINGING
    ring_seconds: float = 0.0
    talk_seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """A client handed on.

    `by` and `to` are extensions or numbers; `completed` says that `to` talked.
    """

    kind: TransferKind
    by: str
    to: str
    at: datetime
    completed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call as far as it is known.

    `id` is the Uniqueid of the outside party's channel (with the systemname prefix); of an internal
    call, the Uniqueid of the channel that began it. `caller` and `line` are as the PBX said them:
    for an outbound call `caller` is the extension that dials and `line` the number dialled.

    `answered_by` is who talked with the outside party first (`transfers` tells the rest).
    `talk_seconds` is the time in which at least one person talked with the outside party.
    `recovered`: it was running before we watched; `talk_partial`: so was the talk, its beginning
    is not known and `talk_seconds` is the part that was seen; without an `answered_at` it is not
    even known whether they talked (the disposition is then missed, so that somebody looks).
    `settled`: the PBX's journal has said how it ended. `served_at`: when a person last began to
    talk with the outside party.
    """

    id: str
    pbx: str
    linked_id: str
    direction: Direction
    caller: str
    caller_name: str = ""
    line: str
    began_at: datetime
    state: CallState = CallState.OFFERED
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    disposition: Disposition | None = None
    reason: MissedReason | None = None
    answered_by: str | None = None
    talk_seconds: float = 0.0
    hangup_cause: int | None = None
    legs: tuple[Leg, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    aliases: frozenset[str] = field(default_factory=frozenset)
    recovered: bool = False
    talking_since: datetime | None = None
    served_at: datetime | None = None
    talk_partial: bool = False
    settled: bool = False
