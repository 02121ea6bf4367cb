"""The log's page, its export and a call's page, as a browser asks for them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from signin_house import Person, SignInHouse, signin_house

from router.calls import Call, CallState, Direction, Disposition, Leg, LegOutcome, MissedReason
from router.numbers import NumberPlan, normalise
from storage.recording import record_ended_call
from storage.records import EndedCall
from switchboard.call_timeline import Doing
from web.pages.calls_csv import cell, digits

HOSTILE = '<img src=x onerror=alert(1)>"\u202eevil'


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[SignInHouse]:
    async with signin_house(tmp_path) as made:
        yield made


@pytest.fixture
async def director(house: SignInHouse) -> AsyncIterator[Person]:
    async with house.signed_in("director") as person:
        yield person


def a_call(
    call_id: str,
    minutes_ago: float = 5,
    *,
    number: str = "+79161234567",
    answered_by: str = "",
    **about: object,
) -> EndedCall:
    began = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    answered = bool(answered_by)
    leg = Leg(
        id=f"{call_id}-1",
        target=answered_by or "101",
        began_at=began,
        rang_at=began,
        answered_at=began + timedelta(seconds=7) if answered else None,
        ended_at=began + timedelta(seconds=40),
        outcome=LegOutcome.ANSWERED if answered else LegOutcome.NO_ANSWER,
        ring_seconds=7,
        talk_seconds=33 if answered else 0,
    )
    call = Call(
        id=call_id,
        pbx="main",
        linked_id=call_id,
        direction=Direction.INBOUND,
        caller=number.lstrip("+"),
        line="74951230001",
        began_at=began,
        answered_at=leg.answered_at,
        ended_at=leg.ended_at,
        state=CallState.ENDED,
        disposition=Disposition.ANSWERED if answered else Disposition.MISSED,
        reason=None if answered else MissedReason.ABANDONED,
        answered_by=answered_by or None,
        talk_seconds=leg.talk_seconds,
        legs=(leg,),
    )
    made = EndedCall(call=call, number=normalise(number, NumberPlan()) if number else None)
    return replace(made, **{"department": "sales", **about})  # type: ignore[arg-type]


async def write(house: SignInHouse, *calls: EndedCall) -> None:
    for each in calls:
        await house.house.writer.submit(lambda uow, e=each: record_ended_call(uow, e))


def listed(page: str) -> list[str]:
    return re.findall(r'data-href="/calls/([^"]+)"', page)


async def test_an_empty_log_says_what_will_stand_there(director: Person) -> None:
    status, page = await director.get("/calls")
    assert status == 200
    assert "Звонков ещё не было" in page


async def test_calls_stand_newest_first_under_their_days(
    house: SignInHouse, director: Person
) -> None:
    await write(house, a_call("old", 60 * 24 * 3), a_call("new", answered_by="101"))
    status, page = await director.get("/calls")
    assert status == 200
    assert listed(page) == ["new", "old"]
    assert page.count('class="calls-day"') == 2
    assert "Анна Иванова" in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=8+(916)+123-45-67", ["mine"]),
        ("q=0002", ["other"]),
        ("person=petrov", ["other"]),
        ("outcome=answered", ["other"]),
        ("outcome=missed", ["mine"]),
        ("department=service", []),
        ("line=main", ["mine", "other"]),
        ("direction=outbound", []),
        ("recovered=1", []),
        ("since=2020-01-01&until=2020-12-31", []),
        ("outcome=nonsense&direction=%00&before=nonsense", ["mine", "other"]),
    ],
)
async def test_filters_stand_in_the_address(
    house: SignInHouse, director: Person, asked: str, found: list[str]
) -> None:
    await write(house, a_call("other", 9, number="+79160000002", answered_by="102"), a_call("mine"))
    status, page = await director.get(f"/calls?{asked}")
    assert status == 200
    assert listed(page) == found


async def test_a_date_that_is_none_is_left_out_and_said_so(
    house: SignInHouse, director: Person
) -> None:
    await write(house, a_call("c-1"))
    status, page = await director.get("/calls?since=morning&until=9999-12-31")
    assert status == 200
    assert "morning" in page
    assert "9999-12-31" in page
    assert listed(page) == ["c-1"]


async def test_pages_follow_one_another_without_a_gap(house: SignInHouse, director: Person) -> None:
    await write(house, *(a_call(f"c-{n:02}", n) for n in range(60)))
    _, first = await director.get("/calls?outcome=missed")
    [older] = re.findall(r'href="(/calls\?[^"]*before=[^"]+)"', first)
    assert "outcome=missed" in older
    _, second = await director.get(older.replace("&amp;", "&"))
    assert listed(first) + listed(second) == [f"c-{n:02}" for n in range(60)]


async def test_a_manager_sees_his_calls_only_and_no_others_page(house: SignInHouse) -> None:
    await write(
        house,
        a_call("hers", answered_by="101"),
        a_call("his", 7, answered_by="102", owner="petrov"),
    )
    async with house.signed_in("ivanova") as anna:
        _, page = await anna.get("/calls")
        assert listed(page) == ["hers"]
        _, table = await anna.get("/calls.csv")
        assert "his" not in table
        assert (await anna.get("/calls/hers"))[0] == 200
        assert (await anna.get("/calls/his"))[0] == 404
        assert (await anna.get("/calls/never"))[0] == 404


async def test_what_a_caller_says_of_himself_is_text_everywhere(
    house: SignInHouse, director: Person
) -> None:
    hostile = a_call("c-1", client="k&1", client_name=HOSTILE, application="<b>", owner="<i>")
    call = replace(hostile.call, caller_name=HOSTILE, line='"><script>')
    await write(house, replace(hostile, call=call, disagreement="<u>no</u>"))
    for path in ("/calls", "/calls/c-1", "/calls?q=<script>alert(1)</script>&line=<s>"):
        status, page = await director.get(path)
        assert status == 200
        for tag in ("<img src=x", "<script>alert", "<b>", "<i>", "<u>no", '"><script', "<s>"):
            assert tag not in page, (path, tag)


async def test_no_style_and_no_script_stands_inside_a_page(
    house: SignInHouse, director: Person
) -> None:
    """The content security policy would stop them, and with them the page."""
    await write(house, a_call("c-1", answered_by="101"))
    for path in ("/calls", "/calls/c-1"):
        _, page = await director.get(path)
        assert not re.search(r"<[^>]+\sstyle=", page)
        assert not re.search(r"<[^>]+\son[a-z]+=", page)
        assert not re.search(r"<script(?![^>]*\ssrc=)", page)


async def test_a_calls_page_tells_who_rang_and_what_became_of_it(
    house: SignInHouse, director: Person
) -> None:
    await write(house, a_call("c-1", answered_by="101"), a_call("c-2", 1))
    _, talked = await director.get("/calls/c-1")
    assert "Ответ: Анна Иванова" in talked
    assert 'class="bar-ring"' in talked
    assert 'class="bar-talk"' in talked
    _, missed = await director.get("/calls/c-2")
    assert "клиент положил трубку" in missed
    assert "/callbacks?which=all&amp;whole=1#cb-c-2" in missed


def not_confirmed(call_id: str) -> EndedCall:
    """A mobile was picked up after 7 s, and nobody pressed 1 until 40 s."""
    made = a_call(call_id)
    [leg] = made.call.legs
    picked_up_at = leg.began_at + timedelta(seconds=7)
    asked = replace(leg, picked_up_at=picked_up_at, outcome=LegOutcome.NOT_CONFIRMED)
    return replace(made, call=replace(made.call, legs=(asked,)))


def unreachable(call_id: str) -> EndedCall:
    made = a_call(call_id)
    [leg] = made.call.legs
    dead = replace(leg, rang_at=None, ring_seconds=0, outcome=LegOutcome.UNREACHABLE)
    return replace(made, call=replace(made.call, legs=(dead,)))


@pytest.mark.parametrize(
    ("made", "shown"),
    [
        (a_call("c-1", answered_by="101"), ["ring", "talk"]),
        (a_call("c-1"), ["ring"]),
        (not_confirmed("c-1"), ["ring", "confirm"]),
        (unreachable("c-1"), []),
    ],
    ids=["talked", "rang", "not-confirmed", "unreachable"],
)
async def test_the_legend_names_the_colours_that_a_call_shows_and_no_other(
    house: SignInHouse, director: Person, made: EndedCall, shown: list[str]
) -> None:
    await write(house, made)
    _, page = await director.get("/calls/c-1")
    drawn = set(re.findall(r'<rect class="bar-(\w+)"', page)) - {"ground"}
    named = re.findall(r'<span class="legend (\w+)"></span>([^<]+)', page)
    words = {"ring": "звонок", "confirm": "просьба нажать 1", "talk": "разговор"}
    assert drawn == set(shown)
    assert [(key, said.split("·")[0].strip()) for key, said in named] == [
        (key, words[key]) for key in shown
    ]


def test_a_colour_of_the_drawing_and_of_its_legend_are_one() -> None:
    css = (Path(__file__).parents[2] / "web/static/pages/calls.css").read_text("utf-8")
    for doing in Doing:
        [bar] = re.findall(rf"^\.bar-{doing} {{ fill: (.+?); ", css, re.MULTILINE)
        assert f".legend.{doing} {{ background: {bar};" in css


async def test_the_card_is_the_crms_where_the_settings_say_so(
    house: SignInHouse, director: Person
) -> None:
    await write(house, a_call("c-1", client="k 1", application="10/42"))
    _, ours = await director.get("/calls/c-1")
    assert 'href="/clients/k%201"' in ours


# -- the export -----------------------------------------------------------------------------------


async def test_the_export_is_a_table_that_excel_opens(house: SignInHouse, director: Person) -> None:
    await write(house, a_call("c-1", client_name="ООО «Ромашка»; филиал", answered_by="101"))
    async with director.http.get("/calls.csv") as reply:
        body = await reply.read()
        assert reply.content_type == "text/csv"
        assert "attachment" in reply.headers["Content-Disposition"]
    assert body.startswith(b"\xef\xbb\xbf")
    head, row = csv.reader(io.StringIO(body.decode("utf-8-sig")), delimiter=";")
    told = dict(zip(head, row, strict=True))
    assert told["Клиент"] == "ООО «Ромашка»; филиал"
    assert told["Номер"] == "79161234567"
    assert told["Кто говорил"] == "Анна Иванова"
    assert (told["Итог"], told["Разговор, с"]) == ("разговор", "33")


async def test_the_export_holds_what_the_filters_let_through_beyond_one_page(
    house: SignInHouse, director: Person
) -> None:
    await write(house, *(a_call(f"c-{n}", n) for n in range(55)), a_call("a", answered_by="101"))
    _, table = await director.get("/calls.csv?outcome=missed")
    assert len(table.splitlines()) == 1 + 55


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t=", " =", "\r="])
def test_no_cell_is_calculated(begins: str) -> None:
    assert cell(f"{begins}HYPERLINK(1)").lstrip('"').startswith("'")


def test_a_cell_with_a_separator_a_quote_or_a_line_is_quoted() -> None:
    assert cell('a;"b"\nc') == '"a;""b""\nc"'
    assert cell("plain") == "plain"


def test_a_number_stays_a_number_that_can_be_dialled() -> None:
    assert digits("+79161234567") == "79161234567"
    assert cell(digits("+79161234567")) == "79161234567"
    assert digits("anonymous") == "anonymous"
