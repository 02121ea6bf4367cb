"""Keeps the books by itself: each night, and after each gap.

At 03:10 of the office's zone the days are balanced that are over and were not balanced yet: as a
rule that is yesterday. What a service that was off had left is balanced at its next start, as soon
as the gaps of its absence are recovered. A day whose call records cannot be read stays due, for as
long as days are caught up with; a damaged line will be no better and holds up none. A difference is
an error in the log and stays readable (`state`, and `books/last` in the database, also for the
service after this one) until books balance again. After a gap the calls that the journal did not
have are recorded from the call records, and the gap says how many, or that nothing could be
recovered. A day's balancing looks at its gaps once more, because Asterisk may write its records in
batches.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import SQLAlchemyError

from pbx_adapters.cdr.errors import CdrError
from router.books import WitnessedCall
from router.books_sentences import sentence
from router.hours import HolidayCalendar
from router.office import Office
from router.pbx_clock import moved_back
from storage.database import Database
from storage.errors import StorageError
from storage.gaps import Gap, Gaps
from storage.logged_calls import there_since
from storage.office_versions import OfficeVersions
from storage.recording import record_ended_call
from storage.records import EndedCall
from storage.sentences import joined, message_of
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer
from switchboard.books import DayBooks, Records, balance_day, left_out, recovered, without
from switchboard.troubles import DAMAGED, NO_CALL_RECORDS, NOT_LOOKED_AGAIN, NOT_RECOVERED

AT = time(3, 10)
LAST = "books/last"
MOST_DAYS = 7
"""So many days are balanced at most after a service was off."""
_LOOKED_AT = 200

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class BooksState:
    """What became of the last balancing; `trouble` is a sentence where records were unreadable.

    `unread`: a PBX's call records could not be read at all; else it is lines of them.
    """

    day: date
    at: datetime
    balanced: bool
    differences: int
    trouble: str = ""
    unread: bool = False


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
        self._through: date | None = None
        self._unwatched = {each.pbx for each in records}
        self._all_watched = asyncio.Event()

    async def remember(self) -> None:
        """Takes over what the service before found; without call records nobody could clear it."""
        if not self._records:
            return
        try:
            async with self._database.reading() as connection:
                noted = await OfficeVersions(connection).noted(LAST)
            if noted:
                self.state, self._through = _read(json.loads(noted))
        except (StorageError, SQLAlchemyError, ValueError, KeyError, TypeError) as error:
            log.warning("the books of before are not known", because=type(error).__name__)

    async def run(self) -> None:
        """Balances what is due, now and each night, until cancelled; without call records nothing.

        The first time waits until every PBX is watched, so that no call counts as lost that is
        about to be recovered; one that stays away holds up no night.
        """
        if not self._records:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(self._until_night()):
                await self._all_watched.wait()
        while True:
            try:
                await self.balance_due()
            except Exception:
                log.exception("the books could not be kept")
            await self._pause(self._until_night())

    async def balance_due(self) -> None:
        """Balances the days that are over and were not yet; the newest that differs is the state.

        Raises what a day raised that could not be worked on; it is due again the next time, as is
        each day from the first on whose call records could not be read.
        """
        found: list[BooksState] = []
        try:
            for day in await self._due():
                found.append(await self.night(day))  # noqa: PERF401 - a failure keeps these
        finally:
            if found:
                differ = [state for state in found if not state.balanced]
                await self._keep((differ or found)[-1], _read_through(found))

    async def night(self, day: date) -> BooksState:
        """Recovers what is left of a day's gaps, balances the day and says in the log how."""
        for gap in await self._gaps_of(day):
            await self.after_gap(gap)
        kept = await balance_day(
            self._database, self._records, self._office(), day, now=self._now()
        )
        return self._told(kept)

    async def _due(self) -> list[date]:
        """The days that are over and not balanced yet, oldest first."""
        zone = self._zone()
        newest = next_night(self._now(), zone).astimezone(zone).date() - timedelta(days=2)
        if self._through:
            done = self._through
        else:
            since = await there_since(self._database)
            if since is None:
                return []
            done = since.astimezone(zone).date() - timedelta(days=1)
        count = min((newest - done).days, MOST_DAYS)
        return [newest - timedelta(days=back) for back in reversed(range(count))]

    async def gap_closed(self, pbx: str) -> None:
        """The newest gap of a PBX is over: record what the journal did not have."""
        try:
            await self._recover_newest(pbx)
        finally:
            self._unwatched.discard(pbx)
            if not self._unwatched:
                self._all_watched.set()

    async def _recover_newest(self, pbx: str) -> None:
        async with self._database.reading() as connection:
            gaps = await Gaps(connection).newest(limit=_LOOKED_AT)
        newest = next((gap for gap in gaps if gap.pbx == pbx and gap.ended_at), None)
        if newest is not None:
            await self.after_gap(newest)

    async def after_gap(self, gap: Gap) -> int:
        """Records the calls of a gap that only the call records know; returns how many.

        What stands beside the gap is true of this look: it takes back what an earlier one said, and
        denies nothing that an earlier one recovered.
        """
        records = without(self._records, gap.pbx)
        if gap.ended_at is None:
            return 0
        if records is None:
            await self._note(gap, 0, gap.note if gap.from_call_records else NO_CALL_RECORDS())
            return 0
        office = self._office()
        try:
            found = await self._left_out(records, office, gap)
        except CdrError as error:
            log.error("a gap could not be recovered", pbx=gap.pbx, because=str(error))  # noqa: TRY400
            failed = NOT_LOOKED_AGAIN if gap.from_call_records else NOT_RECOVERED
            await self._note(gap, 0, failed(why=message_of(error)))
            return 0
        ended = [self._recovered(call, gap.pbx, office) for call in found]

        async def work(uow: UnitOfWork) -> int:
            done = [await record_ended_call(uow, each) for each in ended]
            return sum(each.first for each in done)

        count = await self._writer.submit(work) if ended else 0
        await self._note(gap, count, "")
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

    def _told(self, kept: DayBooks) -> BooksState:
        """What became of a day's books, said in the log."""
        found = kept.books.differences
        damaged = (DAMAGED(count=kept.damaged),) if kept.damaged else ()
        trouble = joined((*kept.unreadable, *damaged))
        for each in found:
            at = each.began_at.isoformat()
            log.error(
                "the books differ", line=each.line, how=sentence(each, "en", at=at, caller="")
            )
        if trouble:
            log.error("the books are not complete", because=trouble)
        elif kept.balanced:
            log.info("the books balance", day=kept.day.isoformat())
        return BooksState(
            day=kept.day,
            at=self._now(),
            balanced=kept.balanced,
            differences=len(found),
            trouble=trouble,
            unread=bool(kept.unreadable),
        )

    async def _keep(self, state: BooksState, through: date) -> None:
        """Keeps the state, and up to which day the books were balanced."""
        self.state, self._through = state, through
        told = json.dumps(_plain(state) | {"through": through.isoformat()})

        async def work(uow: UnitOfWork) -> None:
            await uow.offices.note(LAST, told)

        await self._writer.submit(work)

    def _until_night(self) -> float:
        """The seconds until the next night."""
        now = self._now()
        return (next_night(now, self._zone()) - now).total_seconds()

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


def _read_through(found: Sequence[BooksState]) -> date:
    """The day up to which, of days one after another, all could be read."""
    unread = next((state.day for state in found if state.unread), None)
    return unread - timedelta(days=1) if unread else found[-1].day


def _plain(state: BooksState) -> dict[str, Any]:
    return {
        "day": state.day.isoformat(),
        "at": state.at.isoformat(),
        "balanced": state.balanced,
        "differences": state.differences,
        "trouble": state.trouble,
        "unread": state.unread,
    }


def _read(told: Mapping[str, Any]) -> tuple[BooksState, date]:
    """What `_plain` wrote, and the newest day that was balanced."""
    state = BooksState(
        day=date.fromisoformat(told["day"]),
        at=datetime.fromisoformat(told["at"]),
        balanced=bool(told["balanced"]),
        differences=int(told["differences"]),
        trouble=str(told["trouble"]),
        unread=bool(told.get("unread")),
    )
    return state, date.fromisoformat(told.get("through") or told["day"])
