"""How the service stands, for the administrator: PBXs, gaps, books, what needs him."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from storage.database import Database
from storage.gaps import Gap, Gaps
from switchboard.board import Board
from switchboard.bookkeeper import BooksState


@dataclass(frozen=True, slots=True, kw_only=True)
class PbxState:
    """One PBX. `why_down` is empty while it is watched; `rival` is another service that drains it.

    `ahead_seconds` is what its clock is ahead of ours by and what is taken out of its times.
    """

    key: str
    why_down: str
    rival: str = ""
    ahead_seconds: float = 0.0
    live_calls: int = 0
    phones: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Everything at once. `free_share` is the share of the disk that is free, None if unknown."""

    pbxs: tuple[PbxState, ...]
    gaps: tuple[Gap, ...]
    books: BooksState | None
    free_share: float | None = None


async def standing(
    board: Board, database: Database, why_down: Mapping[str, str], *, gaps: int = 30
) -> Standing:
    """How everything stands now."""
    async with database.reading() as connection:
        newest = await Gaps(connection).newest(limit=gaps)
    rivals = board.rivals()
    return Standing(
        pbxs=tuple(_pbx(board, key, why_down, rivals) for key in sorted(board.pbxs)),
        gaps=newest,
        books=board.books.state,
        free_share=free_share(database),
    )


def _pbx(
    board: Board, key: str, why_down: Mapping[str, str], rivals: Mapping[str, str]
) -> PbxState:
    return PbxState(
        key=key,
        why_down=why_down.get(key, ""),
        rival=rivals.get(key, ""),
        ahead_seconds=board.clocks.ahead(key),
        live_calls=_count(call.pbx == key for call in board.live.all()),
        phones=_count(m.pbx == key for m in board.office().managers.values()),
    )


def _count(found: Iterable[bool]) -> int:
    return sum(found)


def free_share(database: Database) -> float | None:
    """The free share of the disk that holds the database; None where it is not on this machine."""
    if database.file is None:
        return None
    try:
        usage = shutil.disk_usage(database.file.parent)
    except OSError:
        return None
    return usage.free / usage.total
