"""`dozvon demo`: the main job with real calls, told as they happen."""

from __future__ import annotations

import asyncio

import click

from dozvon import logs
from dozvon.commands.terminal.speaking import SpeakingCommand, option
from dozvon.demo.show import show


@click.command(cls=SpeakingCommand, help="command-demo")
@option("--once", is_flag=True, help="help-demo-once")
@click.pass_context
def demo(context: click.Context, *, once: bool) -> None:
    """Shows the main job: a private Asterisk, an example office, real SIP calls."""
    if context.obj.process:
        logs.configure("error", for_people=True)
    try:
        good = asyncio.run(show(context.obj.language, once=once, say=click.echo))
    except asyncio.CancelledError:  # by a signal; everything is cleared up
        raise click.Abort from None
    context.exit(0 if good else 1)
