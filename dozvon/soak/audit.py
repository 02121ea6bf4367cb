"""The log held against the witnesses: what must be zero, with the calls that are not.

A caller's number names one call, so a call is found in the log by it; hidden callers are found by
line and time. Where a phone answered in the very instant in which the caller left, either end is
accepted, but the call must be there once all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import timedelta

from sqlalchemy import func, select

from config.settings import Settings
from dozvon.soak.floor import Floor
from dozvon.soak.witnesses import Witness, was_cut
from router.calls import Call, Disposition, MissedReason
from storage import schema
from storage.database import Database, open_database
from storage.reading import list_calls, read_call
from storage.records import CallStory

RUNG_WITHIN_SECONDS = 2.5
"""fail_open says 2.1 s at most; the rest is the measuring machine's own."""

_NEAR = timedelta(seconds=1.5)
_MOST_CALLS = 50_000
_HEARD = {MissedReason.CLOSED, MissedReason.NO_ANSWER, MissedReason.NOBODY_REACHABLE}


@dataclass(kw_only=True, slots=True)
class Findings:
    """What must be nothing; each item says in a line what is wrong."""

    dropped_callers: list[str] = field(default_factory=list)
    not_rung_in_time: list[str] = field(default_factory=list)
    cut_talks: list[str] = field(default_factory=list)
    missing_from_the_log: list[str] = field(default_factory=list)
    doubled_in_the_log: list[str] = field(default_factory=list)
    of_nobody_in_the_log: list[str] = field(default_factory=list)
    wrong_disposition: list[str] = field(default_factory=list)
    missed_without_a_callback: list[str] = field(default_factory=list)
    channels_left: list[str] = field(default_factory=list)
    left_in_the_journal: list[str] = field(default_factory=list)

    def zeros(self) -> Mapping[str, int]:
        """How many of each."""
        return {f.name.replace("_", " "): len(getattr(self, f.name)) for f in fields(self)}

    def told(self) -> list[str]:
        """Everything that is wrong, a line each; nothing if all is well."""
        return [
            f"{f.name.replace('_', ' ')}: {item}"
            for f in fields(self)
            for item in getattr(self, f.name)
        ]


async def audit(floor: Floor, witnesses: Sequence[Witness]) -> Findings:
    """Compare everything. Asked when the last call is over and the service runs."""
    found = Findings()
    left = await floor.channels_left(10)
    found.channels_left += [await floor.pbx.cli("core show channels concise")] if left else []
    found.left_in_the_journal += [f"{k}: {v}" for k, v in (await floor.empty_journal(30)).items()]
    books = await read_books(floor.settings)
    callers_side(found, witnesses, books)
    log_side(found, witnesses, books)
    return found


def callers_side(found: Findings, witnesses: Iterable[Witness], books: Books) -> None:
    """What the callers themselves suffered; the log only says what was tried."""
    trails = {story.stored.call.caller: _trail(story) for story in books.stories}
    for witness in witnesses:
        call = witness.placed.call
        if call.ended_at is None or (_sent_away(witness) and not call.answered_at):
            found.dropped_callers.append(witness.told)
        if was_cut(witness):
            found.cut_talks.append(witness.told)
        first = witness.first_ring_seconds
        stayed = witness.placed.reachable and witness.stayed_seconds > RUNG_WITHIN_SECONDS
        if stayed and (first is None or first > RUNG_WITHIN_SECONDS):
            trail = trails.get(witness.placed.caller, "")
            found.not_rung_in_time.append(f"{witness.told}; {trail}")


def _sent_away(witness: Witness) -> bool:
    """Whether the exchange ended a call in which nobody talked."""
    ended_by = witness.placed.call.ended_by
    return witness.talk is None and ended_by is not None and ended_by.value == "pbx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """The service's log: every inbound call, and of how many callbacks each is a part."""

    stories: Sequence[CallStory]
    callbacks: Mapping[str, int]


async def read_books(settings: Settings) -> Books:
    """Read the log as anybody may."""
    async with open_database(settings.database) as database:
        rows = await list_calls(database, limit=_MOST_CALLS)
        inbound = [row.call.id for row in rows if row.call.direction.value == "inbound"]
        found = [await read_call(database, call_id) for call_id in inbound]
        return Books(stories=[s for s in found if s], callbacks=await _callbacks(database))


async def _callbacks(database: Database) -> Mapping[str, int]:
    column = schema.callback_calls.c.call_id
    query = select(column, func.count()).group_by(column)
    async with database.reading() as connection:
        return {str(row[0]): int(row[1]) for row in await connection.execute(query)}


def log_side(found: Findings, witnesses: Iterable[Witness], books: Books) -> None:
    """What the log says of the calls, and what it should."""
    unclaimed = {story.stored.call.id: story for story in books.stories}
    by_caller: dict[str, list[CallStory]] = {}
    for story in books.stories:
        by_caller.setdefault(story.stored.call.caller, []).append(story)
    for witness in witnesses:
        mine = _mine(witness, by_caller, unclaimed)
        for story in mine:
            unclaimed.pop(story.stored.call.id, None)
        if not mine:
            found.missing_from_the_log.append(witness.told)
            continue
        if len(mine) > 1:
            found.doubled_in_the_log.append(witness.told)
        _judge(found, witness, mine[0], books)
    found.of_nobody_in_the_log += [_row(story.stored.call) for story in unclaimed.values()]


def _mine(
    witness: Witness, by_caller: Mapping[str, list[CallStory]], unclaimed: Mapping[str, CallStory]
) -> list[CallStory]:
    placed = witness.placed
    if placed.caller:
        return by_caller.get(placed.caller, [])
    began = placed.call.started_at
    near = [
        story
        for story in unclaimed.values()
        if not story.stored.call.caller.isdigit()
        and story.stored.call.line == placed.line
        and abs(story.stored.call.began_at - began) < _NEAR
    ]
    return sorted(near, key=lambda story: abs(story.stored.call.began_at - began))[:1]


def _judge(found: Findings, witness: Witness, story: CallStory, books: Books) -> None:
    call = story.stored.call
    told = f"{_row(call)} | {witness.told}"
    if not witness.disputed and not _agrees(witness, call):
        found.wrong_disposition.append(told)
    if call.disposition is Disposition.MISSED and books.callbacks.get(call.id, 0) != 1:
        found.missed_without_a_callback.append(told)


def _agrees(witness: Witness, call: Call) -> bool:
    if call.line != witness.placed.line:
        return False
    if witness.talk is not None:
        who = (call.answered_by or "").removeprefix("+")
        return call.disposition is Disposition.ANSWERED and who == witness.talk.called
    if call.disposition is not Disposition.MISSED:
        return False
    if witness.placed.call.answered_at is None:
        return call.reason is MissedReason.ABANDONED
    return call.reason in _HEARD


def _row(call: Call) -> str:
    reason = f" ({call.reason})" if call.reason else ""
    by = f" by {call.answered_by}" if call.answered_by else ""
    return f"log: {call.id} {call.line} at {call.began_at} {call.disposition}{reason}{by}"


def _trail(story: CallStory) -> str:
    reported = [entry.reported for entry in story.trail]
    return f"{story.stored.way} {reported}"
