"""A number that is added brings what was said from it: calls, notes, the right to hear."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from dozvon.demo.premises import example_office
from router.calls import Disposition
from storage import schema
from storage.client_data import gather
from storage.client_owners import held_by
from storage.database import Database
from storage.notes import Note, Notes, about_client
from storage.reach import Reach
from storage.reading import CallFilter, list_calls, read_call
from storage.recording import record_ended_call
from storage.records import EndedCall
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer
from switchboard.call_sight import may_see
from switchboard.client_changes import Told, add_client, drop_number, hand_over
from switchboard.client_facts import read_facts
from switchboard.clients import Card, ClientBase, Viewer

NUMBER = "+79161234567"
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SOON = NOW + timedelta(days=2)


@pytest.fixture
async def base(database: Database, writer: Writer, ended: Callable[..., EndedCall]) -> ClientBase:
    """As the director; a stranger talked with Ivanova, who noted it, and was missed later."""
    talk = ended("1", disposition=Disposition.ANSWERED, talk_seconds=60, number=NUMBER)
    note = Note(
        client="",
        call_id="1",
        by="anna",
        manager="ivanova",
        at=NOW,
        text="Ждёт расчёт",
        next_contact_at=SOON,
    )

    async def work(uow: UnitOfWork) -> None:
        await record_ended_call(uow, talk)
        await record_ended_call(uow, ended("2", 5, number=NUMBER))
        await Notes(uow.connection).write(note)
        await Notes(uow.connection).write(replace(note, call_id="9", text="чужая"))

    await writer.submit(work)
    return ClientBase(
        database=database,
        writer=writer,
        office=example_office(),
        viewer=Viewer(login="oleg", manager="", desks=(), reach=Reach(everything=True), heads=True),
        now=NOW,
    )


async def added(base: ClientBase) -> Card:
    """The stranger as Ivanova's client."""
    numbers, _ = base.read_numbers(NUMBER)
    await add_client(base, "w-1", Told(name="Пётр", owner="ivanova"), numbers)
    return await card_of(base)


async def card_of(base: ClientBase) -> Card:
    card = await base.card("w-1")
    assert card is not None
    return card


async def test_his_card_tells_what_was_before(base: ClientBase) -> None:
    """Calls, the note of the talk, and the contact that was promised then."""
    card = await added(base)
    assert [one.call.id for one in card.calls.calls] == ["2", "1"]
    assert [note.text for note in card.notes] == ["Ждёт расчёт"]
    assert [note.next_contact_at for note in card.contacts] == [SOON]
    assert len(card.owed) == 1


async def test_his_next_ring_tells_the_last_talk_and_note(base: ClientBase) -> None:
    """As with a client who was known when he called."""
    await added(base)
    facts = await read_facts(base.database, "w-1")
    assert facts is not None
    assert facts.last_talk is not None
    assert facts.last_talk.seconds == 60
    assert facts.last_note is not None
    assert facts.last_note.text == "Ждёт расчёт"


async def test_what_was_said_stays_his_without_the_number(base: ClientBase) -> None:
    """The number is taken away; what it brought stays."""
    card = await added(base)
    assert await drop_number(base, card.client, NUMBER)
    card = await card_of(base)
    assert [one.call.id for one in card.calls.calls] == ["2", "1"]
    assert len(card.notes) == 1


async def test_his_calls_are_found_by_his_key(base: ClientBase) -> None:
    """Also where the log is asked for a client's calls."""
    await added(base)
    found = await list_calls(base.database, CallFilter(client="w-1"))
    assert [one.call.id for one in found] == ["2", "1"]


async def test_whoever_has_the_client_may_hear_what_was_before(base: ClientBase) -> None:
    """And nobody else, as long as the client is not his."""
    anna = Reach(managers=frozenset({"ivanova"}))
    boris = Reach(managers=frozenset({"petrov"}))

    async def seen(reach: Reach) -> bool:
        story = await read_call(base.database, "1")
        assert story is not None
        async with base.database.reading() as connection:
            return await may_see(connection, story.stored, reach)

    assert not await seen(anna)
    card = await added(base)
    assert (await seen(anna), await seen(boris)) == (True, False)
    await hand_over(base, card.client, "petrov")
    assert (await seen(anna), await seen(boris)) == (False, True)


async def test_a_contact_promised_to_the_stranger_changes_hands_with_him(base: ClientBase) -> None:
    """A stranger's other contacts stay where they are."""
    card = await added(base)
    assert (await held_by(base.database, "ivanova")).contacts == 2
    await hand_over(base, card.client, "petrov")
    assert (await held_by(base.database, "petrov")).contacts == 1


async def test_he_is_given_what_was_noted_before_as_well(base: ClientBase) -> None:
    """What is kept of him by law; a stranger's notes are not his."""
    await added(base)
    async with base.database.reading() as connection:
        rows = await gather(connection, "w-1")
    assert [row["text"] for row in rows["notes"]] == ["Ждёт расчёт"]


async def test_such_notes_are_found_by_his_calls(database: Database) -> None:
    """Those under his key are found by it: never a walk among everybody's notes."""
    async with database.reading() as connection:
        asked = select(schema.notes).where(about_client("w-1"))
        made = asked.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {made}")
        plan = " | ".join(row[3] for row in rows)
    assert "notes USING COVERING INDEX ix_notes_client_key_at (client_key=?)" in plan
    assert "notes USING INDEX ix_notes_call_id (call_id=?)" in plan
    assert "calls USING INDEX ix_calls_party_began_at (party=?)" in plan
    assert "SCAN" not in plan
