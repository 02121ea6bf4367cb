"""`dozvon status`: who can be rung, by his own word; and to change it.

A change is written to the database; the running service reads it within a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import click

from dozvon.commands.facts.moments import read_moment, shown
from dozvon.commands.facts.offices import needed_office, people
from dozvon.commands.facts.people import People
from dozvon.commands.facts.stored import reading, run, write
from dozvon.commands.terminal.exits import Exit, Trouble
from dozvon.commands.terminal.output import instant, print_json, print_table
from dozvon.commands.terminal.speaking import SpeakingCommand, as_json, option
from dozvon.commands.terminal.texts import say, word
from dozvon.context import Context
from router.office import Manager, Status
from storage.statuses import Statuses, StatusRow
from storage.unit_of_work import UnitOfWork

_COLUMNS = ("manager", "extension", "department", "status", "since", "until")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Now:
    """The people and what they said."""

    known: People
    rows: Mapping[str, StatusRow]

    def of(self, manager: Manager, now: datetime) -> StatusRow:
        """A manager's status now: one that ended by itself, or was never set, is available."""
        row = self.rows.get(manager.key)
        if row is None or (row.until is not None and row.until <= now):
            since = row.until if row and row.until else now
            return StatusRow(manager=manager.key, status=Status.AVAILABLE, since=since)
        return row


@click.command(cls=SpeakingCommand, help="command-status")
@click.argument("manager", required=False, default="")
@click.argument("status", required=False, default="")
@option("--until", default="", help="help-status-until")
@option("--by", default="", help="help-status-by")
@as_json()
@click.pass_obj
def status(  # noqa: PLR0913 - one per argument
    context: Context, *, manager: str, status: str, until: str, by: str, as_json: bool
) -> None:
    """Shows everybody, one, or changes one."""
    wanted = _status(context, status) if status else None
    if wanted is None and (until or by):
        raise click.UsageError(say(context.language, "status-which"))
    now = run(context, _read(context))
    one = now.known.find(manager) if manager else None
    if one is not None and wanted is not None:
        now = run(context, _change(context, now, _row(context, one, wanted, until, by, now.known)))
    managers = (
        [one] if one else list(now.known.office.managers.values() if now.known.office else ())
    )
    if as_json:
        print_json({"statuses": [_json(now.of(m, context.now()), m) for m in managers]})
    else:
        _print(context, now, managers)


def _status(context: Context, text: str) -> Status:
    words = {word(language, "status", s).casefold(): s for s in Status for language in ("ru", "en")}
    written = text.strip().casefold()
    found = words.get(written)
    if found is not None:
        return found
    try:
        return Status(written.replace("-", "_").replace(" ", "_"))
    except ValueError:
        about = {"name": "STATUS", "choices": ", ".join(Status)}
        raise click.UsageError(say(context.language, "usage-choice", **about)) from None


async def _read(context: Context) -> _Now:
    async with reading(context) as database:
        known = await people(context, database)
        if known.office is None:
            await needed_office(context, database, None)
        async with database.reading() as connection:
            return _Now(known=known, rows=await Statuses(connection).all())


def _row(  # noqa: PLR0913, PLR0917 - what a status is made of
    context: Context, manager: Manager, wanted: Status, until: str, by: str, known: People
) -> StatusRow:
    zone, now = known.zone(manager.department), context.now()
    ends = read_moment(until, zone, now) if until else None
    if ends is not None and ends <= now:
        raise Trouble(Exit.WRONG, "moment-past", at=shown(ends, zone, context.language))
    who = known.find(by).key if by else context.user()
    return StatusRow(manager=manager.key, status=wanted, since=now, until=ends, by=who)


async def _change(context: Context, now: _Now, row: StatusRow) -> _Now:
    async def work(uow: UnitOfWork) -> None:
        await uow.statuses.set(row)

    await write(context, work)
    return _Now(known=now.known, rows={**now.rows, row.manager: row})


def _json(row: StatusRow, manager: Manager) -> dict[str, object]:
    return {
        "manager": manager.key,
        "name": manager.name,
        "extension": manager.extension,
        "department": manager.department,
        "status": row.status,
        "since": instant(row.since) if row.by else None,
        "until": instant(row.until),
        "by": row.by,
    }


def _print(context: Context, now: _Now, managers: list[Manager]) -> None:
    language = context.language
    rows = []
    for manager in managers:
        row, zone = now.of(manager, context.now()), now.known.zone(manager.department)
        set_at = shown(row.since, zone, language, seconds=False) if row.by else ""
        ends = shown(row.until, zone, language, seconds=False)
        said = word(language, "status", row.status)
        department = now.known.department_name(manager.department)
        rows.append([manager.name, manager.extension, department, said, set_at, ends])
    print_table(context, [say(language, f"head-{column}") for column in _COLUMNS], rows)
