"""Callers as the exchange shows them: abroad without a plus, or without one of their digits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from test_clock_offsets import CALL, ENTRY, NINE

from config.holiday_calendar import PublicHolidays
from crm_bridge.builtin.directory import BuiltinDirectory
from pbx_adapters.port import CallOffered
from router.books import WitnessedCall
from router.calls import Direction
from router.numbers import NumberPlan, normalise
from router.office import Department, Line, Office
from storage.database import Database
from storage.reading import open_callbacks, read_call
from storage.records import ClientRecord
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer
from switchboard.board import Board, Parts
from switchboard.books import recovered
from switchboard.callers import Callers
from switchboard.trying import Asked, Trial

SHOWN, E164 = "971501234567", "+971501234567"
OFFICE = Office(
    name="Окна",
    default_department="sales",
    departments={"sales": Department(key="sales", name="Продажи")},
    managers={},
    lines={"main": Line(key="main", number=CALL.line, name="Сайт", department="sales")},
)
DUBAI = ClientRecord(key="K-1", name="Дубай", numbers=(normalise(E164, NumberPlan()),))


@pytest.fixture
async def board(database: Database) -> AsyncIterator[Board]:
    async def client(uow: UnitOfWork) -> None:
        await uow.clients.save([DUBAI], at=NINE)

    async with Writer(database).running() as writer:
        await writer.submit(client)
        parts = Parts(
            database=database,
            writer=writer,
            directory=BuiltinDirectory(database),
            calendar=PublicHolidays(),
            office=OFFICE,
        )
        yield Board(parts)


async def test_a_foreign_caller_is_routed_as_the_client_he_is(board: Board) -> None:
    offered = CallOffered(pbx="main", call_id="c-1", line=CALL.line, caller=SHOWN, at=NINE)
    assert (await board._routing.decide(offered, OFFICE)).client == DUBAI.key


async def test_a_tried_call_goes_where_the_real_one_goes(board: Board) -> None:
    trial = Trial(OFFICE, PublicHolidays(), directory=board.directory)
    tried = await trial.of(Asked(line="main", caller=SHOWN), NINE)
    assert tried.decision.client == DUBAI.key


@pytest.mark.parametrize("by_journal", [True, False])
async def test_a_missed_foreign_caller_can_be_called_back(
    board: Board, database: Database, *, by_journal: bool
) -> None:
    if by_journal:
        await board.record([replace(ENTRY, caller=SHOWN)])
    else:
        await board._endings.from_events(replace(CALL, caller=SHOWN))
    [owed] = await open_callbacks(database)
    assert (owed.number_e164, owed.item.party) == (E164, f"client:{DUBAI.key}")


async def test_the_exchange_s_own_records_name_the_same_number() -> None:
    witnessed = WitnessedCall(
        id="1.1", line=CALL.line, caller=SHOWN, began_at=NINE, ended_at=NINE, talked=False
    )
    ended = recovered(witnessed, "main", OFFICE, PublicHolidays())
    assert ended.number
    assert ended.number.e164 == E164


@pytest.fixture
def callers(board: Board, database: Database, monkeypatch: pytest.MonkeyPatch) -> Callers:
    """Only what is known at once; nothing is looked up."""
    monkeypatch.setattr(board, "start", lambda work, _name: work.close())
    return Callers(board, database)


async def test_a_living_call_shows_the_same_number(callers: Callers) -> None:
    assert callers.known(replace(CALL, caller=SHOWN)).number == E164


async def test_a_living_call_hands_on_no_number_that_has_lost_a_digit(callers: Callers) -> None:
    """The desk offers to dial what is shown."""
    assert callers.known(replace(CALL, caller="8916123456")).number == "8916123456"


async def test_what_a_manager_dials_is_not_a_caller(
    board: Board, database: Database, callers: Callers
) -> None:
    """Without 8~10 the digits of a telephone abroad reach nobody there."""
    placed = replace(CALL, direction=Direction.OUTBOUND, caller="101", line=SHOWN)
    await board._endings.from_events(placed)
    story = await read_call(database, CALL.id)
    assert story
    assert story.stored.number_e164 != E164
    assert callers.known(placed).number != E164
