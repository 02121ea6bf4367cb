"""Telephone numbers: from whatever people and exchanges write to one comparable form.

Rules of this folder:

* `normalise` never raises and never guesses: a number that the numbering plan does not know is
  kept for people to see, but is not used to find a client.
* The library `phonenumbers` judges validity. What it loses or glues (Russian words for an
  extension, pauses, names, `00`, `+8`) is put right before it is asked.
* `normalise` is for what people write, `read_caller` for what an exchange shows as the caller.
* Everything here is a pure function of its arguments.
"""

from router.numbers.matching import same_number, search_forms
from router.numbers.model import NumberKind, NumberPlan, PhoneNumber
from router.numbers.reading import normalise, normalise_each, read_caller
from router.numbers.writing import (
    DialStyle,
    digits_for_dialling,
    format_international,
    format_national,
    mask,
    tel_uri,
    to_json,
)

__all__ = [
    "DialStyle",
    "NumberKind",
    "NumberPlan",
    "PhoneNumber",
    "digits_for_dialling",
    "format_international",
    "format_national",
    "mask",
    "normalise",
    "normalise_each",
    "read_caller",
    "same_number",
    "search_forms",
    "tel_uri",
    "to_json",
]
