"""Who talked how much, and where nobody did."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded_sounds import silent, tone

from recordings.audio import hear
from recordings.waveform import BUCKETS, Levels, Waveform, measure, step_of, threshold


def wave_of(*sides: bytes) -> Waveform:
    levels = Levels.of(len(sides))
    for number, side in enumerate(sides):
        hear(levels, number, side, 8000)
    return measure(levels, max(len(side) for side in sides) / 16_000)


def test_the_share_of_each_side_is_of_the_whole_time() -> None:
    client = tone(400, 2) + silent(6)
    us = silent(2) + tone(600, 4) + silent(2)
    wave = wave_of(client, us)
    assert wave.seconds == 8
    assert wave.talk_shares == pytest.approx((0.25, 0.5), abs=0.01)


def test_silence_is_where_both_are_silent_for_long() -> None:
    client = tone(400, 1) + silent(7)
    us = silent(4) + tone(600, 1) + silent(3)
    wave = wave_of(client, us)
    edges = [edge for stretch in wave.silences for edge in stretch]
    assert edges == pytest.approx([1.0, 4.0, 5.0, 8.0], abs=0.05)
    assert wave.silence_seconds == pytest.approx(6.0, abs=0.1)


def test_a_breath_between_two_words_is_talk() -> None:
    wave = wave_of(tone(400, 1) + silent(0.3) + tone(400, 1))
    assert wave.talk_shares == (1.0,)


def test_noise_on_the_line_is_no_talk() -> None:
    noise = tone(50, 10, loud=0.002)
    wave = wave_of(noise[: 16_000 * 4] + tone(400, 2) + noise[: 16_000 * 4])
    assert wave.talk_shares[0] == pytest.approx(0.2, abs=0.02)


def test_peaks_are_few_and_louder_is_higher() -> None:
    wave = wave_of(tone(400, 30, loud=0.05) + tone(400, 30, loud=0.5))
    (side,) = wave.peaks
    assert len(side) == BUCKETS
    assert side[0] < side[-1] <= 100


def test_nothing_at_all_has_a_waveform_too() -> None:
    assert wave_of(b"", b"").peaks == ((), ())


def test_one_who_talks_without_a_pause_still_talks() -> None:
    assert wave_of(tone(400, 5, loud=0.1)).talk_shares == (1.0,)


@given(st.integers(0, 32_767))
def test_louder_is_never_a_lower_step(rms: int) -> None:
    assert 0 <= step_of(rms) <= step_of(min(32_767, rms + 1)) <= 255


@given(st.binary(max_size=200))
def test_a_threshold_is_always_between_its_bounds(side: bytes) -> None:
    assert 105 <= threshold(side) <= 165
