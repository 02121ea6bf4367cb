"""The demonstration goes on after its stories: clients call, and buttons reach phones."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from dozvon.demo import day
from dozvon.demo.day import SALES_SCENES, SERVICE_SCENES, lifted_by_button, ordinary_day
from dozvon.demo.engine import EngineService
from dozvon.demo.premises import (
    Exchange,
    Secrets,
    example_office,
    exchange,
    fill_client_base,
    read_settings,
    write_settings,
)
from dozvon.demo.stories import MAIN, OF_IVANOVA
from dozvon.lab import CallState
from pbx_adapters.port import Outcome
from switchboard.control import Control

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

House = tuple[Exchange, EngineService]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def open_house(
    asterisk_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("day")
    office, keys = example_office(), Secrets.made()
    async with exchange(asterisk_root, folder / "pbx", office, keys) as found:
        settings = read_settings(write_settings(folder, office, found.instance, keys))
        await fill_client_base(settings, office)
        service = EngineService(settings)
        await service.start()
        yield found, service
        await service.stop()


async def test_a_call_placed_by_a_button_is_lifted_and_the_client_answers(
    open_house: House,
) -> None:
    """Nobody sits at the lab's phones: whoever presses "call" talks all the same."""
    place, service = open_house
    assert service.board
    async with lifted_by_button(place):
        told = await Control(service.board).place(OF_IVANOVA.number, "petrov")
        assert told.answer is Outcome.TALKING
        await place.phones["102"].hang_up()


async def test_a_phone_that_rings_by_the_plan_is_left_alone_and_a_taker_is_lifted(
    open_house: House,
) -> None:
    """Taking is a race with whoever the call rings at; the button must not answer for him."""
    place, service = open_house
    assert service.board
    async with lifted_by_button(place):
        call = await place.carrier.call(MAIN, OF_IVANOVA.number)
        owner = await place.phones["101"].wait_ringing(5)
        live = next(c for c in service.board.live.all() if c.caller == OF_IVANOVA.number)
        told = await Control(service.board).intercept(live.id, "sokolova")
        assert told.answer is Outcome.TAKEN
        assert owner.answered_at is None
        assert place.phones["103"].calls[-1].state is CallState.TALKING
        await call.hang_up()


async def test_clients_call_in_both_departments_until_the_day_ends(
    open_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One call at a time in each; nobody is left ringing at the end."""
    place, service = open_house
    monkeypatch.setattr(day, "PAUSE_SECONDS", 0.1)
    before = len(place.carrier.placed)
    async with ordinary_day(place, service.board.office() if service.board else example_office()):
        await place.carrier.until(lambda: len(place.carrier.placed) >= before + 2, 5)
        lines = {call.dialled for call in place.carrier.placed[before : before + 2]}
        assert lines == {SALES_SCENES[0].line, SERVICE_SCENES[0].line}
        await place.phones["101"].until(lambda: place.phones["101"].current is not None, 5)
    for call in place.carrier.placed:
        if call.state is not CallState.ENDED:
            await call.hang_up()
