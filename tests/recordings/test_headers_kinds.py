"""Headers that real programs write: padded chunks, long titles, other containers."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from recorded_sounds import tone, ulaw, wav_bytes

from recordings.headers import Container, Encoding, SoundFacts, read_facts

TONE = tone(440, 0.5)
FMT = struct.pack("<HHIIHH", 1, 1, 8000, 16_000, 2, 16)


def facts_of(tmp_path: Path, data: bytes) -> SoundFacts:
    path = tmp_path / "x"
    path.write_bytes(data)
    return read_facts(path)


def riff(*chunks: tuple[bytes, bytes], form: bytes = b"RIFF") -> bytes:
    body = b"WAVE"
    for name, data in chunks:
        body += name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
    return form + struct.pack("<I", len(body)) + body


def test_a_chunk_of_an_odd_length_is_padded(tmp_path: Path) -> None:
    """RIFF: what follows begins at an even place; the padding is not counted."""
    facts = facts_of(tmp_path, riff((b"fmt ", FMT), (b"LIST", b"odd"), (b"data", TONE)))
    assert (facts.samples, facts.missing_bytes) == (4000, 0)


def test_half_a_sample_at_the_end_is_none(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, wav_bytes(TONE + b"\x01"))
    assert (facts.data_bytes, facts.samples) == (8000, 4000)


def test_samples_of_eight_bits_need_no_ffmpeg(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, wav_bytes(bytes(4000), bits=8))
    assert (facts.encoding, facts.samples) == (Encoding.PCM8, 4000)


def test_an_extensible_header_names_its_encoding_further_on(tmp_path: Path) -> None:
    """WAVE_FORMAT_EXTENSIBLE: the true tag are the first bytes of the sub-format."""
    fmt = struct.pack("<HHIIHHHHI", 0xFFFE, 1, 8000, 8000, 1, 8, 22, 8, 4)
    fmt += struct.pack("<H", 7) + bytes(14)
    facts = facts_of(tmp_path, riff((b"fmt ", fmt), (b"data", ulaw(TONE))))
    assert (facts.encoding, facts.samples) == (Encoding.ULAW, 4000)


@pytest.mark.parametrize("form", [b"RIFX", b"RF64"])
def test_the_other_kinds_of_wav_are_left_to_ffmpeg(tmp_path: Path, form: bytes) -> None:
    facts = facts_of(tmp_path, riff((b"fmt ", FMT), (b"data", TONE), form=form))
    assert (facts.container, facts.encoding) == (Container.WAV, Encoding.OTHER)


def test_a_title_of_more_than_127_bytes_is_passed_over(tmp_path: Path) -> None:
    """ID3v2: seven bits of each byte count."""
    title = b"ID3\x03\x00\x00\x00\x00\x02\x2c" + bytes(300)
    facts = facts_of(tmp_path, title + bytes([0xFF, 0xF3, 0x40, 0xC0]) + bytes(100))
    assert (facts.container, facts.rate, facts.channels) == (Container.MP3, 22_050, 1)


@pytest.mark.parametrize(
    ("head", "container", "rate", "channels"),
    [
        (b"OggS" + bytes(24) + b"OpusHead\x01\x02" + bytes(40), Container.OGG, 48_000, 2),
        (
            b"OggS" + bytes(24) + b"\x01vorbis" + bytes(4) + b"\x01\x80\x3e\0\0" + bytes(40),
            Container.OGG,
            16_000,
            1,
        ),
        (b"fLaC" + bytes(60), Container.FLAC, None, None),
        (b"\0\0\0\x20ftypM4A " + bytes(60), Container.M4A, None, None),
    ],
)
def test_what_ffmpeg_reads_is_told_by_its_first_bytes(
    tmp_path: Path, head: bytes, container: Container, rate: int | None, channels: int | None
) -> None:
    facts = facts_of(tmp_path, head)
    assert (facts.container, facts.encoding) == (container, Encoding.OTHER)
    assert (facts.rate, facts.channels) == (rate, channels)
