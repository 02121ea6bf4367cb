"""Instants, durations and numbers as a person reads them, in his language and time zone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_timedelta
from babel.numbers import format_decimal, format_percent

from router.numbers import NumberPlan, format_international, normalise
from switchboard.troubles import spoken
from web.pages.texts import Words

NONE = "—"
"""What stands where there is nothing to say."""


@dataclass(frozen=True, slots=True)
class Formats:
    """Everything that depends on language, zone and how the office reads digits.

    `now` is the moment of the page.
    """

    words: Words
    zone: ZoneInfo
    now: datetime
    plan: NumberPlan = field(default_factory=NumberPlan)

    def time(self, at: datetime | None) -> str:
        """`9:05`."""
        return f"{at.astimezone(self.zone):%-H:%M}" if at else NONE

    def clock(self, at: datetime | None) -> str:
        """`9:05:07`."""
        return f"{at.astimezone(self.zone):%-H:%M:%S}" if at else NONE

    def day(self, at: datetime | date | None) -> str:
        """`today`, `yesterday`, else `12 Nov`; with the year when it is another."""
        if at is None:
            return NONE
        day = at.astimezone(self.zone).date() if isinstance(at, datetime) else at
        today = self.now.astimezone(self.zone).date()
        if day == today:
            return self.words("common.today")
        if day == today - timedelta(days=1):
            return self.words("common.yesterday")
        if day == today + timedelta(days=1):
            return self.words("common.tomorrow")
        form = "d MMM" if day.year == today.year else "d MMM y"
        return format_date(day, form, locale=_locale(self.words.language))

    def moment(self, at: datetime | None) -> str:
        """The day and the time; today's without the day."""
        if at is None:
            return NONE
        if at.astimezone(self.zone).date() == self.now.astimezone(self.zone).date():
            return self.time(at)
        return f"{self.day(at)}, {self.time(at)}"

    def ago(self, at: datetime | None) -> str:
        """`5 minutes ago`, `in 2 hours`."""
        if at is None:
            return NONE
        if abs(at - self.now) < timedelta(seconds=45):
            return self.words("common.just-now")
        language = _locale(self.words.language)
        return format_timedelta(at - self.now, add_direction=True, locale=language)

    def seconds(self, seconds: float | None) -> str:
        """`1:05`, `1:02:03`."""
        if seconds is None:
            return NONE
        minutes, rest = divmod(round(seconds), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

    def spoken(self, seconds: float | None) -> str:
        """`1 min 5 s`, `2 h 3 min`."""
        if seconds is None:
            return NONE
        minutes, rest = divmod(round(seconds), 60)
        hours, minutes = divmod(minutes, 60)
        parts = [(hours, "h"), (minutes, "min")] if hours else [(minutes, "min"), (rest, "s")]
        told = [f"{n} {self.words(f'common.unit-{unit}')}" for n, unit in parts if n]
        return "\u00a0".join(told).replace(" ", "\u00a0") or f"0\u00a0{self.words('common.unit-s')}"

    def count(self, number: float | None) -> str:
        """A count with its thousands apart."""
        if number is None:
            return NONE
        return format_decimal(number, locale=_locale(self.words.language))

    def size(self, count: int | None) -> str:
        """`350 MB`, `1.2 GB`: bytes in thousands, as disks are sold."""
        if count is None:
            return NONE
        unit, one = ("gb", 1e9) if count >= 1e9 else ("mb", 1e6)
        form = "#,##0.#" if unit == "gb" else "#,##0"
        told = format_decimal(count / one, form, locale=_locale(self.words.language))
        return f"{told}\u00a0{self.words(f'common.unit-{unit}')}"

    def percent(self, share: float | None) -> str:
        """A share of one as a percentage."""
        if share is None:
            return NONE
        return format_percent(share, locale=_locale(self.words.language))

    def number(self, written: str | None) -> str:
        """A telephone number as people write it; what is none, as it is."""
        if not written:
            return self.words("common.hidden-number")
        read = normalise(written, self.plan)
        return format_international(read) if read.is_matchable else written

    def author(self, by: str) -> str:
        """Who did something: a login, or the service itself in the reader's words."""
        return spoken(by, self.words.language) or NONE

    def iso(self, at: datetime | None) -> str:
        """The instant for a program (`<time datetime>`)."""
        return at.astimezone(UTC).isoformat(timespec="milliseconds") if at else ""


@cache
def _locale(language: str) -> Locale:
    return Locale(language)
