"""What can go wrong with the memory of the service.

StorageError
├── StorageUnavailable   the database cannot be opened or is not what we expect
├── StorageBusy          more work waits than the queue may hold; the caller keeps his copy
├── StorageClosed        the writer was stopped before the work was written
└── CallbackNotOpen      an item that nobody has to work on any more
WorkWaits                (RuntimeError) a work waits for something else than its unit: our mistake
NaiveInstant             (ValueError) an instant without a time zone was handed in: our mistake

Every message is a `Sentence` for a person: what happened, what it means, what to do.
"""

from __future__ import annotations


class StorageError(Exception):
    """Something is wrong with the database; the message says what to do."""


class StorageUnavailable(StorageError):  # noqa: N818 - the name is the sentence
    """The database cannot be opened, written or understood."""


class StorageBusy(StorageError):  # noqa: N818 - the name is the sentence
    """The queue of the writer is full; nothing of the refused work was kept."""


class StorageClosed(StorageError):  # noqa: N818 - the name is the sentence
    """The writer stopped before this work was written."""


class CallbackNotOpen(StorageError):  # noqa: N818 - the name is the sentence
    """The callback is closed or was never there."""


class WorkWaits(RuntimeError):  # noqa: N818 - the name is the sentence
    """A work waits for something that is not its unit of work."""


class NaiveInstant(ValueError):  # noqa: N818 - the name is the sentence
    """An instant without a time zone: nobody could say later when that was."""
