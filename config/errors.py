"""What can be wrong with what an administrator wrote.

ConfigError
├── Unreadable          one value, before it is known where it stands
└── Mistakes            a whole file; nothing of it is applied
    ├── OfficeMistakes
    └── SettingsMistakes
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One thing to mend: where it stands and a sentence that says what to write instead.

    `line` counts from 1; 0 where a value does not come from a file (the environment). `path` is the
    dotted key: `managers.ivanova.extension`.
    """

    file: str
    line: int
    path: str
    sentence: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return (
            f"{place}: {self.path}: {self.sentence}" if self.path else f"{place}: {self.sentence}"
        )


class ConfigError(Exception):
    """Something in the settings or the office file cannot be used."""


class Unreadable(ConfigError, ValueError):  # noqa: N818 - a state of a value, not of the program
    """A value that cannot be read: the id of a sentence and what fills its gaps.

    `words` are those that could have been meant: they become the sentence's hint.
    """

    def __init__(self, sentence: str, /, words: Iterable[str] = (), **about: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.words = tuple(words)
        self.about = about


class Mistakes(ConfigError):  # noqa: N818 - many at once; the word of the workspace
    """All mistakes of a file at once, in the order of its lines."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = sorted(mistakes, key=lambda mistake: (mistake.file, mistake.line))
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


class OfficeMistakes(Mistakes):
    """The office file is not applied; the office stays as it was."""


class SettingsMistakes(Mistakes):
    """The service does not start with these settings."""
