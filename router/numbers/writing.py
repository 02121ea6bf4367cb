"""How a number is shown to people, to telephones, to other programs and to logs.

Rules: people always see something, at worst what was written; machines see a number only if it
may be dialled; logs see neither.
"""

from enum import StrEnum

import phonenumbers
from phonenumbers import PhoneNumberFormat

from router.numbers.model import NumberKind, PhoneNumber
from router.numbers.text import clean, digits_of

_MASKED_FROM = 7  # digits; shorter ones are extensions and codes, which tell nothing of a client


class DialStyle(StrEnum):
    """How an outgoing line wants its digits."""

    E164 = "e164"
    PLAIN = "plain"
    TRUNK_8 = "trunk_8"


def format_national(number: PhoneNumber, *, home: str = "RU") -> str:
    """Returns a number as people in the home region write it, without its extension.

    A foreign number is written as it is dialled from there (`8~10 375 …`).
    """
    if number.whole_e164 is None:
        return number.value or number.raw
    parsed = phonenumbers.parse(number.whole_e164)
    if parsed.country_code == phonenumbers.country_code_for_region(home):
        return phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL)
    return phonenumbers.format_out_of_country_calling_number(parsed, home)


def format_international(number: PhoneNumber) -> str:
    """Returns a number as the world writes it (`+7 916 123-45-67`), without its extension."""
    if number.whole_e164 is None:
        return number.value or number.raw
    return phonenumbers.format_number(
        phonenumbers.parse(number.whole_e164), PhoneNumberFormat.INTERNATIONAL
    )


def tel_uri(number: PhoneNumber) -> str | None:
    """Returns the `tel:` URI of RFC 3966 with its extension; None if it must not be dialled."""
    if number.e164 is None or not number.is_matchable:
        return None
    parsed = phonenumbers.parse(number.e164)
    uri = phonenumbers.format_number(parsed, PhoneNumberFormat.RFC3966)
    return f"{uri};ext={number.extension}" if number.extension else uri


def digits_for_dialling(number: PhoneNumber, *, prefix_style: DialStyle) -> str | None:
    """Returns what an outgoing line dials, or None for what must not be dialled.

    TRUNK_8 is the Russian and Kazakh way: `8…` inside +7, `810…` abroad. Internal numbers and
    service codes are dialled as they are.
    """
    if number.kind in {NumberKind.INTERNAL, NumberKind.SERVICE}:
        return number.value
    if number.e164 is None or not number.is_matchable:
        return None
    digits = number.e164.removeprefix("+")
    if prefix_style is DialStyle.E164:
        return number.e164
    if prefix_style is DialStyle.PLAIN:
        return digits
    return f"8{digits[1:]}" if digits.startswith("7") else f"810{digits}"


def to_json(number: PhoneNumber) -> dict[str, str | None]:
    """Returns the shape in which other programs get a number.

    `e164` of an invalid number is only what its digits would mean.
    `extension` is the client's own extension, and for an internal number that number itself.
    """
    internal = number.kind is NumberKind.INTERNAL
    return {
        "kind": number.kind.value,
        "e164": number.e164,
        "region": number.region,
        "extension": number.value if internal else number.extension,
    }


def mask(text: str) -> str:
    """Returns a text fit for a log: of seven digits or more, country code and the last two stay.

    The text is cut, and rid of line breaks and invisible marks as well. A country code is what
    follows a `+`, or the 7 or 8 that leads eleven digits.
    """
    shown = clean(text).replace("\n", " ")
    digits = digits_of(shown)
    if len(digits) < _MASKED_FROM:
        return shown
    first, last = _country_code_length(shown, digits), len(digits) - 2
    masked, place = [], 0
    for char in shown:
        is_digit = char in "0123456789"
        masked.append("*" if is_digit and first <= place < last else char)
        place += is_digit
    return "".join(masked)


def _country_code_length(shown: str, digits: str) -> int:
    if "+" in shown.partition(digits[0])[0]:
        codes = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
        return next((size for size in (1, 2, 3) if int(digits[:size]) in codes), 0)
    return 1 if len(digits) >= 11 and digits[0] in "78" else 0
