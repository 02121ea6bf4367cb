"""Time to the first callback, the share reached, and rings that people let ring."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from router.callbacks import ClosedHow
from router.callbacks_report import Ring, Rung, Try, Worked, missed_rings, owed_from, report
from router.calls import LegOutcome
from router.phones import Phone

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def worked(
    item: str, *tries: tuple[float, str], how: ClosedHow | None = None, by: str = ""
) -> Worked:
    made = [
        Try(NINE + timedelta(minutes=minute), phone(who), f"{item}-{minute}")
        for minute, who in tries
    ]
    return Worked(
        id=item,
        owed_from=NINE,
        tries=made,
        how=how,
        reached_by=phone(by) if how is ClosedHow.REACHED else None,
        closing_call=made[-1].call_id if how is ClosedHow.REACHED else "",
    )


def phone(number: str) -> Phone:
    return Phone("main", number)


def missed_by(number: str, *rings: Ring) -> int:
    """How many rings he missed whose phone this is, for one call."""
    return missed_rings([Rung("main", rings)], lambda who: who)[phone(number)]


def ring(target: str, outcome: LegOutcome, *, rang: bool = True) -> Ring:
    return Ring(target, outcome, rang)


def test_the_wait_ends_with_the_first_callback_whether_it_reached_him_or_not() -> None:
    day = report(
        [
            worked("a", (4, "101"), (30, "102"), how=ClosedHow.REACHED, by="102"),
            worked("b", (10, "101")),
            worked("c"),
        ]
    )
    assert (day.median_seconds, day.longest_seconds) == (7 * 60, 10 * 60)
    assert (day.called, day.reached, day.still_open) == (2, 1, 2)


def test_the_share_reached_is_of_those_who_needed_a_callback() -> None:
    day = report(
        [
            worked("a", (4, "101"), how=ClosedHow.REACHED, by="101"),
            worked("b"),
            worked("c", how=ClosedHow.NOT_NEEDED, by="ivanova"),
            worked("d", how=ClosedHow.CAME_THROUGH, by="102"),
        ]
    )
    assert (day.items, day.needed, day.share_reached) == (4, 2, 0.5)
    assert report([]).share_reached is None


def test_a_client_who_came_through_after_we_had_tried_had_needed_a_callback() -> None:
    tried = worked("a", (4, "101"), how=ClosedHow.CAME_THROUGH, by="102")
    assert (report([tried]).needed, report([tried]).share_reached) == (1, 0.0)


def test_each_person_has_his_part() -> None:
    day = report(
        [
            worked("a", (4, "101"), (30, "102"), how=ClosedHow.REACHED, by="102"),
            worked("b", (10, "101"), (12, "101")),
        ],
        Counter({phone("103"): 2}),
    )
    found = {
        p.person: (p.first_callbacks, p.attempts, p.reached, p.missed_rings) for p in day.people
    }
    assert found == {"101": (2, 3, 0, 0), "102": (0, 1, 1, 0), "103": (0, 0, 0, 2)}


def test_the_night_is_nobodys_fault() -> None:
    opening = NINE + timedelta(hours=1)
    assert owed_from(NINE, lambda _: opening) == opening
    assert owed_from(NINE, lambda _: None) == NINE


def test_a_callback_before_opening_made_nobody_wait() -> None:
    assert worked("a", (-5, "101")).waited_seconds == 0.0


@pytest.mark.parametrize(
    ("outcome", "missed"),
    [
        (LegOutcome.NO_ANSWER, True),
        (LegOutcome.DECLINED, True),
        (LegOutcome.NOT_CONFIRMED, True),
        (LegOutcome.ELSEWHERE, False),
        (LegOutcome.CANCELLED, False),
        (LegOutcome.UNREACHABLE, False),
        (LegOutcome.BUSY, False),
    ],
)
def test_a_missed_ring_is_one_that_the_person_could_have_answered(
    outcome: LegOutcome, *, missed: bool
) -> None:
    assert missed_by("101", ring("101", outcome)) == int(missed)


def test_a_call_that_rang_twice_at_a_person_is_one_missed_ring() -> None:
    assert missed_by("101", *[ring("101", LegOutcome.NO_ANSWER)] * 2) == 1


def test_who_let_it_ring_and_answered_in_the_end_missed_nothing() -> None:
    rings = [ring("101", LegOutcome.NO_ANSWER), ring("101", LegOutcome.ANSWERED)]
    assert missed_by("101", *rings) == 0


def test_a_phone_that_never_rang_missed_nothing() -> None:
    assert missed_by("101", ring("101", LegOutcome.NO_ANSWER, rang=False)) == 0
