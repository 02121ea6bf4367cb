"""The process that converts one recording: reads its order as JSON, answers in JSON, ends.

A process of its own, because an hour of sound must neither hold up a call nor take our memory with
it. It binds itself by limits before it opens anything (memory, processor time, the size of what it
writes) and is killed by its parent when it takes too long. Started as `python -m recordings.worker`
by `recordings.converting`.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import sys
from contextlib import ExitStack, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from recordings.audio import Encoder, PlainEncoder, open_sound
from recordings.errors import BrokenSound, ConversionFailed, StoreFull
from recordings.headers import SoundFacts, read_facts
from recordings.joining import JoinPlan, PartFacts, plan_joining
from recordings.mixing import Mixed, mix
from recordings.orders import Order, OrderedPart, PartResult, Result, ResultSound
from recordings.waveform import measure

NARROW, WIDE = 8000, 16_000
NICE = 10
_PIECE = 1 << 20


def bind(order: Order) -> None:
    """Sets the limits of this process and of the ffmpeg children that it starts.

    A priority that it may not lower (a unit's filter of system calls) costs no recording.
    """
    with suppress(OSError):
        os.nice(NICE)
    for what, most in (
        (resource.RLIMIT_AS, order.memory_bytes),
        (resource.RLIMIT_CPU, order.cpu_seconds),
        (resource.RLIMIT_FSIZE, order.most_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        limit = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (limit, hard))


def convert(order: Order) -> Result:
    """Joins the parts into one conversation; what cannot be read is told part by part."""
    facts, results = _read(order)
    if not facts:
        return Result(parts=tuple(results))
    rate = _rate(facts.values())
    plan = plan_joining(_facts(order, facts), rate=rate, longest_seconds=order.longest_seconds)
    used = {track.part for track in plan.tracks}
    with ExitStack() as stack:
        sounds = {}
        for part in order.parts:
            if part.name in used:
                sound = open_sound(part.path, facts[part.name], ffmpeg=order.ffmpeg, rate=rate)
                stack.callback(sound.close)
                sounds[part.name] = sound
        mixed, written = _mixed(order, plan, sounds)
        troubles = {name: getattr(sound, "trouble", "") for name, sound in sounds.items()}
    results += [_heard(name, facts[name], mixed, rate, troubles) for name in sorted(used)]
    if not mixed.samples:
        return Result(parts=tuple(results))
    wave = measure(mixed.levels, mixed.samples / rate)
    return Result(
        seconds=wave.seconds,
        sides=plan.sides,
        peaks=wave.peaks,
        talk_shares=wave.talk_shares,
        silences=wave.silences,
        too_long=mixed.too_long,
        doubts=tuple((name, str(doubt)) for name, doubt in plan.doubts),
        parts=tuple(results),
        sounds=tuple(_sound(path, form) for form, path in written.items()),
    )


def _read(order: Order) -> tuple[dict[str, SoundFacts], list[PartResult]]:
    facts: dict[str, SoundFacts] = {}
    results: list[PartResult] = []
    for part in order.parts:
        try:
            facts[part.name] = read_facts(part.path)
        except BrokenSound as broken:
            results.append(PartResult(name=part.name, why_id=broken.why_id))
    return facts, results


def _facts(order: Order, facts: dict[str, SoundFacts]) -> list[PartFacts]:
    return [_part_facts(part, facts[part.name]) for part in order.parts if part.name in facts]


def _part_facts(part: OrderedPart, facts: SoundFacts) -> PartFacts:
    return PartFacts(
        name=part.name, kind=part.kind, channels=facts.channels or 2, began_at=part.began_at
    )


def _rate(facts: Any) -> int:
    """The telephone's rate, unless any part is better than that."""
    return NARROW if all((each.rate or WIDE) <= NARROW for each in facts) else WIDE


def _mixed(order: Order, plan: JoinPlan, sounds: dict[str, Any]) -> tuple[Mixed, dict[str, Path]]:
    with ExitStack() as stack:
        encoders: list[Encoder | PlainEncoder] = []
        for form in order.formats if order.ffmpeg else ("wav",):
            path = order.folder / f"conversation.{form}"
            encoder = _encoder(path, form, order, plan)
            stack.enter_context(encoder)
            encoders.append(encoder)

        def write(samples: bytes) -> None:
            for encoder in encoders:
                encoder.write(samples)

        mixed = mix(plan, sounds, write)
        for encoder in encoders:
            encoder.finish()
        return mixed, {encoder.form: encoder.path for encoder in encoders}


def _encoder(path: Path, form: str, order: Order, plan: JoinPlan) -> Encoder | PlainEncoder:
    if form == "wav":
        return PlainEncoder(path, rate=plan.rate, sides=plan.sides)
    return Encoder(path, form, ffmpeg=order.ffmpeg, rate=plan.rate, sides=plan.sides)


def _heard(
    name: str, facts: SoundFacts, mixed: Mixed, rate: int, troubles: dict[str, str]
) -> PartResult:
    samples = mixed.heard.get(name, 0)
    why_id, detail = "", ""
    if not samples:
        why_id, detail = "no-samples", troubles[name]
    elif facts.missing_bytes:
        missing = facts.missing_bytes // facts.frame_bytes / (facts.rate or rate)
        why_id, detail = "cut", f"{missing:.1f}"
    elif troubles[name]:
        why_id, detail = "damaged", troubles[name][:300]
    return PartResult(name=name, seconds=round(samples / rate, 2), why_id=why_id, detail=detail)


def _sound(path: Path, form: str) -> ResultSound:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    size = path.stat().st_size
    return ResultSound(format=form, path=path, size=size, sha256=digest.hexdigest())


def main() -> int:
    """Carries out the order on standard input."""
    order = Order.of(json.load(sys.stdin))
    bind(order)
    try:
        answer: dict[str, Any] = asdict(convert(order))
    except (ConversionFailed, StoreFull, BrokenSound) as error:
        answer = {"failed": type(error).__name__, "why_id": error.why_id, "detail": error.detail}
    except MemoryError:
        answer = {"failed": "ConversionFailed", "why_id": "too-much-memory", "detail": ""}
    except OSError as error:
        full = error.strerror and "space" in error.strerror.lower()
        answer = {
            "failed": "StoreFull" if full else "ConversionFailed",
            "why_id": "disk-full" if full else "cannot-read",
            "detail": error.strerror or str(error),
        }
    json.dump(answer, sys.stdout, default=str)
    return 0


if __name__ == "__main__":
    sys.exit(main())
