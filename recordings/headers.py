"""What a sound file says of itself, read from its bytes and never from its name.

Only what is needed is read, and nothing that a file claims is believed beyond its real length. A
WAV whose header was never finished (sizes of nought: the writer is at work, or died) is as long as
it is; one that claims more than there is was cut.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from recordings.errors import BrokenSound

HEAD_BYTES = 4096
MOST_CHUNKS = 64
RATES = range(4000, 192_001)


class Container(StrEnum):
    """How a file is wrapped; the value is its usual ending."""

    WAV = "wav"
    MP3 = "mp3"
    OGG = "ogg"
    FLAC = "flac"
    M4A = "m4a"


class Encoding(StrEnum):
    """How samples are written; `OTHER` is ffmpeg's business."""

    PCM16 = "pcm16"
    PCM8 = "pcm8"
    ALAW = "alaw"
    ULAW = "ulaw"
    OTHER = "other"


_TAGS = {6: Encoding.ALAW, 7: Encoding.ULAW}
_WIDTHS = {Encoding.PCM16: 2, Encoding.PCM8: 1, Encoding.ALAW: 1, Encoding.ULAW: 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundFacts:
    """What a file is. `data_at` and `data_bytes` are where samples lie, for `Encoding`s of ours.

    `missing_bytes`: what the header promised and the file does not hold. `rate` and `channels` of a
    compressed file are what its beginning says, None where it does not.
    """

    container: Container
    encoding: Encoding
    rate: int | None
    channels: int | None
    data_at: int = 0
    data_bytes: int = 0
    missing_bytes: int = 0

    @property
    def frame_bytes(self) -> int:
        """The bytes of one sample of all channels."""
        return _WIDTHS.get(self.encoding, 1) * (self.channels or 1)

    @property
    def samples(self) -> int | None:
        """How many samples there are; None where only decoding tells."""
        if self.encoding is Encoding.OTHER:
            return None
        return self.data_bytes // self.frame_bytes


def read_facts(path: Path) -> SoundFacts:
    """What the file is; raises `BrokenSound` for what is empty or no sound."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        if not head:
            raise BrokenSound("empty-file")
        if head[:4] in {b"RIFF", b"RIFX", b"RF64"} and head[8:12] == b"WAVE":
            if head[:4] != b"RIFF":
                return _compressed(Container.WAV)
            return _wav(file, size)
    return _other(head)


def _other(head: bytes) -> SoundFacts:
    if head[:4] == b"OggS":
        return _ogg(head)
    if head[:4] == b"fLaC":
        return _compressed(Container.FLAC)
    if head[4:8] == b"ftyp":
        return _compressed(Container.M4A)
    if head[:3] == b"ID3" or (len(head) > 3 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0):
        return _mp3(head)
    raise BrokenSound("no-sound")


def _compressed(
    container: Container, rate: int | None = None, channels: int | None = None
) -> SoundFacts:
    return SoundFacts(
        container=container, encoding=Encoding.OTHER, rate=rate, channels=channels, data_bytes=1
    )


_MP3_RATES = (44_100, 48_000, 32_000)
_MP3_SLOWER = {3: 1, 2: 2, 0: 4}  # MPEG 1, 2, 2.5


def _mp3(head: bytes) -> SoundFacts:
    """Rate and channels of the first frame (ISO 11172-3, 2.4.2.3), if it lies near."""
    begin = 0
    if head[:3] == b"ID3" and len(head) >= 10:
        begin = 10 + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9])
    frame = head[begin : begin + 4]
    if len(frame) < 4 or frame[0] != 0xFF or frame[1] & 0xE0 != 0xE0:
        return _compressed(Container.MP3)
    slower, rate = _MP3_SLOWER.get(frame[1] >> 3 & 3), frame[2] >> 2 & 3
    if slower is None or rate == 3:
        return _compressed(Container.MP3)
    channels = 1 if frame[3] >> 6 == 3 else 2
    return _compressed(Container.MP3, _MP3_RATES[rate] // slower, channels)


def _ogg(head: bytes) -> SoundFacts:
    at = head.find(b"OpusHead")
    if 0 <= at < len(head) - 10:
        return _compressed(Container.OGG, 48_000, head[at + 9])
    at = head.find(b"\x01vorbis")
    if 0 <= at < len(head) - 16:
        return _compressed(
            Container.OGG, int.from_bytes(head[at + 12 : at + 16], "little"), head[at + 11]
        )
    return _compressed(Container.OGG)


def _wav(file: BinaryIO, size: int) -> SoundFacts:
    layout: tuple[Encoding, int, int] | None = None
    for name, at, length in _chunks(file, size):
        if name == b"fmt ":
            layout = _layout(file.read(min(length, 40)))
        elif name == b"data":
            if layout is None:
                raise BrokenSound("broken-header")
            return _samples(layout, at, length, size)
    raise BrokenSound("no-samples" if layout else "broken-header")


def _chunks(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, place and claimed length of each chunk; the file stands at its beginning."""
    at = 12
    for _ in range(MOST_CHUNKS):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            return
        length = int.from_bytes(head[4:], "little")
        yield head[:4], at + 8, length
        at += 8 + length + length % 2
        if at >= size:
            return


def _layout(fmt: bytes) -> tuple[Encoding, int, int]:
    if len(fmt) < 16:
        raise BrokenSound("broken-header")
    tag, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", fmt)
    if tag == 0xFFFE and len(fmt) >= 26:
        tag = int.from_bytes(fmt[24:26], "little")
    if channels not in {1, 2} or rate not in RATES:
        raise BrokenSound("broken-header")
    if tag == 1 and bits in {8, 16}:
        return (Encoding.PCM16 if bits == 16 else Encoding.PCM8), channels, rate
    return _TAGS.get(tag, Encoding.OTHER), channels, rate


def _samples(layout: tuple[Encoding, int, int], at: int, claimed: int, size: int) -> SoundFacts:
    encoding, channels, rate = layout
    there = max(0, size - at)
    never_told = claimed in {0, 0xFFFFFFFF} or claimed >= 0xFFFFFFFF - at
    length = there if never_told else min(claimed, there)
    frame = _WIDTHS.get(encoding, 1) * channels
    length -= length % frame
    if length <= 0:
        raise BrokenSound("no-samples")
    return SoundFacts(
        container=Container.WAV,
        encoding=encoding,
        rate=rate,
        channels=channels,
        data_at=at,
        data_bytes=length,
        missing_bytes=0 if never_told else max(0, claimed - there),
    )
