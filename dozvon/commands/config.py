"""`dozvon config`: the settings as they came out, and where each came from."""

from __future__ import annotations

import click

from config.settings import show as show_settings
from config.settings_file import precedence
from dozvon.commands.terminal.output import Colour, clean, print_json, print_line, print_table
from dozvon.commands.terminal.speaking import SpeakingGroup, as_json
from dozvon.commands.terminal.texts import say
from dozvon.context import Context

_COLUMNS = ("setting", "value", "origin")


@click.group(cls=SpeakingGroup, help="command-config")
def config() -> None:
    """Everything about the settings."""


@config.command("show", help="command-config-show")
@as_json()
@click.pass_obj
def show(context: Context, *, as_json: bool) -> None:
    """Prints every setting; secrets are masked."""
    rows = show_settings(context.settings())
    language = context.language
    if as_json:
        names = ("path", "value", "origin")
        settings = [dict(zip(names, row, strict=True)) for row in rows]
        file = context.config_file()
        print_json({"file": str(file) if file else None, "settings": settings})
        return
    shown = [(path, value, _origin(language, origin)) for path, value, origin in rows]
    print_table(context, [say(language, f"head-{column}") for column in _COLUMNS], shown)
    print_line(context)
    print_line(context, clean(precedence(language)), Colour.QUIET)


def _origin(language: str, origin: str) -> str:
    return say(language, "origin-default") if origin == "default" else origin
