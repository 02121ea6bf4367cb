"""A decision: an offer to ring people in an order, with its reasons.

The plan is data. A PBX adapter renders all of it in one answer and from then on the call does not
need us; what was really done is the trail that the PBX reports.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import accumulate

from router.office import LastResort


class TargetKind(StrEnum):
    """A phone on the PBX, or a number through an outgoing line."""

    PHONE = "phone"
    MOBILE = "mobile"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One thing that can ring.

    `number` is the extension of a phone or the E.164 number of a mobile. `dial` and `device` as in
    `Manager` / `OutgoingLine` (templates already filled in where they are given). `confirm`: the
    answer counts only after pressing 1. `caller_id` is what the far side is shown and
    `outgoing` the outgoing line that carries it (mobiles).
    """

    kind: TargetKind
    manager: str
    number: str
    pbx: str = "main"
    dial: str = ""
    device: str = ""
    confirm: bool = False
    caller_id: str = ""
    outgoing: str = ""


class StepKind(StrEnum):
    """What a step does with its targets.

    ONE rings the first target that can answer as the step begins (the others are alternates).
    ALL rings every target that can answer, together. WAIT looks every few seconds for the first
    target that became free and rings it, until the line's patience ends.
    """

    ONE = "one"
    ALL = "all"
    WAIT = "wait"


class StepRole(StrEnum):
    """Why this step is in the plan; told to people."""

    OWNER = "owner"
    COLLEAGUE = "colleague"
    HEAD_MOBILE = "head_mobile"
    DEPARTMENT = "department"
    WAIT = "wait"
    DUTY = "duty"
    OWN_MOBILE = "own_mobile"
    DEPUTY = "deputy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Rings its targets for `ring_seconds`; of WAIT steps it is the longest wait.

    `confirm_seconds` is the time the question "press 1" may take on top of the ringing;
    `each_seconds` how long one person rings in a WAIT step.
    """

    kind: StepKind
    role: StepRole
    targets: tuple[Target, ...]
    ring_seconds: int
    confirm_seconds: int = 0
    each_seconds: int = 10

    @property
    def longest_seconds(self) -> int:
        """The most this step can take of the caller's patience."""
        return self.ring_seconds + self.confirm_seconds


class Ending(StrEnum):
    """What the plan does when no step led to a talk (or at once, without steps)."""

    MESSAGE_BUSY = "message_busy"
    MESSAGE_CLOSED = "message_closed"
    VOICEMAIL = "voicemail"
    REJECT = "reject"

    @classmethod
    def from_last_resort(cls, resort: LastResort) -> Ending:
        """The ending for a line's last resort in opening hours."""
        return cls.VOICEMAIL if resort is LastResort.VOICEMAIL else cls.MESSAGE_BUSY


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Ordered steps and an ending.

    `patience_seconds` is a hard bound: the PBX holds it by the clock. `record`: the conversation is
    recorded, and with `record_notice` the caller is told so before anybody is rung.
    """

    steps: tuple[Step, ...]
    ending: Ending
    patience_seconds: int
    voicemail: str = ""
    language: str = "ru"
    record: bool = False
    record_notice: bool = False

    @property
    def longest_seconds(self) -> int:
        """The longest the whole chain can take."""
        return sum(step.longest_seconds for step in self.steps)

    def steps_in_time(self) -> tuple[tuple[int, Step], ...]:
        """Every step with the seconds since the beginning at which it begins at the latest."""
        lengths = (step.longest_seconds for step in self.steps)
        return tuple(zip(accumulate(lengths, initial=0), self.steps, strict=False))


class Why(StrEnum):
    """A stable name for each reason; `router.explain` turns them into sentences."""

    LINE_KNOWN = "line-known"
    LINE_UNKNOWN = "line-unknown"
    CALLER_HIDDEN = "caller-hidden"
    CALLER_UNREADABLE = "caller-unreadable"
    CALLER_STAFF = "caller-staff"
    CALLER_BLOCKED = "caller-blocked"
    CALLER_UNKNOWN = "caller-unknown"
    LOOKUP_LATE = "lookup-late"
    LOOKUP_FAILED = "lookup-failed"
    CLIENT_FOUND = "client-found"
    CLIENTS_SEVERAL = "clients-several"
    CLOSED = "closed"
    OPEN = "open"
    HOURS_IGNORED = "hours-ignored"
    OWNER_BY_APPLICATION = "owner-by-application"
    OWNER_OF_CLIENT = "owner-of-client"
    OWNER_LAST_TALK = "owner-last-talk"
    OWNER_NONE = "owner-none"
    OWNER_GONE = "owner-gone"
    OWNERS_DIFFER = "owners-differ"
    STEP_OWNER = "step-owner"
    STEP_COLLEAGUE = "step-colleague"
    STEP_COLLEAGUES = "step-colleagues"
    STEP_DEPUTY = "step-deputy"
    STEP_HEAD_MOBILE = "step-head-mobile"
    STEP_OWN_MOBILE = "step-own-mobile"
    STEP_DEPARTMENT = "step-department"
    STEP_WAIT = "step-wait"
    STEP_WAIT_REST = "step-wait-rest"
    STEP_DUTY = "step-duty"
    SKIPPED_STATUS = "skipped-status"
    SKIPPED_SHIFT = "skipped-shift"
    SKIPPED_TALKING = "skipped-talking"
    SKIPPED_RINGING = "skipped-ringing"
    SKIPPED_UNREGISTERED = "skipped-unregistered"
    SKIPPED_WRAP_UP = "skipped-wrap-up"
    SKIPPED_PROMISED = "skipped-promised"
    SKIPPED_IS_CALLER = "skipped-is-caller"
    SKIPPED_OTHER_PBX = "skipped-other-pbx"
    SKIPPED_NO_MOBILE = "skipped-no-mobile"
    SKIPPED_NO_OUTGOING_LINE = "skipped-no-outgoing-line"
    SKIPPED_PREFIX = "skipped-prefix"
    SKIPPED_PATIENCE = "skipped-patience"
    SKIPPED_TWICE = "skipped-twice"
    SKIPPED_NEW_CLIENT = "skipped-new-client"
    ABSENT_TO_MOBILE = "absent-to-mobile"
    ABSENT_TO_DEPUTY = "absent-to-deputy"
    NO_DEPUTY = "no-deputy"
    NO_DUTY = "no-duty"
    NO_VOICEMAIL = "no-voicemail"
    ABSENT_TO_DEPARTMENT = "absent-to-department"
    ABSENT_TO_MESSAGE = "absent-to-message"
    SHORTENED = "shortened"
    EVERYBODY_BUSY = "everybody-busy"
    NOBODY_REACHABLE = "nobody-reachable"
    NOT_RECORDED = "not-recorded"
    ENDING = "ending"
    ENDING_AT_ONCE = "ending-at-once"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One sentence of the story: a stable name and what fills its gaps (strings, no secrets)."""

    why: Why
    about: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A plan with its reasons, and what was found out on the way.

    `client`, `application` and `owner` are keys of what was recognised ("" where nothing was);
    `matches` keeps every client that the number belongs to.
    """

    plan: Plan
    reasons: tuple[Reason, ...]
    line: str = ""
    department: str = ""
    client: str = ""
    client_name: str = ""
    application: str = ""
    owner: str = ""
    matches: tuple[str, ...] = ()
    office_version: int = 0
