"""How long a caller waits for a decision, and what a million clients cost.

The service is `dozvon serve`, a process of its own; its exchange is not there, which it does not
need to answer. Questions come over real sockets at 50 a second: alone, then while `dozvon clients
import` writes into the same base; then as fast as they are answered. Figures: p50 and p99 from the
request line to the end of the answer, growth from 10,000 to 1,000,000 clients, rows imported in a
second, seconds from the start to the first decision, memory.
"""

from __future__ import annotations

import asyncio
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from agi_load import Load, ask
from company import LINE, fill, number_of, office, read_settings, serving, start, write_settings
from table import Row, machine, milliseconds, percentile, resident_mib, tell

MANAGERS = 50
FEW, MANY = 10_000, 1_000_000
PER_SECOND = 50
QUESTIONS = 600
BLOCKS = 4
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


@asynccontextmanager
async def thinking_of_nothing() -> AsyncIterator[int]:
    """A server with the same sockets and no decision; its port."""
    port = free_port()
    script = Path(__file__).with_name("empty_answer.py")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(script),
        str(port),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        yield port
    finally:
        if process.stdin is not None:
            process.stdin.close()
        await process.wait()


async def in_turn(loads: Mapping[str, Load]) -> dict[str, list[float]]:
    """Blocks of questions to each in turn, so that a busy minute is everybody's."""
    took: dict[str, list[float]] = {name: [] for name in loads}
    for _ in range(BLOCKS):
        for name, load in loads.items():
            took[name] += await load.run(QUESTIONS // BLOCKS, PER_SECOND)
    return took


async def made_ready(clients: int, folder: Path) -> tuple[Path, int]:
    """A company with so many clients; its settings and its FastAGI port."""
    port = free_port()
    path = write_settings(folder, office(MANAGERS), ami_port=free_port(), agi_port=port)
    began = time.perf_counter()
    await fill(read_settings(path).database, clients, MANAGERS)
    print(f"{clients:,} clients written in {time.perf_counter() - began:.0f} s", file=sys.stderr)
    return path, port


def tell_turns(took: Mapping[str, Sequence[float]], loads: Mapping[str, Load]) -> None:
    """The rows of a comparison."""
    nothing, few, many = took["nothing"], took["few"], took["many"]
    what = "the same dialogue with a server that decides nothing"
    tell(Row(what=what, figure=milliseconds(nothing), note="what sockets and machine alone take"))
    tell_decisions(FEW, few, loads["few"], "alone")
    tell_decisions(MANY, many, loads["many"], "alone")
    p50 = statistics.median(many) - statistics.median(nothing)
    p99 = percentile(many, 99) - percentile(nothing, 99)
    figure = f"p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms"
    tell(Row(what="of which the decision and its look-up (difference)", figure=figure))
    growth = statistics.median(many) / statistics.median(few)
    tell(
        Row(
            what=f"growth of a decision's median from {FEW:,} to {MANY:,} clients",
            figure=f"{growth:.2f} ×",
            goal="≤ 1.5 ×",
            held=growth <= 1.5,
            note=f"both services at once, asked in turn, {BLOCKS} blocks each",
        )
    )


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
    """Both sizes side by side, then the large one alone."""
    with tempfile.TemporaryDirectory(prefix="dozvon-bench-") as folder:
        few, few_port = await made_ready(FEW, Path(folder) / "few")
        many, many_port = await made_ready(MANY, Path(folder) / "many")
        began = time.perf_counter()
        async with serving(many) as service:
            first = await until_first_decision(many_port, "bench-first.1") - began
            load = Load(many_port, LINE, MANY)
            async with serving(few), thinking_of_nothing() as empty_port:
                await until_first_decision(few_port, "bench-first.1")
                await until_first_decision(empty_port, "bench-first.1")
                loads = {
                    "nothing": Load(empty_port, LINE, FEW),
                    "few": Load(few_port, LINE, FEW),
                    "many": load,
                }
                for each in loads.values():
                    await each.run(50, PER_SECOND)  # warm up
                took = await in_turn(loads)
            tell_turns(took, loads)
            await measure_many(many, service.pid, load, first)
    print(machine(""))


if __name__ == "__main__":
    asyncio.run(main())
