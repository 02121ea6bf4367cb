"""The player in a real browser: what a person sees, hears and presses."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from player_ear import audio_is
from playwright.async_api import Page, async_playwright, expect
from recorded_arrivals import NINE, Arrivals, arrivals
from recorded_sounds import silent, tone, wav_bytes
from recorded_web import application

import web as web_room
from storage.audit import read_audit

STATIC = Path(web_room.__file__).parent / "static"
PAGE = """<!doctype html><html lang="ru"><head><meta charset="utf-8">
<link rel="stylesheet" href="/static/tokens.css"><link rel="stylesheet" href="/static/player.css">
<script type="module" src="/static/player.js"></script></head><body>
<dz-player data-sound="/recordings/1/sound" data-peaks="/recordings/1/peaks.json"
 data-language="ru"><audio controls preload="none" src="/recordings/1/sound"></audio></dz-player>
</body></html>"""
POLICY = {"Content-Security-Policy": "default-src 'self'"}


async def _page(_: web.Request) -> web.Response:
    return web.Response(text=PAGE, content_type="text/html", headers=POLICY)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Arrivals]:
    async with arrivals(tmp_path) as made:
        made.pbx.files |= {
            "c.wav": wav_bytes(tone(400, 5) + silent(15) + tone(400, 10)),
            "l.wav": wav_bytes(tone(600, 4)),
        }
        await made.call(owner="ivanova")
        await made.expect(("c.wav", "client", 0), ("l.wav", "leg", 1))
        await made.rounds(0, 4)
        yield made


@pytest.fixture
async def page(house: Arrivals, chromium: Path) -> AsyncIterator[Page]:
    app = application(house, who="ivanova")
    app.router.add_get("/", _page)
    app.router.add_static("/static", STATIC)
    async with TestServer(app) as server, async_playwright() as playwright:
        arguments = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        browser = await playwright.chromium.launch(executable_path=str(chromium), args=arguments)
        found = await browser.new_page(viewport={"width": 900, "height": 400})
        complaints: list[str] = []
        found.on("console", lambda said: complaints.append(said.text))
        found.on("pageerror", lambda error: complaints.append(str(error)))
        await found.goto(str(server.make_url("/")))
        await expect(found.locator("dz-player.dz-ready")).to_be_visible()
        yield found
        await browser.close()
        assert [said for said in complaints if "Security Policy" in said or "rror" in said] == []


async def test_it_shows_the_length_and_who_talked_how_much(page: Page) -> None:
    await expect(page.locator(".dz-time")).to_have_text("0:00 / 0:30")
    await expect(page.locator(".dz-client")).to_have_text("Клиент 50 %")
    await expect(page.locator(".dz-us")).to_have_text("Мы 13 %")


async def test_both_sides_are_drawn_apart(page: Page) -> None:
    """Where we talk (1 to 5 s) the lower half is tall; in the silence nothing is."""
    tall = await page.evaluate(
        """() => {
          const canvas = document.querySelector("canvas.dz-wave");
          const pen = canvas.getContext("2d");
          const ink = (x, from, to) => {
            let count = 0;
            for (let dx = 0; dx < 6; dx++) {
              const data = pen.getImageData(Math.floor(x * canvas.width) + dx,
                Math.floor(from * canvas.height), 1, Math.floor((to - from) * canvas.height)).data;
              for (let i = 3; i < data.length; i += 4) count += data[i] > 40;
            }
            return count;
          };
          return [ink(0.1, 0, 0.48), ink(0.1, 0.52, 1), ink(0.4, 0, 0.48), ink(0.8, 0.52, 1)];
        }"""
    )
    client, us, nobody, no_us = tall
    assert client > 50
    assert us > 50
    assert nobody < client / 4
    assert no_us < us / 4


async def test_the_keys_play_step_and_change_the_speed(page: Page, house: Arrivals) -> None:
    await page.locator(".dz-stage").focus()
    await page.keyboard.press("Space")
    await audio_is(page, "!audio.paused")
    await audio_is(page, "audio.currentTime > 0.2")
    await page.keyboard.press("Space")
    await audio_is(page, "audio.paused")
    before = await page.evaluate("document.querySelector('audio').currentTime")
    await page.keyboard.press("ArrowRight")
    await audio_is(page, f"Math.abs(audio.currentTime - {before} - 5) < 0.3")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowUp")
    await expect(page.locator(".dz-speed")).to_have_text("1.5×")
    assert await page.evaluate("document.querySelector('audio').playbackRate") == 1.5
    await page.keyboard.press("ArrowDown")
    await expect(page.locator(".dz-speed")).to_have_text("1.25×")
    rows = await read_audit(house.database)
    assert [(row.by, row.act) for row in rows] == [("ivanova", "play")]


async def test_a_click_leads_to_the_place_before_anything_was_played(page: Page) -> None:
    box = await page.locator(".dz-stage").bounding_box()
    assert box is not None
    await page.mouse.click(box["x"] + box["width"] * 0.8, box["y"] + 20)
    await audio_is(page, "Math.abs(audio.currentTime - 24) < 0.5")
    await expect(page.locator(".dz-time")).to_have_text(re.compile("0:2[34] / 0:30"))


async def test_silence_is_left_out_where_somebody_wishes(page: Page) -> None:
    """From 5 to 20 s nobody talks: with the wish the player is there at once."""
    await page.locator(".dz-skip input").check()
    await page.evaluate("document.querySelector('dz-player').go(5.5)")
    await audio_is(page, "audio.currentTime > 5")
    await page.locator(".dz-play").click()
    await audio_is(page, "audio.currentTime > 19")


async def test_without_a_waveform_the_plain_controls_stay(page: Page, house: Arrivals) -> None:
    await page.route("**/peaks.json", lambda route: route.abort())
    await page.reload()
    await expect(page.locator("audio[controls]")).to_be_visible()
    await expect(page.locator(".dz-stage")).to_have_count(0)
    assert house.clock > NINE


async def test_the_colours_follow_the_dark(page: Page) -> None:
    def ink(side: str) -> str:
        return f"getComputedStyle(document.querySelector('{side}')).color"

    light = await page.evaluate(ink(".dz-us"))
    await page.emulate_media(color_scheme="dark")
    assert await page.evaluate(ink(".dz-us")) != light
