"""One exchange, one service and one browser for each module; every test begins with quiet phones."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect
from workspace_house import Workspace, workspace_house


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: Path) -> AsyncIterator[Browser]:
    """The browser, without a window. Playwright brings none of its own."""
    expect.set_options(timeout=10_000)  # a busy machine is no failure
    async with async_playwright() as playwright:
        found = await playwright.chromium.launch(executable_path=str(chromium), headless=True)
        try:
            yield found
        finally:
            await found.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(
    asterisk_root: Path, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Workspace]:
    async with workspace_house(asterisk_root, tmp_path_factory.mktemp("house"), browser) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="module")
async def workspace(house: Workspace) -> AsyncIterator[Workspace]:
    """The workspace: `address`, `sign_in(login) -> Page`, `call(client)`, `phone(manager)`."""
    await house.quiet()
    house.trouble.clear()
    yield house
    sys.stdout.write(house.standing())
    assert not house.trouble, "\n".join(house.trouble)
