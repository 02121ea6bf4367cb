"""Sounds for tests: tones in files of every kind, and how loud a tone is in a file."""

from __future__ import annotations

import math
import struct
import subprocess
import wave
from array import array
from pathlib import Path

from recordings.audio import audioop

RATE = 8000


def tone(hertz: float, seconds: float, *, rate: int = RATE, loud: float = 0.3) -> bytes:
    """16-bit samples of a tone; it begins at its zero crossing."""
    step = 2 * math.pi * hertz / rate
    count = round(seconds * rate)
    return array("h", (round(32767 * loud * math.sin(step * i)) for i in range(count))).tobytes()


def silent(seconds: float, *, rate: int = RATE) -> bytes:
    return bytes(2 * round(seconds * rate))


def write_wav(path: Path, samples: bytes, *, rate: int = RATE, channels: int = 1) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples)
    return path


def wav_bytes(
    data: bytes,
    *,
    tag: int = 1,
    channels: int = 1,
    rate: int = RATE,
    bits: int = 16,
    claimed: int | None = None,
) -> bytes:
    """A WAV file as bytes, with whatever length its header is to claim."""
    length = len(data) if claimed is None else claimed
    frame = channels * bits // 8
    fmt = struct.pack(
        "<HHIIHH", tag, channels, rate, rate * frame & 0xFFFFFFFF, frame & 0xFFFF, bits
    )
    head = b"WAVEfmt " + struct.pack("<I", len(fmt)) + fmt + b"data" + struct.pack("<I", length)
    return b"RIFF" + struct.pack("<I", len(head) + length & 0xFFFFFFFF) + head + data


def alaw(samples: bytes) -> bytes:
    return bytes(audioop.lin2alaw(samples, 2))


def ulaw(samples: bytes) -> bytes:
    return bytes(audioop.lin2ulaw(samples, 2))


def strength(samples: bytes, hertz: float, *, rate: int = RATE) -> float:
    """How much of a sound's energy is this tone (Goertzel): 1 is all of it."""
    values = array("h", samples)
    if not values:
        return 0.0
    whole = sum(v * v for v in values)
    if not whole:
        return 0.0
    turn = 2 * math.cos(2 * math.pi * hertz / rate)
    one = two = 0.0
    for value in values:
        one, two = value + turn * one - two, one
    power = one * one + two * two - turn * one * two
    return 2 * power / (len(values) * whole)


def sides_of(path: Path) -> tuple[bytes, ...]:
    """The channels of a WAV file."""
    with wave.open(str(path), "rb") as file:
        count = file.getnchannels()
        samples = file.readframes(file.getnframes())
    values = array("h", samples)
    return tuple(values[side::count].tobytes() for side in range(count))


def ran(program: Path, *words: str | Path) -> None:
    """Runs ffmpeg over small files; anything that it says is a failure."""
    command = [program, "-v", "error", "-y", "-nostdin", *words]
    subprocess.run(command, check=True, timeout=60)  # noqa: S603 - the tests' own ffmpeg
