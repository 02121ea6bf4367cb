"""Clients out of a CSV file, in pieces that let everybody else write between them.

Rules:

1. Each piece is one work of the writer and takes 40 ms at most (its size follows what the last
   one took); reading yields to the event loop every few rows. A call is never held up by an import.
2. Memory is bounded: the file is read as a stream, remarks are counted whole and kept up to a
   limit, and so are the lines by which duplicates are explained.
3. The same external id, or the same name with one of the same numbers, is the same client, within
   the file and with what the base already has; what a row does not tell stays as it was.
4. A dry run reads and judges everything and writes nothing.
5. An import that was killed goes on after its last committed piece (`csv_resume`).
"""

from __future__ import annotations

import asyncio
import csv
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

from crm_bridge.builtin.csv_columns import Column, Header, cannot_map, read_header
from crm_bridge.builtin.csv_pieces import Judged, WritePiece, judge, pairs
from crm_bridge.builtin.csv_refused import RefusedRows, refused_rows
from crm_bridge.builtin.csv_report import ImportReport, Progress
from crm_bridge.builtin.csv_resume import Place, forget, identity, reached
from crm_bridge.builtin.csv_rows import ManagerNames, ReadRow, Remark, RowReader
from crm_bridge.builtin.csv_sentences import Say, sentence
from crm_bridge.builtin.csv_text import TextShape, lines_of, opened, recognise, size_of
from crm_bridge.errors import NoCsv
from router.numbers import NumberPlan
from storage.clients import Clients
from storage.database import Database
from storage.writer import Writer

__all__ = ["ImportReport", "Importing", "Progress", "import_csv"]

PIECE_SECONDS = 0.04
FIRST_PIECE_ROWS = 10
# Measured from another process beside 200 look-ups and 10 changes a second, in a base that grew to
# 400,000: 25, 100, 200 and 400 rows are about equally fast (2,600 to 3,000 rows/s; reading numbers
# is the most of it) and cost a look-up 2 to 4 ms (p99); but a change waited 42 ms at most with 25
# rows, and 80 to 260 ms with more.
LARGEST_PIECE_ROWS = 25
ROWS_BETWEEN_YIELDS = 2
LINES_REMEMBERED = 50_000
BREAKS_IN_A_CELL = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Importing:
    """What an import needs to know besides the file.

    `columns` says what columns are whose names do not say it (None: leave it out); `refused` is a
    file for the rows that are not taken; `watch` is told after each piece how far the import is.
    """

    database: Database
    writer: Writer
    plan: NumberPlan
    managers: ManagerNames
    at: datetime
    language: str = "ru"
    dry_run: bool = False
    resume: bool = False
    columns: Mapping[str, Column | None] = field(default_factory=dict)
    refused: Path | None = None
    watch: Callable[[Progress], None] | None = None


async def import_csv(source: Path | bytes | BinaryIO, how: Importing) -> ImportReport:
    """Takes the clients of a file into the base and reports line by line what it did not take.

    Raises `NoCsv` with a sentence when the file is no list of clients; nothing was taken then.
    """
    stream = await asyncio.to_thread(opened, source, how.language)
    try:
        shape = await asyncio.to_thread(recognise, stream, how.language)
        said = {name: column or "" for name, column in how.columns.items()}
        file = await asyncio.to_thread(identity, stream, said)
        place = await _place(how, file)
        with (
            lines_of(stream, shape) as text,
            refused_rows(
                how.refused, after=place.line, delimiter=shape.delimiter, language=how.language
            ) as refused,
        ):
            rows = csv.reader(text, delimiter=shape.delimiter)
            run = _Import(how, shape, rows, stream, file=file, place=place, refused=refused)
            return await run.run()
    finally:
        stream.close()


async def _place(how: Importing, file: str) -> Place:
    if not how.resume:
        return Place(line=0)
    async with how.database.reading() as connection:
        return await reached(connection, file) or Place(line=0)


class _Import:
    """One import on its way."""

    def __init__(  # noqa: PLR0913 - made in one place, of everything that was opened there
        self,
        how: Importing,
        shape: TextShape,
        rows: Iterator[list[str]],
        stream: BinaryIO,
        *,
        file: str,
        place: Place,
        refused: RefusedRows,
    ) -> None:
        self._how = how
        self._shape = shape
        self._lines = _Numbered(rows)
        self._stream, self._size = stream, size_of(stream)
        self._file, self._after, self._refused = file, place.line, refused
        self._read_rows = 0
        self._known_lines: dict[str, int] = {}
        self._known_pairs: dict[tuple[str, str], str] = {}
        self._report = ImportReport(
            encoding=shape.encoding,
            delimiter=shape.delimiter,
            unknown_columns=(),
            dry_run=how.dry_run,
            resumed_after=place.line,
        )
        self._report.count_on(place.counts)

    async def run(self) -> ImportReport:
        header = self._read_header()
        self._report.unknown_columns = header.unknown
        self._refused.begin(header.names)
        how = self._how
        reader = RowReader(
            header=header, plan=how.plan, managers=how.managers, language=how.language
        )
        piece: list[ReadRow] = []
        size = FIRST_PIECE_ROWS
        async for row in self._rows(reader):
            piece.append(row)
            if len(piece) >= size:
                took = await self._take(piece)
                size = _next_size(size, took)
                piece = []
        if piece:
            await self._take(piece)
        if not how.dry_run:
            await how.writer.submit(partial(forget, file=self._file))
        self._report.remarks.sort(key=lambda remark: remark.line)
        return self._report

    def _read_header(self) -> Header:
        language = self._how.language
        for _line, cells in self._lines:
            if isinstance(cells, csv.Error):
                raise NoCsv(sentence(Say.CANNOT_READ, language, why=cells))
            if not any(cells) or cells[0].casefold().lstrip("\ufeff").startswith("sep="):
                continue
            names = [name.lstrip("\ufeff") for name in cells]
            if missing := cannot_map(names, self._how.columns):
                there = ", ".join(name.strip() for name in names)
                raise NoCsv(sentence(Say.MAP_NO_COLUMN, language, name=missing, there=there[:300]))
            header = read_header(names, self._how.columns)
            if header is not None:
                return header
            found = self._shape.delimiter.join(cells)[:120]
            raise NoCsv(sentence(Say.NO_HEADER, language, found=found))
        raise NoCsv(sentence(Say.EMPTY_FILE, language))

    async def _rows(self, reader: RowReader) -> AsyncIterator[ReadRow]:
        """Rows that tell a client; what they do not tell goes into the report."""
        for count, (line, cells) in enumerate(self._lines):
            if count % ROWS_BETWEEN_YIELDS == 0:
                await asyncio.sleep(0)
            if line <= self._after:
                continue
            if not isinstance(cells, Exception) and not any(cell.strip() for cell in cells):
                continue
            self._report.rows += 1
            self._read_rows += 1
            found = self._judge(line, cells, reader)
            if isinstance(found, Remark):
                self._report.refuse(found)
                self._refused.add(found, () if isinstance(cells, Exception) else cells)
                reader.remarks.clear()
                continue
            for remark in reader.remarks:
                self._report.remark(remark)
            reader.remarks.clear()
            yield found

    def _judge(
        self, line: int, cells: list[str] | csv.Error, reader: RowReader
    ) -> ReadRow | Remark:
        if isinstance(cells, csv.Error):
            return self._remark(line, Say.CANNOT_READ, why=cells)
        if any(cell.count("\n") > BREAKS_IN_A_CELL for cell in cells):
            return self._remark(line, Say.QUOTE_OPEN, last=self._lines.last)
        columns = len(reader.header.columns)
        if any(cell.strip() for cell in cells[columns:]):
            return self._remark(
                line,
                Say.TOO_MANY_CELLS,
                cells=len(cells),
                columns=columns,
                delimiter=self._shape.delimiter,
            )
        if not self._shape.strict and any("\ufffd" in cell for cell in cells):
            self._report.remark(self._remark(line, Say.LETTERS_LOST))
        return reader.read(line, cells)

    def _remark(self, line: int, say: Say, **about: object) -> Remark:
        return Remark(line=line, say=say, text=sentence(say, self._how.language, **about))

    async def _take(self, piece: Sequence[ReadRow]) -> float:
        """Writes a piece (or only judges it) and returns the seconds that took."""
        how = self._how
        self._refused.flush()
        if how.dry_run:
            async with how.database.reading() as connection:
                judged, _records = await judge(Clients(connection), piece, self._known_pairs)
            self._remember(piece, judged.keys)
        else:
            work = WritePiece(
                rows=piece, at=how.at, file=self._file, place=partial(self._place_after, piece)
            )
            judged = await how.writer.submit(work)
        self._count(piece, judged)
        if how.watch:
            read = Progress(
                rows=self._read_rows, bytes_read=self._stream.tell(), bytes_total=self._size
            )
            how.watch(read)
        return judged.seconds

    def _remember(self, piece: Sequence[ReadRow], keys: Mapping[int, str]) -> None:
        """What a dry run does not write it must keep in mind to find duplicates."""
        for row in piece:
            if len(self._known_pairs) < LINES_REMEMBERED:
                self._known_pairs |= dict.fromkeys(pairs(row), keys[row.line])

    def _place_after(self, piece: Sequence[ReadRow], judged: Judged) -> Place:
        """How far the file has come when this piece is in; changes nothing."""
        counts = Counter(self._report.counts())
        firsts: dict[str, int] = {}
        for row in piece:
            word, first = self._became(row, judged, firsts)
            counts[word] += 1
            counts["remark_count"] += first is not None
            counts["numbers"] += len(row.record.numbers)
            counts["applications"] += len(row.record.applications)
            firsts.setdefault(judged.keys[row.line], row.line)
        return Place(line=self._lines.last, counts=counts)

    def _became(
        self, row: ReadRow, judged: Judged, firsts: Mapping[str, int]
    ) -> tuple[str, int | None]:
        """What a row is counted as, and the line of its client's first row if it is not that."""
        key = judged.keys[row.line]
        first = self._known_lines.get(key, firsts.get(key))
        if first is not None:
            return "merged", first
        return ("added" if key in judged.new else "updated"), None

    def _count(self, piece: Sequence[ReadRow], judged: Judged) -> None:
        """Tells rows that meet in one client from clients that were there before."""
        report = self._report
        firsts: dict[str, int] = {}
        for row in piece:
            word, first = self._became(row, judged, firsts)
            setattr(report, word, getattr(report, word) + 1)
            if first is not None:
                report.remark(self._remark(row.line, Say.MERGED, first=first))
            firsts.setdefault(judged.keys[row.line], row.line)
            report.numbers += len(row.record.numbers)
            report.applications += len(row.record.applications)
        for key, line in firsts.items():
            if len(self._known_lines) < LINES_REMEMBERED:
                self._known_lines.setdefault(key, line)


class _Numbered:
    """Rows with the line each begins on; a row that cannot be read comes as its error."""

    def __init__(self, rows: Iterator[list[str]]) -> None:
        self._rows = rows
        self.last = 0

    def __iter__(self) -> Iterator[tuple[int, list[str] | csv.Error]]:
        while True:
            first = self.last + 1
            cells: list[str] | csv.Error
            try:
                cells = next(self._rows)
            except StopIteration:
                return
            except csv.Error as error:
                cells = error
            self.last = self._rows.line_num  # type: ignore[attr-defined]
            yield first, cells


def _next_size(size: int, took: float) -> int:
    """More rows when the last piece was quick, fewer when it was slow; never twice as many."""
    if took <= 0:
        return LARGEST_PIECE_ROWS
    aimed = int(size * PIECE_SECONDS / took)
    return max(1, min(aimed, 2 * size, LARGEST_PIECE_ROWS))
