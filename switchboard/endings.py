"""The end of a call: events and the PBX's journal become one row, once.

Both may end a call and either may come first or alone. For a call on our lines the journal decides;
the events are given a moment to be joined by it. Without a journal (a foreign dialplan) the events
are all there is; without events (the service was down) the journal is, and the call is marked as
recovered. A call that is written is only amended: nothing is ever counted twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from pbx_adapters.port import JournalEntry
from router.calls import Call, CallState, Direction, Disposition, MissedReason
from router.lifecycle import Disagreement, settle
from router.numbers import NumberPlan, normalise, read_caller
from router.pbx_clock import moved_back
from storage.errors import StorageError
from storage.recording import amend_ended_call, record_ended_call
from storage.records import EndedCall, MadeDecision, Recorded, StoredCall, Way
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer
from switchboard.live import LiveCalls, Made
from switchboard.news import CallRecorded, Newsroom
from switchboard.verdicts import call_from, trail_entry, verdict_of, way_of

JOURNAL_SECONDS = 2.0
"""How long an ended call waits for the journal's word before the events alone are written."""

log = structlog.get_logger()


class Endings:
    """Writes ends. Owned by the board.

    `numbers` tells how numbers are read at the moment, `ahead` what a PBX's clock is ahead of ours,
    `called` the department of a dialled line, `placed_by` that of whoever has an extension of a
    PBX.
    """

    def __init__(  # noqa: PLR0913 - what it works with, all by keyword
        self,
        *,
        writer: Writer,
        live: LiveCalls,
        news: Newsroom,
        numbers: Callable[[], NumberPlan],
        now: Callable[[], datetime],
        ahead: Callable[[str], float] = lambda _: 0.0,
        called: Callable[[str], str] = lambda _line: "",
        placed_by: Callable[[str, str], str] = lambda _pbx, _extension: "",
        journal_seconds: float = JOURNAL_SECONDS,
    ) -> None:
        self._writer = writer
        self._live = live
        self._news = news
        self._numbers = numbers
        self._now = now
        self._ahead = ahead
        self._called = called
        self._placed_by = placed_by
        self._journal_seconds = journal_seconds
        self._word: dict[str, asyncio.Future[JournalEntry]] = {}
        self._finished: dict[str, asyncio.Future[bool]] = {}

    async def from_events(self, call: Call, *, word_follows: bool = False) -> None:
        """An event ended a call: wait a moment for the journal, where it speaks, then write it."""
        made = self._live.decision_of(call.id)
        ours = made and call.direction is Direction.INBOUND
        entry = await self._wait_for_word(call.id) if ours or word_follows else None
        agreed = False
        try:
            agreed = await self._write(call, made, entry) and entry is not None
        except StorageError as trouble:
            log.error(  # noqa: TRY400 - the sentence says it all
                "a call could not be recorded yet; the exchange's journal keeps it",
                call=call.id,
                because=str(trouble),
            )
        finally:
            self._live.forget(call.id)
            self._finish(call.id, agreed=agreed)

    async def from_journal(self, entry: JournalEntry) -> bool:
        """The journal tells an end; True when it is safely recorded."""
        live = self._live.get(entry.call_id)
        if live is not None:
            self._hand_over(entry)
            if await self._finished_of(entry.call_id):
                return True
        known = await self._amend(entry)
        if known:
            return True
        made = self._live.decision_of(entry.call_id)
        await self._write(live or call_from(entry), made, entry, recovered=live is None)
        self._live.forget(entry.call_id)
        return True

    async def _write(
        self,
        call: Call,
        made: Made | None,
        entry: JournalEntry | None,
        *,
        recovered: bool = False,
    ) -> bool:
        """Write a call that is over; False when it had been written before."""
        disagreement: Disagreement | None = None
        if entry is not None:
            call, disagreement = _settled(call, entry, self._pbx_now(call.pbx))
        ahead = self._ahead(call.pbx)
        call = moved_back(call, ahead)
        ended = replace(self._ended(call, made, entry, disagreement), clock_offset_seconds=ahead)

        async def work(uow: UnitOfWork) -> Recorded:
            return await record_ended_call(uow, ended)

        recorded = await self._writer.submit(work)
        if disagreement:
            _tell(disagreement)
        if recorded.first:
            change = recorded.callbacks
            told = CallRecorded(
                call=call,
                callback_opened=bool(change.opened or change.joined),
                callback_closed=bool(change.closed),
                way=entry.way if entry else None,
                trail=entry.trail if entry else (),
                recovered=recovered,
                disagreed=disagreement is not None,
            )
            self._news.tell(told)
            how = "from the journal alone" if recovered else "from events and journal"
            log.info("call recorded", call=call.id, how=how, disposition=call.disposition)
        return recorded.first

    async def _amend(self, entry: JournalEntry) -> bool:
        """Put right a call that was written before the journal spoke; False when it is unknown."""

        async def work(uow: UnitOfWork) -> bool:
            stored = await uow.calls.get(entry.call_id)
            if stored is None:
                return False
            ahead = stored.clock_offset_seconds  # the entry is in the PBX's time
            call, told = _settled(
                moved_back(stored.call, -ahead), entry, self._now() + timedelta(seconds=ahead)
            )
            call = moved_back(call, ahead)
            if entry.restarted and stored.call.state is CallState.ENDED:
                call, told = stored.call, None
            await amend_ended_call(
                uow,
                call,
                department=self._learnt(stored, call),
                disagreement=_sentence(told) if told else "",
                way=way_of(entry) if entry.way else None,
                trail=(trail_entry(entry),),
            )
            return True

        return await self._writer.submit(work)

    def _pbx_now(self, pbx: str) -> datetime:
        return self._now() + timedelta(seconds=self._ahead(pbx))

    def _ended(
        self,
        call: Call,
        made: Made | None,
        entry: JournalEntry | None,
        disagreement: Disagreement | None,
    ) -> EndedCall:
        decision = made.decision if made else None
        routed = decision if decision and decision.reasons else None  # a call placed has no plan
        placed = call.direction is Direction.OUTBOUND
        outside, read = (call.line, normalise) if placed else (call.caller, read_caller)
        number = made.offer.number if made else read(outside, self._numbers())
        return EndedCall(
            call=call,
            number=number,
            department=decision.department if decision else self._department_of(call),
            client=decision.client if decision else "",
            client_name=decision.client_name if decision else "",
            application=decision.application if decision else "",
            owner=decision.owner if decision else "",
            way=way_of(entry) if entry else Way.NONE,
            disagreement=_sentence(disagreement) if disagreement else "",
            made=MadeDecision(made_at=made.at, decision=routed) if made and routed else None,
            trail=(trail_entry(entry),) if entry else (),
        )

    def _department_of(self, call: Call) -> str:
        """Whose a call is that nobody decided."""
        if call.direction is Direction.OUTBOUND:
            return self._placed_by(call.pbx, call.caller)
        return self._called(call.line)

    def _learnt(self, stored: StoredCall, call: Call) -> str:
        """Whose a call is that was found in its middle: only the journal knew its line."""
        unknown = not stored.call.line and stored.decision_id is None
        inbound = call.direction is Direction.INBOUND
        return self._called(call.line) if unknown and inbound and call.line else ""

    # -- the two witnesses meet ----------------------------------------------------------------

    async def _wait_for_word(self, call_id: str) -> JournalEntry | None:
        word = self._word.setdefault(call_id, asyncio.get_running_loop().create_future())
        self._finished.setdefault(call_id, asyncio.get_running_loop().create_future())
        done, _ = await asyncio.wait({word}, timeout=self._journal_seconds)
        return word.result() if done else None

    def _hand_over(self, entry: JournalEntry) -> None:
        """Give the journal's word to whoever works on the call's events."""
        word = self._word.setdefault(entry.call_id, asyncio.get_running_loop().create_future())
        if not word.done():
            word.set_result(entry)

    async def _finished_of(self, call_id: str) -> bool:
        """Wait until the events' side has written the call, or will not come.

        True when it wrote the journal's word with it: there is nothing left to put right.
        """
        finished = self._finished.setdefault(call_id, asyncio.get_running_loop().create_future())
        await asyncio.wait({finished}, timeout=self._journal_seconds)
        if not finished.done():
            self._finish(call_id)
        return finished.result()

    def _finish(self, call_id: str, *, agreed: bool = False) -> None:
        self._word.pop(call_id, None)
        finished = self._finished.pop(call_id, None)
        if finished and not finished.done():
            finished.set_result(agreed)


def _settled(call: Call, entry: JournalEntry, now: datetime) -> tuple[Call, Disagreement | None]:
    """The call as the journal has it.

    What events cannot tell is no disagreement: that the company was closed or the caller refused,
    that he waited, and whatever led to a hang-up that fell into a gap.
    """
    settled, told = settle(_completed(call, entry), verdict_of(entry, call, now))
    return settled, None if told and _unseen(call, entry, told) else told


def _completed(call: Call, entry: JournalEntry) -> Call:
    """With what the dialplan noted as the call began; one found in its middle does not know it."""
    return replace(
        call,
        line=call.line or entry.line,
        caller=call.caller or entry.caller,
        caller_name=call.caller_name or entry.caller_name,
        began_at=entry.began_at if call.recovered else call.began_at,
    )


def _unseen(call: Call, entry: JournalEntry, told: Disagreement) -> bool:
    """Whether the events saw nothing of what they are said to differ in."""
    if told.differences.keys() == {"reason"}:
        waited = call.reason is MissedReason.NOBODY_REACHABLE
        return waited or entry.reason is MissedReason.CLOSED or call.hangup_cause is None
    unserved = {Disposition.MISSED, Disposition.REJECTED}
    return not call.legs and {call.disposition, entry.disposition} == unserved


def _sentence(told: Disagreement) -> str:
    parts = (f"{name}: events {a}, journal {b}" for name, (a, b) in told.differences.items())
    return "; ".join(parts)


def _tell(told: Disagreement) -> None:
    log.warning("events and journal disagree about a call", call=told.call_id, how=_sentence(told))
