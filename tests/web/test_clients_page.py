"""The pages of clients, as each role sees them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from signin_house import SignInHouse, signin_house
from sqlalchemy import insert
from yarl import URL

from router.calls import Call, CallState, Direction, Disposition, MissedReason
from router.facts import Application
from router.numbers import NumberPlan, normalise
from storage import schema
from storage.recording import record_ended_call
from storage.records import ClientRecord, EndedCall
from storage.unit_of_work import UnitOfWork

HOSTILE = "<img src=x onerror=alert(1)>\u202e" + "ж" * 300
HTMX = {"HX-Request": "true"}


def record(key: str, name: str, owner: str = "", *numbers: str) -> ClientRecord:
    return ClientRecord(
        key=key,
        name=name,
        owner=owner,
        numbers=tuple(normalise(number, NumberPlan()) for number in numbers),
        applications=(Application(key=f"З-{key}", title="Кухня"),),
    )


BASE = (
    record("mine", "Пётр Кузнецов", "ivanova", "+79161234567"),
    record("theirs", "Мария Кузнецова", "petrov", "+79260004567"),
    record("nobodys", "Кузнечик", "", "+79031112233"),
    record("a/b c", HOSTILE, "ivanova"),
)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[SignInHouse]:
    async with signin_house(tmp_path) as found:

        async def fill(uow: UnitOfWork) -> None:
            await uow.clients.save(BASE, at=datetime.now(UTC))

        await found.house.writer.submit(fill)
        yield found


async def test_a_manager_finds_his_own_and_nobodys_clients(house: SignInHouse) -> None:
    async with house.signed_in("ivanova") as anna:
        _, page = await anna.get("/clients?q=кузне")
        assert "Пётр Кузнецов" in page
        assert "Кузнечик" in page
        assert "Мария Кузнецова" not in page


async def test_a_number_in_any_spelling_leads_to_the_card(house: SignInHouse) -> None:
    async with house.signed_in("ivanova") as anna:
        for typed in ("8 (916) 123-45-67", "+79161234567", "З-mine"):
            async with anna.http.get("/clients", params={"q": typed}) as reply:
                assert reply.url.path == "/clients/mine", typed


async def test_a_call_from_a_card_or_a_list_is_for_that_very_client(house: SignInHouse) -> None:
    """Another may have the same number."""
    named = '<input type="hidden" name="client" value="mine">'
    async with house.signed_in("ivanova") as anna:
        for path in ("/clients/mine", "/clients?q=кузне"):
            _, page = await anna.get(path)
            assert named in page
            forms = page.count('action="/dial"')
            assert forms == page.count('name="client" value='), path


async def test_anothers_client_is_told_as_not_there(house: SignInHouse) -> None:
    """Whether there is such a client may not be known either."""
    async with house.signed_in("ivanova") as anna:
        assert (await anna.get("/clients/theirs"))[0] == 404
        assert (await anna.get("/clients/never"))[0] == 404
        for path in ("", "/numbers", "/numbers/drop", "/applications", "/notes"):
            assert (await anna.post(f"/clients/theirs{path}", name="x", text="x"))[0] == 404
    async with house.signed_in("helper") as helper:
        assert (await helper.get("/clients/mine"))[0] == 200
        assert (await helper.get("/clients/theirs"))[0] == 404
    async with house.signed_in("director") as director:
        assert (await director.get("/clients/theirs"))[0] == 200


async def test_whoever_it_rang_at_reads_the_card_and_changes_nothing(house: SignInHouse) -> None:
    until = datetime.now(UTC) + timedelta(hours=24)

    async def grant(uow: UnitOfWork) -> None:
        row = {"manager": "ivanova", "client_key": "theirs", "call_id": "1", "until": until}
        await uow.execute(insert(schema.card_rights).values(row))

    await house.house.writer.submit(grant)
    async with house.signed_in("ivanova") as anna:
        status, page = await anna.get("/clients/theirs")
        assert status == 200
        assert 'action="/clients/theirs/numbers"' not in page
        assert (await anna.post("/clients/theirs", name="Моя"))[0] == 404
        status, there = await anna.post("/clients/theirs/notes", text="Просил перезвонить")
        assert (status, there) == (303, "/clients/theirs")
        assert "Просил перезвонить" in (await anna.get("/clients/theirs"))[1]


async def test_hostile_names_are_text_and_odd_keys_are_addresses(house: SignInHouse) -> None:
    async with house.signed_in("ivanova") as anna:
        _, found = await anna.get("/clients")
        assert "<img" not in found
        assert "/clients/a%2Fb%20c" in found
        for address in ("/clients/a%2Fb%20c", "/clients/a/b%20c"):
            async with anna.http.get(URL(address, encoded=True)) as reply:
                assert reply.status == 200
                assert "<img" not in await reply.text()
        _, again = await anna.get("/clients", params={"q": '"><script>alert(1)</script>'})
        assert "<script>alert" not in again


async def test_the_box_answers_a_typing_person_by_a_part_of_the_page(house: SignInHouse) -> None:
    async with house.signed_in("ivanova") as anna:
        _, part = await anna.get("/clients?q=петр", headers=HTMX)
        assert "Пётр Кузнецов" in part
        assert "<html" not in part


async def test_the_same_number_is_shown_before_a_client_is_added(house: SignInHouse) -> None:
    async with house.signed_in("ivanova") as anna:
        form = {"name": "Новый", "numbers": "8 926 000 45 67", "owner": "ivanova"}
        status, page = await anna.post("/clients/new", **form)
        assert status == 200
        assert "Мария Кузнецова" not in page, "another's client: only that, and whose"
        assert 'name="sure"' in page
        status, there = await anna.post("/clients/new", **form, sure="1")
        assert status == 303
        assert there.startswith("/clients/w-")
        assert "Новый" in (await anna.get(there))[1]


async def test_what_is_no_number_is_said_and_nothing_is_lost(house: SignInHouse) -> None:
    async with house.signed_in("ivanova") as anna:
        status, page = await anna.post("/clients/new", name="Новый", numbers="скоро скажет")
        assert status == 200
        assert "скоро скажет" in page
        assert 'value="Новый"' in page


async def test_a_manager_makes_nobody_else_the_owner(house: SignInHouse) -> None:
    async with house.signed_in("ivanova") as anna:
        await anna.post("/clients/mine", name="Пётр", owner="petrov")
        assert (await anna.get("/clients/mine"))[0] == 200
        assert (await anna.post("/clients/mine/hand-over", to="petrov"))[0] == 403
        assert (await anna.get("/clients/hand-over"))[0] == 403


async def test_a_head_hands_over_all_clients_of_who_leaves(house: SignInHouse) -> None:
    async with house.signed_in("director") as director:
        _, page = await director.get("/clients/hand-over?manager=ivanova")
        assert 'name="sure"' in page
        form = {"manager": "ivanova", "to": "petrov"}
        _, there = await director.post("/clients/hand-over", **form)
        assert there == "/clients/hand-over?manager=ivanova", "asked twice"
        _, there = await director.post("/clients/hand-over", **form, sure="1")
        assert there == "/clients/hand-over"
    async with house.signed_in("ivanova") as anna:
        assert (await anna.get("/clients/mine"))[0] == 404


async def test_the_history_is_paged_and_keeps_its_notes(house: SignInHouse) -> None:
    began = datetime.now(UTC) - timedelta(days=3)

    async def talk(uow: UnitOfWork) -> None:
        for n in range(45):
            at = began + timedelta(minutes=n)
            call = Call(
                id=f"call-{n}",
                pbx="main",
                linked_id="x",
                direction=Direction.INBOUND,
                caller="79161234567",
                line="74951230001",
                began_at=at,
                ended_at=at,
                state=CallState.ENDED,
                disposition=Disposition.MISSED,
                reason=MissedReason.ABANDONED,
            )
            await record_ended_call(uow, EndedCall(call=call, client="mine"))

    await house.house.writer.submit(talk)
    async with house.signed_in("ivanova") as anna:
        await anna.post("/clients/mine/notes", text="Без звонка", next_contact="2030-01-01T10:00")
        address, seen, pages = "/clients/mine", [], 0
        while address:
            _, page = await anna.get(address)
            pages += 1
            seen += [n for n in range(45) if f'href="/calls/call-{n}"' in page]
            older = page.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
            address = older.replace("&amp;", "&") if 'rel="next"' in page else ""
        assert pages == 3
        assert sorted(seen) == list(range(45))
        _, first = await anna.get("/clients/mine")
        assert "Без звонка" in first
        note = first.partition("/contacts/")[2].partition("/done")[0]
        await anna.post(f"/clients/mine/contacts/{note}/done")
        assert f"/contacts/{note}/done" not in (await anna.get("/clients/mine"))[1]
