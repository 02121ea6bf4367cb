"""What programs do over the API: place a call, take one, work on callbacks, people and tokens."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from api_house import ApiHouse, api_house
from live_house import IVAN

from pbx_adapters.port import Outcome
from switchboard.control import Control, Told
from switchboard.control_texts import Refusal


class Exchange:
    """Answers commands as it is told, and keeps what it was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, told: Told | None) -> None:
        self.asked: list[tuple[Any, ...]] = []
        for name in ("place", "intercept", "transfer", "hang_up"):
            monkeypatch.setattr(Control, name, self._answering(name, told))

    def _answering(self, name: str, told: Told | None) -> Any:
        async def answer(_control: Control, *about: object, **more: object) -> Told:
            self.asked.append((name, *about, *more.values()))
            if told is None:
                await asyncio.Event().wait()  # it rings and rings
                raise AssertionError
            return told

        return answer


async def test_a_crm_places_a_call_for_the_person_of_its_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = Exchange(monkeypatch, Told(answer=Outcome.TALKING, id="place-1.1"))
    async with api_house(tmp_path) as house:
        crm = await house.program("ivanova", "place")
        assert await crm.post("/calls", {"number": "8 (916) 123-45-67"}) == (
            200,
            {"done": True, "answer": "talking", "sentence": "You are talking.", "id": "place-1.1"},
        )
        assert exchange.asked == [("place", "8 (916) 123-45-67", "ivanova", "")]


@pytest.mark.parametrize(
    ("login", "client", "status"),
    [("ivanova", "K-1", 200), ("boss", "K-1", 200), ("petrov", "K-1", 404), ("boss", "none", 404)],
)
async def test_a_call_is_placed_for_the_client_who_is_meant_if_he_may_be_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, login: str, client: str, status: int
) -> None:
    """Who is not seen is as one who is not there, and nobody is called."""
    exchange = Exchange(monkeypatch, Told(answer=Outcome.TALKING))
    async with api_house(tmp_path) as house:
        crm = await house.program(login, "place")
        found, told = await crm.post("/calls", {"number": IVAN, "client": client})
        assert found == status
        if status == 404:
            assert told["error"]["id"] == "not-found"
        assert [about[3] for about in exchange.asked] == ([client] if status == 200 else [])


@pytest.mark.parametrize(
    ("login", "manager", "status"),
    [
        ("boss", "ivanova", 200),
        ("boss", "101", 200),
        ("sokolova", "ivanova", 200),
        ("sokolova", "orlov", 404),
        ("ivanova", "petrov", 404),
        ("ivanova", "101", 200),
        ("boss", "nobody", 404),
    ],
)
async def test_a_call_is_placed_for_oneself_or_for_whom_one_heads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, login: str, manager: str, status: int
) -> None:
    """One token of a director serves a CRM for the whole office."""
    exchange = Exchange(monkeypatch, Told(answer=Outcome.TALKING))
    async with api_house(tmp_path) as house:
        crm = await house.program(login, "place")
        done, _ = await crm.post("/calls", {"number": IVAN, "manager": manager})
        assert done == status
        assert [about[2] for about in exchange.asked] == (["ivanova"] if status == 200 else [])


async def test_a_call_that_rings_longer_than_one_waits_is_under_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Exchange(monkeypatch, None)
    async with api_house(tmp_path) as house:
        crm = await house.program("ivanova", "place")
        status, told = await crm.post("/calls", {"number": IVAN, "wait_seconds": 0})
        assert (status, told["done"], told["answer"]) == (202, False, "under-way")


@pytest.mark.parametrize(
    ("answer", "status", "word"),
    [
        (Refusal.BAD_NUMBER, 422, "bad-number"),
        (Refusal.PREFIX, 422, "prefix"),
        (Refusal.UNDER_WAY, 409, "under-way"),
        (Refusal.YOU_TALK, 409, "you-talk"),
        (Outcome.NO_LINK, 503, "no-link"),
        (Outcome.CLIENT_BUSY, 409, "client-busy"),
        (Refusal.NO_SUCH_CALL, 404, "no-such-call"),
        (Refusal.NOT_ALLOWED, 403, "not-allowed"),
        (Outcome.TAKEN_BEFORE, 409, "taken-before"),
    ],
)
async def test_what_became_of_a_command_is_a_stable_word_and_a_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: Outcome | Refusal,
    status: int,
    word: str,
) -> None:
    Exchange(monkeypatch, Told(answer=answer))
    async with api_house(tmp_path) as house:
        crm = await house.program("ivanova")
        found, told = await crm.post("/live/x/take")
        assert (found, told["error"]["id"]) == (status, word)
        assert told["error"]["message"] == Told(answer=answer).sentence("en")
        _, told = await crm.post("/live/x/take", Accept_Language="ru")
        assert told["error"]["message"] == Told(answer=answer).sentence("ru")


async def test_whoever_has_no_phone_gives_no_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An assistant acts under his own name and has no phone of his own here."""
    exchange = Exchange(monkeypatch, Told(answer=Outcome.DONE))
    async with api_house(tmp_path) as house:
        program = await house.program("helper")
        for path, body in (
            ("/calls", {"number": IVAN}),
            ("/live/x/take", {}),
            ("/live/x/hang-up", {}),
            ("/live/x/transfer", {"to": "petrov"}),
        ):
            status, told = await program.post(path, body)
            assert (status, told["error"]["id"]) == (409, "no-phone")
    assert exchange.asked == []


async def test_commands_on_a_call_carry_who_gives_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = Exchange(monkeypatch, Told(answer=Outcome.DONE))
    async with api_house(tmp_path) as house:
        anna = await house.program("ivanova")
        await anna.post("/live/c1/take")
        await anna.post("/live/c1/transfer", {"to": "petrov", "ask": True})
        await anna.post("/live/c1/hang-up", {"leg": "c1/2"})
    assert exchange.asked == [
        ("intercept", "c1", "ivanova"),
        ("transfer", "c1", "petrov", "ivanova", True),
        ("hang_up", "c1", "ivanova", "c1/2"),
    ]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("{", "application/json", 415),
        ("[" * 100_000, "application/json", 415),
        ('{"number": "\ud800"}', "application/json", 415),
        ('{"number": 1}', "application/json", 422),
        ('{"number": null}', "application/json", 422),
        ('{"number": "1", "wait_seconds": 1.5}', "application/json", 422),
        ('{"number": "1", "wait_seconds": true}', "application/json", 422),
        ("{}", "application/json", 422),
        ("number=1", "application/x-www-form-urlencoded", 415),
        ('{"number": "1"}', "text/plain", 415),
        ('{"number": "' + "1" * 300_000 + '"}', "application/json", 413),
        ('{"number": "' + "1" * 5_000 + '"}', "application/json", 422),
    ],
)
async def test_a_body_that_makes_no_sense_is_refused_and_dials_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, kind: str, status: int
) -> None:
    exchange = Exchange(monkeypatch, Told(answer=Outcome.DONE))
    async with api_house(tmp_path) as house:
        crm = await house.program("ivanova")
        headers = {"Authorization": f"Bearer {crm.token}", "Content-Type": kind}
        sent = body.encode("utf-8", "surrogatepass")
        async with house.http.post("/api/v1/calls", data=sent, headers=headers) as reply:
            assert reply.status == status
            assert set((await reply.json())["error"]) <= {"id", "message", "details"}
    assert exchange.asked == []


# -- callbacks -------------------------------------------------------------------------------------


async def test_an_item_is_taken_by_one_and_the_other_is_told_who(tmp_path: Path) -> None:
    async with api_house(tmp_path) as house:
        await house.record("c1", owner="")
        anna, petrov = await house.program("ivanova"), await house.program("petrov")
        item = await the_callback(house)
        status, told = await anna.post(f"/callbacks/{item}/take")
        assert (status, told["holder"]) == (200, "ivanova")
        status, told = await petrov.post(f"/callbacks/{item}/take")
        assert (status, told["error"]["id"]) == (409, "held")
        assert "Анна Иванова" in told["error"]["message"]
        assert (await anna.post(f"/callbacks/{item}/give", {"to": "petrov"}))[1][
            "holder"
        ] == "petrov"
        status, told = await petrov.post(f"/callbacks/{item}/not-needed", {"reason": "спам"})
        assert (status, told["open"]) == (200, False)
        status, told = await petrov.post(f"/callbacks/{item}/take")
        assert (status, told["error"]["id"]) == (409, "closed")


async def test_to_call_back_is_to_take(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exchange = Exchange(monkeypatch, Told(answer=Outcome.TALKING))
    async with api_house(tmp_path) as house:
        await house.record("c1", client="c-9")
        item, petrov = await the_callback(house), await house.program("petrov")
        assert (await petrov.post(f"/callbacks/{item}/call"))[0] == 200
        _, told = await petrov.get("/callbacks?which=all")
        assert told["items"][0]["holder"] == "petrov"
    assert exchange.asked == [("place", "+79035551122", "petrov", "c-9")]


@pytest.mark.parametrize(
    ("act", "body", "status", "word"),
    [
        ("note", {}, 422, "no-note"),
        ("note", {"promised_at": "2020-01-01T00:00:00Z"}, 422, "past"),
        ("note", {"promised_at": "2999-01-01T00:00:00Z"}, 422, "unreadable"),
        ("note", {"promised_at": "tomorrow"}, 422, "unreadable"),
        ("note", {"promised_at": "2026-01-01T00:00:00"}, 422, "unreadable"),
        ("not-needed", {"reason": " "}, 422, "no-reason"),
        ("give", {"to": "nobody"}, 422, "no-colleague"),
        ("give-back", {}, 409, "not-held"),
        ("voicemail", {}, 409, "no-call"),
    ],
)
async def test_an_act_that_makes_no_sense_is_refused_with_a_sentence(
    tmp_path: Path, act: str, body: dict[str, object], status: int, word: str
) -> None:
    async with api_house(tmp_path) as house:
        await house.record("c1")
        item, boss = await the_callback(house), await house.program("boss")
        found, told = await boss.post(f"/callbacks/{item}/{act}", body)
        assert (found, told["error"]["id"]) == (status, word)


async def the_callback(house: ApiHouse) -> str:
    boss = await house.program("boss")
    _, told = await boss.get("/callbacks?which=all")
    (item,) = told["items"]
    return str(item["id"])


# -- people, tokens, the office --------------------------------------------------------------------


async def test_a_person_added_over_the_api_comes_in_by_the_link(tmp_path: Path) -> None:
    async with api_house(tmp_path) as house, house.live.people.nobody() as browser:
        boss = await house.program("boss")
        _, told = await boss.post("/people", {"login": "new", "name": "Новый"})
        link = told["link"].partition(f":{house.live.house.port}")[2]
        words = "another phrase of words"
        assert await browser.post(link, password=words, again=words) == (303, "/my")
        status, told = await boss.post("/people", {"login": "new", "name": "Новый"})
        assert (status, told["error"]["id"]) == (409, "login-taken")
        status, told = await boss.post("/people/nobody", {"name": "x"})
        assert (status, told["error"]["id"]) == (404, "no-such-person")


async def test_a_token_made_over_the_api_works_and_is_shown_once(tmp_path: Path) -> None:
    async with api_house(tmp_path) as house:
        boss = await house.program("boss")
        _, made = await boss.post(
            "/people/ivanova/tokens", {"name": "CRM", "scopes": ["calls"], "days": 1}
        )
        crm = house.nobody()
        crm.token = made["secret"]
        assert (await crm.get("/calls"))[0] == 200
        _, listed = await boss.get("/tokens")
        assert made["secret"] not in json.dumps(listed)
        for wrong in (
            {"scopes": ["everything"]},
            {"scopes": []},
            {"scopes": "calls"},
            {"name": ""},
        ):
            body = {"name": "CRM", "scopes": ["calls"]} | wrong
            assert (await boss.post("/people/ivanova/tokens", body))[0] == 422
        for days in (0, -1, 10**9):
            body = {"name": "CRM", "scopes": ["calls"], "days": days}
            assert (await boss.post("/people/ivanova/tokens", body))[0] == 422


async def test_a_call_is_tried_by_the_decision_that_rings_live_ones(tmp_path: Path) -> None:
    async with api_house(tmp_path) as house:
        boss = await house.program("boss")
        asked = "/office/try?line=main&caller=89161234567&at=2026-03-02T09:00:00Z"
        status, told = await boss.get(asked)
        assert status == 200
        assert (told["client_name"], told["owner"]) == ("Иван Петров", "ivanova")
        assert told["steps"][0]["targets"][0]["manager"] == "ivanova"
        assert told["why"]
        assert (await boss.get("/office/try?line=nothing"))[0] == 422
        assert (await boss.get("/office/try"))[0] == 422
