"""The log as people ask for it: texts, days, people, marks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from log_calls import NINE, ended_call, record

from router.calls import Direction, Disposition, MissedReason
from router.numbers import NumberPlan, normalise
from router.office import Office
from storage.database import Database
from storage.reach import Reach
from storage.records import ClientRecord, Way
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer
from switchboard.calls_log import Asked, LoggedCall, calls_log, every_call, meant, people_in
from switchboard.names import Names

ALL = Reach(everything=True)
MOSCOW = ZoneInfo("Europe/Moscow")
OUT = Direction.OUTBOUND


async def found(database: Database, office: Office, **asked: object) -> list[LoggedCall]:
    page = await calls_log(database, office, ALL, Asked(**asked), zone=MOSCOW)  # type: ignore[arg-type]
    return list(page.calls)


async def ids(database: Database, office: Office, **asked: object) -> list[str]:
    return [call.id for call in await found(database, office, **asked)]


@pytest.mark.parametrize(
    "text", ["+7 916 123-45-67", "8 (916) 123-45-67", "9161234567", "tel:+79161234567"]
)
def test_a_whole_number_is_found_in_any_spelling(office: Office, text: str) -> None:
    assert meant(Asked(text=text), office, MOSCOW).number == "+79161234567"


def test_a_few_digits_are_the_end_of_a_number_or_an_application(office: Office) -> None:
    assert meant(Asked(text="45-67"), office, MOSCOW).digits == "4567"


def test_letters_are_a_name_in_whatever_capitals(office: Office) -> None:
    naming = meant(Asked(text="ромашка"), office, MOSCOW).naming
    assert {"ромашка", "Ромашка", "РОМАШКА"} <= set(naming)


def test_a_day_is_a_whole_day_of_the_readers_zone(office: Office) -> None:
    wanted = meant(Asked(since=date(2026, 3, 2), until=date(2026, 3, 2)), office, MOSCOW)
    assert wanted.since == datetime(2026, 3, 1, 21, tzinfo=UTC)
    assert wanted.until == datetime(2026, 3, 2, 21, tzinfo=UTC)


def test_a_line_is_meant_however_the_exchange_writes_it(office: Office) -> None:
    lines = meant(Asked(line="main"), office, MOSCOW).lines
    assert {"74951230001", "+74951230001", "84951230001", "4951230001"} == set(lines)


def test_a_person_is_meant_at_his_phone_and_his_mobile(office: Office) -> None:
    phones = meant(Asked(person="petrov"), office, MOSCOW).phones
    mobile = ("79161230102", "+79161230102", "89161230102")
    assert phones == (("main", "102"), *(("", number) for number in mobile))


async def test_somebody_whom_the_office_does_not_know_finds_nothing_and_not_everything(
    database: Database, writer: Writer, office: Office
) -> None:
    await record(writer, ended_call("c-1"))
    assert await ids(database, office, person="nobody") == []
    assert await ids(database, office, line="nowhere") == []


async def test_a_call_bears_the_names_of_todays_office(
    database: Database, writer: Writer, office: Office
) -> None:
    answered = ended_call(
        "c-1",
        disposition=Disposition.ANSWERED,
        answered_by="102",
        talk_seconds=30,
        department="sales",
        owner="ivanova",
    )
    await record(writer, answered)
    [call] = await found(database, office)
    assert (call.person, call.person_name) == ("petrov", "Пётр Петров")
    assert (call.owner_name, call.department_name) == ("Анна Иванова", "Продажи")
    assert (call.line_name, call.number) == ("Основной номер", "+79161234567")
    assert (call.waited_seconds, call.talk_seconds) == (9, 30)


async def test_of_a_call_that_we_made_the_person_is_who_dialled(
    database: Database, writer: Writer, office: Office
) -> None:
    made = ended_call("o-1", direction=OUT, disposition=Disposition.NO_ANSWER, caller="101")
    await record(writer, made)
    [call] = await found(database, office)
    assert call.person_name == "Анна Иванова"
    assert (call.line_name, call.number) == ("", "+79161234567")


async def test_a_hidden_caller_has_no_number_whatever_the_exchange_wrote(
    database: Database, writer: Writer, office: Office
) -> None:
    hidden = ended_call("c-1")
    call = replace(hidden.call, caller="anonymous")
    await record(writer, replace(hidden, call=call, number=normalise("anonymous", NumberPlan())))
    [found_call] = await found(database, office)
    assert found_call.number == ""


async def test_marks_tell_what_is_owed_what_was_not_watched_and_what_is_disputed(
    database: Database, writer: Writer, office: Office
) -> None:
    odd = ended_call("c-1", recovered=True, disagreement="answered / missed", way=Way.FAIL_OPEN)
    closed = ended_call("c-0", -60, number="+79160000009", reason=MissedReason.CLOSED)
    spoke = {"direction": OUT, "disposition": Disposition.ANSWERED, "talk_seconds": 60}
    back = ended_call("o-1", -30, number="+79160000009", **spoke)  # type: ignore[arg-type]
    await record(writer, closed, back, odd)
    first, _, last = await found(database, office)
    assert (first.owed, first.recovered, first.disputed, first.fail_open) == (True,) * 4
    assert (last.owed, last.after_hours) == (False, True)


async def test_a_name_of_the_base_finds_all_its_calls_at_once(
    database: Database, writer: Writer, office: Office
) -> None:
    """Also those that bear no name, or an older one."""

    async def base(uow: UnitOfWork) -> None:
        record = ClientRecord(key="k1", name="ООО «Ромашка»")
        await uow.clients.save([record], at=NINE)

    await writer.submit(base)
    await record(writer, ended_call("c-1", client="k1"), ended_call("c-2", 1, client="k2"))
    assert await ids(database, office, text="ромашка") == ["c-1"]


async def test_a_name_that_the_base_does_not_know_is_sought_in_the_calls(
    database: Database, writer: Writer, office: Office
) -> None:
    await record(writer, ended_call("c-1", client="k1", client_name="ООО «Ромашка»"))
    assert await ids(database, office, text="ромашка") == ["c-1"]
    assert await ids(database, office, text="вектор") == []


async def test_every_call_goes_on_over_all_pages(
    database: Database, writer: Writer, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("switchboard.calls_log.EXPORTED_AT_ONCE", 2)
    await record(writer, *(ended_call(f"c-{n}", n) for n in range(5)))
    every = [c.id async for c in every_call(database, office, ALL, Asked(), zone=MOSCOW)]
    assert every == ["c-4", "c-3", "c-2", "c-1", "c-0"]


def test_one_asks_only_for_people_within_reach(office: Office) -> None:
    assert set(people_in(office, Reach(managers=frozenset({"petrov"})))) == {"petrov"}
    assert set(people_in(office, ALL)) == set(office.managers)


def test_a_number_of_two_people_has_a_name_only_where_its_exchange_is_known(
    office: Office,
) -> None:
    orlov = replace(office.managers["orlov"], pbx="spb", extension="101")
    names = Names.of(replace(office, managers={**office.managers, "orlov": orlov}))
    found = [names.manager_at("101", pbx) for pbx in ("main", "spb", "kazan")]
    assert [manager and manager.key for manager in found] == ["ivanova", "orlov", None]
    assert names.person("101") == "101"
    assert names.person("102") == "Пётр Петров"
    assert names.manager_at(None, "main") is None
