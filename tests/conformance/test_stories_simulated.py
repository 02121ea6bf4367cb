"""Every story, played on the simulated exchange, gives the call that it promises."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from small_switchboard import SmallService, SmallSwitchboard

import config
from config.office_file import load_office
from dozvon.demo.stage import perform
from dozvon.demo.stage_office import quick
from dozvon.demo.stage_simulator import SimulatorStage
from dozvon.demo.stories import STORIES
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


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.key)
async def test_a_story_gives_the_call_that_it_promises(story: Story) -> None:
    office = quick(example_office())
    board = SmallSwitchboard(office)
    async with running(SimulatedPbx("main", board, start=START)) as pbx:
        stage = SimulatorStage(pbx, office)
        assert await perform(story, stage, SmallService(board, pbx)) == []
    assert board.disagreements == []
    assert board.ignored == []
