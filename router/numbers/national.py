"""The numbering side: what a row of digits can mean, and whether the library knows it.

The library accepts as "possible" what is one digit short and reads `00375…` as a Russian number
(measured with 9.0.43), therefore prefixes are put right here and only "valid" counts.

Rules for +7, which Russia and Kazakhstan share: `8` is the trunk prefix, `8~10` and `00` lead
abroad, `+8…` is a typing error for `+7…`. A reading that the library finds valid wins over the
earlier ones that it does not; if it likes none, the first one is shown to people.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import phonenumbers
from phonenumbers import REGION_CODE_FOR_NON_GEO_ENTITY, PhoneNumberFormat, ValidationResult

from router.numbers.model import NumberPlan

_PLUS_SEVEN = frozenset({"RU", "KZ"})
_DIALS_8_10 = frozenset({"RU", "KZ", "BY", "UZ", "TM", "TJ", "KG", "UA", "AM", "AZ", "GE", "MD"})
# Exchanges send neighbours' numbers in full and without the plus.
_NEIGHBOURS = re.compile(r"(?:37[345]|380|99[2-68])[0-9]{8,9}")
_ABROAD = re.compile(r"8?10([0-9]{9,15})")
_ABROAD_00 = re.compile(r"00([0-9]{9,14})")
_E164_DIGITS = 15  # ITU-T E.164
_OUTSIDE_LINE = "9"  # no country code begins with 0, and 1 is rather America
_SHORTEST_BARE = 11  # fewer digits without a plus may be a number of this country
_TOO_SHORT_TO_SHOW = frozenset(
    {
        ValidationResult.TOO_SHORT,
        ValidationResult.IS_POSSIBLE_LOCAL_ONLY,
        ValidationResult.INVALID_COUNTRY_CODE,
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One meaning of a row of digits, and whether the numbering plan knows it.

    digit_lost: the plan does not, and the digits look like a longer number without one of them.
    """

    e164: str
    region: str | None
    key: str | None
    valid: bool
    digit_lost: bool = False


def read(digits: str, plan: NumberPlan, *, plus: bool, local: bool = True) -> Reading | None:
    """Returns the best reading of digits: a valid one, else a plausible one, else None.

    plus: the digits were written behind a `+`.
    local: five to seven digits may be completed by the plan's area code.
    """
    first: Reading | None = None
    for candidate in _candidates(digits, plan, plus=plus, local=local):
        reading = _parse(candidate, plan.region)
        if reading and reading.valid:
            return reading
        if reading and not _is_mistyped(reading, plan):
            first = first or reading
    if first and not plus and _has_trunk_only(digits, plan):
        return replace(first, digit_lost=True)
    return first


def read_abroad(digits: str, plan: NumberPlan) -> Reading | None:
    """Returns the valid number of a country that digits are behind a `+`; None if of none.

    What may as well be a number at home behind the digit of an outside line is none.
    """
    if not _SHORTEST_BARE <= len(digits) <= _E164_DIGITS or _is_behind_outside_line(digits, plan):
        return None
    reading = _parse(f"+{digits}", region="")
    in_a_country = reading and reading.valid and reading.region != REGION_CODE_FOR_NON_GEO_ENTITY
    return reading if in_a_country else None


def _is_behind_outside_line(digits: str, plan: NumberPlan) -> bool:
    """Says whether exchanges that show the digit of the line may mean a number at home."""
    if not digits.startswith(_OUTSIDE_LINE):
        return False
    rest = digits.removeprefix(_OUTSIDE_LINE)
    reading = read(rest, plan, plus=False, local=False)
    in_full = plan.region in _PLUS_SEVEN and len(rest) == 11
    home = _PLUS_SEVEN if in_full else {plan.region}
    return reading is not None and reading.valid and reading.region in home


def _has_trunk_only(digits: str, plan: NumberPlan) -> bool:
    """Says whether ten digits begin with the trunk prefix, which stands before ten others."""
    return plan.region in _PLUS_SEVEN and len(digits) == 10 and digits.startswith("8")


def _is_mistyped(reading: Reading, plan: NumberPlan) -> bool:
    """Says whether an unknown number leads with `+8`, where people mean `+7`."""
    return plan.region in _PLUS_SEVEN and reading.e164.startswith("+8")


def find_valid(text: str, plan: NumberPlan) -> list[Reading]:
    """Returns the valid numbers that the library finds inside a text with other digits."""
    matches = phonenumbers.PhoneNumberMatcher(
        text,
        plan.region,
        leniency=phonenumbers.Leniency.VALID,
        max_tries=20,
    )
    return [_reading(match.number) for match in matches]


def _candidates(digits: str, plan: NumberPlan, *, plus: bool, local: bool) -> Iterator[str]:
    abroad = _ABROAD_00.fullmatch(digits)
    if not abroad and plan.region in _DIALS_8_10:
        abroad = _ABROAD.fullmatch(digits)
    if abroad and not (plus and digits.startswith("10")):
        yield from _candidates(abroad[1], plan, plus=True, local=False)
    elif plus:
        yield from _behind_plus(digits, plan)
    else:
        yield from _without_plus(digits, plan, local=local)


def _behind_plus(digits: str, plan: NumberPlan) -> Iterator[str]:
    if plan.region in _PLUS_SEVEN and len(digits) == 11 and digits.startswith("8"):
        yield f"+7{digits[1:]}"
    yield f"+{digits}"


def _without_plus(digits: str, plan: NumberPlan, *, local: bool) -> Iterator[str]:
    if plan.region in _PLUS_SEVEN:
        if len(digits) == 11 and digits[0] in "78":
            yield f"+7{digits[1:]}"
        elif len(digits) == 10 and digits[0] in "34789":
            yield f"+7{digits}"
    if local and plan.area_code and 5 <= len(digits) <= 7:
        yield f"{plan.area_code}{digits}"
    yield digits
    if _NEIGHBOURS.fullmatch(digits) or (len(digits) == 11 and digits[0] == "7"):
        yield f"+{digits}"


def _parse(text: str, region: str) -> Reading | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    reading = _reading(number)
    if reading.valid:
        return reading
    length = phonenumbers.is_possible_number_with_reason(number)
    if length in _TOO_SHORT_TO_SHOW:
        return None
    return reading if _can_be_written(reading.e164) else None


def _can_be_written(e164: str) -> bool:
    """Says whether a number that nobody knows would at least be read again as itself."""
    if len(e164) > _E164_DIGITS + 1:
        return False
    try:
        again = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.format_number(again, PhoneNumberFormat.E164) == e164


def _reading(number: phonenumbers.PhoneNumber) -> Reading:
    code = number.country_code or 0
    region = phonenumbers.region_code_for_number(number)
    return Reading(
        e164=phonenumbers.format_number(number, PhoneNumberFormat.E164),
        region=region or phonenumbers.region_code_for_country_code(code),
        key=_key(code, phonenumbers.national_significant_number(number)),
        valid=phonenumbers.is_valid_number(number),
    )


def _key(country_code: int, national: str) -> str | None:
    length = 10 if country_code == 7 else 9
    return national[-length:] if len(national) >= length else None
