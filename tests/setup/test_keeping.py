"""Backups: whole or not there, one moment, and without secrets unless asked for."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
import sys
from contextlib import closing
from pathlib import Path

import pytest
from kept_machine import SETTINGS, SIGNING_KEY, Machine, installed, members


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return installed(tmp_path)


def test_no_secret_is_in_a_backup_unless_it_was_asked_for(machine: Machine) -> None:
    told = machine.fine("backup", str(machine.file))
    everything = b"\n".join(members(machine.file).values())
    assert b"calls-password" not in everything
    assert b"journal-password" not in everything
    assert SIGNING_KEY not in everything
    assert "(3)" in told
    assert stat.S_IMODE(machine.file.stat().st_mode) == 0o600


def test_a_secret_that_stands_in_a_comment_too_stops_the_backup(machine: Machine) -> None:
    machine.config.write_text(SETTINGS + "# calls-password\n", "utf-8")
    done = machine.run("backup", str(machine.file))
    assert (done.exit_code, "a second time" in done.output) == (4, True)
    assert not machine.file.exists()


def test_a_backup_never_writes_over_a_file(machine: Machine) -> None:
    machine.file.write_bytes(b"another")
    done = machine.run("backup", str(machine.file))
    assert (done.exit_code, "name another file" in done.output) == (4, True)
    assert machine.file.read_bytes() == b"another"


def test_a_backup_beside_a_writer_is_one_consistent_moment(machine: Machine) -> None:
    """What is written but not committed is not in it; what is committed to the WAL is."""
    with closing(sqlite3.connect(machine.database, isolation_level=None)) as writer:
        writer.execute("INSERT INTO meta (key, value) VALUES ('committed', '1')")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO meta (key, value) VALUES ('open', '1')")
        machine.fine("backup", str(machine.file))
        writer.execute("ROLLBACK")
    copy = machine.folder / "copy.sqlite3"
    copy.write_bytes(members(machine.file)["dozvon.sqlite3"])
    with closing(sqlite3.connect(copy)) as database:
        keys = {key for (key,) in database.execute("SELECT key FROM meta")}
    assert keys >= {"first", "committed"}
    assert "open" not in keys


HAMMERS = """
import itertools, sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
for n in itertools.count():
    database.execute("BEGIN IMMEDIATE")
    for half in "ab":
        database.execute("INSERT INTO meta (key, value) VALUES (?, ?)", (f"{n}-{half}", "x" * 500))
    database.execute("COMMIT")
    print(n, flush=True)
"""


def test_a_backup_ends_while_somebody_writes_without_a_pause(machine: Machine) -> None:
    """And holds whole transactions only, with everything that was committed before it began."""

    async def hammered() -> int:
        writer = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", HAMMERS, str(machine.database)), stdout=asyncio.subprocess.PIPE
        )
        assert writer.stdout is not None
        told = [int(await writer.stdout.readline()) for _ in range(50)]
        drained = asyncio.create_task(writer.stdout.read())
        try:
            async with asyncio.timeout(20):
                await asyncio.to_thread(machine.fine, "backup", str(machine.file))
        finally:
            writer.kill()
            await drained
            await writer.wait()
        return told[-1]

    machine.note("large", "x" * 8_000_000)
    last = asyncio.run(hammered())
    copy = machine.folder / "copy.sqlite3"
    copy.write_bytes(members(machine.file)["dozvon.sqlite3"])
    with closing(sqlite3.connect(copy)) as database:
        keys = {key for (key,) in database.execute("SELECT key FROM meta") if "-" in key}
    assert {f"{n}-a" for n in range(last + 1)} <= keys
    assert all(f"{key[:-1]}a" in keys and f"{key[:-1]}b" in keys for key in keys)
