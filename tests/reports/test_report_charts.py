"""A chart keeps its scale, however little there is to show."""

from __future__ import annotations

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from router.office import Hours, Window
from web.pages.report_charts import WIDEST, WIDTH, bars, hours_of

MOSCOW = ZoneInfo("Europe/Moscow")
DAY = date(2026, 3, 2)


def week(start: str, end: str, timezone: str = "Europe/Moscow") -> Hours:
    begin, stop = time.fromisoformat(start), time.fromisoformat(end)
    windows = tuple(Window(weekday=day, start=begin, end=stop) for day in range(5))
    return Hours(timezone=timezone, week=windows)


@pytest.mark.parametrize(
    ("office", "called", "first", "last"),
    [
        ([week("09:00", "18:00")], [11], 9, 17),
        ([week("09:00", "18:00")], [], 9, 17),
        ([week("09:00", "18:30")], [], 9, 18),
        ([week("09:00", "18:00"), week("08:00", "20:00")], [11], 8, 19),
        ([week("09:00", "18:00")], [3, 22], 3, 22),
        ([week("20:00", "06:00")], [11], 0, 23),
        ([week("00:00", "00:00")], [11], 0, 23),
        ([week("09:00", "18:00", "Asia/Vladivostok")], [11], 2, 11),
        ([week("09:00", "18:00"), week("09:00", "18:00", "Asia/Yekaterinburg")], [], 7, 17),
        ([week("05:00", "14:00", "Asia/Vladivostok")], [], 0, 23),
        ([], [], 9, 17),
        ([Hours()], [11], 9, 17),
    ],
)
def test_the_day_is_the_offices_and_whenever_clients_called(
    office: list[Hours], called: list[int], first: int, last: int
) -> None:
    assert hours_of(office, called, day=DAY, zone=MOSCOW) == range(first, last + 1)


def test_one_call_of_a_day_is_one_narrow_bar_at_its_hour() -> None:
    """Among the empty hours around it, each with its place."""
    shown = hours_of([week("09:00", "18:00")], [11], day=DAY, zone=MOSCOW)
    chart = bars((f"{hour}", "", [("bar-answered", int(hour == 11))]) for hour in shown)
    assert len(chart.bars) == 9
    (drawn,) = [bar for bar in chart.bars if bar.parts]
    assert drawn.label == "11"
    assert drawn.width < WIDTH / 9
    assert 2 * WIDTH / 9 < drawn.x < 3 * WIDTH / 9


def test_the_only_bar_stands_in_the_middle_and_is_no_wall() -> None:
    (drawn,) = bars([("Mo", "", [("bar-answered", 3)])]).bars
    assert drawn.width == WIDEST
    assert drawn.x + drawn.width / 2 == WIDTH / 2
