"""One Asterisk for each module with the service inside the test's process (see tests/service)."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

sys.path.extend(str(Path(__file__).parent.parent / room) for room in ("service", "simulator"))

from floor_control import free_again
from sales_floor import sales_floor
from two_services import inside

from switchboard.control import Control

if TYPE_CHECKING:
    from sales_floor import Floor
    from two_services import Inside


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def floor(
    asterisk_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Floor]:
    async with sales_floor(asterisk_root, tmp_path_factory.mktemp("floor")) as found:
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(floor: Floor) -> AsyncIterator[Inside]:
    async with inside(floor.settings) as found:
        yield found


@pytest.fixture
def control(served: Inside) -> Control:
    return Control(served.board)


@pytest_asyncio.fixture(loop_scope="module")
async def quiet_floor(floor: Floor, served: Inside) -> None:
    """Nothing rings or talks, and every phone is free again."""
    await floor.no_channels()
    floor.carrier.mobiles.clear()
    for desk in floor.desks:
        desk.quiet()
        await free_again(served, desk)
