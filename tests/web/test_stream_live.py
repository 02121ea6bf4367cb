"""The stream: state first, then changes, to exactly those whom they concern."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from live_house import HOSTILE, HOSTILE_NUMBER, STRANGER, LiveHouse, live_house, stream

from pbx_adapters.port import GapClosed
from router.facts import PhoneState
from storage.audit import read_audit
from storage.card_rights import CardRights
from switchboard.news import News, Newsroom
from web.stream import answers
from web.stream.regions import REGIONS
from web.stream.scene import Scene
from web.stream.viewer import Viewer


@pytest_asyncio.fixture
async def floor(tmp_path: Path) -> AsyncIterator[LiveHouse]:
    async with live_house(tmp_path) as found:
        yield found


async def test_a_ring_is_on_the_screen_of_whom_it_rings_at(floor: LiveHouse) -> None:
    """Client, application, line and the seconds left are there; a colleague may take it."""
    async with (
        floor.people.signed_in("ivanova") as anna,
        floor.people.signed_in("sokolova") as head,
        stream(anna) as hers,
        stream(head) as heads,
    ):
        call = await (await floor.call()).rings("101")
        card = await hers.sees("pops", "Иван Петров")
        assert "З-17" in card
        assert "data-until" in card
        take = await heads.sees("desk-take", "Иван Петров")
        assert f"/calls/live/{call.id}/take" in take
        assert "916" not in take, "a take card tells no number"
        assert "Иван" not in heads.shown.get("pops", "")


async def test_a_page_that_opens_as_it_rings_takes_the_card_from_nobody(
    floor: LiveHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever opens a page in that instant looks first; all others are told all the same."""
    tell = Newsroom.tell

    def somebody_looks(room: Newsroom, news: News) -> None:
        tell(room, news)
        floor.fanout.scene.refresh()

    monkeypatch.setattr(Newsroom, "tell", somebody_looks)
    async with floor.people.signed_in("ivanova") as anna, stream(anna) as hers:
        call = await (await floor.call()).rings("101")
        await hers.sees("pops", "Иван Петров")
        await call.answers("101")
        await hers.sees("desk-talk", "Иван Петров")


async def test_a_card_vanishes_everywhere_when_somebody_answers(floor: LiveHouse) -> None:
    """The one who answered talks, the others see nothing of it."""
    async with (
        floor.people.signed_in("ivanova") as anna,
        floor.people.signed_in("sokolova") as head,
        stream(anna) as hers,
        stream(head) as heads,
    ):
        call = await (await floor.call()).rings("101")
        await call.rings("103")
        await hers.sees("pops", "Иван Петров")
        await heads.sees("pops", "Иван Петров")
        await call.answers("103")
        await hers.misses("pops", "Иван Петров")
        await heads.misses("pops", "Иван Петров")
        await heads.sees("desk-talk", "Иван Петров")
        await hers.sees("desk-info", "Соколова")


async def test_state_comes_first_for_a_page_that_opens_in_mid_ring(floor: LiveHouse) -> None:
    """A reload, a lost line: the card is there again without anything happening."""
    await (await floor.call()).rings("101")
    async with floor.people.signed_in("ivanova") as anna:
        for _ in range(2):
            async with stream(anna) as hers:
                await hers.sees("pops", "Иван Петров")
                assert [kind for kind, _ in hers.events[:2]] == ["hello", "put"]


async def test_a_call_whose_decision_is_lost_is_looked_up_again(floor: LiveHouse) -> None:
    """The service was started again in mid-call: the PBX tells the call, the base who it is."""
    async with floor.people.signed_in("ivanova") as anna, stream(anna) as hers:
        await (await floor.call(decided=False)).rings("101")
        await hers.sees("pops", "Иван Петров")


async def test_a_caller_whom_nobody_knows_is_a_number(floor: LiveHouse) -> None:
    """Shown as people write it."""
    async with floor.people.signed_in("ivanova") as anna, stream(anna) as hers:
        await (await floor.call(STRANGER)).rings("101")
        await hers.sees("pops", "+7 903 555-00-00")


async def test_a_hidden_number_says_so(floor: LiveHouse) -> None:
    """Never an empty card."""
    async with floor.people.signed_in("ivanova") as anna, stream(anna) as hers:
        await (await floor.call("anonymous")).rings("101")
        await hers.sees("pops", "Номер скрыт")


async def test_hostile_names_are_text_and_nothing_else(floor: LiveHouse) -> None:
    """Markup is escaped, direction marks are isolated, length breaks no layout."""
    async with (
        floor.people.signed_in("ivanova") as anna,
        floor.people.signed_in("sokolova") as head,
        stream(anna, "pops", "live-calls") as hers,
        stream(head) as heads,
    ):
        await (await floor.call(HOSTILE_NUMBER)).rings("101")
        for html in (
            await hers.sees("pops", "onerror"),
            await hers.sees("live-calls", "onerror"),
            await heads.sees("desk-take", "onerror"),
        ):
            assert "<img" not in html
            assert "<bdi" in html.split("onerror")[0]
        status, page = await anna.get("/desk")
        assert status == 200
        assert HOSTILE not in page


async def test_another_department_and_a_director_without_a_phone_get_no_pop(
    floor: LiveHouse,
) -> None:
    """Pops reach exactly the people whose phones ring."""
    async with (
        floor.people.signed_in("director") as director,
        stream(director, "pops", "live-calls") as page,
    ):
        await (await floor.call()).rings("101")
        await page.sees("live-calls", "Иван Петров")
        assert page.shown.get("pops", "") == ""


async def test_an_assistant_sees_the_desk_of_the_manager_he_assists(floor: LiveHouse) -> None:
    """His manager's pops are his, without a button that he may not use."""
    async with floor.people.signed_in("helper") as helper, stream(helper) as page:
        await (await floor.call()).rings("101")
        await page.sees("pops", "Иван Петров")


async def test_a_sign_out_elsewhere_ends_the_stream(
    floor: LiveHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody watches calls with a session that is over."""
    monkeypatch.setattr(answers, "ASK_SECONDS", 0.05)
    async with floor.people.signed_in("ivanova") as anna, stream(anna) as page:
        await page.sees("desk-status", "Мой статус")
        await anna.post("/my/signout-everywhere")
        await anna.post("/signout")
        await page.ended()
        assert page.events[-1] == ("bye", {"why": "signed-out"})


async def test_nobody_who_is_not_signed_in_gets_a_stream(floor: LiveHouse) -> None:
    """Default deny."""
    async with floor.people.nobody() as nobody:
        status, _ = await nobody.get("/stream?want=pops", headers={"Accept": "text/event-stream"})
        assert status == 401


async def test_a_region_that_nobody_knows_is_not_sent(floor: LiveHouse) -> None:
    """The page may ask for whatever it likes."""
    async with floor.people.signed_in("ivanova") as anna, stream(anna, "pops", "x", "") as page:
        await page.sees("pops", "")
        assert set(page.shown) == {"pops"}


async def test_a_slow_browser_gets_the_newest_state_and_not_every_change(floor: LiveHouse) -> None:
    """What waits for a page is one state of each region, however much happened."""
    async with floor.people.signed_in("ivanova") as anna, stream(anna) as page:
        await page.sees("desk-status", "Мой статус")
        (viewer,) = floor.fanout._viewers
        for turn in range(1000):
            viewer.put("pops", f"state {turn}")
        assert len(viewer._waiting) == 1
        await page.sees("pops", "state 999")
        puts = [about for kind, about in page.events if kind == "put" and about["id"] == "pops"]
        assert len(puts) < 10


async def test_nothing_is_sent_while_nothing_changes(floor: LiveHouse) -> None:
    """A storm of events about other people's calls does not reach this page."""
    async with (
        floor.people.signed_in("ivanova") as anna,
        stream(anna, "pops", "desk-status") as page,
    ):
        await page.sees("pops", "")
        await page.sees("desk-status", "Мой статус")
        before = len(page.events)
        call = await floor.call(STRANGER)
        await call.rings("201")
        await call.stops("201")
        rounds = floor.fanout.rounds

        async def looked_again() -> bool:
            floor.fanout.look()
            return floor.fanout.rounds > rounds + 1

        await floor.eventually(looked_again)
        await call.rings("101")
        await page.sees("pops", "+7 903 555-00-00")
        assert [about["id"] for _, about in page.events[before:]] == ["pops"]


async def test_whoever_it_rang_at_may_read_the_card_and_that_is_kept(floor: LiveHouse) -> None:
    """Not the owner, who may anyway; written before anybody can ask."""
    call = await (await floor.call()).rings("101")
    await call.rings("102")

    async def granted() -> bool:
        async with floor.house.database.reading() as connection:
            rights = CardRights(connection)
            assert not await rights.may(["ivanova"], "K-1", floor.house.board.now)
            return await rights.may(["petrov"], "K-1", floor.house.board.now)

    await floor.eventually(granted)
    rows = await read_audit(floor.house.database, subject="client:K-1", act="card-right")
    assert [row.about["manager"] for row in rows] == ["petrov"]


async def test_a_link_that_comes_back_is_told_on_the_desk(floor: LiveHouse) -> None:
    """Why do I get no calls? In one sentence, and the sentence goes with its reason."""
    async with floor.people.signed_in("ivanova") as anna, stream(anna) as page:
        await page.sees("desk-status", "Нет связи с АТС")
        closed = GapClosed(pbx="main", live_calls=0, recovered_calls=0)
        await floor.house.board.gap_closed(closed)
        await floor.house.board.phones_changed("main", {"101": PhoneState.UNREGISTERED})
        await page.misses("desk-status", "Нет связи с АТС")


async def test_a_service_that_stops_says_so_and_does_not_wait(tmp_path: Path) -> None:
    """Streams end at once; browsers come back by themselves."""
    async with (
        live_house(tmp_path) as floor,
        floor.people.signed_in("ivanova") as anna,
        stream(anna) as page,
    ):
        await page.sees("desk-status", "Мой статус")
        await floor.house.app.shutdown()
        await page.ended(1.0)
        assert page.events[-1] == ("bye", {"why": "stopping"})


async def test_a_part_that_cannot_be_drawn_keeps_nothing_from_the_others(
    floor: LiveHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours in one card is logged; whoever else has a call still sees it ring."""

    def broken(_scene: Scene, _viewer: Viewer) -> str:
        raise ValueError("a template of ours")

    monkeypatch.setitem(
        REGIONS,
        "desk-take",
        replace(REGIONS["desk-take"], draw=broken),  # type: ignore[misc]
    )
    async with floor.people.signed_in("ivanova") as anna, stream(anna) as page:
        await (await floor.call()).rings("101")
        await page.sees("pops", "Иван Петров")
        assert "desk-take" not in page.shown
