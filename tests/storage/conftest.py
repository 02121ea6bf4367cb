"""A database with its tables in a file of its own, with its writer, for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from ready_tables import ready_tables

from router.calls import Call, CallState, Direction, Disposition, MissedReason
from router.numbers import NumberPlan, normalise
from storage.database import Database, open_database
from storage.records import EndedCall
from storage.writer import Writer

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'dozvon.db'}"


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    await ready_tables(url)
    async with open_database(url) as opened:
        yield opened


@pytest.fixture
async def writer(database: Database) -> AsyncIterator[Writer]:
    async with Writer(database).running() as running:
        yield running


EndedCallFactory = Callable[..., EndedCall]


@pytest.fixture
def ended() -> EndedCallFactory:
    """Makes an ended call: its id, minutes after nine, and what differs from a missed one."""

    def make(
        call_id: str,
        minute: float = 0,
        *,
        number: str = "+79161234567",
        disposition: Disposition = Disposition.MISSED,
        direction: Direction = Direction.INBOUND,
        talk_seconds: float = 0.0,
        lasts_seconds: float = 30.0,
        client: str = "",
        reason: MissedReason | None = MissedReason.ABANDONED,
    ) -> EndedCall:
        began = NINE + timedelta(minutes=minute)
        missed = disposition is Disposition.MISSED
        outbound = direction is Direction.OUTBOUND
        call = Call(
            id=call_id,
            pbx="main",
            linked_id=call_id,
            direction=direction,
            caller="101" if outbound else number,
            line=number if outbound else "74951230001",
            began_at=began,
            ended_at=began + timedelta(seconds=lasts_seconds),
            state=CallState.ENDED,
            disposition=disposition,
            reason=reason if missed else None,
            answered_by="102" if disposition is Disposition.ANSWERED else None,
            talk_seconds=talk_seconds,
        )
        return EndedCall(call=call, number=normalise(number, NumberPlan()), client=client)

    return make
