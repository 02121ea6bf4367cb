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

from dozvon.soak.audit import audit
from dozvon.soak.callers import Callers
from dozvon.soak.floor import Floor, soak_floor
from dozvon.soak.troubles import kill_again_and_again
from dozvon.soak.witnesses import hear

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
    await floor.service.start()
    await floor.service.ready()
    found = await audit(floor, hear(floor, day.placed))
    assert len(day.placed) == calls
    told = found.told()
    assert told == [], "\n".join(told)


async def test_one_end_no_call_is_lost_while_the_service_is_killed_again_and_again(
    asterisk_root: Path, tmp_path: Path, seeded: Random
) -> None:
    """Killed at random instants, also while it starts: every caller is rung, no talk is cut.

    Every call is in the log once and as its caller saw it, every missed one owes a callback.
    """
    async with soak_floor(asterisk_root, tmp_path, desks=26) as floor:
        killing = kill_again_and_again(floor, seeded, up_seconds=2.0, down_seconds=0.6)
        await play(floor, seeded, killing, calls=80, rate=7)
        assert floor.service.kills >= 3
