"""The callback report names people as the other reports do: each with all his phones, by PBX."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import pytest

from config.holiday_calendar import PublicHolidays
from dozvon.demo.premises import example_office
from router.callbacks_report import PersonReport
from router.calls import Direction, Disposition, Leg, LegOutcome
from router.office import Office
from storage.database import Database
from storage.recording import record_ended_call
from storage.records import EndedCall
from storage.writer import Writer
from switchboard.callbacks import day_report

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DESK, MOBILE = "102", "79161230102"
OUT = {"direction": Direction.OUTBOUND, "disposition": Disposition.ANSWERED}
Ended = Callable[..., EndedCall]


def leg(target: str, outcome: LegOutcome) -> Leg:
    return Leg(
        id=f"{target}/{outcome}",
        target=target,
        began_at=NINE,
        rang_at=NINE,
        outcome=outcome,
        ring_seconds=20.0,
    )


def with_legs(made: EndedCall, *legs: Leg, pbx: str = "main") -> EndedCall:
    """A call with what rang for it, at this PBX."""
    return replace(made, call=replace(made.call, pbx=pbx, legs=legs))


async def people(
    database: Database,
    writer: Writer,
    *calls: EndedCall,
    office: Office | None = None,
    departments: set[str] | None = None,
) -> tuple[PersonReport, ...]:
    """Everybody's part of the day of these calls."""
    for call in calls:
        await writer.submit(lambda uow, c=call: record_ended_call(uow, c))
    counted = await day_report(
        database,
        NINE - timedelta(hours=9),
        NINE + timedelta(hours=9),
        office=office or example_office(),
        calendar=PublicHolidays(),
        departments=departments,
    )
    return counted.people


def two_exchanges() -> Office:
    """Ivanova is main/101 in the sales, Orlov spb/101 in the service."""
    office = example_office()
    orlov = replace(office.managers["orlov"], pbx="spb", extension="101")
    return replace(office, managers=MappingProxyType({**office.managers, "orlov": orlov}))


async def test_who_took_it_on_his_mobile_missed_no_ring(
    database: Database, writer: Writer, ended: Ended
) -> None:
    made = ended("1", disposition=Disposition.ANSWERED, talk_seconds=60.0)
    rang = leg(DESK, LegOutcome.NO_ANSWER), leg(MOBILE, LegOutcome.ANSWERED)
    assert await people(database, writer, with_legs(made, *rang)) == ()


@pytest.mark.parametrize(
    "outcome", [LegOutcome.NO_ANSWER, LegOutcome.DECLINED, LegOutcome.NOT_CONFIRMED]
)
async def test_who_let_both_his_phones_ring_missed_one_ring(
    database: Database, writer: Writer, ended: Ended, outcome: LegOutcome
) -> None:
    rang = leg(DESK, LegOutcome.NO_ANSWER), leg(MOBILE, outcome)
    [petrov] = await people(database, writer, with_legs(ended("1"), *rang))
    assert (petrov.person, petrov.missed_rings) == (DESK, 1)


async def test_a_mobile_that_rang_in_vain_is_its_owners_missed_ring(
    database: Database, writer: Writer, ended: Ended
) -> None:
    rang = leg(MOBILE, LegOutcome.NO_ANSWER)
    [petrov] = await people(database, writer, with_legs(ended("1"), rang))
    assert (petrov.person, petrov.missed_rings) == (DESK, 1)


async def test_who_calls_back_from_his_mobile_calls_back_himself(
    database: Database, writer: Writer, ended: Ended
) -> None:
    made = ended("2", 5, talk_seconds=60.0, **OUT)
    back = replace(made, call=replace(made.call, caller=MOBILE))
    [petrov] = await people(database, writer, ended("1"), back)
    assert (petrov.person, petrov.attempts, petrov.reached) == (DESK, 1, 1)


async def test_the_same_extension_of_two_exchanges_is_two_people(
    database: Database, writer: Writer, ended: Ended
) -> None:
    found = await people(
        database,
        writer,
        with_legs(ended("1"), leg("101", LegOutcome.NO_ANSWER)),
        with_legs(ended("2", 1), leg("101", LegOutcome.NO_ANSWER), pbx="spb"),
        with_legs(ended("3", 2), leg("101", LegOutcome.DECLINED), pbx="spb"),
        ended("4", 5, talk_seconds=1.0, **OUT),
        with_legs(ended("5", 9, talk_seconds=60.0, **OUT), pbx="spb"),
        office=two_exchanges(),
    )
    assert len(found) == 2
    parts = {
        (p.pbx, p.person): (p.first_callbacks, p.attempts, p.reached, p.missed_rings) for p in found
    }
    assert parts == {("main", "101"): (1, 1, 0, 1), ("spb", "101"): (0, 1, 1, 2)}


async def test_a_head_reads_the_rings_of_his_own_people_not_of_their_namesakes(
    database: Database, writer: Writer, ended: Ended
) -> None:
    found = await people(
        database,
        writer,
        with_legs(ended("1"), leg("101", LegOutcome.NO_ANSWER)),
        with_legs(ended("2", 1), leg("101", LegOutcome.NO_ANSWER), pbx="spb"),
        office=two_exchanges(),
        departments={"service"},
    )
    assert [p.missed_rings for p in found] == [1]
    assert [(p.pbx, p.person) for p in found] == [("spb", "101")]
