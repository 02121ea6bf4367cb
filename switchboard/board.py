"""The engine: what drivers report to, and the only place where everything meets.

Deciding only reads memory and the client base; events move calls at once and in order; whatever
must be written is handed to the writer by tasks that this engine owns. While the database is in
trouble calls are routed all the same and the exchange's journal is the durable queue.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

import structlog

from crm_bridge.port import ClientDirectory
from pbx_adapters.port import (
    CallOffered,
    ContestedPbx,
    ControllablePbx,
    GapClosed,
    JournalEntry,
    LinkState,
    LiveControl,
    Pbx,
)
from router.calls import Direction, LegOutcome
from router.decide import line_of
from router.events import AnyCallEvent, CallEnded, LegEnded
from router.facts import PhoneState
from router.hours import HolidayCalendar
from router.office import Office, Status
from router.plan import Decision
from storage.database import Database
from storage.errors import StorageError
from storage.records import MadeDecision
from storage.unit_of_work import UnitOfWork
from storage.writer import Work, Writer
from switchboard.bookkeeper import Bookkeeper
from switchboard.books import Records
from switchboard.clocks import Clocks
from switchboard.endings import Endings
from switchboard.gaps import GapKeeper
from switchboard.live import LiveCalls, Made, Moved
from switchboard.news import CallMoved, LinkChanged, Newsroom, PhonesChanged
from switchboard.presence import PresenceBook
from switchboard.reload import Reload
from switchboard.routing import Routing, number_plan

T = TypeVar("T")

_NOTE_SECONDS = 60.0
_DECISIONS_WAITING = 200
"""A decision is kept early only while the writer keeps up; ends have the right of way."""

log = structlog.get_logger()


def utc_now() -> datetime:
    """The service's clock."""
    return datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class Parts:
    """What the board is built of.

    `adapt` fills into an office what the settings say of its PBXs (dial and device templates).
    """

    database: Database
    writer: Writer
    directory: ClientDirectory
    calendar: HolidayCalendar
    office: Office
    lookup_seconds: float = 0.8
    records: Sequence[Records] = ()
    now: Callable[[], datetime] = utc_now
    adapt: Callable[[Office], Office] = lambda office: office


@dataclass(slots=True)
class _Tasks:
    """The engine's own tasks: each is awaited at the end, and its failure is logged."""

    group: asyncio.TaskGroup | None = None
    running: set[asyncio.Task[None]] = field(default_factory=set)

    def start(self, work: Coroutine[Any, Any, Any], name: str) -> None:
        if self.group is None:
            work.close()
            raise RuntimeError("the board is not running")
        guarded = _guarded(work, name)
        try:
            task = self.group.create_task(guarded, name=name)
        except RuntimeError:  # the group is ending: an event came in between stop and last breath
            guarded.close()
            work.close()
            log.info("work was left to the next start, the service is ending", work=name)
            return
        self.running.add(task)
        task.add_done_callback(self.running.discard)
        task.add_done_callback(lambda _: work.close())  # it may be cancelled before its first step


async def _guarded(work: Coroutine[Any, Any, Any], name: str) -> None:
    try:
        await work
    except StorageError as trouble:
        log.error("work was put off", work=name, because=str(trouble))  # noqa: TRY400 - said
    except Exception:
        log.exception("work failed", work=name)


class Board:
    """Keeps `pbx_adapters.port.Switchboard` for every driver."""

    def __init__(self, parts: Parts) -> None:
        self.news = Newsroom()
        self.live = LiveCalls()
        self.presence = PresenceBook()
        self.clocks = Clocks()
        self._parts = parts
        self._office = parts.adapt(parts.office)
        self._pbxs: dict[str, Pbx] = {}
        self._tasks = _Tasks()
        self._owned: list[tuple[Callable[[], Coroutine[Any, Any, None]], str]] = []
        self._routing = Routing(
            directory=parts.directory,
            presence=self.presence,
            live=self.live,
            news=self.news,
            calendar=parts.calendar,
            now=parts.now,
            lookup_seconds=parts.lookup_seconds,
        )
        self._endings = Endings(
            writer=parts.writer,
            live=self.live,
            news=self.news,
            numbers=lambda: number_plan(self._office),
            now=parts.now,
            ahead=self.clocks.ahead,
            called=self._department_called,
            placed_by=self._department_of,
        )
        self._gaps = GapKeeper(parts.writer, parts.now)
        self.books = Bookkeeper(
            database=parts.database,
            writer=parts.writer,
            records=parts.records,
            office=lambda: self._office,
            calendar=parts.calendar,
            now=parts.now,
            ahead=self.clocks.ahead,
        )
        self._reload = Reload(parts.database, self, parts.now)

    @property
    def directory(self) -> ClientDirectory:
        """Where clients are looked up."""
        return self._parts.directory

    @property
    def calendar(self) -> HolidayCalendar:
        """The public holidays."""
        return self._parts.calendar

    @property
    def now(self) -> datetime:
        """The service's clock."""
        return self._parts.now()

    def control_of(self, pbx: str) -> LiveControl | None:
        """Where commands to a PBX go; None for one that takes none."""
        found = self._pbxs.get(pbx)
        return found.control if isinstance(found, ControllablePbx) else None

    def start(self, work: Coroutine[Any, Any, Any], name: str) -> None:
        """Let the engine own a task; what it raises is logged."""
        self._tasks.start(work, name)

    def own(self, work: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
        """Run a task of another room as long as the engine runs; it handles its own trouble."""
        self._owned.append((work, name))

    def attach(self, pbx: Pbx) -> None:
        """Make a driver known, so that it hears of a changed office or status."""
        self._pbxs[pbx.key] = pbx

    def rivals(self) -> Mapping[str, str]:
        """The PBXs whose journal another service reads now, with that service's name."""
        contested = ((k, p) for k, p in self._pbxs.items() if isinstance(p, ContestedPbx))
        return {key: pbx.rival for key, pbx in contested if pbx.rival}

    @property
    def pbxs(self) -> tuple[str, ...]:
        """The keys of all PBXs."""
        return tuple(self._pbxs)

    async def run(self) -> None:
        """Run the engine and every driver until cancelled."""
        async with asyncio.TaskGroup() as group:
            self._tasks.group = group
            await self._reload.once()
            await self._routing.warm_up()
            group.create_task(self._reload.run(), name="reload")
            group.create_task(self._note_watching(), name="watch notes")
            group.create_task(self.books.run(), name="books")
            for work, name in self._owned:
                group.create_task(work(), name=name)
            for pbx in self._pbxs.values():
                group.create_task(pbx.run(), name=f"pbx {pbx.key}")

    async def settle(self) -> None:
        """Wait until every call that has ended is written and every change is mirrored."""
        while self._tasks.running:
            await asyncio.wait(set(self._tasks.running))

    async def write(self, work: Work[T]) -> T:
        """Have something written by the one writer."""
        return await self._parts.writer.submit(work)

    async def refresh(self) -> None:
        """Take over office and statuses from the database now, and mirror them."""
        await self._reload.once()
        await self.settle()

    # -- what drivers ask and report -----------------------------------------------------------

    async def decide(self, offered: CallOffered) -> Decision:
        """Decide whom a call rings."""
        decision = await self._routing.decide(offered, self._office)
        made = self.live.decision_of(offered.call_id)
        writer = self._parts.writer
        if made and writer.trouble is None and writer.waiting < _DECISIONS_WAITING:
            self._tasks.start(self._keep(made), f"decision on {offered.call_id}")
        return decision

    async def happened(self, event: AnyCallEvent) -> None:
        """Move a call; an end is worked on by a task of its own."""
        moved = self.live.apply(event)
        if moved is None:
            return
        self.news.tell(CallMoved(event=event, call=moved.call))
        self._note_idle(event, moved)
        if moved.ended:
            self.presence.release(moved.call.id)
            call = moved.call
            if call.direction is Direction.INTERNAL:
                self.live.forget(call.id)
            else:
                follows = isinstance(event, CallEnded) and event.word_follows
                ending = self._endings.from_events(call, word_follows=follows)
                self._tasks.start(ending, f"end of {call.id}")

    async def phones_changed(self, pbx: str, states: Mapping[str, PhoneState]) -> None:
        """Take note of phones' states, by extension."""
        self.presence.phones_changed(pbx, states)
        self.news.tell(PhonesChanged(pbx=pbx, states=states))

    async def record(self, entries: Sequence[JournalEntry]) -> Sequence[str]:
        """Record journal entries side by side; returns the keys that may be deleted."""
        done = await asyncio.gather(*(self._record(entry) for entry in entries))
        return [entry.key for entry, safe in zip(entries, done, strict=True) if safe]

    def _department_called(self, line: str) -> str:
        """The department of a dialled line; the default one where the line is nobody's."""
        found = line_of(line, self._office)
        return found.department if found else self._office.default_department

    def _department_of(self, pbx: str, extension: str) -> str:
        """The department of whoever has an extension; "" where nobody has it."""
        everybody = self._office.managers.values()
        mine = (m.department for m in everybody if (m.pbx, m.extension) == (pbx, extension))
        return next(mine, "")

    async def link_changed(self, pbx: str, state: LinkState, why: str) -> None:
        """Open a gap when a PBX is no longer watched; its phones are unknown from then on."""
        up = state is LinkState.UP
        if up:
            await self.clocks.measure(pbx, self._pbxs.get(pbx))
        else:
            self.presence.forget_phones(pbx)
            self.news.tell(LinkChanged(pbx=pbx, up=False, why=why))
        self._tasks.start(self._gaps.link_changed(pbx, up=up, why=why), f"gap of {pbx}")

    async def gap_closed(self, closed: GapClosed) -> None:
        """Everything that a gap left behind has been read."""
        self._tasks.start(self._close_gap(closed), f"gap of {closed.pbx}")
        found = closed.recovered_calls
        told = LinkChanged(pbx=closed.pbx, up=True, why="synchronised", recovered_calls=found)
        self.news.tell(told)

    async def _close_gap(self, closed: GapClosed) -> None:
        if await self._gaps.closed(closed):
            await self.books.gap_closed(closed.pbx)

    def let_go(self, call_id: str) -> None:
        """Forget a decision whose call nobody will report: it promises nobody any more."""
        self.presence.release(call_id)
        self.live.forget(call_id)

    def office(self) -> Office:
        """The office in force."""
        return self._office

    def adapted(self, office: Office) -> Office:
        """An office with what the settings say of its PBXs filled in."""
        return self._parts.adapt(office)

    def statuses(self) -> Mapping[str, Status]:
        """Every status that somebody set."""
        return self.presence.statuses

    # -- what people change --------------------------------------------------------------------

    async def office_applied(self, office: Office) -> None:
        """A new office is in force from the next call on; the PBXs mirror it."""
        office = self._parts.adapt(office)
        self._office = office
        log.info("office in force", version=office.version, name=office.name)
        for pbx in self._pbxs.values():
            self._tasks.start(pbx.office_changed(), f"mirror of {pbx.key}")

    async def statuses_read(self, statuses: Mapping[str, Status]) -> None:
        """Take over the statuses of the database and mirror what changed."""
        for manager, status in self.presence.replace_statuses(statuses).items():
            log.info("status changed", manager=manager, status=status)
            for pbx in self._pbxs.values():
                self._tasks.start(pbx.status_changed(manager, status), f"mirror of {pbx.key}")

    async def _keep(self, made: Made) -> None:
        """Keep a decision at once, so that `why` knows it also if the service is killed now."""
        kept = MadeDecision(made_at=made.at, decision=made.decision)

        async def work(uow: UnitOfWork) -> None:
            await uow.decisions.keep(made.offer.call_id, kept)

        await self._parts.writer.submit(work)

    async def _note_watching(self) -> None:
        """Note every minute that the PBXs are watched, so that a later gap knows its beginning."""
        while True:
            await asyncio.sleep(_NOTE_SECONDS)
            self.live.forget_old(self._parts.now())
            self.presence.forget_promises(self._parts.now())
            for pbx, driver in self._pbxs.items():
                self._tasks.start(self._gaps.still_watching(pbx), f"note of {pbx}")
                self._tasks.start(self.clocks.measure(pbx, driver), f"clock of {pbx}")

    async def _record(self, entry: JournalEntry) -> bool:
        self.presence.release(entry.call_id)
        try:
            return await self._endings.from_journal(entry)
        except StorageError as trouble:
            log.error(  # noqa: TRY400 - the sentence says it all
                "a journal entry stays in the exchange for now",
                call=entry.call_id,
                because=str(trouble),
            )
        except Exception:
            log.exception("a journal entry could not be recorded", call=entry.call_id)
        return False

    def _note_idle(self, event: AnyCallEvent, moved: Moved) -> None:
        """Whoever talked is idle from the end of his leg on."""
        call = moved.call
        for leg in call.legs:
            ended_now = isinstance(event, CallEnded) or (
                isinstance(event, LegEnded) and event.leg_id == leg.id
            )
            if ended_now and leg.outcome is LegOutcome.ANSWERED:
                self.presence.talked(self._office, call.pbx, leg.target, event.at)
