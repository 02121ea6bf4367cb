"""What an exchange shows as the caller: foreign numbers come in full and without the plus."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.numbers import DialStyle, NumberKind, NumberPlan, digits_for_dialling, normalise
from router.numbers import read_caller as read

MOSCOW = NumberPlan(area_code="495")
FOREIGN = {
    "971501234567": "AE",
    "447400123456": "GB",
    "4915112345678": "DE",
    "12125552368": "US",
    "972502345678": "IL",
    "8613800138000": "CN",
    "19165552368": "US",
    "97142345678": "AE",
}


@pytest.mark.parametrize(("shown", "region"), FOREIGN.items())
def test_a_foreign_caller_without_a_plus_is_recognised(shown: str, region: str) -> None:
    number = read(shown, MOSCOW)
    assert (number.kind, number.e164, number.region) == (NumberKind.EXTERNAL, f"+{shown}", region)
    assert number.raw == shown
    assert digits_for_dialling(number, prefix_style=DialStyle.TRUNK_8) == f"810{shown}"
    assert read(f"sip:{shown}@pbx", MOSCOW).e164 == f"+{shown}"


@pytest.mark.parametrize("written", FOREIGN)
def test_in_a_text_that_a_person_wrote_the_same_digits_are_not_guessed(written: str) -> None:
    """They may be a taxpayer's number or an order's."""
    assert not normalise(written, MOSCOW).is_matchable


@pytest.mark.parametrize(
    "shown",
    [
        *("79161234567", "89161234567", "9161234567", "84951230000", "375291234567", "101"),
        *("123-00-00", "anonymous", "", "*72101", "77011234567", "810375291234567"),
        *("83361234567", "73361234567", "84912345678", "84000000000", "972501234567"),
        *("8916123456", "891612345678", "770708389312", "1234567890", "1" * 16),
        *("971501234567 доб. 5", "971501234567, 447911123456"),
        *("989161234567", "979161234567", "94912345678"),
        *("80012345678", "883510012345", "870772001234"),
    ],
)
def test_every_other_caller_is_read_as_in_a_text(shown: str) -> None:
    """A new Russian range (8 336, 8 400) goes before a country whose code begins with 8.

    The 9 that leads to an outside line goes before Iran and Sri Lanka; satellites call nobody.
    """
    assert read(shown, MOSCOW) == normalise(shown, MOSCOW)


@pytest.mark.parametrize("shown", ["989161234567", "979161234567", "94912345678"])
def test_a_number_behind_the_digit_of_an_outside_line_is_nobody_s(shown: str) -> None:
    number = read(shown, MOSCOW)
    assert (number.kind, number.is_matchable, number.raw) == (NumberKind.INVALID, False, shown)


def test_russia_and_kazakhstan_see_each_other_s_numbers_behind_an_outside_line() -> None:
    assert not read("989161234567", NumberPlan(region="KZ")).is_matchable
    assert not read("987172123456", MOSCOW).is_matchable


@given(st.text(alphabet="0123456789 +-*#", max_size=20))
def test_a_caller_s_plus_is_only_added_to_what_is_nobody_s(shown: str) -> None:
    number, written = read(shown, MOSCOW), normalise(shown, MOSCOW)
    assert number == written or (number.verified and not written.is_matchable)
