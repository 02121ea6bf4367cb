"""The locator: every key of a TOML text has the line on which it stands."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.toml_lines import Lines, Path

TEXT = '''\
# a comment with [brackets] and "quotes"
top = 1
dotted.key = """
not = "a key"
"""
[table]
"quoted.key" = { inner = 1, list = [
  1,
  { deep = 2 }, # ]
] }

[[many]]
first = 1
[[many]]
second = \'\'\'
x
\'\'\'
third = [[1], [2,
3]]
[many.sub]
fourth = 2020-01-01T00:00:00
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 2),
        (("dotted",), 3),
        (("dotted", "key"), 3),
        (("table",), 6),
        (("table", "quoted.key"), 7),
        (("table", "quoted.key", "inner"), 7),
        (("table", "quoted.key", "list", 0), 8),
        (("table", "quoted.key", "list", 1, "deep"), 9),
        (("many", 0, "first"), 13),
        (("many", 1), 14),
        (("many", 1, "second"), 15),
        (("many", 1, "third", 1, 1), 19),
        (("many", 1, "sub", "fourth"), 21),
        (("table", "absent"), 6),
        (("nowhere", "at", "all"), 1),
    ],
)
def test_a_key_is_found_on_its_line_or_at_the_table_it_should_be_in(path: Path, line: int) -> None:
    assert tomllib.loads(TEXT)
    assert Lines(TEXT).of(path) == line


def paths(data: Any, path: Path = ()) -> list[Path]:
    if isinstance(data, dict):
        return [path, *(p for key, value in data.items() for p in paths(value, (*path, key)))]
    return [path]


@given(st.lists(st.sampled_from(TEXT.splitlines(keepends=True)), max_size=30))
def test_any_text_gets_an_answer_and_every_key_of_a_readable_one_is_known(lines: list[str]) -> None:
    text = "".join(lines)
    found = Lines(text)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    for path in paths(data):
        assert path in found._lines


@given(st.text(alphabet="[]{}\"'=.,#\n\\ a1", max_size=60))
def test_no_text_keeps_the_scanner_from_ending(text: str) -> None:
    assert Lines(text).of(("a",)) >= 1
