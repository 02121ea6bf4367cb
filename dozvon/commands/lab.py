"""`dozvon lab`: the private Asterisk that the demo and the tests use."""

from __future__ import annotations

import click

from dozvon.lab.setup import ensure_root


@click.group()
def lab() -> None:
    """The private Asterisk of the demo and the tests."""


@lab.command()
@click.pass_context
def setup(context: click.Context) -> None:
    """Fetch and unpack Asterisk, once for this machine; exit code 3 where none is to be had."""
    root = ensure_root(lambda line: click.echo(f"· {line}", err=True))
    if root is None:
        context.exit(3)
