"""`dozvon number`: what a text means as a telephone number."""

from __future__ import annotations

from collections.abc import Sequence

import click

from dozvon.commands.terminal.output import print_json, print_line
from dozvon.commands.terminal.speaking import SpeakingCommand, as_json, option
from dozvon.commands.terminal.texts import say, word
from dozvon.context import Context
from router.numbers import (
    NumberPlan,
    PhoneNumber,
    format_international,
    normalise_each,
    to_json,
)


@click.command(cls=SpeakingCommand, help="command-number")
@click.argument("text")
@option("--region", default="RU", show_default=True, help="help-region")
@option("--area-code", default="", help="help-area-code")
@as_json()
@click.pass_obj
def number(context: Context, *, text: str, region: str, area_code: str, as_json: bool) -> None:
    """Any text has an answer; one that is no telephone is of kind `invalid`."""
    plan = NumberPlan(region=region.upper(), area_code=area_code or None)
    found, *others = normalise_each(text, plan)
    if as_json:
        print_json(to_json(found))
    else:
        for line in _lines(context.language, found, others):
            print_line(context, line)


def _lines(language: str, found: PhoneNumber, others: Sequence[PhoneNumber]) -> list[str]:
    kind = word(language, "number-kind", found.kind)
    shown = format_international(found)
    lines = [say(language, "number-is", number=shown, kind=kind)]
    if found.region:
        lines.append(say(language, "number-region", region=found.region))
    if found.extension:
        lines.append(say(language, "number-extension", extension=found.extension))
    if found.e164 and not found.verified:
        rule = "number-matched" if found.is_matchable else "number-unmatched"
        lines.append(say(language, rule))
    lines += [say(language, "number-more", number=format_international(n)) for n in others]
    return lines
