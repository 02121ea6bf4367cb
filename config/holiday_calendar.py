"""Public holidays, with the days that a state moves, over the `holidays` package.

The package is data in Python; the years are built when they are first asked for and kept. Moved
days are known for the years that the package knows (governments publish them in autumn for the next
year); the office file's `special` overrides every one of them.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase


def known_countries() -> frozenset[str]:
    """Returns the ISO 3166 codes (two letters) of the countries whose holidays are known."""
    import holidays  # noqa: PLC0415 - takes 0.2 s, and most commands need none

    return frozenset(holidays.list_supported_countries(include_aliases=False))


class PublicHolidays:
    """Keeps `router.hours.HolidayCalendar` for every known country.

    Raises `NotImplementedError` for an unknown one: the office file is checked for it before.
    """

    def __init__(self) -> None:
        self._calendars: dict[str, HolidayBase] = {}

    def is_day_off(self, country: str, day: date) -> bool:
        """Tells that `day` is a public holiday or a day off moved to a weekday."""
        return day in self._calendar(country)

    def is_working_day(self, country: str, day: date) -> bool:
        """Tells that `day` is a weekend day that the state made a working day."""
        calendar = self._calendar(country)
        return day not in calendar and day in calendar.weekend_workdays

    def _calendar(self, country: str) -> HolidayBase:
        found = self._calendars.get(country)
        if found is None:
            import holidays  # noqa: PLC0415 - as above

            found = self._calendars[country] = holidays.country_holidays(country)
        return found
