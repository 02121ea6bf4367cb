"""A wire between the service and the exchange's AMI that a test can cut and mend."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sales_floor import Floor

from config.settings import Settings
from config.settings_file import load_settings
from dozvon.lab import AsteriskInstance


@asynccontextmanager
async def wire(pbx: AsteriskInstance) -> AsyncIterator[tuple[int, asyncio.Event]]:
    """The wire's port and its knife: while the event is set every connection is reset."""
    cut = asyncio.Event()
    port = pbx.ports.spare[0]

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far = await asyncio.open_connection("127.0.0.1", pbx.ports.ami)
        pumps = {
            asyncio.create_task(_pump(reader, far[1])),
            asyncio.create_task(_pump(far[0], writer)),
            asyncio.create_task(cut.wait()),
        }
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for task in pumps:
            task.cancel()
        await asyncio.wait(pumps)
        for sink in (writer, far[1]):
            sink.transport.abort()

    server = await asyncio.start_server(carry, "127.0.0.1", port)
    try:
        yield port, cut
    finally:
        cut.set()
        server.close()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while data := await source.read(65536):
        sink.write(data)


def on_a_wire(floor: Floor, port: int) -> Settings:
    """The floor's settings, with the AMI at the wire's end."""
    there = f"ami_port = {floor.pbx.ports.ami}"
    config = floor.folder / "wired.toml"
    config.touch(mode=0o600)
    config.write_text(floor.config.read_text().replace(there, f"ami_port = {port}"))
    return load_settings(config, environment={})
