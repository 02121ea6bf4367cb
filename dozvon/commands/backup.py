"""`dozvon backup` and `dozvon restore`: everything in one file, and everything back."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import click

from dozvon.commands.terminal.exits import Exit, Trouble
from dozvon.commands.terminal.output import Colour, print_json, print_line
from dozvon.commands.terminal.speaking import SpeakingCommand, as_json, option
from dozvon.commands.terminal.texts import say
from dozvon.context import Context
from dozvon.setup import restoring
from dozvon.setup.keeping import make_backup
from dozvon.setup.restoring import Restored, Target
from storage.dialects import file_of

_FILE = click.Path(path_type=Path, dir_okay=False)
_THERE = click.Path(path_type=Path, dir_okay=False, exists=True)
_FOLDER = click.Path(path_type=Path, file_okay=False)
_USUAL_SETTINGS = Path("/etc/dozvon/dozvon.toml")
_USUAL_DATA = Path("/var/lib/dozvon")


@click.command(cls=SpeakingCommand, help="command-backup")
@click.argument("file", type=_FILE)
@option("--with-secrets", is_flag=True, help="help-backup-with-secrets")
@as_json()
@click.pass_obj
def backup(context: Context, /, *, file: Path, with_secrets: bool, as_json: bool) -> None:
    """Writes everything into one file, also while the service runs."""
    settings, config = context.settings(), context.config_file()
    if file.exists():
        raise Trouble(Exit.REFUSED, "backup-there", file=file)
    try:
        made = make_backup(file, settings, config, with_secrets=with_secrets, at=context.now())
    except sqlite3.Error as error:
        raise Trouble(Exit.UNREACHABLE, "backup-unreadable", reason=error) from error
    if as_json:
        print_json({"file": file, "members": made.members, "secrets_left_out": made.left_out})
        return
    about = {"file": file, "members": ", ".join(made.members)}
    print_line(context, say(context.language, "backup-made", **about), Colour.GOOD)
    if made.left_out:
        left = say(context.language, "backup-left-out", count=made.left_out)
        print_line(context, left, Colour.CAUTION)


@click.command(cls=SpeakingCommand, help="command-restore")
@click.argument("file", type=_THERE)
@option("--force", is_flag=True, help="help-restore-force")
@option("--data-dir", type=_FOLDER, help="help-restore-data-dir")
@as_json()
@click.pass_obj
def restore(
    context: Context, /, *, file: Path, force: bool, data_dir: Path | None, as_json: bool
) -> None:
    """Puts a backup in place; what was there stays beside it."""
    target = _target(context, file, data_dir)
    done = restoring.restore_backup(file, target, force=force, at=context.now())
    if as_json:
        print_json(
            {"made_at": done.manifest.made_at, "restored": done.put, "kept_beside": done.aside}
        )
        return
    _tell(context, done)


def _target(context: Context, file: Path, data_dir: Path | None) -> Target:
    """Where to: as asked, else as the settings here say, else as those in the backup say."""
    config = context.config_file() or _USUAL_SETTINGS
    if data_dir is None and config.is_file():
        settings = context.settings()
        database = file_of(settings.database)
        if database is None:
            raise Trouble(Exit.REFUSED, "backup-server")
        return Target(
            data_dir=settings.data_dir,
            database=database,
            office=settings.office_path,
            settings=config,
        )
    folder = data_dir or restoring.data_dir_in(file, config) or _USUAL_DATA
    return restoring.usual_target(folder, config)


def _tell(context: Context, done: Restored) -> None:
    about = {"at": done.manifest.made_at, "files": ", ".join(str(place) for place in done.put)}
    print_line(context, say(context.language, "restored", **about), Colour.GOOD)
    if done.aside:
        aside = ", ".join(str(place) for place in done.aside)
        print_line(context, say(context.language, "restore-aside", files=aside), Colour.CAUTION)
    print_line(context, say(context.language, "restore-next"))
