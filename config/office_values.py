"""Reads the values that only an office has: numbers, zones, countries, weeks, special days."""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from config import week
from config.errors import Unreadable
from config.holiday_calendar import known_countries
from config.reading import Table, read_text, read_texts
from router.numbers import NumberPlan, normalise
from router.office import Window

_KEY = re.compile(r"[a-z0-9_-]{1,40}")
_EXTENSION = re.compile(r"[0-9]{1,10}")
_AREA = re.compile(r"[0-9]{2,5}")
_PREFIX = re.compile(r"\+[0-9]{1,14}")
_CALLER_ID = re.compile(r"\+?[0-9]{2,15}")
_REGION = re.compile(r"[A-Z]{2}")
_DRESSING = re.compile(r"[\s().\u2010-\u2015-]")
_ZONE = re.compile(r"[A-Z][A-Za-z0-9_+-]*(/[A-Z][A-Za-z0-9_+-]*)*")
_SHORT_LINE = 9

_Days = tuple[tuple[int, tuple[Window, ...]], ...]
_Dates = tuple[tuple[date, tuple[Window, ...]], ...]
_NO_DAYS: _Days = ()
_NO_DATES: _Dates = ()


def check_key(table: Table) -> None:
    """Notes a key that could not be written everywhere (in AstDB, in a URL, in a log)."""
    key = str(table.path[-1])
    if not _KEY.fullmatch(key):
        table.notes.add(table.path, "key-unreadable", key=key)


def read_extension(text: str) -> str:
    """Reads an extension: digits only, kept as they are."""
    return _matching(_EXTENSION, text, "extension-unreadable")


def read_area_code(text: str) -> str:
    """Reads an area code."""
    return _matching(_AREA, text, "area-unreadable")


def read_caller_id(text: str) -> str:
    """Reads the number that a called party sees."""
    return _matching(_CALLER_ID, _DRESSING.sub("", text), "caller-id-unreadable")


def read_prefixes(value: object) -> tuple[str, ...]:
    """Reads allowed beginnings of numbers."""
    texts = read_texts(value)
    return tuple(_matching(_PREFIX, _DRESSING.sub("", t), "prefix-unreadable") for t in texts)


def read_region(text: str) -> str:
    """Reads the country whose numbers are written without a country code."""
    return _matching(_REGION, text, "region-unknown")


def read_mobile(text: str, plan: NumberPlan) -> str:
    """Reads a phone number into E.164."""
    number = normalise(text, plan)
    if number.e164 is None or not number.is_matchable or number.more or number.extension:
        raise Unreadable("number-unreadable", value=text)
    return number.e164


def read_line_number(text: str, plan: NumberPlan) -> str:
    """Reads a line's number into the digits a PBX sends: `+7 (495) 123-00-01` is `74951230001`.

    Up to nine digits are kept as they are (short numbers, a provider's account): exchanges send
    them so. More digits must be a number that exists.
    """
    digits = _DRESSING.sub("", text)
    if digits.isascii() and digits.isdigit() and 1 <= len(digits) <= _SHORT_LINE:
        return digits
    return read_mobile(text, plan).removeprefix("+")


def read_zone(text: str) -> str:
    """Reads an IANA time zone."""
    try:
        known = _ZONE.fullmatch(text) is not None and ZoneInfo(text).key == text
    except (ZoneInfoNotFoundError, ValueError, OSError):
        known = False
    if not known:
        raise Unreadable("zone-unknown", value=text, words=_alike(text))
    return text


def read_country(text: str) -> str:
    """Reads the country whose public holidays close a department."""
    if text not in known_countries():
        words = [text.upper()] if text.upper() in known_countries() else ["RU"]
        raise Unreadable("country-unknown", value=text, words=words)
    return text


def read_week(table: Table, key: str) -> tuple[Window, ...]:
    """Reads hours or shifts: a table of days, or one word for the whole week."""
    value = table.data.get(key)
    if not isinstance(value, dict):
        return table.value(key, (), _read_whole_week)
    days = Table(table.notes, (*table.path, key), value)
    table.value(key, (), lambda _: ())
    windows: list[Window] = []
    seen: set[int] = set()
    for name in value:
        for day, found in days.value(name, _NO_DAYS, partial(_read_days, name)):
            if day in seen:
                days.notes.add((*days.path, name), "day-twice", day=week.DAYS[day])
            seen.add(day)
            windows.extend(found)
    return week.ordered(windows)


def read_special(table: Table, key: str) -> dict[date, tuple[Window, ...]]:
    """Reads special days: dates with their windows, or `closed`."""
    value = table.data.get(key)
    if not isinstance(value, dict):
        return table.value(key, {}, _no_special)
    table.value(key, {}, lambda _: {})
    dates = Table(table.notes, (*table.path, key), value)
    special: dict[date, tuple[Window, ...]] = {}
    for name in value:
        for day, found in dates.value(name, _NO_DATES, partial(_read_dates, name)):
            if day in special:
                dates.notes.add((*dates.path, name), "date-twice", day=day)
            special[day] = found
    return dict(sorted(special.items()))


def _read_whole_week(value: object) -> tuple[Window, ...]:
    if week.is_always(value):
        return week.always()
    if week.is_closed(value):
        return ()
    raise Unreadable("hours-unreadable")


def _no_special(_: object) -> dict[date, tuple[Window, ...]]:
    raise Unreadable("special-unreadable")


def _read_days(name: str, value: object) -> _Days:
    return tuple((day, week.read_windows(value, day)) for day in week.read_days(name))


def _read_dates(name: str, value: object) -> _Dates:
    dates = week.read_dates(name)
    return tuple((day, week.read_windows(value, day.weekday())) for day in dates)


def _matching(pattern: re.Pattern[str], text: str, sentence: str) -> str:
    if not pattern.fullmatch(text):
        raise Unreadable(sentence, value=text)
    return text


def _alike(text: str) -> list[str]:
    """Zones that could be meant: the city alone decides."""
    city = text.rsplit("/", 1)[-1].strip().casefold().replace(" ", "_")
    return [
        zone
        for zone in available_timezones()
        if zone.rsplit("/", 1)[-1].casefold().startswith(city[:4])
    ]


__all__ = [
    "check_key",
    "read_area_code",
    "read_caller_id",
    "read_country",
    "read_extension",
    "read_line_number",
    "read_mobile",
    "read_prefixes",
    "read_region",
    "read_special",
    "read_text",
    "read_week",
    "read_zone",
]
