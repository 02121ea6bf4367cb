"""A database with an office that was applied a month ago, and its writer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from kept_books import NOON
from ready_tables import ready_tables

from storage.database import Database, open_database
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'books.db'}"
    await ready_tables(url)
    async with open_database(url) as opened:
        yield opened


@pytest.fixture
async def writer(database: Database) -> AsyncIterator[Writer]:
    async def apply(uow: UnitOfWork) -> None:
        await uow.offices.apply("x", by="test", at=NOON - timedelta(days=30))

    async with Writer(database).running() as running:
        await running.submit(apply)
        yield running
