"""The office as a command sees it: the one in force, or one from a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from config.errors import OfficeMistakes
from config.office_file import load_office, read_office
from dozvon.commands.facts.people import People
from dozvon.commands.facts.stored import has_database, reading, run
from dozvon.commands.terminal.exits import Exit, Trouble
from dozvon.context import Context
from router.office import Office
from storage.database import Database
from storage.errors import StorageError
from storage.office_versions import OfficeVersions


async def people(context: Context, database: Database) -> People:
    """The people of the office in force; without names where there is none."""
    return People.of(await office_in_force(context, database))


async def office_in_force(context: Context, database: Database) -> Office | None:
    """The office applied last; else the office file, which the first start would apply."""
    async with database.reading() as connection:
        current = await OfficeVersions(connection).current()
    if current is not None:
        office = load_office(
            current.text, file=f"office version {current.version}", language=context.language
        )
        return replace(office, version=current.version)
    return office_of_file(context)


def office_of_file(context: Context) -> Office | None:
    """The office file of the settings, if there is one."""
    path = context.settings().office_path
    return read_office(path, language=context.language) if path.is_file() else None


async def needed_office(context: Context, database: Database | None, file: Path | None) -> Office:
    """The office from a file if one is named, else the one in force; raises where there is none."""
    if file is not None:
        return read_office(file, language=context.language)
    found = await office_in_force(context, database) if database else office_of_file(context)
    if found is None:
        raise Trouble(Exit.REFUSED, "no-office")
    return found


def office_if_any(context: Context) -> Office | None:
    """The office in force, or None: for commands that only become better by knowing it."""

    async def ask() -> Office | None:
        if not has_database(context):
            return office_of_file(context)
        async with reading(context) as database:
            return await office_in_force(context, database)

    try:
        return run(context, ask())
    except (OfficeMistakes, OSError, StorageError, Trouble):
        return None
