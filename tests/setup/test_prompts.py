"""Recordings of one's own: put where Asterisk finds them, or refused with a sentence."""

from __future__ import annotations

import json
import shutil
import stat
import wave
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dozvon.cli import dozvon
from dozvon.context import Context
from dozvon.setup.prompts import NAMES, PROMPTS
from pbx_adapters.asterisk.dialplan import DialplanBlanks, extensions


def run(*words: str) -> Result:
    return CliRunner().invoke(dozvon, ["--language", "en", *words], obj=Context(environment={}))


def sound(file: Path, *, rate: int = 8000, channels: int = 1, seconds: float = 0.5) -> Path:
    with wave.open(str(file), "wb") as written:
        written.setnchannels(channels)
        written.setsampwidth(2)
        written.setframerate(rate)
        written.writeframes(b"\0\1" * channels * int(rate * seconds))
    return file


def add(file: Path, sounds: Path, name: str = "closed") -> Result:
    return run(
        "prompts", "add", str(file), "--as", name, "--language", "ru", "--sounds", str(sounds)
    )


def test_every_prompt_is_one_that_the_dialplan_plays() -> None:
    text = extensions(DialplanBlanks(agi="agi://x", phones_context="p", fail_open=""))
    assert "Playback(dozvon/${DZ_ENDING})" in text  # busy and closed, by their ending
    assert "dozvon/press-1" in text
    assert "dozvon/refused" in text
    assert "Playback(dozvon/recorded)" in text
    assert set(NAMES) == {"busy", "closed", "press-1", "refused", "recorded"}


@pytest.mark.parametrize(("rate", "ending"), [(8000, ".wav"), (16000, ".wav16")])
def test_a_recording_is_put_where_asterisk_finds_it(tmp_path: Path, rate: int, ending: str) -> None:
    source = sound(tmp_path / "voice.wav", rate=rate)
    done = add(source, tmp_path / "sounds")
    place = tmp_path / "sounds" / "ru" / "dozvon" / f"closed{ending}"
    assert str(place) in done.output
    assert place.read_bytes() == source.read_bytes()
    assert stat.S_IMODE(place.stat().st_mode) == 0o644


def test_a_new_recording_replaces_the_old_one_in_whatever_format(tmp_path: Path) -> None:
    """Asterisk would go on playing the one whose format is cheaper."""
    add(sound(tmp_path / "first.wav"), tmp_path / "sounds")
    add(sound(tmp_path / "second.wav", rate=16000), tmp_path / "sounds")
    (left,) = (tmp_path / "sounds" / "ru" / "dozvon").iterdir()
    assert left.name == "closed.wav16"


def letter(file: Path) -> Path:
    file.write_text("This is a letter.")
    return file


def stereo(file: Path) -> Path:
    return sound(file, channels=2)


def odd_rate(file: Path) -> Path:
    return sound(file, rate=44100)


def empty(file: Path) -> Path:
    return sound(file, seconds=0)


@pytest.mark.parametrize("make", [letter, stereo, odd_rate, empty])
def test_without_ffmpeg_anything_else_is_refused_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: object
) -> None:
    assert callable(make)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    done = add(make(tmp_path / "voice.wav"), tmp_path / "sounds")
    assert (done.exit_code, "ffmpeg" in done.output) == (2, True)
    assert list((tmp_path / "sounds" / "ru" / "dozvon").iterdir()) == []


def test_with_ffmpeg_anything_is_converted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in that writes what ffmpeg would: the arguments are what is tried here."""
    good = sound(tmp_path / "good.wav")
    program = tmp_path / "ffmpeg"
    program.write_text(f'#!/bin/sh\nfor last; do :; done\ncp "{good}" "${{last#file:}}"\n')
    program.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda _: str(program))
    done = add(odd_rate(tmp_path / "voice.wav"), tmp_path / "sounds")
    assert done.exit_code == 0, done.output
    place = tmp_path / "sounds" / "ru" / "dozvon" / "closed.wav"
    assert place.read_bytes() == good.read_bytes()


def test_the_list_says_what_is_missing_and_what_to_record(tmp_path: Path) -> None:
    add(sound(tmp_path / "voice.wav"), tmp_path / "sounds", "press-1")
    listed = ("prompts", "list", "--language", "ru", "--sounds", str(tmp_path / "sounds"))
    told = run(*listed).output
    assert told.count("missing:") == len(PROMPTS) - 1
    assert all(prompt.text("ru") in told for prompt in PROMPTS)
    rows = json.loads(run(*listed, "--json").stdout)["prompts"]
    assert [row["name"] for row in rows if row["file"]] == ["press-1"]


def test_without_a_folder_of_sounds_one_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dozvon.commands.prompts.usual_sounds", lambda: None)
    done = run("prompts", "add", str(sound(tmp_path / "voice.wav")), "--as", "busy")
    assert (done.exit_code, "--sounds" in done.output) == (4, True)
