"""What a command's exit code means, and the one error that a command itself raises.

The codes are a promise to scripts: they are documented in `docs/commands.md` and never reused.
"""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes of every command."""

    FINE = 0
    FOUND = 1
    """A finding, or nothing found where something was asked for."""
    WRONG = 2
    """Wrong usage, or a mistake in a file or in the settings."""
    UNREACHABLE = 3
    """The database, the PBX or the service cannot be reached."""
    REFUSED = 4
    """Asked rightly, but it cannot be done as things stand, or a person said no."""
    BUG = 70
    """A mistake in the program itself."""
    INTERRUPTED = 130
    """Ctrl-C."""
    PIPE_CLOSED = 141
    """Whoever read the output went away."""


class Trouble(Exception):  # noqa: N818 - not always an error: also "nothing found"
    """What stops a command: an exit code and a sentence by its id (see `texts`)."""

    def __init__(self, code: Exit, sentence: str, /, **about: object) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.about = about
