"""Whose call it is that a click places on a number which several clients use."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ready_tables import ready_tables

from config.holiday_calendar import PublicHolidays
from crm_bridge.builtin.directory import BuiltinDirectory
from router.numbers import NumberPlan, normalise
from router.office import Department, Manager, Office, OutgoingLine
from storage.database import open_database
from storage.records import ClientRecord
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer
from switchboard.board import Board, Parts
from switchboard.placing import Places, Wanted

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
SHARED, OWN = "+79161234567", "+74951230000"
NOBODY, BURAN = ("", "", ""), ("b", "Буран", "boris")
ANNA = Manager(key="anna", name="Анна", department="sales", extension="101", pbx="main")
OFFICE = Office(
    name="Окна",
    default_department="sales",
    departments={"sales": Department(key="sales", name="Продажи")},
    managers={"anna": ANNA},
    lines={},
    outgoing={"out": OutgoingLine(key="out", pbx="main", dial="PJSIP/{number}@x")},
)


@pytest.fixture
async def board(tmp_path: Path) -> AsyncIterator[Board]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'placed.db'}"
    await ready_tables(url)
    async with open_database(url) as database, Writer(database).running() as writer:

        async def two_clients(uow: UnitOfWork) -> None:
            both, own = (normalise(text, NumberPlan()) for text in (SHARED, OWN))
            a = ClientRecord(key="a", name="Астра", owner="anna", numbers=(both,))
            b = ClientRecord(key="b", name="Буран", owner="boris", numbers=(both, own))
            await uow.clients.save([a, b], at=NINE)

        await writer.submit(two_clients)
        yield Board(
            Parts(
                database=database,
                writer=writer,
                directory=BuiltinDirectory(database),
                calendar=PublicHolidays(),
                office=OFFICE,
            )
        )


@pytest.mark.parametrize(
    ("number", "meant", "found"),
    [
        (SHARED, "", NOBODY),
        (SHARED, "b", BURAN),
        (SHARED, "gone", NOBODY),
        (OWN, "", BURAN),
        (OWN, "a", BURAN),
        ("+78120000000", "a", NOBODY),
    ],
)
async def test_a_placed_call_is_the_clients_from_whom_the_click_came_else_of_the_only_match(
    board: Board, number: str, meant: str, found: tuple[str, str, str]
) -> None:
    """Of several none is chosen by chance: his manager would see what was said with another."""
    places = Places(board)
    wanted = places.wanted(number, ANNA, client=meant)
    assert isinstance(wanted, Wanted)
    command = await places.command(wanted, ANNA, "place-1.1", 15)
    made = board.live.decision_of("place-1.1")
    assert made is not None
    known = made.decision
    assert (known.client, known.client_name, known.owner) == found
    assert command.name == known.client_name


async def test_a_placed_call_tells_how_many_have_the_number(board: Board) -> None:
    """Its card says so, and not that the number is in no client base."""
    places = Places(board)
    wanted = places.wanted(SHARED, ANNA)
    assert isinstance(wanted, Wanted)
    await places.command(wanted, ANNA, "place-1.1", 15)
    made = board.live.decision_of("place-1.1")
    assert made is not None
    assert made.decision.matches == ("a", "b")
