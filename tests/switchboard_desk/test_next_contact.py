"""When to speak again: two thirds of the time that the client named."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.hours import NoHolidays, is_open
from router.office import Hours, Window
from switchboard.next_contact import Unit, proposed

ALWAYS = Hours(week=tuple(Window(weekday=d, start=time(), end=time()) for d in range(7)))
OFFICE = Hours(week=tuple(Window(weekday=d, start=time(9), end=time(19)) for d in range(5)))
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""12:00 in Moscow."""


@pytest.mark.parametrize(
    ("count", "unit", "days"),
    [
        (6, Unit.DAYS, 4),
        (3, Unit.DAYS, 2),
        (2, Unit.DAYS, 1),
        (1, Unit.DAYS, 1),
        (3, Unit.WEEKS, 14),
        (1, Unit.MONTHS, 20),
    ],
)
def test_six_days_is_the_fourth_day(count: int, unit: Unit, days: int) -> None:
    """At the same time of day."""
    assert proposed(count, unit, MONDAY, ALWAYS, NoHolidays()) == MONDAY + timedelta(days=days)


def test_hours_are_hours() -> None:
    """In three hours: in two."""
    found = proposed(3, Unit.HOURS, MONDAY, ALWAYS, NoHolidays())
    assert found == MONDAY + timedelta(hours=2)


def test_a_closed_day_moves_to_the_next_opening_before_the_hour_he_named() -> None:
    """Friday and three hours more is Saturday: nobody calls on a Sunday for a named Monday noon."""
    friday = MONDAY + timedelta(days=4)
    found = proposed(3, Unit.DAYS, friday, OFFICE, NoHolidays())  # Monday named, Sunday proposed
    assert found == datetime(2026, 3, 9, 6, 0, tzinfo=UTC)  # 9:00 in Moscow on Monday


def test_where_no_opening_is_before_the_named_hour_it_is_the_last_open_day() -> None:
    """On Tuesday he said "in 5 days", a Sunday: Friday is the last day to catch him."""
    tuesday = MONDAY + timedelta(days=1)
    found = proposed(5, Unit.DAYS, tuesday, OFFICE, NoHolidays())
    assert found == tuesday + timedelta(days=3)
    thursday = MONDAY + timedelta(days=3)
    found = proposed(3, Unit.DAYS, thursday, OFFICE, NoHolidays())
    assert found == thursday + timedelta(days=1)


@given(st.integers(-5, 10_000), st.sampled_from(Unit), st.integers(0, 60 * 24 * 14))
def test_a_proposal_is_ahead_and_in_opening_hours(count: int, unit: Unit, minutes: int) -> None:
    """Whatever is typed, whenever."""
    now = MONDAY + timedelta(minutes=minutes)
    found = proposed(count, unit, now, OFFICE, NoHolidays())
    assert found.tzinfo
    assert found > now - timedelta(minutes=5)
    assert is_open(OFFICE, found, NoHolidays()).open
