"""A base of clients in a database of its own."""

from __future__ import annotations

import importlib.util
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from router.facts import Application
from router.numbers import NumberPlan, normalise
from storage.records import ClientRecord
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer

_file = Path(__file__).parents[1] / "storage" / "conftest.py"
_spec = importlib.util.spec_from_file_location("storage_fixtures_of_clients", _file)
assert _spec is not None
assert _spec.loader is not None
_storage = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_storage)
url, database, writer, ended = _storage.url, _storage.database, _storage.writer, _storage.ended

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
Keep = Callable[..., Awaitable[None]]


@pytest.fixture
def keep(writer: Writer) -> Keep:
    """Puts a client into the base."""

    async def put(
        key: str,
        name: str,
        *numbers: str,
        owner: str = "",
        work: tuple[str, ...] = (),
        manager: str = "",
        merge: bool = False,
    ) -> None:
        record = ClientRecord(
            key=key,
            name=name,
            owner=owner,
            numbers=tuple(normalise(number, NumberPlan()) for number in numbers),
            applications=tuple(Application(key=each, manager=manager) for each in work),
        )

        async def work_(uow: UnitOfWork) -> None:
            await uow.clients.save([record], at=NOW, merge=merge)

        await writer.submit(work_)

    return put
