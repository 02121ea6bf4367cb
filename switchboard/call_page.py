"""One call whole, as a person reads it: what happened, why it went there, what the PBX says of it.

Plain values for the page and the API. Whoever may not see the call is told the same as where there
is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from router.callbacks import CallbackItem
from router.calls import Direction, Leg, LegOutcome, TransferKind
from router.explain import story as sentences
from router.office import Office
from router.plan import Decision, Ending, Step, StepKind, StepRole, Target, TargetKind
from storage.call_marks import marks_of
from storage.call_search import Wanted, find_calls
from storage.callback_list import Callbacks
from storage.database import Database
from storage.notes import Note, notes_of_calls
from storage.reach import Reach
from storage.reading import read_call
from storage.records import CallStory
from switchboard.call_recording import RecordingMark, recording_of
from switchboard.call_sight import may_see
from switchboard.call_timeline import Stretch, Timeline, timeline
from switchboard.calls_log import LoggedCall, LogPage, logged
from switchboard.names import Names
from switchboard.troubles import disagreement

OTHERS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class LegLine:
    """One attempt to ring somebody; `name` is empty for a number that is nobody's of ours.

    `client`: the leg went to the client himself. `at_seconds` is when it began.
    """

    target: str
    name: str
    mobile: bool
    client: bool
    at_seconds: float
    outcome: LegOutcome
    ring_seconds: float
    talk_seconds: float
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOn:
    """One time the client was handed on."""

    kind: TransferKind
    by: str
    to: str
    at: datetime
    at_seconds: float
    completed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedStep:
    """One step of what was decided; `others` ring if the first cannot (or all, or the first free).

    `until_patience`: it lasts until the line's patience ends.
    """

    at_seconds: int
    kind: StepKind
    role: StepRole
    people: tuple[str, ...]
    seconds: int
    confirm_seconds: int
    mobile: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What was decided, when, and by which version of the office."""

    made_at: datetime
    office_version: int
    steps: tuple[OfferedStep, ...]
    ending: Ending
    patience_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailLine:
    """One line of the PBX's journal; `what` and `result` are its own words, `people` are names."""

    step: str
    what: str
    people: tuple[str, ...]
    seconds: int
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPage:
    """Everything of one call. `why` are sentences in the language that was asked for.

    `disagreement`: how events and the PBX's journal differ, in that language too.
    """

    call: LoggedCall
    story: CallStory
    drawn: Timeline
    legs: tuple[LegLine, ...]
    handed_on: tuple[HandedOn, ...]
    why: tuple[str, ...]
    offer: Offer | None
    trail: tuple[TrailLine, ...]
    unread_journal: tuple[str, ...]
    service: str
    restarted: bool
    callback: CallbackItem | None
    notes: tuple[Note, ...]
    recording: RecordingMark | None
    others: tuple[LoggedCall, ...]
    disagreement: str

    @property
    def talk_partial(self) -> bool:
        """Whether the talk's beginning was not seen."""
        return self.story.stored.call.talk_partial


async def call_page(
    database: Database, office: Office, reach: Reach, call_id: str, *, language: str
) -> CallPage | None:
    """One call, or None where there is none that may be seen."""
    story = await read_call(database, call_id)
    if story is None:
        return None
    names = Names.of(office)
    stored, made = story.stored, story.made
    async with database.reading() as connection:
        if not await may_see(connection, stored, reach):
            return None
        recording = await recording_of(connection, stored, names, language)
    call = stored.call
    drawn = timeline(call)
    reported = [entry.reported for entry in story.trail]
    return CallPage(
        call=logged(stored, names, await marks_of(database, [call.id])),
        story=story,
        drawn=drawn,
        legs=tuple(_leg_line(story, names, bar.leg, bar.stretches) for bar in drawn.bars),
        handed_on=_handed_on(story, names),
        why=sentences(made.decision.reasons, language) if made else (),
        offer=_offer(made.decision, made.made_at, names) if made else None,
        trail=tuple(
            _trail_line(item, call.pbx, names) for r in reported for item in r.get("trail", ())
        ),
        unread_journal=tuple(entry.raw for entry in story.trail if not entry.reported),
        service=next((str(r["service"]) for r in reported if r.get("service")), ""),
        restarted=any(bool(r.get("restarted")) for r in reported),
        callback=await _callback(database, story),
        notes=await notes_of_calls(database, [call.id]),
        recording=recording,
        others=(await _others(database, names, reach, story)).calls,
        disagreement=disagreement(stored.disagreement, language),
    )


def _leg_line(story: CallStory, names: Names, leg: Leg, stretches: tuple[Stretch, ...]) -> LegLine:
    call = story.stored.call
    outbound = call.direction is Direction.OUTBOUND
    who = names.manager_at(leg.target, call.pbx)
    client = outbound and (leg.id == call.id or (who is None and leg.target == call.line))
    name = story.stored.client_name if client else who.name if who else ""
    return LegLine(
        target=leg.target,
        name=name,
        mobile=bool(who and leg.target != who.extension),
        client=client,
        at_seconds=max(0.0, (leg.began_at - call.began_at).total_seconds()),
        outcome=leg.outcome,
        ring_seconds=leg.ring_seconds,
        talk_seconds=leg.talk_seconds,
        stretches=stretches,
    )


def _handed_on(story: CallStory, names: Names) -> tuple[HandedOn, ...]:
    call = story.stored.call
    return tuple(
        HandedOn(
            kind=moved.kind,
            by=_who(moved.by, call.pbx, names),
            to=_who(moved.to, call.pbx, names),
            at=moved.at,
            at_seconds=max(0.0, (moved.at - call.began_at).total_seconds()),
            completed=moved.completed,
        )
        for moved in call.transfers
    )


def _who(target: str, pbx: str, names: Names) -> str:
    found = names.manager_at(target, pbx)
    return found.name if found else target


def _offer(decision: Decision, made_at: datetime, names: Names) -> Offer:
    plan = decision.plan
    return Offer(
        made_at=made_at,
        office_version=decision.office_version,
        steps=_steps(decision, names),
        ending=plan.ending,
        patience_seconds=plan.patience_seconds,
    )


def _steps(decision: Decision, names: Names) -> tuple[OfferedStep, ...]:
    plan = decision.plan
    return tuple(_step(step, at, plan.patience_seconds, names) for at, step in plan.steps_in_time())


def _step(step: Step, at: int, patience: int, names: Names) -> OfferedStep:
    endless = step.kind is StepKind.WAIT and not step.ring_seconds
    return OfferedStep(
        at_seconds=at,
        kind=step.kind,
        role=step.role,
        people=tuple(dict.fromkeys(_target(target, names) for target in step.targets)),
        seconds=max(0, patience - at) if endless else step.ring_seconds,
        confirm_seconds=step.confirm_seconds,
        mobile=any(target.kind is TargetKind.MOBILE for target in step.targets),
    )


def _target(target: Target, names: Names) -> str:
    return names.manager(target.manager) or target.number


def _trail_line(item: Mapping[str, Any], pbx: str, names: Names) -> TrailLine:
    return TrailLine(
        step=str(item.get("step") or ""),
        what=str(item.get("what") or ""),
        people=tuple(_trail_who(str(who), pbx, names) for who in item.get("who") or () if who),
        seconds=int(item.get("seconds") or 0),
        result=str(item.get("result") or ""),
    )


def _trail_who(target: str, pbx: str, names: Names) -> str:
    """`ivanova/101` as people know it; of a transfer, `101>102`, both."""
    if ">" in target:
        return " → ".join(_trail_who(each, pbx, names) for each in target.split(">"))
    key, slash, number = target.partition("/")
    if slash:
        return names.manager(key) or number
    return _who(target, pbx, names)


async def _callback(database: Database, story: CallStory) -> CallbackItem | None:
    if story.callback_id is None:
        return None
    async with database.reading() as connection:
        return await Callbacks(connection).get(story.callback_id)


async def _others(database: Database, names: Names, reach: Reach, story: CallStory) -> LogPage:
    """Other calls with the same client, the newest."""
    stored = story.stored
    if not stored.client and not stored.number_id:
        return LogPage()
    same = (
        Wanted(clients=(stored.client,)) if stored.client else Wanted(number=stored.number_id or "")
    )
    found = await find_calls(database, same, reach, limit=OTHERS + 1)
    others = [other for other in found.calls if other.call.id != stored.call.id][:OTHERS]
    marks = await marks_of(database, [other.call.id for other in others])
    return LogPage(calls=tuple(logged(other, names, marks) for other in others))
