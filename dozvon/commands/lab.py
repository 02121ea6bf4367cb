"""`dozvon lab`: the private Asterisk that the demo and the tests use."""

from __future__ import annotations

import click

from dozvon.commands.terminal.speaking import SpeakingGroup
from dozvon.lab.setup import ensure_root


@click.group(cls=SpeakingGroup, help="command-lab")
def lab() -> None:
    """The private Asterisk of the demo and the tests."""


@lab.command(help="command-lab-setup")
@click.pass_context
def setup(context: click.Context) -> None:
    """Fetches and unpacks Asterisk, once for this machine."""
    root = ensure_root(lambda line: click.echo(f"· {line}", err=True))
    if root is None:
        context.exit(3)
