"""Of a person each call counts once, however many phones of his rang."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from config.holiday_calendar import PublicHolidays
from dozvon.demo.premises import example_office
from router.calls import Direction, Disposition, Leg, LegOutcome
from storage.database import Database
from storage.recording import record_ended_call
from storage.records import EndedCall
from storage.writer import Writer
from switchboard.names import Names
from switchboard.reports import Period, PersonRow, report
from switchboard.statistics import Bureau, figures_of

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = date(2026, 3, 2)
DESK, MOBILE = "102", "79161230102"
Ended = Callable[..., EndedCall]


def leg(target: str, outcome: LegOutcome, at: float = 0) -> Leg:
    began = NINE + timedelta(seconds=at)
    talk = 60.0 if outcome is LegOutcome.ANSWERED else 0.0
    return Leg(
        id=f"{target}/{at}",
        target=target,
        began_at=began,
        rang_at=began,
        outcome=outcome,
        ring_seconds=5.0,
        talk_seconds=talk,
    )


async def petrov(database: Database, writer: Writer, *calls: EndedCall) -> PersonRow:
    """Petrov's row of the report of these calls; there is none for his mobile beside it."""
    for call in calls:
        await writer.submit(lambda uow, c=call: record_ended_call(uow, c))
    bureau = Bureau(
        database=database,
        writer=writer,
        office=example_office(),
        calendar=PublicHolidays(),
        now=NINE + timedelta(hours=8),
    )
    figures = await figures_of(bureau, DAY, DAY)
    names = Names.of(bureau.office)
    found = report(Period(since=DAY, until=DAY), figures, names, None)
    assert {row.key for row in found.people} == set(bureau.office.managers)
    return next(row for row in found.people if row.key == "petrov")


@pytest.mark.parametrize(
    "legs",
    [
        (leg(DESK, LegOutcome.NO_ANSWER), leg(MOBILE, LegOutcome.ANSWERED, 15)),
        (leg(DESK, LegOutcome.ELSEWHERE), leg(f"+{MOBILE}", LegOutcome.ANSWERED)),
    ],
    ids=["the desk phone in vain, then the mobile", "both together"],
)
async def test_a_call_that_he_took_on_his_mobile_is_one_that_he_took(
    database: Database, writer: Writer, ended: Ended, legs: tuple[Leg, ...]
) -> None:
    made = ended("1", disposition=Disposition.ANSWERED, talk_seconds=60.0)
    call = replace(made.call, legs=legs, answered_by=legs[1].target)
    row = await petrov(database, writer, replace(made, call=call))
    assert row.counts == Counter(offered=1, answered=1, talk_in=60)
    assert row.share == 1
    assert row.picked_median == 5


async def test_a_call_that_rang_at_both_in_vain_is_one_that_he_let_ring(
    database: Database, writer: Writer, ended: Ended
) -> None:
    made = ended("1")
    legs = (leg(DESK, LegOutcome.NO_ANSWER), leg(MOBILE, LegOutcome.CANCELLED, 15))
    row = await petrov(database, writer, replace(made, call=replace(made.call, legs=legs)))
    assert row.counts == Counter(offered=1, let_ring=1)


async def test_what_he_dialled_from_his_mobile_stands_with_him(
    database: Database, writer: Writer, ended: Ended
) -> None:
    made = ended(
        "1", disposition=Disposition.ANSWERED, direction=Direction.OUTBOUND, talk_seconds=30.0
    )
    row = await petrov(database, writer, replace(made, call=replace(made.call, caller=MOBILE)))
    assert row.counts == Counter(outbound=1, outbound_answered=1, talk_out=30)
