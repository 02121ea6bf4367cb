"""What a look at a file means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from recordings.looking import Patience, Standing, next_look, over, standing
from recordings.port import Found
from storage.recording_records import PartState, StoredPart

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
USUAL = Patience()


def part(size: int, seconds_ago: float) -> StoredPart:
    return StoredPart(
        id=1,
        recording_id=1,
        pbx="main",
        name="x.wav",
        kind="leg",
        leg_id="",
        began_at=None,
        state=PartState.ARRIVING,
        why="",
        seen_size=size,
        seen_changed_at=NINE,
        seen_at=NINE - timedelta(seconds=seconds_ago),
        size=0,
        sha256="",
        store_key="",
        source_deleted_at=None,
    )


@pytest.mark.parametrize(
    ("size", "seconds_ago", "means"),
    [
        (5000, 4.0, Standing.WHOLE),
        (5000, 3.9, Standing.GROWING),  # too soon to know
        (4999, 60.0, Standing.GROWING),
    ],
)
def test_a_file_is_whole_after_two_equal_looks_far_enough_apart(
    size: int, seconds_ago: float, means: Standing
) -> None:
    found = Found(size=5000, changed_at=NINE)
    assert standing(part(size, seconds_ago), found, NINE, USUAL) is means


def test_a_file_that_was_written_anew_is_not_the_one_that_was_seen() -> None:
    found = Found(size=5000, changed_at=NINE + timedelta(seconds=1))
    assert standing(part(5000, 60), found, NINE, USUAL) is Standing.GROWING


@pytest.mark.parametrize("size", [0, 44])
def test_nothing_but_a_header_is_empty(size: int) -> None:
    found = Found(size=size, changed_at=NINE)
    assert standing(part(size, 60), found, NINE, USUAL) is Standing.EMPTY


def test_looks_become_rarer_but_never_rarer_than_an_hour() -> None:
    waits = [
        (next_look(NINE, NINE + timedelta(hours=hours)) - NINE - timedelta(hours=hours))
        for hours in (0, 1, 2, 8, 48)
    ]
    assert [wait.total_seconds() for wait in waits] == [5, 900, 1800, 3600, 3600]


def test_a_pbx_that_was_away_for_a_day_is_not_given_up_at_the_first_look() -> None:
    late = NINE + timedelta(days=2)
    assert not over(NINE, late, 1, USUAL, beside=False)
    assert over(NINE, late, 5, USUAL, beside=False)
