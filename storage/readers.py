"""The connections that read. A set of them is let go as a whole, and none is left open behind it.

An engine that is disposed of forgets the connections that are in use at that moment: they go back
to a pool that is gone and are never closed. So a set that is let go waits for its last reader.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.dialects import reader_engine
from storage.opening import closed, opened


class Readers:
    """One set of connections."""

    def __init__(self, url: str, *, connections: int) -> None:
        self._engine = reader_engine(url, connections=connections)
        self._bare = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        self._in_use = 0
        self._let_go = False

    @asynccontextmanager
    async def connection(self, *, bare: bool = False) -> AsyncIterator[AsyncConnection]:
        """A connection in a transaction while the block lasts; `bare` begins none."""
        self._in_use += 1
        engine = self._bare if bare else self._engine
        try:
            found = await opened(engine.connect().start(), AsyncConnection.close)
            try:
                if bare:
                    yield found
                else:
                    async with found.begin():
                        yield found
            finally:
                await closed(found.close())
        finally:
            self._in_use -= 1
            if self._let_go and not self._in_use:
                await self._engine.dispose()

    async def let_go(self) -> None:
        """Close every connection: now, or when its last reader is done."""
        self._let_go = True
        if not self._in_use:
            await self._engine.dispose()
