"""What a client is found by, and what somebody who types means.

Rules:

1. A client is found by the *words* of his name, by the parts of his applications' numbers, and by
   his telephone numbers read from the end. A word is found by its beginning.
2. Words are folded: no capitals, ё is е, signs separate. What is kept and what is typed are folded
   alike; whoever changes that must fill the index anew by a migration.
3. A number that can be read as a whole is compared whole, however it is written. Of part of a
   number both the beginning and the end may be meant: people remember the last digits.
4. What is typed is one question: every word of it must be found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from router.numbers import NumberPlan, PhoneNumber, normalise

LONGEST_WORD = 32
MOST_WORDS = 24
TYPED_CHARACTERS = 200
TYPED_WORDS = 8
SHORTEST_TAIL = 3
"""Digits by which a number is looked for from its end."""

TAIL = "#"
"""Stands before a telephone number read from its end; no word of a name begins with it."""

_WORDS = re.compile(r"[^\W_]+")
_TELEPHONE = re.compile(r"[\d\s()+\-.–—/]*\d[\d\s()+\-.–—/]*")
_NATIONAL_DIGITS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for.

    Each of these is a way to be found, and one is enough. `key`: the text as it was typed, for a
    client's own key. `e164`: a whole number. `prefix`: the beginning of a number as a client base
    keeps it for matching (its last ten digits). `tail`: the end of one, read backwards. `words`:
    all of them, each by one of the beginnings that it may be meant as.
    """

    key: str = ""
    e164: str = ""
    prefix: str = ""
    tail: str = ""
    words: tuple[tuple[str, ...], ...] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing was asked."""
        return not self.key


def folded(text: str) -> str:
    """A text as it is compared."""
    return unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")


def words_in(text: str) -> tuple[str, ...]:
    """The words of a text in their order, each once."""
    found = (word[:LONGEST_WORD] for word in _WORDS.findall(folded(text)))
    return tuple(dict.fromkeys(found))


def words_of_client(
    name: str, numbers: Iterable[str] = (), applications: Iterable[str] = ()
) -> frozenset[str]:
    """Every word that a client is kept under; numbers are E.164 or as they were written."""
    words = list(words_in(name)[:MOST_WORDS])
    for key in applications:
        for word in words_in(key)[:MOST_WORDS]:
            words.append(word)
            if word.isdecimal() and word.lstrip("0"):
                words.append(word.lstrip("0"))
    words.extend(tail for number in numbers if (tail := tail_of(number)))
    return frozenset(words)


def tail_of(number: str) -> str:
    """A number read from its end, ten digits at most; empty where there are too few."""
    digits = _digits(number)[-_NATIONAL_DIGITS:]
    return TAIL + digits[::-1] if len(digits) >= SHORTEST_TAIL else ""


def wanted(typed: str, plan: NumberPlan) -> Wanted:
    """What somebody means who types this."""
    text = " ".join(typed[:TYPED_CHARACTERS].split())
    if not text:
        return Wanted()
    if not _TELEPHONE.fullmatch(text):
        named = words_in(text)[:TYPED_WORDS]
        return Wanted(key=text, words=tuple(_beginnings(word) for word in named))
    e164 = _whole(normalise(text, plan))
    if e164:
        return Wanted(key=text, e164=e164)
    digits = _digits(text)
    apart = tuple((word,) for word in words_in(text)[:TYPED_WORDS])
    return Wanted(key=text, prefix=_prefix(digits), tail=tail_of(digits), words=apart)


def _beginnings(word: str) -> tuple[str, ...]:
    """A typed word as the beginnings that it may be meant as."""
    tail = tail_of(word) if word.isdecimal() else ""
    return (word, tail) if tail else (word,)


def _whole(number: PhoneNumber) -> str:
    return number.e164 if number.e164 and number.is_matchable else ""


def _prefix(digits: str) -> str:
    """The beginning of a number without what is dialled before it; empty where it is too short."""
    if digits[:1] in {"7", "8"} and len(digits) > SHORTEST_TAIL:
        digits = digits[1:]
    return digits if SHORTEST_TAIL <= len(digits) < _NATIONAL_DIGITS else ""


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdecimal())
