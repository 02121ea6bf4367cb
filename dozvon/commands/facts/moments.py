"""Times as people write and read them, in the zone of the department.

A time without a zone is the department's; `19:40` is today's. Of a local time that the clocks show
twice the first is meant; one that they jump over is read as if they had not jumped.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dozvon.commands.terminal.exits import Exit, Trouble

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_RUSSIAN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(.*)", re.DOTALL)


def read_moment(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Returns the instant (UTC) that a text means; raises `Trouble`."""
    text = _iso(text)
    today = now.astimezone(zone).date()
    try:
        if named := _named_day(text, today):
            return _instant(datetime.combine(named, time()), zone)
        if clock := _CLOCK.fullmatch(text):
            at = time(int(clock[1]), int(clock[2]), int(clock[3] or 0))
            return _instant(datetime.combine(today, at), zone)
        return _instant(datetime.fromisoformat(text), zone)
    except (ValueError, OverflowError):
        raise Trouble(Exit.WRONG, "bad-moment", text=text) from None


def read_day(text: str, zone: ZoneInfo, now: datetime) -> tuple[datetime, datetime]:
    """Returns the half-open stretch of a day in a zone; raises `Trouble`."""
    text = _iso(text)
    try:
        day = _named_day(text, now.astimezone(zone).date()) or date.fromisoformat(text)
        begin = datetime.combine(day, time())
        return _instant(begin, zone), _instant(begin + timedelta(days=1), zone)
    except (ValueError, OverflowError):
        raise Trouble(Exit.WRONG, "bad-day", text=text) from None


def shown(at: datetime | None, zone: ZoneInfo, language: str, *, seconds: bool = True) -> str:
    """Returns an instant as a person reads it."""
    if at is None:
        return ""
    local = at.astimezone(zone)
    clock = f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
    # Not %Y: the C library does not pad years below 1000.
    day = f"{local:%d.%m}.{local.year}" if language == "ru" else local.date().isoformat()
    return f"{day} {clock}"


def shown_seconds(seconds: float) -> str:
    """Returns a length of time as `m:ss`."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def _iso(text: str) -> str:
    text = text.strip()
    found = _RUSSIAN_DATE.fullmatch(text)
    return f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}{found[4]}" if found else text


def _named_day(text: str, today: date) -> date | None:
    days = {"today": 0, "сегодня": 0, "yesterday": -1, "вчера": -1, "tomorrow": 1, "завтра": 1}
    offset = days.get(text.casefold())
    return None if offset is None else today + timedelta(days=offset)


def _instant(written: datetime, zone: ZoneInfo) -> datetime:
    return (written if written.tzinfo else written.replace(tzinfo=zone)).astimezone(UTC)
