"""What a file is, is read from its bytes; nothing that it claims is believed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded_sounds import alaw, tone, ulaw, wav_bytes

from recordings.errors import BrokenSound
from recordings.headers import Container, Encoding, SoundFacts, read_facts

TONE = tone(440, 0.5)


def facts_of(tmp_path: Path, data: bytes, name: str = "x.wav") -> SoundFacts:
    path = tmp_path / name
    path.write_bytes(data)
    return read_facts(path)


def why(tmp_path: Path, data: bytes) -> str:
    with pytest.raises(BrokenSound) as caught:
        facts_of(tmp_path, data)
    return caught.value.why_id


def test_a_plain_file_tells_rate_channels_and_length(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, wav_bytes(TONE))
    assert (facts.container, facts.encoding) == (Container.WAV, Encoding.PCM16)
    assert (facts.rate, facts.channels, facts.samples, facts.missing_bytes) == (8000, 1, 4000, 0)


def test_an_empty_file_is_broken(tmp_path: Path) -> None:
    assert why(tmp_path, b"") == "empty-file"


def test_a_header_alone_is_broken(tmp_path: Path) -> None:
    """Asterisk leaves 44 bytes where nobody answered."""
    assert len(wav_bytes(b"")) == 44
    assert why(tmp_path, wav_bytes(b"")) == "no-samples"


@pytest.mark.parametrize("claimed", [0, 0xFFFFFFFF])
def test_a_header_that_was_never_finished_is_as_long_as_the_file(
    tmp_path: Path, claimed: int
) -> None:
    """With pydub's own reader it lasts nought milliseconds, without an error."""
    facts = facts_of(tmp_path, wav_bytes(TONE, claimed=claimed))
    assert (facts.samples, facts.missing_bytes) == (4000, 0)


def test_a_cut_file_tells_what_is_missing(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, wav_bytes(TONE)[:-3000])
    assert (facts.samples, facts.missing_bytes) == (2500, 3000)


@pytest.mark.parametrize(("tag", "code", "encoding"), [(6, alaw, "alaw"), (7, ulaw, "ulaw")])
def test_a_law_and_mu_law_are_read_without_ffmpeg(
    tmp_path: Path, tag: int, code: object, encoding: str
) -> None:
    facts = facts_of(tmp_path, wav_bytes(code(TONE), tag=tag, bits=8))
    assert (facts.encoding, facts.samples) == (encoding, 4000)


def test_gsm_in_a_wav_is_left_to_ffmpeg(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, wav_bytes(bytes(650), tag=49, bits=0))
    assert (facts.container, facts.encoding) == (Container.WAV, Encoding.OTHER)


@pytest.mark.parametrize(
    "page",
    [b"<!DOCTYPE html><html>Not found</html>", b"Forbidden\n", b'{"error": "no"}', b"\x7fELF" * 9],
)
def test_a_page_instead_of_a_sound_is_broken(tmp_path: Path, page: bytes) -> None:
    assert why(tmp_path, page) == "no-sound"


def test_the_name_says_nothing(tmp_path: Path) -> None:
    """An MP3 that is called .wav is an MP3."""
    frame = bytes([0xFF, 0xFB, 0x90, 0xC4]) + bytes(413)
    facts = facts_of(tmp_path, frame * 3, "talk.wav")
    assert (facts.container, facts.rate, facts.channels) == (Container.MP3, 44100, 1)


def test_an_mp3_behind_a_title_is_found(tmp_path: Path) -> None:
    title = b"ID3\x03\x00\x00\x00\x00\x00\x0a" + bytes(10)
    facts = facts_of(tmp_path, title + bytes([0xFF, 0xF3, 0x40, 0x00]) + bytes(100))
    assert (facts.container, facts.rate, facts.channels) == (Container.MP3, 22050, 2)


@pytest.mark.parametrize("channels", [0, 3, 65535])
def test_channels_that_no_call_has_are_refused(tmp_path: Path, channels: int) -> None:
    assert why(tmp_path, wav_bytes(TONE, channels=channels)) == "broken-header"


def test_a_rate_of_nought_is_refused(tmp_path: Path) -> None:
    assert why(tmp_path, wav_bytes(TONE, rate=0)) == "broken-header"


@given(data=st.binary(max_size=300), cut=st.integers(0, 60))
def test_whatever_the_bytes_are_the_answer_is_facts_or_broken(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, cut: int
) -> None:
    """No claim of a header makes it loop, raise anything else or promise more than there is."""
    path = tmp_path_factory.mktemp("any") / "x"
    path.write_bytes(wav_bytes(TONE)[:cut] + data)
    try:
        facts = read_facts(path)
    except BrokenSound:
        return
    if facts.encoding is not Encoding.OTHER:
        assert facts.data_at + facts.data_bytes <= path.stat().st_size
