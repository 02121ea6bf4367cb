"""The application over a real engine with an empty database, without any exchange.

Passwords are hashed cheaply: what a hash costs on purpose is no matter of these tests. No journal has
a word on a call's end, so it is not waited for as long as an exchange's.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import aiohttp
from aiohttp import web
from archive_house import an_archive
from argon2 import PasswordHasher
from own_ports import own_port
from ready_tables import ready_tables

from config.holiday_calendar import PublicHolidays
from crm_bridge.builtin.directory import BuiltinDirectory
from dozvon.demo.premises import example_office
from storage.database import Database, open_database
from storage.writer import Writer
from switchboard.board import Board, Parts
from switchboard.control import Control
from web.app import listening, make_app
from web.parts import WebParts
from web.signin import setup
from web.signin.passwords import Passwords

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass
class WebHouse:
    app: web.Application
    board: Board
    writer: Writer
    database: Database
    http: aiohttp.ClientSession
    port: int

    async def json(self, path: str) -> tuple[int, dict[str, object]]:
        async with self.http.get(path) as reply:
            return reply.status, await reply.json()

    async def metrics(self) -> dict[str, float]:
        """Every sample by its name with labels, after all news so far were counted."""
        async with self.http.get("/metrics") as reply:
            assert reply.status == 200, await reply.text()
            lines = (await reply.text()).splitlines()
        samples = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
        return {name: float(value) for name, value in samples}


@asynccontextmanager
async def web_house(
    folder: Path,
    *,
    links: tuple[str, ...] = ("main",),
    allow: str = "127.0.0.0/8",
    proxies: tuple[str, ...] = (),
) -> AsyncIterator[WebHouse]:
    url = f"sqlite+aiosqlite:///{folder / 'web.sqlite3'}"
    await ready_tables(url)
    async with open_database(url) as database, Writer(database).running() as writer:
        parts = Parts(
            database=database,
            writer=writer,
            directory=BuiltinDirectory(database),
            calendar=PublicHolidays(),
            office=example_office(),
        )
        board = Board(parts)
        board._endings._journal_seconds = 0.05
        task = asyncio.create_task(board.run())
        about = WebParts(
            board=board,
            control=Control(board),
            writer=writer,
            database=database,
            links=links,
            state_allow=(allow,),
            proxies=proxies,
            version="1.2.3",
            archive=an_archive(folder, board, database, writer),
        )
        with mock.patch.object(setup, "Passwords", return_value=Passwords(CHEAP)):
            app, port = make_app(about), own_port()
        async with (
            listening(app, host="127.0.0.1", port=port) as trouble,
            aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http,
        ):
            assert not trouble
            yield WebHouse(app, board, writer, database, http, port)
        task.cancel()
        await asyncio.wait({task})
