"""Listening to a client's talks in his card, in a real browser: lazily, one at a time, by keys."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from api_house import ApiHouse, an_ended_call, api_house
from archive_house import expect_one, lay
from playwright.async_api import Browser, Page, async_playwright, expect
from signin_house import PASSWORD

from router.calls import Leg, LegOutcome
from router.facts import Application
from router.numbers import NumberPlan, normalise
from storage.recording import record_ended_call
from storage.recording_records import RecordingState
from storage.records import ClientRecord
from storage.unit_of_work import UnitOfWork
from web.parts import PARTS

pytestmark = pytest.mark.asyncio(loop_scope="module")

WAIT_MS = 15_000
PHONE = {"width": 390, "height": 844}
TALKS = ("first", "second", "third")
NUMBER = "+79035551122"
WIDER = """() => [...document.querySelectorAll("main *")]
  .filter(e => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1)
  .filter(e => !e.closest(".table-scroll, .tabs, .dz-parts"))
  .slice(0, 3).map(e => e.outerHTML.slice(0, 120))"""


async def furnish(api: ApiHouse) -> None:
    """Three talks with a client of Ivanova's about two applications; the first was handed on."""
    web = api.live.house
    archive = web.app[PARTS].archive
    assert archive is not None
    works = tuple(Application(key=key, open=True, manager="ivanova") for key in ("З-1", "З-2"))
    number = normalise(NUMBER, NumberPlan())
    client = ClientRecord(
        key="K-9", name="Вера", owner="ivanova", numbers=(number,), applications=works
    )

    async def work(uow: UnitOfWork) -> None:
        await uow.clients.save([client], at=web.board.now)

    await api.write(work)
    for n, name in enumerate(TALKS):
        ended = an_ended_call(
            name, web.board.now, 10 * (n + 1), answered_by="101", rang=("101",), client="K-9"
        )
        began = ended.call.began_at
        legs = (_talk(ended.call.legs[0], "101", 1, 3), _talk(ended.call.legs[0], "102", 3, 5))
        call = replace(ended.call, legs=legs)
        ended = replace(ended, call=call, owner="ivanova", application=f"З-{n % 2 + 1}")
        await web.writer.submit(lambda uow, e=ended: record_ended_call(uow, e))
        await lay(archive, name, began, seconds=60.0 if n else 5.0)
    for n in range(3):
        await expect_one(
            archive,
            f"lost-{n}",
            web.board.now - timedelta(minutes=n),
            trunk="a-trunk-with-a-very-long-name-that-somebody-thought-of" * 2,
            state=RecordingState.MISSING,
            why_id="source",
        )


def _talk(leg: Leg, target: str, since: float, until: float) -> Leg:
    def at(seconds: float) -> timedelta:
        return timedelta(seconds=seconds)

    return replace(
        leg,
        id=f"{leg.id}-{target}",
        target=target,
        answered_at=leg.began_at + at(since),
        ended_at=leg.began_at + at(until),
        outcome=LegOutcome.ANSWERED,
        talk_seconds=until - since,
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ApiHouse]:
    async with api_house(tmp_path_factory.mktemp("house")) as found:
        await furnish(found)
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: Path) -> AsyncIterator[Browser]:
    expect.set_options(timeout=WAIT_MS)
    arguments = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
    async with async_playwright() as playwright:
        found = await playwright.chromium.launch(executable_path=str(chromium), args=arguments)
        yield found
        await found.close()


@asynccontextmanager
async def signed_in(
    api: ApiHouse, browser: Browser, path: str, *, login: str = "ivanova", scripts: bool = True
) -> AsyncIterator[tuple[Page, list[str]]]:
    """A page and what it asked for; every error of a page is a failure."""
    base = f"http://127.0.0.1:{api.live.house.port}"
    context = await browser.new_context(
        base_url=base, locale="ru-RU", java_script_enabled=scripts, reduced_motion="reduce"
    )
    context.set_default_timeout(WAIT_MS)
    errors: list[str] = []
    asked: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    context.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page = await context.new_page()
    await page.goto("/signin")
    await page.fill("[name=login]", login)
    await page.fill("[name=password]", PASSWORD)
    await page.click("main button")
    await page.wait_for_url(lambda url: not url.endswith("/signin"))
    context.on("request", lambda request: asked.append(request.url.removeprefix(base)))
    await page.goto(path)
    yield page, asked
    await context.close()
    assert errors == []


async def plays(page: Page, which: int, condition: str) -> None:
    """Waits until something is true of a player's `audio`; the policy forbids strings as code."""
    async with asyncio.timeout(20):
        await page.evaluate(
            f"""() => new Promise(done => {{
              const audio = document.querySelectorAll("dz-player audio")[{which}];
              const look = () => {{ if ({condition}) done(); else requestAnimationFrame(look); }};
              look();
            }})"""
        )


async def test_a_talk_is_loaded_when_it_is_opened_and_no_sooner(
    api: ApiHouse, browser: Browser
) -> None:
    async with signed_in(api, browser, "/clients/K-9") as (page, asked):
        await expect(page.locator(".client-talk")).to_have_count(3)
        assert [path for path in asked if "/recording" in path] == []
        await page.locator(".client-talk summary").nth(1).click()
        await expect(page.locator("dz-player.dz-ready")).to_have_count(1)
        loaded = [path for path in asked if "/recording" in path]
        assert loaded[0] == "/calls/second/recording"
        assert [path for path in loaded if path.endswith("peaks.json")] == [
            "/recordings/2/peaks.json"
        ]
        assert not [path for path in loaded if path.endswith("/sound")], "no sound before play"
        await page.locator(".client-talk summary").nth(1).click()
        await page.locator(".client-talk summary").nth(1).click()
        await expect(page.locator("dz-player.dz-ready")).to_be_visible()
        assert [p for p in asked if "/recording" in p and "/sound" not in p] == loaded


async def test_one_plays_at_a_time_and_a_folded_one_is_silent(
    api: ApiHouse, browser: Browser
) -> None:
    async with signed_in(api, browser, "/clients/K-9") as (page, _):
        for n in (1, 2):
            await page.locator(".client-talk summary").nth(n).click()
        await expect(page.locator("dz-player.dz-ready")).to_have_count(2)
        await page.locator(".dz-play").nth(0).click()
        await plays(page, 0, "!audio.paused && audio.currentTime > 0.1")
        await page.locator(".dz-play").nth(1).click()
        await plays(page, 1, "!audio.paused && audio.currentTime > 0.1")
        await plays(page, 0, "audio.paused && !audio.ended")
        await page.locator(".client-talk summary").nth(2).click()
        await plays(page, 1, "audio.paused && !audio.ended")


async def test_keys_alone_open_and_play_a_talk(api: ApiHouse, browser: Browser) -> None:
    async with signed_in(api, browser, "/clients/K-9") as (page, _):
        await page.locator(".client-talk summary").first.focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("dz-player.dz-ready")).to_have_count(1)
        await page.keyboard.press("Tab")
        await expect(page.locator(".dz-stage")).to_be_focused()
        await page.keyboard.press("Space")
        await plays(page, 0, "!audio.paused")
        await page.keyboard.press("Space")
        await plays(page, 0, "audio.paused")


async def test_who_spoke_when_lies_under_the_waveform_and_leads_there(
    api: ApiHouse, browser: Browser
) -> None:
    """Ivanova from 1 to 3 s, then Petrov: two places side by side, in the waveform's own time."""
    async with signed_in(api, browser, "/calls/first") as (page, _):
        parts = page.locator(".dz-part")
        await expect(parts).to_have_text(["Анна Иванова", "Пётр Петров"])
        stage = await page.locator(".dz-stage").bounding_box()
        boxes = [await parts.nth(n).bounding_box() for n in (0, 1)]
        assert stage
        for box, (since, until) in zip(boxes, ((1, 3), (3, 5)), strict=True):
            assert box
            assert abs((box["x"] - stage["x"]) / stage["width"] - since / 5) < 0.02
            assert abs((box["x"] + box["width"] - stage["x"]) / stage["width"] - until / 5) < 0.02
        await parts.nth(1).click()
        await plays(page, 0, "Math.abs(audio.currentTime - 3) < 0.2")
        await expect(parts.nth(1)).to_have_class(re.compile("dz-now"))
        await expect(parts.nth(0)).not_to_have_class(re.compile("dz-now"))


async def test_an_application_leads_to_its_talks_alone(api: ApiHouse, browser: Browser) -> None:
    async with signed_in(api, browser, "/clients/K-9") as (page, _):
        await page.click(".client-application:has-text('З-2') a")
        await expect(page.locator(".client-talk")).to_have_count(1)
        await expect(page.locator(".client-told a[href='/calls/second']")).to_have_count(1)
        await page.fill("#note-text", "Счёт отправлен")
        await page.click(".client-note button")
        await expect(page.locator(".client-quote")).to_contain_text("Счёт отправлен")
        await page.click(".client-application:has-text('З-1') a")
        await expect(page.locator(".client-talk")).to_have_count(2)
        await expect(page.locator(".client-quote")).to_have_count(0)


async def test_without_scripts_a_talk_leads_to_its_call_and_plays_there(
    api: ApiHouse, browser: Browser
) -> None:
    async with signed_in(api, browser, "/clients/K-9", scripts=False) as (page, _):
        await page.locator(".client-talk summary").first.click()
        await page.click(".client-talk-here a >> nth=0")
        await expect(page.locator("#recording audio[controls]")).to_have_count(1)
        await expect(page.locator(".dz-parts")).to_contain_text("Анна Иванова")
        await expect(page.locator(".dz-parts")).to_contain_text("0:01–0:03")


async def test_a_link_is_made_in_the_page_and_opens_elsewhere(
    api: ApiHouse, browser: Browser
) -> None:
    async with signed_in(api, browser, "/calls/first", login="director") as (page, _):
        await page.click(".recording-link summary")
        await page.select_option("#link-hours", "168")
        await page.click(".recording-link form button")
        address = await page.input_value("#made-link")
        async with api.http.get(address) as reply:
            assert (reply.status, reply.content_type) == (200, "audio/wav")
        await page.click("[data-copy]")
        await expect(page.locator("[data-copy]")).to_have_text("Скопировано")


@pytest.mark.parametrize("path", ["/recordings", "/recordings?show=all", "/clients/K-9"])
async def test_nothing_is_wider_than_a_telephone(
    api: ApiHouse, browser: Browser, path: str
) -> None:
    async with signed_in(api, browser, path, login="director") as (page, _):
        await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        for summary in await page.locator("main details > summary").all():
            await summary.click()
        if "clients" in path:
            await expect(page.locator("dz-player.dz-ready")).to_have_count(3)
        assert await page.evaluate(WIDER) == []
