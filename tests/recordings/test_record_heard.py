"""From the real call to the ear: what sounded at the phones is what a browser's player plays.

Real SIP calls with tones through a real Asterisk, the service as it runs in an office, and a
signed-in person who opens the call's page. What is judged is what the browser itself fetched and
decoded: client 400 Hz on the left; a 700 Hz, b 1100 Hz, c 1500 Hz on the right, each in his time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from player_ear import Decoded, audio_is, decoded, tallest
from playwright.async_api import Browser, Page, async_playwright, expect
from recorded_floor import ASIDE_HERTZ, CLIENT_HERTZ, RATE, TONES
from recorded_office import SoundingOffice, sounding_office, who
from sales_floor import Desk, caller_of

from dozvon.lab import Mobile, OutsideCall, Phone, answer_after
from dozvon.lab.sip.records import Record
from dozvon.lab.sip.rtp import SILENT_FRAME
from recordings.port import PartKind
from storage.recording_records import StoredPart, StoredRecording

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

A, B, CLIENT = TONES["a"], TONES["b"], CLIENT_HERTZ
NOBODY: set[int] = set()
CLIENTS_SIDE, OUR_SIDE = 0, 1
TALK = 2.0
NEAR_SECONDS = 0.5
DISTURBED = timedelta(seconds=0.3)
TRIES = 4
FALLBACK, INTERCEPT, BLIND, ATTENDED, CLICK = range(5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A call that is over: when somebody else began to talk, or fell silent, and the recording."""

    turns: tuple[datetime, ...]
    recording: StoredRecording

    @property
    def seconds(self) -> float:
        return (self.turns[-1] - self.turns[0]).total_seconds()

    @property
    def disturbed(self) -> bool:
        """Whether the exchange's own files are longer or shorter than the talk was.

        Where phones and exchange get too little of a busy machine, it stretches what it hears.
        """
        ends = [p.began_at + timedelta(seconds=(p.size - 44) / 2 / RATE) for p in self._parts]
        lacks = [self.turns[-1] - end for end, part in zip(ends, self._parts, strict=True)
                 if part.kind != PartKind.LEG]  # fmt: skip
        return max(ends) - self.turns[-1] > DISTURBED or max(lacks) > DISTURBED

    @property
    def _parts(self) -> list[StoredPart]:
        return [part for part in self.recording.parts if part.began_at and part.size]

    @property
    def told(self) -> str:
        """What a failed test is read with."""
        begins = [(turn - self.turns[0]).total_seconds() for turn in self.turns]
        parts = [
            (p.kind, p.began_at and (p.began_at - self.turns[0]).total_seconds(), p.size)
            for p in self.recording.parts
        ]
        return f"turns {begins}, {self.recording.seconds} s of {parts}"


Story = Callable[[SoundingOffice, Desk], Awaitable[Talk]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A talk as somebody's browser plays it."""

    page: Page
    sound: Decoded
    turns: tuple[datetime, ...]

    async def in_turn(self, *voices: tuple[set[int], set[int]]) -> None:
        """From turn to turn these voices are heard left and right, and are drawn there."""
        begins = list(zip(self.turns, self.turns[1:], strict=False))
        for (begin, end), expected in zip(begins, voices, strict=True):
            assert self.sound.between(begin, end) == list(expected), (begin, end)
            for side in (CLIENTS_SIDE, OUR_SIDE):
                tall = await tallest(self.page, *self.sound.places(begin, end), side)
                assert tall > 0.4 if expected[side] else tall < 0.15, (begin, side, tall)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(
    asterisk_root: Path, chromium: Path, ffmpeg: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[SoundingOffice]:
    expect.set_options(timeout=15_000)
    async with async_playwright() as playwright:
        browser: Browser = await playwright.chromium.launch(executable_path=str(chromium))
        folder = tmp_path_factory.mktemp("heard")
        async with sounding_office(
            asterisk_root, folder, browser, ffmpeg, patient=INTERCEPT
        ) as found:
            yield found
        await browser.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def played(office: SoundingOffice) -> dict[int, Talk | BaseException]:
    """Every story's call, all at the same time, each at a desk of its own."""
    stories = (fallback, intercept, blind, attended, click)
    desks = office.floor.desks
    ended = await asyncio.gather(
        *(heard_well(story, office, desk) for story, desk in zip(stories, desks, strict=True)),
        return_exceptions=True,
    )
    return dict(enumerate(ended))


@pytest.fixture
def talks(played: dict[int, Talk | BaseException]) -> dict[int, Talk]:
    """The stories that came to their end; what failed on the way is told where it is asked for."""
    failed = [each for each in played.values() if isinstance(each, BaseException)]
    if failed:
        raise failed[0]
    return {number: talk for number, talk in played.items() if isinstance(talk, Talk)}


async def heard_well(story: Story, office: SoundingOffice, desk: Desk) -> Talk:
    """The story's talk; played again where the exchange itself was disturbed."""
    for _ in range(TRIES):
        talk = await story(office, desk)
        if not talk.disturbed:
            break
        desk.quiet()
        desk.a.hertz = A
    return talk


# -- the calls ------------------------------------------------------------------------------------


def answered(record: Record) -> datetime:
    assert record.answered_at
    return record.answered_at


def ended(record: Record) -> datetime:
    assert record.ended_at
    return record.ended_at


async def over(office: SoundingOffice, number: str, client: Record) -> StoredRecording:
    """The client hangs up, and the recording comes in."""
    await client.hang_up()
    return await office.ready(await office.call_of(number))


async def begun(desk: Desk, owner: Phone) -> OutsideCall:
    """A client of the desk talks with the owner."""
    call = await desk.call()
    await owner.wait_ringing(10)
    await owner.answer()
    assert await call.wait_answered(10)
    await asyncio.sleep(TALK)
    return call


async def fallback(office: SoundingOffice, desk: Desk) -> Talk:
    """The owner lets it ring, a colleague answers."""
    call = await desk.call()
    await desk.a.wait_ringing(10)
    await desk.b.wait_ringing(15)
    await desk.b.answer()
    assert await call.wait_answered(10)
    await asyncio.sleep(TALK)
    recording = await over(office, caller_of(call), call)
    return Talk(turns=(answered(call), ended(call)), recording=recording)


async def intercept(office: SoundingOffice, desk: Desk) -> Talk:
    """A colleague takes it from his screen while it rings at the owner's."""
    page = await office.workspace.sign_in(who(desk, "b"), "/desk")
    call = await desk.call()
    await desk.a.wait_ringing(10)
    await page.click("#desk-take li form[action$='/take'] button")
    await desk.b.wait_ringing(10)
    assert desk.a.live_calls, "it was taken, it did not fall to him"
    await desk.b.answer()
    assert await call.wait_answered(10)
    await asyncio.sleep(TALK)
    recording = await over(office, caller_of(call), call)
    return Talk(turns=(answered(call), ended(call)), recording=recording)


async def blind(office: SoundingOffice, desk: Desk) -> Talk:
    """The owner hands the client on without asking; the colleague lets it ring for a while."""
    call = await begun(desk, desk.a)
    left = datetime.now(tz=answered(call).tzinfo)
    assert await desk.a.blind_transfer(desk.b.extension) < 300
    ringing = await desk.b.wait_ringing(10)
    await asyncio.sleep(TALK)
    await desk.b.answer()
    await asyncio.sleep(TALK)
    recording = await over(office, caller_of(call), call)
    turns = (answered(call), left, answered(ringing), ended(call))
    return Talk(turns=turns, recording=recording)


async def attended(office: SoundingOffice, desk: Desk) -> Talk:
    """The owner holds the client, asks the colleague, then joins the two, all on the phones.

    What he says to the colleague has a tone of its own; on the held line his phone is silent.
    """
    call = await begun(desk, desk.a)
    desk.b.behave(answer_after(0.2))
    desk.a.calls[-1].session.stream._frame = SILENT_FRAME
    desk.a.hertz = ASIDE_HERTZ
    held = datetime.now(tz=answered(call).tzinfo)
    await desk.a.consult(desk.b.extension)
    await asyncio.sleep(TALK)
    joined = datetime.now(tz=held.tzinfo)
    assert await desk.a.complete_transfer() < 300
    await asyncio.sleep(TALK + 1)
    recording = await over(office, caller_of(call), call)
    return Talk(turns=(answered(call), held, joined, ended(call)), recording=recording)


async def click(office: SoundingOffice, desk: Desk) -> Talk:
    """A manager calls somebody by a click: his own phone rings first."""
    stranger = desk.stranger()
    office.floor.carrier.mobiles[stranger] = Mobile(behaviour=answer_after(0.3))
    page = await office.workspace.sign_in(who(desk, "b"), f"/dial?number=%2B{stranger}")
    await page.click("form[action='/dial'] button >> nth=-1")
    await desk.b.wait_ringing(10)
    await desk.b.answer()
    received = office.floor.carrier.received
    await office.floor.carrier.until(lambda: any(c.called == stranger for c in received), 10)
    (client,) = [c for c in received if c.called == stranger]
    assert await client.wait_answered(10)
    await asyncio.sleep(TALK)
    recording = await over(office, stranger, client)
    return Talk(turns=(answered(client), ended(client)), recording=recording)


# -- the ear --------------------------------------------------------------------------------------


async def listen(office: SoundingOffice, login: str, talk: Talk) -> Heard:
    """A person opens the call's page, presses play, hears it; what his browser holds.

    It begins when the client is connected, lasts as long as the talk, and the audit says who heard.
    """
    assert await office.audit(talk.recording) == []
    page = await office.open_call(login, talk.recording)
    await expect(page.locator("dz-player.dz-ready .dz-us")).to_be_visible()
    assert await office.audit(talk.recording) == [], "looking at it is not listening"
    await page.click(".dz-play")
    await audio_is(page, "!audio.paused && audio.currentTime > 0.5")
    await page.click(".dz-play")
    await page.locator(".dz-stage").press("Home")
    await audio_is(page, "audio.paused && audio.currentTime === 0")
    duration = await page.evaluate("() => document.querySelector('dz-player audio').duration")
    assert abs(duration - talk.seconds) < NEAR_SECONDS, talk.told
    assert await office.audit(talk.recording) == [(login, "play")]
    sound = await decoded(page, talk.turns[0])
    assert abs(sound.seconds - duration) < 0.2
    assert await office.audit(talk.recording) == [(login, "play")], "one listening is one row"
    assert not [told for told in office.workspace.trouble if page.url in told]
    return Heard(page=page, sound=sound, turns=talk.turns)


async def lane(page: Page) -> list[tuple[str, float, float]]:
    """Who of us spoke from when to when, as it lies under the waveform."""
    read = "parts => parts.map(p => [p.textContent, Number(p.dataset.from), Number(p.dataset.to)])"
    found = await page.eval_on_selector_all(".dz-parts li", read)
    return [(name, since, until) for name, since, until in found]


async def test_a_colleague_who_answered_is_heard_on_our_side(
    office: SoundingOffice, talks: dict[int, Talk]
) -> None:
    """The owner let it ring: the client left, who answered right, nobody else anywhere."""
    heard = await listen(office, f"b{FALLBACK}", talks[FALLBACK])
    await heard.in_turn(({CLIENT}, {B}))


async def test_who_took_the_call_from_his_screen_is_heard_on_our_side(
    office: SoundingOffice, talks: dict[int, Talk]
) -> None:
    heard = await listen(office, f"b{INTERCEPT}", talks[INTERCEPT])
    await heard.in_turn(({CLIENT}, {B}))


async def test_after_a_blind_transfer_both_of_us_are_heard_one_after_the_other(
    office: SoundingOffice, talks: dict[int, Talk]
) -> None:
    """While it rang at the second, nobody of us was heard; the head of the department listens."""
    heard = await listen(office, f"c{BLIND}", talks[BLIND])
    await heard.in_turn(({CLIENT}, {A}), ({CLIENT}, NOBODY), ({CLIENT}, {B}))
    first, then = await lane(heard.page)
    assert (first[0], then[0]) == (f"Anna {BLIND}", f"Boris {BLIND}")
    told = (first[1], first[2], then[1], then[2])
    turns = [(turn - heard.turns[0]).total_seconds() for turn in heard.turns]
    assert all(abs(a - b) < NEAR_SECONDS for a, b in zip(told, turns, strict=True)), (told, turns)


async def test_what_we_said_to_each_other_before_an_attended_transfer_is_not_heard(
    office: SoundingOffice, talks: dict[int, Talk]
) -> None:
    """The client was on hold: his side goes on, ours is silent until the colleague came in."""
    heard = await listen(office, f"b{ATTENDED}", talks[ATTENDED])
    await heard.in_turn(({CLIENT}, {A}), ({CLIENT}, NOBODY), ({CLIENT}, {B}))


async def test_a_call_by_a_click_has_its_sides_right_too(
    office: SoundingOffice, talks: dict[int, Talk]
) -> None:
    """Whom we called is left, who clicked is right."""
    heard = await listen(office, f"b{CLICK}", talks[CLICK])
    await heard.in_turn(({CLIENT}, {B}))


@pytest.mark.parametrize("login", [f"a{CLICK}", f"c{FALLBACK}"])
async def test_who_may_not_see_the_call_finds_no_player_and_no_sound(
    office: SoundingOffice, talks: dict[int, Talk], login: str
) -> None:
    """A colleague who had no part in it, and the head of another department: it does not exist."""
    recording = talks[CLICK].recording
    before = await office.audit(recording)
    page = await office.workspace.sign_in(login, "/calls")
    assert recording.call_id not in await page.content()
    for address in (
        f"/calls/{recording.call_id}",
        f"/recordings/{recording.id}/sound",
        f"/recordings/{recording.id}/sound?download",
        f"/recordings/{recording.id}/peaks.json",
    ):
        assert (await page.request.get(address)).status == 404, address
    await page.goto(f"/calls/{recording.call_id}")
    await expect(page.locator("main")).to_be_visible()
    assert await page.locator("dz-player, audio").count() == 0
    assert await office.audit(recording) == before
