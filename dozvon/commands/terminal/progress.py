"""How far a long command is: a bar on a terminal, plain lines elsewhere; never on the output.

Times are arguments of what makes the lines, so that the lines can be told without waiting.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import click

from crm_bridge.builtin.csv_report import Progress
from dozvon.commands.terminal.texts import say
from dozvon.context import Context

_BAR = 24
_ON_A_TERMINAL_SECONDS = 0.2
_ELSEWHERE_SECONDS = 10.0
_MINUTES_FROM_SECONDS = 100


def progress_text(language: str, done: Progress, seconds: float) -> str:
    """How far an import is after so many seconds: share, rows, speed and the time left."""
    share = _share(done)
    return say(
        language,
        "import-progress",
        percent=f"{100 * share:.0f}",
        rows=f"{done.rows:,}".replace(",", " "),
        speed=f"{done.rows / seconds:.0f}" if seconds > 0 else "0",
        left=_left(language, share, seconds),
    )


def bar(done: Progress) -> str:
    """A bar that is as full as the file is read."""
    full = round(_BAR * _share(done))
    return "[" + "#" * full + "." * (_BAR - full) + "]"


@dataclass(slots=True)
class ShownProgress:
    """Tells how far an import is, as often as somebody can read it."""

    context: Context
    clock: Callable[[], float] = time.monotonic
    _began: float = -1.0
    _told: float = -1.0
    _width: int = 0

    def __call__(self, done: Progress) -> None:
        """Hears how far the import is."""
        now = self.clock()
        if self._began < 0:
            self._began = self._told = now
        terminal = sys.stderr.isatty()
        if now - self._told < (_ON_A_TERMINAL_SECONDS if terminal else _ELSEWHERE_SECONDS):
            return
        self._told = now
        text = progress_text(self.context.language, done, now - self._began)
        if not terminal:
            click.echo(text, err=True)
            return
        line = f"{bar(done)} {text}"
        click.echo("\r" + line.ljust(self._width), nl=False, err=True)
        self._width = len(line)

    def end(self) -> None:
        """Takes the bar away."""
        if self._width:
            click.echo("\r" + " " * self._width + "\r", nl=False, err=True)
        self._width = 0


def _share(done: Progress) -> float:
    return min(1.0, done.bytes_read / done.bytes_total) if done.bytes_total else 1.0


def _left(language: str, share: float, seconds: float) -> str:
    if share <= 0 or seconds <= 0:
        return say(language, "import-left-unknown")
    left = seconds * (1 - share) / share
    if left < _MINUTES_FROM_SECONDS:
        return say(language, "import-left-seconds", count=f"{left:.0f}")
    return say(language, "import-left-minutes", count=f"{left / 60:.0f}")
