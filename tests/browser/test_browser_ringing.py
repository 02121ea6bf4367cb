"""Calls that ring, as people see them: real phones, the real service, several browsers at once."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Page, expect
from workspace_house import Workspace, pictures

from dozvon.demo.stories import ADVERT, OF_IVANOVA, UNKNOWN_NUMBERS
from dozvon.demo.story import DemoClient
from dozvon.lab import Phone

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

RING = "#pops [data-ring]"
TAKE = "#desk-take li"
TALK = "#desk-talk [data-talk]"
SECOND = 1_000
AT_ONCE = 3 * SECOND
"""A second is what is promised; on a machine that does much else it may be late. Benchmarks tell."""

STRANGER = DemoClient(key="", name="", number=UNKNOWN_NUMBERS[0])


async def shown(page: Page, where: str, *texts: str) -> None:
    """The one card there tells all of this."""
    await expect(page.locator(where)).to_have_count(1)
    for text in texts:
        await expect(page.locator(where)).to_contain_text(text)


async def gone(*places: tuple[Page, str]) -> None:
    """What was there is there no more."""
    await asyncio.gather(
        *(expect(page.locator(where)).to_have_count(0, timeout=AT_ONCE) for page, where in places)
    )


async def ringing(phone: Phone) -> None:
    await phone.wait_ringing(4)


async def test_the_card_of_who_calls_is_there_before_the_phone_is_picked_up(
    workspace: Workspace,
) -> None:
    """It tells client, application, owner and line, to whom it rings at and to nobody else."""
    anna = await workspace.sign_in("ivanova", "/desk")
    petr = await workspace.sign_in("petrov", "/desk")
    await workspace.call(OF_IVANOVA)
    await ringing(workspace.phone("ivanova"))
    await shown(anna, RING, "Лебедева Вера", "З-1084", "Остекление балкона", "Анна Иванова")
    await shown(anna, RING, "Основной номер")
    await shown(petr, TAKE, "Лебедева Вера", "Анна Иванова", "З-1084")
    await expect(petr.locator(RING)).to_have_count(0)
    assert "Остекление" not in await petr.inner_text("body"), "a colleague sees the key alone"
    assert "900" not in await petr.inner_text("#desk-take"), "and no number"
    await pictures(anna, "desk-rings")
    await pictures(petr, "desk-take")


async def test_the_card_is_on_every_page_and_in_every_tab(workspace: Workspace) -> None:
    """Whoever reads another page sees it too; a second tab shows it as well, once."""
    anna = await workspace.sign_in("ivanova", "/my")
    other = await anna.context.new_page()
    await other.goto("/desk")
    await workspace.call(OF_IVANOVA)
    await shown(anna, RING, "Лебедева Вера")
    await shown(other, RING, "Лебедева Вера")


async def test_the_clients_card_opens_by_itself_once(workspace: Workspace) -> None:
    """When it rings, in a tab of its own, however many tabs are open; or never, as one likes it."""
    anna = await workspace.sign_in("ivanova", "/desk")
    other = await anna.context.new_page()
    await other.goto("/my")
    async with anna.context.expect_page() as opened:
        call = await workspace.call(OF_IVANOVA)
    card = await opened.value
    await expect(card.locator("h1")).to_contain_text("Лебедева Вера")
    await shown(other, RING, "Лебедева Вера")
    assert len(anna.context.pages) == 3
    await call.hang_up()
    await gone((anna, RING), (other, RING))
    await card.close()
    await other.select_option("select[name=card_opens]", "never")
    await other.click("form:has(select[name=card_opens]) button")
    try:
        await anna.reload()
        await workspace.call(OF_IVANOVA)
        await shown(anna, RING, "Лебедева Вера")
        assert len(anna.context.pages) == 2
    finally:
        await other.select_option("select[name=card_opens]", "ring")
        await other.click("form:has(select[name=card_opens]) button")


async def test_a_call_that_was_answered_elsewhere_is_gone_at_once(
    workspace: Workspace,
) -> None:
    """A stranger rings at the whole department; one picks up, the others' cards vanish."""
    anna = await workspace.sign_in("ivanova", "/desk")
    petr = await workspace.sign_in("petrov", "/desk")
    await workspace.call(STRANGER, ADVERT)
    await ringing(workspace.phone("petrov"))
    await shown(anna, RING, "111-00-05")
    await shown(petr, RING, "111-00-05")
    await workspace.phone("petrov").answer()
    await gone((anna, RING), (petr, RING), (anna, TAKE))
    await shown(petr, TALK, "111-00-05")
    await pictures(petr, "desk-talk")


async def test_a_caller_who_leaves_takes_the_cards_with_him(workspace: Workspace) -> None:
    """Nothing rings on any screen when he has hung up."""
    anna = await workspace.sign_in("ivanova", "/desk")
    petr = await workspace.sign_in("petrov", "/desk")
    call = await workspace.call(OF_IVANOVA)
    await shown(anna, RING, "Лебедева Вера")
    await shown(petr, TAKE, "Лебедева Вера")
    await call.hang_up()
    await gone((anna, RING), (petr, TAKE))


async def test_whoever_takes_a_call_gets_it_on_his_phone_and_the_other_stops(
    workspace: Workspace,
) -> None:
    """Take: my phone rings, I pick up and talk with the client; the owner is told who has him."""
    anna = await workspace.sign_in("ivanova", "/desk")
    petr = await workspace.sign_in("petrov", "/desk")
    call = await workspace.call(OF_IVANOVA)
    await ringing(workspace.phone("ivanova"))
    await petr.click(f"{TAKE} form[action$='/take'] button")
    await ringing(workspace.phone("petrov"))
    await shown(anna, RING, "Лебедева Вера")
    await workspace.phone("petrov").answer()
    await workspace.phone("ivanova").calls[-1].wait_ended(3)
    assert await call.wait_answered(3)
    await gone((anna, RING), (petr, TAKE))
    await shown(petr, TALK, "Лебедева Вера", "Остекление балкона")
    await expect(anna.locator("#desk-info")).to_contain_text("Пётр Петров")
    await expect(anna.locator("#desk-info")).to_contain_text("Лебедева Вера")
    await pictures(anna, "desk-info")


async def test_the_card_comes_back_after_a_reload(workspace: Workspace) -> None:
    anna = await workspace.sign_in("ivanova", "/desk")
    await workspace.call(OF_IVANOVA)
    await shown(anna, RING, "Лебедева Вера")
    await anna.reload()
    await shown(anna, RING, "Лебедева Вера")


async def test_the_card_is_right_again_after_the_network_was_lost(workspace: Workspace) -> None:
    """A call that began while the browser was cut off is there when it is back."""
    anna = await workspace.sign_in("ivanova", "/desk")
    await anna.wait_for_function("document.querySelector('#offline')?.hidden")
    with workspace.forgiving():
        await anna.context.set_offline(offline=True)
        await workspace.call(OF_IVANOVA)
        await ringing(workspace.phone("ivanova"))
        await anna.context.set_offline(offline=False)
        await expect(anna.locator(RING)).to_contain_text("Лебедева Вера", timeout=10 * SECOND)


async def test_a_service_that_was_started_again_shows_the_call_that_rings(
    workspace: Workspace,
) -> None:
    """The page finds its way back by itself, and what rings is on it."""
    anna = await workspace.sign_in("ivanova", "/desk")
    await workspace.call(OF_IVANOVA)
    await shown(anna, RING, "Лебедева Вера")
    with workspace.forgiving():
        await workspace.service.stop()
        await workspace.service.start()
        await expect(anna.locator("#offline")).to_be_hidden(timeout=10 * SECOND)
        await shown(anna, RING, "Лебедева Вера")
    call = workspace.carrier.placed[-1]
    await call.hang_up()
    await expect(anna.locator(RING)).to_have_count(0, timeout=2 * SECOND)


async def test_the_assistant_sees_what_rings_at_her_manager(workspace: Workspace) -> None:
    yulia = await workspace.sign_in("assistant", "/desk")
    await workspace.call(OF_IVANOVA)
    await shown(yulia, RING, "Лебедева Вера")


async def test_the_director_sees_every_call_live(workspace: Workspace) -> None:
    """Who calls, at whom it rings, and then who talks."""
    irina = await workspace.sign_in("director", "/live")
    await workspace.call(OF_IVANOVA)
    await expect(irina.locator("#live-calls")).to_contain_text("Лебедева Вера")
    await expect(irina.locator("#live-calls")).to_contain_text("Анна Иванова")
    await pictures(irina, "live")
    await ringing(workspace.phone("ivanova"))
    await workspace.phone("ivanova").answer()
    await expect(irina.locator("#live-calls .badge.talk")).to_have_count(1)
    await workspace.phone("ivanova").hang_up()
    await expect(irina.locator("#live-calls")).not_to_contain_text("Лебедева Вера")


async def test_of_two_who_take_a_call_one_gets_it_and_the_other_a_sentence(
    workspace: Workspace,
) -> None:
    """one_winner, as it looks: the second is told who was faster."""
    petr = await workspace.sign_in("petrov", "/desk")
    maria = await workspace.sign_in("sokolova", "/desk")
    await workspace.call(OF_IVANOVA)
    await shown(petr, TAKE, "Лебедева Вера")
    await shown(maria, TAKE, "Лебедева Вера")
    await petr.click(f"{TAKE} form[action$='/take'] button")
    await maria.click(f"{TAKE} form[action$='/take'] button")
    await ringing(workspace.phone("petrov"))
    await ringing(workspace.phone("sokolova"))
    await workspace.phone("petrov").answer()
    await expect(maria.locator(".flash")).to_contain_text("Пётр Петров")
    await shown(petr, TALK, "Лебедева Вера")
