"""The days and hours of reports are those of one clock, wherever the reader's department is."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path

import pytest
from api_house import ApiHouse, an_ended_call, api_house

from router.office import Hours, Window
from storage.recording import record_ended_call
from switchboard.board import Board

NOW = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
"""21:00 in Moscow; in Vladivostok the next day has begun."""


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ApiHouse]:
    """The default department is in Moscow, Sokolova's in Vladivostok; it was called at 17:30 UTC."""
    async with api_house(tmp_path) as api:
        web = api.live.house
        office = web.board.office()
        sales = office.departments["sales"]
        week = (Window(weekday=0, start=time(9), end=time(19)),)
        there = replace(sales, hours=Hours(timezone="Asia/Vladivostok", week=week))
        departments = {**office.departments, "sales": there}
        await web.board.office_applied(
            replace(office, departments=departments, default_department="service")
        )
        ended = an_ended_call("main-7.1", NOW, 30, answered_by="102", department="sales")
        await web.writer.submit(lambda uow: record_ended_call(uow, ended))
        monkeypatch.setattr(Board, "now", property(lambda _: NOW))
        yield api


async def test_today_is_the_day_that_is_counted(house: ApiHouse) -> None:
    async with house.live.people.signed_in("sokolova") as curator:
        _, text = await curator.get("/reports/overview.csv?period=today")
        assert [row.split(";")[:2] for row in text.splitlines()[1:]] == [["2026-03-02", "1"]]
        _, page = await curator.get("/reports?period=today")
        assert "Москва" in page, "whose clock it is"


async def test_the_page_and_the_api_count_the_same_days(house: ApiHouse) -> None:
    _, told = await (await house.program("sokolova")).get("/reports?each_day=true")
    assert told["zone"] == "Europe/Moscow"
    assert told["days"][-1]["until"] == "2026-03-02"
    lines = [f for f in told["days"][-1]["figures"] if f["about"] == "line"]
    assert [(line["names"][2], line["counts"]["offered"]) for line in lines] == [("20", 1)]


async def test_the_scale_of_hours_is_of_the_same_clock(house: ApiHouse) -> None:
    """Nine to seven in Vladivostok is two to noon in Moscow; the call came at twenty there."""
    async with house.live.people.signed_in("sokolova") as curator:
        _, page = await curator.get("/reports?period=today")
        bars = [int(hour) for hour in re.findall(r"(\d+):00–\d+:00", page)]
        assert (min(bars), max(bars)) == (2, 20)
