"""Prompts spoken by a machine: made for phones, never over a recording of one's own, and heard."""

from __future__ import annotations

import json
import math
import os
import struct
import wave
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from operator import mul
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dozvon.cli import dozvon
from dozvon.commands.terminal.exits import Trouble
from dozvon.context import Context
from dozvon.lab import LAB_EXTENSIONS, AsteriskInstance, Carrier, packages
from dozvon.lab.errors import NoPackagesError
from dozvon.lab.sip.rtp import _LINEAR, Media
from dozvon.setup.prompts import NAMES, PROMPTS, recorded
from dozvon.setup.resampling import loud, resampled
from dozvon.setup.spoken import is_spoken, make_prompts, synthesiser
from pbx_adapters.asterisk.dialplan import DialplanBlanks, extensions

SPEAKER = """\
#!/bin/sh
[ $# = 1 ] && exit 0
while [ $# -gt 0 ]; do [ "$1" = -w ] && out=$2; [ "$1" = -v ] && echo "$2" >> "{log}"; shift; done
cat >> "{log}"
cp "{sound}" "$out"
"""


def tone(hertz: float, rate: int, seconds: float = 0.25) -> list[int]:
    step = 2 * math.pi * hertz / rate
    return [round(10_000 * math.sin(step * number)) for number in range(int(rate * seconds))]


def loudness(samples: Sequence[float]) -> float:
    """The mean without the ends, where every filter swings in."""
    middle = samples[len(samples) // 4 : -len(samples) // 4]
    return math.sqrt(sum(sample * sample for sample in middle) / len(middle))


def sound(file: Path, *, hertz: float = 440, rate: int = 22050, seconds: float = 0.4) -> Path:
    samples = tone(hertz, rate, seconds)
    with wave.open(str(file), "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(rate)
        written.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return file


@pytest.fixture
def speaker(tmp_path: Path) -> Path:
    """A program that takes espeak-ng's words and says a tone."""
    program = tmp_path / "espeak-ng"
    said = sound(tmp_path / "said.wav")
    program.write_text(SPEAKER.format(log=tmp_path / "asked", sound=said))
    program.chmod(0o755)
    return program


def run(*words: str, path: Path) -> Result:
    environment = {"PATH": f"{path}:{os.environ['PATH']}"}
    context = Context(environment={})
    words = ("--language", "en", *words)
    return CliRunner().invoke(dozvon, list(words), obj=context, env=environment)


@pytest.mark.parametrize("rate", [16000, 22050, 44100, 48000])
@pytest.mark.parametrize(("hertz", "left"), [(300, 1.0), (1000, 1.0), (3000, 1.0), (4700, 0.0)])
def test_what_phones_can_bear_stays_and_what_would_whistle_goes(
    rate: int, hertz: int, left: float
) -> None:
    before = tone(hertz, rate)
    after = resampled(before, rate=rate, wanted=8000)
    assert len(after) == len(before) * 8000 // rate
    assert loudness(after) / loudness(before) == pytest.approx(left, abs=0.02)


def test_a_prompt_is_as_loud_as_phones_bear_and_silence_stays_silence() -> None:
    assert max(loud([0.1, -0.4, 0.2])) == round(0.7 * 32767 / 2)
    assert min(loud([0.1, -0.4, 0.2])) == -round(0.7 * 32767)
    assert loud([0.0, 0.0]) == [0, 0]


def test_every_sentence_is_spoken_in_its_language_as_asterisk_plays_it(
    tmp_path: Path, speaker: Path
) -> None:
    done = run(
        "prompts", "make", "--language", "ru", "--sounds", str(tmp_path / "s"), path=tmp_path
    )
    assert (done.exit_code, done.output.count("Spoken by a machine")) == (0, len(PROMPTS))
    asked = (speaker.parent / "asked").read_text("utf-8")
    assert all(f"ru\n{prompt.text('ru')}" in asked for prompt in PROMPTS)
    for name in NAMES:
        with wave.open(str(tmp_path / "s" / "ru" / "dozvon" / f"{name}.wav")) as made:
            assert made.getparams()[:4] == (1, 2, 8000, 3200)


def test_another_voice_speaks_again_over_what_a_machine_had_spoken(
    tmp_path: Path, speaker: Path
) -> None:
    words = ("prompts", "make", "--language", "en", "--sounds", str(tmp_path / "s"))
    run(*words, path=tmp_path)
    sound(speaker.parent / "said.wav", hertz=900)
    done = run(*words, "--voice", "en+f2", path=tmp_path)
    assert done.output.count("Spoken by a machine") == len(PROMPTS)
    assert "en+f2\n" in (speaker.parent / "asked").read_text("utf-8")
    (left,) = (tmp_path / "s" / "en" / "dozvon").glob("closed.*")
    assert is_spoken(left)


@pytest.mark.parametrize("how", ["added", "copied over", "before"])
def test_a_recording_of_ones_own_is_never_spoken_over(
    tmp_path: Path, speaker: Path, how: str
) -> None:
    """Brought by the command, copied there by hand, or there before the machine ever spoke."""
    folder = str(tmp_path / "s")
    words = ("prompts", "make", "--language", "en", "--sounds", folder)
    own = sound(tmp_path / "own.wav", hertz=300, rate=8000)
    add = ("prompts", "add", str(own), "--as", "busy", "--language", "en", "--sounds", folder)
    if how != "before":
        run(*words, path=tmp_path)
    place = tmp_path / "s" / "en" / "dozvon" / "busy.wav"
    if how == "copied over":
        place.write_bytes(own.read_bytes())
    else:
        assert run(*add, path=tmp_path).exit_code == 0
    done = run(*words, path=tmp_path)
    assert "busy: there is a recording of your own" in done.output
    assert place.read_bytes() == own.read_bytes()
    listed = run(*words[:1], "list", *words[2:], "--json", path=tmp_path)
    spoken = {row["name"]: row["spoken"] for row in json.loads(listed.stdout)["prompts"]}
    assert spoken == {name: name != "busy" for name in NAMES}


def test_a_machine_that_cannot_speak_says_so_and_leaves_nothing(
    tmp_path: Path, speaker: Path
) -> None:
    speaker.write_text("#!/bin/sh\n[ $# = 1 ] && exit 0\necho 'no such voice' >&2\nexit 1\n")
    done = run("prompts", "make", "--sounds", str(tmp_path / "s"), path=tmp_path)
    assert (done.exit_code, "no such voice" in done.output) == (4, True)
    assert list((tmp_path / "s" / "en" / "dozvon").iterdir()) == []


def test_without_a_machine_one_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> Path:
        raise NoPackagesError("there is no archive at hand")

    monkeypatch.setattr(packages, "program", none)
    done = run("prompts", "make", "--sounds", str(tmp_path / "s"), path=tmp_path)
    assert (done.exit_code, "apt install espeak-ng" in done.output) == (4, True)
    assert "there is no archive at hand" in done.output


# -- heard on a real Asterisk ----------------------------------------------------------------------

ENDINGS = {"closed": "closed", "busy": "busy", "refused": "reject"}
TRUNK = """
[from-trunk]
exten => press-1,1,Answer()
 same => n,Gosub(dozvon-confirm,s,1)
 same => n,Hangup()
exten => recorded,1,Set(DZ_REC=2)
 same => n,Gosub(dozvon-record,s,1)
 same => n,Hangup()
exten => _[a-z].,1,Set(DZ_ENDING=${EXTEN})
 same => n,Set(CHANNEL(language)=ru)
 same => n,Goto(dozvon-end,s,1)
"""


def with_own_sounds(pbx: AsteriskInstance, folder: Path) -> Path:
    """Gives an Asterisk a folder of sounds that is its own; returns it."""
    shared, own = pbx.layout.data, folder / "data"
    language = own / "sounds" / "ru"
    language.mkdir(parents=True)
    for entry in shared.iterdir():
        if entry.name != "sounds":
            (own / entry.name).symlink_to(entry)
    for entry in (shared / "sounds" / "ru").iterdir():
        (language / entry.name).symlink_to(entry)
    pbx.layout = replace(pbx.layout, data=own)
    return own / "sounds"


def likeness(heard: bytes, file: Path) -> float:
    """How much the sound from the line is the file's: 1 is the same, 0 another (best alignment)."""
    with wave.open(str(file)) as sound_file:
        frames = sound_file.readframes(8000)
    wanted = struct.unpack(f"<{len(frames) // 2}h", frames)
    line = [_LINEAR[byte] for byte in heard]
    first = next((n for n, sample in enumerate(wanted) if abs(sample) > 1500), 0)
    piece = wanted[first : first + 1600]
    size = math.sqrt(sum(map(mul, piece, piece)))
    best = 0.0
    for start in range(min(len(line) - len(piece), 12_000)):
        if abs(line[start]) < 700:
            continue
        part = line[start : start + len(piece)]
        length = math.sqrt(sum(map(mul, part, part)))
        best = max(best, sum(map(mul, piece, part)) / (size * length))
        if best > 0.9:
            break
    return best


@pytest.mark.asterisk
async def test_a_caller_hears_the_sentence_that_the_machine_spoke(
    asterisk_root: Path, tmp_path: Path
) -> None:
    """Each of them, by the product's own dialplan, as sound in the packets of the line."""
    try:
        program = synthesiser(lambda _: None, os.environ)
    except Trouble as none:
        pytest.skip(f"nothing to speak with here: {none.about['why']}")
    plan = extensions(DialplanBlanks(agi="agi://127.0.0.1", phones_context="p", fail_open=""))
    pbx = AsteriskInstance(
        asterisk_root,
        tmp_path / "pbx",
        extensions_conf=plan + TRUNK + LAB_EXTENSIONS,
        manager_conf="",
    )
    sounds = with_own_sounds(pbx, tmp_path)
    make_prompts(program=program, sounds=sounds, language="ru")
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(pbx)
        carrier = Carrier(port=pbx.ports.trunk, pbx=pbx.sip, media=Media.SILENCE)
        await stack.enter_async_context(carrier)
        calls = {}
        for name in NAMES:
            calls[name] = await carrier.call(ENDINGS.get(name, name), "79161234567")
            calls[name].record()
        for name, call in calls.items():
            await call.wait_heard(150, timeout=10)
            file = recorded(sounds, "ru", name)
            assert file is not None
            assert likeness(call.recorded, file) > 0.8, name
