"""A FastAGI server that thinks about nothing: what the sockets and the machine alone take.

Started by `decision.py` with the port as its argument; ends with its standard input.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

from pbx_adapters.asterisk.agi_wire import AgiRequest
from pbx_adapters.asterisk.fastagi import FastAgiServer

VARIABLES = [(f"DZ_STEP_{n}", "x" * 400) for n in (1, 2, 3, 4)] + [("DZ_OK", "1~~busy~~60")]


async def answer(_request: AgiRequest) -> Sequence[tuple[str, str]]:
    """As many variables as a plan has, at once."""
    return VARIABLES


async def main() -> None:
    """Serves until the parent goes."""
    async with FastAgiServer(answer, port=int(sys.argv[1])):
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
