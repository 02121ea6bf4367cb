"""Sounds as streams of samples: opened, added up, encoded. The only importer of pydub.

Rules:

1. Everything here blocks and is meant for the worker process (`recordings.worker`), never for the
   event loop.
2. Nothing is read whole: pieces of a few seconds go through, so that three hours take no more
   memory than three minutes.
3. What plain arithmetic can read (PCM, A-law, mu-law in WAV) needs no ffmpeg; everything else goes
   through an ffmpeg child whose demuxer is named by us, so that a "recording" can be no playlist
   that makes it open other files or addresses.

The arithmetic is pydub's (`audioop`: in the standard library until 3.12, a package of its own from
then on; pydub knows which). Its import warns of regular expressions and of its search for ffmpeg;
both are filtered here and nowhere else.
"""

from __future__ import annotations

import fcntl
import subprocess
import tempfile
import warnings
import wave
from array import array
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Protocol, Self

from recordings.errors import BrokenSound, ConversionFailed, StoreFull
from recordings.headers import Container, Encoding, SoundFacts
from recordings.waveform import FRAME_SECONDS, Levels, step_of

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pydub.utils import audioop as _audioop  # type: ignore[import-untyped]

audioop: Any = _audioop

WIDTH = 2
_CLOSING_SECONDS = 60.0
_PIPE_BYTES = 1 << 20
_DEMUXERS = {
    Container.WAV: "wav",
    Container.MP3: "mp3",
    Container.OGG: "ogg",
    Container.FLAC: "flac",
    Container.M4A: "mov",
}
CODECS = {
    "mp3": {1: ("libmp3lame", "24k"), 2: ("libmp3lame", "48k")},
    "ogg": {1: ("libopus", "16k"), 2: ("libopus", "32k")},
}
"""Codec and bit rate for one and for two sides. The sides of an MP3 are coded apart, so that one
never leaks into the other; its bit rate is constant, so that a player jumps by bytes."""


class Sound(Protocol):
    """A stream of 16-bit samples, channels interleaved."""

    rate: int
    channels: int

    def read(self, samples: int) -> bytes:
        """The next samples; fewer than asked for only at the end, then nothing."""

    def close(self) -> None:
        """Lets go of the file."""


def open_sound(path: Path, facts: SoundFacts, *, ffmpeg: str, rate: int) -> Sound:
    """Opens a file as samples of `rate`; raises `BrokenSound`, `ConversionFailed` for no ffmpeg."""
    if facts.encoding is Encoding.OTHER:
        if not ffmpeg:
            raise ConversionFailed("no-ffmpeg")
        return Decoded(path, facts, ffmpeg=ffmpeg, rate=rate)
    found = Plain(path, facts)
    return found if found.rate == rate else Resampled(found, rate)


class Plain:
    """PCM, A-law or mu-law as it lies in a WAV file."""

    def __init__(self, path: Path, facts: SoundFacts) -> None:
        self.rate = facts.rate or 8000
        self.channels = facts.channels or 1
        self._facts = facts
        self._left = facts.data_bytes
        self._file = path.open("rb")
        self._file.seek(facts.data_at)

    def read(self, samples: int) -> bytes:
        """The next samples."""
        wanted = min(samples * self._facts.frame_bytes, self._left)
        data = self._file.read(wanted) if wanted else b""
        data = data[: len(data) - len(data) % self._facts.frame_bytes]
        self._left -= len(data)
        return _sixteen_bits(data, self._facts.encoding)

    def close(self) -> None:
        """Lets go of the file."""
        self._file.close()


class Resampled:
    """Another sound at another rate."""

    def __init__(self, sound: Sound, rate: int) -> None:
        self.rate = rate
        self.channels = sound.channels
        self._sound = sound
        self._state: Any = None
        self._ready = b""

    def read(self, samples: int) -> bytes:
        """The next samples."""
        wanted = samples * WIDTH * self.channels
        while len(self._ready) < wanted:
            piece = self._sound.read(self._sound.rate)
            if not piece:
                break
            said = (WIDTH, self.channels, self._sound.rate, self.rate)
            changed, self._state = audioop.ratecv(piece, *said, self._state)
            self._ready += changed
        found, self._ready = self._ready[:wanted], self._ready[wanted:]
        return found

    def close(self) -> None:
        """Lets go of the file."""
        self._sound.close()


class Decoded:
    """What ffmpeg makes of a file. `trouble` is what it said when it stopped early."""

    def __init__(self, path: Path, facts: SoundFacts, *, ffmpeg: str, rate: int) -> None:
        self.rate = rate
        self.channels = min(2, facts.channels or 2)
        self.trouble = ""
        command = [ffmpeg, "-v", "error", "-nostdin", "-threads", "1"]
        command += ["-protocol_whitelist", "file,pipe", "-f", _DEMUXERS[facts.container]]
        command += ["-i", f"file:{path}", "-vn", "-f", "s16le"]
        command += ["-ar", str(rate), "-ac", str(self.channels), "pipe:1"]
        self._child = _Child(command, writes=True)

    def read(self, samples: int) -> bytes:
        """The next samples."""
        data = self._child.stdout.read(samples * WIDTH * self.channels)
        if len(data) < samples * WIDTH * self.channels:
            self.trouble = self._child.end()
        return data[: len(data) - len(data) % (WIDTH * self.channels)]

    def close(self) -> None:
        """Stops ffmpeg where it still reads."""
        self._child.kill()


class Encoder:
    """Samples into one file; MP3 and Opus by ffmpeg, WAV without it."""

    def __init__(self, path: Path, form: str, *, ffmpeg: str, rate: int, sides: int) -> None:
        self.path = path
        self.form = form
        self.rate = rate
        self.sides = sides
        codec, bits = CODECS[form][sides]
        command = [ffmpeg, "-v", "error", "-nostdin", "-threads", "1", "-y", "-f", "s16le"]
        command += ["-ar", str(rate), "-ac", str(sides), "-i", "pipe:0", "-c:a", codec]
        command += ["-b:a", bits, *(["-joint_stereo", "0"] if form == "mp3" else [])]
        self._child = _Child([*command, "-f", form, f"file:{path}"], writes=False)

    def write(self, samples: bytes) -> None:
        """Takes samples, channels interleaved."""
        try:
            self._child.stdin.write(samples)
        except BrokenPipeError:
            self.finish()
            raise ConversionFailed("encoder-stopped") from None

    def finish(self) -> None:
        """Ends the file; raises `StoreFull` or `ConversionFailed` where it is not whole."""
        said = self._child.end()
        if "No space left" in said:
            raise StoreFull("disk-full")
        if self._child.process.returncode:
            raise ConversionFailed("encoder-stopped", said[:300])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.kill()


class PlainEncoder:
    """Samples into a WAV file, where there is no ffmpeg."""

    form = "wav"

    def __init__(self, path: Path, *, rate: int, sides: int) -> None:
        self.path = path
        self._file = wave.open(str(path), "wb")  # noqa: SIM115 - closed by `finish`
        self._file.setnchannels(sides)
        self._file.setsampwidth(WIDTH)
        self._file.setframerate(rate)

    def write(self, samples: bytes) -> None:
        """Takes samples, channels interleaved."""
        self._file.writeframesraw(samples)

    def finish(self) -> None:
        """Ends the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


class _Child:
    """An ffmpeg with one pipe to or from us; what it says goes into a file, never into a pipe."""

    def __init__(self, command: list[str], *, writes: bool) -> None:
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the child
        pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
        try:
            self.process = subprocess.Popen(  # noqa: S603 - our own program with our own words
                command,
                stdin=nothing if writes else pipe,
                stdout=pipe if writes else nothing,
                stderr=self._said,
            )
        except OSError as error:
            self._said.close()
            raise ConversionFailed("no-ffmpeg", str(error.strerror)) from error
        for end in (self.process.stdin, self.process.stdout):
            if end:
                with suppress(OSError):  # a smaller one only costs more turns
                    fcntl.fcntl(end, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)

    @property
    def stdin(self) -> IO[bytes]:
        """Where it reads."""
        return self.process.stdin  # type: ignore[return-value] # there is one by `writes`

    @property
    def stdout(self) -> IO[bytes]:
        """Where it writes."""
        return self.process.stdout  # type: ignore[return-value] # there is one by `writes`

    def end(self) -> str:
        """Waits for its end and returns what it said."""
        if self.process.stdin:
            with suppress(BrokenPipeError):  # it ended first; its exit code tells the rest
                self.process.stdin.close()
        self.process.wait(_CLOSING_SECONDS)
        if self._said.closed:
            return ""
        self._said.seek(0)
        return self._said.read(2000).decode("utf-8", "replace").strip()

    def kill(self) -> None:
        """Ends it, whatever it is doing."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(_CLOSING_SECONDS)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                with suppress(BrokenPipeError):
                    pipe.close()
        self._said.close()


def silence(samples: int) -> bytes:
    """No sound at all, one channel."""
    return bytes(samples * WIDTH)


def added(one: bytes, other: bytes) -> bytes:
    """Two voices at once; louder than possible becomes as loud as possible."""
    return bytes(audioop.add(one, other, WIDTH))


def one_channel(samples: bytes, channels: int, channel: int) -> bytes:
    """One channel of interleaved samples."""
    if channels == 1:
        return samples
    # A frame of two channels read as one number of 32 bits: its upper half is the second channel.
    # Halving its width keeps just that, at a quarter of what `tomono` costs.
    frames = samples if channel else (b"\0\0" + samples)[: len(samples)]
    return bytes(audioop.lin2lin(frames, 2 * WIDTH, WIDTH))


def two_sides(left: bytes, right: bytes) -> bytes:
    """Two channels interleaved; both are of one length."""
    whole = array("h", bytes(2 * len(left)))
    whole[0::2] = array("h", left)
    whole[1::2] = array("h", right)
    return whole.tobytes()


def hear(levels: Levels, side: int, samples: bytes, rate: int) -> None:
    """Notes how loud each frame of a piece is; a piece is a whole number of frames but the last."""
    frame = round(FRAME_SECONDS * rate) * WIDTH
    view = memoryview(samples)
    rms, found = audioop.rms, levels.sides[side]
    found.extend(step_of(rms(view[at : at + frame], WIDTH)) for at in range(0, len(view), frame))


def _sixteen_bits(data: bytes, encoding: Encoding) -> bytes:
    if encoding is Encoding.PCM16:
        return data
    if encoding is Encoding.ALAW:
        return bytes(audioop.alaw2lin(data, WIDTH))
    if encoding is Encoding.ULAW:
        return bytes(audioop.ulaw2lin(data, WIDTH))
    if encoding is Encoding.PCM8:
        return bytes(audioop.lin2lin(audioop.bias(data, 1, 128), 1, WIDTH))
    raise BrokenSound("no-sound")
