"""A call at somebody's mobile is his call: on his desk, in the log, on its page, in the API."""

from __future__ import annotations

from pathlib import Path

import pytest
from api_house import api_house
from live_house import STRANGER, live_house, stream

MOBILE = "79161230102"
"""Petrov's; he is in sales."""


@pytest.mark.parametrize("written", [MOBILE, f"+{MOBILE}"])
@pytest.mark.parametrize("answered", [True, False])
async def test_a_call_of_another_department_at_his_mobile_is_in_his_log(
    tmp_path: Path, *, written: str, answered: bool
) -> None:
    """He was on duty: nobody's client, another department; his colleagues do not see it."""
    async with api_house(tmp_path) as house:
        by = written if answered else None
        about = {"rang": (written,), "answered_by": by, "owner": "", "department": "service"}
        await house.record("main-7.1", **about)
        petrov, ivanova = await house.program("petrov"), await house.program("ivanova")
        _, found = await petrov.get("/calls")
        assert [call["id"] for call in found["items"]] == ["main-7.1"]
        assert (await petrov.get("/calls/main-7.1"))[0] == 200
        assert (await ivanova.get("/calls"))[1]["items"] == []
        assert (await ivanova.get("/calls/main-7.1"))[0] == 404


@pytest.mark.parametrize("written", [MOBILE, f"+{MOBILE}"])
async def test_a_talk_at_his_mobile_is_a_call_of_his_day_and_asks_for_its_note(
    tmp_path: Path, written: str
) -> None:
    async with api_house(tmp_path) as house:
        about = {"rang": ("102", written), "answered_by": written, "owner": ""}
        await house.record("main-7.1", minutes_ago=0.2, department="service", **about)
        await house.record("main-7.2", minutes_ago=0.3, rang=(written,), owner="")
        async with house.live.people.signed_in("petrov") as petrov:
            _, today = await petrov.get("/desk/today")
            assert "/calls/main-7.1" in today
            assert "/calls/main-7.2" in today, "it rang at his mobile in vain"
            _, after = await petrov.get("/desk/after")
            assert "main-7.1" in after


async def test_he_takes_at_his_desk_what_rings_at_his_mobile(tmp_path: Path) -> None:
    """The card at his screen says that it is the mobile, and offers the call."""
    async with live_house(tmp_path) as floor:
        call = await (await floor.call(STRANGER)).rings(MOBILE)
        async with floor.people.signed_in("petrov") as petrov, stream(petrov) as page:
            card = await page.sees("pops", "мобильный")
            assert f'action="/calls/live/{call.id}/take"' in card
            await (await call.stops(MOBILE)).rings("102")
            await page.misses("pops", "/take")
            assert call.id in page.shown["pops"]
