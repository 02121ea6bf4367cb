"""Click's commands, groups and options that speak the reader's language.

`help=` holds the id of a text instead of the text; it is looked up when help is shown, because the
language is known only then.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, TypeVar

import click

from dozvon.commands.terminal.texts import help_text
from dozvon.context import Context

F = TypeVar("F", bound=Callable[..., Any])


def language_of(ctx: click.Context | None = None) -> str:
    """The language of whoever reads."""
    ctx = ctx or click.get_current_context()
    return ctx.find_root().ensure_object(Context).language


def first_sentence(text: str) -> str:
    """The beginning of a text up to its first full stop."""
    return text.split(". ", maxsplit=1)[0].rstrip(".")


class SpeakingOption(click.Option):
    """An option whose help is a text by its id."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The two columns of this option in a help page."""
        spoken = copy.copy(self)
        spoken.help = help_text(language_of(ctx), self.help or "")
        return click.Option.get_help_record(spoken, ctx)


class SpeakingCommand(click.Command):
    """A command whose help page is in the reader's language."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The first line of the page."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        prefix = help_text(language_of(ctx), "usage") + " "
        formatter.write_usage(ctx.command_path, pieces, prefix=prefix)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What the command does."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(help_text(language_of(ctx), self.help or ""))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options in two columns."""
        found = (p for p in self.get_params(ctx) if isinstance(p, click.Option))
        records = [record for p in found if (record := p.get_help_record(ctx))]
        if records:
            with formatter.section(help_text(language_of(ctx), "options")):
                formatter.write_dl(records)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """`--help`, in words."""
        found = super().get_help_option(ctx)
        if found is not None:
            found.help = help_text(language_of(ctx), "help-help")
        return found

    def get_short_help_str(self, limit: int = 45) -> str:  # noqa: ARG002 - click's signature
        """The first sentence, for a list of commands."""
        return first_sentence(help_text(language_of(), self.help or ""))


class SpeakingGroup(SpeakingCommand, click.Group):
    """A group of commands in the reader's language."""

    command_class = SpeakingCommand
    group_class = type

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options, then the commands."""
        SpeakingCommand.format_options(self, ctx, formatter)
        rows = [(name, self.short_help_of(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section(help_text(language_of(ctx), "commands")):
            formatter.write_dl(rows)

    def short_help_of(self, ctx: click.Context, name: str) -> str:
        """What stands beside a command in the list."""
        command = self.get_command(ctx, name)
        return command.get_short_help_str() if command else ""


def option(*names: str, **attributes: Any) -> Callable[[F], F]:
    """`click.option` whose `help` is the id of a text."""
    return click.option(*names, cls=SpeakingOption, **attributes)


def as_json() -> Callable[[F], F]:
    """The option that every command with a result has."""
    return option("--json", "as_json", is_flag=True, help="help-json")
