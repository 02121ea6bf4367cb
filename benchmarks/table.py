"""Rows of docs/figures.md: what was measured, the figure, the goal, and on which machine.

Rules of this folder: each script runs by itself and prints its rows; nothing here is a test (a
figure on a busy machine proves nothing); everything is on loopback and bounded in count and time;
ratios and medians of one run are worth more than absolute times.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

PREFIX = "| "


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure. `held` is None where there is no goal."""

    what: str
    figure: str
    goal: str = ""
    held: bool | None = None
    note: str = ""

    def __str__(self) -> str:
        held = {True: "yes", False: "**no**", None: ""}[self.held]
        cells = (self.what, self.figure, self.goal, held, self.note)
        return PREFIX + " | ".join(cell.replace("|", "/") for cell in cells) + " |"


def tell(row: Row) -> None:
    """Prints a row as soon as it is known."""
    print(row, flush=True)


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that so many percent of `values` do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(percent / 100 * len(ordered)) - 1))]


def milliseconds(seconds: Sequence[float]) -> str:
    """p50 and p99 of durations."""
    p50, p99 = statistics.median(seconds) * 1000, percentile(seconds, 99) * 1000
    return f"p50 {p50:.1f} ms, p99 {p99:.1f} ms"


def machine(asterisk: str) -> str:
    """The machine, the time and how busy it was, in one line."""
    busy = os.getloadavg()[0]
    at = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return (
        f"{at}; {os.cpu_count()} cores of {_model()}, Linux {platform.release()}, "
        f"Python {platform.python_version()}, {asterisk or 'no Asterisk'}; load average {busy:.1f}"
    )


def resident_mib(pid: int) -> float:
    """The memory that a process holds (VmRSS)."""
    for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def cpu_seconds(pid: int) -> float:
    """The time that a process has had a processor for, with its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def asterisk_version(program: Path) -> str:
    """What an Asterisk calls itself."""
    told = subprocess.run([program, "-V"], capture_output=True, text=True, check=False, timeout=10)  # noqa: S603 - the lab's own program
    return told.stdout.strip()


class Watch:
    """Wall and processor time of this process from its making to `stop`."""

    def __init__(self) -> None:
        self.wall, self.cpu = -time.perf_counter(), -time.process_time()

    def stop(self) -> None:
        """Ends both."""
        self.wall += time.perf_counter()
        self.cpu += time.process_time()


def _model() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
