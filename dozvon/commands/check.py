"""`dozvon check`: says what is not as it should be, and what to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import click

from config.errors import SettingsMistakes
from dozvon.commands.facts.stored import run
from dozvon.commands.terminal.exits import Exit
from dozvon.commands.terminal.output import Colour, clean, print_json, print_line
from dozvon.commands.terminal.speaking import SpeakingCommand, as_json, option
from dozvon.commands.terminal.texts import say, word
from dozvon.context import Context
from dozvon.setup.findings import Finding, Grade, error, failed

_COLOURS = {
    Grade.OK: Colour.GOOD,
    Grade.NOTE: Colour.QUIET,
    Grade.WARNING: Colour.CAUTION,
    Grade.ERROR: Colour.BAD,
}


@click.command(cls=SpeakingCommand, help="command-check")
@option("--strict", is_flag=True, help="help-check-strict")
@option("--quiet", is_flag=True, help="help-check-quiet")
@as_json()
@click.pass_obj
def check(context: Context, *, strict: bool, quiet: bool, as_json: bool) -> None:
    """Looks at this machine and at every PBX; changes nothing."""
    findings = _findings(context)
    bad = failed(findings, strict=strict)
    if as_json:
        print_json({"ok": not bad, "findings": [_json(context, found) for found in findings]})
    else:
        _print(context, findings, quiet=quiet)
    if bad:
        click.get_current_context().exit(Exit.FOUND)


def _findings(context: Context) -> Sequence[Finding]:
    from dozvon.setup.examine import examine  # noqa: PLC0415 - brings the whole service with it

    try:
        settings = context.settings()
    except SettingsMistakes as wrong:
        return [error("settings-mistake", mistake=mistake) for mistake in wrong.mistakes]
    return run(context, examine(settings, context.config_file()))


def _print(context: Context, findings: Sequence[Finding], *, quiet: bool) -> None:
    for found in findings:
        if quiet and found.grade in {Grade.OK, Grade.NOTE}:
            continue
        place = f"{found.place}: " if found.place else ""
        grade = word(context.language, "grade", found.grade)
        line = f"{grade}: {place}{found.sentence(context.language)} [{found.id}]"
        print_line(context, clean(line), _COLOURS[found.grade])
    counts = Counter(found.grade for found in findings)
    errors, warnings = counts[Grade.ERROR], counts[Grade.WARNING]
    total = say(context.language, "check-total", errors=errors, warnings=warnings)
    print_line(context, total, Colour.BAD if errors else Colour.GOOD)


def _json(context: Context, found: Finding) -> dict[str, str]:
    return {
        "id": found.id,
        "grade": found.grade,
        "pbx": found.place,
        "sentence": clean(found.sentence(context.language)),
    }
