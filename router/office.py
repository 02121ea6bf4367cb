"""The office: lines, departments, managers, and how it is reached and reaches out.

Plain facts, checked before they get here (`config` reads the file, `router.lint` judges the rules).
Everything is found by its key: the name under which the office file lists it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum

RING_SECONDS = 5
"""One ring of the phone network in Russia: a 1 s tone and 4 s of silence."""


def national(e164: str) -> str:
    """An E.164 number as it is dialled within Russia: `8916…`, and `810…` for what is abroad."""
    abroad = "810" + e164.removeprefix("+")
    return "8" + e164[2:] if e164.startswith("+7") else abroad


class Status(StrEnum):
    """What a person says of himself. Only he, his head or the end of a shift changes it."""

    AVAILABLE = "available"
    LUNCH = "lunch"
    MEETING = "meeting"
    AWAY = "away"
    DO_NOT_DISTURB = "do_not_disturb"
    OFFLINE = "offline"


class AbsentRule(StrEnum):
    """Where an absent owner's calls go: what his status means, per person or department."""

    COLLEAGUE = "colleague"
    DEPUTY = "deputy"
    MOBILE = "mobile"
    DEPARTMENT = "department"
    MESSAGE = "message"


class AfterHoursRule(StrEnum):
    """What a closed department does with a call."""

    MESSAGE = "message"
    VOICEMAIL = "voicemail"
    DUTY_MOBILE = "duty_mobile"
    RING = "ring"


class LastResort(StrEnum):
    """What is left when nobody could be reached; a callback is opened in every case."""

    MESSAGE = "message"
    VOICEMAIL = "voicemail"


class Strategy(StrEnum):
    """How "another manager" is chosen among those who may take a call."""

    LONGEST_IDLE = "longest_idle"
    RING_ALL = "ring_all"
    ROUND_ROBIN = "round_robin"
    FIXED_ORDER = "fixed_order"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A half-open stretch [start, end) of a weekday (0 = Monday).

    `end <= start` runs past midnight into the next day; 00:00–00:00 is the whole day.
    """

    weekday: int
    start: time
    end: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When a department is open, in its own time zone.

    `special` replaces the week for a date: an empty tuple is a day off, windows are shortened or
    moved hours (their `weekday` is ignored). `holidays` is the country whose public holidays close
    the department (ISO 3166 code), or empty for none.
    """

    timezone: str = "Europe/Moscow"
    week: tuple[Window, ...] = ()
    holidays: str = ""
    special: Mapping[date, tuple[Window, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingLine:
    """How we dial out: mobiles, click-to-call and transfers use it.

    `dial` is the PBX's dial string with `{number}`; `number_format` is how the trunk wants numbers:
    `e164` (+7916…), `plain` (7916…) or `national` (8916…). `prefixes` are the allowed
    beginnings, E.164.
    """

    key: str
    pbx: str
    dial: str
    caller_id: str = ""
    number_format: str = "plain"
    channels: int = 2
    prefixes: tuple[str, ...] = ("+7",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manager:
    """A person with a phone.

    `dial` is the manager's own dial template with `{extension}`; empty means the PBX's usual way
    (for Asterisk: all registered contacts of the PJSIP endpoint). `device` is what the PBX watches
    for the state of the phone; empty means derived from the extension, "-" not watched.
    `shifts` are windows in the department's zone; empty means the department's hours.
    """

    key: str
    name: str
    department: str
    extension: str
    pbx: str = "main"
    dial: str = ""
    device: str = ""
    mobile: str = ""
    deputy: str = ""
    shifts: tuple[Window, ...] = ()
    when_absent: Mapping[Status, AbsentRule] = field(default_factory=dict)
    takes_new_clients: bool = True

    @property
    def reached_at(self) -> tuple[str, ...]:
        """Everything he is rung at, as PBXs write it; a mobile in each `number_format`."""
        if not self.mobile:
            return (self.extension,)
        mobile = self.mobile.removeprefix("+")
        return (self.extension, mobile, f"+{mobile}", national(self.mobile))


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """A group of managers with a head, hours and rules.

    Times are seconds. `head` may be any manager. `confirm_mobile`: a mobile must press 1.
    `duty_mobile` is a manager's key (his mobile is rung after hours). `record`: its conversations
    are recorded; `record_notice`: callers are told so before anybody is rung.
    """

    key: str
    name: str
    head: str = ""
    hours: Hours = field(default_factory=Hours)
    strategy: Strategy = Strategy.LONGEST_IDLE
    owner_ring_seconds: int = 3 * RING_SECONDS
    colleague_ring_seconds: int = 2 * RING_SECONDS
    mobile_ring_seconds: int = 20
    group_ring_seconds: int = RING_SECONDS
    wrap_up_seconds: int = 0
    confirm_mobile: bool = True
    after_hours: AfterHoursRule = AfterHoursRule.MESSAGE
    duty_mobile: str = ""
    last_resort: LastResort = LastResort.MESSAGE
    voicemail: str = ""
    outgoing_line: str = ""
    absent_rule: AbsentRule = AbsentRule.COLLEAGUE
    remember_last_talk: bool = False
    record: bool = True
    record_notice: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The company's number that was dialled (DID). `patience_seconds` bounds every chain.

    `last_resort`, `record` and `record_notice` are the department's where they are None.
    """

    key: str
    number: str
    name: str
    department: str
    patience_seconds: int = 60
    last_resort: LastResort | None = None
    language: str = "ru"
    record: bool | None = None
    record_notice: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Everything above, by key, with the version it was applied as.

    `region` and `area_code` tell how numbers without a country are read. `recording_confirmed`
    stands in no file: the service sets it once somebody has confirmed the notice about the law, and
    nothing is recorded before.
    """

    name: str
    version: int = 0
    region: str = "RU"
    area_code: str = ""
    default_department: str
    departments: Mapping[str, Department]
    managers: Mapping[str, Manager]
    lines: Mapping[str, Line]
    outgoing: Mapping[str, OutgoingLine] = field(default_factory=dict)
    recording_confirmed: bool = False

    def members(self, department: str) -> tuple[Manager, ...]:
        """The managers of a department in the order of the office file."""
        return tuple(m for m in self.managers.values() if m.department == department)
