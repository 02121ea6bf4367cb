"""Questions over real FastAGI sockets, as Asterisk asks them, and how long each answer takes.

Measured from the request line to the last answer's end: connection, header, every variable one by
one. Open loop: a question is asked at its time, whatever became of those before it.
"""

from __future__ import annotations

import asyncio
import random
import time

from company import number_of

from pbx_adapters.asterisk.dialplan import VERSION

DEADLINE_SECONDS = 5.0


async def ask(port: int, call: str, line: str, caller: str) -> float:
    """Asks once; returns the seconds. Raises `RuntimeError` when the plan did not come whole."""
    header = {
        "agi_network": "yes",
        "agi_network_script": "dozvon/route",
        "agi_request": f"agi://127.0.0.1:{port}/dozvon/route",
        "agi_channel": f"PJSIP/trunk-{call[-8:]}",
        "agi_language": "ru",
        "agi_type": "PJSIP",
        "agi_uniqueid": call,
        "agi_version": "22.0.0",
        "agi_callerid": caller,
        "agi_calleridname": "unknown",
        "agi_dnid": line,
        "agi_context": "dozvon-in",
        "agi_extension": "s",
        "agi_priority": "8",
        "agi_arg_1": VERSION,
        "agi_arg_2": line,
        "agi_arg_3": "",
    }
    said = "".join(f"{key}: {value}\n" for key, value in header.items()) + "\n"
    began = time.perf_counter()
    async with asyncio.timeout(DEADLINE_SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(said.encode())
        whole = False
        while command := await reader.readline():
            whole = whole or b"DZ_OK" in command
            writer.write(b"200 result=1\n")
        took = time.perf_counter() - began
        writer.close()
    if not whole:
        raise RuntimeError(f"the plan of {call} did not come whole")
    return took


class Load:
    """Questions of known clients at a steady rate."""

    def __init__(self, port: int, line: str, clients: int) -> None:
        self._port, self._line, self._clients = port, line, clients
        self._began = int(time.time())
        self._dice = random.Random(1)
        self.asked = 0
        self.failed = 0

    async def run(self, count: int, per_second: float) -> list[float]:
        """Asks `count` questions and returns how long each took."""
        took: list[float] = []
        begin = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for n in range(count):
                await asyncio.sleep(max(0.0, begin + n / per_second - time.perf_counter()))
                group.create_task(self._one(took))
        return took

    async def _one(self, took: list[float]) -> None:
        self.asked += 1
        caller = number_of(self._dice.randrange(self._clients), self._dice.randrange(2))
        call = f"bench-{self._began}.{self.asked}"
        try:
            took.append(await ask(self._port, call, self._line, caller))
        except (OSError, RuntimeError, TimeoutError):
            self.failed += 1
