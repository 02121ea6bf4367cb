"""People change the client base: add, edit, note, hand over.

Rules: everything is one transaction with its row of the audit; a number that becomes a client's
brings his earlier calls and callbacks with it; marks (refused, not recorded) and other people's
clients are the heads' business; a client of nobody may be taken by whoever sees him.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from router.facts import Application
from router.numbers import PhoneNumber
from storage.client_owners import Held, hand_over_client, hand_over_some
from storage.notes import Note, Notes
from storage.parties import move_calls
from storage.recording import refold_parties
from storage.records import ClientRecord
from storage.unit_of_work import UnitOfWork
from switchboard.clients import ClientBase
from switchboard.next_contact import agreed

PIECE = 200
"""So many clients change hands in one transaction (some 20 ms)."""

LONGEST_NAME = 200
LONGEST_NOTE = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a person tells of a client."""

    name: str
    owner: str = ""
    blocked: bool = False
    switchboard: bool = False
    no_recording: bool = False


def may_own(base: ClientBase, owner: str, before: str = "") -> bool:
    """Whether the viewer may make somebody a client's owner."""
    if owner == before:
        return True
    if owner and owner not in base.office.managers:
        return False
    reach, heads = base.viewer.reach, base.viewer.heads
    if reach.everything:
        return True
    if heads:
        return not owner or owner in reach.managers
    return not before and owner in reach.managers


async def add_client(
    base: ClientBase, key: str, told: Told, numbers: Sequence[PhoneNumber]
) -> ClientRecord:
    """A new client; `key` is new too."""
    record = _changed(base, ClientRecord(key=key, name=""), told)
    record = replace(record, numbers=tuple(numbers))
    await _write(base, record, "add-client", name=record.name, owner=record.owner)
    return record


async def change_client(base: ClientBase, client: ClientRecord, told: Told) -> ClientRecord:
    """Changes name, owner and marks as far as the viewer may."""
    record = _changed(base, client, told)
    if record != client:
        fields = ("name", "owner", "blocked", "switchboard", "no_recording")
        changes = {
            name: [getattr(client, name), getattr(record, name)]
            for name in fields
            if getattr(client, name) != getattr(record, name)
        }
        await _write(base, replace(record, numbers=(), applications=()), "change-client", **changes)
    return record


async def add_numbers(
    base: ClientBase, client: ClientRecord, numbers: Sequence[PhoneNumber]
) -> None:
    """Numbers that are the client's from now on."""
    record = replace(client, numbers=tuple(numbers), applications=())
    await _write(base, record, "add-number", numbers=[n.e164 or n.raw for n in numbers])


async def drop_number(base: ClientBase, client: ClientRecord, identity: str) -> bool:
    """Takes a number away; False where the client has no such number."""
    deed = base.deed("drop-number", client.key, number=identity)

    async def work(uow: UnitOfWork) -> bool:
        done = await uow.clients.drop_number(client.key, identity)
        if done:
            await uow.audit.add(deed)
        return done

    done = await base.writer.submit(work)
    base.changed(client.key)
    return done


async def save_application(base: ClientBase, client: ClientRecord, work: Application) -> None:
    """Adds an application, or changes the one with its key."""
    record = replace(client, numbers=(), applications=(work,))
    about = {"application": work.key, "open": work.open, "manager": work.manager}
    await _write(base, record, "save-application", **about)


async def note_client(
    base: ClientBase,
    client: ClientRecord,
    text: str,
    *,
    application: str = "",
    next_contact_at: datetime | None = None,
) -> None:
    """A note without a call, with the next contact as the viewer's task; raises `NotAhead`."""
    note = Note(
        client=client.key,
        application=application,
        by=base.viewer.login,
        manager=base.viewer.manager,
        at=base.now,
        text=text.strip()[:LONGEST_NOTE],
        next_contact_at=agreed(next_contact_at, base.now),
    )
    deed = base.deed("note", client.key)

    async def work(uow: UnitOfWork) -> None:
        await Notes(uow.connection).write(note)
        await uow.audit.add(deed)

    await base.writer.submit(work)
    base.changed(client.key)


async def hand_over(base: ClientBase, client: ClientRecord, to: str) -> None:
    """Gives one client to another manager."""
    deed = base.deed("hand-over", client.key, before=client.owner, to=to)

    async def work(uow: UnitOfWork) -> None:
        if await hand_over_client(uow, client.key, to, at=base.now) is not None:
            await uow.audit.add(deed)

    await base.writer.submit(work)
    base.changed(client.key)


async def hand_over_all(base: ClientBase, manager: str, to: str) -> Held:
    """Gives everything of a manager to another, piece by piece; calls are routed in between.

    What was moved stays moved when it is stopped in the middle; doing it again moves the rest.
    """
    moved = Held()
    while True:
        piece = partial(hand_over_some, manager=manager, to=to, at=base.now, limit=PIECE)
        some = await base.writer.submit(piece)
        moved = moved + some
        if some.nothing:
            break
        await asyncio.sleep(0)
    about = {"to": to, "clients": moved.clients, "applications": moved.applications}
    deed = replace(base.deed("hand-over-all", manager, **about), subject=f"manager:{manager}")

    async def note(uow: UnitOfWork) -> None:
        await uow.audit.add(deed)

    await base.writer.submit(note)
    base.changed("")
    return moved


def _changed(base: ClientBase, client: ClientRecord, told: Told) -> ClientRecord:
    name = " ".join(told.name.split())[:LONGEST_NAME] or client.name
    owner = told.owner if may_own(base, told.owner, client.owner) else client.owner
    record = replace(client, name=name, owner=owner, switchboard=told.switchboard)
    if base.viewer.heads:
        record = replace(record, blocked=told.blocked, no_recording=told.no_recording)
    return record


async def _write(base: ClientBase, record: ClientRecord, act: str, **about: object) -> None:
    deed = base.deed(act, record.key, **about)

    async def work(uow: UnitOfWork) -> None:
        numbers = await uow.clients.save([record], at=base.now)
        await refold_parties(uow, await move_calls(uow.connection, numbers))
        await uow.audit.add(deed)

    await base.writer.submit(work)
    base.changed(record.key)
