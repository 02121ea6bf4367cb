"""How long a caller waits for a decision, and what a million clients cost.

The service is `dozvon serve`, a process of its own; its exchange is not there, which it does not
need to answer. Questions come over real sockets at 50 a second: alone, then while `dozvon clients
import` writes into the same base; then as fast as they are answered. Figures: p50 and p99 from the
request line to the end of the answer, growth from 10,000 to 1,000,000 clients, rows imported in a
second, seconds from the start to the first decision, memory.
"""

from __future__ import annotations

import asyncio
import os
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from agi_load import Load, ask
from company import LINE, fill, number_of, office, read_settings, serving, start, write_settings
from table import Row, milliseconds, percentile, resident_mib, tell

MANAGERS = 50
FEW, MANY = 10_000, 1_000_000
PER_SECOND = 50
QUESTIONS = 1_000
IMPORT_ROWS = 20_000


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def until_first_decision(port: int, call: str) -> float:
    """Asks until there is an answer; returns when that was."""
    while True:
        with suppress(OSError, RuntimeError, TimeoutError):
            await ask(port, call, LINE, number_of(1))
            return time.perf_counter()
        await asyncio.sleep(0.02)


def write_csv(path: Path) -> None:
    """Clients of whom every second one is known already."""
    rows = [
        f"New client {n};{number_of(n * 2, n % 2)};Manager {n % MANAGERS}\n"
        for n in range(IMPORT_ROWS)
    ]
    path.write_text("name;phone;manager\n" + "".join(rows), "utf-8")


async def importing(settings: Path, csv: Path) -> float:
    """Imports by the product's own command; returns the seconds."""
    began = time.perf_counter()
    with (settings.parent / "import.log").open("ab") as told:
        process = await start("--config", str(settings), "clients", "import", str(csv), told=told)
        await process.wait()
    if process.returncode:
        raise RuntimeError((settings.parent / "import.log").read_text("utf-8")[-500:])
    return time.perf_counter() - began


async def beside_import(load: Load, settings: Path, csv: Path) -> tuple[list[float], float]:
    """Asks for as long as an import lasts."""
    took: list[float] = []
    task = asyncio.create_task(importing(settings, csv))
    while not task.done():
        took += await load.run(PER_SECOND, PER_SECOND)
    return took, await task


async def as_fast_as_it_goes(load: Load, seconds: float) -> float:
    """Decisions in a second, eight questions at a time."""
    until = time.perf_counter() + seconds
    done = 0

    async def one() -> None:
        nonlocal done
        while time.perf_counter() < until:
            took = await load.run(1, 1000)
            done += len(took)

    await asyncio.gather(*(one() for _ in range(8)))
    return done / seconds


def tell_decisions(clients: int, took: Sequence[float], load: Load, when: str) -> None:
    """One row."""
    tell(
        Row(
            what=f"decision, {clients:,} clients × 2 numbers, {PER_SECOND}/s, {when}",
            figure=milliseconds(took),
            goal="p99 ≤ 5 ms" if clients == MANY else "",
            held=percentile(took, 99) <= 0.005 if clients == MANY else None,
            note=f"{len(took):,} questions over FastAGI, {load.failed} failed",
        )
    )


async def measure(clients: int, folder: Path) -> float:
    """Everything about a base of this size; returns the median of a decision alone."""
    port = free_port()
    path = write_settings(folder, office(MANAGERS), ami_port=free_port(), agi_port=port)
    began = time.perf_counter()
    await fill(read_settings(path).database, clients, MANAGERS)
    print(f"{clients:,} clients written in {time.perf_counter() - began:.0f} s", file=sys.stderr)
    began = time.perf_counter()
    async with serving(path) as service:
        first = await until_first_decision(port, "bench-first.1") - began
        load = Load(port, LINE, clients)
        await load.run(100, PER_SECOND)
        alone = await load.run(QUESTIONS, PER_SECOND)
        tell_decisions(clients, alone, load, "alone")
        if clients == MANY:
            await measure_many(path, service.pid, load, first)
    return statistics.median(alone)


async def measure_many(path: Path, pid: int, load: Load, first: float) -> None:
    """What is asked of the large base only."""
    tell(
        Row(
            what="service start to first decision, 1,000,000 clients",
            figure=f"{first:.2f} s",
            goal="≤ 3 s",
            held=first <= 3,
            note="from the start of the process; settings, migrations and office included",
        )
    )
    csv = path.parent / "clients.csv"
    write_csv(csv)
    took, seconds = await beside_import(load, path, csv)
    tell_decisions(MANY, took, load, "while a CSV import writes")
    rate = IMPORT_ROWS / seconds
    note = f"{IMPORT_ROWS:,} rows by `dozvon clients import` into 1,000,000 clients, beside calls"
    tell(Row(what="CSV import", figure=f"{rate:,.0f} rows/s", note=note))
    rate = await as_fast_as_it_goes(load, 5.0)
    tell(
        Row(
            what="decisions, eight questions at a time",
            figure=f"{rate:,.0f}/s",
            note=f"{load.failed} of {load.asked:,} failed; the asker shares the machine",
        )
    )
    mib = resident_mib(pid)
    tell(
        Row(
            what="memory after that, 1,000,000 clients",
            figure=f"{mib:.0f} MiB",
            goal="≤ 200 MiB",
            held=mib <= 200,
            note=f"{load.asked:,} decisions, none of whose calls is known to be over",
        )
    )


async def main() -> None:
    """Both sizes and their ratio."""
    os.environ.setdefault("LANG", "C.UTF-8")
    with tempfile.TemporaryDirectory(prefix="dozvon-bench-") as folder:
        few = await measure(FEW, Path(folder) / "few")
        many = await measure(MANY, Path(folder) / "many")
    tell(
        Row(
            what=f"growth of a decision's median from {FEW:,} to {MANY:,} clients",
            figure=f"{many / few:.2f} ×",
            goal="≤ 1.5 ×",
            held=many / few <= 1.5,
        )
    )


if __name__ == "__main__":
    asyncio.run(main())
