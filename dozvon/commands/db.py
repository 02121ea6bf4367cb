"""`dozvon db`: the database itself."""

from __future__ import annotations

import click

from dozvon.commands.facts.stored import database_file, prepare, run
from dozvon.commands.terminal.output import Colour, print_line
from dozvon.commands.terminal.speaking import SpeakingGroup
from dozvon.commands.terminal.texts import say
from dozvon.context import Context


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
