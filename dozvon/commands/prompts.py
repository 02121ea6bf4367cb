"""`dozvon prompts`: what callers hear from us, and one's own recordings of it."""

from __future__ import annotations

from pathlib import Path

import click

from dozvon.commands.terminal.exits import Exit, Trouble
from dozvon.commands.terminal.output import Colour, print_json, print_line, print_table
from dozvon.commands.terminal.speaking import SpeakingGroup, as_json, option
from dozvon.commands.terminal.texts import say
from dozvon.context import LANGUAGES, Context
from dozvon.setup.prompts import NAMES, PROMPTS, add_prompt, recorded, usual_sounds

_FOLDER = click.Path(path_type=Path, file_okay=False)
_COLUMNS = ("name", "file", "text")


@click.group(cls=SpeakingGroup, help="command-prompts")
def prompts() -> None:
    """Everything about the sentences that callers hear."""


@prompts.command("list", help="command-prompts-list")
@option("--language", "spoken", type=click.Choice(LANGUAGES), help="help-prompts-language")
@option("--sounds", type=_FOLDER, help="help-prompts-sounds")
@as_json()
@click.pass_obj
def list_(context: Context, *, spoken: str | None, sounds: Path | None, as_json: bool) -> None:
    """Shows the texts to record and which of them are recorded."""
    language = spoken or context.language
    folder = sounds or usual_sounds()
    files = {name: recorded(folder, language, name) if folder else None for name in NAMES}
    if as_json:
        rows = [
            {"name": p.name, "file": files[p.name], "text": p.text(language), "stock": p.stock}
            for p in PROMPTS
        ]
        print_json({"language": language, "sounds": folder, "prompts": rows})
        return
    shown = [
        (
            prompt.name,
            str(files[prompt.name])
            if files[prompt.name]
            else say(context.language, "prompts-missing-one", stock=prompt.stock),
            prompt.text(language),
        )
        for prompt in PROMPTS
    ]
    print_table(context, [say(context.language, f"prompts-head-{c}") for c in _COLUMNS], shown)


@prompts.command("add", help="command-prompts-add")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@option("--as", "name", type=click.Choice(NAMES), required=True, help="help-prompts-as")
@option("--language", "spoken", type=click.Choice(LANGUAGES), help="help-prompts-language")
@option("--sounds", type=_FOLDER, help="help-prompts-sounds")
@click.pass_obj
def add(
    context: Context, *, file: Path, name: str, spoken: str | None, sounds: Path | None
) -> None:
    """Puts a recording where Asterisk finds it."""
    folder = sounds or usual_sounds()
    if folder is None:
        raise Trouble(Exit.REFUSED, "prompts-no-sounds")
    place = add_prompt(file, sounds=folder, language=spoken or context.language, name=name)
    print_line(context, say(context.language, "prompts-added", place=place), Colour.GOOD)
