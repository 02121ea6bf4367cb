"""Clients are found by what people remember of them, and only by those who may see them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select, text

from router.client_words import wanted
from router.numbers import NumberPlan
from router.phones import Phone
from storage import client_search, schema
from storage.client_search import Found, Sight, few_clients, find_clients
from storage.database import Database, open_database
from storage.migrate import migrate
from storage.reach import Reach
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ALL = Reach(everything=True)
HIS = Reach(managers=frozenset({"ivanova"}), extensions=frozenset({Phone("main", "101")}))
Keep = Callable[..., Awaitable[None]]


async def find(database: Database, typed: str, reach: Reach = ALL, manager: str = "") -> list[str]:
    return [c.key for c in (await _find(database, typed, reach, manager)).clients]


async def _find(database: Database, typed: str, reach: Reach, manager: str) -> Found:
    sight = Sight(reach=reach, managers=(manager,), at=NOW)
    async with database.reading() as connection:
        return await find_clients(connection, wanted(typed, NumberPlan()), sight)


@pytest.fixture
async def base(keep: Keep) -> None:
    await keep("k1", "Пётр Кузнецов", "+7 916 123-45-67", work=("З-1027/26",))
    await keep("k2", "Кузнецова Мария", "8 926 000-45-67", owner="ivanova")
    await keep("k3", "ООО «Кузнечик»", "+7 495 123-00-00", owner="petrov", work=("1028",))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("кузнецов", {"k1", "k2"}),
        ("КУЗНЕЦОВ петр", {"k1"}),
        ("мария кузн", {"k2"}),
        ("ооо кузнечик", {"k3"}),
        ("8 (916) 1234567", {"k1"}),
        ("916123", {"k1"}),
        ("45-67", {"k1", "k2"}),
        ("кузнецов 4567", {"k1", "k2"}),
        ("1027", {"k1"}),
        ("з-1027/26", {"k1"}),
        ("102", {"k1", "k3"}),
        ("k3", {"k3"}),
        ("нет такого", set()),
    ],
)
@pytest.mark.usefixtures("base")
async def test_a_client_is_found_by(database: Database, typed: str, found: set[str]) -> None:
    assert set(await find(database, typed)) == found


@pytest.mark.parametrize("most", [1, 2, 3])
@pytest.mark.parametrize(
    "typed", ["кузнец", "кузнецов", "КУЗНЕЦОВ петр", "45-67", "102", "k3", "нет такого"]
)
@pytest.mark.usefixtures("base")
async def test_few_clients_are_all_that_are_meant_or_nobody(
    database: Database, typed: str, most: int
) -> None:
    found = set(await find(database, typed))
    sight = Sight(reach=ALL, at=NOW)
    async with database.reading() as connection:
        few = await few_clients(connection, wanted(typed, NumberPlan()), sight, most=most)
    assert set(few) == (found if len(found) <= most else set())


@pytest.mark.parametrize("most", [1, 2, 3])
async def test_clients_of_words_that_were_not_looked_through_whole_are_not_few(
    database: Database, keep: Keep, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Two of the three were looked at: though they are no more than asked for, they are not all."""
    monkeypatch.setattr(client_search, "LOOKED_AT", 2)
    monkeypatch.setattr(client_search, "COUNTED", 2)
    for n in range(3):
        await keep(f"x{n}", "Пётр Иванов")
    sight, asked = Sight(reach=ALL, at=NOW), wanted("иванов пётр", NumberPlan())
    async with database.reading() as connection:
        assert await few_clients(connection, asked, sight, most=most) == ()


@pytest.mark.usefixtures("base")
async def test_the_whole_word_comes_before_its_beginning(database: Database) -> None:
    assert await find(database, "кузнецов") == ["k1", "k2"]


@pytest.mark.usefixtures("base")
async def test_a_renamed_client_is_found_by_his_new_name_only(
    database: Database, keep: Keep
) -> None:
    await keep("k1", "Пётр Смирнов", merge=True)
    assert await find(database, "смирнов") == ["k1"]
    assert await find(database, "кузнецов") == ["k2"]
    assert await find(database, "1027") == ["k1"]
    assert "k1" in await find(database, "4567")


async def test_a_new_number_and_application_are_found_beside_the_old(
    database: Database, keep: Keep
) -> None:
    await keep("k1", "Пётр", "+7 916 123-45-67")
    await keep("k1", "Пётр", "+7 916 123-88-99", work=("77",), merge=True)
    assert await find(database, "4567") == await find(database, "8899") == ["k1"]
    assert await find(database, "77") == ["k1"]


@pytest.mark.usefixtures("base")
async def test_who_is_forgotten_is_found_no_more(database: Database, writer: Writer) -> None:
    async def forget(uow: UnitOfWork) -> None:
        await uow.clients.remove("k1")

    await writer.submit(forget)
    assert await find(database, "кузнецов") == ["k2"]
    async with database.reading() as connection:
        left = await connection.execute(select(schema.client_words).where(text("word = 'петр'")))
        assert left.all() == []


@pytest.mark.usefixtures("base")
async def test_a_manager_finds_his_own_clients_and_those_of_nobody(database: Database) -> None:
    assert set(await find(database, "кузнец", HIS, "ivanova")) == {"k1", "k2"}
    assert await find(database, "кузнечик", HIS, "ivanova") == []
    assert await find(database, "+74951230000", HIS, "ivanova") == []
    assert await find(database, "k3", HIS, "ivanova") == []


@pytest.mark.usefixtures("base")
async def test_a_manager_finds_whose_application_he_leads(database: Database, keep: Keep) -> None:
    await keep("k3", "ООО «Кузнечик»", owner="petrov", work=("1029",), manager="ivanova")
    assert await find(database, "кузнечик", HIS, "ivanova") == ["k3"]


@pytest.mark.usefixtures("base")
async def test_a_right_to_a_card_lets_it_be_found_until_it_ends(
    database: Database, writer: Writer
) -> None:
    async def give(uow: UnitOfWork, hours: int, call: str) -> None:
        row = {
            "manager": "ivanova",
            "client_key": "k3",
            "call_id": call,
            "until": NOW + timedelta(hours=hours),
        }
        await uow.execute(insert(schema.card_rights).values(row))

    await writer.submit(lambda uow: give(uow, 0, "old"))
    assert await find(database, "кузнечик", HIS, "ivanova") == []
    await writer.submit(lambda uow: give(uow, 1, "new"))
    assert await find(database, "кузнечик", HIS, "ivanova") == ["k3"]


async def test_a_word_of_very_many_clients_still_finds_ones_own(
    database: Database, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    """His own clients are looked through where everybody's are too many."""
    monkeypatch.setattr(client_search, "LOOKED_AT", 5)
    monkeypatch.setattr(client_search, "COUNTED", 3)
    for n in range(12):
        await keep(f"x{n}", "Иванов", owner="petrov")
    await keep("own", "Иванов Иван", owner="ivanova")
    assert await find(database, "иванов", HIS, "ivanova") == ["own"]
    assert (await _find(database, "иванов", HIS, "ivanova")).more


async def test_the_migration_lets_clients_be_found_that_were_there_before(
    url: str,
) -> None:
    await migrate(url, "0004")
    async with open_database(url) as older, Writer(older).running() as writing:

        async def put(uow: UnitOfWork) -> None:
            client = {"id": 7, "key": "k", "name": "Пётр Ёлкин", "changed_at": NOW}
            await uow.execute(insert(schema.clients).values(client))
            number = {"client_id": 7, "written": "x", "identity": "x", "e164": "+79161234567"}
            await uow.execute(insert(schema.client_numbers).values(number))
            work = {"client_id": 7, "key": "A-15", "open": True}
            await uow.execute(insert(schema.applications).values(work))

        await writing.submit(put)
    await migrate(url)
    async with open_database(url) as newer:
        for typed in ("елкин", "4567", "a-15"):
            assert await find(newer, typed) == ["k"]
