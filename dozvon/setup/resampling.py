"""Sound at another rate: a windowed sinc, so that nothing folds back as a whistle.

Pure, small and slow: four short sentences take about a second. A talk of an hour is ffmpeg's work.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import mul

_HALF_WIDTH = 16
"""Zero crossings of the kernel on either side."""

_PASSED = 0.92
"""The part of the new band that passes: 3.7 of 4 kHz."""

_LOUDEST = 0.7
"""The peak after `loud`, of full scale: what phones play without clipping."""

_FULL = 32767


def resampled(samples: Sequence[int], *, rate: int, wanted: int) -> list[float]:
    """The same sound with `wanted` samples per second, at most as many as before."""
    common = math.gcd(rate, wanted)
    up, down = wanted // common, rate // common
    kernels = [_kernel(phase / up, wanted / rate) for phase in range(up)]
    reach = len(kernels[0]) // 2
    padded = [0] * (reach - 1) + list(samples) + [0] * (reach + 1)
    found = []
    for number in range(len(samples) * up // down):
        start, phase = divmod(number * down, up)
        window = padded[start : start + 2 * reach]
        found.append(sum(map(mul, kernels[phase], window)))
    return found


def loud(samples: Sequence[float]) -> list[int]:
    """The sound with its peak where phones play it well, as 16-bit samples."""
    peak = max(map(abs, samples), default=0.0)
    factor = _LOUDEST * _FULL / peak if peak else 0.0
    return [round(sample * factor) for sample in samples]


def _kernel(fraction: float, ratio: float) -> list[float]:
    """What each old sample weighs in a new one that lies `fraction` behind an old one."""
    reach = math.ceil(_HALF_WIDTH / ratio)
    cut = _PASSED * ratio
    weights = [_weight(k - fraction, cut, reach) for k in range(1 - reach, reach + 1)]
    total = sum(weights)
    return [weight / total for weight in weights]


def _weight(distance: float, cut: float, reach: int) -> float:
    """A sinc under a Blackman window."""
    if abs(distance) >= reach:
        return 0.0
    angle = math.pi * distance
    sinc = math.sin(cut * angle) / (cut * angle) if distance else 1.0
    turn = angle / reach
    return sinc * (0.42 + 0.5 * math.cos(turn) + 0.08 * math.cos(2 * turn))
