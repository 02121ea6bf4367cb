"""The demonstration's stories are true: played on a real Asterisk, by the whole service.

Stories that share no phones run side by side, as they would in an office.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from dozvon.demo.engine import EngineService
from dozvon.demo.premises import (
    Secrets,
    example_office,
    exchange,
    fill_client_base,
    read_settings,
    write_settings,
)
from dozvon.demo.stage import perform
from dozvon.demo.stage_asterisk import AsteriskStage
from dozvon.demo.stories import STORIES
from dozvon.demo.story import Story, programme

pytestmark = pytest.mark.asterisk


async def test_every_story_comes_out_as_told(asterisk_root: Path, tmp_path: Path) -> None:
    """What the phones, the callers and the log say of every story is what the story promised."""
    office = example_office()
    keys = Secrets.made()
    differences: dict[str, list[str]] = {}
    async with exchange(asterisk_root, tmp_path / "pbx", office, keys) as found:
        settings = read_settings(write_settings(tmp_path, office, found.instance, keys))
        await fill_client_base(settings, office)
        service = EngineService(settings)
        stage = AsteriskStage(office, found.phones, found.carrier, ready=service.ready)

        async def play(lane: tuple[Story, ...]) -> None:
            for story in lane:
                differences[story.key] = await perform(story, stage, service)

        try:
            await service.start()
            plan = programme(STORIES, office)
            await asyncio.gather(*(play(lane) for lane in plan.lanes))
            await play(plan.alone)
        finally:
            await service.stop()
        assert await found.instance.channels() == 0
    assert set(differences) == {story.key for story in STORIES}
    assert {key: texts for key, texts in differences.items() if texts} == {}
