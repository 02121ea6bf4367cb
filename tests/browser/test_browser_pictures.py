"""A picture of every page, on a table and in a hand, light and dark; and that none is broken.

The pictures are for people to look at. What is asserted is what a machine can see: the page is
there, nothing in it is wider than the screen, and every button and field has a name.
"""

from __future__ import annotations

import pytest
import pytest_asyncio
from playwright.async_api import Page
from workspace_house import CUT_OFF, TELEPHONE, Workspace, pictures

from dozvon.demo.stories import (
    ADVERT,
    ALSO_OF_IVANOVA,
    MAIN,
    OF_IVANOVA,
    OF_PETROV,
    UNKNOWN_NUMBERS,
)
from dozvon.demo.story import DemoClient

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

STRANGER = DemoClient(key="", name="", number=UNKNOWN_NUMBERS[0])
PLACES = (
    ("ivanova", "/desk", "desk"),
    ("ivanova", "/my", "my"),
    ("sokolova", "/live", "live-head"),
    ("ivanova", "/callbacks", "callbacks"),
    ("sokolova", "/calls", "calls"),
    ("sokolova", "/clients", "clients"),
    ("sokolova", "/clients?q=лебедева", "clients-found"),
    ("sokolova", "/clients/К-0125", "client"),
    ("director", "/reports", "reports"),
    ("director", "/recordings", "recordings"),
    ("sokolova", "/recordings?show=all", "recordings-head"),
    ("admin", "/office", "office"),
    ("admin", "/office/try", "office-try"),
    ("admin", "/connections", "connections"),
    ("admin", "/people", "people"),
)
NAMELESS = """() => [...document.querySelectorAll("button, a[href], input, select, textarea")]
  .filter(e => e.type !== "hidden" && e.offsetParent !== null)
  .filter(e => !(e.textContent.trim() || e.getAttribute("aria-label") || e.title || e.labels?.length
                 || e.querySelector("[aria-label]")))
  .map(e => e.outerHTML.slice(0, 160))"""
"""What can be pressed or filled in, and has no name for whoever cannot see it."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lived_in(house: Workspace) -> Workspace:
    """The house after a morning: one talk, two who were missed, one who waits still to be called."""
    await house.quiet()
    talk = await house.call(OF_IVANOVA)
    await house.phone("ivanova").wait_ringing(4)
    await house.phone("ivanova").answer()
    assert await talk.wait_answered(3)
    unheard = [
        await house.carrier.call(line, client.number, client.name, hangup_after=seconds)
        for client, line, seconds in (
            (OF_PETROV, MAIN, 2.2),
            (ALSO_OF_IVANOVA, MAIN, 3.4),
            (STRANGER, ADVERT, 2.8),
        )
    ]
    for call in unheard:
        await call.wait_ended(10)
    await talk.hang_up()
    await house.quiet()
    return house


@pytest.mark.parametrize(("login", "path", "name"), PLACES)
async def test_a_page_fits_its_screen_and_names_what_can_be_pressed(
    lived_in: Workspace, workspace: Workspace, login: str, path: str, name: str
) -> None:
    page = await workspace.sign_in(login, path)
    assert await page.locator("main").count() == 1
    await pictures(page, name)
    assert await page.evaluate(NAMELESS) == []
    assert await page.evaluate(CUT_OFF) == []
    await in_a_hand(page)
    assert await page.evaluate(CUT_OFF) == []


async def in_a_hand(page: Page) -> None:
    await page.set_viewport_size({"width": TELEPHONE[0], "height": TELEPHONE[1]})
