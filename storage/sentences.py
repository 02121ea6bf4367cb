"""Sentences that know themselves in Russian, so that whoever tells them need not know them.

What happens deep in a room is told at its door, in the reader's language, which only the door
knows. A sentence is its English text, for the log and for programs, and carries the Russian one.

What is kept (a gap's reason, an alarm that outlives a restart) is kept in English. A `Form` finds
its gaps in such a text again, so that the door can tell it in Russian as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Self


class Sentence(str):
    """An English sentence with its Russian one; used like any text."""

    __slots__ = ("russian",)
    russian: str

    def __new__(cls, english: str, russian: str) -> Self:
        """Joins the two."""
        made = super().__new__(cls, english)
        made.russian = russian
        return made


@dataclass(frozen=True, slots=True)
class Form:
    """A sentence with gaps, such as `{host} is away: {why}`, in both languages.

    No two gaps stand side by side, each stands once in the English text, and some text is there
    beside them: otherwise it could not be read again.
    """

    english: str
    russian: str

    def __call__(self, **about: object) -> Sentence:
        """Fills the gaps, each in the language of the text around it."""
        theirs = {name: in_language(value, "ru") for name, value in about.items()}
        return Sentence(self.english.format(**about), self.russian.format(**theirs))

    def gaps_in(self, text: str) -> Mapping[str, str] | None:
        """What fills the gaps in an English text of this form; None where it is of another."""
        found = _pattern(self.english).fullmatch(text)
        return found.groupdict() if found else None


def read_again(text: str, forms: Iterable[Form]) -> str:
    """An English text that was kept, as the sentence that it was; of no known form: as it is."""
    if isinstance(text, Sentence):
        return text
    known = tuple(forms)
    for form in known:
        about = form.gaps_in(text)
        if about is not None:
            return form(**{name: read_again(value, known) for name, value in about.items()})
    return text


def message_of(error: BaseException) -> str:
    """An error's sentence with its Russian one, where it has one; `str` would lose it."""
    if error.args and isinstance(error.args[0], Sentence):
        return error.args[0]
    return str(error) or repr(error)


def joined(parts: Iterable[str]) -> Sentence:
    """Sentences behind one another."""
    told = tuple(parts)
    return Sentence(" ".join(told), " ".join(str(in_language(each, "ru")) for each in told))


@lru_cache(maxsize=256)
def _pattern(english: str) -> re.Pattern[str]:
    text = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.*)", re.escape(english))
    return re.compile(text, re.DOTALL)


def in_language(told: object, language: str) -> object:
    """What is told, in Russian where that is asked for and known: a text, or an error with one."""
    text = told.args[0] if isinstance(told, Exception) and told.args else told
    return text.russian if language == "ru" and isinstance(text, Sentence) else told
