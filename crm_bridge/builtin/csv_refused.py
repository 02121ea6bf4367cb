"""The rows that were not taken, as a file that can be put right and imported by itself.

Each row stands there as it was, behind its line and the reason; an import leaves these two columns
out as unknown. A refused row is in the file before the piece that follows it is committed; what a
resumed import will judge again is taken out first, so that no row stands there twice.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from crm_bridge.builtin.csv_rows import Remark
from crm_bridge.builtin.csv_sentences import Say, sentence
from crm_bridge.errors import NoCsv

_HEADS = {"ru": ("Строка файла", "Причина"), "en": ("Line of the file", "Why")}


class RefusedRows:
    """Writes refused rows; made by `refused_rows`. Without a file it writes nothing."""

    def __init__(self, file: IO[Any] | None, delimiter: str, language: str) -> None:
        self._file = file
        self._rows = csv.writer(file, delimiter=delimiter) if file else None
        self._heads = _HEADS["ru" if language == "ru" else "en"]

    def begin(self, columns: Sequence[str]) -> None:
        """Writes the header, unless there are rows of an earlier start already."""
        if self._rows and self._file and self._file.tell() == 0:
            self._rows.writerow((*self._heads, *columns))

    def add(self, remark: Remark, cells: Sequence[str]) -> None:
        """Writes one row as it was."""
        if self._rows:
            self._rows.writerow((remark.line, remark.text, *cells))

    def flush(self) -> None:
        """Gives what was written to the system."""
        if self._file:
            self._file.flush()


@contextmanager
def refused_rows(
    path: Path | None, *, after: int, delimiter: str, language: str
) -> Iterator[RefusedRows]:
    """Opens the file for refused rows; rows up to line `after` are kept from an earlier start."""
    if path is None:
        yield RefusedRows(None, delimiter, language)
        return
    try:
        if after and path.is_file():
            _keep_until(path, after, delimiter)
        mode = "a" if after else "w"
        file = path.open(mode, encoding="utf-8" if after else "utf-8-sig", newline="")
    except OSError as error:
        why = error.strerror or str(error)
        raise NoCsv(sentence(Say.NO_REFUSED_FILE, language, file=path, why=why)) from error
    with file:
        yield RefusedRows(file, delimiter, language)


def _keep_until(path: Path, after: int, delimiter: str) -> None:
    """Takes out what will be judged again, and a row that was cut short."""
    kept = path.with_name(f"{path.name}.new")
    with (
        path.open(encoding="utf-8-sig", newline="", errors="replace") as old,
        kept.open("w", encoding="utf-8-sig", newline="") as new,
    ):
        rows, writer = csv.reader(old, delimiter=delimiter), csv.writer(new, delimiter=delimiter)
        header = next(rows, None)
        if header is not None:
            writer.writerow(header)
        writer.writerows(r for r in rows if r and r[0].isdecimal() and int(r[0]) <= after)
    os.replace(kept, path)  # noqa: PTH105 - one name for "atomically" on every system
