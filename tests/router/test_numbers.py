"""The specification of telephone numbers: what people write, and what it means."""

import json
import re
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from router.numbers import (
    NumberKind,
    NumberPlan,
    PhoneNumber,
    format_international,
    format_national,
    mask,
    normalise,
    normalise_each,
    same_number,
    search_forms,
    tel_uri,
    to_json,
)

MOSCOW = NumberPlan(area_code="495")
VECTORS = json.loads((Path(__file__).parent / "data" / "phone_vectors.json").read_text("utf-8"))
OFFICE = "+74951230000"
MOBILE = "+79161234567"


def read(text: str) -> PhoneNumber:
    return normalise(text, MOSCOW)


def as_vector(number: PhoneNumber) -> dict[str, Any]:
    """Writes a number the way the checked cases do; only there INVALID has two names."""
    unverified = number.kind is NumberKind.INVALID and number.e164
    row = {
        "kind": "unverified" if unverified else number.kind.value,
        "e164": number.e164,
        "region": number.region,
        "key": number.key,
        "ext": number.extension,
        "value": number.value,
        "more": [as_vector(other) for other in number.more],
    }
    return {name: value for name, value in row.items() if value}


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["input"])
def test_checked_cases(case: dict[str, Any]) -> None:
    """Every checked case is read as recorded: kind, number, region, key, extension, others."""
    plan = NumberPlan(
        region=VECTORS["region"],
        area_code=VECTORS["area"],
        extension_lengths=tuple(VECTORS["ext_len"]),
    )
    number = normalise(case["input"], plan)
    assert as_vector(number) == case["output"]
    assert number.raw == case["input"]
    assert number.verified == (case["output"]["kind"] == "external")


@pytest.mark.parametrize("office", ["8 495 123-00-00", "+74951230000", "84951230000", "123-00-00"])
@pytest.mark.parametrize(
    "extension",
    [
        *("доб. 123", "доб 123", "доб123", "ДОБ.123", "добавочный 123", "(доб. 123)", "доб. № 123"),
        *("вн. 123", "внутр.123", "внутренний номер: 123", "д.123", "ext. 123", "x123", "х123"),
        *(
            "#123",
            ",123",
            ",,123#",
            ";ext=123",
            "*123",
            "w123",
            "p123",
            "(123)",
            "（123）",
            "— 123",
            "- 123",
        ),
    ],
)
def test_an_extension_is_found_however_it_is_announced(office: str, extension: str) -> None:
    for text in (f"{office} {extension}", f"{office}{extension}"):
        number = read(text)
        assert (number.e164, number.extension, number.more) == (OFFICE, "123", ()), text


@pytest.mark.parametrize(
    ("text", "e164"),
    [
        ("00375291234567", "+375291234567"),
        ("007 916 123 45 67", MOBILE),
        ("8 10 49 30 1234567", "+49301234567"),
        ("375291234567", "+375291234567"),
        ("+8 916 123-45-67", MOBILE),
        ("+8 495 123-00-00", OFFICE),
        ("+81 3 1234 5678", "+81312345678"),
        ("++79161234567", MOBILE),
        ("+7 (9161) 234-567", MOBILE),
        ("+7\N{NO-BREAK SPACE}916\N{NO-BREAK SPACE}123\N{NON-BREAKING HYPHEN}45-67", MOBILE),
        ("\N{RIGHT-TO-LEFT MARK}8 916 123-45-67", MOBILE),
        ("٨٩١٦١٢٣٤٥٦٧", MOBILE),
        ("79161234567#", MOBILE),
        ("8 701 123 45 67", "+77011234567"),
        ("7701 123 45 67", "+77011234567"),
        ("8 800 555 35 35", "+78005553535"),
        ("8 9O6 123-45-67", "+79061234567"),
        ("8 495 123-ОО-ОО", OFFICE),
        ("8 916 123-45-О7", "+79161234507"),
        ("8 916 123-45-6,7", MOBILE),
        ("＋81 3 1234 5678", "+81312345678"),
        ("8 916 123-45-67 Иван", MOBILE),
        ("моб. 8 916 123-45-67 звонить с 9 до 18", MOBILE),
        ("офис 5, 8 916 123-45-67", MOBILE),
        ("8 916 123-45 (67)", MOBILE),
        ("8 916 123-45-67/68", MOBILE),
        ("8 916 123-45-67 ул. Ленина, д. 5", MOBILE),
        ("Иван <ivan2@example.org> 8 916 123-45-67", MOBILE),
        ("sip:79161234567@203.0.113.9;user=phone", MOBILE),
        ('"101" <sip:+79161234567@pbx>', MOBILE),
        ("tel:%2B7%20495%20123-00-00", OFFICE),
        ("tel://+74951230000", OFFICE),
        ("tel:2300000;phone-context=+7812", "+78122300000"),
        ("8 916 123-45-67 79031234567@example.org", MOBILE),
    ],
)
def test_a_lone_number_is_read_from_what_is_written_around_it(text: str, e164: str) -> None:
    number = read(text)
    assert (number.kind, number.e164) == (NumberKind.EXTERNAL, e164)
    assert (number.extension, number.more) == (None, ())


@pytest.mark.parametrize(
    "text",
    [
        "8 916 123-45-67; 8 495 123-00-00",
        "8 916 123-45-67 или 8 495 123-00-00",
        "8 916 123-45-67\n8 495 123-00-00",
        "8 916 123-45-67 8 495 123-00-00",
        "89161234567 84951230000",
        "+7 916 123-45-67 +7 495 123-00-00",
        "моб. 8 916 123-45-67 (Иван) раб. 123-00-00",
    ],
)
def test_several_numbers_in_one_field_are_all_read(text: str) -> None:
    number = read(text)
    assert [number.e164, *(other.e164 for other in number.more)] == [MOBILE, OFFICE]


def test_an_extension_stays_with_its_number_among_several() -> None:
    number = read("8 495 123-00-00 доб. 12, 8 916 123-45-67")
    assert (number.e164, number.extension) == (OFFICE, "12")
    assert [(other.e164, other.extension) for other in number.more] == [(MOBILE, None)]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("8916123456, 8916765432", ["8916123456", "8916765432"]),
        ("8916123456 / 8 495 123-00-00", ["8 495 123-00-00", "8916123456"]),
        ("7707083893;\n7707083894", ["7707083893", "7707083894"]),
        ("8 916 123-45-67 (Иван)", ["8 916 123-45-67 (Иван)"]),
        ("*72, 101", ["*72, 101"]),
        ("", [""]),
    ],
)
def test_each_of_several_numbers_keeps_its_own_piece_of_the_text(
    text: str, pieces: list[str]
) -> None:
    each = normalise_each(text, MOSCOW)
    assert [number.raw for number in each] == pieces
    whole, again = read(text), [read(number.raw) for number in each]
    assert [n.e164 for n in again] == [n.e164 for n in (whole, *whole.more)]
    assert [n.is_matchable for n in again] == [n.is_matchable for n in (whole, *whole.more)]


def test_the_first_valid_number_is_the_answer() -> None:
    """A taxpayer's number in front of the telephone does not hide the telephone."""
    number = read("ИНН 7707083893, 8 916 123-45-67")
    assert number.e164 == MOBILE
    assert [other.kind for other in number.more] == [NumberKind.INVALID]


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "+", "0", "000", "*", "Anonymous", "unavailable", "restricted", "Неизвестный"),
        *("<unknown>", "sip:203.0.113.9", "anonymous@203.0.113.9", "sip:@pbx", "\x00"),
        '"8 916 123-45-67" <sip:anonymous@anonymous.invalid>',
    ],
)
def test_a_caller_who_shows_nothing_is_hidden(text: str) -> None:
    assert as_vector(read(text)) == {"kind": "hidden"}


@pytest.mark.parametrize("text", ["*72101", "#31#", "sip:*72101@pbx", "*8 916 123 45 67"])
def test_a_leading_star_or_hash_makes_a_service_code(text: str) -> None:
    number = read(text)
    assert number.kind is NumberKind.SERVICE
    assert number.value == re.sub(r"[^0-9*#]", "", text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "7707083893",
            "770708389312",
            "8916123456",
            "8916a1234567",
            "1",
            "123456",
            "8" * 40,
            "1" * 16,
        ),
        *("доб. 123", "+101", "12345678 12"),
    ],
)
def test_what_the_numbering_plan_does_not_know_is_invalid(text: str) -> None:
    number = read(text)
    assert (number.kind, number.verified) == (NumberKind.INVALID, False)
    assert len(number.e164 or "") <= len("+123456789012345")


def test_a_local_number_needs_an_area_code() -> None:
    number = normalise("123-00-00", NumberPlan())
    assert (number.kind, number.e164, number.key) == (NumberKind.INVALID, None, None)


def test_only_known_extensions_are_internal_when_they_are_known() -> None:
    plan = NumberPlan(extensions=frozenset({"101", "1000001"}))
    kinds = [normalise(text, plan).kind for text in ("101", "1000001", "102")]
    assert kinds == [NumberKind.INTERNAL, NumberKind.INTERNAL, NumberKind.INVALID]


def test_the_length_of_an_extension_is_the_plan_s() -> None:
    plan = NumberPlan(area_code="3842", extension_lengths=(3, 4))
    kinds = [normalise(text, plan).kind.value for text in ("12", "123", "1234", "12345", "581234")]
    assert kinds == ["invalid", "internal", "internal", "invalid", "external"]


@pytest.mark.parametrize(
    ("region", "text", "e164"),
    [
        ("BY", "8 029 123-45-67", "+375291234567"),
        ("BY", "80291234567", "+375291234567"),
        ("BY", "79161234567", MOBILE),
        ("UA", "044 123-45-67", "+380441234567"),
        ("UZ", "901234567", "+998901234567"),
        ("KZ", "8 701 123 45 67", "+77011234567"),
    ],
)
def test_a_national_number_belongs_to_the_plan_s_region(region: str, text: str, e164: str) -> None:
    assert normalise(text, NumberPlan(region=region)).e164 == e164


def test_the_same_digits_mean_nothing_in_another_region() -> None:
    assert not normalise("80291234567", NumberPlan(region="RU")).verified
    assert not normalise("9161234567", NumberPlan(region="BY")).verified


@pytest.mark.parametrize(
    "text",
    ["8" * 1_000_000, "1," * 500_000, "доб" * 300_000, "(12" * 300_000, "<" * 1_000_000],
)
def test_a_huge_text_is_cut(text: str) -> None:
    assert len(read(text).raw) <= 512
    assert len(mask(text)) <= 512


def test_a_cut_never_goes_through_a_number() -> None:
    """Ten of a number's eleven digits could be somebody else's number."""
    text = "8 916 123-45-67, " + "-" * (512 - 17 - 10) + ",+375291234567"
    assert read(text).more == ()


@given(st.text(max_size=600), st.sampled_from(["RU", "BY", "UA", "KZ", "XX", ""]))
@settings(deadline=None)
def test_no_text_raises(text: str, region: str) -> None:
    number = normalise(text, NumberPlan(region=region, area_code="495"))
    for each in (number, *number.more):
        assert each.verified == (each.kind is NumberKind.EXTERNAL)
        format_national(each), format_international(each), tel_uri(each), search_forms(each)
        assert set(to_json(each)) == {"kind", "e164", "region", "extension"}
    assert "\n" not in mask(text)


@given(st.text(alphabet="0123456789 +-(),;*#~доб.вnext/\n", max_size=60))
@settings(deadline=None, max_examples=400)
def test_reading_a_number_twice_changes_nothing(text: str) -> None:
    number = read(text)
    if number.kind is NumberKind.HIDDEN:
        assert number.e164 is None
    if number.e164 is not None:
        again = read(number.e164)
        assert (again.e164, again.kind) == (number.e164, number.kind)


@given(
    st.from_regex(r"\+?[0-9]{6,17}", fullmatch=True),
    st.sampled_from(["RU", "BY", "KZ", "UA", "UZ"]),
)
@settings(deadline=None, max_examples=400)
def test_digits_read_twice_stay_the_same_in_every_region(digits: str, region: str) -> None:
    plan = NumberPlan(region=region)
    number = normalise(digits, plan)
    if number.e164 is not None:
        assert normalise(number.e164, plan).e164 == number.e164


@given(
    st.sampled_from(["8", "+7", "7", "", "+8", "007", "8~10 7"]),
    st.sampled_from(["495", "812", "916", "903", "800", "701", "843"]),
    st.integers(2_000_000, 9_999_999).map(str),
    st.lists(
        st.sampled_from(["", " ", "-", "\N{NO-BREAK SPACE}", ".", " - "]), min_size=4, max_size=4
    ),
    st.sampled_from(["{}", "({})"]),
)
@settings(deadline=None)
def test_every_spelling_of_a_number_is_the_same_number(
    prefix: str, code: str, rest: str, gaps: list[str], brackets: str
) -> None:
    e164 = f"+7{code}{rest}"
    assume(phonenumbers.is_valid_number(phonenumbers.parse(e164)))
    groups = [prefix, brackets.format(code), rest[:3], rest[3:5], rest[5:]]
    text = groups[0] + "".join(gap + group for gap, group in zip(gaps, groups[1:], strict=True))
    assert read(text).e164 == e164
    assert same_number(read(text), read(e164))
