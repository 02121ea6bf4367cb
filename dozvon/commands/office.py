"""`dozvon office`: check, apply and show the office file.

A file with a mistake is told line by line and changes nothing. What can be followed but does not do
what it says is a finding of the linter: shown, never a reason to refuse.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from config.office_difference import Change, difference
from config.office_file import load_office
from config.text_file import decode
from dozvon.commands.facts.moments import shown
from dozvon.commands.facts.offices import office_in_force
from dozvon.commands.facts.people import People
from dozvon.commands.facts.stored import has_database, reading, run, write
from dozvon.commands.terminal.exits import Exit, Trouble
from dozvon.commands.terminal.output import Colour, clean, instant, print_json, print_line
from dozvon.commands.terminal.speaking import SpeakingGroup, as_json, option
from dozvon.commands.terminal.texts import say, word
from dozvon.context import Context
from router.lint import Finding, Severity, lint
from router.office import Office
from storage.office_versions import OfficeVersion, OfficeVersions
from storage.unit_of_work import UnitOfWork

_FILE = click.Path(path_type=Path, allow_dash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """An office file as it was read once: what is checked is what is applied."""

    name: str
    text: str
    office: Office


@dataclass(frozen=True, slots=True, kw_only=True)
class _InForce:
    """What is applied now: the text's version, and the office where its text can still be read."""

    version: OfficeVersion | None
    office: Office | None


@click.group(cls=SpeakingGroup, help="command-office")
def office() -> None:
    """Everything about the office file."""


@office.command("check", help="command-office-check")
@click.argument("file", type=_FILE)
@as_json()
@click.pass_obj
def check(context: Context, *, file: Path, as_json: bool) -> None:
    """Reads a file and judges its rules."""
    written = _read(context, file)
    findings = lint(written.office)
    if as_json:
        print_json({"file": str(file), "findings": _findings_json(context, findings)})
    else:
        _print_findings(context, findings)
        print_line(context, _counted(context, "office-right", written), Colour.GOOD)
    if findings:
        click.get_current_context().exit(Exit.FOUND)


@office.command("apply", help="command-office-apply")
@click.argument("file", type=_FILE)
@option("--yes", is_flag=True, help="help-yes")
@option("--note", default="", help="help-note")
@as_json()
@click.pass_obj
def apply(context: Context, *, file: Path, yes: bool, note: str, as_json: bool) -> None:
    """Applies a file after showing what it changes."""
    written = _read(context, file)
    findings = lint(written.office)
    before = run(context, _in_force(context))
    changes = difference(before.office, written.office, language=context.language)
    if not as_json:
        _print_findings(context, findings)
        _print_changes(context, before, changes)
    same = before.version is not None and before.version.text == written.text
    if not (same or yes or _agreed(context, as_json=as_json)):
        raise Trouble(Exit.REFUSED, "said-no")
    version = before.version.version if same and before.version else _apply(context, written, note)
    if as_json:
        found = {"changes": _changes_json(changes), "findings": _findings_json(context, findings)}
        print_json({"version": version} | found)
    else:
        sentence = "office-same" if same else "office-applied"
        print_line(context, say(context.language, sentence, version=version), Colour.GOOD)


@office.command("show", help="command-office-show")
@option("--version", "number", type=click.IntRange(min=1), help="help-version-number")
@as_json()
@click.pass_obj
def show(context: Context, *, number: int | None, as_json: bool) -> None:
    """Prints the text of a version, so that it can be written to a file."""
    version = run(context, _version(context, number))
    if as_json:
        found = {"version": version.version, "by": version.by, "at": instant(version.at)}
        print_json(found | {"note": version.note, "text": version.text})
        return
    zone = People.of(_office_of(context, version)).zone()
    about = {"at": shown(version.at, zone, context.language), "by": version.by or "—"}
    heading = say(context.language, "office-version", version=version.version, **about)
    print_line(context, heading, Colour.QUIET, err=True)
    if sys.stdout.isatty():
        for line in version.text.splitlines():
            print_line(context, clean(line))
    else:
        click.echo(version.text.encode(), nl=False)


def _read(context: Context, file: Path) -> _Written:
    data = file.read_bytes()
    found = load_office(data, file=str(file), language=context.language)
    return _Written(name=file.name, text=decode(data), office=found)


async def _in_force(context: Context) -> _InForce:
    if not has_database(context):
        return _InForce(version=None, office=None)
    async with reading(context) as database:
        async with database.reading() as connection:
            version = await OfficeVersions(connection).current()
        found = await office_in_force(context, database) if version else None
    return _InForce(version=version, office=found)


def _apply(context: Context, written: _Written, note: str) -> int:
    by = context.user()

    async def work(uow: UnitOfWork) -> int:
        about = note or written.name
        return await uow.offices.apply(written.text, by=by, at=context.now(), note=about)

    return run(context, write(context, work))


def _agreed(context: Context, *, as_json: bool) -> bool:
    """Asks; a program that wants JSON is never asked: it says --yes."""
    return not as_json and click.confirm(say(context.language, "office-ask"), default=False)


async def _version(context: Context, number: int | None) -> OfficeVersion:
    async with reading(context) as database, database.reading() as connection:
        versions = OfficeVersions(connection)
        found = await (versions.get(number) if number else versions.current())
    if found is None and number:
        raise Trouble(Exit.FOUND, "no-office-version", version=number)
    if found is None:
        raise Trouble(Exit.FOUND, "no-office")
    return found


def _office_of(context: Context, version: OfficeVersion) -> Office | None:
    try:
        return load_office(version.text, language=context.language)
    except ValueError:
        return None


def _counted(context: Context, sentence: str, written: _Written) -> str:
    found = written.office
    counts = {
        "departments": len(found.departments),
        "managers": len(found.managers),
        "lines": len(found.lines),
    }
    return say(context.language, sentence, file=written.name, **counts)


def _print_findings(context: Context, findings: Sequence[Finding]) -> None:
    for finding in findings:
        colour = Colour.BAD if finding.severity is Severity.ERROR else Colour.CAUTION
        kind = word(context.language, "severity", finding.severity)
        line = f"{kind}: {finding.path}: {finding.sentence(context.language)} [{finding.id}]"
        print_line(context, clean(line), colour)


def _print_changes(context: Context, before: _InForce, changes: Sequence[Change]) -> None:
    version = before.version.version if before.version else 0
    title = "changes" if changes else "changes-none"
    print_line(context, say(context.language, title if version else "changes-first", old=version))
    for change in changes:
        print_line(context, f"  {clean(change.sentence)}")


def _changes_json(changes: Sequence[Change]) -> list[dict[str, str]]:
    return [
        {"path": c.path, "sentence": c.sentence, "before": c.before, "after": c.after}
        for c in changes
    ]


def _findings_json(context: Context, findings: Sequence[Finding]) -> list[dict[str, str]]:
    return [
        {
            "id": finding.id,
            "severity": finding.severity,
            "path": finding.path,
            "sentence": finding.sentence(context.language),
        }
        for finding in findings
    ]
