"""Who hears what: every role against sound, waveform, player, link and list; links that are over."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from api_house import ApiHouse, an_ended_call, api_house
from archive_house import lay

from router.numbers import NumberPlan, normalise
from storage.audit import AuditRow, read_audit
from storage.recording import record_ended_call
from storage.records import ClientRecord
from storage.unit_of_work import UnitOfWork
from switchboard.recordings import Archive
from web.parts import PARTS

PETROVS_CLIENT = "K-9"


@dataclass
class Heard:
    """Three calls with recordings: Petrov's, Ivanova's, and one of the service department."""

    api: ApiHouse
    archive: Archive
    numbers: Mapping[str, int]

    async def audit(self) -> list[tuple[str, str, str]]:
        rows: tuple[AuditRow, ...] = await read_audit(self.archive._database)
        acts = {"play", "download", "link"}
        assert all(row.address == "127.0.0.1" for row in rows if row.act in acts)
        return [(row.by, row.act, row.subject) for row in rows if row.act in acts]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Heard]:
    async with api_house(tmp_path) as api:
        web = api.live.house
        archive = web.app[PARTS].archive
        assert archive is not None
        calls = {
            "petrovs": {"owner": "petrov", "answered_by": "102", "client": PETROVS_CLIENT},
            "ivanovas": {"owner": "ivanova", "answered_by": "101", "rang": ("101",)},
            "services": {"owner": "", "answered_by": "201", "rang": ("201",)},
        }
        numbers = {}
        for name, about in calls.items():
            department = "service" if name == "services" else "sales"
            ended = an_ended_call(name, web.board.now, 10, department=department, **about)  # type: ignore[arg-type]
            await web.writer.submit(lambda uow, e=ended: record_ended_call(uow, e))
            began = ended.call.began_at
            numbers[name] = await lay(archive, name, began, department=department)
        yield Heard(api, archive, numbers)


HEARD = {
    "director": {"petrovs", "ivanovas", "services"},
    "sokolova": {"petrovs", "ivanovas"},
    "ivanova": {"ivanovas"},
    "helper": {"ivanovas"},
    "petrov": {"petrovs"},
    "admin": set(),
}
"""Whose recordings each may hear: the director all, a head his department's, others their own."""


@pytest.mark.parametrize("login", sorted(HEARD))
async def test_whoever_may_see_a_call_hears_it_and_nobody_else(house: Heard, login: str) -> None:
    """Sound, waveform, player and page open together, or none of them does."""
    async with house.api.live.people.signed_in(login) as person:
        for name, number in house.numbers.items():
            wanted = 200 if name in HEARD[login] else 404
            places = (f"/recordings/{number}/sound", f"/recordings/{number}/peaks.json")
            for place in (*places, f"/calls/{name}"):
                async with person.http.get(place) as reply:
                    assert (place, reply.status) == (place, wanted)
            status, text = await person.get(
                f"/calls/{name}/recording", headers={"HX-Request": "true"}
            )
            assert status == wanted
            assert ("<dz-player" in text) is (wanted == 200)
    played = {(login, "play", f"recording:{house.numbers[name]}") for name in HEARD[login]}
    assert set(await house.audit()) == played


LINKS = {"director": {"petrovs", "ivanovas", "services"}, "sokolova": {"petrovs", "ivanovas"}}


@pytest.mark.parametrize("login", sorted(HEARD))
async def test_a_link_is_given_away_by_heads_for_what_they_hear(house: Heard, login: str) -> None:
    async with house.api.live.people.signed_in(login) as person:
        for name, number in house.numbers.items():
            status, page = await person.post(f"/calls/{name}/recording/link", hours="24")
            if login not in LINKS:
                assert status == 403
            elif name not in LINKS[login]:
                assert status == 404
            else:
                [address] = re.findall(r'value="http://[^"/]+(/recordings/link/[^"]+)"', page)
                async with house.api.http.get(address) as reply:
                    assert (reply.status, reply.content_type) == (200, "audio/wav")
                assert (login, "link", f"recording:{number}") in await house.audit()
    if login not in LINKS:
        assert await house.audit() == []


async def test_a_link_stands_in_the_page_where_it_was_asked_for(house: Heard) -> None:
    """With JavaScript only the form's place changes, without it a page shows the link."""
    place, form = "/calls/petrovs/recording/link", {"hours": "24"}
    async with house.api.live.people.signed_in("director") as person:
        assert 'id="recording-link"' in (await person.get("/calls/petrovs"))[1]
        async with person.http.post(place, data=form, headers={"HX-Request": "true"}) as reply:
            fragment = await reply.text()
        _, page = await person.post(place, **form)
    for text, whole in ((fragment, False), (page, True)):
        assert 'id="made-link"' in text
        assert ("<html" in text) is whole


@pytest.mark.parametrize("hours", ["0", "-1", "8785", "x", "", "1e3", "9" * 400])
async def test_a_link_lives_for_hours_that_make_sense(house: Heard, hours: str) -> None:
    async with house.api.live.people.signed_in("director") as person:
        assert (await person.post("/calls/petrovs/recording/link", hours=hours))[0] == 400
    assert await house.audit() == []


async def test_a_link_that_is_over_is_told_from_one_that_never_was(house: Heard) -> None:
    """Gone (410) or not found (404), in the language of whoever follows it."""
    old = await house.archive.link(
        house.numbers["petrovs"], by="boss", address="127.0.0.1", lasts=timedelta(seconds=-1)
    )
    forged = old[:-4] + ("AAAA" if not old.endswith("AAAA") else "BBBB")
    gone = await house.archive.link(
        house.numbers["ivanovas"], by="boss", address="127.0.0.1", lasts=timedelta(hours=1)
    )
    assert await house.archive.delete(house.numbers["ivanovas"], by="boss")
    for token, status, ru, en in (
        (old, 410, "Срок этой ссылки истёк", "This link has expired"),
        (forged, 404, "Эта ссылка недействительна", "This link is not valid"),
        (gone, 410, "больше нет", "no longer there"),
    ):
        for language, sentence in (("ru", ru), ("en", en)):
            for accepted in ("text/html", "*/*"):
                headers = {"Accept-Language": language, "Accept": accepted}
                place = f"/recordings/link/{token}"
                async with house.api.http.get(place, headers=headers) as reply:
                    assert (reply.status, sentence in await reply.text()) == (status, True)
    assert "play" not in {act for _, act, _ in await house.audit()}


async def test_whoever_has_the_client_today_hears_what_was_said_before(house: Heard) -> None:
    """A client handed over takes his history with him; a client of nobody opens nothing."""
    number = normalise("+79035551122", NumberPlan())
    record = ClientRecord(key=PETROVS_CLIENT, name="Клиент", owner="petrov", numbers=(number,))

    async def save(record: ClientRecord) -> None:
        async def work(uow: UnitOfWork) -> None:
            await uow.clients.save([record], at=house.api.live.house.board.now)

        await house.api.write(work)

    places = ("/calls/petrovs", f"/recordings/{house.numbers['petrovs']}/sound")
    async with house.api.live.people.signed_in("ivanova") as anna:
        for owner, wanted in (("petrov", 404), ("", 404), ("ivanova", 200)):
            await save(replace(record, owner=owner))
            for place in places:
                async with anna.http.get(place) as reply:
                    assert (owner, place, reply.status) == (owner, place, wanted)


# -- programs --------------------------------------------------------------------------------------


async def test_a_program_is_told_what_there_is_to_hear_and_where(house: Heard) -> None:
    crm = await house.api.program("boss", "calls", "listen")
    status, told = await crm.get("/calls/petrovs")
    assert status == 200
    number = house.numbers["petrovs"]
    assert told["recording"] == {
        "id": number,
        "state": "ready",
        "why": "",
        "seconds": 2.0,
        "formats": ["wav"],
        "sound": f"/api/v1/recordings/{number}/sound",
    }
    headers = {"Authorization": f"Bearer {crm.token}"}
    async with house.api.http.get(told["recording"]["sound"], headers=headers) as reply:
        assert (reply.status, reply.content_type) == (200, "audio/wav")
    deaf = await house.api.program("boss", "calls")
    assert (await deaf.get("/calls/petrovs"))[1]["recording"]["sound"] is None
    assert (await deaf.get(f"/recordings/{number}/sound"))[0] == 403


async def test_a_program_makes_a_link_within_its_scope_and_its_persons_reach(
    house: Heard,
) -> None:
    crm = await house.api.program("sokolova", "recordings-link")
    status, told = await crm.post("/calls/petrovs/recording/link", {"hours": 48})
    assert status == 201
    async with house.api.http.get(told["address"]) as reply:
        assert reply.status == 200
    assert ("sokolova", "link", f"recording:{house.numbers['petrovs']}") in await house.audit()
    assert (await crm.post("/calls/services/recording/link"))[0] == 404
    assert (await crm.post("/calls/petrovs/recording/link", {"hours": 0}))[0] == 422
    assert (await crm.post("/calls/petrovs/recording/link", {"hours": 8785}))[0] == 422
    narrow = await house.api.program("sokolova", "calls", "listen")
    assert (await narrow.post("/calls/petrovs/recording/link"))[0] == 403
    manager = await house.api.program("petrov")
    assert (await manager.post("/calls/petrovs/recording/link"))[0] == 403


async def test_nothing_to_hear_is_no_link(house: Heard) -> None:
    assert await house.archive.delete(house.numbers["petrovs"], by="boss")
    crm = await house.api.program("boss", "recordings-link", "calls")
    status, told = await crm.post("/calls/petrovs/recording/link")
    assert (status, told["error"]["id"]) == (409, "no-sound")
    _, call = await crm.get("/calls/petrovs")
    assert (call["recording"]["state"], call["recording"]["formats"]) == ("deleted", [])
