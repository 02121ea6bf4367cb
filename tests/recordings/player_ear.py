"""What a browser's player holds: its sound as the browser itself decodes it, and what it draws."""

from __future__ import annotations

import asyncio
import base64
from array import array
from dataclasses import dataclass
from datetime import datetime

from playwright.async_api import Page
from recorded_floor import RATE, tones

QUIET = 200
"""A root mean square below which nobody is heard: what a codec leaves of silence."""
ASIDE_SECONDS = 0.35
"""How far from a turn we listen: phones, the exchange and the codec take their time."""
_DECODED = """async rate => {
  const answer = await fetch(document.querySelector("dz-player audio").src);
  const sound = await new OfflineAudioContext(1, 1, rate)
    .decodeAudioData(await answer.arrayBuffer());
  return [...Array(sound.numberOfChannels).keys()].map(side => {
    const whole = Int16Array.from(sound.getChannelData(side), s => Math.round(s * 32767));
    const bytes = new Uint8Array(whole.buffer);
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    return btoa(text);
  });
}"""
_TALLEST = """([from, to, side]) => {
  const canvas = document.querySelector("canvas.dz-wave");
  const room = Math.floor(canvas.height / 2), trim = Math.ceil(room * 0.05);
  const pen = canvas.getContext("2d");
  let tallest = 0;
  for (let x = Math.ceil(from * canvas.width); x < to * canvas.width; x++) {
    const data = pen.getImageData(x, side * room + trim, 1, room - 2 * trim).data;
    let ink = 0;
    for (let i = 3; i < data.length; i += 4) ink += data[i] > 40;
    tallest = Math.max(tallest, ink / (room - 2 * trim));
  }
  return tallest;
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """The two sides of a conversation that began at `began_at`, in samples of `RATE`."""

    sides: tuple[tuple[int, ...], ...]
    began_at: datetime

    @property
    def seconds(self) -> float:
        """How long it sounds."""
        return len(self.sides[0]) / RATE

    def between(self, begin: datetime, end: datetime) -> list[set[int]]:
        """The tones of each side between two moments, a little away from both."""
        a, b = (round(place * len(self.sides[0])) for place in self.places(begin, end))
        return [_voices(side[a:b]) for side in self.sides]

    def places(self, begin: datetime, end: datetime) -> tuple[float, float]:
        """Where this stretch lies in the whole (0 to 1), a little away from both its moments."""
        first, last = ((at - self.began_at).total_seconds() for at in (begin, end))
        assert last - first > 2 * ASIDE_SECONDS + 0.2, "too short to be heard"
        return (first + ASIDE_SECONDS) / self.seconds, (last - ASIDE_SECONDS) / self.seconds


async def decoded(page: Page, began_at: datetime) -> Decoded:
    """What the player's `audio` plays: fetched and decoded by the page's own browser."""
    found: list[str] = await page.evaluate(_DECODED, RATE)
    sides = tuple(tuple(array("h", base64.b64decode(side))) for side in found)
    assert len(sides) == 2, "two sides"
    return Decoded(sides=sides, began_at=began_at)


async def tallest(page: Page, begin: float, end: float, side: int) -> float:
    """How much of a side's room the waveform fills at most, between places from 0 to 1.

    The line of the place that is played fills all of it: it must stand elsewhere.
    """
    found: float = await page.evaluate(_TALLEST, [begin, end, side])
    return found


async def audio_is(page: Page, condition: str) -> None:
    """Waits until something is true of the `audio`; the page's policy forbids strings as code."""
    look = f"if ({condition}) done(); else requestAnimationFrame(look);"
    wait = f"const look = () => {{ {look} }}; look();"
    async with asyncio.timeout(10):
        await page.evaluate(
            f"""() => new Promise(done => {{
              const audio = document.querySelector("audio"); {wait}
            }})"""
        )


def _voices(samples: tuple[int, ...]) -> set[int]:
    assert samples, "nothing there"
    loud = (sum(s * s for s in samples) / len(samples)) ** 0.5
    return tones(samples) if loud >= QUIET else set()
