"""A database with its tables and its writer, and a way to put clients into it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ready_tables import ready_tables

from router.numbers import NumberPlan, normalise
from storage.database import Database, open_database
from storage.records import ClientRecord
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'clients.db'}"
    await ready_tables(url)
    async with open_database(url) as opened:
        yield opened


@pytest.fixture
async def writer(database: Database) -> AsyncIterator[Writer]:
    async with Writer(database).running() as running:
        yield running


@pytest.fixture
def keep(writer: Writer) -> Callable[..., Awaitable[None]]:
    """Keeps a client: key, numbers as people write them, and what else he has."""

    async def client(key: str, *numbers: str, **more: object) -> None:
        read = tuple(normalise(number, NumberPlan()) for number in numbers)
        record = ClientRecord(**{"key": key, "name": key, "numbers": read, **more})  # type: ignore[arg-type]

        async def work(uow: UnitOfWork) -> None:
            await uow.clients.save([record], at=NINE)

        await writer.submit(work)

    return client
