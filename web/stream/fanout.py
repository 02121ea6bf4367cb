"""The one task that looks at the state and tells every open page what is new on it.

Rules: whatever happened is seen as state, so news may be late, doubled or lost without a wrong
page; a change of a call draws only the desks it concerns; what many see alike is drawn once; a
pause between two rounds lets a storm become one round.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import structlog

from storage.errors import StorageError
from switchboard.news import CallRecorded, ClientChanged, LinkChanged, News
from switchboard.owed import OwedShares
from web.parts import WebParts
from web.stream.granting import Granting
from web.stream.regions import NUDGES, OF_CALLBACKS, REGIONS, Hears
from web.stream.scene import Changed, Scene
from web.stream.viewer import Viewer

MOST_NEWS = 5_000
MOST_DISMISSED = 2_000
ROUND_SECONDS = 0.02
"""The least time between two rounds; a card that rings waits for one of them at most."""

PIECE_SECONDS = 0.01
"""So long the parts that may wait are drawn before the loop is given free."""

LOOK_SECONDS = 1.0
"""Statuses are read by the board without news: they are looked at this often."""

STATUS_SECONDS = 5.0
"""What depends on the clock (a reminder) is drawn again this often."""

log = structlog.get_logger()


class Fanout:
    """Every open page of one service."""

    def __init__(self, parts: WebParts, scene: Scene) -> None:
        self.scene = scene
        self.rounds = 0
        self.owed = OwedShares(parts.board, parts.database)
        self._board = parts.board
        self._granting = Granting(parts.board)
        self._viewers: dict[Viewer, None] = {}
        self._bell = asyncio.Event()
        self._nudged: dict[str, float] = {}
        self._nudged_at: dict[str, float] = {}
        self._changed_at: dict[str, datetime] = {}
        self._status_at = 0.0
        self.dismissed: dict[tuple[str, str], None] = {}
        scene.callers.learned = lambda _: self._bell.set()
        learned = scene.facts.learned

        def wake(client: str) -> None:
            learned(client)
            self._bell.set()

        scene.facts.learned = wake

    def __len__(self) -> int:
        return len(self._viewers)

    @contextmanager
    def watching(self, viewer: Viewer, since: datetime | None = None) -> Iterator[None]:
        """Keep a page up to date while the block lasts; it is sent everything at once.

        `since` is when the page was made: what was to be fetched again after that is told, too.
        """
        self.scene.watched = True
        self.scene.refresh()
        for name in viewer.wanted & REGIONS.keys():
            self._draw(viewer, name)
        for name, at in self._changed_at.items():
            if name in viewer.wanted and since and at > since:
                viewer.nudge(name)
        self._viewers[viewer] = None
        try:
            yield
        finally:
            self._viewers.pop(viewer, None)
            self.scene.watched = bool(self._viewers)

    def look(self) -> None:
        """Something changed that nobody tells: look at once."""
        self._status_at = 0.0
        self._bell.set()

    def pause(self, call_id: str, *, paused: bool) -> None:
        """The recording of a call was paused, or goes on: shown to everybody who sees the call."""
        self.scene.pause(call_id, paused=paused)
        calls = frozenset({Hears.MY_CALLS, Hears.ALL_CALLS})
        for viewer in self._viewers:
            viewer.dirty |= {n for n in viewer.wanted & REGIONS.keys() if REGIONS[n].hears & calls}
        self._bell.set()

    def dismiss(self, manager: str, call_id: str) -> None:
        """There is nothing to note of a call: its form is not offered again."""
        self.dismissed[manager, call_id] = None
        if len(self.dismissed) > MOST_DISMISSED:
            del self.dismissed[next(iter(self.dismissed))]
        self.nudge("desk-after")

    def nudge(self, *names: str) -> None:
        """Have regions fetched again by every page that shows them."""
        if OF_CALLBACKS.intersection(names):
            self.owed.changed()
        for name in names:
            last = self._nudged_at.get(name, -NUDGES[name].pause_seconds)
            self._nudged.setdefault(name, last + NUDGES[name].pause_seconds)
            self._changed_at[name] = self._board.now
        self._bell.set()

    def end_all(self, why: str) -> None:
        """Have every stream end."""
        for viewer in self._viewers:
            viewer.end(why)

    async def run(self) -> None:
        """Tell pages what is new until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._hear(), name="web: stream news")
            group.create_task(self._rounds(), name="web: stream rounds")

    async def _hear(self) -> None:
        with self._board.news.listening(MOST_NEWS) as listener:
            async for news in listener:
                self._heard(news)

    def _heard(self, news: News) -> None:
        self.nudge(*(nudge.name for nudge in NUDGES.values() if nudge.hears(news)))
        if isinstance(news, LinkChanged):
            self._status_at = 0.0
        if isinstance(news, ClientChanged):
            self.scene.facts.changed(news.client)
        if isinstance(news, CallRecorded):
            self._granting.recorded(news.call)
        self._bell.set()

    async def _rounds(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            wait = LOOK_SECONDS
            try:
                await self._look_at_clock(loop.time())
                wait = await self._round()
            except StorageError as trouble:
                log.error("pages wait for the database", because=str(trouble))  # noqa: TRY400
            except Exception:
                log.exception("pages could not be told what is new")
            await asyncio.sleep(ROUND_SECONDS)
            try:
                async with asyncio.timeout(wait):
                    await self._bell.wait()
            except TimeoutError:
                pass

    async def _look_at_clock(self, now: float) -> None:
        if now - self._status_at >= STATUS_SECONDS:
            self._status_at = now
            await self.scene.read_rows()
            for viewer in self._viewers:
                viewer.dirty |= _hearing(Hears.MY_STATUS) & viewer.wanted

    async def _round(self) -> float:
        """Draw what is due; returns how long nothing else will be.

        What rings comes first for everybody; the rest comes in pieces, between which whatever was
        drawn is sent, and is left to the next round as soon as something new has happened.
        """
        self.rounds += 1
        self._bell.clear()
        changed = self.scene.changed()
        self._granting.look(changed.managers, self.scene)
        loop = asyncio.get_running_loop()
        drawn_first = False
        for viewer in self._viewers:
            if changed.office:
                self._follow_office(viewer)
            viewer.dirty |= _dirtied(viewer, changed)
            for name in viewer.dirty & _AT_ONCE:
                self._draw(viewer, name)
                drawn_first = True
        if drawn_first:
            await asyncio.sleep(0)
        wait = self._nudge_due(loop.time())
        since = loop.time()
        for viewer in tuple(self._viewers):
            if not viewer.dirty:
                continue
            wait = min(wait, self._draw_due(viewer, loop.time()))
            if viewer in self._viewers:  # next time the others come first
                self._viewers[viewer] = self._viewers.pop(viewer)
            if loop.time() - since > PIECE_SECONDS:
                await asyncio.sleep(0)
                since = loop.time()
                if self._bell.is_set():
                    return 0.0
        return wait

    def _follow_office(self, viewer: Viewer) -> None:
        viewer.follow(self.scene.office)
        viewer.dirty |= viewer.wanted & REGIONS.keys()
        for name in viewer.wanted & NUDGES.keys():
            viewer.nudge(name)

    def _draw_due(self, viewer: Viewer, now: float) -> float:
        wait = LOOK_SECONDS
        for name in tuple(viewer.dirty):
            due = viewer.drawn_at.get(name, 0.0) + REGIONS[name].pause_seconds
            if due <= now:
                self._draw(viewer, name)
            else:
                wait = min(wait, due - now)
        return wait

    def _draw(self, viewer: Viewer, name: str) -> None:
        viewer.dirty.discard(name)
        viewer.drawn_at[name] = asyncio.get_running_loop().time()
        try:
            html = REGIONS[name].draw(self.scene, viewer)
        except Exception:  # one part of one page must not keep the news from all others
            log.exception("a part of a page could not be drawn", region=name)
            return
        new = viewer.put(name, html)
        also = REGIONS[name].also
        if new and viewer in self._viewers and also in viewer.wanted:
            viewer.nudge(also)

    def _nudge_due(self, now: float) -> float:
        wait = LOOK_SECONDS
        for name, due in tuple(self._nudged.items()):
            if due > now:
                wait = min(wait, due - now)
                continue
            del self._nudged[name]
            self._nudged_at[name] = now
            for viewer in self._viewers:
                if name in viewer.wanted:
                    viewer.nudge(name)
        return wait


def _dirtied(viewer: Viewer, changed: Changed) -> set[str]:
    names: set[str] = set()
    if not changed.managers.isdisjoint(viewer.person.desks):
        names |= _hearing(Hears.MY_CALLS)
    if changed.calls:
        names |= _hearing(Hears.ALL_CALLS)
    if changed.people:
        names |= _hearing(Hears.PEOPLE)
    if viewer.manager in changed.people:
        names |= _hearing(Hears.MY_STATUS)
    return names & viewer.wanted


_AT_ONCE = frozenset(name for name, region in REGIONS.items() if not region.pause_seconds)

_BY_HEARS = {
    hears: frozenset(name for name, region in REGIONS.items() if hears in region.hears)
    for hears in Hears
}


def _hearing(hears: Hears) -> frozenset[str]:
    return _BY_HEARS[hears]
