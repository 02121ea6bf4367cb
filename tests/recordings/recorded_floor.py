"""What the stories about recording share: phones that sound, and files that are listened to.

Every phone has a tone of its own, the carrier's callers share one; whose voice is in a file is told
by the tone that stands out in it.
"""

from __future__ import annotations

import asyncio
import math
import struct
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

from sales_floor import Floor, eventually, sales_floor

from config.settings_file import load_settings
from dozvon.lab import Media
from pbx_adapters.asterisk.sound_names import sound_name
from storage.database import open_database
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer
from switchboard.reload import LAW_CONFIRMED

CLIENT_HERTZ = 400
TONES = {"a": 700, "b": 1100, "c": 1500}
ASIDE_HERTZ = 1900
"""What one of us says on another line, to a colleague whom he asks."""
RATE = 8_000
MOST_ALLOWED = 0.7
"""A machine that stands still for longer may well fail the tests: they would tell nothing."""
_EARS = (CLIENT_HERTZ, *TONES.values(), ASIDE_HERTZ)


@asynccontextmanager
async def sounding_floor(
    root: Path, folder: Path, *, desks: int = 6, confirmed: bool = True
) -> AsyncIterator[Floor]:
    """A sales floor where everybody sounds, and (usually) recording is allowed."""
    async with sales_floor(root, folder, desks=desks) as floor:
        floor.carrier.media, floor.carrier.hertz = Media.TONE, CLIENT_HERTZ
        for desk in floor.desks:
            for phone, who in zip(desk.phones, TONES, strict=True):
                phone.media, phone.hertz = Media.TONE, TONES[who]
        if confirmed:
            await confirm_law(floor)
        watched = asyncio.create_task(_standing_still(floor))
        try:
            yield floor
        finally:
            watched.cancel()
            with suppress(asyncio.CancelledError):
                await watched


async def _standing_still(floor: Floor) -> None:
    """Measures how long the phones sent nothing because the machine was busy, until cancelled.

    Their sound is shorter by so much: whatever is compared to tenths of a second allows for it.
    """
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + 0.01
        await asyncio.sleep(0.01)
        floor.stood_still = min(MOST_ALLOWED, max(floor.stood_still, loop.time() - due))


async def confirm_law(floor: Floor) -> None:
    """An administrator has confirmed the notice about the law."""

    async def work(uow: UnitOfWork) -> None:
        await uow.offices.note(LAW_CONFIRMED, "test 2026-01-01")

    async with open_database(floor.settings.database) as database, Writer(database).running() as w:
        await w.submit(work)


def fetch_from_its_folder(floor: Floor, *, ffmpeg: str = "/none") -> None:
    """The service finds the recordings in the exchange's folder; without ffmpeg they stay WAV."""
    more = (
        f'recordings = "{folder_of(floor)}"\n'
        f'[recordings]\nsettle_seconds = 2\nffmpeg = "{ffmpeg}"\n'
    )
    floor.config.write_text(floor.config.read_text("utf-8") + more, "utf-8")
    floor.settings = load_settings(floor.config, environment={})


def folder_of(floor: Floor) -> Path:
    """Where the exchange writes sound."""
    return floor.pbx.recordings.parent / "recording" / "dozvon"


def files_of(floor: Floor, call_id: str) -> dict[str, Path]:
    """The files of a call, by what follows the call's name: "", "client", a leg's name."""
    start = sound_name(call_id)
    found = sorted(folder_of(floor).glob(f"{start}*.wav"))
    return {path.stem.removeprefix(start).removeprefix("-"): path for path in found}


async def whole(path: Path, within: float = 4.0) -> Path:
    """The file once the exchange has written its size into its head."""

    async def probe() -> bool:
        return _is_whole(path)

    await eventually(probe, within, f"{path.name} is whole")
    return path


def _is_whole(path: Path) -> bool:
    data = path.read_bytes() if path.exists() else b""
    if len(data) <= 44 or data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        return False  # the exchange writes in large pieces: until then the head stands alone
    return bool(struct.unpack("<I", data[40:44])[0] == len(data) - 44)


def seconds(path: Path) -> float:
    """How long a file sounds."""
    with wave.open(str(path)) as sound:
        assert (sound.getframerate(), sound.getsampwidth(), sound.getnchannels()) == (RATE, 2, 1)
        return sound.getnframes() / RATE


def samples(path: Path, begin: float = 0.0, end: float | None = None) -> tuple[int, ...]:
    """The samples between two seconds of a file."""
    with wave.open(str(path)) as sound:
        data = sound.readframes(sound.getnframes())
    found = struct.unpack(f"<{len(data) // 2}h", data)
    return found[int(begin * RATE) : None if end is None else int(end * RATE)]


def tones(found: tuple[int, ...], *, least: float = 0.1) -> set[int]:
    """The tones that are heard: each has at least this share of the sound's power."""
    power = sum(s * s for s in found)
    return {h for h in _EARS if power and _share(found, h, power) >= least}


def heard(path: Path, begin: float = 0.0, end: float | None = None) -> set[int]:
    """The tones that are heard in a file, or in a stretch of it."""
    return tones(samples(path, begin, end))


def onset(path: Path, hertz: int) -> float:
    """When a tone begins, in seconds from the file's beginning, to within 20 ms."""
    found = samples(path)
    for start in range(0, len(found) - 160, 160):
        piece = found[start : start + 160]
        power = sum(s * s for s in piece)
        if power > 160 * 1000**2 and _share(piece, hertz, power) > 0.3:
            return start / RATE
    raise AssertionError(f"no {hertz} Hz in {path.name}")


def _share(found: tuple[int, ...], hertz: int, power: int) -> float:
    factor = 2 * math.cos(2 * math.pi * hertz / RATE)
    before = last = 0.0
    for sample in found:
        before, last = last, sample + factor * last - before
    return 2 * (last * last + before * before - factor * last * before) / (len(found) * power)


def near(a: datetime | None, b: datetime | None, within: float = 0.15) -> bool:
    """Whether two moments are close to one another."""
    return a is not None and b is not None and abs(a - b) <= timedelta(seconds=within)
