"""What `dozvon check` finds: one finding is one line for a person and one object for a program.

A finding is an id, a grade and what fills the gaps of its sentence; the sentence itself stands in
`texts_check` and says what is so, what it means and what to do. Ids are a promise to scripts:
`docs/install.md` lists them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from dozvon.setup.texts_check import CHECKS


class Grade(StrEnum):
    """How much a finding matters; only `error` makes the check fail."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line. `place` is the PBX's key, or empty for this machine."""

    id: str
    grade: Grade
    place: str = ""
    about: Mapping[str, object] = field(default_factory=dict)

    def sentence(self, language: str) -> str:
        """The line in the reader's language, not yet cleaned for a terminal."""
        russian, english = CHECKS[self.id]
        return (russian if language == "ru" else english).format(**self.about)


def fine(identity: str, place: str = "", **about: object) -> Finding:
    """What is as it should be."""
    return Finding(id=identity, grade=Grade.OK, place=place, about=about)


def note(identity: str, place: str = "", **about: object) -> Finding:
    """What one may want to know and need not change."""
    return Finding(id=identity, grade=Grade.NOTE, place=place, about=about)


def warning(identity: str, place: str = "", **about: object) -> Finding:
    """What works today and will hurt some day."""
    return Finding(id=identity, grade=Grade.WARNING, place=place, about=about)


def error(identity: str, place: str = "", **about: object) -> Finding:
    """What calls suffer from now."""
    return Finding(id=identity, grade=Grade.ERROR, place=place, about=about)


def failed(findings: Iterable[Finding], *, strict: bool = False) -> bool:
    """Whether a check has failed; `strict` counts warnings too."""
    bad = {Grade.ERROR, Grade.WARNING} if strict else {Grade.ERROR}
    return any(finding.grade in bad for finding in findings)
