"""The specification of comparing, searching, showing, dialling and logging telephone numbers."""

import pytest

from router.numbers import (
    DialStyle,
    NumberKind,
    NumberPlan,
    PhoneNumber,
    digits_for_dialling,
    format_international,
    format_national,
    mask,
    normalise,
    same_number,
    search_forms,
    tel_uri,
    to_json,
)

MOSCOW = NumberPlan(area_code="495")
OFFICE = "+74951230000"
MOBILE = "+79161234567"


def read(text: str) -> PhoneNumber:
    return normalise(text, MOSCOW)


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("8 916 123-45-67", "+79161234567", True),
        ("8 495 1230000 доб. 1", "84951230000", True),
        ("8 495 1230000 доб. 1", "84951230000 вн. 1", True),
        ("8 495 1230000 доб. 1", "84951230000 доб. 2", False),
        ("+998 90 123 45 67", "+992 90 123 45 67", False),
        ("+49 1512 3456789", "+49 1612 3456789", False),
        ("8 495 123-00-00", "8 499 123-00-00", False),
        ("8 336 123-45-67", "+73361234567", True),
        ("7707083893", "7707083893", False),
        ("891612345678", "891612345678", False),
        ("101", "101", False),
        ("anonymous", "anonymous", False),
        ("*72101", "*72101", False),
    ],
)
def test_two_numbers_are_the_same_party(a: str, b: str, *, same: bool) -> None:
    assert same_number(read(a), read(b)) is same
    assert same_number(read(b), read(a)) is same


def test_a_new_russian_range_is_matched_before_the_library_knows_it() -> None:
    """Of unverified numbers only eleven digits +73, +74, +78, +79 may identify a client."""
    numbers = {
        first: PhoneNumber(raw="", kind=NumberKind.INVALID, e164=f"+7{first}000000000")
        for first in "0123456789"
    }
    assert [first for first, number in numbers.items() if number.is_matchable] == [*"3489"]


@pytest.mark.parametrize(
    ("text", "matchable"),
    [
        ("8 916 123-45-6", False),
        ("8 495 123-00-0", False),
        ("sip:8916123456@pbx", False),
        ("8 916 123-45-6 доб. 12", False),
        ("+7 891 612-34-56", True),
        ("78916123456", True),
        ("8 891 612-34-56", True),
        ("812 323-00-00", True),
    ],
)
def test_a_number_that_has_lost_a_digit_is_nobody_s(text: str, *, matchable: bool) -> None:
    """Ten digits behind an 8 are a number of eleven without one; with the code they may be new."""
    number = read(text)
    assert number.is_matchable is matchable
    assert (search_forms(number) != ()) is matchable
    dialled = digits_for_dialling(number, prefix_style=DialStyle.TRUNK_8)
    assert (dialled is not None) is matchable


def test_a_key_has_nine_digits_or_is_not_there() -> None:
    """Eight digits would match strangers; such a number is found by E.164 alone."""
    assert read("+374 10 123456").key is None
    assert read("+375 29 123-45-67").key == "291234567"


def test_an_exact_search_asks_for_every_usual_spelling() -> None:
    forms = search_forms(read("8 916 123-45-67"))
    assert forms[:4] == (MOBILE, "79161234567", "89161234567", "9161234567")
    assert {"8 (916) 123-45-67", "+7 916 123-45-67", "+7 (916) 123-45-67"} == set(forms[4:])


def test_a_foreign_number_is_not_searched_with_a_russian_prefix() -> None:
    forms = search_forms(read("+375291234567"))
    assert {"+375291234567", "375291234567", "291234567"} < set(forms)
    assert "8291234567" not in forms


@pytest.mark.parametrize("text", ["101", "anonymous", "*72101", "7707083893", "891612345678"])
def test_what_is_no_client_s_number_is_not_searched_nor_linked(text: str) -> None:
    assert search_forms(read(text)) == ()
    assert tel_uri(read(text)) is None


def test_numbers_are_shown_as_people_write_them() -> None:
    assert format_national(read(MOBILE)) == "8 (916) 123-45-67"
    assert format_national(read("+375291234567")) == "8~10 375 29 123-45-67"
    assert format_national(read("+375291234567"), home="BY") == "8 029 123-45-67"
    assert format_international(read(MOBILE)) == "+7 916 123-45-67"


def test_a_person_always_sees_something() -> None:
    shown = [format_national(read(text)) for text in ("101", "*72101", "12-3", "Anonymous")]
    assert shown == ["101", "*72101", "12-3", "Anonymous"]


@pytest.mark.parametrize("text", ["8916123456", "8 916 123-45-6"])
def test_what_has_lost_a_digit_is_shown_as_it_was_written(text: str) -> None:
    """With a plus it would be read again as a whole number, which nobody wrote."""
    assert (format_international(read(text)), format_national(read(text))) == (text, text)


def test_a_link_to_dial_carries_the_extension() -> None:
    assert tel_uri(read("8 916 123-45-67")) == "tel:+7-916-123-45-67"
    assert tel_uri(read("84951230000 доб. 5")) == "tel:+7-495-123-00-00;ext=5"


@pytest.mark.parametrize(
    ("text", "style", "dialled"),
    [
        (MOBILE, DialStyle.E164, MOBILE),
        (MOBILE, DialStyle.PLAIN, "79161234567"),
        (MOBILE, DialStyle.TRUNK_8, "89161234567"),
        ("+375291234567", DialStyle.TRUNK_8, "810375291234567"),
        ("101", DialStyle.TRUNK_8, "101"),
        ("anonymous", DialStyle.E164, None),
        ("7707083893", DialStyle.E164, None),
    ],
)
def test_a_line_gets_the_digits_it_wants(text: str, style: DialStyle, dialled: str | None) -> None:
    assert digits_for_dialling(read(text), prefix_style=style) == dialled


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("84951230000 доб. 5", ("external", OFFICE, "RU", "5")),
        ("101", ("internal", None, None, "101")),
        ("*72101", ("service", None, None, None)),
        ("anonymous", ("hidden", None, None, None)),
        ("8 916 123-45-6", ("invalid", "+78916123456", "RU", None)),
    ],
)
def test_other_programs_get_one_shape(text: str, shape: tuple[str | None, ...]) -> None:
    assert to_json(read(text)) == dict(
        zip(("kind", "e164", "region", "extension"), shape, strict=True)
    )


@pytest.mark.parametrize(
    ("text", "logged"),
    [
        (MOBILE, "+7********67"),
        ("8 916 123-45-67", "8 *** ***-**-67"),
        ("9161234567", "********67"),
        ("+375 29 123-45-67", "+375 ** ***-**-67"),
        ("８９１６１２３４５６７", "8********67"),
        ("8 916 123-45-67\r\nAction: Hangup", "8 *** ***-**-67  Action: Hangup"),
        ("8 495 123-00-00, 89161234567", "8 *** ***-**-**, *********67"),
        ("101", "101"),
        ("\x1b[0m101\x00", "[0m101"),
    ],
)
def test_a_log_shows_the_country_and_two_digits(text: str, logged: str) -> None:
    assert mask(text) == logged
