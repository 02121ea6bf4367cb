"""Days, times and windows as people write them, and back.

`{ mon-fri = "9:00-19:00", sat = ["10:00-13:00", "14:00-16:00"] }`, `"always"`, `"closed"`; day
names in English or Russian. Windows come out ordered by day and time, so that two ways of writing
the same week are equal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, time, timedelta
from itertools import groupby

from config.errors import Unreadable
from router.office import Window

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALWAYS = "always"
CLOSED = "closed"

_ALWAYS = {ALWAYS, "24/7", "24x7", "круглосуточно", "всегда"}
_CLOSED = {CLOSED, "off", "выходной", "закрыто", ""}
_ALIASES = (
    ("mon", "monday", "пн", "понедельник"),
    ("tue", "tuesday", "вт", "вторник"),
    ("wed", "wednesday", "ср", "среда"),
    ("thu", "thursday", "чт", "четверг"),
    ("fri", "friday", "пт", "пятница"),
    ("sat", "saturday", "сб", "суббота"),
    ("sun", "sunday", "вс", "воскресенье"),
)
_DAY = {name: number for number, names in enumerate(_ALIASES) for name in names}
_GROUPS = {
    "daily": range(7),
    "ежедневно": range(7),
    "weekdays": range(5),
    "будни": range(5),
    "weekend": range(5, 7),
    "выходные": range(5, 7),
}
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})(?::(\d{2}))?")
_DASH = re.compile(r"\s*[-–—]\s*")
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_RUSSIAN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_MOST_DAYS = 366


def read_days(text: str) -> tuple[int, ...]:
    """Reads `mon`, `mon-fri`, `mon, wed`, `daily` into weekdays (0 = Monday)."""
    days: list[int] = []
    for part in text.casefold().split(","):
        name = part.strip()
        if name in _GROUPS:
            days.extend(_GROUPS[name])
            continue
        ends = _DASH.split(name)
        if len(ends) > 2 or any(end not in _DAY for end in ends):
            raise Unreadable("day-unknown", value=text)
        first, last = _DAY[ends[0]], _DAY[ends[-1]]
        days.extend((first + step) % 7 for step in range((last - first) % 7 + 1))
    return tuple(days)


def read_windows(value: object, weekday: int) -> tuple[Window, ...]:
    """Reads `"9:00-13:00, 14:00-18:00"`, a list of such, or `"closed"` into windows of one day."""
    texts = value if isinstance(value, list) else [value]
    windows: list[Window] = []
    for text in texts:
        if not isinstance(text, str):
            raise Unreadable("window-unreadable", value=text)
        if text.strip().casefold() in _CLOSED:
            continue
        if text.strip().casefold() in _ALWAYS:
            windows.append(Window(weekday=weekday, start=time(), end=time()))
            continue
        windows.extend(_window(part, weekday) for part in text.split(","))
    return ordered(windows)


def always() -> tuple[Window, ...]:
    """Returns the week of a department that never closes."""
    return tuple(Window(weekday=day, start=time(), end=time()) for day in range(7))


def is_always(value: object) -> bool:
    """Tells that the word stands for round the clock."""
    return isinstance(value, str) and value.strip().casefold() in _ALWAYS


def is_closed(value: object) -> bool:
    """Tells that the word stands for no hours at all."""
    return isinstance(value, str) and value.strip().casefold() in _CLOSED


def ordered(windows: Iterable[Window]) -> tuple[Window, ...]:
    """Orders windows by day and time and drops repetitions."""
    return tuple(sorted(set(windows), key=lambda w: (w.weekday, w.start, w.end)))


def read_dates(text: str) -> tuple[date, ...]:
    """Reads `2026-12-31`, `31.12.2026` or a stretch `2026-12-31..2027-01-08` into dates."""
    ends = [_date(part.strip(), text) for part in text.split("..")]
    first, last = ends[0], ends[-1]
    if len(ends) > 2 or not first <= last < first + timedelta(days=_MOST_DAYS):
        raise Unreadable("date-unreadable", value=text)
    return tuple(first + timedelta(days=step) for step in range((last - first).days + 1))


def show_windows(windows: Iterable[Window]) -> str:
    """Writes the windows of one day as `read_windows` reads them."""
    texts = [f"{_show_time(w.start)}-{_show_time(w.end)}" for w in windows]
    return ", ".join(texts) or CLOSED


def show_week(windows: tuple[Window, ...]) -> dict[str, str]:
    """Writes a week as the office file has it, equal neighbours together: `{"mon-fri": …}`."""
    if ordered(windows) == always():
        return {"daily": "0:00-24:00"}
    texts = [show_windows(w for w in windows if w.weekday == day) for day in range(7)]
    week: dict[str, str] = {}
    for text, group in groupby(range(7), key=lambda day: texts[day]):
        days = list(group)
        name = DAYS[days[0]] if len(days) == 1 else f"{DAYS[days[0]]}-{DAYS[days[-1]]}"
        if text != CLOSED:
            week[name] = text
    return week


def _window(text: str, weekday: int) -> Window:
    ends = _DASH.split(text.strip())
    if len(ends) != 2:
        raise Unreadable("window-unreadable", value=text.strip())
    start, end = (_time(part, text.strip()) for part in ends)
    if start is None:
        raise Unreadable("time-unreadable", value=ends[0], window=text.strip())
    return Window(weekday=weekday, start=start, end=end or time())


def _time(text: str, window: str) -> time | None:
    """Reads a time; None is 24:00, the end of the day."""
    match = _TIME.fullmatch(text)
    if not match:
        raise Unreadable("time-unreadable", value=text, window=window)
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if (hour, minute, second) == (24, 0, 0):
        return None
    if hour > 23 or minute > 59 or second > 59:
        raise Unreadable("time-unreadable", value=text, window=window)
    return time(hour, minute, second)


def _show_time(clock: time) -> str:
    text = f"{clock.hour}:{clock.minute:02}"
    return f"{text}:{clock.second:02}" if clock.second else text


def _date(text: str, whole: str) -> date:
    iso, russian = _ISO_DATE.fullmatch(text), _RUSSIAN_DATE.fullmatch(text)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if russian:
            return date(int(russian[3]), int(russian[2]), int(russian[1]))
    except ValueError:
        pass
    raise Unreadable("date-unreadable", value=whole)
