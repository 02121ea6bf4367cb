"""A sales office on paper: calls are made of events, desks are asked of the state they leave."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from router.calls import Call, Direction, LegOutcome
from router.events import (
    AnyCallEvent,
    CallBegan,
    CallEnded,
    CallHeld,
    LegAnswered,
    LegBegan,
    LegEnded,
    LegPickedUp,
    LegRang,
    LegTaken,
)
from router.facts import PhoneState, Presence
from router.lifecycle import advance
from router.office import Department, Line, Manager, Office, Status
from router.plan import Ending, Plan, Step, StepKind, StepRole, Target, TargetKind
from switchboard.desk import desk_of, seen
from switchboard.desk_cards import Desk, Known, Seen

NOON = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
CLIENT = "+79161234567"


def person(key: str, extension: str, department: str = "sales", **more: str) -> Manager:
    name = key.capitalize()
    return Manager(key=key, name=name, department=department, extension=extension, **more)


OFFICE = Office(
    name="Окна",
    default_department="sales",
    departments={
        "sales": Department(key="sales", name="Продажи", head="vera"),
        "service": Department(key="service", name="Сервис", head="oleg"),
    },
    managers={
        m.key: m
        for m in (
            person("anna", "101", mobile="+79160000101"),
            person("boris", "102"),
            person("vera", "103", mobile="+79160000103"),
            person("oleg", "201", "service"),
            person("far", "104", pbx="branch"),
        )
    },
    lines={"main": Line(key="main", number="74951230001", name="Сайт", department="sales")},
)


def phone(key: str) -> Target:
    return Target(kind=TargetKind.PHONE, manager=key, number=OFFICE.managers[key].extension)


def mobile(key: str) -> Target:
    number = OFFICE.managers[key].mobile
    return Target(kind=TargetKind.MOBILE, manager=key, number=number, confirm=True)


def step(role: StepRole, seconds: int, *targets: Target, kind: StepKind = StepKind.ONE) -> Step:
    return Step(kind=kind, role=role, targets=targets, ring_seconds=seconds)


PLAN = Plan(
    steps=(
        step(StepRole.OWNER, 15, phone("anna")),
        step(StepRole.COLLEAGUE, 10, phone("boris"), phone("vera")),
        step(StepRole.HEAD_MOBILE, 20, mobile("vera")),
        step(StepRole.DEPARTMENT, 5, phone("anna"), phone("boris"), kind=StepKind.ALL),
    ),
    ending=Ending.MESSAGE_BUSY,
    patience_seconds=60,
)
IVAN = Known(
    number=CLIENT,
    client="c1",
    client_name="Иван Петров",
    application="З-17",
    owner="anna",
    plan=PLAN,
    asked=True,
)
STRANGER = Known(number=CLIENT, asked=True)


@dataclass
class OnPaper:
    """One call, moved by events as an exchange would tell them."""

    id: str = "main-1.1"
    known: Known = IVAN
    department: str = "sales"
    direction: Direction = Direction.INBOUND
    caller: str = CLIENT
    line: str = "74951230001"
    call: Call | None = None
    ignored: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tell(
            CallBegan(
                pbx="main",
                call_id=self.id,
                at=NOON,
                linked_id=self.id,
                direction=self.direction,
                caller=self.caller,
                caller_name="",
                line=self.line,
            )
        )

    def tell(self, event: AnyCallEvent) -> OnPaper:
        advanced = advance(self.call, event)
        if advanced.ignored:
            self.ignored.append(advanced.ignored)
        self.call = advanced.call
        return self

    def rings(self, target: str, at: float, leg: str = "") -> OnPaper:
        leg = leg or target
        about = {"pbx": "main", "call_id": self.id, "at": after(at), "leg_id": leg}
        return self.tell(LegBegan(target=target, **about)).tell(LegRang(**about))

    def answers(self, leg: str, at: float) -> OnPaper:
        return self.tell(LegAnswered(pbx="main", call_id=self.id, at=after(at), leg_id=leg))

    def picks_up(self, leg: str, at: float) -> OnPaper:
        return self.tell(LegPickedUp(pbx="main", call_id=self.id, at=after(at), leg_id=leg))

    def stops(self, leg: str, at: float, outcome: LegOutcome = LegOutcome.NO_ANSWER) -> OnPaper:
        event = LegEnded(pbx="main", call_id=self.id, at=after(at), leg_id=leg, outcome=outcome)
        return self.tell(event)

    def taken(self, leg: str, by: str, at: float) -> OnPaper:
        about = {"pbx": "main", "call_id": self.id, "at": after(at)}
        self.tell(LegTaken(leg_id=leg, taken_leg_id=f"t{by}", by=by, **about))
        return self.answers(f"t{by}", at)

    def held(self, at: float) -> OnPaper:
        return self.tell(CallHeld(pbx="main", call_id=self.id, at=after(at)))

    def ends(self, at: float) -> OnPaper:
        return self.tell(CallEnded(pbx="main", call_id=self.id, at=after(at)))

    def seen(self) -> Seen:
        assert self.call
        assert not self.ignored, self.ignored
        return seen(self.call, self.known, OFFICE, self.department)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def desk(
    key: str,
    *calls: OnPaper,
    phone: PhoneState = PhoneState.FREE,
    status: Status = Status.AVAILABLE,
) -> Desk:
    presence = Presence(status=status, phone=phone)
    return desk_of(OFFICE.managers[key], [call.seen() for call in calls], OFFICE, presence)
