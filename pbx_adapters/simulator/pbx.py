"""A PBX in memory, driven through the same port as a real one.

Rules: time is virtual (`clock`), so an hour of calls takes no time; what happens is reported to
the switchboard one thing after another, in the order in which it happened; nothing that the
switchboard decides, or does not, stops a call. A killed service hears nothing: calls go on by the
mirror that it left, and the journal keeps their ends until it comes back.

    pbx = SimulatedPbx("main", switchboard, start=datetime(2026, 3, 2, 9, tzinfo=UTC))
    async with asyncio.TaskGroup() as group:
        running = group.create_task(pbx.run())
        pbx.phones.behave("101", answers(2))
        call = pbx.place(CallerScript(number="79161234567", line="74951230001"))
        await pbx.settled()                       # everything that is planned has happened
        running.cancel()
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial
from itertools import count

from pbx_adapters.port import (
    CallOffered,
    GapClosed,
    JournalEntry,
    LinkState,
    Switchboard,
    Way,
)
from pbx_adapters.simulator.clock import Mailbox, VirtualClock
from pbx_adapters.simulator.control import SimulatedControl
from pbx_adapters.simulator.happenings import CallerGoneError, HandedOnError, PeerGoneError
from pbx_adapters.simulator.live_call import Exchange, LiveCall
from pbx_adapters.simulator.phones import Phones
from pbx_adapters.simulator.scripts import CallerScript
from pbx_adapters.simulator.walk import Walker, dialable, fail_open_plan, hand_on
from router.calls import Direction, Disposition, MissedReason
from router.events import AnyCallEvent, CallBegan, CallEnded
from router.facts import PhoneState
from router.office import Status
from router.plan import Plan

WATCHDOG_SECONDS = 1.5
"""How long a question may take, as in the dialplan."""

Act = Callable[[], Awaitable[None]]


class SimulatedPbx:
    """Keeps `pbx_adapters.port.Pbx`. `watchdog_seconds` of real time are left to a decision."""

    def __init__(
        self,
        key: str,
        switchboard: Switchboard,
        *,
        start: datetime,
        watchdog_seconds: float = WATCHDOG_SECONDS,
    ) -> None:
        self._key = key
        self._switchboard = switchboard
        self._watchdog_seconds = watchdog_seconds
        self._office = switchboard.office()
        self._statuses = dict(switchboard.statuses())
        self.clock = VirtualClock(start)
        here = (m.extension for m in self._office.managers.values() if m.pbx == key)
        self.phones = Phones(self.clock, here, self._phones_changed)
        self.journal: dict[str, JournalEntry] = {}
        self.service_lives = True
        self._live: dict[str, LiveCall] = {}
        self.control = SimulatedControl(self._exchange, self._live)
        self._reports: Mailbox[Act] = Mailbox(self.clock)
        self._calls: asyncio.TaskGroup | None = None
        self._numbers = count(1)

    # the port

    @property
    def key(self) -> str:
        """The PBX's key in the settings."""
        return self._key

    async def run(self) -> None:
        """Let calls happen, and wait for more of them; lives until it is cancelled."""
        async with asyncio.TaskGroup() as self._calls:
            self.clock.begin()
            self._calls.create_task(self._report_all())
            self._tell(self._connect)
            while True:
                await self.clock.run()
                await self.clock.until(lambda: not self.clock.idle)

    async def office_changed(self) -> None:
        """Mirror the office in force: whom a call rings without the service."""
        self._office = self._switchboard.office()

    async def status_changed(self, manager: str, status: Status) -> None:
        """Mirror one manager's status: a plan that was made before skips him."""
        self._statuses[manager] = status

    # what happens to the exchange

    def place(self, caller: CallerScript) -> LiveCall:
        """Plan a call and return it: its id holds, the rest comes with time."""
        began = int(self.clock.now.timestamp() + caller.begins_after_seconds)
        call = LiveCall(self._exchange(), caller, f"{self._key}-{began}.{next(self._numbers)}")
        self.clock.later(caller.begins_after_seconds, partial(self._begin, call))
        return call

    def pick_up(self, *, by: str, rings_at: str, after_seconds: float) -> None:
        """Plan that `by` picks up what rings at another phone then; too late, it does nothing."""

        def pick() -> None:
            if self.phones.state(by) is PhoneState.FREE:
                any(call.take(rings_at, by) for call in tuple(self._live.values()))

        self.clock.later(after_seconds, pick)

    def kill_service(self) -> None:
        """From now on nobody answers questions and nobody listens."""
        self.service_lives = False

    def revive_service(self) -> None:
        """The service is back: it is told how things stand and gets the journal."""
        self.service_lives = True
        self._tell(self._connect)

    async def settled(self) -> None:
        """Wait until everything that is planned has happened; talks without an end go on.

        Before `run` has begun nothing happens, and this waits for it.
        """
        await self.clock.until(lambda: self._calls is not None and self.clock.idle)

    def _exchange(self) -> Exchange:
        return Exchange(
            key=self._key,
            clock=self.clock,
            phones=self.phones,
            report=self._happened,
            office=lambda: self._office,
            status=lambda manager: str(self._statuses.get(manager, "")),
        )

    # reports

    def _tell(self, act: Act) -> None:
        if self.service_lives:
            self._reports.put(act)

    def _happened(self, event: AnyCallEvent) -> None:
        self._tell(partial(self._switchboard.happened, event))

    def _phones_changed(self, states: Mapping[str, PhoneState]) -> None:
        self._tell(partial(self._switchboard.phones_changed, self._key, states))

    async def _report_all(self) -> None:
        while True:
            act = await self._reports.take()
            await act()

    async def _all_told(self) -> None:
        """Wait until the switchboard has heard everything so far."""
        told = asyncio.Event()

        async def mark() -> None:
            told.set()

        self._reports.put(mark)
        await told.wait()

    async def _connect(self) -> None:
        board = self._switchboard
        self._office, self._statuses = board.office(), dict(board.statuses())
        await board.link_changed(self._key, LinkState.UP, "the simulated exchange answers")
        await board.phones_changed(self._key, self.phones.states)
        for call in tuple(self._live.values()):
            await board.happened(_began(self._key, call, recovered=True))
        recovered = len(self.journal)
        await self._hand_over()
        live = len(self._live)
        found = GapClosed(pbx=self._key, live_calls=live, recovered_calls=recovered)
        await board.gap_closed(found)

    async def _hand_over(self) -> None:
        if not self.journal:
            return
        for key in await self._switchboard.record(tuple(self.journal.values())):
            self.journal.pop(key, None)

    # calls

    def _begin(self, call: LiveCall) -> None:
        if self._calls is None:  # pragma: no cover - the clock only moves while `run` does
            raise RuntimeError("the simulated exchange does not run")
        call.began_at = self.clock.now
        self._live[call.id] = call
        self.clock.begin()
        self._calls.create_task(self._through(call))

    async def _through(self, call: LiveCall) -> None:
        """One call from its beginning to its journal entry."""
        self._happened(_began(self._key, call, recovered=False))
        gone = None
        if (after := call.caller.hang_up_after_seconds) is not None:
            gone = self.clock.later(after, call.hang_up)
        try:
            plan, service = await self._asked(call)
            call.recorded = plan is not None and plan.record
            cause = await self._walked_to_its_end(call, plan)
            self._over(call, service, cause)
        finally:
            if gone:
                gone.cancel()
            self.clock.end()

    async def _asked(self, call: LiveCall) -> tuple[Plan | None, str]:
        """The plan, or None where the department has to ring, and the dialplan's word for it."""
        if not self.service_lives:
            return None, "FAILURE"
        await self._all_told()
        offered = CallOffered(
            pbx=self._key,
            call_id=call.id,
            line=call.caller.line,
            caller=call.caller.number,
            caller_name=call.caller.name,
            at=call.began_at,
        )
        try:
            async with asyncio.timeout(self._watchdog_seconds):
                decision = await self._switchboard.decide(offered)
        except TimeoutError:
            await call.pause(WATCHDOG_SECONDS)
            return None, "HUNG"
        except Exception:  # noqa: BLE001 - whatever is wrong with the service, the department rings
            return None, "FAILURE"
        return dialable(decision.plan, self._key), "SUCCESS"

    async def _walked_to_its_end(self, call: LiveCall, plan: Plan | None) -> int:
        """Walk the plan (none: ring the department) and return the Q.850 cause of the hang-up."""
        department = fail_open_plan(self._office, self._key, call.caller.line)
        try:
            await self._walk(call, plan or department, department)
        except PeerGoneError:
            return 16
        except CallerGoneError:
            return 16 if call.status == "ANSWER" else 127
        return 21 if call.rejected else 16

    async def _walk(self, call: LiveCall, plan: Plan, department: Plan) -> None:
        handed: HandedOnError | None = None
        while True:
            try:
                if handed is None:
                    await Walker(call=call, plan=plan).walk()
                else:
                    await hand_on(call, by=handed.by, to=handed.to, department=department)
            except HandedOnError as again:
                handed = again
            else:
                return

    def _over(self, call: LiveCall, service: str, cause: int) -> None:
        entry = _entry(self._key, call, service, cause)
        ended = CallEnded(
            pbx=self._key,
            call_id=call.id,
            at=self.clock.now,
            cause=entry.cause,
            reason=entry.reason,
            rejected=call.rejected,
        )
        del self._live[call.id]
        call.ended_at = self.clock.now
        self.journal[entry.key] = entry
        self._happened(ended)
        self._tell(self._hand_over)


def _began(pbx: str, call: LiveCall, *, recovered: bool) -> CallBegan:
    return CallBegan(
        pbx=pbx,
        call_id=call.id,
        at=call.began_at,
        linked_id=call.id,
        direction=Direction.INBOUND,
        caller=call.caller.number,
        caller_name=call.caller.name,
        line=call.caller.line,
        recovered=recovered,
    )


def _entry(pbx: str, call: LiveCall, service: str, cause: int) -> JournalEntry:
    answered = call.status == "ANSWER" and not call.rejected
    missed = not answered and not call.rejected
    disposition = Disposition.ANSWERED if answered else Disposition.REJECTED
    by_plan = service == "SUCCESS"
    return JournalEntry(
        pbx=pbx,
        key=f"dozvon/ended/{call.began_at:%Y%m%d%H}/{call.id}",
        call_id=call.id,
        line=call.caller.line,
        caller=call.caller.number,
        caller_name=call.caller.name,
        began_at=call.began_at,
        ended_at=call.now,
        way=Way.PLAN if by_plan else Way.FAIL_OPEN,
        service=service,
        disposition=Disposition.MISSED if missed else disposition,
        reason=(call.why or MissedReason.ABANDONED) if missed else None,
        answered_by=call.answered_by if answered else "",
        confirmed=call.confirmed,
        talk_seconds=float(int(call.talk_seconds)) if answered else 0.0,
        cause=cause,
        decision_call_id=call.id if by_plan else "",
        trail=tuple(call.trail),
    )
