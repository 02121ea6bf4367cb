"""The whole service in a folder of its own, asked over HTTP on a port of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from own_ports import own_port

from config.office_dump import dump_office
from config.settings import Settings
from config.settings_file import load_settings
from dozvon.compose import service
from dozvon.demo import stories
from dozvon.demo.premises import example_office, fill_client_base
from switchboard.board import Board
from switchboard.news import LinkChanged

TOKEN = "a-token-for-the-switch"
SECRET = "a-secret-for-signing"
MAIN = "74951230001"
OF_IVANOVA = stories.OF_IVANOVA.number


def prepared(folder: Path, **webhook: object) -> Settings:
    """Settings with the switch `main`, and the example office to be applied at the first start."""
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    (data / "office.toml").write_text(dump_office(example_office()), "utf-8")
    said = {"token": TOKEN} | webhook
    environment = {
        f"DOZVON_WEBHOOK__MAIN__{key.upper()}": str(value) for key, value in said.items() if value
    }
    environment |= {"DOZVON_DATA_DIR": str(data), "DOZVON_HTTP__PORT": str(own_port())}
    return load_settings(environment=environment)


@dataclass
class House:
    """A running service and a client that may ask it."""

    settings: Settings
    board: Board
    http: aiohttp.ClientSession

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.settings.http.port}"


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[House]:
    """The service, up and listening, until the block ends."""
    async with service(settings) as board:
        with board.news.listening() as news:
            task = asyncio.create_task(board.run())
            async with asyncio.timeout(10):
                async for told in news:
                    if isinstance(told, LinkChanged):
                        break
        address = f"http://127.0.0.1:{settings.http.port}"
        headers = {"Authorization": f"Bearer {TOKEN}"}
        try:
            async with aiohttp.ClientSession(address, headers=headers) as http:
                yield House(settings, board, http)
        finally:
            await board.settle()
            task.cancel()
            await asyncio.wait({task})


@asynccontextmanager
async def house(folder: Path, **webhook: object) -> AsyncIterator[House]:
    """A service with the example clients and one switch, whose settings may be changed."""
    settings = prepared(folder, **webhook)
    await fill_client_base(settings, example_office())
    async with running(settings) as found:
        yield found
