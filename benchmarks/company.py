"""A company to measure with: an office of many managers, a large client base, and its service."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import time
from pathlib import Path
from typing import IO

from config.office_dump import dump_office
from config.settings import Settings
from config.settings_file import load_settings
from router.office import Department, Hours, Line, Manager, Office, OutgoingLine, Window
from storage.dialects import file_of
from storage.migrate import migrate

LINE = "74951230000"
CALLS_SECRET, JOURNAL_SECRET = "calls-on-loopback", "journal-on-loopback"

_CLIENT = """\
INSERT INTO clients (id, key, name, search_text, owner, blocked, switchboard, changed_at)
VALUES (?, ?, ?, ?, ?, 0, 0, '2026-01-01 00:00:00.000000')"""
_NUMBER = """\
INSERT INTO client_numbers (client_id, written, identity, e164, number_key, extension)
VALUES (?, ?, ?, ?, ?, '')"""


def office(managers: int) -> Office:
    """Departments of ten, always open, whose managers have the extensions 101, 102 and so on."""
    people = [
        Manager(key=f"m{n}", name=f"Manager {n}", department=f"d{n // 10}", extension=f"{101 + n}")
        for n in range(managers)
    ]
    week = tuple(Window(weekday=day, start=time(0), end=time(0)) for day in range(7))
    keys = sorted({person.department for person in people})
    return Office(
        name="Benchmark",
        default_department="d0",
        departments={k: Department(key=k, name=k, hours=Hours(week=week)) for k in keys},
        managers={person.key: person for person in people},
        lines={
            f"l{k}": Line(key=f"l{k}", number=f"749512300{n:02d}", name=k, department=k)
            for n, k in enumerate(keys)
        },
        outgoing={"trunk": OutgoingLine(key="trunk", pbx="main", dial="PJSIP/{number}@trunk")},
    )


def number_of(client: int, second: int = 0) -> str:
    """A mobile number for each client; every client has two."""
    return f"+79{second}{client:08d}"


async def fill(url: str, clients: int, managers: int) -> None:
    """Writes clients with two numbers each, straight into the tables."""
    await migrate(url)
    await asyncio.to_thread(_fill, str(file_of(url)), clients, managers)


def write_settings(folder: Path, chart: Office, *, ami_port: int, agi_port: int) -> Path:
    """The settings file of a service of this office."""
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    (data / "office.toml").write_text(dump_office(chart), "utf-8")
    path = folder / "dozvon.toml"
    path.write_text(
        f"""\
data_dir = "{data}"
[log]
level = "error"
format = "text"
[[pbx]]
key = "main"
systemname = "bench"
ami_port = {ami_port}
ami_user = "dozvon"
ami_secret = "{CALLS_SECRET}"
journal_user = "dozvon-journal"
journal_secret = "{JOURNAL_SECRET}"
agi_port = {agi_port}
trunks = ["trunk"]
""",
        "utf-8",
    )
    return path


def read_settings(path: Path) -> Settings:
    """The settings, whatever stands in the environment."""
    return load_settings(path, environment={})


async def start(*arguments: str, told: IO[bytes]) -> asyncio.subprocess.Process:
    """Starts a command of the product, as it is installed."""
    program = Path(sys.executable).with_name("dozvon")
    return await asyncio.create_subprocess_exec(program, *arguments, stdout=told, stderr=told)


@asynccontextmanager
async def serving(settings: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Runs `dozvon serve` as a process of its own; it is told to stop at the end."""
    with (settings.parent / "service.log").open("ab") as told:
        process = await start("--config", str(settings), "serve", told=told)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                async with asyncio.timeout(10):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()


def _fill(file: str, clients: int, managers: int) -> None:
    with sqlite3.connect(file, isolation_level=None) as database:
        database.execute("PRAGMA synchronous=OFF")
        database.execute("BEGIN")
        database.executemany(_CLIENT, _clients(clients, managers))
        database.executemany(_NUMBER, _numbers(clients))
        database.execute("COMMIT")
    database.close()


def _clients(count: int, managers: int) -> Iterator[tuple[object, ...]]:
    for n in range(count):
        yield n + 1, f"c{n}", f"Client {n}", f"client {n}", f"m{n % managers}"


def _numbers(count: int) -> Iterator[tuple[object, ...]]:
    for second in (0, 1):
        for n in range(count):
            e164 = number_of(n, second)
            yield n + 1, e164, e164, e164, e164[-10:]
