"""The calls of a soak: who calls, what the phones do then, and when somebody hangs up.

A story takes a desk for itself while it lasts, so that its phones answer nobody else. What becomes
of a call is not written here: the service may die at any instant, and then whoever the dialplan
rings answers as he does. The audit judges by what everybody remembers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

from dozvon.lab import (
    BUSY,
    DECLINE,
    LET_IT_RING,
    Mobile,
    OutsideCall,
    answer_after,
    confirms,
    voicemail,
)
from dozvon.soak import office as texts
from dozvon.soak.floor import CLIENTS_OF_A_DESK, Desk, Floor

LONGEST_SECONDS = 30.0
SILENT = Mobile(behaviour=LET_IT_RING)


@dataclass(eq=False, slots=True)
class Placed:
    """A call that was placed. `reachable`: somebody there can be rung at once."""

    call: OutsideCall
    story: str
    line: str
    caller: str
    reachable: bool


@dataclass(eq=False, slots=True)
class Callers:
    """Places calls on a floor; `random` decides everything, `placed` remembers them."""

    floor: Floor
    random: Random
    placed: list[Placed] = field(default_factory=list)
    _strangers: int = 0
    _free: asyncio.Queue[Desk] = field(default_factory=asyncio.Queue)
    _calling: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        for desk in self.floor.desks[1:-1]:
            self._free.put_nowait(desk)

    async def place(self, count: int, per_second: float) -> None:
        """Place so many calls at random distances, and return when the last one is over."""
        stories = list(STORIES)
        weights = [weight for _, weight in STORIES.values()]
        async with asyncio.TaskGroup() as group:
            first = asyncio.Lock()
            for _ in range(count):
                name = self.random.choices(stories, weights)[0]
                group.create_task(self._one(name, first), name=f"story {name}")
                await asyncio.sleep(self.random.expovariate(per_second))

    async def _one(self, name: str, default_desk: asyncio.Lock) -> None:
        story, _ = STORIES[name]
        if name in WITHOUT_DESK:
            await story(self, name, self.floor.desks[-1])
            return
        if name == "unknown line":
            async with default_desk:
                await self._at(story, name, self.floor.desks[0])
            return
        desk = await self._free.get()
        await self._at(story, name, desk)
        self._free.put_nowait(desk)

    async def _at(self, story: Story, name: str, desk: Desk) -> None:
        try:
            await story(self, name, desk)
        finally:
            for phone in desk.phones:
                with suppress(LookupError):
                    await phone.hang_up()
            desk.quiet()

    async def call(  # noqa: PLR0913 - each is one fact about the call
        self,
        name: str,
        line: str,
        desk: Desk,
        *,
        stays: float,
        reachable: bool = True,
        anonymous: bool = False,
    ) -> OutsideCall:
        """A new caller calls, and stays for so long if nobody answers."""
        self._strangers += 1
        caller = texts.stranger_number(self._strangers)
        if self.random.random() < 0.5 and not anonymous:
            caller = self._client_of(desk) or caller
        call = await self.floor.carrier.call(line, caller, "Ivan", anonymous=anonymous)
        number = "" if anonymous else caller
        self.placed.append(Placed(call, name, line, number, reachable))
        call.session.later(stays, lambda: None if call.answered_at else call.session.hang_up())
        return call

    def _client_of(self, desk: Desk) -> str:
        """A client who has not called yet: a caller's number names one call only."""
        called = {placed.caller for placed in self.placed}
        numbers = (texts.client_number(desk.number, n) for n in range(CLIENTS_OF_A_DESK))
        return next((number for number in numbers if number not in called), "")

    async def talk(self, call: OutsideCall, seconds: float) -> None:
        """Talk or listen for so long, if somebody answers; then the caller hangs up."""
        if await call.wait_answered(LONGEST_SECONDS):
            call.session.later(seconds, call.session.hang_up)
        await call.wait_ended(LONGEST_SECONDS)

    def between(self, least: float, most: float) -> float:
        """A random number of seconds."""
        return self.random.uniform(least, most)


Story = Callable[[Callers, str, Desk], Awaitable[None]]


async def _owner(day: Callers, name: str, desk: Desk) -> None:
    hangs_up = day.between(0.3, 2.0) if day.random.random() < 0.5 else None
    answers = answer_after(day.between(0.1, 1.2), hang_up_after=hangs_up)
    desk.behave(answers, LET_IT_RING, LET_IT_RING, SILENT)
    call = await day.call(name, desk.line, desk, stays=12)
    await day.talk(call, day.between(0.3, 3.0))


async def _colleague(day: Callers, name: str, desk: Desk) -> None:
    desk.behave(LET_IT_RING, answer_after(day.between(0.1, 1.0)), LET_IT_RING, SILENT)
    call = await day.call(name, desk.line, desk, stays=14)
    await day.talk(call, day.between(0.3, 2.5))


async def _declined(day: Callers, name: str, desk: Desk) -> None:
    desk.behave(DECLINE, DECLINE, answer_after(day.between(0.1, 1.0)), Mobile(behaviour=BUSY))
    call = await day.call(name, desk.line, desk, stays=14)
    await day.talk(call, day.between(0.3, 2.0))


async def _group(day: Callers, name: str, desk: Desk) -> None:
    answers = answer_after(day.between(0.1, 1.0))
    desk.behave(LET_IT_RING, LET_IT_RING, answers, Mobile(behaviour=BUSY))
    call = await day.call(name, desk.line, desk, stays=16)
    await day.talk(call, day.between(0.3, 2.0))


async def _mobile_confirmed(day: Callers, name: str, desk: Desk) -> None:
    picks_up = confirms(day.between(0.1, 0.8), day.between(0.2, 0.8))
    desk.behave(DECLINE, DECLINE, LET_IT_RING, picks_up)
    call = await day.call(name, desk.line, desk, stays=10)
    await day.talk(call, day.between(0.3, 2.5))


async def _mobile_unconfirmed(day: Callers, name: str, desk: Desk) -> None:
    desk.behave(DECLINE, DECLINE, LET_IT_RING, voicemail(day.between(0.1, 0.8)))
    call = await day.call(name, desk.line, desk, stays=day.between(2, 8))
    await day.talk(call, day.between(0.3, 2.0))


async def _gives_up(day: Callers, name: str, desk: Desk) -> None:
    call = await day.call(name, desk.line, desk, stays=day.between(0.3, 7.0))
    await day.talk(call, 0.5)


async def _gives_up_at_once(day: Callers, name: str, desk: Desk) -> None:
    call = await day.call(name, desk.line, desk, stays=day.between(0.0, 0.15))
    await day.talk(call, 0.5)


async def _unknown_line(day: Callers, name: str, desk: Desk) -> None:
    answers = answer_after(day.between(0.1, 0.8))
    desk.behave(answers, answers, answers, SILENT)
    call = await day.call(name, texts.UNKNOWN_LINE, desk, stays=12)
    await day.talk(call, day.between(0.2, 1.0))


async def _hidden(day: Callers, name: str, desk: Desk) -> None:
    answers = answer_after(day.between(0.1, 1.0)) if day.random.random() < 0.5 else LET_IT_RING
    desk.behave(answers, answers, answers, SILENT)
    stays = day.between(3, 6)
    call = await day.call(name, desk.line, desk, stays=stays, anonymous=True)
    await day.talk(call, day.between(0.3, 2.0))


async def _after_hours(day: Callers, name: str, desk: Desk) -> None:
    call = await day.call(name, texts.CLOSED_LINE, desk, stays=20, reachable=False)
    await day.talk(call, day.between(0.2, 3.0))


async def _nobody_registered(day: Callers, name: str, desk: Desk) -> None:
    call = await day.call(name, desk.line, desk, stays=day.between(3, 10), reachable=False)
    await day.talk(call, day.between(0.2, 2.0))


async def _everybody_busy(day: Callers, name: str, desk: Desk) -> None:
    """All three talk already; one of them hangs up, and the caller who waits is rung through."""
    inside = [await phone.dial("600") for phone in desk.phones]
    await asyncio.gather(*(call.wait_answered(5) for call in inside))
    desk.b.behave(answer_after(day.between(0.1, 0.6)))
    desk.carrier.mobiles[desk.mobile] = Mobile(behaviour=BUSY)
    call = await day.call(name, desk.line, desk, stays=14, reachable=False)
    inside[1].session.later(day.between(0.5, 3.0), inside[1].session.hang_up)
    await day.talk(call, day.between(0.3, 2.0))
    for one in (inside[0], inside[2]):
        await one.hang_up()


WITHOUT_DESK = frozenset({"after hours", "nobody registered"})
STORIES: Mapping[str, tuple[Story, int]] = {
    "owner answers": (_owner, 6),
    "colleague answers": (_colleague, 3),
    "declined": (_declined, 2),
    "group answers": (_group, 2),
    "mobile confirmed": (_mobile_confirmed, 3),
    "mobile unconfirmed": (_mobile_unconfirmed, 2),
    "gives up": (_gives_up, 4),
    "gives up at once": (_gives_up_at_once, 3),
    "unknown line": (_unknown_line, 1),
    "hidden number": (_hidden, 2),
    "after hours": (_after_hours, 2),
    "nobody registered": (_nobody_registered, 2),
    "everybody busy": (_everybody_busy, 1),
}
