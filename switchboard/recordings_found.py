"""Complete? Recordings expected against recordings found, by line, trunk and day.

Expected is every answered call that the PBX began to record, or that the plan said it should. What
still is on its way is told apart from what is lost: the first needs patience, the second a person.
What is no line of the office (a call that we placed has the client's number there) is counted
together: a row for each client would hide the trunk that failed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from storage import schema
from storage.connection import AnyConnection
from storage.database import Database
from storage.recording_records import RecordingState

_t = schema.recordings


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The recordings of one line (and trunk) on one day; `line` is empty for outgoing calls."""

    day: date
    pbx: str
    line: str
    trunk: str = ""
    ready: int = 0
    on_the_way: int = 0
    missing: int = 0
    broken: int = 0
    deleted: int = 0

    @property
    def expected(self) -> int:
        """How many there should be."""
        return self.ready + self.on_the_way + self.lost + self.deleted

    @property
    def lost(self) -> int:
        """How many conversations nobody can listen to."""
        return self.missing + self.broken


_FIELDS = {
    RecordingState.READY: "ready",
    RecordingState.EXPECTED: "on_the_way",
    RecordingState.ARRIVING: "on_the_way",
    RecordingState.MISSING: "missing",
    RecordingState.BROKEN: "broken",
    RecordingState.DELETED: "deleted",
}


async def tallies(
    database: Database,
    since: datetime,
    until: datetime,
    zone: ZoneInfo,
    *,
    line_of: Callable[[str], str],
) -> tuple[Tally, ...]:
    """Every line's recordings of the days between two instants, by the days of `zone`.

    `line_of` gives the line that a number is, empty for a number that is none.
    """
    query = select(_t.c.began_at, _t.c.pbx, _t.c.line, _t.c.trunk, _t.c.state)
    query = query.where(_t.c.began_at >= since, _t.c.began_at < until)
    counts: dict[tuple[date, str, str, str], dict[str, int]] = {}
    async with database.reading() as connection:
        for row in await connection.execute(query):
            line = line_of(row.line)
            key = (row.began_at.astimezone(zone).date(), row.pbx, line, row.trunk)
            field = _FIELDS[RecordingState(row.state)]
            mine = counts.setdefault(key, {})
            mine[field] = mine.get(field, 0) + 1
    return tuple(_tally(key, counts[key]) for key in sorted(counts))


async def state_counts(
    connection: AnyConnection, *, since: datetime | None = None
) -> Mapping[RecordingState, int]:
    """How many recordings are in each state; a state without any is nought."""
    query = select(_t.c.state, func.count()).group_by(_t.c.state)
    if since:
        query = query.where(_t.c.began_at >= since)
    found = {RecordingState(s): int(n) for s, n in (await connection.execute(query)).all()}
    return {state: found.get(state, 0) for state in RecordingState}


def sentence(tally: Tally, language: str, *, day: str, line: str) -> str:
    """What an administrator is told of a day with lost recordings; empty where there are none."""
    if not tally.lost:
        return ""
    where = ", ".join(filter(None, (line, tally.trunk))) or tally.pbx
    if language == "ru":
        return f"{day}: без записи {_talks(tally.lost)} из {tally.expected}: {where}."
    talks = "conversation" if tally.lost == 1 else "conversations"
    return f"{day}: {tally.lost} of {tally.expected} {talks} without a recording: {where}."


def lost(found: Iterable[Tally]) -> int:
    """How many conversations of some days nobody can listen to."""
    return sum(tally.lost for tally in found)


def _talks(count: int) -> str:
    if count % 10 == 1 and count % 100 != 11:
        return f"{count} разговор"
    if count % 10 in {2, 3, 4} and count % 100 not in {12, 13, 14}:
        return f"{count} разговора"
    return f"{count} разговоров"


def _tally(key: tuple[date, str, str, str], counts: Mapping[str, int]) -> Tally:
    day, pbx, line, trunk = key
    return Tally(day=day, pbx=pbx, line=line, trunk=trunk, **counts)
