"""What a conversation looks like: its waveform, who talked how much, where nobody did.

Pure: loudness of short frames in, figures out. A frame is 40 ms; its loudness a number from 0 (no
sound at all) to 255 (as loud as can be), a third of a decibel a step, so that six hours of two
sides take a megabyte. Talk is what stands out from the line's own noise; pauses shorter than a
breath belong to it.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

FRAME_SECONDS = 0.04
BUCKETS = 900
SILENCE_SECONDS = 2.0
_STEP_DB = 1 / 3
_LOUDEST = 32768.0
_BREATH_FRAMES = 8  # 0.32 s: what lies between two words
_LEAST_DB, _MOST_DB = -50.0, -30.0
_ABOVE_NOISE_DB = 9.0


def loudness(rms: float) -> int:
    """The step of a root mean square of 16-bit samples."""
    if rms < 1:
        return 0
    return max(0, min(255, round(255 + 20 * math.log10(rms / _LOUDEST) / _STEP_DB)))


_STEPS = bytes(loudness(value) for value in range(4096))


def step_of(rms: int) -> int:
    """As `loudness`, from a table where it can be."""
    return _STEPS[rms] if rms < 4096 else loudness(rms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waveform:
    """What a player draws and a report counts.

    `peaks` has one row per side, each of at most `BUCKETS` numbers from 0 to 100; `talk_shares` are
    parts of the whole time, in the sides' order; `silences` are from and to in seconds.
    """

    seconds: float
    peaks: tuple[tuple[int, ...], ...]
    talk_shares: tuple[float, ...]
    silences: tuple[tuple[float, float], ...]

    @property
    def silence_seconds(self) -> float:
        """How long nobody talked, in stretches of at least `SILENCE_SECONDS`."""
        return round(sum(end - begin for begin, end in self.silences), 2)


@dataclass(slots=True)
class Levels:
    """The loudness of every frame, side by side; grows while a conversation is read."""

    sides: tuple[array[int], ...] = field(default_factory=tuple)

    @classmethod
    def of(cls, sides: int) -> Levels:
        """Nothing heard yet."""
        return cls(tuple(array("B") for _ in range(sides)))


def measure(levels: Levels, seconds: float) -> Waveform:
    """The figures of a conversation that lasted `seconds`."""
    spoken = [_talk(side) for side in levels.sides]
    frames = max((len(side) for side in levels.sides), default=0)
    return Waveform(
        seconds=round(seconds, 2),
        peaks=tuple(_peaks(side) for side in levels.sides),
        talk_shares=tuple(round(sum(talk) / frames, 3) if frames else 0.0 for talk in spoken),
        silences=tuple(_silences(spoken, frames, seconds)),
    )


def threshold(side: Sequence[int]) -> int:
    """The loudness from which on a frame is talk: above the noise of this line."""
    noise = _noise(bytes(side))
    least, most = (255 + round(db / _STEP_DB) for db in (_LEAST_DB, _MOST_DB))
    return min(most, max(least, noise + round(_ABOVE_NOISE_DB / _STEP_DB)))


def _noise(side: bytes) -> int:
    """The step that one in ten of the frames with any sound at all does not reach."""
    left = (len(side) - side.count(0)) // 10
    for step in range(1, 256):
        left -= side.count(step)
        if left < 0:
            return step
    return 0


def _talk(side: Sequence[int]) -> bytearray:
    """One byte per frame: whether this side talks."""
    limit = threshold(side)
    talk = bytearray(step >= limit for step in side)
    for begin, end in _runs(talk, 0):
        if end - begin <= _BREATH_FRAMES and begin > 0 and end < len(talk):
            talk[begin:end] = b"\x01" * (end - begin)
    return talk


def _silences(
    spoken: Sequence[bytearray], frames: int, seconds: float
) -> Iterator[tuple[float, float]]:
    both = bytearray(frames)
    for talk in spoken:
        for begin, end in _runs(talk, 1):
            both[begin:end] = b"\x01" * (end - begin)
    for begin, end in _runs(both, 0):
        if (end - begin) * FRAME_SECONDS >= SILENCE_SECONDS:
            yield round(begin * FRAME_SECONDS, 2), round(min(end * FRAME_SECONDS, seconds), 2)


def _runs(flags: bytearray, value: int) -> Iterator[tuple[int, int]]:
    """Where `value` stands without a break: from and to."""
    other = 1 - value
    begin = flags.find(value)
    while begin >= 0:
        end = flags.find(other, begin)
        yield begin, len(flags) if end < 0 else end
        begin = -1 if end < 0 else flags.find(value, end)


def _peaks(side: array[int]) -> tuple[int, ...]:
    """The loudest frame of each bucket, as a height: 40 dB are what the eye is shown."""
    count = min(BUCKETS, len(side))
    edges = [index * len(side) // count for index in range(count + 1)] if count else []
    return tuple(_height(max(side[a:b])) for a, b in pairwise(edges))


def _height(step: int) -> int:
    decibels = (step - 255) * _STEP_DB
    return max(0, min(100, round(100 + decibels * 2.5)))
