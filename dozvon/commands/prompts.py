"""`dozvon prompts`: what callers hear from us, recorded by oneself or spoken by a machine."""

from __future__ import annotations

import os
from pathlib import Path

import click

from dozvon.commands.terminal.exits import Exit, Trouble
from dozvon.commands.terminal.output import Colour, print_json, print_line, print_table
from dozvon.commands.terminal.speaking import SpeakingGroup, as_json, option
from dozvon.commands.terminal.texts import say
from dozvon.context import LANGUAGES, Context
from dozvon.setup.prompts import NAMES, PROMPTS, Prompt, add_prompt, recorded, usual_sounds
from dozvon.setup.spoken import is_spoken, make_prompts, synthesiser

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
            {
                "name": p.name,
                "file": (file := files[p.name]),
                "spoken": bool(file and is_spoken(file)),
                "text": p.text(language),
                "stock": p.stock,
            }
            for p in PROMPTS
        ]
        print_json({"language": language, "sounds": folder, "prompts": rows})
        return
    shown = [(p.name, _told(context, p, files[p.name]), p.text(language)) for p in PROMPTS]
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


@prompts.command("make", help="command-prompts-make")
@option("--language", "spoken", type=click.Choice(LANGUAGES), help="help-prompts-language")
@option("--voice", default="", help="help-prompts-voice")
@option("--sounds", type=_FOLDER, help="help-prompts-sounds")
@click.pass_obj
def make(context: Context, *, spoken: str | None, voice: str, sounds: Path | None) -> None:
    """Lets a machine speak what nobody has recorded."""
    folder = sounds or usual_sounds()
    if folder is None:
        raise Trouble(Exit.REFUSED, "prompts-no-sounds")
    program = synthesiser(lambda line: click.echo(f"· {line}", err=True), os.environ)
    language = spoken or context.language
    made = make_prompts(program=program, sounds=folder, language=language, voice=voice)
    for name, place in made.items():
        if place is None:
            print_line(context, say(context.language, "prompts-own", name=name), Colour.QUIET)
        else:
            print_line(context, say(context.language, "prompts-spoken", place=place), Colour.GOOD)


def _told(context: Context, prompt: Prompt, file: Path | None) -> str:
    if file is None:
        sentence = "prompts-missing-one" if prompt.stock else "prompts-silent-one"
        return say(context.language, sentence, stock=prompt.stock)
    return say(context.language, "prompts-by-machine", file=file) if is_spoken(file) else str(file)
