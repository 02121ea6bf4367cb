"""What can go wrong with a recording on its way from a PBX to a listener.

Every error holds a sentence for people. `again` says whether the same try may work later: a PBX
that does not answer may answer tomorrow, but a web page never becomes a conversation.

    RecordingError
    └── SourceError              a source has not given us the file
        ├── SourceUnavailable    it cannot be asked now (again)
        ├── SourceRefused        it does not let us in: a password, a right (again)
        ├── FileMissing          the file is not there, or gone in the middle (again)
        ├── NameRefused          the name is a path or holds what no name of ours holds
        ├── AddressRefused       the address leads where we never go: inside, elsewhere, no HTTP
        ├── TooLong              more bytes than we are ready to take
        └── NoSound              the bytes are no sound
"""

from __future__ import annotations

from typing import ClassVar


class RecordingError(Exception):
    """Is the root of everything that goes wrong with a recording."""

    again: ClassVar[bool] = False


class SourceError(RecordingError):
    """A source has not given us a file."""


class SourceUnavailable(SourceError):  # noqa: N818 (the project's word for it)
    """The source cannot be asked at this moment."""

    again = True


class SourceRefused(SourceError):  # noqa: N818 (the project's word for it)
    """The source does not let us in; somebody has to give us a right or a password."""

    again = True


class FileMissing(SourceError):  # noqa: N818 (the project's word for it)
    """The file is not at the source, or went away while it was copied."""

    again = True


class NameRefused(SourceError):  # noqa: N818 (the project's word for it)
    """A name that could lead out of the source's folder; nothing was asked."""


class AddressRefused(SourceError):  # noqa: N818 (the project's word for it)
    """An address that leads where we never go; nothing was asked."""


class TooLong(SourceError):  # noqa: N818 (the project's word for it)
    """The file is longer than we are ready to take."""


class NoSound(SourceError):  # noqa: N818 (the project's word for it)
    """What the source gives is no sound: a web page, a text, nothing."""
