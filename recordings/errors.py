"""What can go wrong with a recording on its way from a PBX to a listener.

Every error holds a sentence for people. `again` says whether the same try may work later: a PBX
that does not answer may answer tomorrow, but a web page never becomes a conversation.

    RecordingError
    └── SourceError              a source has not given us the file
        ├── SourceUnavailable    it cannot be asked now (again)
        ├── SourceRefused        it does not let us in: a password, a right (again)
        │   └── LinkExpired      a link does not let us in: nobody here can mend it (for a while)
        ├── FileMissing          the file is not there, or gone in the middle (again)
        ├── NameRefused          the name is a path or holds what no name of ours holds
        ├── AddressRefused       the address leads where we never go: inside, elsewhere, no HTTP
        ├── TooLong              more bytes than we are ready to take
        └── NoSound              the bytes are no sound
    ├── BrokenSound              a file that came whole and cannot be listened to
    ├── ConversionFailed         the conversion was stopped or could not begin (again, some times)
    ├── StoreError               our own store has not taken or given a sound
    │   ├── StoreFull            no room is left (again)
    │   ├── StoreDamaged         what lies there is not what was put there
    │   └── KeyRefused           a key that the store never gave out
    └── LinkRefused              a signed link that is forged or too old

The errors below `SourceError` carry a finished sentence. The others name a sentence by its id, for
`recordings.sentences`, and tell details that belong into it.
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


class LinkExpired(SourceRefused):
    """A provider's link does not let us in; asked for as long as a file that is not there."""


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


class _ToldError(RecordingError):
    """An error whose sentence is known by an id; `detail` fills it."""

    def __init__(self, why_id: str, detail: str = "") -> None:
        super().__init__(f"{why_id}: {detail}" if detail else why_id)
        self.why_id = why_id
        self.detail = detail


class BrokenSound(_ToldError):  # noqa: N818 (the project's word for it)
    """A file that came whole and cannot be listened to."""


class ConversionFailed(_ToldError):  # noqa: N818 (the project's word for it)
    """A conversion that was stopped by a limit, or could not begin; `IDS` are its sentences."""

    IDS: ClassVar = frozenset(
        {"no-ffmpeg", "encoder-stopped", "too-slow", "too-much-time", "too-much-memory", "stopped"}
    )
    again = True


class StoreError(_ToldError):
    """Our own store has not taken or given a sound."""


class StoreFull(StoreError):  # noqa: N818 (the project's word for it)
    """No room is left; what was begun was taken away again."""

    again = True


class StoreDamaged(StoreError):  # noqa: N818 (the project's word for it)
    """What lies in the store is not what was put there, or is gone."""


class KeyRefused(StoreError):  # noqa: N818 (the project's word for it)
    """A key that this store never gave out; nothing was opened."""


class LinkRefused(_ToldError):  # noqa: N818 (the project's word for it)
    """A signed link that is forged or too old."""
