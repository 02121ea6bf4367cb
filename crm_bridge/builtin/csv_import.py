"""Clients out of a CSV file, in pieces that let everybody else write between them.

Rules:

1. Each piece is one work of the writer and takes 40 ms at most (its size follows what the last
   one took); reading yields to the event loop every few rows. A call is never held up by an import.
2. Memory is bounded: the file is read as a stream, remarks are counted whole and kept up to a
   limit, and so are the lines by which duplicates are explained.
3. The same external id, or the same name with one of the same numbers, is the same client, within
   the file and with what the base already has; what a row does not tell stays as it was.
4. A dry run reads and judges everything and writes nothing.
"""

from __future__ import annotations

import asyncio
import csv
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from crm_bridge.builtin.csv_columns import Header, read_header
from crm_bridge.builtin.csv_rows import ManagerNames, ReadRow, Remark, RowReader
from crm_bridge.builtin.csv_sentences import Say, sentence
from crm_bridge.builtin.csv_text import TextShape, lines_of, opened, recognise
from crm_bridge.errors import NoCsv
from router.numbers import NumberPlan
from storage.clients import Clients, number_identity
from storage.database import Database
from storage.parties import move_calls
from storage.recording import refold_parties
from storage.records import ClientRecord
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer

PIECE_SECONDS = 0.04
FIRST_PIECE_ROWS = 10
# Measured beside 200 look-ups/s in a base of 1,000,000: 400 rows made a look-up wait 50 ms (p99),
# 100 rows 16 ms, 25 rows 2 to 5 ms; the import then takes 1,300 rows/s and more, not 3,400.
LARGEST_PIECE_ROWS = 25
ROWS_BETWEEN_YIELDS = 2
REMARKS_KEPT = 1000
LINES_REMEMBERED = 50_000
BREAKS_IN_A_CELL = 20


@dataclass(slots=True, kw_only=True)
class ImportReport:
    """What became of a file. Lists are kept up to a limit, the counts are whole."""

    encoding: str
    delimiter: str
    unknown_columns: tuple[str, ...]
    dry_run: bool
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Importing:
    """What an import needs to know besides the file."""

    database: Database
    writer: Writer
    plan: NumberPlan
    managers: ManagerNames
    at: datetime
    language: str = "ru"
    dry_run: bool = False


async def import_csv(source: Path | bytes, how: Importing) -> ImportReport:
    """Takes the clients of a file into the base and reports line by line what it did not take.

    Raises `NoCsv` with a sentence when the file is no list of clients; nothing was taken then.
    """
    stream = opened(source, how.language)
    try:
        shape = await asyncio.to_thread(recognise, stream, how.language)
        with lines_of(stream, shape) as text:
            return await _Import(how, shape, csv.reader(text, delimiter=shape.delimiter)).run()
    finally:
        stream.close()


class _Import:
    """One import on its way."""

    def __init__(self, how: Importing, shape: TextShape, rows: Iterator[list[str]]) -> None:
        self._how = how
        self._shape = shape
        self._lines = _Numbered(rows)
        self._known_lines: dict[str, int] = {}
        self._known_pairs: dict[tuple[str, str], str] = {}
        self._report = ImportReport(
            encoding=shape.encoding,
            delimiter=shape.delimiter,
            unknown_columns=(),
            dry_run=how.dry_run,
        )

    async def run(self) -> ImportReport:
        header = self._read_header()
        self._report.unknown_columns = header.unknown
        how = self._how
        reader = RowReader(
            header=header, plan=how.plan, managers=how.managers, language=how.language
        )
        piece: list[ReadRow] = []
        size = FIRST_PIECE_ROWS
        async for row in self._rows(reader):
            piece.append(row)
            if len(piece) >= size:
                size = _next_size(size, await self._take(piece))
                piece = []
        if piece:
            await self._take(piece)
        self._report.remarks.sort(key=lambda remark: remark.line)
        return self._report

    def _read_header(self) -> Header:
        for _line, cells in self._lines:
            if isinstance(cells, csv.Error):
                raise NoCsv(sentence(Say.CANNOT_READ, self._how.language, why=cells))
            if not any(cells) or cells[0].casefold().lstrip("\ufeff").startswith("sep="):
                continue
            header = read_header([name.lstrip("\ufeff") for name in cells])
            if header is not None:
                return header
            found = self._shape.delimiter.join(cells)[:120]
            raise NoCsv(sentence(Say.NO_HEADER, self._how.language, found=found))
        raise NoCsv(sentence(Say.EMPTY_FILE, self._how.language))

    async def _rows(self, reader: RowReader) -> AsyncIterator[ReadRow]:
        """Rows that tell a client; what they do not tell goes into the report."""
        for count, (line, cells) in enumerate(self._lines):
            if count % ROWS_BETWEEN_YIELDS == 0:
                await asyncio.sleep(0)
            if not isinstance(cells, Exception) and not any(cell.strip() for cell in cells):
                continue
            self._report.rows += 1
            found = self._judge(line, cells, reader)
            if isinstance(found, Remark):
                self._report.refuse(found)
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
        if how.dry_run:
            async with how.database.reading() as connection:
                clients = Clients(connection)
                known = await _keys(clients, piece, self._known_pairs)
                _records, keys = _merge(piece, known)
                new = keys - await clients.known_keys(sorted(keys))
            self._remember(piece, known)
            took = 0.0
        else:
            took, known, new = await how.writer.submit(_Piece(piece, how.at))
        self._count(piece, known, new)
        return took

    def _remember(self, piece: Sequence[ReadRow], keys: Mapping[int, str]) -> None:
        """What a dry run does not write it must keep in mind to find duplicates."""
        for row in piece:
            if len(self._known_pairs) < LINES_REMEMBERED:
                self._known_pairs |= dict.fromkeys(_pairs(row), keys[row.line])

    def _count(
        self,
        piece: Sequence[ReadRow],
        known: Mapping[int, str],
        new: frozenset[str],
    ) -> None:
        """Tells rows that meet in one client from clients that were there before."""
        report = self._report
        for row in piece:
            key = known[row.line]
            first = self._known_lines.get(key)
            if first is not None:
                report.merged += 1
                report.remark(self._remark(row.line, Say.MERGED, first=first))
            elif key in new:
                report.added += 1
            else:
                report.updated += 1
            if first is None and len(self._known_lines) < LINES_REMEMBERED:
                self._known_lines[key] = row.line
            report.numbers += len(row.record.numbers)
            report.applications += len(row.record.applications)


class _Piece:
    """The work of one piece: who is known, who is new, and all of it written."""

    def __init__(self, rows: Sequence[ReadRow], at: datetime) -> None:
        self._rows = rows
        self._at = at

    async def __call__(self, uow: UnitOfWork) -> tuple[float, dict[int, str], frozenset[str]]:
        began = time.perf_counter()
        known = await _keys(uow.clients, self._rows, {})
        records, keys = _merge(self._rows, known)
        new = keys - await uow.clients.known_keys(sorted(keys))
        numbers = await uow.clients.save(records, at=self._at, merge=True)
        moved = await move_calls(uow.connection, numbers)
        await refold_parties(uow, moved)
        return time.perf_counter() - began, known, new


async def _keys(
    clients: Clients, rows: Sequence[ReadRow], seen: Mapping[tuple[str, str], str]
) -> dict[int, str]:
    """The key of each row's client, by line: the base's own where name and a number are known."""
    e164s = {e164 for row in rows for e164, _name in _pairs(row)}
    there = {pair: seen[pair] for row in rows for pair in _pairs(row) if pair in seen}
    there |= await clients.keys_by_number(sorted(e164s))
    keys: dict[int, str] = {}
    for row in rows:
        pairs = _pairs(row)
        found = None if row.external else next((there[p] for p in pairs if p in there), None)
        keys[row.line] = found or row.record.key
        for pair in pairs:
            there.setdefault(pair, keys[row.line])
    return keys


def _pairs(row: ReadRow) -> list[tuple[str, str]]:
    name = row.record.name.casefold()
    return [(n.e164, name) for n in row.record.numbers if n.e164 and n.is_matchable]


def _merge(
    rows: Sequence[ReadRow], keys: Mapping[int, str]
) -> tuple[list[ClientRecord], frozenset[str]]:
    """One record for each client of a piece; of two words for one thing the later counts."""
    records: dict[str, ClientRecord] = {}
    for row in rows:
        key = keys[row.line]
        before, now = records.get(key), replace(row.record, key=key)
        records[key] = _joined(before, now) if before else now
    return list(records.values()), frozenset(records)


def _joined(before: ClientRecord, now: ClientRecord) -> ClientRecord:
    numbers = {number_identity(n): n for n in (*before.numbers, *now.numbers)}
    work = {a.key: a for a in (*before.applications, *now.applications)}
    return replace(
        now,
        owner=now.owner or before.owner,
        blocked=now.blocked or before.blocked,
        numbers=tuple(numbers.values()),
        applications=tuple(work.values()),
    )


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
