"""What people may see and change of clients."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select

from dozvon.demo.premises import example_office
from router.calls import Disposition
from router.facts import Application
from router.numbers import NumberPlan, normalise
from router.phones import Phone
from storage import schema
from storage.audit import read_audit
from storage.client_owners import held_by
from storage.database import Database
from storage.notes import Note, Notes
from storage.reach import Reach
from storage.recording import record_ended_call
from storage.records import ClientRecord, EndedCall
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer
from switchboard import client_changes
from switchboard.client_changes import (
    Told,
    add_client,
    add_numbers,
    change_client,
    drop_number,
    hand_over,
    hand_over_all,
    note_client,
    save_application,
)
from switchboard.clients import Access, ClientBase, Viewer

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
Keep = Callable[..., Awaitable[None]]
Ended = Callable[..., EndedCall]


@pytest.fixture
def base(database: Database, writer: Writer) -> ClientBase:
    """As Ivanova, a manager."""
    reach = Reach(managers=frozenset({"ivanova"}), extensions=frozenset({Phone("main", "101")}))
    return ClientBase(
        database=database,
        writer=writer,
        office=example_office(),
        viewer=Viewer(login="anna", manager="ivanova", desks=("ivanova",), reach=reach),
        now=NOW,
    )


@pytest.fixture
def director(base: ClientBase) -> ClientBase:
    return replace(
        base,
        viewer=Viewer(login="oleg", manager="", desks=(), reach=Reach(everything=True), heads=True),
    )


async def client(base: ClientBase, key: str) -> ClientRecord:
    card = await base.card(key)
    assert card is not None
    return card.client


async def acts(database: Database, key: str) -> list[str]:
    return [row.act for row in await read_audit(database, subject=f"client:{key}")]


async def test_anothers_client_is_not_there(base: ClientBase, keep: Keep) -> None:
    await keep("k1", "Пётр", owner="petrov")
    assert await base.card("k1") is None
    assert await base.card("nobody") is None
    assert await base.seen("k1") is None


async def test_a_client_of_nobody_is_everybodys(base: ClientBase, keep: Keep) -> None:
    await keep("k1", "Пётр")
    card = await base.card("k1")
    assert card is not None
    assert card.may_change


async def test_a_card_is_read_by_a_calls_right_and_that_is_kept(
    base: ClientBase, keep: Keep, writer: Writer, database: Database
) -> None:
    await keep("k1", "Пётр", owner="petrov")

    async def grant(uow: UnitOfWork) -> None:
        row = {"manager": "ivanova", "client_key": "k1", "call_id": "1"}
        await uow.execute(
            insert(schema.card_rights).values(row | {"until": NOW + timedelta(hours=24)})
        )

    await writer.submit(grant)
    card = await base.card("k1")
    assert card is not None
    assert card.access is Access.CALL
    assert not card.may_change
    assert await base.seen("k1") is None
    assert await acts(database, "k1") == ["read-card"]
    later = replace(base, now=NOW + timedelta(hours=24))
    assert await later.card("k1") is None


async def test_a_number_that_is_added_brings_its_calls_with_it(
    base: ClientBase, writer: Writer, ended: Ended
) -> None:
    await writer.submit(lambda uow: record_ended_call(uow, ended("1", number="+79161234567")))
    numbers, bad = base.read_numbers("8 (916) 123-45-67\nтелефон позже")
    assert bad == ("телефон позже",)
    await add_client(base, "w-1", Told(name="Пётр", owner="ivanova"), numbers)
    card = await base.card("w-1")
    assert card is not None
    assert len(card.owed) == 1


async def test_who_is_there_already_is_shown_before_adding(base: ClientBase, keep: Keep) -> None:
    await keep("k1", "Пётр Кузнецов", "+79161234567", owner="ivanova")
    await keep("k2", "Семья Кузнецовых", "+79161234567", owner="petrov")
    numbers, _ = base.read_numbers("89161234567")
    found = await base.alike("Кузнецов", numbers)
    assert {(like.key, like.hidden) for like in found} == {("k1", False), ("", True)}
    hidden = next(like for like in found if like.hidden)
    assert (hidden.name, hidden.owner) == ("", "petrov")
    named = await base.alike("Пётр Кузнецов", ())
    assert [like.key for like in named] == ["k1"]


async def test_a_manager_may_take_a_client_of_nobody_and_give_none_away(
    base: ClientBase, director: ClientBase, keep: Keep
) -> None:
    await keep("k1", "Пётр")
    await change_client(base, await client(base, "k1"), Told(name="Пётр", owner="ivanova"))
    mine = await client(base, "k1")
    assert mine.owner == "ivanova"
    await change_client(base, mine, Told(name="Пётр П.", owner="petrov"))
    after = await client(director, "k1")
    assert (after.name, after.owner) == ("Пётр П.", "ivanova")


async def test_marks_are_the_heads_business(
    base: ClientBase, director: ClientBase, keep: Keep
) -> None:
    await keep("k1", "Пётр")
    told = Told(name="Пётр", blocked=True, no_recording=True)
    await change_client(base, await client(base, "k1"), told)
    assert not (await client(base, "k1")).blocked
    await change_client(director, await client(base, "k1"), told)
    after = await client(base, "k1")
    assert after.blocked
    assert after.no_recording


async def test_numbers_come_and_go(base: ClientBase, keep: Keep) -> None:
    await keep("k1", "Пётр", "+79161234567")
    await add_numbers(base, await client(base, "k1"), [normalise("+79169998877", NumberPlan())])
    assert await drop_number(base, await client(base, "k1"), "+79161234567")
    assert not await drop_number(base, await client(base, "k1"), "+79161234567")
    assert [n.e164 for n in (await client(base, "k1")).numbers] == ["+79169998877"]
    assert [c.key for c in (await base.find("8877")).clients] == ["k1"]
    assert not (await base.find("4567")).clients


async def test_an_application_is_added_and_closed(base: ClientBase, keep: Keep) -> None:
    await keep("k1", "Пётр")
    order = Application(key="З-7", title="Кухня", manager="ivanova")
    await save_application(base, await client(base, "k1"), order)
    await save_application(base, await client(base, "k1"), replace(order, open=False))
    found = (await client(base, "k1")).applications
    assert [(a.key, a.title, a.open) for a in found] == [("З-7", "Кухня", False)]


async def test_a_note_with_a_next_contact_stands_on_the_card(base: ClientBase, keep: Keep) -> None:
    await keep("k1", "Пётр")
    soon = NOW + timedelta(days=4)
    await note_client(base, await client(base, "k1"), " Думает. ", next_contact_at=soon)
    card = await base.card("k1")
    assert card is not None
    assert [(n.text, n.manager, n.next_contact_at) for n in card.contacts] == [
        ("Думает.", "ivanova", soon)
    ]


async def test_one_client_changes_hands_with_what_his_owner_had_of_him(
    director: ClientBase, keep: Keep, database: Database
) -> None:
    await keep("k1", "Пётр", owner="ivanova", work=("З-1",), manager="ivanova")
    await hand_over(director, await client(director, "k1"), "petrov")
    after = await client(director, "k1")
    assert (after.owner, after.applications[0].manager) == ("petrov", "petrov")
    assert await acts(database, "k1") == ["hand-over"]


async def test_all_of_a_manager_change_hands_in_pieces_and_calls_come_between(
    director: ClientBase, keep: Keep, ended: Ended, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, database = director.writer, director.database
    monkeypatch.setattr(client_changes, "PIECE", 3)
    for n in range(8):
        await keep(f"k{n}", "Пётр", owner="ivanova", work=(f"З-{n}",), manager="ivanova")
    await keep("other", "Пётр", owner="petrov")
    note = Note(client="k1", by="anna", manager="ivanova", at=NOW, text="", next_contact_at=NOW)
    await writer.submit(lambda uow: Notes(uow.connection).write(note))
    orders: list[str] = []
    real = writer.submit

    async def submit(work: Callable[[UnitOfWork], Awaitable[object]]) -> object:
        if len(orders) == 2:
            call = ended("1", disposition=Disposition.ANSWERED)
            await real(lambda uow: record_ended_call(uow, call))
        orders.append("piece")
        return await real(work)

    monkeypatch.setattr(writer, "submit", submit)
    moved = await hand_over_all(director, "ivanova", "petrov")
    assert (moved.clients, moved.applications, moved.contacts) == (8, 8, 1)
    assert len(orders) == 5, "three pieces, one that finds nothing, and the audit"
    assert (await held_by(database, "ivanova")).nothing
    assert (await held_by(database, "petrov")).clients == 9
    async with database.reading() as connection:
        calls = await connection.execute(select(func.count()).select_from(schema.calls))
        assert calls.scalar_one() == 1
    assert [row.act for row in await read_audit(database, subject="manager:ivanova")] == [
        "hand-over-all"
    ]
