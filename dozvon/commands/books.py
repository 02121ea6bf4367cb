"""`dozvon books`: whether our log agrees with what the PBX wrote for itself."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import click

from dozvon.commands.facts.moments import read_day, shown
from dozvon.commands.facts.offices import office_in_force
from dozvon.commands.facts.people import People
from dozvon.commands.facts.stored import reading, run
from dozvon.commands.terminal.exits import Exit, Trouble
from dozvon.commands.terminal.output import Colour, instant, print_json, print_line, print_table
from dozvon.commands.terminal.speaking import SpeakingCommand, as_json, option
from dozvon.commands.terminal.texts import say, word
from dozvon.compose import call_records
from dozvon.context import Context
from router.books import Account, Difference
from router.books_sentences import sentence
from storage.sentences import in_language
from switchboard.books import DayBooks, balance_day

_COLUMNS = ("line", "in-records", "answered", "missed-calls", "rejected", "excluded", "differences")


@click.command(cls=SpeakingCommand, help="command-books")
@option("--day", default="today", help="help-books-day")
@option("--line", default="", help="help-line")
@as_json()
@click.pass_context
def books(ctx: click.Context, *, day: str, line: str, as_json: bool) -> None:
    """Balances a day; a difference, or records that cannot be read, is a finding."""
    context = ctx.ensure_object(Context)
    kept, known = run(context, _balance(context, day, line))
    if as_json:
        print_json(_json(kept, context.language, known))
    else:
        _print(context, kept, known)
    if not kept.balanced:
        ctx.exit(Exit.FOUND)


async def _balance(context: Context, day: str, line: str) -> tuple[DayBooks, People]:
    async with reading(context) as database:
        office = await office_in_force(context, database)
        if office is None:
            raise Trouble(Exit.REFUSED, "no-office")
        known = People.of(office)
        wanted = known.line(line) if line else None
        if line and wanted is None:
            raise Trouble(Exit.FOUND, "books-no-line", line=line)
        records = call_records(context.settings(), office)
        if not records:
            raise Trouble(Exit.REFUSED, "books-no-records")
        key = wanted.key if wanted else ""
        about = _day(context, day, known.zone())
        now = context.now()
        return await balance_day(database, records, office, about, now=now, line=key), known


def _day(context: Context, day: str, zone: ZoneInfo) -> date:
    return read_day(day, zone, context.now())[0].astimezone(zone).date()


def _print(context: Context, kept: DayBooks, known: People) -> None:
    language = context.language
    for told in kept.unreadable:
        print_line(context, str(in_language(told, language)), Colour.BAD)
    if kept.damaged:
        print_line(context, say(language, "books-damaged", count=kept.damaged), Colour.BAD)
    if kept.books.accounts:
        head = [say(language, f"head-{column}") for column in _COLUMNS]
        print_table(context, head, [_row(language, a, known) for a in kept.books.accounts])
    elif not kept.unreadable:
        print_line(context, say(language, "books-empty"))
    for found in kept.books.differences:
        print_line(context, _said(found, language, known), Colour.BAD)
    if kept.balanced:
        print_line(context, say(language, "books-balance"), Colour.GOOD)


def _row(language: str, account: Account, known: People) -> list[str]:
    excluded = (f"{n} {word(language, 'excluded', why)}" for why, n in account.excluded.items())
    return [
        _line(account.line, known) or say(language, "books-line-unknown"),
        str(account.in_records),
        str(account.answered),
        str(account.missed),
        str(account.rejected),
        ", ".join(excluded) or "-",
        str(account.differences),
    ]


def _line(key: str, known: People) -> str:
    found = known.office.lines.get(key) if known.office else None
    return found.name if found else key


def _said(found: Difference, language: str, known: People) -> str:
    at = shown(found.began_at, known.zone(), language)
    return sentence(found, language, at=at, caller=known.number(found.caller))


def _json(kept: DayBooks, language: str, known: People) -> dict[str, object]:
    return {
        "day": kept.day.isoformat(),
        "balanced": kept.balanced,
        "unreadable": list(kept.unreadable),
        "damaged": kept.damaged,
        "accounts": [
            {
                "line": account.line,
                "in_records": account.in_records,
                "answered": account.answered,
                "missed": account.missed,
                "rejected": account.rejected,
                "excluded": dict(account.excluded),
                "differences": account.differences,
                "balanced": account.balanced,
            }
            for account in kept.books.accounts
        ],
        "differences": [
            {
                "kind": found.kind,
                "line": found.line,
                "call": found.call_id,
                "caller": found.caller,
                "began_at": instant(found.began_at),
                "sentence": _said(found, language, known),
            }
            for found in kept.books.differences
        ],
    }
