"""The application with people signed in, clients, and calls told by events as a PBX would."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
from signin_house import KEPT, Person, SignInHouse, doing, signin_house
from web_house import WebHouse

from router.calls import Call, Direction, LegOutcome
from router.events import (
    AnyCallEvent,
    CallBegan,
    CallEnded,
    LegAnswered,
    LegBegan,
    LegEnded,
    LegRang,
)
from router.facts import Application, Offer
from router.numbers import NumberPlan, normalise
from router.plan import Decision, Ending, Plan, Step, StepKind, StepRole, Target, TargetKind
from storage.records import ClientRecord
from storage.unit_of_work import UnitOfWork
from switchboard.live import Made
from switchboard.routing import number_plan
from web.access.roles import Role
from web.signin import accounts
from web.signin.accounts import About
from web.stream.answers import FANOUT
from web.stream.fanout import Fanout

IVAN = "+79161234567"
STRANGER = "+79035550000"
LINE = "+74951230001"
HOSTILE = "<img src=x onerror=alert(1)>\"'&\u202egnp.exe" + "Ж" * 300
HOSTILE_NUMBER = "+79167770000"
PETROV = About(name="Пётр Петров", role=Role.MANAGER, manager="petrov")
PATIENCE_SECONDS = 10.0  # a busy machine is no failure; a card that nobody withdraws stays longer
_numbers = count(1)


@dataclass
class LiveHouse:
    """What a story about live pages needs."""

    people: SignInHouse
    house: WebHouse

    @property
    def fanout(self) -> Fanout:
        return self.house.app[FANOUT]

    async def tell(self, event: AnyCallEvent) -> None:
        await self.house.board.happened(event)

    async def call(self, caller: str = IVAN, *, decided: bool = True, line: str = LINE) -> LiveCall:
        """A call that has begun, with its decision unless the service forgot it."""
        call = LiveCall(self, f"main-{next(_numbers)}.1", caller)
        if decided:
            await call.decide(line)
        about = {"linked_id": call.id, "caller_name": "", "line": line, "caller": caller}
        await self.tell(CallBegan(direction=Direction.INBOUND, **call.about(), **about))
        return call

    async def eventually(
        self, probe: Callable[[], Awaitable[Any]], seconds: float = PATIENCE_SECONDS
    ) -> Any:
        """Asks until the answer is yes; nothing in the house tells of what is asked."""
        async with asyncio.timeout(seconds):
            while not (found := await probe()):  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0.01)
        return found


@dataclass
class LiveCall:
    """One call of a client."""

    floor: LiveHouse
    id: str
    caller: str
    legs: set[str] = field(default_factory=set)

    def about(self) -> Mapping[str, Any]:
        return {"pbx": "main", "call_id": self.id, "at": self.floor.house.board.now}

    async def decide(self, line: str) -> None:
        """A plan: Ivanova 15 s, Petrov 10 s, both 5 s; owner and client as the base says."""
        board = self.floor.house.board
        office = board.office()
        number = normalise(self.caller, number_plan(office))
        lookup = await board.directory.look_up(number, 1.0)
        client = next(iter(lookup.clients), None)
        work = next(iter(client.applications), None) if client else None

        def step(role: StepRole, seconds: int, *keys: str, kind: StepKind = StepKind.ONE) -> Step:
            targets = tuple(
                Target(kind=TargetKind.PHONE, manager=k, number=office.managers[k].extension)
                for k in keys
            )
            return Step(kind=kind, role=role, targets=targets, ring_seconds=seconds)

        plan = Plan(
            steps=(
                step(StepRole.OWNER, 15, "ivanova"),
                step(StepRole.COLLEAGUE, 10, "petrov"),
                step(StepRole.DEPARTMENT, 5, "ivanova", "petrov", kind=StepKind.ALL),
            ),
            ending=Ending.MESSAGE_BUSY,
            patience_seconds=60,
        )
        decision = Decision(
            plan=plan,
            reasons=(),
            line=line,
            department="sales",
            client=client.key if client else "",
            client_name=client.name if client else "",
            application=work.key if work else "",
            owner=client.owner if client else "",
        )
        offer = Offer(
            call_id=self.id,
            pbx="main",
            line=line,
            caller=self.caller,
            number=number,
            at=board.now,
        )
        board.live.decided(Made(offer=offer, decision=decision, at=board.now))

    async def rings(self, target: str = "101") -> LiveCall:
        self.legs.add(target)
        await self.floor.tell(LegBegan(leg_id=f"{self.id}-{target}", target=target, **self.about()))
        await self.floor.tell(LegRang(leg_id=f"{self.id}-{target}", **self.about()))
        return self

    async def answers(self, target: str = "101") -> LiveCall:
        for other in self.legs - {target}:
            await self.stops(other, LegOutcome.ELSEWHERE)
        await self.floor.tell(LegAnswered(leg_id=f"{self.id}-{target}", **self.about()))
        return self

    async def stops(self, target: str, outcome: LegOutcome = LegOutcome.NO_ANSWER) -> LiveCall:
        self.legs.discard(target)
        leg = f"{self.id}-{target}"
        await self.floor.tell(LegEnded(leg_id=leg, outcome=outcome, **self.about()))
        return self

    async def ends(self) -> Call | None:
        await self.floor.tell(CallEnded(cause=16, **self.about()))
        return self.floor.house.board.live.get(self.id)


@dataclass
class Page:
    """An open stream: what the elements of the page look like now."""

    shown: dict[str, str] = field(default_factory=dict)
    nudged: list[str] = field(default_factory=list)
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    over: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def sees(self, region: str, text: str, seconds: float = PATIENCE_SECONDS) -> str:
        """Waits until a region shows a text."""
        return await self._until(
            lambda: region in self.shown and text in self.shown[region], region, text, seconds
        )

    async def misses(self, region: str, text: str, seconds: float = PATIENCE_SECONDS) -> str:
        """Waits until a region does not show a text any more."""
        return await self._until(
            lambda: region in self.shown and text not in self.shown[region], region, text, seconds
        )

    async def ended(self, seconds: float = PATIENCE_SECONDS) -> None:
        await self._until(lambda: self.over, "-", "the end", seconds)

    async def _until(self, done: Callable[[], bool], region: str, text: str, seconds: float) -> str:
        try:
            async with asyncio.timeout(seconds):
                while not done():
                    self.changed.clear()
                    await self.changed.wait()
        except TimeoutError:
            shown = self.shown.get(region, "(nothing)")
            raise AssertionError(f"{region} and {text!r}: {shown}") from None
        return self.shown.get(region, "")


@asynccontextmanager
async def stream(person: Person, *regions: str, since: str = "") -> AsyncIterator[Page]:
    """A page's stream, read as it comes."""
    want = ",".join(regions or ("pops", "desk-take", "desk-info", "desk-talk", "desk-status"))
    page = Page()
    timeout = aiohttp.ClientTimeout(total=None)
    query = {"want": want, "since": since}
    async with person.http.get("/stream", params=query, timeout=timeout) as reply:
        assert reply.status == 200, await reply.text()
        assert reply.headers["Content-Type"].startswith("text/event-stream")
        reading = asyncio.create_task(_read(reply, page))
        try:
            yield page
        finally:
            reading.cancel()
            await asyncio.wait({reading})


async def _read(reply: aiohttp.ClientResponse, page: Page) -> None:
    kind = ""
    async for raw in reply.content:
        line = raw.decode().rstrip("\n")
        if line.startswith("event: "):
            kind = line.removeprefix("event: ")
        elif line.startswith("data: "):
            about = json.loads(line.removeprefix("data: "))
            page.events.append((kind, about))
            if kind == "put":
                page.shown[about["id"]] = about["html"]
            elif kind == "nudge":
                page.nudged.append(about["id"])
            page.changed.set()
    page.over = True
    page.changed.set()


def _client(key: str, name: str, owner: str, number: str, *work: Application) -> ClientRecord:
    read = normalise(number, NumberPlan(region="RU"))
    return ClientRecord(key=key, name=name, owner=owner, numbers=(read,), applications=work)


@asynccontextmanager
async def live_house(folder: Path) -> AsyncIterator[LiveHouse]:
    async with signin_house(folder) as people:
        house = people.house
        records = [
            _client(
                "K-1",
                "Иван Петров",
                "ivanova",
                IVAN,
                Application(key="З-17", title="Окна в дом, 6 штук", open=True),
            ),
            _client("K-2", HOSTILE, "ivanova", HOSTILE_NUMBER),
        ]

        async def work(uow: UnitOfWork) -> None:
            await uow.clients.save(records, at=house.board.now)
            managers = house.board.office().managers
            await accounts.add(uow, doing(), "petrov", PETROV, managers=managers)
            await accounts.set_password(uow, doing(), "petrov", KEPT)

        await house.writer.submit(work)
        yield LiveHouse(people, house)
