"""`dozvon route`: whom would such a call ring, and why? Nothing rings and nothing is written.

The same `router.decide` decides as for live calls, over the office, the client base and the
statuses of the service. Only the phones' states are unknown here, and unknown means: ring it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from config.holiday_calendar import PublicHolidays
from crm_bridge.builtin.directory import BuiltinDirectory
from crm_bridge.port import ClientDirectory
from dozvon.commands.facts.moments import read_moment, shown
from dozvon.commands.facts.offices import needed_office
from dozvon.commands.facts.people import People
from dozvon.commands.facts.shapes import decision_json
from dozvon.commands.facts.stored import has_database, reading, run
from dozvon.commands.terminal.output import Colour, clean, instant, print_json, print_line
from dozvon.commands.terminal.plans import print_plan, print_reasons
from dozvon.commands.terminal.speaking import SpeakingCommand, as_json, option
from dozvon.commands.terminal.texts import say
from dozvon.context import Context
from router.facts import Offer
from router.numbers import to_json
from router.office import Office
from router.plan import Decision
from storage.database import Database
from switchboard.desk import manager_at
from switchboard.trying import Asked, Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """The call that is tried."""

    line: str
    caller: str
    at: str
    pbx: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    """What came out."""

    offer: Offer
    decision: Decision
    people: People


@click.command(cls=SpeakingCommand, help="command-route")
@option("--line", required=True, help="help-line")
@option("--from", "caller", required=True, help="help-from")
@option("--at", default="", help="help-at")
@option("--pbx", default="", help="help-pbx")
@option("--office", "file", type=click.Path(path_type=Path), metavar="FILE", help="help-office")
@as_json()
@click.pass_obj
def route(  # noqa: PLR0913 - one per option
    context: Context,
    *,
    line: str,
    caller: str,
    at: str,
    pbx: str,
    file: Path | None,
    as_json: bool,
) -> None:
    """Tries a call."""
    asked = _Asked(line=line, caller=caller, at=at, pbx=pbx)
    tried = run(context, _try(context, asked, file))
    if as_json:
        print_json(_json(tried, context.language))
    else:
        _print(context, tried)


async def _try(context: Context, asked: _Asked, file: Path | None) -> _Tried:
    now = context.now()

    def at(zone: ZoneInfo) -> datetime:
        return read_moment(asked.at, zone, now)

    async with _database_if_any(context) as database:
        office = await needed_office(context, database, file)
        people = People.of(office)
        directory = None if database is None else _directory(database, office)
        trial = Trial(office, PublicHolidays(), directory=directory, database=database)
        call = Asked(line=asked.line, caller=asked.caller, pbx=asked.pbx)
        tried = await trial.of(call, now, at if asked.at else None)
    return _Tried(offer=tried.offer, decision=tried.decision, people=people)


@asynccontextmanager
async def _database_if_any(context: Context) -> AsyncIterator[Database | None]:
    if has_database(context):
        async with reading(context) as database:
            yield database
    else:
        print_line(
            context, say(context.language, "client-base-unreachable"), Colour.CAUTION, err=True
        )
        yield None


def _directory(database: Database, office: Office) -> ClientDirectory:
    def manager_of(pbx: str, phone: str) -> str:
        found, _ = manager_at(office, pbx, phone)
        return found.key if found else ""

    return BuiltinDirectory(database, manager_of=manager_of)


def _json(tried: _Tried, language: str) -> dict[str, object]:
    offered: dict[str, object] = {
        "line_number": tried.offer.line,
        "caller": to_json(tried.offer.number),
        "at": instant(tried.offer.at),
        "pbx": tried.offer.pbx,
    }
    return offered | decision_json(tried.decision, language)


def _print(context: Context, tried: _Tried) -> None:
    offer, people = tried.offer, tried.people
    zone = people.zone(tried.decision.department)
    about = {
        "line": people.line_name(offer.line),
        "number": people.number(offer.line),
        "caller": people.number(offer.caller),
        "at": shown(offer.at, zone, context.language),
        "zone": clean(zone.key),
    }
    print_line(context, say(context.language, "route-title", **about))
    print_line(context)
    print_plan(context, tried.decision, people)
    print_line(context)
    print_reasons(context, tried.decision)
