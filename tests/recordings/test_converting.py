"""Files of every kind become one conversation that can be played, or a reason why not."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from recorded_sounds import (
    alaw,
    ran,
    sides_of,
    silent,
    strength,
    tone,
    ulaw,
    wav_bytes,
    write_wav,
)

from recordings.converting import Converter
from recordings.errors import ConversionFailed, StoreFull
from recordings.orders import Order, OrderedPart, Result
from recordings.port import PartKind

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CLIENT, LEG, MIX = PartKind.CLIENT, PartKind.LEG, PartKind.CONVERSATION


def ordered(path: Path, kind: PartKind, after: float = 0.0) -> OrderedPart:
    at = NINE + timedelta(seconds=after)
    return OrderedPart(name=path.name, path=path, kind=kind, began_at=at)


async def convert(folder: Path, *parts: OrderedPart, **about: object) -> Result:
    out = folder / "out"
    out.mkdir(exist_ok=True)
    return await Converter().convert(Order(parts=parts, folder=out, **about))


def decoded(ffmpeg: Path, sound: Path) -> tuple[bytes, ...]:
    """The sides of a file that was made, as plain samples."""
    wav = sound.with_suffix(".decoded.wav")
    ran(ffmpeg, "-i", sound, "-c:a", "pcm_s16le", "-ar", "8000", wav)
    return sides_of(wav)


async def test_every_voice_is_on_its_side_and_in_its_time(tmp_path: Path, ffmpeg: Path) -> None:
    """Client 400 Hz; after 4 s the first leg (600 Hz) hands over to the second (900 Hz)."""
    client = write_wav(tmp_path / "c.wav", tone(400, 8))
    first = write_wav(tmp_path / "l1.wav", tone(600, 3))
    second = write_wav(tmp_path / "l2.wav", tone(900, 3.5))
    made = await convert(
        tmp_path,
        ordered(client, CLIENT),
        ordered(first, LEG, 1.0),
        ordered(second, LEG, 4.5),
        ffmpeg=str(ffmpeg),
    )
    assert (made.sides, made.seconds) == (2, 8.0)
    assert made.talk_shares == pytest.approx((1.0, 6.5 / 8), abs=0.03)
    left, right = decoded(ffmpeg, made.sounds[0].path)
    assert len(left) / 16_000 == pytest.approx(8.0, abs=0.3)
    assert strength(left[32_000:96_000], 400) > 0.9
    assert strength(right[24_000:56_000], 600) > 0.9
    assert strength(right[84_000:120_000], 900) > 0.9
    assert max(strength(left, 600), strength(left, 900), strength(right, 400)) < 0.02


async def test_without_ffmpeg_the_conversation_is_a_wav(tmp_path: Path) -> None:
    client = write_wav(tmp_path / "c.wav", tone(400, 2))
    leg = write_wav(tmp_path / "l.wav", tone(600, 1))
    made = await convert(tmp_path, ordered(client, CLIENT), ordered(leg, LEG, 0.5))
    (sound,) = made.sounds
    assert sound.format == "wav"
    left, right = sides_of(sound.path)
    assert left == tone(400, 2)
    assert right == silent(0.5) + tone(600, 1) + silent(0.5)


async def test_a_mixture_alone_stays_one_side(tmp_path: Path) -> None:
    made = await convert(tmp_path, ordered(write_wav(tmp_path / "m.wav", tone(400, 1)), MIX))
    assert (made.sides, len(made.peaks)) == (1, 1)


@pytest.mark.parametrize(("tag", "code"), [(6, alaw), (7, ulaw)])
async def test_a_law_and_mu_law_need_no_ffmpeg(tmp_path: Path, tag: int, code: object) -> None:
    path = tmp_path / "law.wav"
    path.write_bytes(wav_bytes(code(tone(400, 1)), tag=tag, bits=8))
    made = await convert(tmp_path, ordered(path, MIX))
    assert strength(sides_of(made.sounds[0].path)[0], 400) > 0.99


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("gsm.wav", ["-c:a", "libgsm_ms", "-ar", "8000"]),
        ("talk.mp3", ["-c:a", "libmp3lame", "-ar", "16000"]),
        ("talk.ogg", ["-c:a", "libopus"]),
        ("wrong.wav", ["-f", "mp3"]),
    ],
)
async def test_what_others_record_in_is_read(
    tmp_path: Path, ffmpeg: Path, name: str, codec: list[str]
) -> None:
    """GSM, MP3, Opus, and an MP3 that is called .wav."""
    plain = write_wav(tmp_path / "plain", tone(400, 2))
    ran(ffmpeg, "-i", plain, *codec, tmp_path / name)
    made = await convert(tmp_path, ordered(tmp_path / name, MIX), ffmpeg=str(ffmpeg))
    assert made.seconds == pytest.approx(2.0, abs=0.3)
    assert strength(decoded(ffmpeg, made.sounds[0].path)[0], 400) > 0.9


async def test_opus_is_made_where_it_is_wanted(tmp_path: Path, ffmpeg: Path) -> None:
    part = ordered(write_wav(tmp_path / "m.wav", tone(400, 2)), MIX)
    made = await convert(tmp_path, part, ffmpeg=str(ffmpeg), formats=("mp3", "ogg"))
    assert [sound.format for sound in made.sounds] == ["mp3", "ogg"]
    assert made.sounds[1].path.read_bytes()[:4] == b"OggS"
    assert made.sounds[0].size == made.sounds[0].path.stat().st_size


@pytest.mark.parametrize(
    ("data", "why_id"),
    [
        (b"", "empty-file"),
        (wav_bytes(b""), "no-samples"),
        (b"<html><body>Not found</body></html>", "no-sound"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt \x02\x00\x00\x00xx", "broken-header"),
    ],
)
async def test_what_is_broken_is_told_and_makes_no_sound(
    tmp_path: Path, data: bytes, why_id: str
) -> None:
    path = tmp_path / "bad.wav"
    path.write_bytes(data)
    made = await convert(tmp_path, ordered(path, MIX))
    assert made.sounds == ()
    assert [part.why_id for part in made.parts] == [why_id]


async def test_a_broken_part_does_not_spoil_the_others(tmp_path: Path) -> None:
    (tmp_path / "bad.wav").write_bytes(b"no sound at all")
    good = write_wav(tmp_path / "c.wav", tone(400, 1))
    made = await convert(tmp_path, ordered(good, CLIENT), ordered(tmp_path / "bad.wav", LEG))
    assert {part.name: part.why_id for part in made.parts} == {"bad.wav": "no-sound", "c.wav": ""}
    assert made.seconds == 1.0


async def test_a_cut_file_is_played_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "cut.wav"
    path.write_bytes(wav_bytes(tone(400, 4))[:-32_000])
    made = await convert(tmp_path, ordered(path, MIX))
    (part,) = made.parts
    assert (part.why_id, part.detail, made.seconds) == ("cut", "2.0", 2.0)


async def test_a_cut_mp3_is_played_as_far_as_it_goes(tmp_path: Path, ffmpeg: Path) -> None:
    plain = write_wav(tmp_path / "plain", tone(400, 4))
    whole = tmp_path / "x.mp3"
    ran(ffmpeg, "-i", plain, whole)
    whole.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    made = await convert(tmp_path, ordered(whole, MIX), ffmpeg=str(ffmpeg))
    assert 1.0 < made.seconds < 3.0


async def test_noise_that_looks_like_an_mp3_makes_no_sound(tmp_path: Path, ffmpeg: Path) -> None:
    path = tmp_path / "x.mp3"
    path.write_bytes(b"ID3\x03\x00\x00\x00\x00\x00\x0a" + b"x" * 5000)
    made = await convert(tmp_path, ordered(path, MIX), ffmpeg=str(ffmpeg))
    assert made.sounds == ()
    assert made.parts[0].why_id == "no-samples"


async def test_an_mp3_without_ffmpeg_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.mp3"
    path.write_bytes(bytes([0xFF, 0xFB, 0x90, 0xC4]) + bytes(400))
    with pytest.raises(ConversionFailed) as caught:
        await convert(tmp_path, ordered(path, MIX))
    assert caught.value.why_id == "no-ffmpeg"


async def test_a_recording_cannot_name_other_files(tmp_path: Path, ffmpeg: Path) -> None:
    """A list of files in a sound's clothes opens none of them: the demuxer is named by us.

    Left to itself ffmpeg passes over the title and plays the other file.
    """
    write_wav(tmp_path / "secret.wav", tone(900, 1))
    path = tmp_path / "x.mp3"
    title = b"ID3\x03\x00\x00\x00\x00\x00\x0a" + bytes(10)
    path.write_bytes(title + b"ffconcat version 1.0\nfile secret.wav\n")
    ran(ffmpeg, "-i", path, tmp_path / "leaked.wav")
    assert strength(sides_of(tmp_path / "leaked.wav")[0], 900) > 0.9
    made = await convert(tmp_path, ordered(path, MIX), ffmpeg=str(ffmpeg))
    assert made.sounds == ()


async def test_a_conversation_longer_than_we_take_is_its_beginning(tmp_path: Path) -> None:
    part = ordered(write_wav(tmp_path / "m.wav", tone(400, 20)), MIX)
    made = await convert(tmp_path, part, longest_seconds=6.0)
    assert made.too_long
    assert made.seconds == 8.0  # whole pieces of four seconds


def is_gone(told: Path) -> bool:
    """Whether the process whose number a file holds has ended."""
    about = Path("/proc", told.read_text().strip(), "stat")
    return not about.exists() or ") Z " in about.read_text()


async def test_what_takes_too_long_is_ended(tmp_path: Path) -> None:
    """The deadline ends the process and everything it started."""
    stuck = tmp_path / "ffmpeg"
    told = tmp_path / "pid"
    stuck.write_text(f"#!/bin/sh\necho $$ > {told}\nexec sleep 600\n")
    stuck.chmod(0o700)
    part = ordered(write_wav(tmp_path / "m.wav", tone(400, 200)), MIX)
    order = Order(parts=(part,), folder=tmp_path, ffmpeg=str(stuck))
    with pytest.raises(ConversionFailed) as caught:
        await Converter(deadline_seconds=1.0).convert(order)
    assert caught.value.why_id == "too-slow"
    assert is_gone(told)


async def test_too_little_memory_is_told(tmp_path: Path) -> None:
    part = ordered(write_wav(tmp_path / "m.wav", tone(400, 5)), MIX)
    with pytest.raises(ConversionFailed) as caught:
        await convert(tmp_path, part, memory_bytes=1 << 20)
    assert caught.value.why_id in {"too-much-memory", "stopped"}


async def test_too_much_to_write_is_a_full_disk(tmp_path: Path) -> None:
    """The limit of a file's size stands in for a disk that fills up in the middle."""
    part = ordered(write_wav(tmp_path / "m.wav", tone(400, 30)), MIX)
    with pytest.raises((StoreFull, ConversionFailed)) as caught:
        await convert(tmp_path, part, most_bytes=100_000)
    assert caught.value.why_id in {"disk-full", "cannot-read"}


async def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConversionFailed) as caught:
        await convert(tmp_path, ordered(tmp_path / "gone.wav", MIX))
    assert caught.value.why_id == "cannot-read"


async def test_conversions_wait_for_one_another(tmp_path: Path) -> None:
    """Two at once would take both processors from the calls."""
    converter = Converter()
    orders = []
    for number in range(3):
        folder = tmp_path / str(number)
        folder.mkdir()
        part = ordered(write_wav(folder / "m.wav", tone(400, 1)), MIX)
        orders.append(Order(parts=(part,), folder=folder))
    made = await asyncio.gather(*(converter.convert(order) for order in orders))
    assert [each.seconds for each in made] == [1.0, 1.0, 1.0]
