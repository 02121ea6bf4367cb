"""What somebody types is understood as people mean it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.client_words import tail_of, wanted, words_in, words_of_client
from router.numbers import NumberPlan

PLAN = NumberPlan()


def test_capitals_signs_and_the_two_dots_of_a_letter_do_not_count() -> None:
    assert words_in("ООО «Ёлка-2»") == ("ооо", "елка", "2")


def test_a_client_is_kept_under_his_name_his_applications_and_the_ends_of_his_numbers() -> None:
    found = words_of_client("Пётр Иванов", ["+79161234567"], ["З-007/26"])
    assert found == {"петр", "иванов", "з", "007", "7", "26", "#7654321619"}


@pytest.mark.parametrize(
    "written",
    ["+7 916 123-45-67", "8 (916) 123-45-67", "89161234567", "79161234567", "8-916-123 45 67"],
)
def test_a_whole_number_is_compared_whole_however_it_is_written(written: str) -> None:
    assert wanted(written, PLAN).e164 == "+79161234567"


def test_the_last_digits_are_looked_for_from_the_end() -> None:
    asked = wanted("45-67", PLAN)
    assert asked.tail == "#7654"
    assert tail_of("+79161234567").startswith(asked.tail)


def test_the_first_digits_are_looked_for_without_what_is_dialled_before_them() -> None:
    assert wanted("8 (916) 12", PLAN).prefix == "91612"


def test_digits_beside_a_name_may_be_an_application_or_the_end_of_a_number() -> None:
    assert wanted("иванов 4567", PLAN).words == (("иванов",), ("4567", "#7654"))


def test_nothing_typed_asks_nothing() -> None:
    assert wanted("  \n ", PLAN).is_empty


@given(st.text(max_size=80), st.integers(min_value=1, max_value=8))
def test_a_client_is_found_by_the_beginning_of_every_word_of_his_name(name: str, cut: int) -> None:
    kept = words_of_client(name)
    for word in words_in(name)[:24]:
        assert any(there.startswith(word[:cut]) for there in kept)


@given(st.text(max_size=400))
def test_whatever_is_typed_is_read_without_an_error(typed: str) -> None:
    wanted(typed, PLAN)
