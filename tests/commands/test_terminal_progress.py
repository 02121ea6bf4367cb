"""How far a long command is, in words and as a bar."""

from __future__ import annotations

import io
import sys

import pytest

from crm_bridge.builtin.csv_report import Progress
from dozvon.commands.terminal.progress import ShownProgress, bar, progress_text
from dozvon.context import Context


def done(rows: int, read: int) -> Progress:
    return Progress(rows=rows, bytes_read=read, bytes_total=1000)


@pytest.mark.parametrize(
    ("read", "seconds", "text"),
    [
        (250, 10.0, "25 %  20 000 rows, 2000 a second, 30 s left"),
        (100, 60.0, "10 %  20 000 rows, 333 a second, 9 min left"),
        (0, 0.0, "0 %  20 000 rows, 0 a second, an unknown time left"),
        (2000, 10.0, "100 %  20 000 rows, 2000 a second, 0 s left"),
    ],
)
def test_share_speed_and_time_left_are_told(read: int, seconds: float, text: str) -> None:
    assert progress_text("en", done(20_000, read), seconds) == text


def test_the_bar_is_as_full_as_the_file_is_read() -> None:
    assert bar(done(0, 0)) == "[........................]"
    assert bar(done(0, 500)) == "[############............]"
    assert bar(done(0, 1000)) == "[########################]"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("stream", "lines"), [(io.StringIO, 3), (Terminal, 0)])
def test_a_terminal_gets_one_bar_and_a_log_a_line_every_ten_seconds(
    monkeypatch: pytest.MonkeyPatch, stream: type[io.StringIO], lines: int
) -> None:
    seen = stream()
    monkeypatch.setattr(sys, "stderr", seen)
    at = iter(range(100))
    shown = ShownProgress(Context(chosen_language="en"), clock=lambda: float(next(at)))
    for rows in range(31):
        shown(done(rows, rows * 10))
    shown.end()
    assert seen.getvalue().count("\n") == lines
    assert seen.getvalue().count("\r[") == (0 if lines else 30)
