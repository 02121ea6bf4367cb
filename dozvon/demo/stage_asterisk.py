"""The stage with a real exchange: SIP phones and a carrier around a running Asterisk.

Rules: the stage moves phones and callers and waits for what they see, each wait with a deadline;
the dialplan asks whatever service the Asterisk is set up for. A talk of one's own is a call to the
echo (extension 600), a pick-up is `*8` and the extension: both are in the lab's dialplan. The only
pauses are those that the story's script itself asks for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from dozvon.demo.stage import CallerSaw, Played, Rang
from dozvon.demo.story import PickUp, Story, StoryCall
from dozvon.lab import (
    BUSY,
    LET_IT_RING,
    Behaviour,
    Carrier,
    Mobile,
    OutsideCall,
    Phone,
    PhoneCall,
    answer_after,
    decline_after,
)
from dozvon.lab import Act as LabAct
from pbx_adapters.simulator import LETS_RING, Act, MobileScript, PhoneScript
from router.office import Office

ECHO = "600"
PICK_UP = "*8"
REGISTRATION_SECONDS = 5.0
DIAL_SECONDS = 5.0
QUIET_SECONDS = 10.0
STORY_SECONDS = 90.0

Ready = Callable[[Story], Awaitable[None]]
Aside = Coroutine[None, None, None]


@dataclass(frozen=True, slots=True)
class _Before:
    """How many calls everybody had before the story began."""

    phones: Mapping[str, int]
    carrier: int


@dataclass(slots=True)
class _Scene:
    """One story while it is played."""

    story: Story
    phones: Mapping[str, Phone]
    before: _Before
    own_talks: list[OutsideCall] = field(default_factory=list)
    began_at: datetime = field(default_factory=partial(datetime.now, UTC))


class AsteriskStage:
    """Keeps `Stage` around a running Asterisk.

    `phones` by extension, all started; `ready` is awaited when every phone stands as the story says
    and before the first caller dials (a service may have to notice that first).
    """

    def __init__(
        self,
        office: Office,
        phones: Mapping[str, Phone],
        carrier: Carrier,
        *,
        ready: Ready | None = None,
        story_seconds: float = STORY_SECONDS,
    ) -> None:
        self._office = office
        self._phones = phones
        self._carrier = carrier
        self._ready = ready
        self._story_seconds = story_seconds

    async def play(self, story: Story) -> Played:
        """Play a story; `TimeoutError` if a call does not end or a phone does not get quiet."""
        scene = self._scene(story)
        try:
            await self._set(scene)
            if self._ready:
                await self._ready(story)
            calls = await self._perform(scene)
        finally:
            for talk in scene.own_talks:
                talk.session.hang_up()
        for phone in scene.phones.values():
            await _quiet(phone)
        return self._played(scene, calls)

    # before

    def _scene(self, story: Story) -> _Scene:
        members = (m for d in story.departments(self._office) for m in self._office.members(d))
        phones = {m.extension: self._phones[m.extension] for m in members}
        if story.service_dead:
            phones = dict(self._phones)
        counts = {extension: len(phone.calls) for extension, phone in phones.items()}
        before = _Before(phones=counts, carrier=len(self._carrier.received))
        return _Scene(story=story, phones=phones, before=before)

    async def _set(self, scene: _Scene) -> None:
        for extension, phone in scene.phones.items():
            phone.behave(_behaviour(scene.story.phones.get(extension, LETS_RING)))
        for phone in scene.phones.values():
            if phone.behaviour.registered:
                await phone.wait_registered(REGISTRATION_SECONDS)
            else:
                await phone.wait_unregistered(REGISTRATION_SECONDS)
        for extension, phone in scene.phones.items():
            script = scene.story.phones.get(extension, LETS_RING)
            if script.talks_until_seconds:
                scene.own_talks.append(await _talking(phone, script.talks_until_seconds))
        for manager in self._office.managers.values():
            if manager.extension in scene.phones:
                self._carrier.mobiles.pop(manager.mobile.removeprefix("+"), None)
        for number, mobile in scene.story.mobiles.items():
            self._carrier.mobiles[number] = _mobile(mobile)

    # during

    async def _perform(self, scene: _Scene) -> list[OutsideCall]:
        scene.began_at = datetime.now(UTC)
        async with asyncio.timeout(self._story_seconds), asyncio.TaskGroup() as cast:
            asides = [cast.create_task(part) for part in self._asides(scene)]
            callers = [cast.create_task(self._call(call)) for call in scene.story.calls]
            calls = [await caller for caller in callers]
            for aside in asides:
                aside.cancel()
        return calls

    async def _call(self, call: StoryCall) -> OutsideCall:
        script = call.caller
        await asyncio.sleep(script.begins_after_seconds)
        placed = await self._carrier.call(
            script.line,
            script.number or "anonymous",
            script.name,
            hangup_after=script.hang_up_after_seconds,
            anonymous=not script.number,
        )
        await placed.wait_ended(self._story_seconds)
        return placed

    def _asides(self, scene: _Scene) -> list[Aside]:
        transfers = [
            _hand_on(phone, scene.before.phones[extension], scene.story.phones[extension])
            for extension, phone in scene.phones.items()
            if scene.story.phones.get(extension, LETS_RING).transfer_to
        ]
        pick_ups = [
            _pick_up(scene.phones[p.by], p, scene.story.phones.get(p.by, LETS_RING))
            for p in scene.story.pick_ups
        ]
        return [*transfers, *pick_ups]

    # after

    def _played(self, scene: _Scene, calls: list[OutsideCall]) -> Played:
        mobiles = {m.mobile.removeprefix("+") for m in self._office.managers.values() if m.mobile}
        ours = {
            m.mobile.removeprefix("+")
            for m in self._office.managers.values()
            if m.mobile and m.extension in scene.phones
        }
        rang = [
            _rang(call, extension, scene.began_at)
            for extension, phone in scene.phones.items()
            for call in phone.calls[scene.before.phones[extension] :]
        ]
        rang += [
            _rang(call, call.called, scene.began_at)
            for call in self._carrier.received[scene.before.carrier :]
            if call.called in ours or call.called not in mobiles
        ]
        return Played(
            story=scene.story.key,
            rang=tuple(r for r in rang if r is not None),
            callers=tuple(
                _saw(story_call, call)
                for story_call, call in zip(scene.story.calls, calls, strict=True)
            ),
        )


async def _quiet(phone: Phone) -> None:
    await phone.until(lambda: not phone.live_calls, QUIET_SECONDS)


async def _talking(phone: Phone, seconds: float) -> OutsideCall:
    """The phone is in a talk of its own, for so long from now on."""
    talk = await phone.dial(ECHO)
    if not await talk.wait_answered(DIAL_SECONDS):
        raise TimeoutError(f"{phone.extension} could not begin a talk of its own: {talk.status}")
    talk.session.later(seconds, talk.session.hang_up)
    return talk


async def _hand_on(phone: Phone, before: int, script: PhoneScript) -> None:
    """When the phone has answered and talked a while, it sends the caller on."""
    await phone.until(
        lambda: any(call.session.talking for call in phone.calls[before:]), STORY_SECONDS
    )
    await asyncio.sleep(script.talk_seconds or 0)
    await phone.blind_transfer(script.transfer_to)


async def _pick_up(phone: Phone, pick_up: PickUp, script: PhoneScript) -> None:
    await asyncio.sleep(pick_up.after_seconds)
    call = await phone.dial(PICK_UP + pick_up.rings_at)
    if await call.wait_answered(DIAL_SECONDS) and script.talk_seconds is not None:
        call.session.later(script.talk_seconds, call.session.hang_up)


def _behaviour(script: PhoneScript) -> Behaviour:
    if not script.registered:
        return Behaviour(registered=False)
    if script.act is Act.ANSWER:
        talk = None if script.transfer_to else script.talk_seconds
        return answer_after(script.after_seconds, hang_up_after=talk)
    if script.act is Act.DECLINE:
        return decline_after(script.after_seconds)
    return BUSY if script.act is Act.BUSY else LET_IT_RING


def _mobile(script: MobileScript) -> Mobile:
    if script.act is Act.ANSWER:
        behaviour = Behaviour(
            act=LabAct.ANSWER,
            after_seconds=script.after_seconds,
            hang_up_after_seconds=script.talk_seconds,
        )
        return Mobile(
            behaviour=behaviour,
            press=script.press,
            press_after_seconds=script.press_after_seconds,
        )
    if script.act is Act.DECLINE:
        return Mobile(behaviour=decline_after(script.after_seconds))
    return Mobile(behaviour=BUSY if script.act is Act.BUSY else LET_IT_RING)


def _rang(call: PhoneCall, target: str, began_at: datetime) -> Rang | None:
    if call.rang_at is None:
        return None
    stopped = call.answered_at or call.ended_at or datetime.now(UTC)
    return Rang(
        target=target,
        at_seconds=(call.rang_at - began_at).total_seconds(),
        rang_seconds=(stopped - call.rang_at).total_seconds(),
        answered=call.answered_at is not None,
    )


def _saw(story_call: StoryCall, call: OutsideCall) -> CallerSaw:
    ended_at = call.ended_at or datetime.now(UTC)
    return CallerSaw(
        number=story_call.caller.number,
        line=story_call.caller.line,
        picked_up=call.answered_at is not None,
        lasted_seconds=(ended_at - call.started_at).total_seconds(),
    )
