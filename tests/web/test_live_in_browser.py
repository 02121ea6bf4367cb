"""The stream in a real browser: one connection, every tab, nothing typed is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from live_house import IVAN, STRANGER, LiveHouse, live_house
from playwright.async_api import Browser, BrowserContext, Dialog, Page, async_playwright, expect
from signin_house import PASSWORD
from test_desk_pages import PaperPbx

from pbx_adapters.port import HangUp, TakeCall
from router.facts import PhoneState

pytestmark = pytest.mark.asyncio(loop_scope="module")

WAIT_MS = 8000


@pytest_asyncio.fixture(loop_scope="module")
async def floor(tmp_path: Path) -> AsyncIterator[LiveHouse]:
    async with live_house(tmp_path) as found:
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: Path) -> AsyncIterator[Browser]:
    expect.set_options(timeout=WAIT_MS)
    async with async_playwright() as playwright:
        found = await playwright.chromium.launch(
            executable_path=str(chromium), args=["--no-sandbox"]
        )
        yield found
        await found.close()


@asynccontextmanager
async def signed_in(
    floor: LiveHouse, browser: Browser, login: str
) -> AsyncIterator[BrowserContext]:
    """A browser of its own, in which every error of a page is a failure."""
    base = f"http://127.0.0.1:{floor.house.port}"
    context = await browser.new_context(base_url=base, locale="ru-RU")
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    page = await context.new_page()
    await page.goto("/signin")
    await page.fill("[name=login]", login)
    await page.fill("[name=password]", PASSWORD)
    await page.click("main button")
    await page.wait_for_url(lambda url: not url.endswith("/signin"))
    await page.close()
    yield context
    await context.close()
    assert errors == []


async def opened(context: BrowserContext, path: str = "/desk") -> Page:
    """A tab whose stream has told its state."""
    page = await context.new_page()
    await page.goto(path)
    await expect(page.locator("#my-status")).to_contain_text("месте")
    return page


async def test_a_ring_is_in_every_tab_over_one_connection(
    floor: LiveHouse, browser: Browser
) -> None:
    """However many tabs; another page than the desk shows the call too."""
    async with signed_in(floor, browser, "ivanova") as context:
        tabs = [await opened(context), await opened(context, "/live"), await opened(context)]

        async def one() -> bool:
            return len(floor.fanout) == 1

        await floor.eventually(one, 8.0)
        call = await (await floor.call()).rings("101")
        for tab in tabs:
            await expect(tab.locator("#pops h2")).to_have_text("Иван Петров")
        await call.ends()
        for tab in tabs:
            await expect(tab.locator("#pops")).to_be_empty()


async def test_the_tab_that_led_may_be_closed(floor: LiveHouse, browser: Browser) -> None:
    """Another one takes over, and what rings is still there."""
    async with signed_in(floor, browser, "ivanova") as context:
        first, second = await opened(context), await opened(context)
        await (await floor.call()).rings("101")
        await first.close()
        await expect(second.locator("#pops h2")).to_have_text("Иван Петров")
        await (await floor.call(STRANGER)).rings("101")
        await expect(second.locator("#pops h2")).to_have_count(2)


async def test_a_reload_shows_what_rings(floor: LiveHouse, browser: Browser) -> None:
    """State comes first."""
    async with signed_in(floor, browser, "ivanova") as context:
        page = await opened(context)
        await (await floor.call()).rings("101")
        await expect(page.locator("#pops h2")).to_have_text("Иван Петров")
        await page.reload()
        await expect(page.locator("#pops h2")).to_have_text("Иван Петров")


async def test_take_is_one_click_and_the_page_stays(floor: LiveHouse, browser: Browser) -> None:
    """What was typed elsewhere on the page is still there."""
    pbx = PaperPbx()
    floor.house.board.attach(pbx)
    async with signed_in(floor, browser, "petrov") as context:
        page = await opened(context)
        mine = await (await floor.call(STRANGER)).rings("102")
        await mine.answers("102")
        await floor.house.board.phones_changed("main", {"102": PhoneState.TALKING})
        await page.fill("#note-text", "перезвонить после обеда")
        await (await floor.call()).rings("101")
        await page.locator("#desk-take button").click()
        await expect(page.locator("#told")).to_contain_text("говорите")
        assert not pbx.control.given, "who talks already takes nothing"
        await mine.ends()
        await expect(page.locator("#note-text")).to_have_value("перезвонить после обеда")


async def test_a_free_colleague_takes(floor: LiveHouse, browser: Browser) -> None:
    """His phone is the one that is rung."""
    pbx = PaperPbx()
    floor.house.board.attach(pbx)
    async with signed_in(floor, browser, "petrov") as context:
        page = await opened(context)
        call = await (await floor.call()).rings("101")
        await page.locator("#desk-take button").click()
        await expect(page.locator("#told")).to_contain_text("Звонок ваш")
        (command,) = pbx.control.given
        assert isinstance(command, TakeCall)
        assert (command.call_id, command.phone.extension) == (call.id, "102")


async def test_a_lost_connection_is_told_and_comes_back(floor: LiveHouse, browser: Browser) -> None:
    """After some seconds a bar; with the connection the newest state, and no bar."""
    async with signed_in(floor, browser, "ivanova") as context:
        page = await opened(context)
        await context.set_offline(offline=True)
        floor.fanout.end_all("stopping")
        await expect(page.locator("#offline")).to_be_visible()
        await (await floor.call()).rings("101")
        await context.set_offline(offline=False)
        await expect(page.locator("#pops h2")).to_have_text("Иван Петров")
        await expect(page.locator("#offline")).to_be_hidden()


async def test_the_card_opens_by_itself_once(floor: LiveHouse, browser: Browser) -> None:
    """On ring, as the person chose; not once for each tab."""
    async with signed_in(floor, browser, "ivanova") as context:
        page, _ = await opened(context), await opened(context, "/live")
        call = await (await floor.call()).rings("101")
        await expect(page.locator("#pops h2")).to_have_text("Иван Петров")
        await page.wait_for_timeout(500)
        cards = [tab.url for tab in context.pages if "/clients/K-1" in tab.url]
        assert len(cards) == 1
        await call.stops("101")
        await call.rings("101")
        await page.wait_for_timeout(500)
        assert len([tab.url for tab in context.pages if "/clients/K-1" in tab.url]) == 1


async def test_a_status_is_one_click(floor: LiveHouse, browser: Browser) -> None:
    """The bar at the top of another tab knows at once."""
    async with signed_in(floor, browser, "ivanova") as context:
        page, other = await opened(context), await opened(context, "/live")
        await page.locator("#desk-status button[value=lunch]").click()
        await expect(page.locator("#told")).to_contain_text("Обед")
        await expect(other.locator("#my-status")).to_contain_text("Обед")
        await expect(page.locator("#desk-status")).to_contain_text("звонки идут коллегам")


async def test_the_next_contact_is_proposed_as_one_types(
    floor: LiveHouse, browser: Browser
) -> None:
    """And the note goes to the client."""
    async with signed_in(floor, browser, "ivanova") as context:
        page = await opened(context)
        call = await (await floor.call(IVAN)).rings("101")
        await call.answers("101")
        await page.fill("#note-said", "6")
        await expect(page.locator("#note-next")).not_to_have_value("")
        await page.fill("#note-text", "Решает с женой")
        await page.get_by_role("button", name="Сохранить").click()
        await expect(page.locator("#desk-due")).to_have_count(1)
        await expect(page.locator("#told")).to_contain_text("Записано")


async def test_a_next_contact_that_is_past_is_told_and_the_form_stays(
    floor: LiveHouse, browser: Browser
) -> None:
    """Nothing is kept; the right hour is one change away."""
    call = await (await floor.call()).rings("101")
    await call.answers("101")
    async with signed_in(floor, browser, "ivanova") as context:
        page = await opened(context)
        await page.fill("#note-text", "Решает с женой")
        await page.fill("#note-next", "2020-01-01T10:00")
        await page.get_by_role("button", name="Сохранить").click()
        await expect(page.locator("#told")).to_contain_text("Не сохранено")
        await expect(page.locator("#note-text")).to_have_value("Решает с женой")
        await expect(page.locator("#note-next")).to_have_value("2020-01-01T10:00")
        assert page.url.endswith("/desk")
        await page.fill("#note-said", "6")
        await expect(page.locator("#note-next")).not_to_have_value("2020-01-01T10:00")
        await page.get_by_role("button", name="Сохранить").click()
        await expect(page.locator("#told")).to_contain_text("Записано")


async def test_a_question_before_a_hang_up_is_asked_once(
    floor: LiveHouse, browser: Browser
) -> None:
    """And a "no" leaves the call alone."""
    pbx = PaperPbx()
    floor.house.board.attach(pbx)
    async with signed_in(floor, browser, "ivanova") as context:
        page = await opened(context)
        asked: list[str] = []
        answers = [False, True]

        async def answer(dialog: Dialog) -> None:
            asked.append(dialog.message)
            await (dialog.accept() if answers.pop(0) else dialog.dismiss())

        page.on("dialog", answer)
        call = await (await floor.call()).rings("101")
        await expect(page).to_have_title("☎ Иван Петров")
        await call.answers("101")
        button = page.get_by_role("button", name="Положить трубку")
        await button.click()
        assert not pbx.control.given
        await button.click()
        await expect(page.locator("#told")).to_contain_text("Готово")
        assert len(asked) == 2
        assert pbx.control.given == [HangUp(channel_id=call.id)]
