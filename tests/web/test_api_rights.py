"""Tokens and sessions, how far each sees, and what is asked again and again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from api_house import ALL, ApiHouse, api_house
from live_house import IVAN, STRANGER
from signin_house import doing
from sqlalchemy import select, update

from router.office import Status
from storage import schema_people
from storage.unit_of_work import UnitOfWork
from web.api.calls import cursor_of, place_at
from web.signin import accounts

# -- who asks --------------------------------------------------------------------------------------


async def test_a_token_opens_what_its_scopes_name_and_no_more(tmp_path: Path) -> None:
    async with api_house(tmp_path) as house:
        crm = await house.program("ivanova", "calls")
        assert (await crm.get("/calls"))[0] == 200
        for path in ("/clients", "/live", "/reports", "/office", "/people"):
            status, told = await crm.get(path)
            assert (status, told["error"]["id"]) == (403, "not-allowed")
        _, me = await crm.get("/me")
        assert me["may"] == ["calls"]


async def test_a_scope_gives_nothing_that_the_person_may_not(tmp_path: Path) -> None:
    async with api_house(tmp_path) as house:
        crm = await house.program("ivanova", *ALL)
        for path in ("/office", "/people", "/tokens", "/reports"):
            assert (await crm.get(path))[0] == 403


async def test_a_token_opens_the_api_and_no_page(tmp_path: Path) -> None:
    async with api_house(tmp_path) as house:
        crm = await house.program("boss")
        headers = {"Authorization": f"Bearer {crm.token}"}
        for path in ("/my", "/people", "/desk", "/stream"):
            async with house.http.get(path, headers=headers, allow_redirects=False) as reply:
                assert reply.status == 401


@pytest.mark.parametrize(
    "shown", ["Bearer x", "Bearer", "BEARER  ", "Bearer " + "x" * 5000, "bearer \x80"]
)
async def test_what_is_no_token_opens_nothing(tmp_path: Path, shown: str) -> None:
    async with api_house(tmp_path) as house, house.live.people.signed_in("ivanova") as person:
        headers = {"Authorization": shown}
        async with person.http.get("/api/v1/me", headers=headers) as reply:
            assert reply.status in {400, 401}, "the cookie does not help a wrong token"


async def test_a_password_that_a_proxy_asks_for_is_no_token_of_ours(tmp_path: Path) -> None:
    """A browser sends it to us too; its session counts all the same."""
    async with api_house(tmp_path) as house, house.live.people.signed_in("ivanova") as person:
        headers = {"Authorization": "Basic b2ZmaWNlOnNlY3JldA=="}
        assert (await person.get("/my", headers=headers))[0] == 200


async def test_a_token_is_over_when_it_is_revoked_expired_or_its_person_disabled(
    tmp_path: Path,
) -> None:
    async with api_house(tmp_path) as house:
        tokens = schema_people.api_tokens
        revoked, expired, disabled = [
            await house.program(login, "calls") for login in ("ivanova", "sokolova", "helper")
        ]
        boss = await house.program("boss")
        _, listed = await boss.get("/tokens")
        (meant,) = [t["id"] for t in listed["items"] if t["login"] == "ivanova"]
        assert (await revoked.get("/calls"))[0] == 200
        assert (await boss.post(f"/tokens/{meant}/revoke"))[0] == 200
        assert (await revoked.get("/calls"))[0] == 401

        async def time_passes(uow: UnitOfWork) -> None:
            mine = select(schema_people.people.c.id).where(
                schema_people.people.c.login == "sokolova"
            )
            ago = datetime.now(UTC) - timedelta(seconds=1)
            await uow.execute(
                update(tokens)
                .where(tokens.c.person_id == mine.scalar_subquery())
                .values(expires_at=ago)
            )

        await house.write(time_passes)
        assert (await expired.get("/calls"))[0] == 401

        async def disable(uow: UnitOfWork) -> None:
            await accounts.disable(uow, doing(), "helper")

        await house.write(disable)
        assert (await disabled.get("/calls"))[0] == 401


async def test_a_used_token_shows_when(tmp_path: Path) -> None:
    async with api_house(tmp_path) as house:
        boss = await house.program("boss")
        await boss.get("/me")
        await house.live.house.board.settle()
        _, listed = await boss.get("/tokens")
        assert listed["items"][0]["seen_at"] is not None


async def test_a_browser_that_is_signed_in_may_ask_too_and_no_other_site_for_it(
    tmp_path: Path,
) -> None:
    async with api_house(tmp_path) as house, house.live.people.signed_in("ivanova") as person:
        async with person.http.get("/api/v1/me") as reply:
            assert (await reply.json())["login"] == "ivanova"
        sent = {"Sec-Fetch-Site": "cross-site"}
        body = {"status": "lunch"}
        async with person.http.post("/api/v1/statuses/ivanova", json=body, headers=sent) as reply:
            assert reply.status == 403
            assert (await reply.json())["error"]["id"] == "cross-site"


# -- how far he sees -------------------------------------------------------------------------------


async def logged(house: ApiHouse) -> None:
    await house.record("ours", owner="ivanova", rang=("101",))
    await house.record("petrovs", minutes_ago=20, owner="petrov", rang=("102",))
    await house.record(
        "service", minutes_ago=30, owner="orlov", rang=("104",), department="service"
    )


@pytest.mark.parametrize(
    ("login", "seen"),
    [
        ("boss", {"ours", "petrovs", "service"}),
        ("sokolova", {"ours", "petrovs"}),
        ("ivanova", {"ours"}),
        ("helper", {"ours"}),
        ("admin", set()),
    ],
)
async def test_everybody_sees_the_calls_of_his_reach_and_knows_of_no_others(
    tmp_path: Path, login: str, seen: set[str]
) -> None:
    async with api_house(tmp_path) as house:
        await logged(house)
        program = await house.program(login)
        _, page = await program.get("/calls")
        assert {call["id"] for call in page["items"]} == seen
        for call_id in ("ours", "petrovs", "service"):
            status, _ = await program.get(f"/calls/{call_id}")
            assert status == (200 if call_id in seen else 404)
            noted, _ = await program.post(f"/calls/{call_id}/note", {"text": "x"})
            assert noted == (200 if call_id in seen else 404)


async def test_a_managers_client_is_not_there_for_another(tmp_path: Path) -> None:
    async with api_house(tmp_path) as house:
        petrov, anna = await house.program("petrov"), await house.program("ivanova")
        assert (await anna.get("/clients/K-1"))[0] == 200
        assert (await petrov.get("/clients/K-1"))[0] == 404
        assert (await petrov.get("/clients?q=Иван"))[1]["items"] == []
        assert (await petrov.post("/clients/K-1/note", {"text": "x"}))[0] == 404
        assert (await petrov.post("/clients/K-1/hand-over", {"to": "petrov"}))[0] == 403
        status, told = await petrov.post("/clients", {"name": "Я", "numbers": [IVAN]})
        assert (status, told["error"]["id"]) == (409, "perhaps-there")
        assert told["error"]["details"] == [{"key": "", "name": "", "owner": "ivanova"}]


async def test_a_call_that_one_may_only_take_tells_no_more_than_the_take_card(
    tmp_path: Path,
) -> None:
    async with api_house(tmp_path) as house:
        await (await house.live.call(IVAN)).rings("101")
        await (await house.live.call(STRANGER)).rings("101")
        anna, petrov = await house.program("ivanova"), await house.program("petrov")
        orlov = await house.program("admin")
        _, hers = await anna.get("/live")
        _, his = await petrov.get("/live")
        assert [c["number"] for c in hers["calls"]] == [IVAN, STRANGER]
        assert [c["number"] for c in his["calls"]] == ["", STRANGER]
        assert [c["client"] for c in his["calls"]] == ["", ""]
        assert [c["may_take"] for c in his["calls"]] == [True, True]
        assert (await orlov.get("/live"))[1]["calls"] == []
        _, desk = await petrov.get("/desk")
        assert {card["kind"] for card in desk["cards"]} == {"take"}
        _, desk = await anna.get("/desk")
        assert [card["kind"] for card in desk["cards"]] == ["ring", "ring"]


async def test_a_status_is_set_by_oneself_ones_head_or_ones_assistant(tmp_path: Path) -> None:
    async with api_house(tmp_path) as house:
        board = house.live.house.board
        for login, done in (
            ("ivanova", 200),
            ("helper", 200),
            ("sokolova", 200),
            ("boss", 200),
            ("petrov", 404),
            ("admin", 404),
        ):
            program = await house.program(login)
            status, _ = await program.post("/statuses/ivanova", {"status": "meeting"})
            assert (login, status) == (login, done)
        assert board.statuses()["ivanova"] is Status.MEETING
        head = await house.program("sokolova")
        status, _ = await head.post("/statuses/orlov", {"status": "lunch"})
        assert status == 404, "he is of another department"
        past = {"status": "lunch", "until": "2020-01-01T00:00:00Z"}
        anna = await house.program("ivanova")
        assert (await anna.post("/statuses/ivanova", past))[0] == 422


async def test_figures_are_those_of_ones_department(tmp_path: Path) -> None:
    async with api_house(tmp_path) as house:
        await logged(house)
        for login, departments in (("boss", {"sales", "service"}), ("sokolova", {"sales"})):
            _, told = await (await house.program(login)).get("/reports?since=2020-01-01")
            assert told["error"]["id"] == "unreadable"
            _, told = await (await house.program(login)).get("/reports")
            lines = [f for f in told["days"][0]["figures"] if f["about"] == "line"]
            assert {figure["names"][1] for figure in lines} == departments


# -- pages and unchanged answers -------------------------------------------------------------------


async def test_a_log_is_read_page_by_page_and_nothing_twice_or_never(tmp_path: Path) -> None:
    async with api_house(tmp_path) as house:
        for number in range(7):
            await house.record(f"c{number}", minutes_ago=number // 2 + 1)
        boss = await house.program("boss")
        seen: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            _, page = await boss.get(f"/calls?limit=3&cursor={cursor}")
            seen += [call["id"] for call in page["items"]]
            cursor = page["next"]
            await house.record(f"new{len(seen)}", minutes_ago=0)
        assert sorted(seen) == [f"c{number}" for number in range(7)]
        _, card = await boss.get("/clients/K-1?cursor=")
        assert card["calls"] == []


@pytest.mark.parametrize("cursor", ["x", "!!!", "bm90aGluZw", "MjAyNi0wMS0wMX54", "%00"])
async def test_a_cursor_that_is_none_is_refused(tmp_path: Path, cursor: str) -> None:
    async with api_house(tmp_path) as house:
        boss = await house.program("boss")
        assert (await boss.get(f"/calls?cursor={cursor}"))[0] == 422


def test_a_cursor_leads_where_it_came_from() -> None:
    assert place_at("") is None
    assert cursor_of(None) is None


async def test_what_did_not_change_is_not_sent_again(tmp_path: Path) -> None:
    async with api_house(tmp_path) as house:
        boss = await house.program("boss")
        for path in ("/live", "/callbacks?which=all", "/office", "/statuses", "/desk"):
            headers = boss.headers | {"Authorization": f"Bearer {boss.token}"}
            async with house.http.get(f"/api/v1{path}", headers=headers) as reply:
                tag = reply.headers["ETag"]
                assert reply.headers["Cache-Control"] == "private, no-cache"
            assert (await boss.get(path, If_None_Match=tag)) == (304, None)
            assert (await boss.get(path, If_None_Match='"other"'))[0] == 200
        await (await house.live.call(IVAN)).rings("101")
        headers = boss.headers | {"Authorization": f"Bearer {boss.token}"}
        async with house.http.get("/api/v1/live", headers=headers) as reply:
            assert reply.headers["ETag"] != tag


async def test_a_day_that_is_asked_for_wrongly_is_told_by_its_name(tmp_path: Path) -> None:
    async with api_house(tmp_path) as house:
        boss = await house.program("boss")
        for query, field in (
            ("since=yesterday", "since"),
            ("since=0001-01-01", "since"),
            ("limit=x", "limit"),
            ("outcome=fine", "outcome"),
            ("after_hours=maybe", "after_hours"),
            ("page=2", "page"),
        ):
            status, told = await boss.get(f"/calls?{query}")
            assert (status, told["error"]["id"]) == (422, "unreadable")
            assert [d["field"] for d in told["error"]["details"]] == [field]
        assert (await boss.get("/calls?limit=0"))[0] == 422
        assert (await boss.get("/calls?limit=100000"))[0] == 422


async def test_gaps_are_told_with_what_was_recovered(tmp_path: Path) -> None:
    async with api_house(tmp_path) as house:
        now = house.live.house.board.now

        async def work(uow: UnitOfWork) -> None:
            gap = await uow.gaps.open("main", began_at=now - timedelta(hours=1), why="refused")
            await uow.gaps.close(gap, ended_at=now, recovered_calls=3)

        await house.write(work)
        boss = await house.program("boss")
        _, told = await boss.get("/connections")
        assert [(g["pbx"], g["why"], g["recovered_calls"]) for g in told["gaps"]] == [
            ("main", "refused", 3)
        ]
        assert (await (await house.program("sokolova")).get("/connections"))[0] == 403
