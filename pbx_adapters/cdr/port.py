"""What every source of call records keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pbx_adapters.cdr.rows import CdrRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Records as they stood in the source, and how many lines could not be read."""

    rows: tuple[CdrRow, ...]
    damaged: int = 0


class CdrSource(Protocol):
    """Where a PBX keeps its call records."""

    def read(self, since: datetime, until: datetime) -> Reading:
        """Records that began in [since, until), instants with a zone.

        It blocks: call it in a thread. Raises `CdrError` with a sentence.
        """
        ...
