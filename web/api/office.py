"""The office: the one in force, its versions, and a call tried over it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from router.explain import story
from router.plan import Step, StepKind, StepRole, TargetKind
from switchboard.office_desk import OfficeDesk
from switchboard.trying import Asked, Trial, find_line
from web.api.endpoint import Endpoint, Turn
from web.api.errors import Unfit

LONGEST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the linter of rules says."""

    id: str
    severity: str
    path: Annotated[str, "the key to change"]
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeNow:
    """The office in force, as its file is written."""

    version: Annotated[int, "0 before anything was applied"]
    by: str
    at: datetime | None
    note: str
    text: Annotated[str, "TOML"]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One applied version."""

    version: int
    by: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """The versions, newest first."""

    items: tuple[Version, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TryQuery:
    """A call that is tried: nothing rings."""

    line: Annotated[str, "its key, its name or the number dialled"]
    caller: Annotated[str, "who calls, in any spelling"] = ""
    at: Annotated[datetime | None, "when; usually now"] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedTarget:
    """Somebody whom a step rings."""

    manager: str
    kind: TargetKind
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedStep:
    """One step, and after how many seconds it begins at the latest."""

    at_seconds: int
    kind: StepKind
    role: StepRole
    seconds: int
    targets: tuple[TriedTarget, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """Whom the call would ring, and why, in sentences."""

    at: datetime
    department: str
    client: str
    client_name: str
    owner: str
    lookup: Annotated[str, "how the question to the client base ended"]
    steps: tuple[TriedStep, ...]
    ending: str
    patience_seconds: int
    why: tuple[str, ...]


async def office(turn: Turn) -> OfficeNow:
    """The office in force."""
    desk = OfficeDesk(turn.parts.board, turn.parts.database)
    current = await desk.current()
    return OfficeNow(
        version=current.version,
        by=current.by,
        at=current.at if current.version else None,
        note=current.note,
        text=current.text,
        findings=tuple(
            Finding(
                id=found.id,
                severity=found.severity,
                path=found.path,
                sentence=found.sentence(turn.language),
            )
            for found in await asyncio.to_thread(desk.findings)
        ),
    )


async def versions(turn: Turn) -> Versions:
    """What was applied, and by whom."""
    found = await OfficeDesk(turn.parts.board, turn.parts.database).history()
    return Versions(
        items=tuple(Version(version=v.version, by=v.by, at=v.at, note=v.note) for v in found)
    )


async def try_call(turn: Turn) -> Tried:
    """Decide on a call that nobody makes."""
    query, board, now = turn.query(TryQuery), turn.parts.board, turn.parts.now()
    if find_line(turn.office, query.line[:LONGEST]) is None:
        raise Unfit("no-such-line", "The office has no such line.")
    trial = Trial(
        turn.office,
        board.calendar,
        directory=board.directory,
        database=turn.parts.database,
        phones=lambda: board.presence.of(turn.office, now),
    )

    def moment(_zone: ZoneInfo) -> datetime:
        return (query.at or now).astimezone(UTC)

    asked = Asked(line=query.line[:LONGEST], caller=query.caller[:LONGEST])
    found = await trial.of(asked, now, moment if query.at else None)
    decision = found.decision
    return Tried(
        at=found.offer.at,
        department=decision.department,
        client=decision.client,
        client_name=decision.client_name,
        owner=decision.owner,
        lookup=found.lookup,
        steps=tuple(_step(at, step) for at, step in found.decision.plan.steps_in_time()),
        ending=decision.plan.ending,
        patience_seconds=decision.plan.patience_seconds,
        why=story(decision.reasons, turn.language),
    )


def _step(at: int, step: Step) -> TriedStep:
    return TriedStep(
        at_seconds=at,
        kind=step.kind,
        role=step.role,
        seconds=step.ring_seconds,
        targets=tuple(
            TriedTarget(manager=t.manager, kind=t.kind, number=t.number) for t in step.targets
        ),
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/office",
        summary="The office in force, with the linter's findings",
        handle=office,
        answer=OfficeNow,
        etag=True,
    ),
    Endpoint(
        method="GET",
        path="/office/versions",
        summary="The versions of the office, newest first",
        handle=versions,
        answer=Versions,
        etag=True,
    ),
    Endpoint(
        method="GET",
        path="/office/try",
        summary="Try a call: whom it would ring, and why; nothing rings",
        handle=try_call,
        query=TryQuery,
        answer=Tried,
    ),
)
