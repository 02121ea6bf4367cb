"""`dozvon replay`: the calls in a recorded AMI stream, read as the service reads them live."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO
from zoneinfo import ZoneInfo

import click

from dozvon.commands.facts.people import People
from dozvon.commands.terminal.output import Colour, clean, print_json, print_line
from dozvon.commands.terminal.speaking import SpeakingCommand, as_json
from dozvon.commands.terminal.stories import colour_of, ending, leg_lines, title, transfer_lines
from dozvon.commands.terminal.texts import say
from dozvon.context import Context
from pbx_adapters.asterisk.replay import Replayed, has_times, read_record, to_json
from storage.sentences import in_language

_PIECE = 1 << 16
_UTC = ZoneInfo("UTC")


@click.command(cls=SpeakingCommand, help="command-replay")
@click.argument("file", type=click.File("rb"))
@as_json()
@click.pass_obj
def replay(context: Context, *, file: IO[bytes], as_json: bool) -> None:
    """What cannot be read is told on the standard error; the rest is shown all the same."""
    record = read_record(_pieces(file))
    if as_json:
        print_json(to_json(record.calls))
    else:
        _print(context, record)
    for warning in record.warnings:
        sentence = clean(in_language(warning, context.language))
        print_line(context, sentence, Colour.CAUTION, err=True)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


def _print(context: Context, record: Replayed) -> None:
    language, people = context.language, People.of(None)
    if not record.calls:
        print_line(context, say(language, "replay-none"))
    for number, call in enumerate(record.calls):
        if number:
            print_line(context)
        timed = has_times(call)
        print_line(context, title(language, call, people, _UTC, timed=timed))
        legs = leg_lines(language, call, people, timed=timed)
        for line in legs + transfer_lines(language, call, people):
            print_line(context, f"  {line}")
        print_line(context, f"  {ending(language, call, people, timed=timed)}", colour_of(call))
        print_line(context, f"  {clean(call.id)}", Colour.QUIET)
