"""`dozvon backup`, `dozvon restore`: one file, a folder of sounds beside it, everything back."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import click

from config.settings import Settings
from dozvon.commands.terminal.exits import Exit, Trouble
from dozvon.commands.terminal.output import Colour, print_json, print_line
from dozvon.commands.terminal.speaking import SpeakingCommand, as_json, option
from dozvon.commands.terminal.texts import say
from dozvon.context import Context
from dozvon.setup import restoring, sounds
from dozvon.setup.keeping import Made, make_backup
from dozvon.setup.restoring import Restored, Target
from dozvon.setup.sounds import Carried
from recordings.errors import RecordingError
from storage.dialects import file_of

_FILE = click.Path(path_type=Path, dir_okay=False)
_THERE = click.Path(path_type=Path, dir_okay=False, exists=True)
_FOLDER = click.Path(path_type=Path, file_okay=False)
_USUAL_SETTINGS = Path("/etc/dozvon/dozvon.toml")
_USUAL_DATA = Path("/var/lib/dozvon")
_SHOWN = 5
"""Keys of sounds that a sentence names; the rest stand in the JSON."""


@click.command(cls=SpeakingCommand, help="command-backup")
@click.argument("file", type=_FILE)
@option("--with-secrets", is_flag=True, help="help-backup-with-secrets")
@option("--with-recordings", is_flag=True, help="help-backup-with-recordings")
@option("--forget-deleted", is_flag=True, help="help-backup-forget-deleted")
@as_json()
@click.pass_context
def backup(  # noqa: PLR0913 - one argument for each option
    ctx: click.Context,
    /,
    *,
    file: Path,
    with_secrets: bool,
    with_recordings: bool,
    forget_deleted: bool,
    as_json: bool,
) -> None:
    """Writes everything into one file, also while the service runs; sounds into a folder beside."""
    context = ctx.ensure_object(Context)
    settings, config = context.settings(), context.config_file()
    if file.exists():
        raise Trouble(Exit.REFUSED, "backup-there", file=file)
    if forget_deleted and not with_recordings:
        raise Trouble(Exit.WRONG, "backup-forgets-alone")
    try:
        made = make_backup(file, settings, config, with_secrets=with_secrets, at=context.now())
    except sqlite3.Error as error:
        raise Trouble(Exit.UNREACHABLE, "backup-unreadable", reason=error) from error
    kept = _sounds(file, settings, carried=with_recordings, forgotten=forget_deleted)
    if as_json:
        told = {"file": file, "members": made.members, "secrets_left_out": made.left_out}
        print_json(told | {"recordings": asdict(kept)})
    else:
        _tell_backup(context, made, kept)
    if kept.carried and kept.carried.lost:
        ctx.exit(Exit.FOUND)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sounds:
    """The sounds beside a backup: `carried` is None where nobody asked for them."""

    store: Path
    folder: Path
    wanted: int
    carried: Carried | None = None
    forgotten: int = 0


def _sounds(file: Path, settings: Settings, *, carried: bool, forgotten: bool) -> _Sounds:
    """Copies them, where it is asked for. Those that the database got meanwhile come too."""
    database = file_of(settings.database)
    wanted = sounds.wanted_sounds(database) if database else {}
    store = settings.data_dir / settings.recordings.folder
    folder = file.absolute().parent / sounds.FOLDER
    found = _Sounds(store=store, folder=folder, wanted=len(wanted))
    if not carried:
        return found
    found = replace(found, carried=_carry(store, folder, wanted, trust=True))
    return replace(found, forgotten=sounds.forget(folder, wanted)) if forgotten else found


def _carry(source: Path, target: Path, wanted: Mapping[str, int], *, trust: bool) -> Carried:
    try:
        return sounds.carry(source, target, wanted, trust=trust)
    except (RecordingError, OSError) as error:
        raise Trouble(Exit.REFUSED, "sounds-stopped", folder=target, reason=error) from error


def _tell_backup(context: Context, made: Made, kept: _Sounds) -> None:
    about = {"file": made.file, "members": ", ".join(made.members)}
    print_line(context, say(context.language, "backup-made", **about), Colour.GOOD)
    if made.left_out:
        left = say(context.language, "backup-left-out", count=made.left_out)
        print_line(context, left, Colour.CAUTION)
    if kept.carried:
        _tell_carried(context, "backup-recordings", kept.carried, kept.folder)
    elif kept.wanted:
        about = {"count": kept.wanted, "folder": kept.store}
        print_line(context, say(context.language, "backup-without", **about), Colour.CAUTION)
    if kept.forgotten:
        print_line(context, say(context.language, "backup-forgotten", count=kept.forgotten))


def _tell_carried(context: Context, sentence: str, carried: Carried, folder: Path) -> None:
    about = {"copied": carried.copied, "there": carried.there, "folder": folder}
    print_line(context, say(context.language, sentence, **about), Colour.GOOD)
    for name, keys in (("sounds-missing", carried.missing), ("sounds-damaged", carried.damaged)):
        if keys:
            shown = ", ".join(keys[:_SHOWN]) + (", …" if len(keys) > _SHOWN else "")
            told = say(context.language, name, count=len(keys), keys=shown)
            print_line(context, told, Colour.BAD)


@click.command(cls=SpeakingCommand, help="command-restore")
@click.argument("file", type=_THERE)
@option("--force", is_flag=True, help="help-restore-force")
@option("--data-dir", type=_FOLDER, help="help-restore-data-dir")
@option("--recordings", type=_FOLDER, help="help-restore-recordings")
@as_json()
@click.pass_context
def restore(  # noqa: PLR0913 - one argument for each option
    ctx: click.Context,
    /,
    *,
    file: Path,
    force: bool,
    data_dir: Path | None,
    recordings: Path | None,
    as_json: bool,
) -> None:
    """Puts a backup in place; what was there stays beside it."""
    context = ctx.ensure_object(Context)
    target = _target(context, file, data_dir)
    done = restoring.restore_backup(file, target, force=force, at=context.now())
    source = recordings or file.absolute().parent / sounds.FOLDER
    carried = _bring_back(source, target)
    if as_json:
        told = {"made_at": done.manifest.made_at, "restored": done.put, "kept_beside": done.aside}
        print_json(told | {"recordings": asdict(carried) | {"folder": target.sounds}})
    else:
        _tell(context, done)
        if carried != Carried():
            _tell_carried(context, "restored-recordings", carried, target.sounds)
        if carried.lost:
            print_line(context, say(context.language, "restore-sounds-from", folder=source))
    if carried.lost:
        ctx.exit(Exit.FOUND)


def _bring_back(source: Path, target: Target) -> Carried:
    """The sounds that the restored database promises; what is there already is read as well."""
    wanted = sounds.wanted_sounds(target.database)
    return _carry(source, target.sounds, wanted, trust=False) if wanted else Carried()


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
            sounds=settings.data_dir / settings.recordings.folder,
        )
    said = restoring.settings_in(file)
    folder = data_dir or restoring.data_dir_in(said, config) or _USUAL_DATA
    return restoring.usual_target(folder, config, restoring.sounds_in(said))


def _tell(context: Context, done: Restored) -> None:
    about = {"at": done.manifest.made_at, "files": ", ".join(str(place) for place in done.put)}
    print_line(context, say(context.language, "restored", **about), Colour.GOOD)
    if done.aside:
        aside = ", ".join(str(place) for place in done.aside)
        print_line(context, say(context.language, "restore-aside", files=aside), Colour.CAUTION)
    print_line(context, say(context.language, "restore-next"))
