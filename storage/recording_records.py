"""Recordings as they stand in the database, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RecordingState(StrEnum):
    """How far a recording has come.

    `EXPECTED`: the call ended and should have one; `ARRIVING`: files are being fetched; `BROKEN`:
    files came and nobody can listen to them (they are kept); `MISSING`: nothing came.
    """

    EXPECTED = "expected"
    ARRIVING = "arriving"
    READY = "ready"
    BROKEN = "broken"
    MISSING = "missing"
    DELETED = "deleted"


class PartState(StrEnum):
    """How far a file has come. `EMPTY`: it holds no sample (nobody answered that leg).

    `USED`: it is in the conversation that we keep, also while that is joined anew.
    """

    EXPECTED = "expected"
    ARRIVING = "arriving"
    FETCHED = "fetched"
    USED = "used"
    EMPTY = "empty"
    BROKEN = "broken"
    MISSING = "missing"


OPEN = (RecordingState.EXPECTED, RecordingState.ARRIVING)
"""The states in which there is still something to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPart:
    """A file that the PBX told of; `kind` is a word of `recordings.port.PartKind`."""

    name: str
    kind: str
    leg_id: str = ""
    began_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRecording:
    """A recording that a call should have. Without parts it never began."""

    call_id: str
    pbx: str
    began_at: datetime
    expected_at: datetime
    line: str = ""
    department: str = ""
    trunk: str = ""
    parts: tuple[NewPart, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPart:
    """A file of a recording. `seen_*` are what the last look found; `seen_size` -1: never seen.

    `store_key` is where the file itself is kept, which it is only where it could not be used.
    """

    id: int
    recording_id: int
    pbx: str
    name: str
    kind: str
    leg_id: str
    began_at: datetime | None
    state: PartState
    why: str
    seen_size: int
    seen_changed_at: datetime | None
    seen_at: datetime | None
    size: int
    sha256: str
    store_key: str
    source_deleted_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSound:
    """A conversation in one format, as the store keeps it."""

    format: str
    store_key: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecording:
    """One recording. `why_id` names a sentence of `recordings.sentences`, `why` its details."""

    id: int
    call_id: str
    pbx: str
    line: str
    department: str
    trunk: str
    began_at: datetime
    expected_at: datetime
    state: RecordingState
    why_id: str
    why: str
    tries: int
    next_try_at: datetime | None
    ready_at: datetime | None
    seconds: float
    sides: int
    client_share: float
    our_share: float
    silence_seconds: float
    silences: tuple[tuple[float, float], ...]
    peaks: tuple[tuple[int, ...], ...]
    legal_hold: bool
    held_by: str
    held_why: str
    expires_at: datetime | None
    deleted_at: datetime | None
    deleted_by: str
    parts: tuple[StoredPart, ...] = ()
    sounds: tuple[StoredSound, ...] = ()

    @property
    def playable(self) -> bool:
        """Whether somebody may listen to it; what is joined anew is played as it was before."""
        return self.state in {RecordingState.READY, *OPEN} and bool(self.sounds)

    def sound(self, form: str = "") -> StoredSound | None:
        """The conversation in this format, else in the first there is."""
        wanted = (sound for sound in self.sounds if sound.format == form)
        return next(wanted, None) or next(iter(self.sounds), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What the conversion found out of a conversation."""

    seconds: float = 0.0
    sides: int = 0
    client_share: float = 0.0
    our_share: float = 0.0
    silence_seconds: float = 0.0
    silences: tuple[tuple[float, float], ...] = ()
    peaks: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingFilter:
    """Which recordings to list; what is left out does not matter. `until` is not included."""

    since: datetime | None = None
    until: datetime | None = None
    states: tuple[RecordingState, ...] = ()
    pbx: str = ""
    line: str = ""
    department: str = ""
    held: bool = False
