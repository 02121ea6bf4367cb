"""Notes after a call: by whom, about whom, and when to speak again.

Rules: whose client it is about is told by the call, never by whoever notes; only who had to do
with the call may note (it rang at him, he talked, the client is his, or his role sees the call).
The next contact is the task of whoever notes, or of the manager whom he assists; it lies ahead, but
for one that was kept before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from router.calls import Call
from storage.audit import AuditRow
from storage.database import Database
from storage.notes import Note, Notes
from storage.reach import Reach
from storage.reading import read_call
from storage.unit_of_work import UnitOfWork
from switchboard.board import Board
from switchboard.callers import Callers
from switchboard.news import ClientChanged
from switchboard.next_contact import Unsaid, agreed

LONGEST = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Noting:
    """Who notes: his login, whose task the next contact is, how far he sees, from where."""

    by: str
    manager: str
    reach: Reach
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOf:
    """The call that a note is about, live or in the log."""

    call: Call
    department: str
    client: str
    client_name: str
    application: str
    owner: str


async def call_of(
    board: Board, database: Database, callers: Callers, call_id: str, department: str = ""
) -> CallOf | None:
    """A call by its id: as it is now, else as it is in the log."""
    live = board.live.get(call_id)
    if live:
        known = callers.known(live)
        return CallOf(
            call=live,
            department=department,
            client=known.client,
            client_name=known.client_name,
            application=known.application,
            owner=known.owner,
        )
    story = await read_call(database, call_id)
    if story is None:
        return None
    stored = story.stored
    return CallOf(
        call=stored.call,
        department=stored.department,
        client=stored.client_today,
        client_name=stored.client_name,
        application=stored.application,
        owner=stored.owner,
    )


def may_note(found: CallOf, reach: Reach) -> bool:
    """Whether he had to do with the call, or his role sees it."""
    call = found.call
    parties = {leg.target for leg in call.legs} | {call.caller, call.answered_by or ""}
    return reach.sees_call(
        department=found.department, owner=found.owner, pbx=call.pbx, talked_or_rang=parties
    )


async def note_call(
    board: Board,
    found: CallOf,
    noting: Noting,
    *,
    text: str | Unsaid,
    next_contact_at: datetime | Unsaid | None,
) -> Note:
    """Keep a note of a call; noting the same call again changes what is said of it.

    Raises `NotAhead`.
    """
    new = Note(
        client=found.client,
        call_id=found.call.id,
        application=found.application,
        by=noting.by,
        manager=noting.manager,
        at=board.now,
        text="" if text is Unsaid.UNSAID else text.strip()[:LONGEST],
    )

    async def work(uow: UnitOfWork) -> Note:
        notes = Notes(uow.connection)
        known = await notes.of_call(new.call_id, new.by)
        kept = known.next_contact_at if known else None
        note = replace(new, next_contact_at=agreed(next_contact_at, new.at, kept))
        if known and text is Unsaid.UNSAID:
            note = replace(note, text=known.text)
        await notes.write(note)
        await uow.audit.add(
            AuditRow(
                at=note.at,
                by=noting.by,
                act="note",
                subject=f"call:{note.call_id}",
                about={"client": note.client},
                address=noting.address,
            )
        )
        return note

    note = await board.write(work)
    board.news.tell(ClientChanged(client=note.client, noted=True))
    return note


async def contact_done(board: Board, note_id: int, managers: Iterable[str]) -> bool:
    """Say that a next contact took place; False where it is nobody's of these, or done before."""
    whose, now = frozenset(managers), board.now

    async def work(uow: UnitOfWork) -> bool:
        notes = Notes(uow.connection)
        note = await notes.get(note_id)
        if note is None or note.manager not in whose:
            return False
        return await notes.done(note_id, now)

    return await board.write(work)
