"""A person before a terminal: what the tests of commands type and read."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from dozvon.cli import dozvon
from dozvon.context import Context
from storage.database import open_database
from storage.recording import record_ended_call
from storage.records import EndedCall
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday, 12:00 in Moscow


@dataclass(kw_only=True)
class Terminal:
    """A person before a terminal: types a command, reads the answer."""

    folder: Path
    language: str = "en"
    environment: dict[str, str] = field(default_factory=dict)
    clock: datetime = NOW

    @property
    def database(self) -> Path:
        return self.folder / "data" / "dozvon.sqlite3"

    def run(self, *words: str, typed: str | bytes | None = None) -> Result:
        context = Context(
            environment=self.environment,
            now=lambda: self.clock,
            config=self.folder / "dozvon.toml",
        )
        options = ["--language", self.language, "--config", str(self.folder / "dozvon.toml")]
        return CliRunner().invoke(dozvon, [*options, *words], obj=context, input=typed)

    def fine(self, *words: str, typed: str | bytes | None = None) -> str:
        done = self.run(*words, typed=typed)
        assert done.exit_code == 0, done.output
        return done.stdout

    def json(self, *words: str, code: int = 0) -> Any:
        done = self.run(*words, "--json")
        assert done.exit_code == code, done.output
        return json.loads(done.stdout)

    def write(self, *works: Callable[[UnitOfWork], Awaitable[object]]) -> None:
        """Writes what the service would have written."""

        async def work() -> None:
            url = f"sqlite+aiosqlite:///{self.database}"
            async with open_database(url) as database, Writer(database).running() as writer:
                for each in works:
                    await writer.submit(each)

        asyncio.run(work())

    def record(self, *ended: EndedCall) -> None:
        self.write(*(lambda uow, e=each: record_ended_call(uow, e) for each in ended))
