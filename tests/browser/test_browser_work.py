"""A manager's work in his browser: whom to call back, calling, being away, writing down."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect
from workspace_house import Workspace, pictures

from dozvon.demo.stories import ALSO_OF_IVANOVA, OF_IVANOVA, OF_PETROV
from dozvon.demo.story import DemoClient
from dozvon.lab import CallState, Mobile, answer_after
from router.office import Status

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

ITEM = "#callbacks-list .callback"
TALK = "#desk-talk [data-talk]"


def item_of(page: Page, client: DemoClient) -> str:
    return f"{ITEM}:has-text('{client.name}')"


async def missed(workspace: Workspace, client: DemoClient) -> None:
    """The client calls, lets it ring and gives up."""
    call = await workspace.call(client)
    manager = workspace.phone(client.owner)
    await manager.wait_ringing(4)
    await call.hang_up()
    await manager.until(lambda: not manager.live_calls, 5)


async def test_a_missed_client_is_in_the_list_and_gone_when_he_was_called_back(
    workspace: Workspace,
) -> None:
    """Missed: he is in the list by itself. Called by one click and talked to: he is off it again."""
    anna = await workspace.sign_in("ivanova", "/callbacks")
    await missed(workspace, OF_IVANOVA)
    await expect(anna.locator(item_of(anna, OF_IVANOVA))).to_have_count(1)
    await pictures(anna, "callbacks-one")
    workspace.carrier.mobiles[OF_IVANOVA.number] = Mobile(behaviour=answer_after(0.2))
    await anna.click(f"{item_of(anna, OF_IVANOVA)} form[action*='/call?'] button")
    phone = workspace.phone("ivanova")
    await phone.wait_ringing(4)
    await phone.answer()
    await workspace.carrier.until(
        lambda: any(
            c.called == OF_IVANOVA.number and c.state is CallState.TALKING
            for c in workspace.carrier.received
        ),
        5,
    )
    [client] = [c for c in workspace.carrier.received if c.called == OF_IVANOVA.number]
    client.session.later(1.6, client.session.hang_up)  # a talk, not a word
    await client.wait_ended(5)
    await expect(anna.locator(item_of(anna, OF_IVANOVA))).to_have_count(0)


async def test_whoever_calls_again_and_is_talked_to_is_off_the_list(workspace: Workspace) -> None:
    """Nobody need call a client back who got through by himself."""
    anna = await workspace.sign_in("ivanova", "/callbacks")
    await missed(workspace, ALSO_OF_IVANOVA)
    await expect(anna.locator(item_of(anna, ALSO_OF_IVANOVA))).to_have_count(1)
    call = await workspace.call(ALSO_OF_IVANOVA)
    await workspace.phone("ivanova").wait_ringing(4)
    await workspace.phone("ivanova").answer()
    assert await call.wait_answered(3)
    await call.hang_up()
    await expect(anna.locator(item_of(anna, ALSO_OF_IVANOVA))).to_have_count(0)


async def test_an_item_that_was_taken_says_by_whom_to_the_others(workspace: Workspace) -> None:
    """Two people never call the same client: the head sees who has him."""
    anna = await workspace.sign_in("ivanova", "/callbacks")
    maria = await workspace.sign_in("sokolova", "/callbacks?which=all")
    await missed(workspace, OF_IVANOVA)
    await anna.click(f"{item_of(anna, OF_IVANOVA)} form[action*='/take?'] button")
    await expect(anna.locator(item_of(anna, OF_IVANOVA))).to_have_class("card callback mine")
    await maria.reload()
    await expect(maria.locator(item_of(maria, OF_IVANOVA))).to_contain_text("Анна Иванова")
    await expect(
        maria.locator(f"{item_of(maria, OF_IVANOVA)} form[action*='/take?']")
    ).to_have_count(0)
    await anna.click(f"{item_of(anna, OF_IVANOVA)} summary")
    await anna.fill(f"{item_of(anna, OF_IVANOVA)} input[name=reason]", "Договорились письмом")
    await anna.click(f"{item_of(anna, OF_IVANOVA)} form[action*='/not-needed?'] button")
    await expect(anna.locator(item_of(anna, OF_IVANOVA))).to_have_count(0)


async def test_a_manager_who_is_away_is_not_rung_by_the_next_call(workspace: Workspace) -> None:
    """One click on "away": the next call of my client rings at my deputy, at once."""
    anna = await workspace.sign_in("ivanova", "/desk")
    await anna.click("#desk-status button[value=away]")
    await expect(anna.locator("#desk-status button[value=away]")).to_have_attribute(
        "aria-pressed", "true"
    )
    await expect(anna.locator("#my-status")).to_contain_text("Нет на месте")
    before = len(workspace.phone("ivanova").calls)
    call = await workspace.call(OF_IVANOVA)
    await workspace.phone("petrov").wait_ringing(4)
    await expect(anna.locator("#desk-info")).to_contain_text("Лебедева Вера")
    assert len(workspace.phone("ivanova").calls) == before
    await pictures(anna, "desk-away")
    await call.hang_up()
    await anna.click("#desk-status button[value=available]")
    await expect(anna.locator("#my-status")).to_contain_text("На месте")
    await workspace.call(OF_IVANOVA)
    await workspace.phone("ivanova").wait_ringing(4)


async def test_the_head_sees_who_is_away_and_brings_him_back(workspace: Workspace) -> None:
    """A status set elsewhere is on every screen at once."""
    maria = await workspace.sign_in("sokolova", "/live")
    await workspace.set_status("petrov", Status.LUNCH)
    row = maria.locator("#live-people tr", has_text="Пётр Петров")
    await expect(row).to_contain_text("Обед")


async def test_a_talk_is_handed_on_from_the_desk(workspace: Workspace) -> None:
    """Transfer: the colleague's phone rings, he sees who it is, mine is free again."""
    petr = await workspace.sign_in("petrov", "/desk")
    maria = await workspace.sign_in("sokolova", "/desk")
    await workspace.call(OF_PETROV)
    await workspace.phone("petrov").wait_ringing(4)
    await workspace.phone("petrov").answer()
    await expect(petr.locator(TALK)).to_contain_text(OF_PETROV.name)
    await petr.select_option(f"{TALK} select[name=to]", "sokolova")
    await petr.click(f"{TALK} form[action$='/transfer'] button")
    await workspace.phone("sokolova").wait_ringing(5)
    await expect(maria.locator("#pops [data-ring]")).to_contain_text(OF_PETROV.name)
    await workspace.phone("sokolova").answer()
    await expect(maria.locator(TALK)).to_contain_text(OF_PETROV.name)
    await workspace.phone("petrov").until(lambda: not workspace.phone("petrov").live_calls, 5)


async def test_a_note_after_the_call_is_read_before_the_next_one(workspace: Workspace) -> None:
    """What was said last time stands on the card while the client's next call rings."""
    anna = await workspace.sign_in("ivanova", "/desk")
    call = await workspace.call(ALSO_OF_IVANOVA)
    await workspace.phone("ivanova").wait_ringing(4)
    await workspace.phone("ivanova").answer()
    assert await call.wait_answered(3)
    await call.hang_up()
    form = anna.locator("#desk-after form", has_text=ALSO_OF_IVANOVA.name)
    key = await form.get_attribute("data-key")
    await form.locator("textarea").fill("Ждёт смету на трубы <b>до пятницы</b>")
    await pictures(anna, "desk-after")
    await form.locator("button").first.click()
    await expect(anna.locator(f"#desk-after form[data-key='{key}']")).to_have_count(0)
    await workspace.call(ALSO_OF_IVANOVA)
    await expect(anna.locator("#pops [data-ring]")).to_contain_text("<b>до пятницы</b>")


async def test_the_log_tells_why_a_call_went_where_it_went(workspace: Workspace) -> None:
    """From the log to one call: its legs on a line of time, and the reasons in sentences."""
    maria = await workspace.sign_in("sokolova", "/desk")
    await missed(workspace, OF_PETROV)
    await maria.goto("/calls")
    await pictures(maria, "calls-log")
    await maria.click(f"tr.link:has-text('{OF_PETROV.name}') a >> nth=0")
    await expect(maria.locator("main")).to_contain_text("Пётр Петров")
    await expect(maria.locator("main")).to_contain_text(OF_PETROV.name)
    await pictures(maria, "call")
