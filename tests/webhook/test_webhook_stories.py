"""A switch that knows us over HTTP alone plays every story, against the whole service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import aiohttp
import pytest
from http_switch import HttpSwitch
from webhook_house import TOKEN, prepared

from dozvon.demo.engine import EngineService
from dozvon.demo.premises import example_office, fill_client_base
from dozvon.demo.stage import perform
from dozvon.demo.stage_simulator import SimulatorStage
from dozvon.demo.stories import STORIES
from pbx_adapters.simulator import SimulatedPbx
from switchboard.board import utc_now


class HttpService(EngineService):
    """The whole service as the stories see it; the exchange finds it over HTTP."""

    exchange: SimulatedPbx

    def now(self) -> datetime:
        return self.exchange.clock.now

    async def die(self) -> None:
        self.exchange.kill_service()

    async def live(self) -> None:
        if not self.exchange.service_lives:
            self.exchange.revive_service()


@asynccontextmanager
async def theatre(folder: Path, *, twice: bool) -> AsyncIterator[tuple[HttpService, HttpSwitch]]:
    office = example_office()
    settings = prepared(folder)
    await fill_client_base(settings, office)
    service = HttpService(settings)
    await service.start()
    address = f"http://127.0.0.1:{settings.http.port}"
    headers = {"Authorization": f"Bearer {TOKEN}"}
    try:
        async with aiohttp.ClientSession(address, headers=headers) as http:
            switch = HttpSwitch(http, office, twice=twice)
            service.exchange = SimulatedPbx("main", switch, start=utc_now())
            task = asyncio.create_task(service.exchange.run())
            yield service, switch
            task.cancel()
            await asyncio.wait({task})
    finally:
        await service.stop()


@pytest.mark.parametrize("twice", [False, True], ids=["once", "every-event-twice"])
async def test_every_story_comes_out_as_promised_over_http(tmp_path: Path, *, twice: bool) -> None:
    """Whoever asks, walks the JSON plan by himself and posts events gets the calls of the stories."""
    office = example_office()
    async with theatre(tmp_path, twice=twice) as (service, switch):
        stage = SimulatorStage(service.exchange, office)
        differences = {story.key: await perform(story, stage, service) for story in STORIES}
    assert {key: texts for key, texts in differences.items() if texts} == {}
    if twice:
        assert {i["because"] for i in switch.ignored} >= {"this event came before"}
