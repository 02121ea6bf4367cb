"""Recordings: what converting costs beside a plain ffmpeg, and what calls feel of it.

An hour of talk in two channels (noise that comes and goes like speech) is converted by ffmpeg alone
and by us, in turns; both make the same MP3, ours also the waveform, the shares and the silences.
Then ten such hours come in from a folder as they do in the service, while the event loop is asked
every five milliseconds how late it is. A control runs beside it, a process of its own whose event
loop has nothing to do: what both feel is the machine's, what only ours feels is ours. On a machine
that others use a short run tells as much: `--minutes 2 --files 3 --rounds 1`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import resource
import statistics
import sys
import tempfile
import time
import wave
from array import array
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog
from table import Row, machine, percentile, resident_mib, tell

from dozvon.lab import packages, tools
from recordings.audio import CODECS
from recordings.converting import Converter
from recordings.intake import Intake
from recordings.keeping import Rules
from recordings.looking import Patience
from recordings.orders import Order, OrderedPart
from recordings.port import PartKind
from recordings.sources import FolderSource
from recordings.store import FolderStore
from recordings.worker import NICE
from router.calls import Call, CallState, Direction, Disposition
from storage.database import Database, open_database
from storage.migrate import migrate
from storage.recording import record_ended_call
from storage.recording_records import NewPart, NewRecording, RecordingFilter
from storage.recordings import Recordings
from storage.records import EndedCall
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer

RATE = 8000
FILES = 10
ROUNDS = 3
TICK_SECONDS = 0.005
IDLE_SECONDS = 5.0
CONTROL = "--control"
NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def speech(path: Path, minutes: int) -> Path:
    """Two people who talk in turns: bursts of noise, pauses of silence."""
    dice = random.Random(6)
    noise = [int(dice.gauss(0, 2500)) for _ in range(RATE)]
    talk = array("h", (v for sample in noise for v in (sample, 0))).tobytes()
    answer = array("h", (v for sample in noise for v in (0, sample))).tobytes()
    pause = bytes(len(talk))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        for second in range(60 * minutes):
            file.writeframesraw((talk, talk, answer, pause, answer)[second % 5])
    return path


def children_cpu() -> float:
    """Processor time of every process that has ended below this one."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def plainly(ffmpeg: Path, source: Path, target: Path) -> float:
    """The processor time of ffmpeg alone."""
    codec, bits = CODECS["mp3"][2]
    before = children_cpu()
    process = await asyncio.create_subprocess_exec(
        *(ffmpeg, "-v", "error", "-y", "-nostdin", "-threads", "1", "-i", source),
        *("-c:a", codec, "-b:a", bits, "-joint_stereo", "0", target),
        preexec_fn=lambda: os.nice(NICE),  # as ours: on a busy machine priority costs time too
    )
    await process.wait()
    return children_cpu() - before


async def ours(ffmpeg: Path, source: Path, folder: Path) -> float:
    """The processor time of our conversion, with everything that it finds out."""
    part = OrderedPart(name="x", path=source, kind=PartKind.CONVERSATION)
    before = children_cpu()
    await Converter().convert(Order(parts=(part,), folder=folder, ffmpeg=str(ffmpeg)))
    return children_cpu() - before


async def beside_ffmpeg(
    ffmpeg: Path, source: Path, folder: Path, minutes: int, rounds: int
) -> None:
    """Both in turns; the ratio is the figure."""
    ratios = []
    for _ in range(rounds):
        alone = await plainly(ffmpeg, source, folder / "plain.mp3")
        ratios.append(await ours(ffmpeg, source, folder) / alone)
    ratio = statistics.median(ratios)
    note = f"{minutes} min of two sides; ffmpeg alone {alone:.1f} s of processor time"
    tell(
        Row(
            what="recordings: our conversion over ffmpeg alone, processor time",
            figure=f"{ratio:.2f}",
            goal="≤ 1.15",
            held=ratio <= 1.15,
            note=note,
        )
    )


async def control() -> None:
    """An event loop with nothing to do, until its input ends; tells how late it was, in ms."""
    late: list[float] = []
    watching = asyncio.create_task(ticks(late))
    await asyncio.to_thread(sys.stdin.buffer.read)
    watching.cancel()
    print(json.dumps(Lateness.of(late).__dict__))


@asynccontextmanager
async def beside_control(told: list[Lateness]) -> AsyncIterator[None]:
    """Runs the control meanwhile; what it told is appended."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, __file__, CONTROL), stdin=PIPE, stdout=PIPE
    )
    try:
        yield
    finally:
        said, _ = await asyncio.wait_for(process.communicate(b""), 30)
    told.append(Lateness(**json.loads(said)))


@dataclass(frozen=True)
class Lateness:
    """How late an event loop was, in milliseconds."""

    p99: float
    most: float

    @classmethod
    def of(cls, late: list[float]) -> Lateness:
        """From seconds, one for each question."""
        return cls(p99=percentile(late, 99) * 1000, most=max(late, default=0.0) * 1000)


async def ticks(late: list[float]) -> None:
    """How late the event loop is, again and again."""
    while True:
        before = time.perf_counter()
        await asyncio.sleep(TICK_SECONDS)
        late.append(time.perf_counter() - before - TICK_SECONDS)


async def memory(most: list[float]) -> None:
    """The memory of the converting processes, added up; the greatest is kept."""
    while True:
        await asyncio.sleep(0.2)
        most[0] = max(most[0], await asyncio.to_thread(below, os.getpid()))


def below(pid: int) -> float:
    """The resident memory of all processes below one but the control, in MiB."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
        return sum(resident_mib(int(c)) + below(int(c)) for c in children if not is_control(c))
    except OSError:
        return 0.0


def is_control(pid: str) -> bool:
    """Whether a process is the control, which converts nothing."""
    return CONTROL.encode() in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")


@asynccontextmanager
async def intake(
    folder: Path, source: Path, ffmpeg: Path, files: int
) -> AsyncIterator[tuple[Intake, Database]]:
    """Ten calls have ended, and their files lie in the PBX's folder."""
    shared = folder / "pbx"
    shared.mkdir()
    url = f"sqlite+aiosqlite:///{folder / 'bench.db'}"
    await migrate(url)
    store = FolderStore(folder / "sounds")
    store.prepare()
    async with open_database(url) as database, Writer(database).running() as writer:
        for number in range(files):
            (shared / f"{number}.wav").hardlink_to(source)
            await writer.submit(ended(number))
        rules = Rules(ffmpeg=str(ffmpeg), patience=Patience(settle_seconds=0.0))
        yield (
            Intake(
                database=database,
                writer=writer,
                store=store,
                converter=Converter(),
                sources={"main": FolderSource(shared)},
                rules=rules,
                now=lambda: datetime.now(UTC),
            ),
            database,
        )


def ended(number: int) -> object:
    """What is written of a call and of the recording that it should have."""
    call = Call(
        id=f"1.{number}",
        pbx="main",
        linked_id=f"1.{number}",
        direction=Direction.INBOUND,
        caller="+79161234567",
        line="74951230001",
        began_at=NINE,
        ended_at=NINE,
        state=CallState.ENDED,
        disposition=Disposition.ANSWERED,
    )
    new = NewRecording(
        call_id=call.id,
        pbx="main",
        began_at=NINE,
        expected_at=NINE,
        parts=(NewPart(name=f"{number}.wav", kind="conversation", began_at=NINE),),
    )

    async def work(uow: UnitOfWork) -> None:
        await record_ended_call(uow, EndedCall(call=call))
        await uow.recordings.expect(new, next_try_at=NINE)

    return work


async def ten_hours(ffmpeg: Path, source: Path, folder: Path, files: int) -> None:
    """They come in while the event loop is watched."""
    late: list[float] = []
    most = [0.0]
    controls: list[Lateness] = []
    own_before = resident_mib(os.getpid())
    async with intake(folder, source, ffmpeg, files) as (found, database):
        watching = [asyncio.create_task(ticks(late)), asyncio.create_task(memory(most))]
        await asyncio.sleep(IDLE_SECONDS)
        idle = Lateness.of(late)
        async with beside_control(controls):
            late.clear()
            began = time.perf_counter()
            while await found.once("main") is not None:
                pass
            took = time.perf_counter() - began
            ours = Lateness.of(late)
        for task in watching:
            task.cancel()
        async with database.reading() as connection:
            ready = await Recordings(connection).listed(RecordingFilter(), limit=files)
    if not all(each.playable for each in ready):
        raise SystemExit("not every recording came in")
    own = resident_mib(os.getpid()) - own_before
    tell_lateness(ours, controls[0], idle, f"{files} files, {took:.0f} s")
    whole = most[0] + own
    tell(
        Row(
            what="recordings: memory of converting",
            figure=f"{whole:.0f} MiB",
            goal="≤ 150 MiB",
            held=whole <= 150,
            note=f"{most[0]:.0f} MiB in the converting processes, {own:.0f} MiB more in ours",
        )
    )


def tell_lateness(ours: Lateness, beside: Lateness, idle: Lateness, note: str) -> None:
    """The figure, with what an idle loop felt meanwhile and ours before."""
    shown = f"idle process meanwhile {beside.p99:.1f} ms (most {beside.most:.0f})"
    tell(
        Row(
            what="recordings: lateness of the event loop while they are converted, p99",
            figure=f"{ours.p99:.1f} ms",
            goal="≤ 20 ms",
            held=ours.p99 <= 20,
            note=f"{note}; most {ours.most:.0f} ms; {shown}; ours before {idle.p99:.1f} ms",
        )
    )


async def main(minutes: int, files: int, rounds: int) -> None:
    """Both benchmarks over one file."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    ffmpeg = packages.program(tools.FFMPEG, lambda _: None, os.environ)
    with tempfile.TemporaryDirectory(prefix="dozvon-bench-") as name:
        folder = Path(name)
        source = speech(folder / "talk.wav", minutes)
        await beside_ffmpeg(ffmpeg, source, folder, minutes, rounds)
        await ten_hours(ffmpeg, source, folder, files)
    print(machine(""))


def asked() -> argparse.Namespace:
    """What is to be measured; by default what is published."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=int, default=60, help="how long each recording is")
    parser.add_argument("--files", type=int, default=FILES, help="how many come in at once")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="conversions beside ffmpeg")
    parser.add_argument(CONTROL, action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    wanted = asked()
    if wanted.control:
        asyncio.run(control())
    else:
        asyncio.run(main(wanted.minutes, wanted.files, wanted.rounds))
