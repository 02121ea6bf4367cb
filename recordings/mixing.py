"""Carries out a plan of joining: reads every part piece by piece and hands on the conversation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from recordings.audio import WIDTH, Sound, added, hear, one_channel, silence, two_sides
from recordings.joining import JoinPlan, Side, Track
from recordings.waveform import Levels

PIECE_SECONDS = 4


@dataclass(slots=True)
class _Voice:
    """One part while it is read.

    It begins `offset` samples after the conversation, or where the one `before` it ends if that is
    later.
    """

    sound: Sound
    tracks: Sequence[Track]
    offset: int
    before: _Voice | None = None
    heard: int = 0
    over: bool = False

    @property
    def begins(self) -> int | None:
        """After how many samples of the conversation; None while that is not known yet."""
        if self.before is None:
            return self.offset
        if not self.before.over or self.before.begins is None:
            return None
        return max(self.offset, self.before.begins + self.before.heard)

    def piece(self, begin: int, samples: int) -> tuple[bytes, int] | None:
        """The samples in a piece of time that begins at `begin`, and how many stand before them."""
        if self.over or self.begins is None or self.begins >= begin + samples:
            return None
        lead = max(0, self.begins - begin)
        data = self.sound.read(samples - lead)
        read = len(data) // (WIDTH * self.sound.channels)
        self.heard += read
        self.over = read < samples - lead
        return data, lead


@dataclass(slots=True, kw_only=True)
class Mixed:
    """What came of it: the length, how loud it was, and how long each part really is."""

    samples: int = 0
    levels: Levels
    heard: dict[str, int] = field(default_factory=dict)
    too_long: bool = False


def mix(plan: JoinPlan, sounds: Mapping[str, Sound], write: Callable[[bytes], None]) -> Mixed:
    """Hands the conversation to `write` in pieces; stops at the plan's longest."""
    voices = _voices(plan, sounds)
    mixed = Mixed(levels=Levels.of(plan.sides))
    if _is_whole(plan, voices):
        _straight(plan, voices[0], mixed, write)
    else:
        _joined(plan, voices, mixed, write)
    mixed.heard = {voice.tracks[0].part: voice.heard for voice in voices}
    return mixed


def _is_whole(plan: JoinPlan, voices: Sequence[_Voice]) -> bool:
    """Whether one file is the whole conversation already, its two sides as we want them."""
    if len(voices) != 1 or plan.sides != 2:
        return False
    (voice,) = voices
    sides = [(track.channel, track.side) for track in voice.tracks]
    wanted = [(0, Side.CLIENT), (1, Side.US)]
    return voice.sound.channels == 2 and sides == wanted and not voice.offset


def _straight(plan: JoinPlan, voice: _Voice, mixed: Mixed, write: Callable[[bytes], None]) -> None:
    """Hands on what is read as it is; taking it apart is only for the ear."""
    while not voice.over and not mixed.too_long:
        data, _ = voice.piece(mixed.samples, PIECE_SECONDS * plan.rate) or (b"", 0)
        for channel in (0, 1):
            hear(mixed.levels, channel, one_channel(data, 2, channel), plan.rate)
        write(data)
        mixed.samples += len(data) // (2 * WIDTH)
        mixed.too_long = mixed.samples >= plan.longest and not voice.over


def _joined(
    plan: JoinPlan, voices: Sequence[_Voice], mixed: Mixed, write: Callable[[bytes], None]
) -> None:
    piece = PIECE_SECONDS * plan.rate
    while any(not voice.over for voice in voices):
        if mixed.samples >= plan.longest:
            mixed.too_long = True
            break
        sides = _sides(voices, plan, mixed.samples, piece)
        samples = max(len(side) for side in sides) // WIDTH
        sides = [side + silence(samples - len(side) // WIDTH) for side in sides]
        if samples:
            for number, side in enumerate(sides):
                hear(mixed.levels, number, side, plan.rate)
            write(two_sides(*sides) if plan.sides == 2 else sides[0])
        mixed.samples += samples


def _by_part(plan: JoinPlan) -> dict[str, list[Track]]:
    found: dict[str, list[Track]] = {}
    for track in plan.tracks:
        found.setdefault(track.part, []).append(track)
    return found


def _voices(plan: JoinPlan, sounds: Mapping[str, Sound]) -> list[_Voice]:
    """Every part, behind those that it follows."""
    found: dict[str, _Voice] = {}
    for name, tracks in _by_part(plan).items():
        found[name] = _voice(sounds[name], tracks, found.get(tracks[0].after))
    return list(found.values())


def _voice(sound: Sound, tracks: Sequence[Track], before: _Voice | None) -> _Voice:
    left = tracks[0].skip
    while left > 0:
        step = min(left, sound.rate * PIECE_SECONDS)
        read = len(sound.read(step)) // (WIDTH * sound.channels)
        if read < step:
            break
        left -= step
    return _Voice(sound, tracks, tracks[0].offset, before)


def _sides(voices: Sequence[_Voice], plan: JoinPlan, begin: int, samples: int) -> list[bytes]:
    """The piece of each side, as long as anybody in it; whoever comes later makes it whole."""
    sides = [b""] * plan.sides
    for voice in voices:
        found = voice.piece(begin, samples)
        if found is None:
            continue
        data, lead = found
        for track in voice.tracks:
            number = 1 if plan.sides == 2 and track.side is Side.US else 0
            mono = silence(lead) + one_channel(data, voice.sound.channels, track.channel)
            sides[number] = _over(sides[number], mono)
    if any(voice.begins is not None and voice.begins >= begin + samples for voice in voices):
        sides[0] += silence(samples - len(sides[0]) // WIDTH)
    return sides


def _over(one: bytes, other: bytes) -> bytes:
    """Both at once; the shorter is lengthened by silence."""
    if not one or not other:
        return one or other
    longest = max(len(one), len(other))
    return added(one.ljust(longest, b"\0"), other.ljust(longest, b"\0"))
