"""Every story, played on the simulated exchange, gives the call that it promises."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from small_switchboard import SmallService, SmallSwitchboard

import config
from config.office_file import load_office
from dozvon.demo.stage import perform
from dozvon.demo.stage_office import quick
from dozvon.demo.stage_simulator import SimulatorStage
from dozvon.demo.stories import STORIES, story
from dozvon.demo.story import Story
from pbx_adapters.simulator import SimulatedPbx
from router.office import Office

START = datetime(2026, 11, 21, 23, 59, 50, tzinfo=UTC)


def example_office() -> Office:
    file = Path(config.__file__).parent / "examples" / "office.toml"
    return load_office(file.read_bytes())


@asynccontextmanager
async def running(pbx: SimulatedPbx) -> AsyncIterator[SimulatedPbx]:
    task = asyncio.create_task(pbx.run())
    try:
        yield pbx
    finally:
        task.cancel()
        await asyncio.wait([task])


@pytest.mark.parametrize("told", STORIES, ids=lambda told: told.key)
async def test_a_story_gives_the_call_that_it_promises(told: Story) -> None:
    office = quick(example_office())
    board = SmallSwitchboard(office)
    async with running(SimulatedPbx("main", board, start=START)) as pbx:
        stage = SimulatorStage(pbx, office)
        assert await perform(told, stage, SmallService(board, pbx)) == []
    assert board.disagreements == []
    assert board.ignored == []


async def test_a_story_does_not_depend_on_the_one_before_it() -> None:
    """Phones and mobiles that a story does not name let it ring, whatever they did before."""
    office = quick(example_office())
    told = story("voicemail-no-answer")
    nobody = replace(told, key="mobile-rings-out", mobiles={})
    board = SmallSwitchboard(office)
    async with running(SimulatedPbx("main", board, start=START)) as pbx:
        stage, service = SimulatorStage(pbx, office), SmallService(board, pbx)
        for key in ("owner-answers", "owner-rings-out", "head-mobile"):
            assert await perform(story(key), stage, service) == []
        assert await perform(nobody, stage, service) == []


async def test_the_whole_programme_runs_on_one_exchange() -> None:
    office = quick(example_office())
    board = SmallSwitchboard(office)
    async with running(SimulatedPbx("main", board, start=START)) as pbx:
        stage, service = SimulatorStage(pbx, office), SmallService(board, pbx)
        found = {told.key: await perform(told, stage, service) for told in STORIES}
    assert found == {told.key: [] for told in STORIES}
