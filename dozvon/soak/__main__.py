"""The long form: `make soak`. Prints a table; ends with 0 only if everything that must be zero is.

python -m dozvon.soak [--calls 1000] [--kills 30] [--rate 7] [--entries 10000] [--seed N]
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random, SystemRandom

from dozvon.lab import ensure_root
from dozvon.soak.audit import Findings, audit
from dozvon.soak.callers import Callers
from dozvon.soak.figures import callback_seconds, journal_seconds
from dozvon.soak.floor import Floor, soak_floor
from dozvon.soak.troubles import kill_again_and_again
from dozvon.soak.witnesses import Witness, hear

_LONGEST_SECONDS = 12 * 60.0
_DESKS = 32
_CALLBACKS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a soak found."""

    findings: Findings
    witnesses: Sequence[Witness]
    kills: int
    entries: int
    entries_lost: int
    journal_seconds: float
    callback_seconds: Sequence[float]


async def soak(floor: Floor, asked: argparse.Namespace, random: Random) -> Result:
    """Call, kill, compare, and then measure."""
    day = Callers(floor, random)
    await floor.service.start()
    await floor.service.ready()
    killing = asyncio.create_task(
        kill_again_and_again(floor, random, up_seconds=2.0, down_seconds=0.5), name="killing"
    )
    try:
        await day.place(asked.calls, asked.rate)
    finally:
        killing.cancel()
        await asyncio.wait({killing})
    await floor.service.start()
    await floor.service.ready()
    witnesses = hear(floor, day.placed)
    findings = await audit(floor, witnesses)
    kills = floor.service.kills
    callbacks = await callback_seconds(floor, random, _CALLBACKS)
    took, lost = await journal_seconds(floor, asked.entries)
    return Result(
        findings=findings,
        witnesses=witnesses,
        kills=kills,
        entries=asked.entries,
        entries_lost=lost,
        journal_seconds=took,
        callback_seconds=callbacks,
    )


def table(result: Result) -> str:
    """The result for people."""
    stories: dict[str, int] = {}
    for witness in result.witnesses:
        stories[witness.placed.story] = stories.get(witness.placed.story, 0) + 1
    talks = sum(1 for w in result.witnesses if w.talk)
    rings = sorted(
        w.first_ring_seconds
        for w in result.witnesses
        if w.first_ring_seconds is not None and w.placed.reachable
    )
    late = result.callback_seconds
    rows = [
        ("calls placed", f"{len(result.witnesses)}"),
        ("kills of the service", f"{result.kills}"),
    ]
    rows += [(f"  {name}", f"{count}") for name, count in sorted(stories.items())]
    rows += [("talks", f"{talks}")]
    rows += [("first ring, p50 / p99 / longest", _spread(rings))]
    rows += [(name, f"{count}") for name, count in result.findings.zeros().items()]
    rows += [(f"lost of {result.entries} journal entries", f"{result.entries_lost}")]
    rows += [("service start to an empty journal", f"{result.journal_seconds:.1f} s")]
    rows += [("hang-up to callback item, p50 / p99 / longest", _spread(late))]
    return "\n".join(f"{name:<50} {value:>24}" for name, value in rows)


def _spread(found: Sequence[float]) -> str:
    if not found:
        return "-"
    p50, p99 = found[len(found) // 2], found[min(len(found) - 1, len(found) * 99 // 100)]
    return f"{p50:.3f} / {p99:.3f} / {found[-1]:.3f} s"


async def run(asked: argparse.Namespace, root: Path, folder: Path) -> int:
    """The whole soak; the exit code."""
    random = Random(asked.seed)
    async with (
        asyncio.timeout(_LONGEST_SECONDS),
        soak_floor(root, folder, desks=_DESKS) as floor,
    ):
        result = await soak(floor, asked, random)
    told = result.findings.told()
    print("\n".join(told[:40]), file=sys.stderr)
    print(table(result))
    well = not told and not result.entries_lost and result.kills >= asked.kills
    print(f"seed {asked.seed}: " + ("nothing was lost" if well else "NOT as promised"))
    return 0 if well else 1


def main() -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="dozvon.soak", description=__doc__)
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--rate", type=float, default=7.0)
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10**6))
    asked = parser.parse_args()
    root = ensure_root(print)
    if root is None:
        return 2
    print(f"seed {asked.seed}: {asked.calls} calls at {asked.rate:g} a second")
    with tempfile.TemporaryDirectory(prefix="dozvon-soak-") as folder:
        return asyncio.run(run(asked, root, Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
