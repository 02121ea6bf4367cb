"""What is known about a telephone number once it has been read.

A number is a fact, so it is frozen. `kind` says what may be done with it: only an external number
is looked up among clients, only an internal one is a colleague's telephone.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

# The library's data lags behind new Russian ranges; such a number is real more often than not.
_PLAUSIBLE_RUSSIAN = re.compile(r"\+7[3489][0-9]{9}")


class NumberKind(StrEnum):
    """What a text turned out to be."""

    EXTERNAL = "external"
    INTERNAL = "internal"
    SERVICE = "service"
    HIDDEN = "hidden"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneNumber:
    """One number as it was read.

    raw: the text it was read from, cut to a sane length.
    e164: `+` and digits. A number of kind INVALID may have one too, for people to see: it is what
        the digits would mean, if they meant anything.
    region: ISO 3166 code; of an unverified number the best guess.
    key: finds candidates in a client base: the last 10 digits inside +7, else the last 9 of the
        national number; None when there are fewer. `same_number` decides between candidates.
    extension: the client's own extension behind his company's number.
    value: the digits of an internal number or of a service code.
    verified: the numbering plan knows the number. True exactly for external numbers.
    digit_lost: unverified, and rather eleven digits of which one is missing than what `e164` says.
    more: further numbers written in the same field.
    """

    raw: str
    kind: NumberKind
    e164: str | None = None
    region: str | None = None
    key: str | None = None
    extension: str | None = None
    value: str | None = None
    verified: bool = False
    digit_lost: bool = False
    more: tuple["PhoneNumber", ...] = ()

    @property
    def whole_e164(self) -> str | None:
        """E.164 as it may be kept and handed on alone; None where a digit is lost.

        Read again, it would pass for a number as it was written.
        """
        return None if self.digit_lost else self.e164

    @property
    def is_matchable(self) -> bool:
        """Says whether the number may identify a client.

        True for verified numbers, and for eleven digits +73…, +74…, +78…, +79… that the library
        does not know (yet), if eleven were written. Any other unverified number is shown to people
        and matched to nobody.
        """
        if self.e164 is None or self.digit_lost:
            return False
        return self.verified or _PLAUSIBLE_RUSSIAN.fullmatch(self.e164) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberPlan:
    """How the office's own exchange reads digits.

    region: the ISO 3166 code whose national numbers are written without a country code.
    area_code: completes local numbers of 5 to 7 digits; None leaves them invalid.
    extension_lengths: shortest and longest extension, used while `extensions` is not given.
    extensions: the extensions that exist; when given, only these are internal.
    """

    region: str = "RU"
    area_code: str | None = None
    extension_lengths: tuple[int, int] = (2, 5)
    extensions: frozenset[str] | None = None

    def is_extension(self, digits: str) -> bool:
        """Says whether bare digits are one of the office's own extensions."""
        if self.extensions is not None:
            return digits in self.extensions
        shortest, longest = self.extension_lengths
        return shortest <= len(digits) <= longest
