"""What a listener should know of a conversation that is not whole, as the row keeps it."""

from __future__ import annotations

from collections.abc import Iterable

from recordings.joining import Doubt
from recordings.orders import Result
from storage.recording_records import PartState, StoredRecording


def named(names: Iterable[str]) -> str:
    """Names of files for people; of a link without its question, which may be a key to it."""
    return ", ".join(name.partition("?")[0] if "://" in name else name for name in names)


def worst_of(recording: StoredRecording, result: Result) -> tuple[str, str]:
    """The sentence of a conversation, by id and details; "" where it is whole."""
    if result.too_long:
        return "too-long", ""
    missing = [
        part.name for part in recording.parts if part.state in {PartState.MISSING, PartState.BROKEN}
    ]
    if missing:
        return "part-missing", named(missing)
    worst = next((part for part in result.parts if part.why_id), None)
    return (worst.why_id, worst.detail) if worst else _doubted(result)


def _doubted(result: Result) -> tuple[str, str]:
    """Whether a part was left out, else whether one may stand in the wrong place."""
    for doubt in (Doubt.TOO_LATE, Doubt.NO_TIME):
        if names := [name for name, what in result.doubts if what == doubt]:
            return str(doubt), named(names)
    return "", ""
