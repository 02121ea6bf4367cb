"""Extension words in every place: before the number, and where they announce none."""

from __future__ import annotations

import pytest

from router.numbers import NumberPlan, PhoneNumber, normalise

MOSCOW = NumberPlan(area_code="495")
OFFICE = "+74951230000"
MOBILE = "+79161234567"


def read(text: str, plan: NumberPlan = MOSCOW) -> PhoneNumber:
    return normalise(text, plan)


def found(text: str, plan: NumberPlan = MOSCOW) -> list[tuple[str | None, str | None]]:
    number = read(text, plan)
    return [(each.e164, each.extension) for each in (number, *number.more)]


@pytest.mark.parametrize("plan", [MOSCOW, NumberPlan()])
@pytest.mark.parametrize(
    ("text", "e164", "extension"),
    [
        ("вн 101; моб +7 916 123-45-67", MOBILE, "101"),
        ("вн. 12, тел. 8 495 123-00-00", OFFICE, "12"),
        ("внутр. 101 / 8 495 123-00-00", OFFICE, "101"),
        ("доб. 123 8 495 123-00-00", OFFICE, "123"),
        ("доб. 123\n8 495 123-00-00", OFFICE, "123"),
        ("доб. 123 +7 495 123-00-00", OFFICE, "123"),
        ("(доб. 123) 84951230000", OFFICE, "123"),
        ("доб. 8 8 495 123-00-00", OFFICE, "8"),
        ("офис 5, доб. 12, 8 495 123-00-00", OFFICE, "12"),
        ("доб. 12, ext 5: 8 495 123-00-00", OFFICE, "5"),
        ("вн. тел. 8 916 123 45 67", MOBILE, None),
        ("внутренний 8 916 123 45 67", MOBILE, None),
        ("внутренний номер: 8 (916) 123-45-67", MOBILE, None),
        ("Ext 8 495 123 00 00", OFFICE, None),
        ("доб. (495) 123-00-00", OFFICE, None),
        ("8 495 123-00-00 доб. 12 Иван", OFFICE, "12"),
        ("8 495 123-00-00 доб. 1234567", OFFICE, "1234567"),
        ("8 495 123-00-00 x1234567", OFFICE, "1234567"),
        ("8 916 123-45-67 ул. Ленина, д. 5", MOBILE, None),
    ],
)
def test_an_extension_word_takes_nothing_from_its_number(
    text: str, e164: str, extension: str | None, plan: NumberPlan
) -> None:
    assert found(text, plan) == [(e164, extension)]


@pytest.mark.parametrize(
    ("text", "extensions"),
    [
        ("вн. 12, 8 495 123-00-00, 8 916 123-45-67", ["12", None]),
        ("8 495 123-00-00 доб. 12 8 916 123-45-67", ["12", None]),
        ("8 495 123-00-00 доб. 12\n8 916 123-45-67", ["12", None]),
        ("8 495 123-00-00, доб. 12 +7 916 123-45-67", ["12", None]),
    ],
)
def test_among_several_numbers_an_extension_stays_with_its_own(
    text: str, extensions: list[str | None]
) -> None:
    assert found(text) == list(zip([OFFICE, MOBILE], extensions, strict=True))


@pytest.mark.parametrize(
    "text",
    [
        "8 916 123 45 67 д. 1230000",
        "8 916 123 45 67 д. 123-00-00",
        "8 916 123 45 67 доб. 123-00-00",
        "8 916 123 45 67 вн. тел. 8 495 123 00 00",
    ],
)
def test_seven_digits_behind_an_extension_word_are_a_number_of_their_own(text: str) -> None:
    assert found(text) == [(MOBILE, None), (OFFICE, None)]


def test_an_area_code_behind_a_local_number_is_no_extension() -> None:
    assert found("123-00-00 (495)") == [(OFFICE, None)]
    assert found("123-00-00 (123)") == [(OFFICE, "123")]
    assert found("8 495 123-00-00 (495)") == [(OFFICE, "495")]


@pytest.mark.parametrize("plan", [NumberPlan(area_code="812"), NumberPlan()])
def test_another_area_code_behind_a_local_number_is_not_guessed(plan: NumberPlan) -> None:
    """It may be the city or an extension: one of the two would be a stranger's number."""
    number = read("123-00-00 (495)", plan)
    assert (number.is_matchable, number.extension) == (False, None)


@pytest.mark.parametrize("text", ["доб. 123", "вн. 12, тел. нет", "доб. 5 доб. 6"])
def test_an_extension_without_a_number_is_no_number(text: str) -> None:
    assert not read(text).is_matchable
