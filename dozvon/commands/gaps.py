"""`dozvon gaps`: when a PBX was not watched. No gap is silent."""

from __future__ import annotations

import click

from dozvon.commands.facts.moments import shown, shown_seconds
from dozvon.commands.facts.offices import people
from dozvon.commands.facts.people import People
from dozvon.commands.facts.shapes import gap_json
from dozvon.commands.facts.stored import reading, run
from dozvon.commands.terminal.output import print_json, print_line, print_table
from dozvon.commands.terminal.speaking import SpeakingCommand, as_json, option
from dozvon.commands.terminal.texts import say
from dozvon.context import Context
from storage.gaps import Gap, Gaps
from switchboard.troubles import spoken

_COLUMNS = ("began", "ended", "length", "pbx", "recovered", "from-cdr", "adopted", "because")


@click.command(cls=SpeakingCommand, help="command-gaps")
@option("--limit", default=50, type=click.IntRange(1, 10_000), show_default=True, help="help-limit")
@as_json()
@click.pass_obj
def gaps(context: Context, *, limit: int, as_json: bool) -> None:
    """Lists gaps, newest first."""
    found, known = run(context, _list(context, limit))
    if as_json:
        print_json({"gaps": [gap_json(gap) for gap in found]})
    elif found:
        head = [say(context.language, f"head-{column}") for column in _COLUMNS]
        print_table(context, head, [_row(context, gap, known) for gap in found])
    else:
        print_line(context, say(context.language, "gaps-none"))


async def _list(context: Context, limit: int) -> tuple[tuple[Gap, ...], People]:
    async with reading(context) as database:
        async with database.reading() as connection:
            found = await Gaps(connection).newest(limit=limit)
        return found, await people(context, database)


def _row(context: Context, gap: Gap, known: People) -> list[str]:
    language, zone = context.language, known.zone()
    until = gap.ended_at or context.now()
    return [
        shown(gap.began_at, zone, language),
        shown(gap.ended_at, zone, language) or say(language, "still-open"),
        shown_seconds(max(0.0, (until - gap.began_at).total_seconds())),
        gap.pbx,
        str(gap.recovered_calls),
        str(gap.from_call_records),
        str(gap.adopted_calls),
        "; ".join(spoken(told, language) for told in (gap.why, gap.note) if told),
    ]
