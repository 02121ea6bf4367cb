"""What a person does to an item of the callback list, judged inside the transaction that writes it.

Rules:

1. What one may not see is not there. Whoever has taken an item has it (`callback_desk`, rule 3).
2. To call is to take: two people who press the button at once are one call and one sentence.
3. A refusal is a `Refused`, which a page says in its person's language: who was faster, until when.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from router.callbacks import LEASE_SECONDS, CallbackItem, ClosedHow
from router.callbacks_order import Floor
from router.office import Manager
from storage import callback_acts
from storage.callback_seen import callback_of
from storage.database import Database
from storage.records import OpenCallback
from storage.unit_of_work import UnitOfWork
from storage.writer import Work
from switchboard.callback_desk import Seer, may_pass, may_see
from switchboard.callbacks import owed_of
from switchboard.names import Names


class Why(StrEnum):
    """Why an act was not done."""

    GONE = "gone"
    CLOSED = "closed"
    HELD = "held"
    NOT_HELD = "not-held"
    NO_REASON = "no-reason"
    NO_NOTE = "no-note"
    NO_CALL = "no-call"
    NO_MANAGER = "no-manager"
    NO_COLLEAGUE = "no-colleague"
    PAST = "past"


class Refused(Exception):  # noqa: N818 - a refusal is an answer
    """An act that was not done: why, and who or until when."""

    def __init__(
        self, why: Why, *, who: str = "", until: datetime | None = None, how: str = ""
    ) -> None:
        super().__init__(why.value)
        self.why = why
        self.who = who
        self.until = until
        self.how = how


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where acts are done: the writer, the floor of this moment, who acts."""

    write: Callable[[Work[CallbackItem]], Awaitable[CallbackItem]]
    floor: Floor
    seer: Seer
    lease_seconds: float = LEASE_SECONDS

    async def take(self, callback_id: str) -> CallbackItem:
        """Takes an item for the lease; again: from now on."""
        by = self._manager().key

        async def work(uow: UnitOfWork) -> CallbackItem:
            await self._free(uow, callback_id)
            return await callback_acts.take(
                uow, callback_id, by=by, at=self.floor.now, lease_seconds=self.lease_seconds
            )

        return await self.write(work)

    async def give_back(self, callback_id: str) -> CallbackItem:
        """Gives a taken item back to everybody."""

        async def work(uow: UnitOfWork) -> CallbackItem:
            found = await self._passable(uow, callback_id)
            if not found.item.holder(self.floor.now):
                raise Refused(Why.NOT_HELD)
            return await callback_acts.give_back(
                uow, callback_id, by=self.seer.by, at=self.floor.now
            )

        return await self.write(work)

    async def give(self, callback_id: str, to: str) -> CallbackItem:
        """Gives an item to a colleague, who has it for the lease."""
        if to not in self.floor.office.managers:
            raise Refused(Why.NO_COLLEAGUE)
        at = self.floor.now

        async def work(uow: UnitOfWork) -> CallbackItem:
            found = await self._passable(uow, callback_id)
            if found.item.holder(at):
                await callback_acts.give_back(uow, callback_id, by=self.seer.by, at=at)
            return await callback_acts.take(
                uow, callback_id, by=to, at=at, lease_seconds=self.lease_seconds
            )

        return await self.write(work)

    async def note(
        self, callback_id: str, text: str, *, promised_at: datetime | None = None
    ) -> CallbackItem:
        """Writes how it went beside an item, and the hour at which a call was promised."""
        if not text.strip() and promised_at is None:
            raise Refused(Why.NO_NOTE)
        if promised_at is not None and promised_at < self.floor.now:
            raise Refused(Why.PAST)

        async def work(uow: UnitOfWork) -> CallbackItem:
            await self._open(uow, callback_id)
            return await callback_acts.add_note(
                uow,
                callback_id,
                by=self.seer.by,
                at=self.floor.now,
                note=text.strip(),
                promised_at=promised_at,
            )

        return await self.write(work)

    async def voicemail(self, callback_id: str) -> CallbackItem:
        """Says that the last callback reached only a voicemail."""

        async def work(uow: UnitOfWork) -> CallbackItem:
            found = await self._seen(uow, callback_id)
            closed = found.item.closing
            if not found.item.attempts and not (closed and closed.how is ClosedHow.REACHED):
                raise Refused(Why.NO_CALL)
            return await callback_acts.voicemail(
                uow, callback_id, by=self.seer.by, at=self.floor.now
            )

        return await self.write(work)

    async def not_needed(self, callback_id: str, reason: str) -> CallbackItem:
        """Closes an item that nobody has to call back, with the reason."""
        if not reason.strip():
            raise Refused(Why.NO_REASON)

        async def work(uow: UnitOfWork) -> CallbackItem:
            await self._passable(uow, callback_id)
            return await callback_acts.not_needed(
                uow, callback_id, by=self.seer.by, at=self.floor.now, reason=reason
            )

        return await self.write(work)

    # -- judged in the transaction ----------------------------------------------------------------

    def _manager(self) -> Manager:
        found = self.floor.office.managers.get(self.seer.by)
        if found is None:
            raise Refused(Why.NO_MANAGER)
        return found

    async def _seen(self, uow: UnitOfWork, callback_id: str) -> OpenCallback:
        """The item; what he may not see is not there."""
        found = await callback_of(uow.connection, callback_id)
        if found is None or not may_see(found, self.floor, self.seer):
            raise Refused(Why.GONE)
        return found

    async def _open(self, uow: UnitOfWork, callback_id: str) -> OpenCallback:
        found = await self._seen(uow, callback_id)
        closing = found.item.closing
        if closing is not None:
            who = Names.of(self.floor.office).person(closing.by, closing.pbx or None)
            raise Refused(Why.CLOSED, who=who, how=closing.how)
        return found

    async def _free(self, uow: UnitOfWork, callback_id: str) -> OpenCallback:
        found = await self._open(uow, callback_id)
        holder = found.item.holder(self.floor.now)
        if holder and holder != self.seer.by:
            raise self._held(found, holder)
        return found

    async def _passable(self, uow: UnitOfWork, callback_id: str) -> OpenCallback:
        found = await self._open(uow, callback_id)
        if not may_pass(found, self.floor, self.seer):
            raise self._held(found, found.item.holder(self.floor.now))
        return found

    def _held(self, found: OpenCallback, holder: str) -> Refused:
        who = Names.of(self.floor.office).manager(holder)
        return Refused(Why.HELD, who=who, until=found.item.taken_until)


async def number_of(
    database: Database, floor: Floor, seer: Seer, callback_id: str
) -> tuple[str, str]:
    """The number to call for an item that he sees, and its client's key; raises `Refused`.

    Either is "" where it is not known.
    """
    async with database.reading() as connection:
        found = await callback_of(connection, callback_id)
    if found is None or not may_see(found, floor, seer):
        raise Refused(Why.GONE)
    reachable = owed_of(found, floor.now).reachable
    return (found.number_e164 or found.caller) if reachable else "", found.client
