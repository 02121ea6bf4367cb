"""A bookkeeper with call records that a test writes, and a gap."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from config.holiday_calendar import PublicHolidays
from config.office_file import read_office
from pbx_adapters.cdr.errors import CdrUnreachable
from pbx_adapters.cdr.port import Reading
from pbx_adapters.cdr.rows import CdrRow
from storage.database import Database
from storage.gaps import Gap
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer
from switchboard.bookkeeper import Bookkeeper
from switchboard.books import Records

OFFICE = read_office(Path(__file__).parents[2] / "config" / "examples" / "office.toml")
LINE = next(iter(OFFICE.lines.values()))
NOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday, 12:00 in Moscow
DAY = date(2026, 3, 2)


class Source:
    """Call records as a test writes them."""

    def __init__(self, *rows: CdrRow) -> None:
        self.rows = rows
        self.trouble: CdrUnreachable | None = None

    def read(self, since: datetime, until: datetime) -> Reading:
        if self.trouble:
            raise self.trouble
        return Reading(rows=tuple(r for r in self.rows if since <= r.began_at < until))


def row(call_id: str, minute: float = 0, *, to: str = "PJSIP/101-1", **more: object) -> CdrRow:
    at = NOON + timedelta(minutes=minute)
    values = {
        "channel": "PJSIP/trunk-1",
        "dst_channel": to,
        "src": "79161234567",
        "dst": LINE.number,
        "context": "from-trunk",
        "did": "",
        "began_at": at,
        "answered_at": None,
        "ended_at": at + timedelta(seconds=30),
        "answered": False,
        "billed_seconds": 0.0,
        "uniqueid": call_id,
        "linkedid": call_id,
    }
    return CdrRow(**(values | more))  # type: ignore[arg-type]


def keeper(
    database: Database,
    writer: Writer,
    source: Source | None,
    *,
    now: Callable[[], datetime] = lambda: NOON + timedelta(days=1),
) -> Bookkeeper:
    trunks = frozenset({"trunk"})
    records = [Records(pbx="main", source=source, trunks=trunks)] if source else []
    return Bookkeeper(
        database=database,
        writer=writer,
        records=records,
        office=lambda: OFFICE,
        calendar=PublicHolidays(),
        now=now,
    )


async def gap(writer: Writer, *, hours: float = 1.0) -> Gap:
    began, ended = NOON - timedelta(minutes=5), NOON + timedelta(hours=hours)

    async def work(uow: UnitOfWork) -> int:
        found = await uow.gaps.open("main", began_at=began, why="link lost")
        await uow.gaps.close(found, ended_at=ended)
        return found

    gap_id = await writer.submit(work)
    return Gap(id=gap_id, pbx="main", began_at=began, ended_at=ended, why="link lost")
