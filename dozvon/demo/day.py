"""An ordinary day after the stories: clients go on calling, so that there is something to see.

Rules: one call at a time in a department, as in the stories; whose client calls and what comes of
it goes round in a fixed order. A phone of the lab has nobody who lifts it, so a phone that rings
because somebody pressed a button in the workspace (take, call) is lifted for him; which one that is
the exchange knows by the id of its channel.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import cycle

from dozvon.demo.premises import Exchange
from dozvon.demo.stories import (
    ADVERT,
    ALSO_OF_IVANOVA,
    MAIN,
    OF_IVANOVA,
    OF_KUZNETSOVA,
    OF_PETROV,
    SERVICE,
    UNKNOWN_NUMBERS,
)
from dozvon.lab import LET_IT_RING, Mobile, Phone, PhoneCall, answer_after
from pbx_adapters.port import PLACE_PREFIX, TAKE_PREFIX
from router.office import Office

PAUSE_SECONDS = 8.0
TALK_SECONDS = 25.0
LIFTED_AFTER_SECONDS = 1.5
LONGEST_SECONDS = 120.0
A_DAY_SECONDS = 86_400.0

_CLIENT_ANSWERS = Mobile(behaviour=answer_after(3, hang_up_after=TALK_SECONDS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A client calls; `answers` (an extension, or nobody) lifts after so many seconds of ringing.

    The client gives up after `patience_seconds` of ringing or talking.
    """

    number: str
    name: str = ""
    line: str = MAIN
    answers: str = ""
    after_seconds: float = 3.0
    patience_seconds: float = 40.0


SALES_SCENES = (
    Scene(number=OF_IVANOVA.number, name=OF_IVANOVA.name, answers="101"),
    Scene(number=OF_PETROV.number, name=OF_PETROV.name, patience_seconds=12),
    Scene(number=UNKNOWN_NUMBERS[0], line=ADVERT, answers="103"),
    Scene(number=ALSO_OF_IVANOVA.number, name=ALSO_OF_IVANOVA.name, answers="103"),
    Scene(number=OF_PETROV.number, name=OF_PETROV.name, answers="102"),
    Scene(number=OF_IVANOVA.number, name=OF_IVANOVA.name, patience_seconds=9),
)
SERVICE_SCENES = (
    Scene(number=OF_KUZNETSOVA.number, name=OF_KUZNETSOVA.name, line=SERVICE, answers="105"),
    Scene(number=UNKNOWN_NUMBERS[1], line=SERVICE, answers="106"),
    Scene(number="", line=SERVICE, answers="104", after_seconds=2),
)


@asynccontextmanager
async def lifted_by_button(place: Exchange) -> AsyncIterator[None]:
    """Phones are lifted that ring because somebody pressed a button, while the block lasts."""
    usual = place.carrier.default
    place.carrier.default = _CLIENT_ANSWERS
    tasks = [asyncio.create_task(_lift(place, p), name="demo: lift") for p in place.phones.values()]
    try:
        yield
    finally:
        place.carrier.default = usual
        await _ended(tasks)


@asynccontextmanager
async def ordinary_day(place: Exchange, office: Office) -> AsyncIterator[None]:
    """Clients call while the block lasts."""
    for manager in office.managers.values():  # a mobile that nobody holds rings
        place.carrier.mobiles[manager.mobile.removeprefix("+")] = Mobile()
    lanes = (SALES_SCENES, SERVICE_SCENES)
    tasks = [asyncio.create_task(_lane(place, lane), name="demo: day") for lane in lanes]
    try:
        yield
    finally:
        await _ended(tasks)


async def _lane(place: Exchange, scenes: Sequence[Scene]) -> None:
    turns: Iterator[Scene] = cycle(scenes)
    while True:
        await _play(place, next(turns))
        await asyncio.sleep(PAUSE_SECONDS)


async def _play(place: Exchange, scene: Scene) -> None:
    phone = place.phones.get(scene.answers)
    if phone:
        phone.behave(answer_after(scene.after_seconds, hang_up_after=TALK_SECONDS))
    try:
        call = await place.carrier.call(
            scene.line,
            scene.number or "anonymous",
            scene.name,
            hangup_after=scene.patience_seconds,
            anonymous=not scene.number,
        )
        await call.wait_ended(LONGEST_SECONDS)
    finally:
        if phone:
            phone.behave(LET_IT_RING)


async def _lift(place: Exchange, phone: Phone) -> None:
    while True:
        call = await phone.wait_ringing(A_DAY_SECONDS)
        await asyncio.sleep(LIFTED_AFTER_SECONDS)
        if await _by_button(place, phone) and not call.session.settled:
            call.session.accept()
            call.session.later(TALK_SECONDS, call.session.hang_up)
        await _settled(phone, call)


async def _by_button(place: Exchange, phone: Phone) -> bool:
    """Whether a command of the workspace has made a channel to this phone."""
    told = await place.instance.cli("core show channels concise")
    lines = (line.split("!") for line in told.splitlines())
    return any(
        fields[0].startswith(f"PJSIP/{phone.extension}-") and _is_command(fields[-1])
        for fields in lines
    )


def _is_command(channel_id: str) -> bool:
    """An id of ours; the PBX may have put its system's name before it."""
    return any(
        channel_id.startswith(prefix) or f"-{prefix}" in channel_id
        for prefix in (TAKE_PREFIX, PLACE_PREFIX)
    )


async def _settled(phone: Phone, call: PhoneCall) -> None:
    await phone.until(lambda: call.session.settled, A_DAY_SECONDS)


async def _ended(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
