"""What a piece of storage code sees of a connection, whichever database it is.

SQLAlchemy's `AsyncConnection` is one (reading, and writing to a server); `InThread` is the other: a
plain connection in the thread that owns it, whose answers are there at once. Code written with
`async` and `await` over either runs over both.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, Protocol

from sqlalchemy import Connection, CursorResult, Dialect, Executable, NestedTransaction

Rows = CursorResult[*tuple[Any, ...]]


class Savepoint(Protocol):
    """A part of a transaction that can be undone by itself."""

    async def commit(self) -> None:
        """Keeps what was done since."""

    async def rollback(self) -> None:
        """Undoes what was done since."""


class AnyConnection(Protocol):
    """A connection in a transaction."""

    @property
    def dialect(self) -> Dialect:
        """Which database it is; only `storage.dialects` judges that."""

    async def execute(self, statement: Executable, parameters: Any = None, /) -> Rows:
        """Runs a statement; its rows are there when it returns."""

    def begin_nested(self) -> Awaitable[Savepoint]:
        """Sets a savepoint."""


class InThread:
    """A plain connection under `await`; only in the thread that owns it."""

    __slots__ = ("_connection", "dialect")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.dialect: Dialect = connection.dialect

    async def execute(self, statement: Executable, parameters: Any = None, /) -> Rows:
        """Runs a statement at once."""
        return self._connection.execute(statement, parameters)

    async def begin_nested(self) -> Savepoint:
        """Sets a savepoint at once."""
        return _Savepoint(self._connection.begin_nested())


class _Savepoint:
    __slots__ = ("_nested",)

    def __init__(self, nested: NestedTransaction) -> None:
        self._nested = nested

    async def commit(self) -> None:
        self._nested.commit()

    async def rollback(self) -> None:
        self._nested.rollback()
