"""A small sales office, a call and what is known of it: each test says only what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from router.decide import decide
from router.facts import (
    Application,
    Client,
    Facts,
    Lookup,
    LookupOutcome,
    Offer,
    PhoneState,
    Presence,
)
from router.hours import HolidayCalendar, NoHolidays
from router.numbers import NumberKind, NumberPlan, PhoneNumber, normalise
from router.office import Department, Hours, Line, Manager, Office, OutgoingLine, Status, Window
from router.plan import Decision, Reason, Step, Why

OPEN_AT = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
"""A Wednesday, 12:00 in Moscow."""
CLOSED_AT = datetime(2026, 3, 4, 19, 0, tzinfo=UTC)
"""The same day, 22:00 in Moscow."""
ROMASHKA = "+79161112233"


def weekdays(start: int, end: int) -> tuple[Window, ...]:
    return tuple(Window(weekday=day, start=time(start), end=time(end)) for day in range(5))


HOURS = Hours(week=weekdays(9, 19), special={date(2026, 3, 6): ()})
SALES = Department(key="sales", name="Продажи", head="head", hours=HOURS, outgoing_line="trunk")
SERVICE = Department(key="service", name="Сервис", hours=HOURS, outgoing_line="trunk")
ANNA = Manager(key="anna", name="Анна", department="sales", extension="101", mobile="+79160000101")
PETR = Manager(key="petr", name="Пётр", department="sales", extension="102")
OLGA = Manager(key="olga", name="Ольга", department="sales", extension="103")
HEAD = Manager(key="head", name="Вера", department="board", extension="109", mobile="+79160000109")
SEMYON = Manager(key="semyon", name="Семён", department="service", extension="201")
BOARD = Department(key="board", name="Дирекция", hours=HOURS)
TRUNK = OutgoingLine(key="trunk", pbx="main", dial="PJSIP/{number}@trunk", caller_id="74950000001")
LINE = Line(key="main", number="74950000001", name="Основная", department="sales")

Part = Department | Manager | Line | OutgoingLine


def office_of(*parts: Part, without: tuple[str, ...] = (), **changes: Any) -> Office:
    """The office with some parts replaced or added, and others left out by key."""
    everything: list[Part] = [SALES, SERVICE, BOARD, ANNA, PETR, OLGA, HEAD, SEMYON, LINE, TRUNK]
    found: dict[type, dict[str, Any]] = {Department: {}, Manager: {}, Line: {}, OutgoingLine: {}}
    for part in (*everything, *parts):
        found[type(part)][part.key] = part
    for kind in found.values():
        for key in without:
            kind.pop(key, None)
    office = Office(
        name="Окна",
        version=7,
        default_department="service",
        departments=found[Department],
        managers=found[Manager],
        lines=found[Line],
        outgoing=found[OutgoingLine],
    )
    return replace(office, **changes)


def client(key: str = "c1", *, owner: str = "", **fields: Any) -> Client:
    return Client(key=key, name=f"Клиент {key}", owner=owner, **fields)


def application(key: str, manager: str = "", *, hours_ago: int = 0, **fields: Any) -> Application:
    changed_at = OPEN_AT - timedelta(hours=hours_ago)
    return Application(key=key, manager=manager, changed_at=changed_at, **fields)


def number_of(text: str) -> PhoneNumber:
    return normalise(text, NumberPlan(extensions=frozenset({"101", "102", "103", "109", "201"})))


HIDDEN = PhoneNumber(raw="anonymous", kind=NumberKind.HIDDEN)
TALKING = Presence(phone=PhoneState.TALKING)
RINGING = Presence(phone=PhoneState.RINGING)
UNREGISTERED = Presence(phone=PhoneState.UNREGISTERED)
PROMISED = Presence(promised=True)


def idle_for(seconds: float) -> Presence:
    return Presence(phone=PhoneState.FREE, idle_since=OPEN_AT - timedelta(seconds=seconds))


def absent(status: Status) -> Presence:
    return Presence(status=status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call and what is known; `decided` asks for the decision."""

    office: Office = field(default_factory=office_of)
    clients: tuple[Client, ...] = ()
    outcome: LookupOutcome = LookupOutcome.FOUND
    presence: Mapping[str, Presence] = field(default_factory=dict)
    caller: str = ROMASHKA
    number: PhoneNumber | None = None
    line: str = "74950000001"
    at: datetime = OPEN_AT
    pbx: str = "main"
    last_talk: str = ""
    round_robin: int = 0
    calendar: HolidayCalendar = field(default_factory=NoHolidays)

    def offer(self) -> Offer:
        return Offer(
            call_id="1",
            pbx=self.pbx,
            line=self.line,
            caller=self.caller,
            number=self.number or number_of(self.caller),
            at=self.at,
        )

    def facts(self) -> Facts:
        lookup = Lookup(
            outcome=self.outcome, clients=self.clients, last_talk_manager=self.last_talk
        )
        return Facts(lookup=lookup, presence=self.presence, round_robin=self.round_robin)

    def decided(self) -> Decision:
        return decide(self.offer(), self.facts(), self.office, self.calendar)


def decided(**fields: Any) -> Decision:
    """The decision of a call with these fields."""
    return Call(**fields).decided()


def annas(**fields: Any) -> Decision:
    """The decision of a call from a client whose owner is Anna."""
    return decided(clients=(client(owner="anna"),), **fields)


def shape(decision: Decision) -> list[str]:
    """A plan in short: `owner one 15: anna`, a mobile with `*`, a confirmation with `+8`."""
    return [_shape(step) for step in decision.plan.steps]


def _shape(step: Step) -> str:
    who = " ".join(t.manager + ("*" if t.kind == "mobile" else "") for t in step.targets)
    confirm = f"+{step.confirm_seconds}" if step.confirm_seconds else ""
    return f"{step.role} {step.kind} {step.ring_seconds}{confirm}: {who}"


def whys(decision: Decision) -> list[Why]:
    return [reason.why for reason in decision.reasons]


def said(decision: Decision, why: Why) -> Reason:
    """The only reason with this name."""
    (found,) = [reason for reason in decision.reasons if reason.why is why]
    return found


def passed_over(decision: Decision) -> dict[str, Why]:
    """Who was passed over (or put last) and why, by manager."""
    return {
        r.about["manager"]: r.why
        for r in decision.reasons
        if r.why.startswith("skipped-") and "manager" in r.about
    }
