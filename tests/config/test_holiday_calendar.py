"""Public holidays of Russia with the days that the government moved."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from config.holiday_calendar import PublicHolidays, known_countries
from router.hours import HoursRule, is_open
from router.office import Hours, Window

OFFICE = Hours(
    holidays="RU", week=tuple(Window(weekday=d, start=time(9), end=time(19)) for d in range(5))
)


@pytest.mark.parametrize(
    "day", ["2026-01-01", "2026-01-09", "2026-05-01", "2024-04-29", "2025-12-31", "2026-03-09"]
)
def test_a_holiday_or_a_day_off_moved_to_a_weekday_is_off(day: str) -> None:
    assert PublicHolidays().is_day_off("RU", date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2026-01-12", "2024-04-27", "2026-11-21"])
def test_other_days_are_not_off(day: str) -> None:
    assert not PublicHolidays().is_day_off("RU", date.fromisoformat(day))


@pytest.mark.parametrize(
    ("day", "works"),
    [("2024-04-27", True), ("2024-12-28", True), ("2024-04-20", False), ("2024-04-26", False)],
)
def test_a_saturday_that_was_moved_is_worked(day: str, *, works: bool) -> None:
    assert PublicHolidays().is_working_day("RU", date.fromisoformat(day)) is works


def test_a_department_works_on_the_moved_saturday_and_rests_on_the_monday_for_it() -> None:
    calendar = PublicHolidays()
    saturday = is_open(OFFICE, datetime(2024, 4, 27, 9, tzinfo=UTC), calendar)
    monday = is_open(OFFICE, datetime(2024, 4, 29, 9, tzinfo=UTC), calendar)
    assert (saturday.open, saturday.why) == (True, HoursRule.MOVED_WORKING_DAY)
    assert (monday.open, monday.why) == (False, HoursRule.HOLIDAY)


def test_after_the_new_year_holidays_the_next_opening_is_known() -> None:
    found = is_open(OFFICE, datetime(2026, 12, 31, 12, tzinfo=UTC), PublicHolidays())
    assert not found.open
    assert found.next_change_at == datetime(2027, 1, 11, 6, tzinfo=UTC)


def test_an_unknown_country_is_no_known_country() -> None:
    assert {"RU", "BY", "KZ", "DE"} <= known_countries()
    assert "XX" not in known_countries()
    with pytest.raises(NotImplementedError):
        PublicHolidays().is_day_off("XX", date(2026, 1, 1))
