"""What is told to an administrator, in Russian and in English.

One sentence says what is wrong and what to write instead. Each has a stable id; gaps are filled by
`say`. A language that is not Russian is answered in English.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from config.sentences_office import OFFICE_SENTENCES
from config.sentences_settings import SETTINGS_SENTENCES
from config.sentences_values import VALUE_SENTENCES

_SENTENCES = {**VALUE_SENTENCES, **OFFICE_SENTENCES, **SETTINGS_SENTENCES}
_LONGEST_QUOTE = 60


def say(language: str, sentence: str, /, **about: object) -> str:
    """Returns the sentence with its gaps filled; long values are shortened."""
    russian, english = _SENTENCES[sentence]
    filled = {name: _short(value) for name, value in about.items()}
    return (russian if language == "ru" else english).format(**filled)


def nearest(word: str, words: Iterable[str]) -> str | None:
    """Returns the word that was probably meant."""
    known = {known.casefold(): known for known in words}
    found = get_close_matches(word.casefold(), known, n=1, cutoff=0.6)
    return known[found[0]] if found else None


def did_you_mean(language: str, word: str, words: Iterable[str]) -> str:
    """Returns what an unknown word could have been: the nearest one, or all there are."""
    known = sorted(words)
    close = nearest(word, known)
    if close:
        return say(language, "did-you-mean", word=close)
    return say(language, "known-words", words=", ".join(known)) if known else ""


def _short(value: object) -> str:
    text = str(value)
    if isinstance(value, str) and ", " not in text and len(text) > _LONGEST_QUOTE:
        text = text[:_LONGEST_QUOTE] + "…"
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
