"""The log's search: what it finds is what is there, page by page, whatever leads the question."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from log_calls import NINE, ended_call, record

from router.calls import Direction, Disposition, MissedReason
from router.phones import ANYWHERE, Phone
from storage import call_search
from storage.call_search import Place, Wanted, find_calls
from storage.database import Database
from storage.reach import Reach
from storage.records import EndedCall
from storage.writer import Writer

ALL = Reach(everything=True)
HIS = Reach(managers=frozenset({"ivanova"}), extensions=frozenset({Phone("main", "101")}))
DEPARTMENT = Reach(
    departments=frozenset({"sales"}),
    managers=frozenset({"ivanova", "petrov"}),
    extensions=frozenset({Phone("main", "101"), Phone("spb", "102"), Phone(ANYWHERE, "201")}),
)
OUT = Direction.OUTBOUND
MAIN_101, MAIN_102 = Phone("main", "101"), Phone("main", "102")
SPB_101, MOBILE = Phone("spb", "101"), Phone(ANYWHERE, "201")


async def ids(
    database: Database,
    wanted: Wanted | None = None,
    reach: Reach = ALL,
    *,
    limit: int = 50,
    before: Place | None = None,
) -> list[str]:
    found = await find_calls(database, wanted or Wanted(), reach, before=before, limit=limit)
    return [stored.call.id for stored in found.calls]


async def every_id(database: Database, wanted: Wanted, reach: Reach, *, limit: int) -> list[str]:
    found: list[str] = []
    place: Place | None = None
    while True:
        page = await find_calls(database, wanted, reach, before=place, limit=limit)
        found += [stored.call.id for stored in page.calls]
        if page.next is None:
            return found
        assert page.next != place, "the log goes on"
        place = page.next


def some_calls(dice: random.Random, count: int = 90) -> list[EndedCall]:
    """Calls of all kinds; several begin at the same instant."""
    made = []
    for n in range(count):
        outbound = dice.random() < 0.3
        answered = dice.random() < 0.5
        direction = OUT if outbound else Direction.INBOUND
        missed = Disposition.NO_ANSWER if outbound else Disposition.MISSED
        client = dice.choice(["", "k1", "k2"])
        pbx = dice.choice(["main", "main", "spb"])
        made.append(
            ended_call(
                f"c-{n:03}",
                dice.randrange(count // 2),
                pbx=pbx,
                number=f"+7916000000{dice.randrange(4)}",
                direction=direction,
                disposition=Disposition.ANSWERED if answered else missed,
                reason=dice.choice([MissedReason.CLOSED, MissedReason.ABANDONED]),
                answered_by=dice.choice(["101", "102", "201"]) if answered else None,
                caller=dice.choice(["101", "102", "201"]),
                line=dice.choice(["74951230001", "74951230002"]),
                rang=tuple(dice.sample(["101", "102", "201"], dice.randrange(3))),
                talk_seconds=30 if answered else 0,
                recovered=dice.random() < 0.1,
                department=dice.choice(["sales", "service"]),
                owner=dice.choice(["", "ivanova", "orlov"]),
                client=client,
                client_name={"": "", "k1": "Ромашка", "k2": "АО Вектор"}[client],
                application=dice.choice(["", "1042"]),
                disagreement=dice.choice(["", "", "", "the journal says no"]),
            )
        )
    return made


@dataclass(frozen=True)
class Case:
    wanted: Wanted
    holds: Callable[[EndedCall], bool]


def touches(made: EndedCall, *phones: Phone) -> bool:
    call = made.call
    reached = {call.answered_by, call.caller, *(leg.target for leg in call.legs)}
    return any(at.number in reached and at.pbx in {ANYWHERE, call.pbx} for at in phones)


def number(made: EndedCall) -> str:
    return (made.number and made.number.e164) or ""


CASES = {
    "everything": Case(Wanted(), lambda made: bool(made.call.id)),
    "a period": Case(
        Wanted(since=NINE + timedelta(minutes=10), until=NINE + timedelta(minutes=40)),
        lambda made: timedelta(minutes=10) <= made.call.began_at - NINE < timedelta(minutes=40),
    ),
    "a person": Case(Wanted(phones=(MAIN_102,)), lambda made: touches(made, MAIN_102)),
    "a person of another exchange": Case(
        Wanted(phones=(SPB_101, MOBILE)), lambda made: touches(made, SPB_101, MOBILE)
    ),
    "a person's of a client": Case(
        Wanted(phones=(SPB_101, MOBILE), clients=("k1",)),
        lambda made: made.client == "k1" and touches(made, SPB_101, MOBILE),
    ),
    "a department": Case(Wanted(department="service"), lambda made: made.department == "service"),
    "a line": Case(
        Wanted(lines=("74951230002", "+74951230002")),
        lambda made: made.call.line == "74951230002",
    ),
    "a client": Case(Wanted(clients=("k1",)), lambda made: made.client == "k1"),
    "several clients": Case(Wanted(clients=("k1", "k2")), lambda made: bool(made.client)),
    "more clients than are led by": Case(
        Wanted(clients=("k1", *(f"x{n}" for n in range(40)))), lambda made: made.client == "k1"
    ),
    "a number": Case(Wanted(number="+79160000001"), lambda made: number(made) == "+79160000001"),
    "the end of a number": Case(Wanted(digits="0002"), lambda made: number(made).endswith("0002")),
    "an application": Case(Wanted(digits="1042"), lambda made: made.application == "1042"),
    "a name": Case(Wanted(naming=("вектор", "Вектор")), lambda made: made.client == "k2"),
    "missed": Case(
        Wanted(disposition=Disposition.MISSED),
        lambda made: made.call.disposition is Disposition.MISSED,
    ),
    "answered": Case(
        Wanted(disposition=Disposition.ANSWERED),
        lambda made: made.call.disposition is Disposition.ANSWERED,
    ),
    "outbound": Case(Wanted(direction=OUT), lambda made: made.call.direction is OUT),
    "after hours": Case(
        Wanted(after_hours=True), lambda made: made.call.reason is MissedReason.CLOSED
    ),
    "recovered": Case(Wanted(recovered=True), lambda made: made.call.recovered),
    "disputed": Case(Wanted(disputed=True), lambda made: bool(made.disagreement)),
    "an owner": Case(Wanted(owner="orlov"), lambda made: made.owner == "orlov"),
    "a person's missed on a line": Case(
        Wanted(phones=(MAIN_101,), disposition=Disposition.MISSED, lines=("74951230001",)),
        lambda made: (
            touches(made, MAIN_101)
            and made.call.disposition is Disposition.MISSED
            and made.call.line == "74951230001"
        ),
    ),
}
REACHES = {"director": ALL, "manager": HIS, "curator": DEPARTMENT, "nobody": Reach()}


@pytest.fixture
async def log(database: Database, writer: Writer) -> list[EndedCall]:
    made = some_calls(random.Random(7))
    await record(writer, *made)
    return made


@pytest.mark.parametrize("windows", [(5, 12), (1_000,)], ids=["small windows", "one window"])
async def test_every_question_finds_exactly_the_calls_it_means_within_reach(
    database: Database,
    log: list[EndedCall],
    monkeypatch: pytest.MonkeyPatch,
    windows: tuple[int, ...],
) -> None:
    """Newest first, none twice, none left out; also where the search has to stop and go on."""
    monkeypatch.setattr(call_search, "WALKED", windows)
    monkeypatch.setattr(call_search, "LED", windows)
    newest = sorted(log, key=lambda made: (made.call.began_at, made.call.id), reverse=True)
    for who, reach in REACHES.items():
        for what, case in CASES.items():
            meant = [m.call.id for m in newest if case.holds(m) and within(m, reach)]
            found = await every_id(database, case.wanted, reach, limit=11)
            assert found == meant, (who, what)


def within(made: EndedCall, reach: Reach) -> bool:
    """The rule of the house, as `Reach` says it of one call."""
    call = made.call
    touched = {call.answered_by or "", call.caller, *(leg.target for leg in call.legs)}
    return reach.sees_call(
        department=made.department, owner=made.owner, pbx=call.pbx, talked_or_rang=touched
    )


async def test_whoever_has_no_reach_finds_nothing_without_the_database_being_asked(
    database: Database,
) -> None:
    found = await find_calls(None, Wanted(), Reach())  # type: ignore[arg-type] # it is not asked
    assert found.calls == ()
    assert found.next is None


async def test_a_search_that_stops_before_the_page_is_full_says_back_to_when_it_looked(
    database: Database, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_search, "WALKED", (2, 2))
    await record(writer, *(ended_call(f"c-{n}", n) for n in range(6)))
    await record(writer, replace(ended_call("old", -9), disagreement="x"))
    page = await find_calls(database, Wanted(disputed=True), ALL, limit=5)
    assert page.calls == ()
    assert page.looked_back_to == NINE
    assert page.next == Place(at=NINE)
    rest = await every_id(database, Wanted(disputed=True), ALL, limit=5)
    assert rest == ["old"]


async def test_a_full_page_and_the_end_of_the_log_say_nothing_of_looking_back(
    database: Database, writer: Writer
) -> None:
    await record(writer, *(ended_call(f"c-{n}", n) for n in range(4)))
    first = await find_calls(database, Wanted(), ALL, limit=3)
    assert first.looked_back_to is None
    assert first.next
    assert first.next.id == "c-1"
    last = await find_calls(database, Wanted(), ALL, before=first.next, limit=3)
    assert [s.call.id for s in last.calls] == ["c-0"]
    assert (last.next, last.looked_back_to) == (None, None)


async def test_signs_that_a_database_reads_as_any_text_mean_themselves(
    database: Database, writer: Writer
) -> None:
    await record(writer, ended_call("c-1", client_name="100% шерсть", client="k"))
    await record(writer, ended_call("c-2", 1, client_name="1000 мелочей", client="m"))
    assert await ids(database, Wanted(naming=("100%",))) == ["c-1"]
    assert await ids(database, Wanted(naming=("_",))) == []


async def test_a_call_that_rang_late_at_a_person_is_his_too(
    database: Database, writer: Writer
) -> None:
    """A leg begins after its call: handed on after a long talk, and a page ends between the two."""
    late = ended_call("long", rang=("101",))
    leg = replace(late.call.legs[0], began_at=NINE + timedelta(hours=3))
    await record(writer, replace(late, call=replace(late.call, legs=(leg,))))
    before = Place(at=NINE + timedelta(minutes=5))
    assert await ids(database, Wanted(phones=(MAIN_101,)), before=before) == ["long"]


LEADING = {
    **CASES,
    "a department's missed of an owner": Case(
        Wanted(department="sales", disposition=Disposition.MISSED, owner="ivanova"), bool
    ),
    "a client's answered of a person": Case(
        Wanted(clients=("k1",), disposition=Disposition.ANSWERED, phones=(MAIN_101,)), bool
    ),
    "a number's of an owner": Case(Wanted(number="+79160000001", owner="ivanova"), bool),
}


async def plans_of(database: Database, wanted: Wanted, reach: Reach) -> list[tuple[Any, str]]:
    """Each way in with the plan that the database makes of it."""
    search: Any = call_search._search(wanted, reach)
    told = []
    async with database.reading() as connection:
        for branch in search.branches:
            asked = call_search._question(branch, search, Place(at=NINE, id="x"), NINE)
            made = asked.compile(
                dialect=connection.dialect, compile_kwargs={"render_postcompile": True}
            )
            values = tuple(str(made.params[name]) for name in made.positiontup)
            rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {made}", values)
            told.append((branch, " | ".join(row[3] for row in rows)))
    return told


async def test_every_question_is_led_by_the_index_it_was_given(database: Database) -> None:
    """Nothing is read from end to end, and nothing that is only checked becomes the way in."""
    for case, reach in product(LEADING.values(), (ALL, HIS, DEPARTMENT)):
        for branch, plan in await plans_of(database, case.wanted, reach):
            assert "SCAN calls" not in plan, plan
            assert "SCAN legs" not in plan, plan
            assert "MULTI-INDEX OR" not in plan, plan
            if branch.target:
                assert "ix_legs_target_began_at (target=?" in plan, plan
            else:
                led = "" if branch.is_walk else f"{branch.column.name}=?"
                assert f"SEARCH calls USING INDEX {_index(branch)} ({led}" in plan, plan


def _index(branch: Any) -> str:
    if branch.is_walk:
        return "ix_calls_began_at"
    name = branch.column.name
    between = "_disposition" if name == "number_id" else ""
    return f"ix_calls_{name}{between}_began_at"
