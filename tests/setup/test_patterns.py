"""Which extension of a context takes a number, as Asterisk itself decides it."""

from __future__ import annotations

import pytest

from dozvon.setup.patterns import best_match

NUMBER = "74951230001"


@pytest.mark.parametrize(
    ("pattern", "number", "takes"),
    [
        ("_X.", NUMBER, True),
        ("_X.", "7", False),
        ("_X!", "7", True),
        ("_x!", "7", True),
        ("_X.", "+74951230001", False),
        ("_+7XXXXXXXXXX", "+74951230001", True),
        ("_7495XXXXXXX", NUMBER, True),
        ("_7-495-XXX-XXXX", NUMBER, True),
        ("_7495XXXXXX", NUMBER, False),
        ("_Z!", "0", False),
        ("_N!", "1", False),
        ("_[5-8]495.", NUMBER, True),
        ("_[189]!", NUMBER, False),
        ("_[]!", NUMBER, False),
        ("s", NUMBER, False),
        ("X!", NUMBER, False),
        (NUMBER, NUMBER, True),
        ("_.", NUMBER, True),
        ("_[9-1]!", NUMBER, False),
    ],
)
def test_a_pattern_takes_what_it_takes_in_asterisk(
    pattern: str, number: str, *, takes: bool
) -> None:
    assert (best_match([pattern], number) == pattern) is takes


@pytest.mark.parametrize(
    ("extensions", "taken_by"),
    [
        (("_X!", "_X.", "_[67]!", "_7!", "_7495.", NUMBER), NUMBER),
        (("_X!", "_X.", "_[67]!", "_7!", "_7495."), "_7495."),
        (("_X!", "_X.", "_[67]!"), "_[67]!"),
        (("_X!", "_X."), "_X."),
        (("_Z!", "_N!", "_X!"), "_N!"),
        (("s", "_9."), None),
        ((), None),
    ],
)
def test_of_several_the_narrowest_one_takes_it(
    extensions: tuple[str, ...], taken_by: str | None
) -> None:
    assert best_match(extensions, NUMBER) == taken_by
