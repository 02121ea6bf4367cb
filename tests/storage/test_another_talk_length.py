"""Another length of talk is a conversation from the next start on: what is open is counted by it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from config.settings_file import load_settings
from dozvon.compose import service
from router.calls import Direction, Disposition
from storage.callback_recount import recount_open
from storage.database import Database, open_database
from storage.migrate import migrate
from storage.reading import open_callbacks
from storage.recording import record_ended_call
from storage.records import EndedCall
from storage.writer import Writer

Make = Callable[..., EndedCall]
NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OUT = {"direction": Direction.OUTBOUND, "disposition": Disposition.ANSWERED}


async def record(writer: Writer, *ended: EndedCall) -> None:
    for each in ended:
        await writer.submit(lambda uow, e=each: record_ended_call(uow, e))


async def owed(database: Database) -> list[tuple[str, ...]]:
    return [found.item.missed for found in await open_callbacks(database)]


@pytest.mark.parametrize("between", [15, 25])
async def test_one_callback_after_a_shorter_talk_is_enough(
    database: Database, ended: Make, between: float
) -> None:
    """A talk of 15 s was an attempt; since 10 s are enough it has closed what came before it."""
    async with Writer(database, outbound_talk_seconds=20.0).running() as before:
        assert await before.submit(partial(recount_open, talk_seconds=20.0)) == 0
        await record(before, ended("c-1"), ended("t-1", 10, talk_seconds=15, **OUT))
        assert await owed(database) == [("c-1",)]
    async with Writer(database, outbound_talk_seconds=10.0).running() as after:
        assert await after.submit(partial(recount_open, talk_seconds=10.0)) == 1
        assert await after.submit(partial(recount_open, talk_seconds=10.0)) == 0
        await record(after, ended("c-2", between))
    assert await owed(database) == [("c-2",)]


async def test_a_new_database_has_nothing_to_be_counted(database: Database) -> None:
    async with Writer(database, outbound_talk_seconds=5.0).running() as writer:
        assert await writer.submit(partial(recount_open, talk_seconds=5.0)) == 0


async def test_the_service_counts_at_its_start(tmp_path: Path, ended: Make) -> None:
    config = tmp_path / "dozvon.toml"
    config.write_text(
        f'data_dir = "{tmp_path}"\n[http]\nport = 0\n[callbacks]\noutbound_talk_seconds = 10\n'
    )
    office = Path(__file__).parents[2] / "config" / "examples" / "office.toml"
    (tmp_path / "office.toml").write_text(office.read_text("utf-8"), "utf-8")
    settings = load_settings(config, environment={})
    await migrate(settings.database)
    async with open_database(settings.database) as database:
        async with Writer(database).running() as writer:
            await record(writer, ended("c-1"), ended("t-1", 10, talk_seconds=15, **OUT))
        assert await owed(database) == [("c-1",)]
        async with service(settings):
            assert await owed(database) == []
