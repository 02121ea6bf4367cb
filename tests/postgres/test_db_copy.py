"""A whole database goes from SQLite to PostgreSQL, or nothing of it does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import create_async_engine

import storage.copy
from router.numbers import NumberPlan, normalise
from storage.clients import Clients
from storage.copy import PIECE_ROWS, copy
from storage.database import open_database
from storage.errors import StorageUnavailable
from storage.migrate import migrate
from storage.reading import open_callbacks, read_call
from storage.recording import record_ended_call
from storage.records import ClientRecord, EndedCall
from storage.schema import journal_seen, metadata
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer

NINE = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
ENTRIES = 2 * PIECE_ROWS + 1


@pytest.fixture
async def source(tmp_path: Path, ended: Callable[..., EndedCall]) -> str:
    """A database in a file with a little of everything, and more than one piece of one table."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'dozvon.db'}"
    await migrate(url)
    number = normalise("89161234567", NumberPlan())
    client = ClientRecord(key="к-1", name="ООО «Ромашка» ☎", numbers=(number,), blocked=True)

    async def work(uow: UnitOfWork) -> None:
        await uow.clients.save([client], at=NINE)
        await record_ended_call(uow, ended("one"))
        await record_ended_call(uow, ended("two", 5, number="+79160000000"))
        await uow.offices.apply('name = "Офис"', by="me", at=NINE)
        await uow.gaps.open("main", began_at=NINE, why="lost")
        rows = [{"pbx": "main", "entry": str(n), "seen_at": NINE} for n in range(ENTRIES)]
        await uow.connection.execute(insert(journal_seen), rows)

    async with open_database(url) as opened, Writer(opened).running() as running:
        await running.submit(work)
    return url


async def contents(url: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    async with open_database(url) as opened, opened.reading() as connection:
        for table in metadata.sorted_tables:
            rows = (await connection.execute(select(table))).mappings()
            found[table.name] = sorted((dict(row) for row in rows), key=str)
    return found


async def test_every_row_of_every_table_arrives_as_it_was(source: str, new_url: str) -> None:
    told: list[tuple[str, int]] = []
    done = await copy(source, new_url, told=lambda table, rows: told.append((table, rows)))
    before, after = await contents(source), await contents(new_url)
    assert after == before
    assert {name: len(rows) for name, rows in before.items()} == {
        name: table.rows for name, table in done.items()
    }
    assert [rows for table, rows in told if table == "journal_seen"] == [
        PIECE_ROWS,
        2 * PIECE_ROWS,
        ENTRIES,
    ]


async def test_the_service_goes_on_in_the_new_database(
    source: str, new_url: str, ended: Callable[..., EndedCall]
) -> None:
    """Stories and callbacks are read, and new rows get ids that nobody has."""
    await copy(source, new_url)
    async with open_database(new_url) as opened, Writer(opened).running() as running:
        story = await read_call(opened, "one")
        assert story is not None
        assert len(await open_callbacks(opened)) == 2
        await running.submit(lambda uow: uow.gaps.open("other", began_at=NINE, why="lost"))
        await running.submit(lambda uow: record_ended_call(uow, ended("three", 9)))
        another = ClientRecord(key="к-2", name="Василёк")
        await running.submit(lambda uow: uow.clients.save([another], at=NINE))
        async with opened.reading() as connection:
            assert await Clients(connection).count() == 2


async def test_a_target_that_is_not_empty_is_refused_and_left_alone(source: str, url: str) -> None:
    async with open_database(url) as opened, Writer(opened).running() as running:
        await running.submit(lambda uow: uow.offices.note("mine", "x"))
    before = await contents(url)
    with pytest.raises(StorageUnavailable, match="not empty: meta"):
        await copy(source, url)
    assert await contents(url) == before


async def rows_in(url: str) -> int:
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        found = 0
        for table in metadata.sorted_tables:
            count = select(func.count()).select_from(table)
            found += (await connection.execute(count)).scalar_one()
    await engine.dispose()
    return found


async def test_a_copy_that_arrives_otherwise_is_undone(
    source: str, new_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trigger of the target changes a name on its way in; counts alone would not see it."""
    await migrate(new_url)
    engine = create_async_engine(new_url)
    async with engine.begin() as connection:
        body = "BEGIN NEW.name := 'other'; RETURN NEW; END"
        await connection.execute(
            text(f"CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
        )
        await connection.execute(
            text(
                "CREATE TRIGGER spoil BEFORE INSERT ON clients "
                "FOR EACH ROW EXECUTE FUNCTION spoil()"
            )
        )
    await engine.dispose()
    with pytest.raises(StorageUnavailable, match="clients did not arrive"):
        await copy(source, new_url)
    assert await rows_in(new_url) == 0


async def test_a_copy_that_is_stopped_leaves_nothing_behind(source: str, new_url: str) -> None:
    def stop(table: str, _rows: int) -> None:
        if table == "journal_seen":
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await copy(source, new_url, told=stop)
    assert await rows_in(new_url) == 0


async def test_an_address_that_leads_nowhere_is_a_sentence(source: str, new_url: str) -> None:
    nowhere = new_url.replace("/new_", "/nobody_")
    with pytest.raises(StorageUnavailable, match="cannot be opened"):
        await storage.copy.copy(source, nowhere)


async def test_and_back_again(source: str, new_url: str, tmp_path: Path) -> None:
    back = f"sqlite+aiosqlite:///{tmp_path / 'back.db'}"
    await copy(source, new_url)
    await copy(new_url, back)
    assert await contents(back) == await contents(source)


async def test_a_reading_connection_sees_one_unchanging_state(url: str) -> None:
    """On PostgreSQL this has to be asked for."""
    async with open_database(url) as opened, Writer(opened).running() as running:
        async with opened.reading() as connection:
            before = await Clients(connection).count()
            client = ClientRecord(key="1", name="Ромашка")
            await running.submit(lambda uow: uow.clients.save([client], at=NINE))
            assert await Clients(connection).count() == before
        async with opened.reading() as connection:
            assert await Clients(connection).count() == before + 1
