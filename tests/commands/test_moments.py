"""Times as people write them, by the clock of the department."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dozvon.commands.facts.moments import read_day, read_moment, shown, shown_seconds
from dozvon.commands.terminal.exits import Trouble

MOSCOW, BERLIN = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 1, 22, 30, tzinfo=UTC)  # 1:30 on 2 March in Moscow


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-21 19:40", "2026-11-21T16:40:00+00:00"),
        ("21.11.2026 19:40", "2026-11-21T16:40:00+00:00"),
        ("2026-11-21T19:40:30", "2026-11-21T16:40:30+00:00"),
        ("2026-11-21T19:40Z", "2026-11-21T19:40:00+00:00"),
        ("2026-11-21 19:40+05:00", "2026-11-21T14:40:00+00:00"),
        ("2026-11-21", "2026-11-20T21:00:00+00:00"),
        ("9:05", "2026-03-02T06:05:00+00:00"),
        (" 19:40:07 ", "2026-03-02T16:40:07+00:00"),
        ("today", "2026-03-01T21:00:00+00:00"),
        ("Вчера", "2026-02-28T21:00:00+00:00"),
    ],
)
def test_a_time_is_read_by_the_departments_clock(text: str, expected: str) -> None:
    assert read_moment(text, MOSCOW, NOW).isoformat() == expected


@given(st.text(max_size=20))
def test_any_other_text_is_a_sentence_and_never_a_crash(text: str) -> None:
    for read in (read_moment, read_day):
        with suppress(Trouble):
            assert read(text, MOSCOW, NOW)


def test_a_day_is_half_open_and_may_have_23_hours() -> None:
    since, until = read_day("2026-03-29", BERLIN, NOW)
    assert (until - since).total_seconds() == 23 * 3600


def test_people_read_their_own_way_of_writing_dates() -> None:
    assert shown(NOW, MOSCOW, "ru") == "02.03.2026 01:30:00"
    assert shown(NOW, MOSCOW, "en", seconds=False) == "2026-03-02 01:30"
    assert shown(None, MOSCOW, "en") == ""


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (59.6, "1:00"), (3661, "61:01")])
def test_a_length_is_minutes_and_seconds(seconds: float, text: str) -> None:
    assert shown_seconds(seconds) == text
