"""Two times that a sales team feels: how soon lost hours are made up for, and how soon a callback.

Both are taken from outside: entries are written by the journal's own AMI user, the clock starts
with the process and with the caller's own hang-up, and stops when the exchange's journal is empty
and when the item can be read in the database.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from random import Random

from dozvon.soak import office as texts
from dozvon.soak.floor import Floor
from storage.dialects import file_of

_AT_ONCE = 100
_POLL_SECONDS = 0.005
_DEADLINE_SECONDS = 120.0
_FIRST_STRANGER = 5_000_000


async def write_journal(floor: Floor, count: int) -> list[str]:
    """Write so many ended calls of the last hours into AstDB; returns their ids."""
    began = datetime.now(UTC)
    ids = [f"soak-journal-{n}" for n in range(count)]
    async with _journal_user(floor) as (reader, writer):
        for start in range(0, count, _AT_ONCE):
            piece = range(start, min(start + _AT_ONCE, count))
            for n in piece:
                at = began - timedelta(seconds=60 + n)
                _put(writer, f"ended/{at:%Y%m%d%H}/{ids[n]}", _entry(ids[n], n, at))
                _put(writer, f"hours/{at:%Y%m%d%H}", "1")
            await writer.drain()
            for _ in range(2 * len(piece)):
                await reader.readuntil(b"\r\n\r\n")
    return ids


@asynccontextmanager
async def _journal_user(
    floor: Floor,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", floor.pbx.ports.ami)
    try:
        await reader.readline()
        login = "Action: Login\r\nUsername: dozvon-journal\r\nSecret: journal-secret\r\n"
        writer.write(f"{login}Events: off\r\n\r\n".encode())
        await reader.readuntil(b"Authentication accepted\r\n\r\n")
        yield reader, writer
    finally:
        writer.close()


def _put(writer: asyncio.StreamWriter, key: str, value: str) -> None:
    action = f"Action: DBPut\r\nFamily: dozvon\r\nKey: {key}\r\nVal: {value}\r\n\r\n"
    writer.write(action.encode())


def _entry(call_id: str, n: int, began: datetime) -> str:
    at = began.timestamp()
    caller, line = texts.stranger_number(_FIRST_STRANGER + n), texts.line(1)
    head = f"1|{call_id}|{line}|{caller}||{at:.3f}|{at + 7:.3f}|fail-open|FAILURE"
    return f"{head}|missed|abandoned|||0|127||1=a1/2011&b1/2012:rang:7:CANCEL,"


async def journal_seconds(floor: Floor, count: int) -> tuple[float, int]:
    """Seconds from the start of the service to an empty journal, and how many calls were lost."""
    await floor.service.stop()
    ids = await write_journal(floor, count)
    loop = asyncio.get_running_loop()
    began = loop.time()
    await floor.service.start()
    await floor.service.wait_said("exchange synchronised", _DEADLINE_SECONDS)
    await floor.empty_journal(_DEADLINE_SECONDS)
    took = loop.time() - began
    with _reading(floor) as database:
        query = (
            "SELECT count(*) FROM callback_calls c JOIN calls ON calls.id = c.call_id"
            " WHERE c.call_id LIKE 'soak-journal-%'"
        )
        there = int(database.execute(query).fetchone()[0])
    database.close()
    return took, abs(len(ids) - there)


async def callback_seconds(floor: Floor, random: Random, count: int) -> Sequence[float]:
    """Seconds from a caller's hang-up to the item that can be read, sorted."""
    took = [await _callback(floor, random, n) for n in range(count)]
    return sorted(took)


async def _callback(floor: Floor, random: Random, n: int) -> float:
    caller = texts.stranger_number(_FIRST_STRANGER - 1 - n)
    call = await floor.carrier.call(floor.desks[1].line, caller)
    await call.wait_ringing(5)
    call.session.later(random.uniform(0.1, 0.6), call.session.hang_up)
    database = _reading(floor)
    query = (
        "SELECT count(*) FROM callback_calls c JOIN calls ON calls.id = c.call_id"
        " WHERE calls.caller = ?"
    )
    try:
        async with asyncio.timeout(_DEADLINE_SECONDS):
            while not database.execute(query, (caller,)).fetchone()[0]:  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(_POLL_SECONDS)
    finally:
        database.close()
    await call.wait_ended(5)
    ended = call.ended_at or call.started_at
    return (datetime.now(UTC) - ended).total_seconds()


def _reading(floor: Floor) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{file_of(floor.settings.database)}?mode=ro", uri=True)
