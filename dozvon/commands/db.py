"""`dozvon db`: the database itself."""

from __future__ import annotations

import click
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from dozvon.commands.facts.stored import (
    DRIVERS,
    database_file,
    leave_to_the_service,
    prepare,
    run,
)
from dozvon.commands.terminal.exits import Exit, Trouble
from dozvon.commands.terminal.output import Colour, print_json, print_line
from dozvon.commands.terminal.speaking import SpeakingGroup, as_json, option
from dozvon.commands.terminal.texts import say
from dozvon.context import Context
from storage.dialects import file_of

_TOLD_ROWS = 100_000


@click.group(cls=SpeakingGroup, help="command-db")
def db() -> None:
    """Everything about the database."""


@db.command("migrate", help="command-db-migrate")
@click.pass_obj
def migrate(context: Context) -> None:
    """Makes the tables or brings them to this version; does nothing where they are."""
    run(context, prepare(context))
    place = database_file(context) or "PostgreSQL"
    print_line(context, say(context.language, "migrated", place=place), Colour.GOOD)


@db.command("copy", help="command-db-copy")
@option("--to", "target", required=True, metavar="URL", help="help-copy-to")
@as_json()
@click.pass_obj
def copy(context: Context, *, target: str, as_json: bool) -> None:
    """Copies everything into an empty database and proves it; the service must be stopped."""
    from dozvon.compose import only_one_service  # noqa: PLC0415 - slow to import
    from storage.copy import copy as copy_database  # noqa: PLC0415 - needs Alembic

    address = _address(target)
    shown: dict[str, int] = {}

    def told(table: str, rows: int) -> None:
        """A line for each 100,000 rows."""
        if rows // _TOLD_ROWS > shown.get(table, 0):
            shown[table] = rows // _TOLD_ROWS
            text = say(context.language, "copy-progress", table=table, rows=rows)
            print_line(context, text, Colour.QUIET, err=True)

    with only_one_service(context.settings().data_dir):
        done = run(context, copy_database(context.settings().database, address, told=told))
        if file := file_of(address):
            leave_to_the_service(file)
    rows = sum(table.rows for table in done.values())
    if as_json:
        print_json({"tables": {name: table.rows for name, table in done.items()}, "rows": rows})
    else:
        about = {"tables": len(done), "rows": rows}
        print_line(context, say(context.language, "copy-done", **about), Colour.GOOD)


def _address(target: str) -> str:
    """The address with a driver that we have; raises `Trouble` for one that is none."""
    try:
        url = make_url(target)
    except ArgumentError:
        raise Trouble(Exit.WRONG, "bad-database-url") from None
    drivers = {"postgresql": "postgresql+asyncpg", "sqlite": "sqlite+aiosqlite"}
    url = url.set(drivername=drivers.get(url.drivername, url.drivername))
    if url.drivername not in DRIVERS:
        raise Trouble(Exit.WRONG, "bad-database-driver", driver=url.drivername)
    return url.render_as_string(hide_password=False)
