"""`dozvon calls`: the log of calls, newest first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import click

from dozvon.commands.facts.moments import read_day, read_moment, shown, shown_seconds
from dozvon.commands.facts.offices import people
from dozvon.commands.facts.people import People, is_known_number
from dozvon.commands.facts.shapes import call_json
from dozvon.commands.facts.stored import reading, run
from dozvon.commands.terminal.exits import Exit, Trouble
from dozvon.commands.terminal.output import print_json, print_line, print_table
from dozvon.commands.terminal.speaking import SpeakingCommand, as_json, option
from dozvon.commands.terminal.stories import how_ended
from dozvon.commands.terminal.texts import say, word
from dozvon.context import Context
from router.calls import Direction, Disposition
from router.numbers import read_caller
from router.phones import Phone
from storage.database import Database
from storage.parties import number_id
from storage.reading import CallFilter, list_calls
from storage.records import StoredCall

_COLUMNS = ("when", "direction", "client", "line", "how", "answered-by", "talk", "id")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What was asked for, as it was written."""

    since: str
    until: str
    day: str
    line: str
    disposition: str | None
    who: str
    number: str
    limit: int


@click.command(cls=SpeakingCommand, help="command-calls")
@option("--since", default="", help="help-since")
@option("--until", default="", help="help-until")
@option("--day", default="", help="help-day")
@option("--line", default="", help="help-line")
@option("--disposition", type=click.Choice([d.value for d in Disposition]), help="help-disposition")
@option("--who", default="", help="help-who")
@option("--number", default="", help="help-number")
@option("--limit", default=50, type=click.IntRange(1, 10_000), show_default=True, help="help-limit")
@as_json()
@click.pass_obj
def calls(context: Context, /, *, as_json: bool, **asked: str | int | None) -> None:
    """Lists calls; code 1 where there are none such."""
    wanted = _Wanted(**asked)  # type: ignore[arg-type] # click has checked them
    found, known = run(context, _list(context, wanted))
    if as_json:
        print_json({"calls": [call_json(stored) for stored in found]})
    elif found:
        _print(context, found, known, pbx=_is_of_several(wanted.who, known))
    else:
        print_line(context, say(context.language, "calls-none"), err=True)
    if not found:
        click.get_current_context().exit(Exit.FOUND)


async def _list(context: Context, wanted: _Wanted) -> tuple[list[StoredCall], People]:
    async with reading(context) as database:
        known = await people(context, database)
        narrow = _filter(wanted, known, context.now())
        return await _of_line(database, narrow, wanted, known), known


async def _of_line(
    database: Database, narrow: CallFilter, wanted: _Wanted, known: People
) -> list[StoredCall]:
    """A PBX may write a line's number in several ways; all of them are that line's calls."""
    found: dict[str, StoredCall] = {}
    for spelling in _spellings(wanted.line, known):
        some = await list_calls(database, replace(narrow, line=spelling), limit=wanted.limit)
        found |= {stored.call.id: stored for stored in some}
    newest = sorted(found.values(), key=lambda s: (s.call.began_at, s.call.id), reverse=True)
    return newest[: wanted.limit]


def _spellings(text: str, known: People) -> tuple[str, ...]:
    if not text:
        return ("",)
    line = known.line(text)
    written = line.number if line else text
    digits = "".join(c for c in written if c.isdecimal())
    if len(digits) == 11 and digits[0] in "78":
        rest = digits[1:]
        return tuple(dict.fromkeys((written, f"7{rest}", f"+7{rest}", f"8{rest}", rest)))
    return (written,)


def _filter(wanted: _Wanted, known: People, now: datetime) -> CallFilter:
    line = known.line(wanted.line) if wanted.line else None
    zone = known.zone(line.department if line else "")
    if wanted.day and (wanted.since or wanted.until):
        raise Trouble(Exit.WRONG, "day-and-since")
    since = read_moment(wanted.since, zone, now) if wanted.since else None
    until = read_moment(wanted.until, zone, now) if wanted.until else None
    if wanted.day:
        since, until = read_day(wanted.day, zone, now)
    return CallFilter(
        since=since,
        until=until,
        disposition=Disposition(wanted.disposition) if wanted.disposition else None,
        who=_phones(wanted.who, known),
        number=_number(wanted.number, known),
    )


def _phones(who: str, known: People) -> tuple[Phone, ...]:
    """What a manager is reached at; an extension stands for itself, also of somebody who left.

    With its PBX (`main/101`) it is that PBX's alone.
    """
    pbx, slash, number = who.rpartition("/")
    if not number.isdecimal():
        return known.phones(known.find(who)) if who else ()
    manager = known.manager_at(number, pbx if slash else None)
    own = known.phones(manager) if manager else ()
    return tuple(dict.fromkeys((Phone(pbx, number), *own)))


def _is_of_several(who: str, known: People) -> bool:
    """Whether an extension was asked for that several PBXs have."""
    managers = known.office.managers.values() if known.office else ()
    return sum(manager.extension == who for manager in managers) > 1


def _number(written: str, known: People) -> str:
    if not written:
        return ""
    read = read_caller(written, known.plan)
    if not is_known_number(read):
        raise Trouble(Exit.WRONG, "bad-number", text=written)
    return number_id(read) or ""


def _print(context: Context, found: list[StoredCall], known: People, *, pbx: bool) -> None:
    """A call a line; with its PBX where that tells whose it is."""
    language = context.language
    columns = ("pbx", *_COLUMNS) if pbx else _COLUMNS
    head = [say(language, f"head-{column}") for column in columns]
    before = [[stored.call.pbx] if pbx else [] for stored in found]
    rows = [_row(language, stored, known) for stored in found]
    print_table(context, head, [first + row for first, row in zip(before, rows, strict=True)])


def _row(language: str, stored: StoredCall, known: People) -> list[str]:
    call = stored.call
    outbound = call.direction is Direction.OUTBOUND
    outside, inside = (call.line, call.caller) if outbound else (call.caller, call.line)
    client = stored.client_name or known.who(outside, call.pbx) or say(language, "nobody-known")
    return [
        shown(call.began_at, known.zone(stored.department), language),
        word(language, "direction", call.direction),
        client,
        known.who(inside, call.pbx) if outbound else known.line_name(inside),
        how_ended(language, call),
        known.who(call.answered_by, call.pbx),
        shown_seconds(call.talk_seconds) if call.talk_seconds else "",
        call.id,
    ]
