"""Has recordings converted, one at a time, by a process that may be killed and takes nothing along.

The event loop only starts the process and waits for its answer: an hour of sound converted inside
it stalls every call for twelve seconds (measured). The process and its ffmpeg are one group, which
is ended as a whole when the deadline is over or nobody waits any more.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import recordings
from recordings.errors import BrokenSound, ConversionFailed, StoreFull
from recordings.orders import Order, Result

DEADLINE_SECONDS = 1800.0
MOST_ANSWER_BYTES = 4 << 20
_FAILURES: dict[str, type[BrokenSound | ConversionFailed | StoreFull]] = {
    "BrokenSound": BrokenSound,
    "ConversionFailed": ConversionFailed,
    "StoreFull": StoreFull,
}


def find_ffmpeg(path: str = "") -> str:
    """The ffmpeg of the settings, else the machine's; "" where there is none."""
    return shutil.which(path or "ffmpeg") or ""


class Converter:
    """Carries out orders one after another; `deadline_seconds` holds for each."""

    def __init__(self, *, deadline_seconds: float = DEADLINE_SECONDS) -> None:
        self._one = asyncio.Lock()
        self._deadline_seconds = deadline_seconds

    async def convert(self, order: Order) -> Result:
        """The conversation; raises `ConversionFailed`, `BrokenSound` or `StoreFull`."""
        async with self._one:
            answer = await self._ask(order)
        failed = _FAILURES.get(answer.get("failed", ""))
        if failed is not None:
            raise failed(answer["why_id"], answer["detail"])
        return Result.of(answer)

    async def _ask(self, order: Order) -> dict[str, Any]:
        process = await _start()
        asked = json.dumps(order.as_json()).encode()
        try:
            async with asyncio.timeout(self._deadline_seconds):
                told, said = await process.communicate(asked)
        except TimeoutError:
            raise ConversionFailed("too-slow", f"{self._deadline_seconds:.0f}") from None
        finally:
            await _end(process)
        if process.returncode or len(told) > MOST_ANSWER_BYTES:
            raise _stopped(process.returncode or 0, said)
        found = json.loads(told)
        if not isinstance(found, dict):
            raise ConversionFailed("stopped", "no answer")
        return found


async def _start() -> asyncio.subprocess.Process:
    ours = str(Path(recordings.__file__).parent.parent)
    environment = {**os.environ, "PYTHONPATH": ours, "PYTHONSAFEPATH": "1"}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-W", "ignore", "-m", "recordings.worker"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
        start_new_session=True,
    )


def _stopped(code: int, said: bytes) -> ConversionFailed:
    last = said.decode("utf-8", "replace").strip().splitlines()[-1:]
    if code == -signal.SIGXCPU:
        return ConversionFailed("too-much-time")
    if last and last[0].startswith("MemoryError"):
        return ConversionFailed("too-much-memory")
    return ConversionFailed("stopped", last[0][:300] if last else f"exit {code}")


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ends the process with everything that it started."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
