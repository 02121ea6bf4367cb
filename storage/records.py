"""What goes into the database and comes out of it, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from router.callbacks import CallbackItem, client_of
from router.calls import Call
from router.facts import Application
from router.numbers import PhoneNumber
from router.plan import Decision


class Way(StrEnum):
    """Which way the dialplan really went with a call."""

    PLAN = "plan"
    FAIL_OPEN = "fail_open"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeDecision:
    """A decision, when it was made and a digest of the facts it was made on."""

    made_at: datetime
    decision: Decision
    facts_digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailEntry:
    """One entry of the PBX's journal: as it was (`raw`) and as it was understood (`reported`)."""

    call_id: str
    pbx: str
    entry: str
    raw: str
    at: datetime
    reported: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedCall:
    """All that must be written together when a call has ended.

    `number` is the client's number as read (None: hidden); `client`, `application` and `owner` are
    keys of what was recognised, "" where nothing was. `clock_offset_seconds` was taken out of the
    call's instants: the PBX's own are later by so much.
    """

    call: Call
    number: PhoneNumber | None = None
    department: str = ""
    client: str = ""
    client_name: str = ""
    application: str = ""
    owner: str = ""
    way: Way = Way.NONE
    disagreement: str = ""
    clock_offset_seconds: float = 0.0
    made: MadeDecision | None = None
    trail: tuple[TrailEntry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackChange:
    """What a change did to the callback list: items by id."""

    opened: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()

    def __or__(self, other: CallbackChange) -> CallbackChange:
        return CallbackChange(
            opened=self.opened + other.opened,
            joined=self.joined + other.joined,
            closed=self.closed + other.closed,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The answer to a recording: `first` is False when this call was written before."""

    first: bool
    callbacks: CallbackChange = CallbackChange()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCall:
    """A call as it was recorded. In lists `call` comes without legs and transfers."""

    call: Call
    department: str
    number_e164: str | None
    number_id: str | None
    client: str
    client_name: str
    application: str
    owner: str
    decision_id: int | None
    way: Way
    disagreement: str
    party: str
    clock_offset_seconds: float = 0.0

    @property
    def client_today(self) -> str:
        """Whose call it is: who was recognised then, else who has the number since."""
        return self.client or client_of(self.party)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStory:
    """One call whole: what was decided and why, what was done, and the callback it belongs to."""

    stored: StoredCall
    made: MadeDecision | None
    trail: tuple[TrailEntry, ...]
    callback_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCallback:
    """An item of the callback list with what a person needs to call back.

    `caller`, `line` and `department` are those of the newest missed call; the client's name, owner
    and application those of today (`storage.callback_seen`).
    """

    item: CallbackItem
    caller: str
    number_e164: str | None
    client: str
    client_name: str
    application: str
    owner: str
    line: str
    department: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRecord:
    """A client with his numbers and applications, as the built-in base keeps him.

    To be merged, it may tell less than that (`Clients.save`): `status_untold` holds the keys of
    the applications of which nobody said whether they are open; `blocked_told`, that a mark which
    is not set was said.
    """

    key: str
    name: str
    owner: str = ""
    blocked: bool = False
    switchboard: bool = False
    no_recording: bool = False
    numbers: tuple[PhoneNumber, ...] = ()
    applications: tuple[Application, ...] = ()
    status_untold: frozenset[str] = frozenset()
    blocked_told: bool = False
