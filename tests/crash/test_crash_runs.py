"""No call is ever lost: the service and its links break at random while real callers call.

Every judgement is made by what callers and phones remember (dozvon.soak.audit).
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from random import Random
from typing import Any

import pytest

from dozvon.lab import LET_IT_RING, answer_after
from dozvon.soak.audit import audit, read_books
from dozvon.soak.callers import Callers
from dozvon.soak.floor import Floor, soak_floor
from dozvon.soak.troubles import fail_wires, fill_disk, heal, kill_again_and_again, lock_database
from dozvon.soak.witnesses import hear
from router.calls import Disposition, MissedReason
from storage.records import Way

pytestmark = pytest.mark.asterisk


async def play(
    floor: Floor, random: Random, trouble: Coroutine[Any, Any, None], *, calls: int, rate: float
) -> None:
    """Places calls while there is trouble, ends the trouble, and asks everybody."""
    day = Callers(floor, random)
    await floor.service.start()
    await floor.service.ready()
    troubling = asyncio.create_task(trouble, name="trouble")
    await day.place(calls, rate)
    troubling.cancel()
    await asyncio.wait({troubling})
    if not troubling.cancelled() and (failure := troubling.exception()):
        raise failure
    await heal(floor)
    await floor.service.start()
    await floor.service.ready()
    found = await audit(floor, hear(floor, day.placed))
    assert len(day.placed) == calls
    told = found.told()
    assert told == [], "\n".join(told)


def felt(floor: Floor, trouble: str) -> bool:
    """Whether the service said that there was trouble: a run without any would prove nothing."""
    return any(trouble in line for line in floor.service.said)


async def test_one_end_no_call_is_lost_while_the_service_is_killed_again_and_again(
    asterisk_root: Path, tmp_path: Path, seeded: Random
) -> None:
    """Killed at random instants, also while it starts: every caller is rung, no talk is cut.

    Every call is in the log once and as its caller saw it, every missed one owes a callback.
    """
    async with soak_floor(asterisk_root, tmp_path, desks=26) as floor:
        killing = kill_again_and_again(floor, seeded, up_seconds=2.0, down_seconds=0.6)
        await play(floor, seeded, killing, calls=45, rate=8)
        assert floor.service.kills >= 3


async def test_fail_open_no_call_is_lost_while_links_break_the_database_locks_and_the_disk_is_full(
    asterisk_root: Path, tmp_path: Path, seeded: Random
) -> None:
    """AMI and FastAGI are cut, slow, hung and blackholed, the database is locked for 10 s.

    Then no file may grow. Every caller is rung within the times of fail_open all the same; when
    the trouble is over everything is in the log, once.
    """

    async def trouble(floor: Floor) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(fail_wires(floor, seeded, seconds=1.5))
            await lock_database(floor, 10)
            await fill_disk(floor, 3)

    async with soak_floor(asterisk_root, tmp_path, desks=26, agi_wired=True) as floor:
        await play(floor, seeded, trouble(floor), calls=50, rate=6)
        assert felt(floor, "was lost")
        assert felt(floor, "The database is locked")
        assert felt(floor, "The disk"), [x for x in floor.service.said if "database" in x]
        books = await read_books(floor.settings)
        assert {Way.PLAN, Way.FAIL_OPEN} <= {story.stored.way for story in books.stories}


async def test_one_end_calls_of_an_exchange_that_is_killed_are_in_the_log_once(
    asterisk_root: Path, tmp_path: Path, seeded: Random
) -> None:
    """Asterisk dies with calls that ring and talk, and with some whose end is not yet read.

    What it wrote down a second before is there once; who was not served is owed a callback.
    """
    async with soak_floor(asterisk_root, tmp_path, desks=7) as floor:
        await floor.service.start()
        await floor.service.ready()
        await floor.service.kill()
        day = Callers(floor, seeded)
        calls = [await day.call("left before", d.line, d, stays=0.4) for d in floor.desks[:2]]
        for desk in floor.desks[2:6]:
            desk.a.behave(answer_after(0.1) if desk.number < 4 else LET_IT_RING)
            calls.append(await day.call("when it died", desk.line, desk, stays=30))
        for call in calls[2:4]:
            assert await call.wait_answered(3)
        for call in calls[4:]:
            await call.wait_ringing(3)
        await asyncio.sleep(1.2)  # the second after which AstDB is on the disk: that is the promise
        if seeded.random() < 0.5:
            await floor.service.start()
        await asyncio.sleep(seeded.uniform(0, 1.5))
        await floor.pbx.kill()
        await floor.pbx.start()
        await floor.service.start()
        await floor.service.wait_said("exchange synchronised", 30)
        assert await floor.empty_journal(20) == {}
        books = await read_books(floor.settings)
        for number, placed in enumerate(day.placed):
            mine = [s for s in books.stories if s.stored.call.caller == placed.caller]
            assert len(mine) == 1, placed.caller
            call = mine[0].stored.call
            if number in {2, 3} and call.disposition is Disposition.ANSWERED:
                continue
            reason = MissedReason.ABANDONED if number < 2 else MissedReason.PBX_RESTARTED
            assert (call.disposition, call.reason) == (Disposition.MISSED, reason), placed.caller
            assert books.callbacks[call.id] == 1
