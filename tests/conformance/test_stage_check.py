"""`check` tells every difference between a story and what came of it; stories can be played anywhere."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import config
import crm_bridge.builtin
from config.holiday_calendar import PublicHolidays
from config.office_dump import dump_office
from config.office_file import load_office
from dozvon.demo.stage import CallerSaw, LoggedCall, Played, Rang, check, rang_as
from dozvon.demo.stage_office import CLOSED_DEPARTMENT, CLOSED_LINE, quick
from dozvon.demo.stories import CLIENTS, STORIES, UNKNOWN_NUMBERS, story
from dozvon.demo.story import AND_SO_ON, programme
from pbx_adapters.port import Way
from router.calls import Disposition, MissedReason
from router.hours import is_open
from router.numbers import NumberPlan, normalise

EXAMPLE = load_office((Path(config.__file__).parent / "examples/office.toml").read_bytes())
TOLD = story("owner-away")
LOGGED = LoggedCall(
    line="+74951230001",
    caller="89000009003",
    disposition=Disposition.ANSWERED,
    answered_by="102",
    rang=("102",),
    skipped=frozenset({("ivanova", "away"), ("volkov", "busy")}),
    way=Way.PLAN,
)
PLAYED = Played(
    story="owner-away",
    rang=(Rang(target="102", at_seconds=0.1, rang_seconds=1, answered=True),),
    callers=(
        CallerSaw(number="79000009003", line="74951230001", picked_up=True, lasted_seconds=3),
    ),
)


def test_a_story_that_came_true_has_no_differences() -> None:
    assert check(TOLD, PLAYED, [LOGGED]) == []


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"disposition": Disposition.MISSED}, "disposition is missed instead of answered"),
        ({"reason": MissedReason.ABANDONED}, "reason is abandoned instead of nothing"),
        ({"answered_by": "101"}, "answered by is 101 instead of 102"),
        ({"rang": ("101", "102")}, "rang 101 102 instead of 102"),
        ({"skipped": frozenset()}, "ivanova was not passed over as away"),
        ({"callback": True}, "callback opened is True instead of False"),
        ({"transferred_to": "103"}, "handed on to is 103 instead of nothing"),
        ({"way": Way.FAIL_OPEN}, "way is fail-open instead of plan"),
        ({"caller": "79160000000"}, "is in the log 0 times instead of once"),
    ],
)
def test_every_difference_in_the_log_is_a_sentence(wrong: dict, word: str) -> None:
    differences = check(TOLD, PLAYED, [replace(LOGGED, **wrong)])
    assert len(differences) == 1
    assert word in differences[0]


def test_a_call_that_is_logged_twice_is_a_difference() -> None:
    assert "2 times" in check(TOLD, PLAYED, [LOGGED, LOGGED])[0]


def test_what_the_phones_saw_is_held_against_the_story_too() -> None:
    """A log that is right about a call that nobody heard is wrong."""
    silent = replace(PLAYED, rang=())
    assert check(TOLD, silent, [LOGGED]) == [
        "the phones rang nothing instead of 102",
        "nobody picked up at 102",
    ]
    unheard = replace(PLAYED, callers=(replace(PLAYED.callers[0], picked_up=False),))
    assert "never heard an answer" in check(TOLD, unheard, [LOGGED])[0]


@pytest.mark.parametrize(
    ("rang", "as_expected"),
    [
        (("101", "103", "102"), True),
        (("101", "102", "103"), True),
        (("102", "101", "103"), False),
        (("101", "102"), False),
        (("101", "102", "103", "101"), False),
    ],
)
def test_those_who_ring_together_may_be_told_in_any_order(
    rang: tuple[str, ...],
    as_expected: bool,  # noqa: FBT001 - parametrized
) -> None:
    assert rang_as(("101", "102+103"), rang) is as_expected


def test_an_open_end_lets_anything_follow() -> None:
    assert rang_as(("101", AND_SO_ON), ("101", "103"))
    assert not rang_as(("101", AND_SO_ON), ("103", "101"))


INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - bounds without a zone, as hypothesis asks
HOLIDAYS = PublicHolidays()
SIX = ("101", "102", "103", "104", "105", "106")


@given(INSTANTS)
def test_the_demo_office_is_open_and_its_evening_line_closed_at_any_instant(at: datetime) -> None:
    for key, department in quick(EXAMPLE).departments.items():
        open_now = is_open(department.hours, at, HOLIDAYS).open
        assert open_now is (key != CLOSED_DEPARTMENT)


def test_the_demo_office_is_open_around_new_years_midnight() -> None:
    midnight = datetime(2026, 12, 31, 21, tzinfo=UTC)
    sales = quick(EXAMPLE).departments["sales"]
    for seconds in range(-3, 4):
        assert is_open(sales.hours, midnight + timedelta(seconds=seconds), HOLIDAYS).open


def test_the_demo_office_can_be_written_and_read_as_an_office_file() -> None:
    office = quick(EXAMPLE)
    assert replace(load_office(dump_office(office)), version=office.version) == office


def test_the_demo_office_keeps_people_and_lines_as_they_are() -> None:
    office = quick(EXAMPLE)
    assert list(office.managers) == list(EXAMPLE.managers)
    for key, line in EXAMPLE.lines.items():
        assert (office.lines[key].number, office.lines[key].department) == (
            line.number,
            line.department,
        )
    assert {m.extension for m in office.managers.values()} == set(SIX)


def test_stories_have_names_of_their_own_and_are_told_in_both_languages() -> None:
    assert len({told.key for told in STORIES}) == len(STORIES)
    for told in STORIES:
        texts = [text(lang) for text in (told.title, told.told) for lang in ("ru", "en")]
        assert all(texts), told.key
        assert len(set(texts)) == 4, told.key


def test_the_clients_of_the_stories_are_rows_of_the_example_client_base() -> None:
    """Each number belongs to one row alone, and the callers nobody knows to none."""
    file = Path(crm_bridge.builtin.__file__).parent / "examples/clients.csv"
    rows = list(csv.DictReader(file.read_text("utf-8-sig").splitlines(), delimiter=";"))
    plan = NumberPlan(area_code=EXAMPLE.area_code)
    owners: dict[str, list[tuple[str, str, str]]] = {}
    for row in rows:
        first = normalise(row["Телефоны"], plan)
        for number in (first, *first.more):
            about = (row["Код"], row["Имя"], row["Менеджер заявки"] or row["Менеджер"])
            owners.setdefault(number.e164 or "", []).append(about)
    for client in CLIENTS:
        assert owners[f"+{client.number}"] == [(client.key, client.name, client.owner)]
    assert not {f"+{number}" for number in UNKNOWN_NUMBERS} & set(owners)


def test_stories_speak_of_lines_phones_and_owners_that_the_office_has() -> None:
    office = quick(EXAMPLE)
    numbers = {line.number for line in office.lines.values()}
    extensions = {m.extension for m in office.managers.values()}
    mobiles = {m.mobile.removeprefix("+") for m in office.managers.values() if m.mobile}
    assert {client.owner for client in CLIENTS} <= set(office.managers)
    for told in STORIES:
        assert {call.caller.line for call in told.calls} <= numbers, told.key
        assert set(told.phones) <= extensions, told.key
        assert set(told.mobiles) <= mobiles, told.key
        assert set(told.statuses) <= set(office.managers), told.key
        rang = {t for c in told.calls for g in c.expected.rang for t in g.split("+")}
        assert rang <= extensions | mobiles | {AND_SO_ON}, told.key
        assert told.departments(office), told.key


def test_stories_side_by_side_share_no_department() -> None:
    office = quick(EXAMPLE)
    plays = programme(STORIES, office)
    lanes = [frozenset[str]().union(*(s.departments(office) for s in lane)) for lane in plays.lanes]
    assert sum(len(lane) for lane in lanes) == len(frozenset[str]().union(*lanes))
    assert sum(map(len, plays.lanes)) + len(plays.alone) == len(STORIES)
    assert all(told.service_dead for told in plays.alone)
    assert any(c.caller.line == CLOSED_LINE for lane in plays.lanes for s in lane for c in s.calls)
