"""Keeps the books by itself: each night, and after each gap.

At 03:10 of the office's zone yesterday is balanced; a difference is an error in the log and stays
readable (`state`, and `books/last` in the database) until books balance again. After a gap the
calls that the journal did not have are recorded from the call records, and the gap says how many,
or that nothing could be recovered. The night looks at yesterday's gaps once more, because Asterisk
may write its records in batches.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from pbx_adapters.cdr.errors import CdrError
from router.books import WitnessedCall
from router.books_sentences import sentence
from router.hours import HolidayCalendar
from router.office import Office
from router.pbx_clock import moved_back
from storage.database import Database
from storage.gaps import Gap, Gaps
from storage.recording import record_ended_call
from storage.records import EndedCall
from storage.sentences import joined, message_of
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer
from switchboard.books import DayBooks, Records, balance_day, left_out, recovered, without
from switchboard.troubles import DAMAGED, NO_CALL_RECORDS, NOT_RECOVERED

AT = time(3, 10)
LAST = "books/last"
_LOOKED_AT = 200

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class BooksState:
    """What became of the last balancing; `trouble` is a sentence where records were unreadable."""

    day: date
    at: datetime
    balanced: bool
    differences: int
    trouble: str = ""


class Bookkeeper:
    """Balances and recovers. Owned by whoever runs the engine; `office` is the one in force."""

    def __init__(  # noqa: PLR0913 - what it works with, all by keyword
        self,
        *,
        database: Database,
        writer: Writer,
        records: Sequence[Records],
        office: Callable[[], Office],
        calendar: HolidayCalendar,
        now: Callable[[], datetime],
        ahead: Callable[[str], float] = lambda _: 0.0,
        pause: Callable[[float], Awaitable[Any]] = asyncio.sleep,
    ) -> None:
        self.state: BooksState | None = None
        self._database = database
        self._writer = writer
        self._records = tuple(records)
        self._office = office
        self._calendar = calendar
        self._now = now
        self._ahead = ahead
        self._pause = pause

    async def run(self) -> None:
        """Balances each night until cancelled; without call records there is nothing to do."""
        while self._records:
            at = next_night(self._now(), self._zone())
            await self._pause((at - self._now()).total_seconds())
            try:
                await self.night(at.astimezone(self._zone()).date() - timedelta(days=1))
            except Exception:
                log.exception("the books could not be kept")

    async def night(self, day: date) -> DayBooks:
        """Recovers what is left of a day's gaps and balances the day."""
        for gap in await self._gaps_of(day):
            await self.after_gap(gap)
        kept = await balance_day(
            self._database, self._records, self._office(), day, now=self._now()
        )
        await self._tell(kept)
        return kept

    async def gap_closed(self, pbx: str) -> None:
        """The newest gap of a PBX is over: record what the journal did not have."""
        async with self._database.reading() as connection:
            gaps = await Gaps(connection).newest(limit=_LOOKED_AT)
        newest = next((gap for gap in gaps if gap.pbx == pbx and gap.ended_at), None)
        if newest is not None:
            await self.after_gap(newest)

    async def after_gap(self, gap: Gap) -> int:
        """Records the calls of a gap that only the call records know; returns how many."""
        records = without(self._records, gap.pbx)
        if gap.ended_at is None:
            return 0
        if records is None:
            await self._note(gap, 0, NO_CALL_RECORDS())
            return 0
        office = self._office()
        try:
            found = await self._left_out(records, office, gap)
        except CdrError as error:
            log.error("a gap could not be recovered", pbx=gap.pbx, because=str(error))  # noqa: TRY400
            await self._note(gap, 0, NOT_RECOVERED(why=message_of(error)))
            return 0
        ended = [self._recovered(call, gap.pbx, office) for call in found]

        async def work(uow: UnitOfWork) -> int:
            done = [await record_ended_call(uow, each) for each in ended]
            return sum(each.first for each in done)

        count = await self._writer.submit(work) if ended else 0
        await self._note(gap, count, gap.note)
        if count:
            log.warning("calls were recorded from call records", pbx=gap.pbx, calls=count)
        return count

    async def _left_out(
        self, records: Records, office: Office, gap: Gap
    ) -> tuple[WitnessedCall, ...]:
        """The gap is in our time, its call records are in the PBX's."""
        ahead = timedelta(seconds=self._ahead(gap.pbx))
        began_at, ended_at = gap.began_at + ahead, (gap.ended_at or gap.began_at) + ahead
        return await left_out(self._database, records, office, began_at, ended_at)

    def _recovered(self, found: WitnessedCall, pbx: str, office: Office) -> EndedCall:
        ended = recovered(found, pbx, office, self._calendar)
        ahead = self._ahead(pbx)
        return replace(ended, call=moved_back(ended.call, ahead), clock_offset_seconds=ahead)

    async def _note(self, gap: Gap, calls: int, note: str) -> None:
        if not calls and note == gap.note:
            return

        async def work(uow: UnitOfWork) -> None:
            await uow.gaps.add_call_records(gap.id, calls=calls, note=note)

        await self._writer.submit(work)

    async def _gaps_of(self, day: date) -> list[Gap]:
        begin = datetime.combine(day, time(), self._zone()).astimezone(UTC)
        end = begin + timedelta(days=1)
        async with self._database.reading() as connection:
            gaps = await Gaps(connection).newest(limit=_LOOKED_AT)
        return [g for g in gaps if g.ended_at and g.began_at < end and g.ended_at >= begin]

    async def _tell(self, kept: DayBooks) -> None:
        found = kept.books.differences
        damaged = (DAMAGED(count=kept.damaged),) if kept.damaged else ()
        trouble = joined((*kept.unreadable, *damaged))
        self.state = BooksState(
            day=kept.day,
            at=self._now(),
            balanced=kept.balanced,
            differences=len(found),
            trouble=trouble,
        )
        for each in found:
            at = each.began_at.isoformat()
            log.error(
                "the books differ", line=each.line, how=sentence(each, "en", at=at, caller="")
            )
        if trouble:
            log.error("the books are not complete", because=trouble)
        elif kept.balanced:
            log.info("the books balance", day=kept.day.isoformat())
        told = json.dumps(_plain(self.state))

        async def work(uow: UnitOfWork) -> None:
            await uow.offices.note(LAST, told)

        await self._writer.submit(work)

    def _zone(self) -> ZoneInfo:
        office = self._office()
        return ZoneInfo(office.departments[office.default_department].hours.timezone)


def next_night(now: datetime, zone: ZoneInfo) -> datetime:
    """The next time at which the wall clock of `zone` shows ten past three."""
    today = now.astimezone(zone).date()
    for days in range(3):
        at = datetime.combine(today + timedelta(days=days), AT, zone).astimezone(UTC)
        if at > now:
            return at
    raise AssertionError("a day has a night")


def _plain(state: BooksState) -> dict[str, Any]:
    return {
        "day": state.day.isoformat(),
        "at": state.at.isoformat(),
        "balanced": state.balanced,
        "differences": state.differences,
        "trouble": state.trouble,
    }
