"""A machine with an installation to keep, to destroy and to bring back."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import tarfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from click.testing import CliRunner, Result
from ready_tables import ready_tables

from dozvon.cli import dozvon
from dozvon.context import Context
from dozvon.setup.keeping import LINK_KEY
from storage.database import open_database
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SETTINGS = """\
data_dir = "data"
language = "en"

[[pbx]]
key = "main"
ami_user = "dozvon"
ami_secret = "calls-password"  # ours
journal_user = "dozvon-journal"
journal_secret_file = "keys/journal"
systemname = "pbx1"
"""
SIGNING_KEY = b"links-are-signed-with-these-bytes"


class Machine:
    """A machine with an installation on it, and a person before its terminal."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "dozvon.toml"
        self.database = folder / "data" / "dozvon.sqlite3"
        self.file = folder / "kept.tar.gz"

    def run(self, *words: str) -> Result:
        context = Context(environment={}, config=self.config, now=lambda: NOW)
        options = ["--language", "en", "--config", str(self.config)]
        return CliRunner().invoke(dozvon, [*options, *words], obj=context)

    def fine(self, *words: str) -> str:
        done = self.run(*words)
        assert done.exit_code == 0, done.output
        return done.output

    def install(self, settings: str = SETTINGS) -> None:
        (self.folder / "keys").mkdir()
        (self.folder / "keys" / "journal").touch(mode=0o600)
        (self.folder / "keys" / "journal").write_text("journal-password\n")
        self.config.write_text(settings, "utf-8")
        self.database.parent.mkdir()
        (self.database.parent / "office.toml").write_text("# an office\n", "utf-8")
        (self.database.parent / LINK_KEY).touch(mode=0o600)
        (self.database.parent / LINK_KEY).write_bytes(SIGNING_KEY)
        self.note("first", "kept")

    def note(self, key: str, value: str) -> None:
        asyncio.run(note(self.database, key, value))

    def noted(self) -> dict[str, str]:
        with closing(sqlite3.connect(self.database)) as database:
            return dict(database.execute("SELECT key, value FROM meta"))

    def destroy(self) -> None:
        shutil.rmtree(self.database.parent)
        shutil.rmtree(self.folder / "keys")
        self.config.unlink()


def installed(folder: Path) -> Machine:
    """A machine with an installation that nobody has harmed yet."""
    found = Machine(folder)
    found.install()
    return found


async def note(file: Path, key: str, value: str) -> None:
    url = f"sqlite+aiosqlite:///{file}"
    await ready_tables(url)

    async def work(uow: UnitOfWork) -> None:
        await uow.offices.note(key, value)

    async with open_database(url) as database, Writer(database).running() as writer:
        await writer.submit(work)


def members(file: Path) -> dict[str, bytes]:
    with tarfile.open(file) as archive:
        found = {m.name: archive.extractfile(m) for m in archive.getmembers()}
        return {name: source.read() for name, source in found.items() if source}
