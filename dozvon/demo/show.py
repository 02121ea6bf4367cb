"""The main job, shown: real calls through a real exchange, told as they happen.

The stage moves phones and callers, the service does its work, and every story is held against what
stands in the log. Whoever wants to see what the people in the office see signs in to the workspace:
its address and a sign-in for each role are told before the first story. The exit code is 0 only if
every story came out as told.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from config.settings import Settings
from dozvon.demo.day import lifted_by_button, ordinary_day
from dozvon.demo.engine import EngineService
from dozvon.demo.narrator import Narrator, outcome_text
from dozvon.demo.people import DemoPerson, add_people, demo_people
from dozvon.demo.premises import (
    SETTINGS_NAME,
    Secrets,
    example_office,
    exchange,
    fill_client_base,
    free_port,
    read_settings,
    write_settings,
)
from dozvon.demo.simulated import simulated
from dozvon.demo.stage import Service, Stage, perform
from dozvon.demo.stage_asterisk import AsteriskStage
from dozvon.demo.stories import STORIES
from dozvon.demo.story import Story
from dozvon.demo.texts import ROLES, TEXTS
from dozvon.lab.setup import ensure_root
from router.numbers import NumberPlan, format_national, normalise
from router.office import Office
from storage.database import open_database
from storage.reading import list_calls, open_callbacks

Say = Callable[[str], None]

_ENDINGS = (signal.SIGTERM, signal.SIGHUP)
"""What ends a process without asking it: a stop from elsewhere, a terminal that was closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """One demonstration: the office, in which language, and where lines go."""

    office: Office
    language: str
    say: Say
    people: Sequence[DemoPerson] = ()

    def text(self, key: str, **about: object) -> str:
        """A sentence of the demonstration itself."""
        return str(TEXTS[self.language][key]).format(**about)

    def sign_ins(self, address: str) -> None:
        """Where the workspace is, and who may sign in."""
        roles = ROLES[self.language]
        rows = [
            (
                roles["administrator" if p.administrator else p.role],
                p.name,
                p.login,
                p.password,
            )
            for p in self.people
        ]
        self.say("")
        self.say(self.text("workspace", address=address))
        self._rows("head_people", rows)

    async def stories(self, stories: Sequence[Story], stage: Stage, service: Service) -> int:
        """Play stories one after another; returns how many did not come out as told."""
        bad = 0
        for number, story in enumerate(stories, 1):
            self.say("")
            self.say(f"━━ {number}/{len(stories)}  {story.title(self.language)} ━━")
            self.say(f"   {story.told(self.language)}")
            differences = await _performed(story, stage, service)
            for text in differences:
                self.say("   " + self.text("differs", text=text))
            if not differences:
                self.say("   " + self.text("as_told"))
            bad += bool(differences)
        return bad

    def verdict(self, bad: int, count: int) -> None:
        """Say how many stories came out as told."""
        self.say("")
        self.say(self.text("bad" if bad else "good", bad=bad, count=count))

    async def tables(self, settings: Settings) -> None:
        """The log and the callback list, as they stand in the database."""
        async with open_database(settings.database) as database:
            calls = await list_calls(database, limit=200)
            owed = await open_callbacks(database)
        log = [
            (
                f"{c.call.began_at.astimezone():%H:%M:%S}",
                c.client_name or self._number(c.call.caller),
                self._line(c.call.line),
                outcome_text(c.call, self.office, self.language),
            )
            for c in reversed(calls)
        ]
        waiting = [
            (
                f"{o.item.first_missed_at.astimezone():%H:%M:%S}",
                self._number(o.caller),
                o.client_name,
                f"× {len(o.item.missed)}",
            )
            for o in owed
        ]
        self._table("calls", "head_calls", log)
        self._table("callbacks", "head_callbacks", waiting)

    def _table(self, title: str, head: str, rows: Sequence[tuple[str, ...]]) -> None:
        self.say("")
        self.say(f"{self.text(title)}:")
        if not rows:
            self.say("  " + self.text("no_callbacks"))
            return
        self._rows(head, rows)

    def _rows(self, head: str, rows: Sequence[tuple[str, ...]]) -> None:
        names = tuple(TEXTS[self.language][head])
        widths = [max(len(row[i]) for row in (names, *rows)) for i in range(len(names))]
        for row in (names, *rows):
            self.say("  " + "  ".join(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=True)))

    def _line(self, number: str) -> str:
        found = (ln.name for ln in self.office.lines.values() if ln.number[-10:] == number[-10:])
        return next(found, number)

    def _number(self, caller: str) -> str:
        number = normalise(caller, NumberPlan(region=self.office.region))
        return format_national(number) if number.e164 else self.text("hidden")


async def _performed(story: Story, stage: Stage, service: Service) -> list[str]:
    try:
        return await perform(story, stage, service)
    except TimeoutError as late:
        return [f"it did not end in time: {late}"]


async def show(language: str, *, once: bool, say: Say) -> bool:
    """Play every story; returns whether all came out as told.

    The workspace stands open meanwhile, and unless `once` until somebody ends it. A signal in the
    middle of the stories cancels it: nothing of it is left behind then.
    """
    office = example_office()
    root = ensure_root(lambda line: say(f"· {line}"))
    play = Show(office=office, language=language, say=say, people=demo_people(office))
    with _ended_by_signal(), tempfile.TemporaryDirectory(prefix="dozvon-") as folder:
        if root is None:
            say(play.text("simulated"))
            good = await _over_simulator(play, Path(folder), once=once)
        else:
            good = await _over_asterisk(play, root, Path(folder), once=once)
    say("· " + play.text("ended"))
    return good


async def _over_simulator(play: Show, folder: Path, *, once: bool) -> bool:
    narrator = Narrator(play.office, play.language, play.say)
    port = free_port()
    async with simulated(
        folder,
        play.office,
        narrator,
        people=play.people,
        http_port=port,
        language=play.language,
    ) as service:
        return await _played(play, service.stage, service, folder / SETTINGS_NAME, once=once)


async def _over_asterisk(play: Show, root: Path, folder: Path, *, once: bool) -> bool:
    began = time.monotonic()
    keys = Secrets.made()
    play.say("· " + play.text("starting", phones=len(play.office.managers)))
    async with exchange(root, folder / "pbx", play.office, keys) as found:
        path = write_settings(
            folder,
            play.office,
            found.instance,
            keys,
            http_port=free_port(),
            language=play.language,
        )
        settings = read_settings(path)
        report = await fill_client_base(settings, play.office)
        await add_people(settings, play.office, play.people)
        service = EngineService(settings, Narrator(play.office, play.language, play.say))
        stage = AsteriskStage(play.office, found.phones, found.carrier, ready=service.ready)
        try:
            await service.start()
            play.say("· " + _ready(play, report.added, time.monotonic() - began))
            async with lifted_by_button(found):
                day = ordinary_day(found, play.office)
                return await _played(play, stage, service, path, once=once, after=day)
        finally:
            await service.stop()


async def _played(  # noqa: PLR0913 - a demonstration, and how it ends
    play: Show,
    stage: Stage,
    service: EngineService,
    path: Path,
    *,
    once: bool,
    after: AbstractAsyncContextManager[None] | None = None,
) -> bool:
    """Tell every story; then, unless `once`, keep running, with what comes `after` around it."""
    play.sign_ins(f"{service.settings.http.address}/")
    bad = await play.stories(STORIES, stage, service)
    await play.tables(service.settings)
    play.verdict(bad, len(STORIES))
    if not once:
        play.say("")
        play.say(play.text("running", command=sys.argv[0], path=path))
        play.sign_ins(f"{service.settings.http.address}/")
        if after:
            play.say("")
            play.say(play.text("calling"))
        service.hush()  # or the sign-ins would be scrolled away
        async with after or nullcontext():
            await _until_told()
    return bad == 0


def _ready(play: Show, clients: int, seconds: float) -> str:
    office = play.office
    return play.text(
        "ready",
        seconds=seconds,
        clients=clients,
        managers=len(office.managers),
        lines=len(office.lines),
    )


@contextmanager
def _ended_by_signal() -> Iterator[None]:
    """A signal that would end the process at once cancels its work instead, the first time.

    Ctrl-C does so by itself; whoever tells it twice shall not stop the clearing up.
    """
    loop, task, told = asyncio.get_running_loop(), asyncio.current_task(), asyncio.Event()

    def end() -> None:
        if task is not None and not told.is_set():
            told.set()
            task.cancel()

    for number in _ENDINGS:
        loop.add_signal_handler(number, end)
    try:
        yield
    finally:
        for number in _ENDINGS:
            loop.remove_signal_handler(number)


async def _until_told() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, *_ENDINGS):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
