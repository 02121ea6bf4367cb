"""A demonstration that is ended in the middle of a story leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

SECONDS = 90


def processes_of(folder: Path) -> list[str]:
    """The processes whose command names a folder: Asterisk is given its configuration there."""
    found = []
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if str(folder).encode() in each.read_bytes():
                found.append(each.parent.name)
    return found


def left_in(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where its temporary folder lies: short, because a UNIX socket's path is."""
    with tempfile.TemporaryDirectory(prefix="dz-") as made:
        yield Path(made)


def _interruptible() -> None:
    """Undo what a shell does to whatever it runs in the background: it ignores Ctrl-C there."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@asynccontextmanager
async def demo(folder: Path, **environment: str) -> AsyncIterator[Process]:
    program = Path(sys.executable).parent / "dozvon"
    process = await asyncio.create_subprocess_exec(
        str(program),
        *("--language", "en", "demo"),
        stdout=PIPE,
        stderr=PIPE,
        env=os.environ | {"TMPDIR": str(folder), "PYTHONUNBUFFERED": "1"} | environment,
        preexec_fn=_interruptible,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def told_until(process: Process, wanted: str) -> str:
    """What it says until it says something wanted, that line included."""
    assert process.stdout
    said = ""
    async with asyncio.timeout(SECONDS):
        while wanted not in said:
            line = await process.stdout.readline()
            assert line, said
            said += line.decode()
    return said


@pytest.mark.asterisk
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
async def test_a_signal_in_the_middle_of_the_stories_leaves_nothing(
    asterisk_root: Path, folder: Path, number: signal.Signals
) -> None:
    """No folder, no Asterisk, no port; also when it is told twice."""
    async with demo(folder, DOZVON_ASTERISK_ROOT=str(asterisk_root)) as process:
        said = await told_until(process, "━━ 1/")
        port = int(re.search(r"http://127\.0\.0\.1:(\d+)/", said)[1])  # type: ignore[index]
        assert left_in(folder)
        assert processes_of(folder)
        assert listens(port)
        process.send_signal(number)
        if number != signal.SIGINT:
            process.send_signal(number)
        async with asyncio.timeout(SECONDS):
            _, trouble = await process.communicate()
        assert process.returncode == 130, trouble.decode()
        assert trouble.decode().strip() == "Interrupted."
        assert left_in(folder) == []
        assert processes_of(folder) == []
        assert not listens(port)
