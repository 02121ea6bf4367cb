"""How the service stands, for administrators: alarms, the PBXs, the gaps, the books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from storage.gaps import Gap
from switchboard.alarm_texts import standing_sentence
from switchboard.bookkeeper import BooksState
from switchboard.connections import PbxState, standing
from switchboard.troubles import spoken
from web.api.endpoint import Endpoint, Turn
from web.state import LINKS, METRICS


@dataclass(frozen=True, slots=True, kw_only=True)
class PbxNow:
    """One PBX."""

    key: str
    watched: bool
    why_down: str
    rival: Annotated[str, "another service that drains its journal"]
    ahead_seconds: Annotated[float, "what its clock is ahead of ours by"]
    live_calls: int
    phones: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GapNow:
    """A stretch of time in which a PBX was not watched."""

    pbx: str
    began_at: datetime
    ended_at: datetime | None
    why: str
    recovered_calls: int
    from_call_records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What became of the last balancing with the PBX's own call records."""

    day: date
    at: datetime
    balanced: bool
    differences: int
    trouble: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Connections:
    """Everything at once. `alarms` are sentences of what needs somebody."""

    alarms: tuple[str, ...]
    pbxs: tuple[PbxNow, ...]
    gaps: Annotated[tuple[GapNow, ...], "newest first"]
    books: Books | None
    writer_trouble: str
    writer_waiting: int
    disk_free_share: float | None


async def connections(turn: Turn) -> Connections:
    """How everything stands now."""
    parts, app, language = turn.parts, turn.request.app, turn.language
    found = await standing(parts.board, parts.database, app[LINKS].why_down)
    return Connections(
        alarms=tuple(standing_sentence(each, language) for each in app[METRICS].alarms),
        pbxs=tuple(_pbx(pbx, language) for pbx in found.pbxs),
        gaps=tuple(_gap(gap, language) for gap in found.gaps),
        books=_books(found.books, language) if found.books else None,
        writer_trouble=spoken(parts.writer.trouble or "", language),
        writer_waiting=parts.writer.waiting,
        disk_free_share=found.free_share,
    )


def _pbx(pbx: PbxState, language: str) -> PbxNow:
    return PbxNow(
        key=pbx.key,
        watched=not pbx.why_down,
        why_down=spoken(pbx.why_down, language),
        rival=pbx.rival,
        ahead_seconds=pbx.ahead_seconds,
        live_calls=pbx.live_calls,
        phones=pbx.phones,
    )


def _gap(gap: Gap, language: str) -> GapNow:
    return GapNow(
        pbx=gap.pbx,
        began_at=gap.began_at,
        ended_at=gap.ended_at,
        why=spoken(gap.why, language),
        recovered_calls=gap.recovered_calls,
        from_call_records=gap.from_call_records,
    )


def _books(books: BooksState, language: str) -> Books:
    return Books(
        day=books.day,
        at=books.at,
        balanced=books.balanced,
        differences=books.differences,
        trouble=spoken(books.trouble, language),
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/connections",
        summary="How the service stands: alarms, PBXs, gaps, books",
        handle=connections,
        answer=Connections,
    ),
)
