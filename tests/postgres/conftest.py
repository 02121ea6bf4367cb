"""The tests of storage once more, over a PostgreSQL that they start themselves."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from once_more import module_of
from private_postgres import Missing, private_postgres
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from storage.migrate import migrate

NUMBERS = itertools.count()


async def command(url: str, *words: str) -> None:
    """Runs statements that stand outside every transaction."""
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        for each in words:
            await connection.execute(text(each))
    await engine.dispose()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[str], str]]:
    """A server with one database whose tables are of this version: `ready`."""
    try:
        with private_postgres() as url_of:
            asyncio.run(command(url_of("postgres"), "CREATE DATABASE ready"))
            asyncio.run(migrate(url_of("ready")))
            yield url_of
    except Missing as why:
        pytest.skip(f"no PostgreSQL to be had here: {why}")


@pytest.fixture
async def new_url(postgres: Callable[[str], str]) -> AsyncIterator[str]:
    """The URL of a database without tables."""
    name = f"new_{next(NUMBERS)}"
    await command(postgres("postgres"), f"CREATE DATABASE {name}")
    yield postgres(name)
    await command(postgres("postgres"), f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def url(postgres: Callable[[str], str]) -> AsyncIterator[str]:
    """The URL of a database with the tables of this version."""
    name = f"test_{next(NUMBERS)}"
    await command(postgres("postgres"), f"CREATE DATABASE {name} TEMPLATE ready")
    yield postgres(name)
    await command(postgres("postgres"), f"DROP DATABASE {name} WITH (FORCE)")


_storage = module_of("storage/conftest.py")
_clients = module_of("crm_bridge/conftest.py")
ended = _storage.ended
database = _storage.database
writer = _storage.writer
keep = _clients.keep
