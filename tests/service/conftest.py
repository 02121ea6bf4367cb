"""One Asterisk for each module, and the service beside it in either way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sales_floor import Floor, sales_floor
from two_services import Inside, Outside, inside, outside


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def floor(
    asterisk_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Floor]:
    async with sales_floor(asterisk_root, tmp_path_factory.mktemp("floor")) as found:
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(floor: Floor) -> AsyncIterator[Inside]:
    """The service in this process, on the module's floor."""
    async with inside(floor.settings) as found:
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def process(floor: Floor) -> AsyncIterator[Outside]:
    """The service as a process of its own, on the module's floor."""
    async with outside(floor.config) as found:
        yield found
