"""Opening hours: half-open, in the department's zone, through midnight, holidays and clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.hours import (
    LOOK_AHEAD_DAYS,
    HoursRule,
    NoHolidays,
    Openings,
    is_open,
    next_opening,
    on_shift,
    opens,
)
from router.office import Hours, Window

MOSCOW = ZoneInfo("Europe/Moscow")
BERLIN = ZoneInfo("Europe/Berlin")
NONE = NoHolidays()


class Calendar:
    """Two made-up moved days: Monday 29 April is off, Saturday 27 April is worked."""

    def is_day_off(self, country: str, day: date) -> bool:
        return country == "RU" and day in {date(2024, 4, 29), date(2024, 5, 1)}

    def is_working_day(self, country: str, day: date) -> bool:
        return country == "RU" and day == date(2024, 4, 27)


def window(weekday: int, start: str, end: str) -> Window:
    return Window(weekday=weekday, start=time.fromisoformat(start), end=time.fromisoformat(end))


def week(start: str, end: str, days: range = range(5)) -> tuple[Window, ...]:
    return tuple(window(day, start, end) for day in days)


def moscow(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


OFFICE = Hours(week=week("09:00", "19:00"))


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2024-04-22 08:59:59.999999", False),
        ("2024-04-22 09:00", True),
        ("2024-04-22 18:59:59.999999", True),
        ("2024-04-22 19:00", False),
        ("2024-04-27 12:00", False),
    ],
)
def test_a_window_is_open_at_its_first_instant_and_closed_at_its_last(
    at: str, *, expected: bool
) -> None:
    assert is_open(OFFICE, moscow(at), NONE).open is expected


def test_an_instant_is_read_in_the_departments_zone_wherever_it_comes_from() -> None:
    assert is_open(OFFICE, datetime(2024, 4, 22, 6, 0, tzinfo=UTC), NONE).open
    assert not is_open(OFFICE, datetime(2024, 4, 22, 16, 0, tzinfo=UTC), NONE).open


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        is_open(OFFICE, datetime(2024, 4, 22, 6, 0), NONE)  # noqa: DTZ001 - the naive one is the case


def test_an_open_department_tells_when_it_closes_and_a_closed_one_when_it_opens() -> None:
    assert is_open(OFFICE, moscow("2024-04-26 18:00"), NONE).next_change_at == moscow(
        "2024-04-26 19:00"
    )
    assert is_open(OFFICE, moscow("2024-04-26 20:00"), NONE).next_change_at == moscow(
        "2024-04-29 09:00"
    )
    assert next_opening(OFFICE, moscow("2024-04-26 20:00"), NONE) == moscow("2024-04-29 09:00")
    assert next_opening(OFFICE, moscow("2024-04-26 18:00"), NONE) == moscow("2024-04-26 18:00")


def test_windows_that_touch_or_overlap_are_one_stretch() -> None:
    hours = Hours(
        week=(window(0, "13:00", "19:00"), window(0, "09:00", "13:00"), window(0, "12:00", "14:00"))
    )
    assert is_open(hours, moscow("2024-04-22 10:00"), NONE).next_change_at == moscow(
        "2024-04-22 19:00"
    )


def test_a_lunch_break_closes_and_opens_again() -> None:
    hours = Hours(week=(window(0, "09:00", "13:00"), window(0, "14:00", "18:00")))
    assert is_open(hours, moscow("2024-04-22 12:00"), NONE).next_change_at == moscow(
        "2024-04-22 13:00"
    )
    lunch = is_open(hours, moscow("2024-04-22 13:00"), NONE)
    assert not lunch.open
    assert lunch.next_change_at == moscow("2024-04-22 14:00")


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2024-04-26 21:59:59.999999", False),
        ("2024-04-26 22:00", True),
        ("2024-04-26 23:59:59.999999", True),
        ("2024-04-27 00:00", True),
        ("2024-04-27 05:59:59.999999", True),
        ("2024-04-27 06:00", False),
    ],
)
def test_the_day_befores_overnight_window_counts(at: str, *, expected: bool) -> None:
    night = Hours(week=week("22:00", "06:00"))
    assert is_open(night, moscow(at), NONE).open is expected


def test_until_24_00_includes_the_last_microsecond_of_the_day_and_nothing_of_the_next() -> None:
    late = Hours(week=(window(0, "09:00", "00:00"),))
    assert is_open(late, moscow("2024-04-22 23:59:59.999999"), NONE).open
    assert not is_open(late, moscow("2024-04-23 00:00"), NONE).open


def test_midnight_to_midnight_is_the_whole_day() -> None:
    hours = Hours(week=(window(0, "00:00", "00:00"),))
    assert not is_open(hours, moscow("2024-04-21 23:59:59.999999"), NONE).open
    assert is_open(hours, moscow("2024-04-22 00:00"), NONE).open
    assert is_open(hours, moscow("2024-04-22 23:59:59.999999"), NONE).open
    assert not is_open(hours, moscow("2024-04-23 00:00"), NONE).open


def test_round_the_clock_never_changes() -> None:
    hours = Hours(week=week("00:00", "00:00", range(7)))
    found = is_open(hours, moscow("2024-04-22 03:00"), NONE)
    assert found.open
    assert found.next_change_at is None


def test_a_department_without_hours_is_closed_and_never_opens() -> None:
    found = is_open(Hours(), moscow("2024-04-22 12:00"), NONE)
    assert (found.open, found.next_change_at) == (False, None)
    assert next_opening(Hours(), moscow("2024-04-22 12:00"), NONE) is None


def test_a_public_holiday_closes_and_a_moved_saturday_opens_with_fridays_hours() -> None:
    hours = Hours(
        week=(*week("09:00", "19:00", range(4)), window(4, "09:00", "18:00")), holidays="RU"
    )
    holiday = is_open(hours, moscow("2024-04-29 12:00"), Calendar())
    assert (holiday.open, holiday.why) == (False, HoursRule.HOLIDAY)
    saturday = is_open(hours, moscow("2024-04-27 17:00"), Calendar())
    assert (saturday.open, saturday.why) == (True, HoursRule.MOVED_WORKING_DAY)
    assert saturday.next_change_at == moscow("2024-04-27 18:00")
    assert is_open(Hours(week=hours.week), moscow("2024-04-29 12:00"), Calendar()).open


def test_a_special_day_wins_over_the_holiday_and_over_the_week() -> None:
    hours = Hours(
        week=week("09:00", "19:00"),
        holidays="RU",
        special={date(2024, 5, 1): (window(0, "10:00", "15:00"),), date(2024, 4, 22): ()},
    )
    opened = is_open(hours, moscow("2024-05-01 14:00"), Calendar())
    assert (opened.open, opened.why) == (True, HoursRule.SPECIAL)
    closed = is_open(hours, moscow("2024-04-22 14:00"), Calendar())
    assert (closed.open, closed.why) == (False, HoursRule.SPECIAL)


def test_the_night_shift_before_a_holiday_runs_to_its_end() -> None:
    hours = Hours(week=week("22:00", "06:00", range(7)), holidays="RU")
    morning = is_open(hours, moscow("2024-04-29 05:00"), Calendar())
    assert (morning.open, morning.why) == (True, HoursRule.WEEK)
    assert not is_open(hours, moscow("2024-04-29 23:00"), Calendar()).open


def test_a_window_that_begins_inside_the_spring_jump_begins_at_the_jump() -> None:
    """Berlin, 31 March 2024: 02:00 becomes 03:00 at 01:00 UTC."""
    hours = Hours(timezone="Europe/Berlin", week=week("02:30", "10:00", range(7)))
    assert not is_open(hours, datetime(2024, 3, 31, 0, 59, 59, 999999, tzinfo=UTC), NONE).open
    assert is_open(hours, datetime(2024, 3, 31, 1, 0, tzinfo=UTC), NONE).open


def test_a_window_that_ends_inside_the_spring_jump_ends_at_the_jump() -> None:
    hours = Hours(timezone="Europe/Berlin", week=week("22:00", "02:30", range(7)))
    assert is_open(hours, datetime(2024, 3, 31, 0, 59, 59, tzinfo=UTC), NONE).open
    assert not is_open(hours, datetime(2024, 3, 31, 1, 0, tzinfo=UTC), NONE).open


def test_a_window_inside_the_spring_jump_does_not_happen_that_day() -> None:
    hours = Hours(timezone="Europe/Berlin", week=week("02:10", "02:50", range(7)))
    found = next_opening(hours, datetime(2024, 3, 30, 12, 0, tzinfo=UTC), NONE)
    assert found == datetime(2024, 4, 1, 2, 10, tzinfo=BERLIN)


def test_in_the_hour_that_comes_twice_a_window_takes_the_longer_stretch() -> None:
    """Berlin, 27 October 2024: 03:00 becomes 02:00 at 01:00 UTC; 02:30 is 00:30 and 01:30 UTC."""
    early = Hours(timezone="Europe/Berlin", week=week("22:00", "02:30", range(7)))
    assert is_open(early, datetime(2024, 10, 27, 1, 29, 59, tzinfo=UTC), NONE).open
    assert not is_open(early, datetime(2024, 10, 27, 1, 30, tzinfo=UTC), NONE).open
    late = Hours(timezone="Europe/Berlin", week=week("02:30", "10:00", range(7)))
    assert not is_open(late, datetime(2024, 10, 27, 0, 29, 59, tzinfo=UTC), NONE).open
    assert is_open(late, datetime(2024, 10, 27, 0, 30, tzinfo=UTC), NONE).open
    assert is_open(late, datetime(2024, 10, 27, 1, 15, tzinfo=UTC), NONE).open


def test_office_hours_follow_the_wall_clock_through_both_changes() -> None:
    hours = Hours(timezone="Europe/Berlin", week=week("09:00", "18:00", range(7)))
    for day, utc_hour in ((30, 8), (31, 7)):
        opens_at = datetime(2024, 3, day, utc_hour, tzinfo=UTC)
        assert is_open(hours, opens_at, NONE).open
        assert not is_open(hours, opens_at - timedelta(microseconds=1), NONE).open


def test_a_zone_that_left_a_whole_day_out_keeps_its_neighbours() -> None:
    """Samoa had no 30 December 2011."""
    hours = Hours(timezone="Pacific/Apia", week=week("09:00", "18:00", range(7)))
    apia = ZoneInfo("Pacific/Apia")
    assert is_open(
        hours, datetime(2011, 12, 29, 17, 0, tzinfo=apia), NONE
    ).next_change_at == datetime(2011, 12, 29, 18, 0, tzinfo=apia)
    assert next_opening(hours, datetime(2011, 12, 29, 19, 0, tzinfo=apia), NONE) == datetime(
        2011, 12, 31, 9, 0, tzinfo=apia
    )


def test_a_manager_without_shifts_works_whenever_his_department_takes_calls() -> None:
    assert on_shift((), OFFICE, moscow("2024-04-27 23:00"), NONE)


def test_shifts_are_half_open_windows_in_the_departments_zone() -> None:
    shifts = week("10:00", "14:00")
    assert on_shift(shifts, OFFICE, moscow("2024-04-22 10:00"), NONE)
    assert not on_shift(shifts, OFFICE, moscow("2024-04-22 14:00"), NONE)
    night = week("20:00", "02:00")
    assert on_shift(night, OFFICE, moscow("2024-04-27 01:59"), NONE)


def test_on_a_moved_saturday_people_work_their_friday_shift() -> None:
    hours = Hours(week=OFFICE.week, holidays="RU")
    assert on_shift(week("10:00", "14:00"), hours, moscow("2024-04-27 11:00"), Calendar())
    assert not on_shift(week("10:00", "14:00"), hours, moscow("2024-05-04 11:00"), Calendar())


def test_shifts_do_not_know_holidays_because_the_department_does() -> None:
    hours = Hours(week=OFFICE.week, holidays="RU")
    assert on_shift(week("10:00", "14:00"), hours, moscow("2024-05-01 11:00"), Calendar())


times = st.times().map(lambda t: t.replace(second=0, microsecond=0))
windows = st.builds(Window, weekday=st.integers(0, 6), start=times, end=times)
zones = st.sampled_from(
    [
        "Europe/Moscow",
        "Europe/Berlin",
        "Asia/Kathmandu",
        "America/St_Johns",
        "Australia/Lord_Howe",
        "UTC",
    ]
)
weeks = st.builds(Hours, timezone=zones, week=st.lists(windows, max_size=6).map(tuple))
instants = st.datetimes(datetime(2023, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive bounds


@given(hours=weeks, at=instants)
def test_the_state_holds_until_the_next_change_and_flips_there(hours: Hours, at: datetime) -> None:
    """Just before `next_change_at` all is as it was; at it, the state is the other one."""
    found = is_open(hours, at, NONE)
    if found.next_change_at is None:
        later = at + timedelta(days=LOOK_AHEAD_DAYS - 3)
        assert is_open(hours, later, NONE).open is found.open
        return
    assert found.next_change_at > at
    assert is_open(hours, found.next_change_at, NONE).open is not found.open
    assert is_open(hours, found.next_change_at - timedelta(microseconds=1), NONE).open is found.open


@given(hours=weeks, at=instants)
def test_the_short_answer_of_a_call_is_that_of_the_whole_one(hours: Hours, at: datetime) -> None:
    found = is_open(hours, at, NONE)
    assert opens(hours, at, NONE) == (found.open, found.why)


@given(hours=weeks, at=instants)
def test_the_next_opening_is_open_and_the_first(hours: Hours, at: datetime) -> None:
    opens_at = next_opening(hours, at, NONE)
    if is_open(hours, at, NONE).open:
        assert opens_at == at
    elif opens_at is not None:
        assert is_open(hours, opens_at, NONE).open
        assert is_open(hours, at, NONE).next_change_at == opens_at


@given(hours=weeks, at=instants, later=st.lists(st.integers(-4000, 4000), max_size=12))
def test_openings_asked_for_many_instants_are_those_of_each_by_itself(
    hours: Hours, at: datetime, later: list[int]
) -> None:
    """In any order; what was found for one instant is not told of another that it is not true of."""
    openings = Openings(hours, NONE, days=14)
    for minutes in later:
        then = at + timedelta(minutes=minutes)
        assert openings.after(then) == next_opening(hours, then, NONE, days=14)


@given(hours=weeks, at=instants)
def test_away_from_clock_changes_the_wall_clock_alone_decides(hours: Hours, at: datetime) -> None:
    """A second, simpler reading of the same rule agrees."""
    zone = ZoneInfo(hours.timezone)
    around = {(at + timedelta(hours=h)).astimezone(zone).utcoffset() for h in (-49, 0, 25)}
    if len(around) > 1:
        return
    local = at.astimezone(zone)
    clock = local.time()

    def covers(w: Window) -> bool:
        today = w.weekday == local.weekday()
        if w.end > w.start:
            return today and w.start <= clock < w.end
        return (today and clock >= w.start) or (
            w.weekday == (local.weekday() - 1) % 7 and clock < w.end
        )

    assert is_open(hours, at, NONE).open is any(covers(w) for w in hours.week)
