"""Prompts that a machine speaks, for an office that has not recorded its own yet.

espeak-ng (GPL-3, in every Debian and Ubuntu) speaks Russian and English; what it says belongs to
whoever made it say it. RHVoice sounds better and is not used: its Russian voices may not be used in
a business, which is why Debian keeps them outside of itself.

Rules: one's own recording is never overwritten. Which files were spoken stands beside them with
their checksums, so that a file that was changed or replaced by hand counts as one's own.
"""

from __future__ import annotations

import hashlib
import json
import struct
import subprocess
import wave
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from dozvon.commands.terminal.exits import Exit, Trouble
from dozvon.setup.prompts import PROMPTS, Prompt, add_prompt, recorded
from dozvon.setup.resampling import loud, resampled

PROGRAM: Final = "espeak-ng"
VOICES: Final[Mapping[str, str]] = {"ru": "ru", "en": "en"}
_RATE = 8000
_WORDS_PER_MINUTE = 140
_SPEAK_SECONDS = 30
_LIST = ".spoken.json"

Report = Callable[[str], None]


def synthesiser(report: Report, environment: Mapping[str, str]) -> str:
    """The program that speaks: the installed one, or one unpacked into the user's cache.

    Raises `Trouble` with what to install where neither is to be had.
    """
    from dozvon.lab import packages  # noqa: PLC0415 - brings subprocesses only this needs
    from dozvon.lab.errors import NoPackagesError  # noqa: PLC0415

    tool = packages.Tool(
        name=PROGRAM,
        programs=(PROGRAM,),
        packages=(PROGRAM,),
        inside=(f"usr/bin/{PROGRAM}",),
        around={"ESPEAK_DATA_PATH": f'$(ls -d "$root"/usr/lib/*/{PROGRAM}-data)'},
    )
    try:
        return str(packages.program(tool, report, environment))
    except NoPackagesError as none:
        about = {"program": PROGRAM, "why": str(none)}
        raise Trouble(Exit.REFUSED, "prompts-no-synthesiser", **about) from None


def is_spoken(file: Path) -> bool:
    """Whether a prompt's file is as the machine spoke it."""
    return _noted(file.parent).get(file.stem) == _checksum(file)


def make_prompts(
    *, program: str, sounds: Path, language: str, voice: str = ""
) -> dict[str, Path | None]:
    """Speaks every prompt that has no recording of one's own; None stands for one that has.

    `program` is the synthesiser and `voice` one of its own. Raises `Trouble` where it does not
    speak, `OSError` where the folder cannot be written.
    """
    made: dict[str, Path | None] = {}
    for prompt in PROMPTS:
        there = recorded(sounds, language, prompt.name)
        if there is not None and not is_spoken(there):
            made[prompt.name] = None
            continue
        made[prompt.name] = _make(prompt, sounds, language, voice or VOICES[language], program)
    return made


def _make(prompt: Prompt, sounds: Path, language: str, voice: str, program: str) -> Path:
    folder = sounds / language / "dozvon"
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{prompt.name}.spoken"
    try:
        _speak(prompt.text(language), part, voice=voice, program=program)
        for_phones(part)
        place = add_prompt(part, sounds=sounds, language=language, name=prompt.name)
    finally:
        part.unlink(missing_ok=True)
    _note(folder, _noted(folder) | {prompt.name: _checksum(place)})
    return place


def _speak(text: str, target: Path, *, voice: str, program: str) -> None:
    """Writes the synthesiser's own WAV."""
    speed = str(_WORDS_PER_MINUTE)
    command = [program, "-v", voice, "-s", speed, "-b", "1", "--stdin", "-w", str(target)]
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program, no shell
            command, input=text.encode(), capture_output=True, timeout=_SPEAK_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise _mute("no answer", program) from None
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
    if done.returncode or not target.is_file():
        raise _mute(" ".join(said) or f"exit {done.returncode}", program)


def for_phones(file: Path) -> None:
    """Makes a mono WAV of 16 bit one of 8 kHz, as loud as phones like it."""
    try:
        with wave.open(str(file), "rb") as sound:
            rate, frames = sound.getframerate(), sound.readframes(sound.getnframes())
    except (wave.Error, EOFError) as wrong:
        raise _mute(str(wrong), PROGRAM) from None
    samples = struct.unpack(f"<{len(frames) // 2}h", frames[: len(frames) // 2 * 2])
    quiet = resampled(samples, rate=rate, wanted=_RATE)
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(_RATE)
        sound.writeframes(struct.pack(f"<{len(quiet)}h", *loud(quiet)))


def _mute(why: str, program: str) -> Trouble:
    return Trouble(Exit.REFUSED, "prompts-mute", program=program, why=why)


def _noted(folder: Path) -> dict[str, str]:
    try:
        found = json.loads((folder / _LIST).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _note(folder: Path, spoken: Mapping[str, str]) -> None:
    (folder / _LIST).write_text(json.dumps(spoken, indent=1) + "\n", "utf-8")


def _checksum(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
