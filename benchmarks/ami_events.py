"""AMI events in a second on one core: ours beside the protocol of the library below it.

Traffic is recorded in the same run from a real Asterisk that works with the product's dialplan
(missed, answered and abandoned calls), and told again many times over with other ids. Ours means
bytes to frames, the queue to the consumer, and the tracker that makes calls of them, in order; the
library's means bytes to messages and their dispatch to a callback that does nothing. Both are fed
the same pieces of 64 KiB, by processor time.
"""

from __future__ import annotations

import asyncio
import gc
import re
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from company import LINE, number_of, serving
from floor import Floor, asterisk_root, floor, watched
from panoramisk import Manager
from panoramisk.ami_protocol import AMIProtocol
from table import Row, asterisk_version, machine, tell

from dozvon.lab import answer_after
from dozvon.lab.root import describe
from pbx_adapters.asterisk.ami_connection import FrameQueue
from pbx_adapters.asterisk.ami_wire import AmiReader
from pbx_adapters.asterisk.manager_conf import WANTED_EVENTS
from pbx_adapters.asterisk.tracking import PartyRules, Tracker
from router.events import CallBegan, CallEnded

EVENTS = 150_000
PIECE = 1 << 16
CALLS = 24
_END = b"\r\n\r\n"
_IDS = re.compile(rb"bench-(\d+)\.(\d+)|(-[0-9a-f]{8})(?=[;\r])")


async def record(place: Floor) -> bytes:
    """The AMI's words about some calls."""
    stop = asyncio.Event()
    watching = asyncio.create_task(watched(place.pbx, stop))
    for n, phone in enumerate(place.phones.values()):
        phone.behave(answer_after(0.2, hang_up_after=0.3) if n % 2 else phone.behaviour)
    async with serving(place.settings):
        await asyncio.sleep(2)
        calls = []
        for n in range(CALLS):
            calls.append(await place.carrier.call(LINE, number_of(n), hangup_after=1.0))
            await asyncio.sleep(0.1)
        for call in calls:
            await call.wait_ended(10)
        await asyncio.sleep(1)
    stop.set()
    return await watching


def events_of(record: bytes) -> bytes:
    """Whole messages only, without the greeting and answers."""
    messages = record.split(_END)[1:-1]
    events = [m for m in messages if m.startswith(b"Event:") and b"FullyBooted" not in m]
    return b"".join(m + _END for m in events)


def told_again(events: bytes, times: int) -> bytes:
    """The same events with other ids each time, as if other calls had come."""

    def other(number: int) -> Callable[[re.Match[bytes]], bytes]:
        def replaced(found: re.Match[bytes]) -> bytes:
            if found[3]:
                return b"-%08x" % ((int(found[3][1:], 16) + number) & 0xFFFFFFFF)
            return b"bench-%d.%d" % (int(found[1]) + number * 1000, int(found[2]))

        return replaced

    return b"".join(_IDS.sub(other(n), events) for n in range(times))


def pieces_of(stream: bytes) -> list[bytes]:
    """The stream as it comes from a socket."""
    return [stream[start : start + PIECE] for start in range(0, len(stream), PIECE)]


async def ours(pieces: list[bytes]) -> tuple[float, int, int]:
    """Processor seconds, calls begun, calls ended."""
    reader = AmiReader(WANTED_EVENTS)
    queue = FrameQueue(20_000)
    tracker = Tracker("bench", PartyRules(trunks=frozenset({"trunk"})))
    now = datetime.now(UTC)
    began = ended = 0
    gc.collect()
    start = time.process_time()
    for piece in pieces:
        for frame in reader.feed(piece):
            queue.put(frame)
        while len(queue):
            frame = await queue.get()
            for event in tracker.feed(frame, now) if frame else ():
                began += isinstance(event, CallBegan)
                ended += isinstance(event, CallEnded)
    return time.process_time() - start, began, ended


def theirs(pieces: list[bytes]) -> tuple[float, int]:
    """Processor seconds and events that reached the callback."""
    heard = 0

    def hear(_manager: Any, _message: Any) -> None:
        nonlocal heard
        heard += 1

    manager = Manager(loop=asyncio.get_running_loop())
    manager.register_event("*", hear)
    protocol = AMIProtocol()
    protocol.connection_made(None)
    protocol.factory = manager
    protocol.encoding = "utf8"
    gc.collect()
    start = time.process_time()
    for piece in pieces:
        protocol.data_received(piece)
    return time.process_time() - start, heard


async def main() -> None:
    """Records, tells again, measures both."""
    root = asterisk_root()
    with tempfile.TemporaryDirectory(prefix="dozvon-bench-", dir="/tmp") as folder:
        async with floor(root, Path(folder)) as place:
            events = events_of(await record(place))
    wanted = of_interest(events)
    for stream, which in ((events, "all that Asterisk says"), (wanted, "those of interest alone")):
        await compare(stream, which, len(wanted) / len(events))
    version = await asyncio.to_thread(asterisk_version, describe(root).program)
    print(machine(version))


async def compare(events: bytes, which: str, share: float) -> None:
    """Two rows: ours, and the library's own protocol, over the same bytes."""
    count = events.count(_END)
    times = -(-EVENTS // count)
    pieces = pieces_of(told_again(events, times))
    total = count * times
    seconds, began, ended = min([await ours(pieces) for _ in range(3)])
    library, heard = min(theirs(pieces) for _ in range(2))
    rate = total / seconds
    every = share < 1 and "all" in which
    note = f"{total:,} events, {began:,} calls begun, {ended:,} ended in order; processor time"
    tell(
        Row(
            what=f"AMI events, wire + queue + tracker, one core, {which}",
            figure=f"{rate:,.0f}/s",
            goal="≥ 100,000/s" if every else "",
            held=rate >= 100_000 if every else None,
            note=f"{note}; of interest are {share:.0%} of the bytes" if every else note,
        )
    )
    note = f"{heard:,} events dispatched to nobody in particular; ours is {library / seconds:.1f} ×"
    what = f"the library's own protocol, {which}"
    tell(Row(what=what, figure=f"{total / library:,.0f}/s", note=note))


def of_interest(events: bytes) -> bytes:
    """Only what tracking reads, as a filter in manager.conf would leave it."""
    names = {name.encode() for name in WANTED_EVENTS}
    messages = events.split(_END)[:-1]
    return b"".join(m + _END for m in messages if m[7:].partition(b"\r")[0] in names)


if __name__ == "__main__":
    asyncio.run(main())
