"""The pages of reports: for the director and the heads, each his part."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from signin_house import SignInHouse, signin_house

from router.calls import Call, CallState, Direction, Disposition, Leg, LegOutcome, MissedReason
from storage.recording import record_ended_call
from storage.records import EndedCall
from storage.unit_of_work import UnitOfWork

VIEWS = ("overview", "people", "lines")


def ended(number: int, *, department: str, answered: bool) -> EndedCall:
    began = datetime.now(UTC) - timedelta(minutes=5 + number)
    ext = "101" if department == "sales" else "201"
    leg = Leg(
        id=f"{number}/1",
        target=ext,
        began_at=began,
        rang_at=began,
        outcome=LegOutcome.ANSWERED if answered else LegOutcome.NO_ANSWER,
        ring_seconds=4.0,
        talk_seconds=60.0 if answered else 0.0,
    )
    call = Call(
        id=f"main-{number}",
        pbx="main",
        linked_id="x",
        direction=Direction.INBOUND,
        caller=f"7916123450{number}",
        line="+74951230001" if department == "sales" else "+74951230002",
        began_at=began,
        answered_at=began + timedelta(seconds=4) if answered else None,
        ended_at=began + timedelta(seconds=64),
        state=CallState.ENDED,
        disposition=Disposition.ANSWERED if answered else Disposition.MISSED,
        reason=None if answered else MissedReason.NO_ANSWER,
        answered_by=ext if answered else None,
        talk_seconds=60.0 if answered else 0.0,
        legs=(leg,),
    )
    return EndedCall(call=call, department=department)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[SignInHouse]:
    async with signin_house(tmp_path) as found:

        async def fill(uow: UnitOfWork) -> None:
            for n, (department, answered) in enumerate(
                [("sales", True), ("sales", True), ("sales", False), ("service", True)]
            ):
                await record_ended_call(uow, ended(n, department=department, answered=answered))

        await found.house.writer.submit(fill)
        yield found


async def test_the_director_sees_the_company_and_the_curator_her_department(
    house: SignInHouse,
) -> None:
    async with house.signed_in("director") as director:
        _, page = await director.get("/reports?view=people&compare=1")
        assert "Анна Иванова" in page
        assert "Сервис" in page
        _, lines = await director.get("/reports?view=lines")
        assert "+7 495 123-00-02" in lines
    async with house.signed_in("sokolova") as curator:
        _, page = await curator.get("/reports?view=people")
        assert "Анна Иванова" in page
        assert "Орлов" not in page
        _, lines = await curator.get("/reports?view=lines&department=service")
        assert "+7 495 123-00-01" in lines
        assert "+7 495 123-00-02" not in lines


async def test_reports_are_for_heads_alone(house: SignInHouse) -> None:
    for login in ("ivanova", "helper"):
        async with house.signed_in(login) as person:
            assert (await person.get("/reports"))[0] == 403
            for view in VIEWS:
                assert (await person.get(f"/reports/{view}.csv"))[0] == 403


async def test_every_picture_has_a_table_beside_it_and_no_inline_style(house: SignInHouse) -> None:
    async with house.signed_in("director") as director:
        _, page = await director.get("/reports")
        assert page.count('<svg class="chart"') == 2
        assert page.count("<title>") >= 2
        assert page.count("<table") >= 2
        for view in VIEWS:
            _, page = await director.get(f"/reports?view={view}&compare=1")
            assert "style=" not in page


async def test_the_table_for_a_spreadsheet_has_the_same_figures(house: SignInHouse) -> None:
    async with house.signed_in("director") as director:
        _, text = await director.get("/reports/people.csv?period=week")
        rows = list(csv.DictReader(text.lstrip("\ufeff").splitlines(), delimiter=";"))
        anna = next(row for row in rows if row["Сотрудник"] == "Анна Иванова")
        assert (anna["Поступило"], anna["Отвечено"], anna["Не взял"]) == ("3", "2", "1")
        for view in VIEWS:
            assert (await director.get(f"/reports/{view}.csv"))[0] == 200
        assert (await director.get("/reports/else.csv"))[0] == 404


@pytest.mark.parametrize(
    "query",
    [
        "since=2026-01-05&until=2026-01-01",
        "since=x&until=y",
        "period=never&view=none&department=nobody",
        "since=0001-01-01&until=0001-01-02",
        "since=1900-01-01&until=2026-01-01",
        "since=9999-12-30&until=9999-12-31&compare=1",
    ],
)
async def test_whatever_is_asked_for_is_answered(house: SignInHouse, query: str) -> None:
    async with house.signed_in("director") as director:
        assert (await director.get(f"/reports?{query}"))[0] == 200
