"""What the converting process is asked and what it answers, as values that go through JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from recordings.joining import LONGEST_SECONDS
from recordings.port import PartKind

MEMORY_BYTES = 1 << 30
"""Address space, not memory in use: ffmpeg's libraries alone claim half a gigabyte of it."""
MOST_BYTES = 2 << 30
CPU_SECONDS = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedPart:
    """One file to be joined in."""

    name: str
    path: Path
    kind: PartKind
    began_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Join these parts into `folder`, in these formats; an empty `ffmpeg` means WAV only."""

    parts: tuple[OrderedPart, ...]
    folder: Path
    formats: tuple[str, ...] = ("mp3",)
    ffmpeg: str = ""
    longest_seconds: float = LONGEST_SECONDS
    memory_bytes: int = MEMORY_BYTES
    cpu_seconds: int = CPU_SECONDS
    most_bytes: int = MOST_BYTES

    def as_json(self) -> dict[str, Any]:
        """Plain values for JSON."""
        plain = asdict(self) | {"folder": str(self.folder)}
        plain["parts"] = [
            {
                "name": part.name,
                "path": str(part.path),
                "kind": str(part.kind),
                "began_at": part.began_at.isoformat() if part.began_at else None,
            }
            for part in self.parts
        ]
        return plain

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Self:
        """An order from its plain values."""
        parts = tuple(
            OrderedPart(
                name=part["name"],
                path=Path(part["path"]),
                kind=PartKind(part["kind"]),
                began_at=datetime.fromisoformat(part["began_at"]) if part["began_at"] else None,
            )
            for part in plain["parts"]
        )
        changed = {"parts": parts, "folder": Path(plain["folder"])}
        return cls(**{**plain, **changed, "formats": tuple(plain["formats"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class PartResult:
    """What became of a part; `why_id` names what is wrong with it (`recordings.sentences`)."""

    name: str
    seconds: float = 0.0
    why_id: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultSound:
    """A file that was made."""

    format: str
    path: Path
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The conversation; `sounds` is empty where no part could be listened to."""

    seconds: float = 0.0
    sides: int = 0
    peaks: tuple[tuple[int, ...], ...] = ()
    talk_shares: tuple[float, ...] = ()
    silences: tuple[tuple[float, float], ...] = ()
    too_long: bool = False
    doubts: tuple[tuple[str, str], ...] = ()
    parts: tuple[PartResult, ...] = ()
    sounds: tuple[ResultSound, ...] = ()

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Self:
        """A result from its plain values."""
        changed: dict[str, Any] = {
            "peaks": tuple(tuple(side) for side in plain["peaks"]),
            "talk_shares": tuple(plain["talk_shares"]),
            "silences": tuple((begin, end) for begin, end in plain["silences"]),
            "doubts": tuple((name, doubt) for name, doubt in plain["doubts"]),
            "parts": tuple(PartResult(**part) for part in plain["parts"]),
            "sounds": tuple(
                ResultSound(**{**sound, "path": Path(sound["path"])}) for sound in plain["sounds"]
            ),
        }
        return cls(**{**plain, **changed})
