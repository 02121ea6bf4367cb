"""A database with its writer and the example office."""

from __future__ import annotations

from collections.abc import AsyncIterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from ready_tables import ready_tables
from sqlalchemy.ext.asyncio import AsyncConnection

from config.office_file import load_office
from router.office import Office
from storage.database import Database, open_database
from storage.writer import Writer


@pytest.fixture
def office() -> Office:
    text = resources.files("config").joinpath("examples/office.toml").read_text("utf-8")
    return load_office(text, file="office.toml")


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'log.sqlite3'}"
    await ready_tables(url)
    async with open_database(url) as opened:
        yield opened


@pytest.fixture
async def writer(database: Database) -> AsyncIterator[Writer]:
    async with Writer(database).running() as running:
        yield running


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every question that the database is asked."""
    found: list[object] = []
    execute = AsyncConnection.execute

    async def noted(self: AsyncConnection, *args: Any, **kwargs: Any) -> Any:
        found.append(args)
        return await execute(self, *args, **kwargs)

    monkeypatch.setattr(AsyncConnection, "execute", noted)
    return found
