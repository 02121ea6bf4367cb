"""What the service costs an exchange: post-dial delay, processor time, calls a second.

One real Asterisk and one trunk; the static line dials a phone at once, ours asks the service, which
knows the caller and rings his manager's phone. Sixty phones ring, nobody answers, callers leave
after half a second. Post-dial delay is from the INVITE to 180 as the carrier sees it, at 50 calls a
second in alternating blocks. How many calls are sustained is tried in steps, each way on an
Asterisk of its own, and ends at the first step in which a call in a hundred does not ring within a
second:
beyond its limit Asterisk only gets worse.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from company import LINE, number_of, serving
from floor import MANAGERS, STATIC_LINE, Floor, asterisk_root, floor
from table import Row, asterisk_version, cpu_seconds, machine, milliseconds, percentile, tell

from dozvon.lab import OutsideCall
from dozvon.lab.root import describe

PER_SECOND = 50
BLOCK_SECONDS = 5
BLOCKS = 4
LEAVES_AFTER_SECONDS = 0.5
STEPS = (30, 45, 60, 75, 90, 105, 120, 150)
STEP_SECONDS = 4
IN_TIME_SECONDS = 1.0


class Callers:
    """Calls at a steady rate, each to another phone than the one before it."""

    def __init__(self, place: Floor, *, ours: bool) -> None:
        self._place, self._ours = place, ours
        self._turn = 0

    async def run(self, seconds: float, per_second: float) -> list[float | None]:
        """Seconds from INVITE to 180 of each call; None for one that did not ring."""
        calls: list[OutsideCall] = []
        begin = time.perf_counter()
        for n in range(int(seconds * per_second)):
            await asyncio.sleep(max(0.0, begin + n / per_second - time.perf_counter()))
            calls.append(await self._one())
        await asyncio.sleep(LEAVES_AFTER_SECONDS + IN_TIME_SECONDS)
        return [_rang_after(call) for call in calls]

    async def _one(self) -> OutsideCall:
        n, self._turn = self._turn % MANAGERS, self._turn + 1
        line = LINE if self._ours else f"{STATIC_LINE}{101 + n}"
        carrier = self._place.carrier
        return await carrier.call(line, number_of(n), hangup_after=LEAVES_AFTER_SECONDS)


def _rang_after(call: OutsideCall) -> float | None:
    return (call.ringing_at - call.started_at).total_seconds() if call.ringing_at else None


def rang(delays: Sequence[float | None]) -> list[float]:
    """The delays of those that rang."""
    return [delay for delay in delays if delay is not None]


async def post_dial_delay(root: Path, folder: Path) -> None:
    """Alternating blocks on one Asterisk; three rows."""
    found: dict[bool, list[float | None]] = {False: [], True: []}
    spent = {False: 0.0, True: 0.0}
    async with floor(root, folder) as place, serving(place.settings):
        pid = place.pbx.pid or 0
        callers = {ours: Callers(place, ours=ours) for ours in found}
        await asyncio.sleep(2)
        for ours in found:  # warm both ways up
            await callers[ours].run(2, 25)
        for _ in range(BLOCKS):
            for ours in found:
                before = cpu_seconds(pid)
                found[ours] += await callers[ours].run(BLOCK_SECONDS, PER_SECOND)
                spent[ours] += cpu_seconds(pid) - before
    static, ours = rang(found[False]), rang(found[True])
    tell_delay(static, ours, [len(found[way]) - len(rang(found[way])) for way in (False, True)])
    each = {way: spent[way] / len(found[way]) * 1000 for way in found}
    tell(
        Row(
            what="Asterisk's own processor time for a call, ours ÷ static",
            figure=f"{each[True]:.1f} ÷ {each[False]:.1f} ms = {each[True] / each[False]:.2f}",
            note="the dialplan's journal, statuses and phone states run in Asterisk",
        )
    )


def tell_delay(static: Sequence[float], ours: Sequence[float], silent: Sequence[int]) -> None:
    """What the two ways took, and the difference."""
    added = statistics.median(ours) - statistics.median(static)
    late = percentile(ours, 99) - percentile(static, 99)
    what = f"post-dial delay, INVITE → 180, {PER_SECOND} calls/s"
    for name, delays, missing in (
        ("static dialplan", static, silent[0]),
        ("ours", ours, silent[1]),
    ):
        note = f"{len(delays):,} calls; {missing} did not ring"
        tell(Row(what=f"{what}, {name}", figure=milliseconds(delays), note=note))
    tell(
        Row(
            what="post-dial delay added",
            figure=f"p50 {added * 1000:.1f} ms, p99 {late * 1000:.1f} ms",
            goal="p50 ≤ 2 ms, p99 ≤ 5 ms",
            held=added <= 0.002 and late <= 0.005,
            note=f"alternating blocks of {BLOCK_SECONDS} s on one Asterisk",
        )
    )


async def sustained(root: Path, folder: Path, *, ours: bool) -> tuple[int, str]:
    """The last step that was held on a fresh Asterisk, and how the next one went."""
    held, last = 0, "every step was held"
    async with AsyncExitStack() as stack:
        place = await stack.enter_async_context(floor(root, folder))
        if ours:
            await stack.enter_async_context(serving(place.settings))
            await asyncio.sleep(2)
        callers = Callers(place, ours=ours)
        await callers.run(2, 20)
        for rate in STEPS:
            delays = await callers.run(STEP_SECONDS, rate)
            in_time = sum(d <= IN_TIME_SECONDS for d in rang(delays)) / len(delays)
            if in_time < 0.99:
                last = f"at {rate}/s {1 - in_time:.0%} did not ring within a second"
                break
            held = rate
    return held, last


async def main() -> None:
    """Delay, then both ways to their limit."""
    root = asterisk_root()
    with tempfile.TemporaryDirectory(prefix="dz-", dir="/tmp") as folder:
        await post_dial_delay(root, Path(folder) / "delay")
        static, how_static = await sustained(root, Path(folder) / "static", ours=False)
        with_us, how_ours = await sustained(root, Path(folder) / "ours", ours=True)
    ratio = with_us / static if static else 0.0
    tell(
        Row(
            what="calls/s that Asterisk sustains with us ÷ with the static dialplan",
            figure=f"{with_us} ÷ {static} = {ratio:.2f}",
            goal="≥ 0.9",
            held=ratio >= 0.9,
            note=f"static: {how_static}; ours: {how_ours}; callers and phones share the machine",
        )
    )
    print(machine(await asyncio.to_thread(asterisk_version, describe(root).program)))


if __name__ == "__main__":
    asyncio.run(main())
