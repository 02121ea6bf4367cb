"""What every PBX driver keeps, and what it may ask of the switchboard.

A driver turns its wire into these calls and nothing else: it asks for a decision once per call,
reports what happened in the order in which it happened, and hands over the journal's entries until
the switchboard says that they are recorded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from router.calls import Direction, Disposition, MissedReason
from router.events import AnyCallEvent
from router.facts import PhoneState
from router.office import Office, Status
from router.plan import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOffered:
    """A PBX asks whom to ring. Texts are as the PBX said them, however hostile."""

    pbx: str
    call_id: str
    line: str
    caller: str
    caller_name: str = ""
    at: datetime


class Way(StrEnum):
    """Which way a call went: the plan, or the department because no plan came."""

    PLAN = "plan"
    FAIL_OPEN = "fail-open"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailItem:
    """One line of what was really done.

    `what` is `rang`, `waited`, `patience`, `transfer`, or why a target was passed over (`busy`,
    `unreachable`, a status); `result` the PBX's own word (NOANSWER, BUSY, …).
    """

    step: str
    who: tuple[str, ...]
    what: str
    seconds: int | None = None
    result: str = ""


class RecordedKind(StrEnum):
    """What of a call a file holds: everything mixed, the outside party's voice, or one leg's."""

    CONVERSATION = "conversation"
    CLIENT = "client"
    LEG = "leg"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedPart:
    """One file that the PBX writes of a call. `name` is the bare file name, never a path.

    `began_at` is when its first sample was taken as near as the PBX can tell, by its own clock.
    `leg_id` is the leg's channel, for a leg. `ended_at` is when the outside party's channel ended
    (the journal knows it): sound that passed before anybody answered makes the file longer, and it
    began at `ended_at` less its length where that is earlier than `began_at`.
    """

    name: str
    kind: RecordedKind
    leg_id: str = ""
    began_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingBegan:
    """A PBX began to write files of a call. Told while the call lives, and never again.

    Who missed it reads the same parts in the call's `JournalEntry.recordings`. `trunk` is the
    endpoint of the outside party's channel, "" where it is not told (with a later part).
    """

    pbx: str
    call_id: str
    parts: tuple[RecordedPart, ...]
    trunk: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """What the PBX itself wrote down about a call: the witness that survives the service.

    `direction` is that of the call: of one that we placed and the client answered `caller` is the
    extension and `line` the number dialled. `key` names the entry for deletion. `recordings` are
    the files it wrote of the call, `trunk` the endpoint through which a recorded one came or went.
    `disposition` is None for a call that was live when the PBX lost it (`restarted`). `answered_by`
    is an extension or a number; `talk_seconds` whole seconds, `talk_told` false where the PBX wrote
    none down: somebody answered, and the two were handed on inside the PBX or never connected.
    """

    pbx: str
    key: str
    call_id: str
    line: str
    caller: str
    caller_name: str
    began_at: datetime
    direction: Direction = Direction.INBOUND
    ended_at: datetime | None = None
    way: Way | None = None
    service: str = ""
    disposition: Disposition | None = None
    reason: MissedReason | None = None
    answered_by: str = ""
    confirmed: bool = False
    talk_seconds: float = 0.0
    talk_told: bool = True
    cause: int | None = None
    decision_call_id: str = ""
    trail: tuple[TrailItem, ...] = ()
    recordings: tuple[RecordedPart, ...] = ()
    trunk: str = ""
    restarted: bool = False
    raw: str = ""


class LinkState(StrEnum):
    """Whether a PBX is watched."""

    UP = "up"
    DOWN = "down"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class GapClosed:
    """A stretch in which a PBX was not watched is over; counts of what was found afterwards."""

    pbx: str
    live_calls: int
    recovered_calls: int


class Outcome(StrEnum):
    """How a command to a PBX ended. `PHONE_…` is the commander's own phone, `CLIENT_…` the client.

    `UNKNOWN`: it was sent and its end was not seen; it may have been carried out and is never sent
    again. `NO_LINK`: nothing was sent. `REFUSED`: the PBX said no, nothing was done.
    """

    DONE = "done"
    TAKEN = "taken"
    TAKEN_BEFORE = "taken-before"
    CALLER_LEFT = "caller-left"
    NOBODY_RINGS = "nobody-rings"
    TALKING = "talking"
    PHONE_NO_ANSWER = "phone-no-answer"
    PHONE_DECLINED = "phone-declined"
    PHONE_BUSY = "phone-busy"
    PHONE_UNREACHABLE = "phone-unreachable"
    HUNG_UP = "hung-up"
    CLIENT_BUSY = "client-busy"
    CLIENT_NO_ANSWER = "client-no-answer"
    CLIENT_DECLINED = "client-declined"
    CLIENT_UNREACHABLE = "client-unreachable"
    LINE_FULL = "line-full"
    NOT_RECORDED = "not-recorded"
    REJECTED = "rejected"
    REFUSED = "refused"
    NO_LINK = "no-link"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPhone:
    """The phone that a command rings first. `dial` is its own dial string, "" the PBX's way."""

    extension: str
    dial: str = ""


TAKE_PREFIX = "take-"
PLACE_PREFIX = "place-"
"""How the ids of commands begin; behind them stands what makes them unique."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeCall:
    """Ring a phone; when it is picked up, it gets whatever leg of the call rings at that moment.

    `id`, new for each command, begins with `TAKE_PREFIX` and will be the phone's channel.
    `caller` and `caller_name` are what the phone shows.
    """

    id: str
    call_id: str
    phone: OwnPhone
    caller: str
    caller_name: str = ""
    ring_seconds: int = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCall:
    """Ring a manager's phone; when it is picked up, dial the client through an outgoing line.

    `id`, new for each command, begins with `PLACE_PREFIX`; the call is known by it until the
    client's own channel takes it over, and for ever if that never comes.
    `number` is what the phone shows and the log keeps; `dial` the outgoing line's dial string with
    the number in it, `caller_id` what the client is shown, `channels` the line's limit. `record`:
    the conversation is recorded.
    """

    id: str
    phone: OwnPhone
    number: str
    name: str = ""
    outgoing: str
    dial: str
    caller_id: str = ""
    channels: int = 2
    ring_seconds: int = 20
    client_seconds: int = 45
    record: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUp:
    """Hang up one channel: an outside party's (`Call.id`), or a leg's (`Leg.id`)."""

    channel_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferCall:
    """Hand the outside party (`call_id`) on from the leg that talks (`Leg.id`); extensions.

    Not answered there, it comes back to the transferer and then to the department. With `ask` the
    transferer talks with the target first: hanging up hands the party on.
    """

    call_id: str
    leg_id: str
    by: str
    to: str
    ask: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseRecording:
    """Write silence instead of sound in every file of a call (`paused`), or sound again."""

    call_id: str
    paused: bool


class LiveControl(Protocol):
    """What a PBX can be told to do with calls while they live. No method raises."""

    async def take(self, command: TakeCall) -> Outcome:
        """Let a colleague take a call; returns when it is known who has it."""
        ...

    async def place(self, command: PlaceCall) -> Outcome:
        """Place a call; returns when they talk, or when it is known why not."""
        ...

    async def hang_up(self, command: HangUp) -> Outcome:
        """Hang up."""
        ...

    async def transfer(self, command: TransferCall) -> Outcome:
        """Hand a client on; returns when the PBX has begun to."""
        ...

    async def pause_recording(self, command: PauseRecording) -> Outcome:
        """Pause or resume; `NOT_RECORDED` where nothing of the call is being recorded."""
        ...


class Switchboard(Protocol):
    """What a driver may ask. No method raises for what a PBX says."""

    async def decide(self, offered: CallOffered) -> Decision:
        """Decide whom a call rings. Raises only when no decision can be made at all."""
        ...

    async def happened(self, event: AnyCallEvent) -> None:
        """Take note of an event. Called in the order in which a call's events happened."""
        ...

    async def phones_changed(self, pbx: str, states: Mapping[str, PhoneState]) -> None:
        """Take note of phones' states, by extension."""
        ...

    async def record(self, entries: Sequence[JournalEntry]) -> Sequence[str]:
        """Record journal entries, each once however often it is handed over.

        Returns the keys that are safely recorded and may be deleted in the PBX.
        """
        ...

    async def link_changed(self, pbx: str, state: LinkState, why: str) -> None:
        """Take note that a PBX is watched from now on, or no longer; opens and closes gaps."""
        ...

    async def gap_closed(self, closed: GapClosed) -> None:
        """Take note that everything a gap left behind has been read."""
        ...

    def office(self) -> Office:
        """The office in force."""
        ...

    def statuses(self) -> Mapping[str, Status]:
        """Every manager's status, for the mirror in the PBX."""
        ...


class Pbx(Protocol):
    """One exchange, driven."""

    @property
    def key(self) -> str:
        """The PBX's key in the settings."""
        ...

    async def run(self) -> None:
        """Answer questions, watch, drain the journal, reconnect; lives until it is cancelled."""
        ...

    async def office_changed(self) -> None:
        """Bring what the PBX mirrors of the office (fail-open targets) up to date."""
        ...

    async def status_changed(self, manager: str, status: Status) -> None:
        """Bring one manager's mirrored status up to date."""
        ...


@runtime_checkable
class ContestedPbx(Protocol):
    """A PBX whose journal one service reads at a time."""

    @property
    def rival(self) -> str:
        """The other service that reads the journal now, or nothing."""
        ...


@runtime_checkable
class ControllablePbx(Protocol):
    """A PBX that takes commands; not every one does."""

    @property
    def control(self) -> LiveControl:
        """Where the commands go."""
        ...
