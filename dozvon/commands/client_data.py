"""`dozvon clients export`, `erase` and `record`: what a client may ask for by law."""

from __future__ import annotations

from pathlib import Path

import click

from dozvon.commands.facts.stored import reading, run, write, writing
from dozvon.commands.terminal.exits import Exit, Trouble
from dozvon.commands.terminal.output import Colour, instant, print_json, print_line
from dozvon.commands.terminal.speaking import SpeakingCommand, as_json, option
from dozvon.commands.terminal.texts import say
from dozvon.context import Context
from storage.audit import AuditRow
from storage.client_data import erasures_of
from storage.unit_of_work import UnitOfWork
from switchboard.client_data import Erased, Exported, erase_client, export_client


@click.command("export", cls=SpeakingCommand, help="command-clients-export")
@click.argument("key")
@option("--to", "folder", required=True, type=click.Path(path_type=Path), help="help-export-to")
@as_json()
@click.pass_obj
def export(context: Context, *, key: str, folder: Path, as_json: bool) -> None:
    """Writes everything about a client into a folder."""
    done = run(context, _export(context, key, folder))
    if as_json:
        print_json({"rows": dict(done.rows), "recordings": done.sounds, "lost": list(done.lost)})
    else:
        about = {"folder": folder, "rows": sum(done.rows.values()), "sounds": done.sounds}
        print_line(context, say(context.language, "clients-export-done", **about), Colour.GOOD)
    if done.lost:
        told = say(context.language, "clients-export-lost", calls=", ".join(done.lost))
        print_line(context, told, Colour.BAD, err=True)


@click.command("erase", cls=SpeakingCommand, help="command-clients-erase")
@click.argument("key")
@option("--why", default="", help="help-recordings-why")
@option("--yes", is_flag=True, help="help-recordings-yes")
@as_json()
@click.pass_obj
def erase(context: Context, *, key: str, why: str, yes: bool, as_json: bool) -> None:
    """Erases a client everywhere and says so on record."""
    language = context.language
    asked = say(language, "clients-erase-ask", key=key)
    if not yes and not click.confirm(asked, default=False):
        raise Trouble(Exit.REFUSED, "clients-erase-refused")
    done = run(context, _erase(context, key, why))
    if done.held:
        held = ", ".join(str(number) for number in done.held)
        raise Trouble(Exit.REFUSED, "clients-erase-held", held=held)
    if as_json:
        print_json({"rows": dict(done.rows), "recordings": done.sounds})
    else:
        about = {"rows": sum(done.rows.values()), "sounds": done.sounds}
        print_line(context, say(language, "clients-erase-done", **about), Colour.GOOD)


@click.command("record", cls=SpeakingCommand, help="command-clients-record")
@click.argument("key")
@click.argument("wanted", type=click.Choice(("yes", "no")))
@click.pass_obj
def record(context: Context, *, key: str, wanted: str) -> None:
    """Says whether a client's conversations are recorded."""
    row = AuditRow(
        at=context.now(),
        by=f"cli:{context.user()}",
        act="record-client",
        subject=f"client:{key}",
        about={"recorded": wanted},
    )

    async def work(uow: UnitOfWork) -> bool:
        await uow.audit.add(row)
        return await uow.recordings.wanted_by(key, recorded=wanted == "yes")

    if not run(context, write(context, work)):
        raise Trouble(Exit.FOUND, "clients-data-none", key=key)
    print_line(context, say(context.language, f"clients-record-{wanted}", key=key), Colour.GOOD)


async def _export(context: Context, key: str, folder: Path) -> Exported:
    from dozvon.composing_recordings import store_of  # noqa: PLC0415 - slow to import

    store = store_of(context.settings())
    async with reading(context) as database:
        async with database.reading() as connection:
            before = await erasures_of(connection, key)
        done = await export_client(database, store, key, folder, at=context.now())
    if done.empty and before:
        about = {"at": instant(before[-1]["at"]), "who": before[-1]["by"]}
        raise Trouble(Exit.FOUND, "clients-erased-before", **about)
    if done.empty:
        raise Trouble(Exit.FOUND, "clients-data-none", key=key)
    return done


async def _erase(context: Context, key: str, why: str) -> Erased:
    from dozvon.composing_recordings import store_of  # noqa: PLC0415 - slow to import

    store, by = store_of(context.settings()), f"cli:{context.user()}"
    at = context.now()
    async with writing(context) as writer, reading(context) as database:
        return await erase_client(database, writer, store, key, by=by, at=at, why=why)
