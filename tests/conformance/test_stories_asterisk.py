"""Every story, played by real phones around a real Asterisk, gives the call that it promises.

The service behind it is a small one (see `small_asterisk`): this holds the generated dialplan and the
simulator to one set of stories.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from small_asterisk import SmallAsteriskService, dialplan, lab_phones
from small_switchboard import SmallSwitchboard

import config
from config.office_file import load_office
from dozvon.demo.stage import perform
from dozvon.demo.stage_asterisk import AsteriskStage
from dozvon.demo.stage_office import quick
from dozvon.demo.stories import STORIES
from dozvon.demo.story import Story, programme
from dozvon.lab import AsteriskInstance, Carrier, Phone
from router.office import Office


@asynccontextmanager
async def theatre(
    root: Path, home: Path, office: Office
) -> AsyncIterator[tuple[AsteriskStage, SmallAsteriskService]]:
    """An Asterisk with the whole office's phones, a carrier, and a small service."""
    async with AsyncExitStack() as stack:
        pbx = AsteriskInstance(
            root, home, extensions_conf="", manager_conf="", phones=lab_phones(office), name="demo"
        )
        pbx.office = replace(pbx.office, extensions_conf=dialplan(office, pbx.ports.agi))
        await stack.enter_async_context(pbx)
        carrier = Carrier(port=pbx.ports.trunk, pbx=pbx.sip)
        await stack.enter_async_context(carrier)
        phones = {
            phone.extension: Phone(phone.extension, phone.password, registrar=pbx.sip)
            for phone in lab_phones(office)
        }
        for phone in phones.values():
            await stack.enter_async_context(phone)
        service = SmallAsteriskService(pbx, SmallSwitchboard(office))
        await stack.enter_async_context(service)
        yield AsteriskStage(office, phones, carrier), service


async def _in_turn(
    stories: Sequence[Story], stage: AsteriskStage, service: SmallAsteriskService
) -> dict[str, list[str]]:
    return {story.key: await perform(story, stage, service) for story in stories}


@pytest.mark.asterisk
async def test_every_story_gives_the_call_that_it_promises_on_asterisk(
    asterisk_root: Path, tmp_path: Path
) -> None:
    office = quick(
        load_office((Path(config.__file__).parent / "examples/office.toml").read_bytes())
    )
    plays = programme(STORIES, office)
    async with theatre(asterisk_root, tmp_path / "pbx", office) as (stage, service):
        async with asyncio.TaskGroup() as lanes:
            running = [lanes.create_task(_in_turn(ln, stage, service)) for ln in plays.lanes]
        differences = [task.result() for task in running]
        differences.append(await _in_turn(plays.alone, stage, service))
    found = {key: texts for lane in differences for key, texts in lane.items()}
    assert {key: texts for key, texts in found.items() if texts} == {}
    assert set(found) == {story.key for story in STORIES}
