"""Sentences that know themselves in Russian, so that whoever tells them need not know them.

What happens deep in a room is told at its door, in the reader's language, which only the door
knows. A sentence is its English text, for the log and for programs, and carries the Russian one.
"""

from __future__ import annotations

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


def in_language(told: object, language: str) -> object:
    """What is told, in Russian where that is asked for and known: a text, or an error with one."""
    text = told.args[0] if isinstance(told, Exception) and told.args else told
    return text.russian if language == "ru" and isinstance(text, Sentence) else told
