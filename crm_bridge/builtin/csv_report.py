"""What became of a file: counts that are whole, and sentences that are kept up to a limit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from crm_bridge.builtin.csv_rows import Remark

REMARKS_KEPT = 1000
COUNTS = (
    "rows",
    "added",
    "updated",
    "merged",
    "numbers",
    "applications",
    "refused_count",
    "remark_count",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far an import is: rows since this start, and how much of the file is read."""

    rows: int
    bytes_read: int
    bytes_total: int


@dataclass(slots=True, kw_only=True)
class ImportReport:
    """What became of a file. Lists are kept up to a limit, the counts are whole.

    `resumed_after` is the line of the file after which a resumed import went on; 0 where it began
    at the beginning. The counts then include what was taken before, the lists do not.
    """

    encoding: str
    delimiter: str
    unknown_columns: tuple[str, ...]
    dry_run: bool
    resumed_after: int = 0
    rows: int = 0
    added: int = 0
    updated: int = 0
    merged: int = 0
    # As the rows tell them; several rows may tell the same one.
    numbers: int = 0
    applications: int = 0
    refused_count: int = 0
    remark_count: int = 0
    refused: list[Remark] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    def refuse(self, remark: Remark) -> None:
        """Counts a row that was not taken."""
        self.refused_count += 1
        if len(self.refused) < REMARKS_KEPT:
            self.refused.append(remark)

    def remark(self, remark: Remark) -> None:
        """Counts something doubtful in a row that was taken."""
        self.remark_count += 1
        if len(self.remarks) < REMARKS_KEPT:
            self.remarks.append(remark)

    def counts(self) -> dict[str, int]:
        """The counts alone, to be kept for a resumption."""
        return {name: getattr(self, name) for name in COUNTS}

    def count_on(self, kept: Mapping[str, int]) -> None:
        """Goes on counting where an earlier start was stopped."""
        for name in COUNTS:
            setattr(self, name, kept.get(name, 0))
