"""What breaks while the calls come, at instants that only the seed knows."""

from __future__ import annotations

import asyncio
import sqlite3
from random import Random

from dozvon.soak.floor import Floor
from dozvon.soak.wire import Fault, Wire
from storage.dialects import file_of

_ROOM_BYTES = 4096


async def kill_again_and_again(
    floor: Floor, random: Random, *, up_seconds: float, down_seconds: float
) -> None:
    """Kill the service and start it, for ever; some kills come while it is still starting."""
    while True:
        await asyncio.sleep(random.uniform(0.2, 2 * up_seconds))
        await floor.service.kill()
        await asyncio.sleep(random.uniform(0, 2 * down_seconds))
        await floor.service.start()


async def fail_wires(floor: Floor, random: Random, *, seconds: float) -> None:
    """Let AMI and FastAGI fail in every way, for ever; in the first round both at once."""
    faults = (Fault.CUT, Fault.SLOW, Fault.HUNG, Fault.BLACKHOLED)
    both = _both(floor)
    choices = [both]
    while True:
        for fault in random.sample(faults, len(faults)):
            for one in random.choice(choices):
                await one.become(fault)
            await asyncio.sleep(random.uniform(0.5, 1.5) * seconds)
            for one in both:
                await one.become(Fault.NONE)
            await asyncio.sleep(random.uniform(0.2, 1.0) * seconds)
        choices = [both, *([one] for one in both)]


async def heal(floor: Floor) -> None:
    """End every trouble that lasts until somebody ends it."""
    for one in _both(floor):
        await one.become(Fault.NONE)
    floor.service.allow_files_of(None)


async def lock_database(floor: Floor, seconds: float) -> None:
    """Hold the database's lock, as a backup that hangs does."""
    other = sqlite3.connect(str(file_of(floor.settings.database)), isolation_level=None)
    try:
        other.execute("BEGIN EXCLUSIVE")
        await asyncio.sleep(seconds)
        other.execute("ROLLBACK")
    finally:
        other.close()


async def fill_disk(floor: Floor, seconds: float) -> None:
    """Let the service's files grow no more."""
    floor.service.allow_files_of(_ROOM_BYTES)
    await asyncio.sleep(seconds)
    floor.service.allow_files_of(None)


def _both(floor: Floor) -> list[Wire]:
    return [one for one in (floor.ami, floor.agi) if one is not None]
