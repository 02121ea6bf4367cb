"""The same extension at two exchanges is two people, wherever a call of one of them is shown."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import pytest
from api_house import ApiHouse, an_ended_call, api_house
from archive_house import lay
from signin_house import KEPT, doing

from storage.recording import record_ended_call
from web.parts import PARTS
from web.signin import accounts

CALL = "spb-7.1"


@dataclass
class TwoExchanges:
    """Ivanova is main/101, Orlov spb/101 of another department; he answered the one call."""

    api: ApiHouse
    recording: int


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[TwoExchanges]:
    async with api_house(tmp_path) as api:
        web = api.live.house
        office = web.board.office()
        orlov = replace(office.managers["orlov"], pbx="spb", extension="101")
        managers = MappingProxyType({**office.managers, "orlov": orlov})
        await web.board.office_applied(replace(office, managers=managers))
        made = an_ended_call(
            CALL,
            web.board.now,
            0.2,
            answered_by="101",
            rang=("101",),
            owner="",
            department="service",
        )
        ended = replace(made, call=replace(made.call, pbx="spb"))
        await web.writer.submit(lambda uow: record_ended_call(uow, ended))
        await web.writer.submit(lambda uow: accounts.set_password(uow, doing(), "boss", KEPT))
        archive = web.app[PARTS].archive
        assert archive is not None
        number = await lay(archive, CALL, ended.call.began_at, department="service")
        yield TwoExchanges(api, number)


async def test_ones_namesake_of_another_exchange_is_not_heard_read_or_noted(
    house: TwoExchanges,
) -> None:
    async with house.api.live.people.signed_in("ivanova") as anna:
        for path in (
            f"/calls/{CALL}",
            f"/recordings/{house.recording}/sound",
            f"/recordings/{house.recording}/peaks.json",
        ):
            assert (await anna.get(path))[0] == 404, path
        for path in ("/calls", "/calls.csv", "/calls?person=ivanova", "/desk/today", "/desk/after"):
            status, text = await anna.get(path)
            assert status == 200, path
            assert CALL not in text, path
            assert "555-11-22" not in text, path
    program = await house.api.program("ivanova")
    assert (await program.get("/calls"))[1]["items"] == []
    assert (await program.get(f"/calls/{CALL}"))[0] == 404
    assert (await program.post(f"/calls/{CALL}/note", {"text": "x"}))[0] == 404


async def test_whose_call_it_was_reads_it_under_his_name(house: TwoExchanges) -> None:
    async with house.api.live.people.signed_in("boss") as orlov:
        assert CALL in (await orlov.get("/desk/today"))[1]
        for path in (f"/calls/{CALL}", "/calls?person=orlov"):
            text = (await orlov.get(path))[1]
            assert CALL in text, path
            assert "Дмитрий Орлов" in text, path
        assert CALL not in (await orlov.get("/calls?person=ivanova"))[1]


async def test_a_report_credits_who_answered(house: TwoExchanges) -> None:
    async with house.api.live.people.signed_in("boss") as director:
        _, text = await director.get("/reports/people.csv")
        rows = {line.split(";")[0]: line.split(";")[2:4] for line in text.splitlines()}
        assert rows["Дмитрий Орлов"] == ["1", "1"]
        assert rows["Анна Иванова"] == ["0", "0"]
    _, told = await (await house.api.program("boss")).get("/reports")
    people = [f["names"] for f in told["days"][0]["figures"] if f["about"] == "person"]
    assert people == [["101", "spb"]]
    _, told = await (await house.api.program("sokolova")).get("/reports")
    assert not [f for f in told["days"][0]["figures"] if f["about"] in {"person", "picked"}]


async def test_yesterdays_callback_report_names_who_let_it_ring(house: TwoExchanges) -> None:
    web = house.api.live.house
    for call, pbx in (("main-9.1", "main"), ("spb-9.1", "spb")):
        made = an_ended_call(call, web.board.now, 24 * 60, rang=("101",))
        ended = replace(made, call=replace(made.call, pbx=pbx))
        await web.writer.submit(lambda uow, e=ended: record_ended_call(uow, e))
    async with house.api.live.people.signed_in("boss") as director:
        _, text = await director.get("/callbacks")
    report = text.partition("<tbody>")[2].partition("</tbody>")[0]
    assert report.count("<tr>") == 2
    assert "Анна Иванова" in report
    assert "Дмитрий Орлов" in report
