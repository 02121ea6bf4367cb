"""Whoever may hear a call hears it, in pieces if he likes; every listening is in the audit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from recorded_arrivals import Arrivals, arrivals
from recorded_web import application, browsing

from storage.audit import AuditRow, read_audit
from storage.recording_records import StoredRecording

Browser = TestClient[web.Request, web.Application]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Arrivals]:
    async with arrivals(tmp_path) as made:
        await made.call(owner="ivanova")
        await made.usual()
        await made.rounds(0, 4)
        yield made


@pytest.fixture
async def browser(house: Arrivals) -> AsyncIterator[Browser]:
    async with browsing(application(house)) as client:
        yield client


async def kept(house: Arrivals) -> bytes:
    found: StoredRecording = await house.get()
    return house.store.path(found.sounds[0].store_key).read_bytes()


async def heard(house: Arrivals) -> list[tuple[str, str, str]]:
    rows: tuple[AuditRow, ...] = await read_audit(house.database)
    return [(row.by, row.act, row.subject) for row in rows]


AS = {"X-Test-Person": "ivanova"}


async def test_the_sound_comes_whole_and_is_not_kept_by_others(
    house: Arrivals, browser: Browser
) -> None:
    answer = await browser.get("/recordings/1/sound", headers=AS)
    assert (answer.status, await answer.read()) == (200, await kept(house))
    assert answer.content_type == "audio/wav"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Accept-Ranges"] == "bytes"


async def test_a_piece_is_what_was_asked_for(house: Arrivals, browser: Browser) -> None:
    answer = await browser.get("/recordings/1/sound", headers={**AS, "Range": "bytes=100-199"})
    whole = await kept(house)
    assert (answer.status, await answer.read()) == (206, whole[100:200])
    assert answer.headers["Content-Range"] == f"bytes 100-199/{len(whole)}"


async def test_a_piece_beyond_the_end_is_refused(house: Arrivals, browser: Browser) -> None:
    answer = await browser.get("/recordings/1/sound", headers={**AS, "Range": "bytes=99999999-"})
    assert answer.status == 416


async def test_one_listening_is_one_row_however_many_pieces(
    house: Arrivals, browser: Browser
) -> None:
    for start in (0, 100, 200):
        await browser.get("/recordings/1/sound", headers={**AS, "Range": f"bytes={start}-"})
    assert await heard(house) == [("ivanova", "play", "recording:1")]
    house.later(601)
    await browser.get("/recordings/1/sound", headers=AS)
    assert len(await heard(house)) == 2


async def test_a_download_is_told_apart(house: Arrivals, browser: Browser) -> None:
    answer = await browser.get("/recordings/1/sound?download", headers=AS)
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert await heard(house) == [("ivanova", "download", "recording:1")]


async def test_another_managers_call_does_not_exist_for_him(
    house: Arrivals, browser: Browser
) -> None:
    """Not “forbidden”: whoever may not hear it is not told that it is there."""
    for address in ("/recordings/1/sound", "/recordings/1/peaks.json"):
        answer = await browser.get(address, headers={"X-Test-Person": "petrov"})
        assert answer.status == 404
    assert (await browser.get("/recordings/2/sound", headers=AS)).status == 404
    assert await heard(house) == []


async def test_a_director_hears_everything(browser: Browser) -> None:
    answer = await browser.get("/recordings/1/sound", headers={"X-Test-Person": "director"})
    assert answer.status == 200


async def test_nobody_hears_anything_without_signing_in(house: Arrivals, browser: Browser) -> None:
    assert (await browser.get("/recordings/1/sound")).status == 401
    assert await heard(house) == []


async def test_the_waveform_is_what_a_player_draws(browser: Browser) -> None:
    answer = await browser.get("/recordings/1/peaks.json", headers=AS)
    wave = await answer.json()
    assert (wave["seconds"], wave["sides"], len(wave["peaks"])) == (2.0, 2, 2)
    assert all(0 <= height <= 100 for side in wave["peaks"] for height in side)


async def test_a_link_opens_the_sound_without_signing_in_until_it_ends(
    house: Arrivals, browser: Browser
) -> None:
    token = await house.archive().link(1, by="lena", lasts=timedelta(hours=1))
    answer = await browser.get(f"/recordings/link/{token}")
    assert (answer.status, await answer.read()) == (200, await kept(house))
    assert await heard(house) == [
        ("link:1", "play", "recording:1"),
        ("lena", "link", "recording:1"),
    ]
    given = (await read_audit(house.database, act="link"))[0]
    assert datetime.fromisoformat(given.about["until"]) - given.at == timedelta(hours=1)
    house.later(3601)
    late = await browser.get(f"/recordings/link/{token}")
    assert (late.status, await late.text()) == (410, "This link has expired. Ask for a new one.")


@pytest.mark.parametrize("token", ["x", "AAAA", "A" * 200])
async def test_a_forged_link_opens_nothing(house: Arrivals, browser: Browser, token: str) -> None:
    assert (await browser.get(f"/recordings/link/{token}")).status == 404
    assert await heard(house) == []


@pytest.mark.parametrize("which", ["..%2F..%2Fetc%2Fpasswd", "1%2F..", "abc", "9999999999"])
async def test_no_address_leads_anywhere_else(browser: Browser, which: str) -> None:
    assert (await browser.get(f"/recordings/{which}/sound", headers=AS)).status == 404


async def test_a_deleted_recording_is_gone_at_once(house: Arrivals, browser: Browser) -> None:
    assert await house.archive().delete(1, by="lena")
    assert (await browser.get("/recordings/1/sound", headers=AS)).status == 404
