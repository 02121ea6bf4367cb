"""What is printed: aligned, harmless, coloured only where somebody sees it."""

from __future__ import annotations

import io
import re
import string
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dozvon.commands.terminal.output import Colour, clean, print_line, table, width
from dozvon.commands.terminal.texts import TEXTS, help_text, say, word
from dozvon.commands.terminal.texts_help import HELP
from dozvon.context import Context


@given(st.text())
def test_nothing_that_is_shown_can_steer_a_terminal(text: str) -> None:
    assert clean(text).isprintable()


@pytest.mark.parametrize(
    ("text", "columns"), [("abc", 3), ("Иванова", 7), ("山田", 4), ("e\u0301", 1), ("", 0)]
)
def test_wide_characters_take_two_columns_and_marks_none(text: str, columns: int) -> None:
    assert width(text) == columns


def test_columns_stand_under_each_other_whatever_the_letters() -> None:
    lines = table(["имя", "n"], [["山田太郎", "1"], ["Иванова Анна", "2"], ["e\u0301", "3"]])
    at = [width(line[: line.rindex(digit)]) for line, digit in zip(lines[1:], "123", strict=True)]
    assert len(set(at)) == 1


def test_a_line_break_in_a_cell_breaks_no_row() -> None:
    assert len(table(["a"], [["one\ntwo\r\nthree\u2028four"]])) == 2


class _Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "stream", "coloured"),
    [
        ({}, _Tty, True),
        ({"NO_COLOR": "1"}, _Tty, False),
        ({"NO_COLOR": ""}, _Tty, True),
        ({"TERM": "dumb"}, _Tty, False),
        ({}, io.StringIO, False),
    ],
)
def test_colours_are_for_terminals_whose_owner_wants_them(
    environment: dict[str, str],
    stream: type[io.StringIO],
    coloured: bool,  # noqa: FBT001 - a parameter of the table above
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out = stream()
    monkeypatch.setattr(sys, "stdout", out)
    print_line(Context(environment=environment), "missed", Colour.BAD)
    assert ("\x1b[" in out.getvalue()) is coloured
    assert "missed" in out.getvalue()


def test_a_terminal_that_is_not_utf_8_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    print_line(Context(environment={}), "Анна 101")
    sys.stdout.flush()
    assert raw.getvalue() == b"???? 101\n"


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_every_text_has_the_same_gaps_in_both_languages(key: str) -> None:
    gaps = [{g for _, g, _, _ in string.Formatter().parse(text) if g} for text in TEXTS[key]]
    assert gaps[0] == gaps[1]
    assert all(text.strip() for text in TEXTS[key])


@pytest.mark.parametrize("key", sorted(HELP))
def test_every_help_text_is_there_in_both_languages(key: str) -> None:
    russian, english = HELP[key]
    assert re.search("[а-яё]", russian, re.IGNORECASE)
    assert not re.search("[а-яё]", english, re.IGNORECASE)


def test_what_fills_a_text_is_cleaned() -> None:
    assert "\x1b" not in say("en", "unknown-call", call="\x1b[31m")


def test_a_value_without_a_word_stands_for_itself() -> None:
    assert word("ru", "disposition", "brand_new") == "brand_new"
    assert word("ru", "disposition", None) == ""
    assert help_text("ru", "Some text of another command.") == "Some text of another command."
