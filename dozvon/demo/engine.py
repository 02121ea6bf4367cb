"""The real service as stories see it: prepared for a story, stopped, and asked afterwards.

Nothing is short-cut: statuses go through the database, the dead service is really gone, and what a
story is told against is what stands in the log.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime

from config.settings import Settings
from dozvon.compose import service
from dozvon.demo.stage import LoggedCall, logged, tail_of
from dozvon.demo.story import Story
from pbx_adapters.port import Pbx, TrailItem, Way
from pbx_adapters.simulator import LETS_RING, PhoneScript
from router.facts import PhoneState
from router.office import Office, Status
from storage.database import Database, open_database
from storage.reading import CallFilter, list_calls, read_call
from storage.records import CallStory
from storage.records import Way as StoredWay
from storage.statuses import StatusRow
from storage.unit_of_work import UnitOfWork
from switchboard.board import Board, utc_now
from switchboard.news import CallRecorded, LinkChanged, News, PhonesChanged

_LOGGED_SECONDS = 15.0
_WAYS = {StoredWay.PLAN: Way.PLAN, StoredWay.FAIL_OPEN: Way.FAIL_OPEN, StoredWay.NONE: None}


@dataclass(slots=True)
class Told:
    """What was heard from the service so far; waits are on its condition."""

    recorded: set[str] = field(default_factory=set)
    links: int = 0
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)


class EngineService:
    """Keeps `dozvon.demo.stage.Service` over the whole service in this process.

    `listener` hears all news as they come (the narrator).
    """

    def __init__(self, settings: Settings, listener: object | None = None) -> None:
        self.settings = settings
        self._also: Callable[[Board], Pbx] | None = None
        self._tell = getattr(listener, "tell", None)
        self._told = Told()
        self._stack: AsyncExitStack | None = None
        self._prepared: dict[str, datetime] = {}
        self.board: Board | None = None

    async def start(self) -> None:
        """Start the service and wait until it watches its exchange."""
        stack = AsyncExitStack()
        board = await stack.enter_async_context(service(self.settings, also=self._also))
        news = stack.enter_context(board.news.listening())
        listening = asyncio.create_task(self._listen(aiter(news)), name="demo: news")
        running = asyncio.create_task(board.run(), name="demo: service")
        stack.push_async_callback(_ended, running)
        stack.push_async_callback(board.settle)
        stack.push_async_callback(_ended, listening)
        self._stack, self.board = stack, board
        links = self._told.links
        async with asyncio.timeout(_LOGGED_SECONDS), self._told.changed:
            await self._told.changed.wait_for(lambda: self._told.links > links or running.done())
        if running.done():
            await running

    async def stop(self) -> None:
        """Stop the service; calls that are up do not notice."""
        if self._stack:
            stack, self._stack, self.board = self._stack, None, None
            await stack.aclose()

    def hush(self) -> None:
        """Tell the listener nothing more."""
        self._tell = None

    def now(self) -> datetime:
        """The clock by which calls begin."""
        return utc_now()

    async def die(self) -> None:
        """Be gone: nobody answers the exchange, nobody watches it."""
        await self.stop()

    async def live(self) -> None:
        """Be there again."""
        if self.board is None:
            await self.start()

    async def prepare(self, story: Story) -> None:
        """Set the statuses of the story's departments; be dead if the story says so."""
        self._prepared[story.key] = self.now()
        if story.service_dead:
            await self.die()
            return
        if self.board is None:
            await self.start()
        await self._set_statuses(story)

    async def ready(self, story: Story) -> None:
        """Wait until the service knows that the phones stand as the story says."""
        board = self.board
        if board is None:
            return
        wanted = _phone_states(story, board.office())

        def stand() -> bool:
            known = board.presence.of(board.office())
            return all(known[manager].phone is state for manager, state in wanted.items())

        async with asyncio.timeout(_LOGGED_SECONDS), self._told.changed:
            await self._told.changed.wait_for(stand)

    async def logged(self, story: Story) -> Sequence[LoggedCall]:
        """The story's calls as they stand in the log."""
        await self.live()
        async with open_database(self.settings.database) as database:
            async with asyncio.timeout(_LOGGED_SECONDS), self._told.changed:
                while len(found := await self._found(database, story)) < len(story.calls):
                    await self._told.changed.wait()
            return [_as_stories_ask(call) for call in found]

    async def _found(self, database: Database, story: Story) -> list[CallStory]:
        """Calls of the story's callers since it was prepared."""
        since = self._prepared[story.key]
        wanted = {(tail_of(c.caller.number), tail_of(c.caller.line)) for c in story.calls}
        stored = await list_calls(database, CallFilter(since=since), limit=500)
        ids = [
            s.call.id for s in stored if (tail_of(s.call.caller), tail_of(s.call.line)) in wanted
        ]
        stories = [await read_call(database, call_id) for call_id in ids]
        return [s for s in stories if s is not None]

    async def _set_statuses(self, story: Story) -> None:
        board = self.board
        if board is None:
            return
        wanted = _statuses(story, board.office())

        async def work(uow: UnitOfWork) -> None:
            for manager, status in wanted.items():
                row = StatusRow(manager=manager, status=status, since=utc_now(), by="demo")
                await uow.statuses.set(row)

        await board.write(work)
        await board.refresh()

    async def _listen(self, news: object) -> None:
        async for told in news:  # type: ignore[attr-defined]
            if self._tell:
                self._tell(told)
            await self._note(told)

    async def _note(self, news: News) -> None:
        async with self._told.changed:
            if isinstance(news, CallRecorded):
                self._told.recorded.add(news.call.id)
            elif isinstance(news, LinkChanged) and news.up:
                self._told.links += 1
            elif not isinstance(news, PhonesChanged):
                return
            self._told.changed.notify_all()


def _statuses(story: Story, office: Office) -> dict[str, Status]:
    departments = story.departments(office)
    return {
        key: story.statuses.get(key, Status.AVAILABLE)
        for key, manager in office.managers.items()
        if manager.department in departments
    }


def _phone_states(story: Story, office: Office) -> dict[str, PhoneState]:
    departments = story.departments(office)
    members = (m for m in office.managers.values() if m.department in departments)
    return {m.key: _phone_state(story.phones.get(m.extension, LETS_RING)) for m in members}


def _phone_state(script: PhoneScript) -> PhoneState:
    if not script.registered:
        return PhoneState.UNREGISTERED
    return PhoneState.TALKING if script.talks_until_seconds else PhoneState.FREE


def _as_stories_ask(story: CallStory) -> LoggedCall:
    trail = [TrailItem(**item) for e in story.trail for item in e.reported.get("trail", ())]
    return logged(
        story.stored.call,
        reasons=story.made.decision.reasons if story.made else (),
        trail=trail,
        callback=story.callback_id is not None,
        way=_WAYS[story.stored.way],
    )


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait({task})
