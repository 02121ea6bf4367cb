"""`dozvon clients`: the built-in client base."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import click

from crm_bridge.builtin.csv_columns import Column
from crm_bridge.builtin.csv_import import Importing, import_csv
from crm_bridge.builtin.csv_report import COUNTS, ImportReport
from crm_bridge.builtin.csv_rows import ManagerNames, Remark
from dozvon.commands.client_data import erase, export, record
from dozvon.commands.facts.offices import people
from dozvon.commands.facts.people import People
from dozvon.commands.facts.stored import reading, run, writing
from dozvon.commands.terminal.exits import Exit, Trouble
from dozvon.commands.terminal.output import Colour, clean, print_json, print_line, print_table
from dozvon.commands.terminal.progress import ShownProgress
from dozvon.commands.terminal.speaking import SpeakingGroup, as_json, option
from dozvon.commands.terminal.texts import say
from dozvon.context import Context
from router.numbers import PhoneNumber, format_international
from router.office import Office
from storage.clients import Clients
from storage.database import Database
from storage.records import ClientRecord

_COLUMNS = ("key", "name", "numbers", "owner", "applications")
_NOBODY = Office(name="", default_department="", departments={}, managers={}, lines={})
_SHOWN_REMARKS = 20
_KINDER = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What was asked of an import besides the file."""

    dry_run: bool
    resume: bool
    columns: dict[str, Column | None]
    refused: Path | None


@click.group(cls=SpeakingGroup, help="command-clients")
def clients() -> None:
    """Everything about the built-in client base."""


@clients.command("import", help="command-clients-import")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@option("--map", "mapping", multiple=True, metavar="COLUMN=WHAT", help="help-map")
@option("--refused", type=click.Path(path_type=Path, dir_okay=False), help="help-refused")
@option("--resume", is_flag=True, help="help-resume")
@option("--dry-run", is_flag=True, help="help-dry-run")
@as_json()
@click.pass_obj
def import_(  # noqa: PLR0913 - one argument for each option
    context: Context,
    *,
    file: Path,
    mapping: tuple[str, ...],
    refused: Path | None,
    resume: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Imports a CSV file; code 1 where rows were refused."""
    wanted = Wanted(dry_run=dry_run, resume=resume, columns=_columns(mapping), refused=refused)
    source = sys.stdin.buffer if str(file) == "-" else file
    shown = ShownProgress(context)
    if context.process:
        with suppress(OSError):
            os.nice(_KINDER)  # calls go first
    try:
        report = run(context, _import(context, source, wanted, shown))
    except KeyboardInterrupt:
        shown.end()
        print_line(context, say(context.language, "import-interrupted"), err=True)
        raise
    shown.end()
    if as_json:
        print_json(_report_json(report))
    else:
        _print_report(context, report, refused)
    if report.refused_count:
        click.get_current_context().exit(Exit.FOUND)


@clients.command("find", help="command-clients-find")
@click.argument("text")
@option("--limit", default=20, type=click.IntRange(1, 1000), show_default=True, help="help-limit")
@as_json()
@click.pass_obj
def find(context: Context, *, text: str, limit: int, as_json: bool) -> None:
    """Finds clients; code 1 where there are none."""
    found, known = run(context, _find(context, text, limit))
    if as_json:
        print_json({"clients": [_client_json(record) for record in found]})
    elif found:
        head = [say(context.language, f"head-{column}") for column in _COLUMNS]
        print_table(context, head, [_row(context.language, record, known) for record in found])
    else:
        print_line(context, say(context.language, "clients-none", text=text), err=True)
    if not found:
        click.get_current_context().exit(Exit.FOUND)


@clients.command("count", help="command-clients-count")
@as_json()
@click.pass_obj
def count(context: Context, *, as_json: bool) -> None:
    """Counts clients."""
    number = run(context, _count(context))
    if as_json:
        print_json({"clients": number})
    else:
        print_line(context, say(context.language, "clients-count", count=number))


for each in (export, erase, record):
    clients.add_command(each)


def _columns(mapping: Sequence[str]) -> dict[str, Column | None]:
    """What `--map` says of the columns."""
    found: dict[str, Column | None] = {}
    for text in mapping:
        name, equals, what = (part.strip() for part in text.rpartition("="))
        if not (name and equals) or (what not in set(Column) and what != "-"):
            known = ", ".join(Column)
            raise Trouble(Exit.WRONG, "import-map-bad", text=text, known=known)
        found[name] = None if what == "-" else Column(what)
    return found


async def _import(
    context: Context, source: Path | BinaryIO, wanted: Wanted, shown: ShownProgress
) -> ImportReport:
    async with writing(context) as writer, reading(context) as database:
        known = await people(context, database)
        how = Importing(
            database=database,
            writer=writer,
            plan=known.plan,
            managers=ManagerNames.of(known.office or _NOBODY),
            at=context.now(),
            language=context.language,
            dry_run=wanted.dry_run,
            resume=wanted.resume,
            columns=wanted.columns,
            refused=wanted.refused,
            watch=shown,
        )
        return await import_csv(source, how)


async def _find(context: Context, text: str, limit: int) -> tuple[tuple[ClientRecord, ...], People]:
    async with reading(context) as database:
        known = await people(context, database)
        whole = await _search(database, _as_searched(text, known), limit)
        return whole or await _search(database, text, limit), known


async def _search(database: Database, text: str, limit: int) -> tuple[ClientRecord, ...]:
    async with database.reading() as connection:
        return await Clients(connection).search(text, limit=limit)


def _as_searched(text: str, known: People) -> str:
    """A whole number is looked for as it is kept, however it was written."""
    read = known.read(text)
    return read.e164 if read.e164 and read.is_matchable else text


async def _count(context: Context) -> int:
    async with reading(context) as database, database.reading() as connection:
        return await Clients(connection).count()


def _row(language: str, record: ClientRecord, known: People) -> list[str]:
    blocked = f" ({say(language, 'client-blocked')})" if record.blocked else ""
    work = (
        f"{a.key} {a.title}".strip() + ("" if a.open else f" ({say(language, 'closed')})")
        for a in record.applications
    )
    return [
        record.key,
        record.name + blocked,
        ", ".join(_number(n, known) for n in record.numbers),
        known.manager_name(record.owner),
        "; ".join(work),
    ]


def _number(number: PhoneNumber, known: People) -> str:
    shown = format_international(number) if number.e164 else known.number(number.raw)
    return f"{shown} ext. {number.extension}" if number.extension else shown


def _client_json(record: ClientRecord) -> dict[str, object]:
    return {
        "key": record.key,
        "name": record.name,
        "owner": record.owner,
        "blocked": record.blocked,
        "switchboard": record.switchboard,
        "numbers": [
            {"written": n.raw, "e164": n.e164, "extension": n.extension} for n in record.numbers
        ],
        "applications": [
            {"key": a.key, "title": a.title, "open": a.open, "manager": a.manager}
            for a in record.applications
        ],
    }


def _report_json(report: ImportReport) -> dict[str, object]:
    return {
        "dry_run": report.dry_run,
        "encoding": report.encoding,
        "delimiter": report.delimiter,
        "resumed_after": report.resumed_after,
        **{name: getattr(report, name) for name in COUNTS},
        "unknown_columns": list(report.unknown_columns),
        "refused": _remarks_json(report.refused),
        "remarks": _remarks_json(report.remarks),
    }


def _remarks_json(remarks: Sequence[Remark]) -> list[dict[str, object]]:
    return [{"line": r.line, "id": r.say, "sentence": r.text} for r in remarks]


def _print_report(context: Context, report: ImportReport, refused: Path | None) -> None:
    language = context.language
    for kind, remarks, total in (
        ("import-refused", report.refused, report.refused_count),
        ("import-remarks", report.remarks, report.remark_count),
    ):
        _print_remarks(context, kind, remarks, total)
    if report.unknown_columns:
        names = clean(", ".join(report.unknown_columns))
        print_line(context, say(language, "import-columns", names=names), Colour.CAUTION)
    if report.resumed_after:
        print_line(context, say(language, "import-resumed", line=report.resumed_after))
    if refused and report.refused_count:
        print_line(context, say(language, "import-refused-file", file=refused))
    counts = {name: getattr(report, name) for name in COUNTS}
    done = "import-would" if report.dry_run else "import-done"
    print_line(context, say(language, done, **counts), Colour.GOOD)


def _print_remarks(context: Context, kind: str, remarks: Sequence[Remark], total: int) -> None:
    language = context.language
    if total:
        print_line(context, say(language, kind, count=total), Colour.CAUTION)
    for remark in remarks[:_SHOWN_REMARKS]:
        about = {"line": remark.line, "text": remark.text}
        print_line(context, f"  {say(language, 'import-line', **about)}")
    if total > _SHOWN_REMARKS:
        print_line(context, f"  {say(language, 'import-more', count=total - _SHOWN_REMARKS)}")
