"""The command line: `dozvon COMMAND`.

Every command lives in its own module under `dozvon.commands` and is imported only when it is called
or asked for help: `dozvon --help` and `dozvon number` must not wait for a database library. This
module therefore imports nothing heavy, and the list of commands is data.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from dozvon.commands.terminal.exits import Exit, Trouble
from dozvon.commands.terminal.speaking import SpeakingGroup, first_sentence, language_of, option
from dozvon.commands.terminal.texts import help_text, say
from dozvon.commands.terminal.troubles import tell
from dozvon.context import LANGUAGES, Context

COMMANDS = (
    "serve",
    "demo",
    "init",
    "check",
    "dialplan",
    "prompts",
    "lab",
    "status",
    "call",
    "calls",
    "why",
    "callbacks",
    "gaps",
    "books",
    "recordings",
    "route",
    "number",
    "replay",
    "office",
    "clients",
    "people",
    "config",
    "db",
    "backup",
    "restore",
)
MODULES = {"restore": "backup"}
"""Commands that share a module with another; every other command has one of its own name."""


class Root(SpeakingGroup):
    """The commands by name, loaded lazily; every trouble ends here as a sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The commands of this installation, in the order of a working day."""
        return [name for name in COMMANDS if find_spec(_module_of(name))]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Imports a command; None where there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        module = _module_of(cmd_name)
        if find_spec(module) is None:
            raise Trouble(Exit.WRONG, "not-here", name=cmd_name)
        command = getattr(import_module(module), cmd_name)
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Finds the command, or says which one was probably meant."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            language = language_of(ctx)
            near = get_close_matches(args[0], COMMANDS, n=3)
            hint = say(language, "did-you-mean", names=", ".join(near)) if near else ""
            raise click.UsageError(say(language, "usage-no-command", name=args[0], hint=hint), ctx)
        return super().resolve_command(ctx, args)

    def short_help_of(self, ctx: click.Context, name: str) -> str:
        """What stands beside a command in the list, without importing it."""
        return first_sentence(help_text(language_of(ctx), f"command-{name}"))

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Reads the words; `--help` prints here already."""
        with _quiet_pipe():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command."""
        with _quiet_pipe():
            return super().invoke(ctx)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT001, FBT002 - click's signature
        windows_expand_args: bool = True,  # noqa: FBT001, FBT002 - click's signature
        **extra: Any,
    ) -> Any:
        """Runs a command; unless embedded, ends the process with an `Exit` code."""
        own: dict[str, Any] = {"obj": Context()} | extra
        own["windows_expand_args"] = windows_expand_args
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **own)
        try:
            code = super().main(args, prog_name, complete_var, standalone_mode=False, **own)
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last place there is
            sys.exit(tell(own["obj"], error))
        sys.exit(code if isinstance(code, int) else Exit.FINE)


def _module_of(name: str) -> str:
    return f"dozvon.commands.{MODULES.get(name, name)}"


@contextmanager
def _quiet_pipe() -> Iterator[None]:
    """Ends quietly when the reader of our output went away (`dozvon calls | head`)."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())  # what is still kept back must not fail at the exit
        raise click.exceptions.Exit(Exit.PIPE_CLOSED) from None


def _take_config(ctx: click.Context, _: click.Parameter, value: Path | None) -> None:
    ctx.ensure_object(Context).config = value


def _take_language(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    ctx.ensure_object(Context).chosen_language = value or ""


def _show_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's signature
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version  # noqa: PLC0415 - 20 ms that only this needs

        click.echo(f"dozvon {version('dozvon')}")
        ctx.exit()


@click.group(cls=Root, help="command", no_args_is_help=True)
@option(
    "--config",
    type=click.Path(path_type=Path),
    is_eager=True,
    expose_value=False,
    callback=_take_config,
    help="help-config",
    metavar="FILE",
)
@option(
    "--language",
    type=click.Choice(LANGUAGES),
    is_eager=True,
    expose_value=False,
    callback=_take_language,
    help="help-language",
)
@option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="help-version",
)
def dozvon() -> None:
    """Everything that can be asked of Dozvon (the help page says it in the reader's language)."""


def main() -> None:
    """Run the command line as a process of its own."""
    dozvon.main(obj=Context(process=True))
