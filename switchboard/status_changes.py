"""Somebody says of himself, or his head of him, that he is there or not.

Rules: kept by the database first, so that it survives us; then in force here and mirrored to the
exchanges at once; who did it is kept. Closing a browser changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from router.office import Status
from storage.audit import AuditRow
from storage.database import Database
from storage.statuses import Statuses, StatusRow
from storage.unit_of_work import UnitOfWork
from switchboard.board import Board


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChange:
    """What is wanted: `by` is who does it (a login), `address` from where."""

    manager: str
    status: Status
    until: datetime | None = None
    by: str
    address: str = ""


async def change_status(board: Board, database: Database, wanted: StatusChange) -> StatusRow | None:
    """Set a status; None where the office has no such manager. An end in the past is none."""
    if wanted.manager not in board.office().managers:
        return None
    now = board.now
    until = wanted.until if wanted.until and wanted.until > now else None
    row = StatusRow(
        manager=wanted.manager,
        status=wanted.status,
        since=now,
        until=until if wanted.status is not Status.AVAILABLE else None,
        by=wanted.by,
    )

    async def work(uow: UnitOfWork) -> None:
        await uow.statuses.set(row)
        await uow.audit.add(_deed(row, wanted.address))

    await board.write(work)
    await take_over(board, database)
    return row


async def take_over(board: Board, database: Database) -> None:
    """Have the board take over all statuses now; it mirrors what changed."""
    async with database.reading() as connection:
        rows = await Statuses(connection).all()
    now = board.now
    lasting = {k: r.status for k, r in rows.items() if r.until is None or r.until > now}
    await board.statuses_read(lasting)


def _deed(row: StatusRow, address: str) -> AuditRow:
    about = {"status": str(row.status), "until": row.until.isoformat() if row.until else ""}
    return AuditRow(
        at=row.since,
        by=row.by,
        act="status",
        subject=f"manager:{row.manager}",
        about=about,
        address=address,
    )
