"""The sentences that callers hear from us: which there are, which are recorded, how one is added.

No speech is shipped: a voice is somebody's. What is not recorded is said by Asterisk's stock sounds
(the dialplan falls back by itself). A recording becomes `dozvon/<name>.wav` (or `.wav16`) in the
language's folder of Asterisk's sounds: mono, 16 bit, 8 or 16 kHz; anything else is converted where
ffmpeg is there, and refused with a sentence where it is not.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dozvon.commands.terminal.exits import Exit, Trouble

USUAL_SOUNDS = (Path("/var/lib/asterisk/sounds"), Path("/usr/share/asterisk/sounds"))
ENDINGS = {8000: ".wav", 16000: ".wav16"}
_CONVERT_SECONDS = 60
_LONGEST_SECONDS = 120
_SAMPLE_BYTES = 2
_FFMPEG = ("-v", "error", "-ac", "1", "-ar", "8000", "-c:a", "pcm_s16le", "-f", "wav", "-y")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One sentence: the name under which the dialplan plays it, and what to say.

    `stock` is what Asterisk's own sounds say in its place; where it is empty nothing is said.
    """

    name: str
    texts: tuple[str, str]
    stock: str

    def text(self, language: str) -> str:
        """What to record."""
        return self.texts[0 if language == "ru" else 1]


PROMPTS: Final = (
    Prompt(
        name="closed",
        texts=(
            "Здравствуйте. Мы сейчас не работаем, но видим ваш звонок и перезвоним вам.",
            "Hello. We are closed now, but we see your call and will ring you back.",
        ),
        stock="vm-nobodyavail, pls-try-call-later",
    ),
    Prompt(
        name="busy",
        texts=(
            "Все менеджеры разговаривают. Мы видим ваш звонок и скоро вам перезвоним.",
            "All our managers are talking. We see your call and will ring you back soon.",
        ),
        stock="tt-allbusy, pls-try-call-later",
    ),
    Prompt(
        name="press-1",
        texts=(
            "Звонок от клиента. Чтобы ответить, нажмите один.",
            "A client is calling. To answer, press one.",
        ),
        stock="vm-press, digits/1",
    ),
    Prompt(
        name="refused",
        texts=(
            "К сожалению, мы не можем принять этот звонок.",
            "We are sorry, but we cannot take this call.",
        ),
        stock="ss-noservice",
    ),
    Prompt(
        name="recorded",
        texts=(
            "Для качества обслуживания разговор записывается.",
            "To serve you well, this call is recorded.",
        ),
        stock="",
    ),
)
NAMES: Final = tuple(prompt.name for prompt in PROMPTS)


def usual_sounds() -> Path | None:
    """Asterisk's folder of sounds on this machine, if it is where it usually is."""
    return next((folder for folder in USUAL_SOUNDS if folder.is_dir()), None)


def recorded(sounds: Path, language: str, name: str) -> Path | None:
    """The file of a prompt in any format that Asterisk may play, or None."""
    folder = sounds / language / "dozvon"
    if not folder.is_dir():
        return None
    return next((file for file in sorted(folder.iterdir()) if file.stem == name), None)


def missing_prompts(sounds: Path, language: str) -> list[str]:
    """The names of the prompts that nobody has recorded."""
    return [name for name in NAMES if recorded(sounds, language, name) is None]


def add_prompt(source: Path, *, sounds: Path, language: str, name: str) -> Path:
    """Puts a recording in its place and returns the place; one that was there is replaced.

    Raises `Trouble` where it cannot be used, `OSError` where the folder cannot be written.
    """
    folder = sounds / language / "dozvon"
    folder.mkdir(parents=True, exist_ok=True)
    rate = _rate_of(source)
    part = folder / f".{name}.part"
    try:
        if rate is None:
            _convert(source, part)
            rate = _rate_of(part)
        else:
            shutil.copyfile(source, part)
        if rate is None:
            raise Trouble(Exit.WRONG, "prompts-unusable", file=source)
        part.chmod(0o644)  # Asterisk's user reads it
        place = folder / f"{name}{ENDINGS[rate]}"
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)
    for old in folder.iterdir():
        if old.stem == name and old != place:
            old.unlink()
    return place


def _rate_of(file: Path) -> int | None:
    """The rate of a WAV that Asterisk plays as it is, else None."""
    try:
        with wave.open(os.fspath(file), "rb") as sound:
            plain = sound.getnchannels() == 1 and sound.getsampwidth() == _SAMPLE_BYTES
            rate = sound.getframerate()
            short = 0 < sound.getnframes() <= rate * _LONGEST_SECONDS
    except (wave.Error, EOFError):
        return None
    return rate if plain and short and rate in ENDINGS else None


def _convert(source: Path, target: Path) -> None:
    program = shutil.which("ffmpeg")
    if program is None:
        raise Trouble(Exit.WRONG, "prompts-needs-ffmpeg", file=source)
    command = [program, "-nostdin", "-i", f"file:{source}", *_FFMPEG, f"file:{target}"]
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program, no shell, paths as arguments
            command, check=False, capture_output=True, timeout=_CONVERT_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise Trouble(Exit.WRONG, "prompts-unusable", file=source) from None
    if done.returncode:
        raise Trouble(Exit.WRONG, "prompts-unusable", file=source)
