"""What is known at the moment of a decision.

A fact that did not arrive in time is an explicit "unknown", never a silent None; an unknown phone
state means: ring it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from router.numbers import PhoneNumber
from router.office import Status


class LookupOutcome(StrEnum):
    """How the question "whose client is this?" ended."""

    FOUND = "found"
    UNKNOWN = "unknown"
    NOT_ASKED = "not_asked"
    LATE = "late"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A заявка: an order or a deal of a client, with its own manager."""

    key: str
    title: str = ""
    open: bool = True
    manager: str = ""
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client to whom the caller's number belongs. `owner` is a manager's key or empty.

    `no_recording`: he does not want his conversations to be recorded.
    """

    key: str
    name: str
    owner: str = ""
    blocked: bool = False
    switchboard: bool = False
    no_recording: bool = False
    applications: tuple[Application, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """The answer of the client base: every match, in no particular order."""

    outcome: LookupOutcome
    clients: tuple[Client, ...] = ()
    last_talk_manager: str = ""


class PhoneState(StrEnum):
    """What the PBX says of a phone. UNKNOWN means: ring it."""

    FREE = "free"
    RINGING = "ringing"
    TALKING = "talking"
    UNREGISTERED = "unregistered"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """What is known of one manager right now.

    `idle_since` is when his last talk ended (None: never talked, the longest idle of all);
    `promised` says that a living plan will ring him first.
    """

    status: Status = Status.AVAILABLE
    phone: PhoneState = PhoneState.UNKNOWN
    idle_since: datetime | None = None
    promised: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that a decision may use besides the office, the call and the clock.

    A manager who is missing from `presence` is taken as available with an unknown phone.
    `round_robin` is the number of calls that the department had before this one.
    """

    lookup: Lookup
    presence: Mapping[str, Presence] = field(default_factory=dict)
    round_robin: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A call that asks for a decision: `line`, `caller` as the PBX said them, `number` as read."""

    call_id: str
    pbx: str
    line: str
    caller: str
    caller_name: str = ""
    number: PhoneNumber
    at: datetime
