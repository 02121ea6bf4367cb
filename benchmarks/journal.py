"""How long a service that was away takes to read ten thousand calls from an exchange's journal.

The entries lie in AstDB of a real Asterisk as it starts, over a day; then the service comes. While
it drains, questions of new calls come at 20 a second and are answered by the same service.
"""

from __future__ import annotations

import asyncio
import base64
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agi_load import Load
from company import LINE, number_of, read_settings, serving
from decision import until_first_decision
from floor import Floor, asterisk_root, floor
from table import Row, asterisk_version, machine, milliseconds, percentile, tell

from dozvon.lab import AsteriskInstance
from dozvon.lab.root import describe
from storage.dialects import file_of

ENTRIES = 10_000
LONGEST_SECONDS = 120.0
NAME = base64.b64encode(b"Client").decode()


def entries() -> Iterator[tuple[str, str]]:
    """Missed calls as the dialplan writes them, by key."""
    first = datetime.now(UTC) - timedelta(days=1)
    for n in range(ENTRIES):
        began = first + timedelta(seconds=n * 8)
        call, hour = f"bench-{began.timestamp():.0f}.{n}", began.strftime("%Y%m%d%H")
        yield f"/dozvon/hours/{hour}", "1"
        at = f"{began.timestamp():.3f}|{began.timestamp() + 32:.3f}"
        value = f"1|{call}|{LINE}|{number_of(n)}|{NAME}|{at}|plan|SUCCESS|missed|abandoned||"
        trail = "1=m1/102:rang:15:NOANSWER,2=m2/103:rang:10:NOANSWER,"
        yield f"/dozvon/ended/{hour}/{call}", f"{value}|0|16|{call}|{trail}"


def fill_astdb(pbx: AsteriskInstance) -> None:
    """Writes the journal into AstDB's file; Asterisk has not started yet."""
    file = pbx.layout.home / "lib" / "astdb.sqlite3"
    file.parent.mkdir(parents=True)
    with sqlite3.connect(file) as astdb:
        astdb.execute("CREATE TABLE astdb(key VARCHAR(256), value VARCHAR(256), PRIMARY KEY(key))")
        astdb.executemany("INSERT OR REPLACE INTO astdb VALUES (?, ?)", entries())
    astdb.close()


def recorded(file: str) -> int:
    """How many of the calls stand in the log."""
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as log:
        found: int = log.execute("SELECT count(*) FROM calls WHERE recovered").fetchone()[0]
    log.close()
    return found


async def drained(place: Floor) -> float:
    """Waits until all are in the log and gone from AstDB; returns when."""
    file = str(file_of(read_settings(place.settings).database))
    while recorded(file) < ENTRIES:  # noqa: ASYNC110 - another process writes it
        await asyncio.sleep(0.2)
    while await place.pbx.astdb("dozvon/ended"):  # noqa: ASYNC110 - as above
        await asyncio.sleep(0.2)
    return time.perf_counter()


async def main() -> None:
    """One drain."""
    root = asterisk_root()
    with tempfile.TemporaryDirectory(prefix="dz-", dir="/tmp") as folder:
        async with (
            floor(root, Path(folder), managers=10, before=fill_astdb) as place,
            serving(place.settings) as service,
            asyncio.timeout(LONGEST_SECONDS),
        ):
            port = place.pbx.ports.agi
            began = await until_first_decision(port, "bench-first.1")
            load = Load(port, LINE, 1_000)
            waiting = asyncio.create_task(drained(place))
            took: list[float] = []
            while not waiting.done() and service.returncode is None:
                took += await load.run(20, 20)
            seconds = await waiting - began
    tell(
        Row(
            what=f"{ENTRIES:,} journal entries drained from a real Asterisk",
            figure=f"{seconds:.1f} s ({ENTRIES / seconds:,.0f}/s)",
            goal="≤ 20 s",
            held=seconds <= 20,
            note="from the first decision until recorded and deleted; a callback for each",
        )
    )
    tell(
        Row(
            what="decision while the journal is drained, 20/s",
            figure=milliseconds(took),
            goal="p99 ≤ 5 ms",
            held=percentile(took, 99) <= 0.005,
            note=f"{len(took):,} questions, {load.failed} failed",
        )
    )
    print(machine(await asyncio.to_thread(asterisk_version, describe(root).program)))


if __name__ == "__main__":
    asyncio.run(main())
