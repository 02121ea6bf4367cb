"""The contract as models: what is asked, answered, told. The OpenAPI page is made of these.

Names on the wire are short, because scenario engines are clumsy; `order` is the application's
number. Fields that nobody knows are left alone, so that a switch may post whatever it has.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from pbx_adapters.webhook.reading import clean
from router.calls import Direction, Disposition, LegOutcome, MissedReason, TransferKind
from router.facts import PhoneState
from router.plan import Ending, StepKind, StepRole, TargetKind

VERSION: Literal[1] = 1
MOST_EVENTS = 100
MOST_TRAIL = 100


class Kind(StrEnum):
    """What can be told of a call."""

    BEGAN = "began"
    RINGING = "ringing"
    PICKED_UP = "picked_up"
    TAKEN = "taken"
    ANSWERED = "answered"
    STOPPED = "stopped"
    HELD = "held"
    RESUMED = "resumed"
    TRANSFERRED = "transferred"
    ENDED = "ended"
    RECORDING = "recording"
    PHONE = "phone"


def _clean(value: object) -> object:
    """A text on one line; a number where a text is meant counts as its digits."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return clean(value) if isinstance(value, str) else value


def _or_none(value: object) -> object:
    """Forms have nothing but texts: an empty one says nothing."""
    return None if value == "" else value


def _instant(value: object) -> object:
    """Unix seconds or an instant with its zone; switches write seconds as texts as well."""
    if isinstance(value, str) and (number := value.strip()).replace(".", "", 1).isascii():
        value = float(number) if number.replace(".", "", 1).isdigit() else value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return datetime.fromtimestamp(min(max(float(value), 0.0), 1e11), UTC)
    return _or_none(value)


def _in_utc(value: datetime | None) -> datetime | None:
    return value.astimezone(UTC) if value else None


Short = Annotated[str, BeforeValidator(_clean), Field(max_length=64)]
Id = Annotated[str, BeforeValidator(_clean), Field(max_length=128)]
Text = Annotated[str, BeforeValidator(_clean), Field(max_length=400)]
Address = Annotated[str, BeforeValidator(_clean), Field(max_length=2000)]
Instant = Annotated[AwareDatetime | None, BeforeValidator(_instant)]
Seconds = Annotated[float | None, BeforeValidator(_or_none), Field(ge=0, le=7 * 86_400)]


class Wire(BaseModel):
    """Common to all: nothing changes after it was read."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class TrailIn(Wire):
    """One line of what was really done, as `pbx_adapters.port.TrailItem`."""

    step: Short = ""
    who: Annotated[tuple[Text, ...], Field(max_length=50)] = ()
    what: Short
    seconds: Annotated[int | None, Field(ge=0, le=86_400)] = None
    result: Short = ""


class EventIn(Wire):
    """Something happened. `who` is an extension or a number; `at` is now when it is not said."""

    event: Kind = Field(description="what happened")
    call: Id = Field("", description="the call's id; of `phone` events none")
    event_id: Text = Field("", description="names the event: a second one of that name is ignored")
    at: Instant = Field(None, description="when: an instant with its zone, or unix seconds")
    line: Text = Field("", description="the company's number that was dialled")
    caller: Text = Field("", description="who calls; of outbound calls the extension that dials")
    name: Text = Field("", description="the caller's name as the network tells it")
    direction: Direction = Direction.INBOUND
    who: Short = Field("", description="whom it is about: an extension or a number")
    leg: Id = Field("", description="names one attempt to ring, where `who` alone is not enough")
    to: Short = Field("", description="who took the call, or to whom it was handed")
    kind: TransferKind = TransferKind.BLIND
    outcome: LegOutcome = Field(LegOutcome.NO_ANSWER, description="how a `stopped` attempt ended")
    state: PhoneState = Field(PhoneState.UNKNOWN, description="of a phone")
    disposition: Annotated[Disposition | None, BeforeValidator(_or_none)] = Field(
        None,
        description="how the call `ended`; an inbound one that ended with no_answer, busy, failed"
        " or cancelled counts as missed",
    )
    reason: Annotated[MissedReason | None, BeforeValidator(_or_none)] = None
    confirmed: bool = Field(default=False, description="a mobile pressed 1")
    talk_seconds: Seconds = None
    began_at: Instant = None
    cause: Annotated[int | None, BeforeValidator(_or_none), Field(ge=0, le=1000)] = None
    way: Literal["", "plan", "fail-open"] = Field("", description="which way the scenario went")
    trail: Annotated[tuple[TrailIn, ...], Field(max_length=MOST_TRAIL)] = ()
    url: Address = Field("", description="where a recording is")

    def happened_at(self, now: datetime) -> datetime:
        """When it happened, in UTC."""
        return _in_utc(self.at) or now

    @property
    def call_began_at(self) -> datetime | None:
        """When the call began, in UTC, where it is said."""
        return _in_utc(self.began_at)


class TargetOut(Wire):
    """One thing to ring: `number` as it is dialled, through `outgoing` where that is not empty."""

    kind: TargetKind
    manager: str
    name: str
    number: str
    dial: str = Field(description="the switch's own dial template from the office file")
    confirm: bool = Field(description="an answer counts only after pressing 1")
    caller_id: str
    outgoing: str


class StepOut(Wire):
    """Ring the targets: the `one` that can answer first, `all` together, or `wait` for one."""

    kind: StepKind
    role: StepRole
    ring_seconds: int
    confirm_seconds: int
    each_seconds: int
    targets: tuple[TargetOut, ...]


class PlanOut(Wire):
    """Steps in their order, then the ending; `patience_seconds` bounds everything together."""

    patience_seconds: int
    ending: Ending
    voicemail: str
    language: str
    steps: tuple[StepOut, ...]


class RouteAnswer(Wire):
    """Who calls, and whom to ring. Nobody known: the first fields are empty, the plan is not."""

    version: Literal[1] = VERSION
    call: str = Field(description="the call's id; made up when the question had none")
    order: str = Field(description="the application's number")
    ext: str = Field(description="whom to ring first for the owner's client")
    name: str = Field(description="the owner's name")
    client: str = Field(description="the client's name")
    card: str = Field(description="the address of the client's card")
    plan: PlanOut
    reasons: tuple[str, ...] = Field(description="stable names of why it goes there")
    left_out: tuple[str, ...] = Field(description="what could not be expressed, in sentences")


class Ignored(Wire):
    """An event that changed nothing, and why: no error, events come late and twice."""

    index: int
    event_id: str
    because: str


class EventsAnswer(Wire):
    """How many events changed something, and which did not."""

    accepted: int
    ignored: tuple[Ignored, ...]


class Error(Wire):
    """What went wrong: a stable id for programs, a sentence for people."""

    id: str
    message: str
    details: tuple[dict[str, object], ...] = ()


class Trouble(Wire):
    """Every error has this shape."""

    error: Error
