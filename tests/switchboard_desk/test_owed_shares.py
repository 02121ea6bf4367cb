"""Callbacks are dealt out once for everybody who asks, and anew after a change."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from router.office import Office
from switchboard import owed
from switchboard.owed import OwedShares

NOW = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)


class Desk:
    """A board that knows the hour."""

    now = NOW
    calendar = None

    def office(self) -> Office | None:
        return None


@pytest_asyncio.fixture
async def read(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[datetime]]:
    """When the list was read."""
    times: list[datetime] = []

    async def listed(_database: Any, now: datetime) -> tuple[()]:
        times.append(now)
        return ()

    async def floor_now(*_: Any) -> None:
        return None

    monkeypatch.setattr(owed, "listed", listed)
    monkeypatch.setattr(owed, "floor_now", floor_now)
    yield times


async def test_two_hundred_pages_ask_and_the_list_is_read_once(read: list[datetime]) -> None:
    shares = OwedShares(Desk(), None)  # type: ignore[arg-type]
    for who in range(200):
        assert await shares.of(f"m{who}") == ()
    assert len(read) == 1


async def test_a_change_is_seen_by_whoever_asks_next(read: list[datetime]) -> None:
    shares = OwedShares(Desk(), None)  # type: ignore[arg-type]
    await shares.of("anna")
    shares.changed()
    await shares.of("anna")
    await shares.of("boris")
    assert len(read) == 2


async def test_shifts_change_without_a_word_so_nothing_lasts_long(read: list[datetime]) -> None:
    board = Desk()
    shares = OwedShares(board, None)  # type: ignore[arg-type]
    await shares.of("anna")
    board.now = NOW + timedelta(seconds=6)
    await shares.of("anna")
    assert len(read) == 2
