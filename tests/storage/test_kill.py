"""`kill -9` in the middle of a group commit leaves whole works only (invariant one_end)."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from pathlib import Path

from ready_tables import ready_tables

WRITES_FOREVER = """
import asyncio, sys
from storage.database import open_database
from storage.writer import Writer

async def main(url):
    async with open_database(url) as database, Writer(database).running() as writer:
        async def pair(n):
            async def work(uow):
                await uow.offices.note(f"{n}-a", "")
                await uow.offices.note(f"{n}-b", "")
            await writer.submit(work)
            print(n, flush=True)
        for start in range(0, 1_000_000, 50):
            await asyncio.gather(*(pair(start + k) for k in range(50)))

asyncio.run(main(sys.argv[1]))
"""


async def test_a_kill_in_the_middle_leaves_nothing_half_and_loses_nothing_that_was_told(
    url: str, tmp_path: Path
) -> None:
    await ready_tables(url)
    writing = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITES_FOREVER, url, stdout=asyncio.subprocess.PIPE
    )
    assert writing.stdout is not None
    told = [await writing.stdout.readline() for _ in range(180)]
    writing.kill()
    rest = await writing.stdout.read()
    await writing.wait()
    told += [line for line in rest.splitlines(keepends=True) if line.endswith(b"\n")]
    with sqlite3.connect(tmp_path / "dozvon.db") as left:
        keys = {key for (key,) in left.execute("SELECT key FROM meta")}
    left.close()
    assert {
        key for key in keys if f"{key[:-1]}a" not in keys or f"{key[:-1]}b" not in keys
    } == set()
    assert {f"{int(line)}-a" for line in told} <= keys
