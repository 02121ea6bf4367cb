"""Call records in a CSV file: `cdr_csv`'s Master.csv, or a file of `cdr_custom`.

Master.csv names no columns. Asterisk writes sixteen, then by its settings the unique id, the user
field, and the three columns of newer versions; how many there are tells which. A custom file has
the columns that the settings state. A rotated file beside it (`Master.csv.1`) is read too. A line
that cannot be read is counted, not guessed.

Source: cdr_csv.c and cdr.conf of Asterisk 16 to 22 ([csv]: loguniqueid, loguserfield,
newcdrcolumns).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pbx_adapters.cdr import troubles
from pbx_adapters.cdr.errors import CdrNotUnderstood, CdrUnreachable
from pbx_adapters.cdr.port import Reading
from pbx_adapters.cdr.rows import CdrRow, Damaged, is_unique_id, row_of
from storage.sentences import Sentence
from storage.system_words import system_reason

LONGEST_LINE = 64 * 1024
MASTER = (
    *("accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel"),
    *("lastapp", "lastdata", "start", "answer", "end", "duration", "billsec"),
    *("disposition", "amaflags"),
)
_NEWER = ("peeraccount", "linkedid", "sequence")
_NEEDED = (("start", "calldate"), ("channel",), ("disposition",))


class CsvRecords:
    """Keeps `pbx_adapters.cdr.port.CdrSource`. `columns` empty: Master.csv."""

    def __init__(self, path: Path, *, zone: ZoneInfo, columns: Sequence[str] = ()) -> None:
        self._path = path
        self._zone = zone
        self._columns = tuple(columns)
        for names in _NEEDED:
            if columns and not any(name in columns for name in names):
                needed = Sentence(" or ".join(names), " или ".join(names))
                raise CdrNotUnderstood(troubles.NO_NEEDED_COLUMN(columns=needed))

    def read(self, since: datetime, until: datetime) -> Reading:
        """Records that began in [since, until); reads files, so call it in a thread."""
        rotated = self._path.with_name(f"{self._path.name}.1")
        found: list[CdrRow] = []
        damaged = 0
        for path in (rotated, self._path):
            if path == rotated and not path.is_file():
                continue
            for row in self._rows(path):
                damaged += row is None
                if row is not None and since <= row.began_at < until:
                    found.append(row)
        return Reading(rows=tuple(found), damaged=damaged)

    def _rows(self, path: Path) -> Iterator[CdrRow | None]:
        try:
            with path.open(encoding="utf-8", errors="replace", newline="") as lines:
                yield from self._read(line for line in lines if len(line) < LONGEST_LINE)
        except OSError as error:
            away = troubles.FILE_AWAY(file=path, why=system_reason(error))
            raise CdrUnreachable(away) from error

    def _read(self, lines: Iterator[str]) -> Iterator[CdrRow | None]:
        rows = csv.reader(lines)
        while True:
            try:
                if cells := next(rows):
                    yield self._row(cells)
            except StopIteration:
                return
            except (csv.Error, Damaged):
                yield None

    def _row(self, cells: list[str]) -> CdrRow:
        names = self._columns or master_columns(cells)
        if len(cells) < len(names):
            raise Damaged("a line with too few columns")
        return row_of(dict(zip(names, cells, strict=False)), self._zone)


def master_columns(cells: Sequence[str]) -> tuple[str, ...]:
    """The columns of one line of Master.csv, told by their number; raises `Damaged`."""
    more = len(cells) - len(MASTER)
    newer = _NEWER if more >= len(_NEWER) else ()
    single = more - len(newer)
    if single == 0:
        return (*MASTER, *newer)
    if single == 1:
        name = "uniqueid" if is_unique_id(cells[len(MASTER)]) else "userfield"
        return (*MASTER, name, *newer)
    if single == 2:
        return (*MASTER, "uniqueid", "userfield", *newer)
    raise Damaged("a line with an unknown number of columns")
