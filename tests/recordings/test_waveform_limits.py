"""Where talk and silence end: at the edges of a conversation, near the noise, in a short moment."""

from __future__ import annotations

import pytest
from recorded_sounds import silent, tone

from recordings.audio import hear
from recordings.waveform import Levels, Waveform, measure


def wave_of(*sides: bytes) -> Waveform:
    levels = Levels.of(len(sides))
    for number, side in enumerate(sides):
        hear(levels, number, side, 8000)
    return measure(levels, max(len(side) for side in sides) / 16_000)


@pytest.mark.parametrize("sound", [silent(0.28) + tone(400, 1), tone(400, 1) + silent(0.28)])
def test_a_short_silence_at_an_edge_is_no_breath(sound: bytes) -> None:
    """A breath lies between two words; before the first and after the last nobody talks."""
    assert wave_of(sound).talk_shares[0] == pytest.approx(1 / 1.28, abs=0.02)


def test_a_pause_of_less_than_two_seconds_is_no_silence_to_leave_out() -> None:
    assert wave_of(tone(400, 1) + silent(1.8) + tone(400, 1)).silences == ()
    assert len(wave_of(tone(400, 1) + silent(2.2) + tone(400, 1)).silences) == 1


def test_a_silence_never_ends_after_the_conversation() -> None:
    """The last frame may be a part of one."""
    assert wave_of(tone(400, 1) + silent(4.01)).silences == ((1.0, 5.01),)


def test_a_loud_noise_on_the_line_is_no_talk_either() -> None:
    noise = tone(50, 4, loud=0.01)
    assert wave_of(noise + tone(400, 2) + noise).talk_shares[0] == pytest.approx(0.2, abs=0.02)


def test_a_quiet_voice_is_heard_in_a_side_that_is_silent_for_long() -> None:
    """What was never recorded (a side before its leg) says nothing of the line's noise."""
    side = silent(8) + tone(50, 1, loud=0.002) + tone(400, 1, loud=0.02)
    assert wave_of(side).talk_shares[0] == pytest.approx(0.1, abs=0.02)


def test_a_side_that_ends_early_has_its_share_of_the_whole_time() -> None:
    assert wave_of(tone(400, 4), tone(600, 1)).talk_shares == pytest.approx((1.0, 0.25), abs=0.02)


def test_a_short_cry_is_seen_in_an_hour_of_silence() -> None:
    """A bucket is as tall as its loudest frame."""
    (side,) = wave_of(silent(60) + tone(400, 0.04, loud=0.5) + silent(60)).peaks
    assert [height > 70 for height in side].count(True) in {1, 2}
