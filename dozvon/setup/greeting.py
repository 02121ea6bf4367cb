"""Which Asterisk stands there, before anybody is let in: its greeting tells the AMI's version."""

from __future__ import annotations

import asyncio
import re

_SECONDS = 3.0
_LONGEST = 200
_GREETING = re.compile(rb"Asterisk Call Manager/(\d+)\.")
_MAJORS = {5: 16, 6: 17, 7: 18, 8: 19, 9: 20, 10: 21, 11: 22}
"""AMI's major version → Asterisk's (as they were published together)."""


async def asterisk_behind(host: str, port: int) -> int | None:
    """The major version of Asterisk behind an AMI, 0 for one that nobody knows.

    None where nothing answers, or something that is no AMI.
    """
    try:
        async with asyncio.timeout(_SECONDS):
            reader, writer = await asyncio.open_connection(host, port, limit=_LONGEST)
            try:
                line = await reader.readline()
            finally:
                writer.close()
    except (OSError, ValueError):
        return None
    found = _GREETING.match(line)
    return _MAJORS.get(int(found[1]), 0) if found else None
