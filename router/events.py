"""What happens to a call, past tense: the language between PBX adapters and the engine.

Adapters turn their wire into these; `router.lifecycle.advance` moves a call by them. `call_id` is
always the id of the call the event belongs to (adapters know which channels make a call); `at` is
the PBX's own clock, aware, UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from router.calls import Direction, LegOutcome, MissedReason, TransferKind


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEvent:
    """Common to all: which call, when, on which PBX."""

    pbx: str
    call_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBegan(CallEvent):
    """An outside party's channel (or the first of an internal call) appeared."""

    linked_id: str
    direction: Direction
    caller: str
    caller_name: str
    line: str
    recovered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDescribed(CallEvent):
    """Something that was not known at the beginning came out (None: as before)."""

    direction: Direction | None = None
    caller: str | None = None
    caller_name: str | None = None
    line: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsJoined(CallEvent):
    """`absorbed_id` turned out to be part of this call and is an alias of it now.

    So end consultations, pick-ups, and a click-to-call when the client's own channel appears.
    """

    absorbed_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegBegan(CallEvent):
    """A target is being dialled (DialBegin). Only this makes a screen pop, never a plan."""

    leg_id: str
    target: str
    channel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegRang(CallEvent):
    """The target's phone says that it rings."""

    leg_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegPickedUp(CallEvent):
    """The target's phone is off the hook, but he does not talk with the outside party yet.

    He is asked to confirm, or the client's phone is still to be rung (click-to-call).
    """

    leg_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegTaken(CallEvent):
    """Someone else picked up what rang at `leg_id`; `by` goes on under the leg `taken_leg_id`."""

    leg_id: str
    taken_leg_id: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegAnswered(CallEvent):
    """A person at `leg_id` talks with the outside party (bridged, and confirmed where asked).

    Said again when he comes back after `LegLeft`. `since_known` is false when they talked already
    before the PBX was watched: `at` is then the first moment at which it was seen.
    """

    leg_id: str
    since_known: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LegLeft(CallEvent):
    """A person who talked left the talk (he asks a colleague, or handed the client on)."""

    leg_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegEnded(CallEvent):
    """An attempt is over, or the talk on it is."""

    leg_id: str
    outcome: LegOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class CallHeld(CallEvent):
    """The outside party was put on hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallResumed(CallEvent):
    """The hold is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTransferred(CallEvent):
    """`by` handed the outside party on to `to`."""

    kind: TransferKind
    by: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded(CallEvent):
    """The outside party's channel is gone.

    `cause` is the Q.850 cause, where the PBX tells one. Of an inbound call in which nobody talked,
    `reason` says why it was missed as far as events tell, and `rejected` that the PBX turned it
    away without ringing anybody. `unsure`: it was up before we watched, and we saw nothing but its
    end. `word_follows`: the PBX's own word about the end, a journal entry, comes at once.
    """

    cause: int | None = None
    reason: MissedReason | None = None
    rejected: bool = False
    unsure: bool = False
    word_follows: bool = False


AnyCallEvent = (
    CallBegan
    | CallDescribed
    | CallsJoined
    | LegBegan
    | LegRang
    | LegPickedUp
    | LegTaken
    | LegAnswered
    | LegLeft
    | LegEnded
    | CallHeld
    | CallResumed
    | CallTransferred
    | CallEnded
)
