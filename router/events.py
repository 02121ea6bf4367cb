"""What happens to a call, past tense: the language between PBX adapters and the engine.

Adapters turn their wire into these; `router.lifecycle.advance` moves a call by them. `call_id` is
always the id of the call the event belongs to (adapters know which channels make a call); `at` is
the PBX's own clock, aware, UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from router.calls import Direction, LegOutcome, TransferKind


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
    """`absorbed_id` turned out to be part of this call (a consultation, a pick-up): it is an alias now."""

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
class LegTaken(CallEvent):
    """Someone else picked up what rang at `leg_id`: `by` talks now under the new leg `taken_leg_id`."""

    leg_id: str
    taken_leg_id: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegAnswered(CallEvent):
    """A person at `leg_id` talks with the outside party (bridged, and confirmed where that is asked)."""

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
    """The outside party's channel is gone. `cause` is the Q.850 cause, where the PBX tells one."""

    cause: int | None = None


AnyCallEvent = (
    CallBegan
    | CallDescribed
    | CallsJoined
    | LegBegan
    | LegRang
    | LegTaken
    | LegAnswered
    | LegEnded
    | CallHeld
    | CallResumed
    | CallTransferred
    | CallEnded
)
