"""Whoever is stopped while he gives a connection back has given it back when he ends."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.opening import closed


@pytest.mark.parametrize("wishes", [1, 2, 3, 100])
async def test_a_reader_that_is_stopped_again_and_again_keeps_no_connection(
    database: Database, wishes: int
) -> None:
    """Also the second wish, while the first is being followed, waits for the connection."""
    reads = asyncio.Event()

    async def read() -> None:
        async with database.reading():
            reads.set()
            await asyncio.Event().wait()

    reading = asyncio.create_task(read())
    await reads.wait()
    for _ in range(wishes):
        reading.cancel()
        await asyncio.sleep(0)
    await asyncio.wait({reading})
    assert reading.cancelled()
    assert database._readers._engine.pool.checkedout() == 0  # type: ignore[attr-defined]


async def test_a_reader_that_is_stopped_while_he_closes_ends_after_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A loop that ends then, or a database that is let go, finds nothing that is in use."""
    reads, closes, may = asyncio.Event(), asyncio.Event(), asyncio.Event()
    close = AsyncConnection.close

    async def telling(connection: AsyncConnection) -> None:
        closes.set()
        await may.wait()
        await close(connection)

    monkeypatch.setattr(AsyncConnection, "close", telling)

    async def read() -> None:
        async with database.reading():
            reads.set()
            await asyncio.Event().wait()

    reading = asyncio.create_task(read())
    await reads.wait()
    reading.cancel()
    await closes.wait()
    for _ in range(10):
        reading.cancel()
        await asyncio.sleep(0)
    assert not reading.done()
    may.set()
    await asyncio.wait({reading})
    assert reading.cancelled()
    assert database._readers._engine.pool.checkedout() == 0  # type: ignore[attr-defined]


async def test_what_closing_raises_is_told_to_who_was_not_stopped() -> None:
    async def broken() -> None:
        raise OSError("away")

    with pytest.raises(OSError, match="away"):
        await closed(broken())
