"""`dozvon serve`: the service itself."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys

import click
import structlog

from config.settings import LogFormat, Settings
from dozvon import logs
from dozvon.commands.terminal.speaking import SpeakingCommand
from dozvon.compose import service
from dozvon.context import Context

SWITCH_SECONDS = 0.0005
"""So long a thread may keep the interpreter from another that wants it. Python's own 5 ms are the
time for which the writer's thread would hold up a decision, several times for each."""

log = structlog.get_logger()


async def serve_until_told(settings: Settings, stop: asyncio.Event) -> None:
    """Run the service until `stop` is set; what has ended by then is written."""
    async with service(settings) as board:
        running = asyncio.create_task(board.run(), name="board")
        stopping = asyncio.create_task(stop.wait(), name="stop")
        gc.freeze()  # what is imported stays: each look through it would hold up calls for 0.1 s
        log.info("service is up", office=board.office().name, pbxs=sorted(settings.pbx))
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        await board.settle()
        running.cancel()
        await asyncio.wait({running})
        if not running.cancelled() and (failure := running.exception()):
            raise failure
    log.info("service has stopped")


async def _serve(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await serve_until_told(settings, stop)


@click.command(cls=SpeakingCommand, help="command-serve")
@click.pass_obj
def serve(context: Context) -> None:
    """Routes calls, follows them and keeps their log, until stopped."""
    settings = context.settings()
    if context.process:
        logs.configure(settings.log.level, for_people=settings.log.format is LogFormat.TEXT)
        sys.setswitchinterval(SWITCH_SECONDS)
    asyncio.run(_serve(settings))
