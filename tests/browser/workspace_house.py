"""The workspace as people use it: the whole service on a real exchange, and real browsers.

The office and the clients are the demonstration's; calls ring long enough to look at. Whoever signs
in gets a browser of his own (a context: its own cookies, its own connections). Every page is
watched: a script's error, a refused resource, a request to anywhere else is told in `trouble`, and
the test that caused it fails.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from dozvon.demo.engine import EngineService
from dozvon.demo.people import DemoPerson, add_people, demo_people
from dozvon.demo.premises import (
    Secrets,
    example_office,
    exchange,
    fill_client_base,
    read_settings,
    write_settings,
)
from dozvon.demo.stories import MAIN
from dozvon.demo.story import DemoClient
from dozvon.lab import LET_IT_RING, AsteriskInstance, Carrier, OutsideCall, Phone
from router.facts import PhoneState
from router.office import Office, Status
from storage.statuses import StatusRow
from storage.unit_of_work import UnitOfWork
from switchboard.board import Board

RINGS_SECONDS = 20
PATIENCE_SECONDS = 90
DESKTOP, TELEPHONE = (1440, 900), (390, 844)
SCHEMES = ("light", "dark")
ROOT = Path(__file__).parents[2]

CUT_OFF = """() => {
  const kept = style => /auto|scroll/.test(style.overflowX) || style.textOverflow === "ellipsis";
  const fits = e => e && (kept(getComputedStyle(e)) || fits(e.parentElement));
  return [...document.querySelectorAll("body *")]
    .filter(e => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1)
    .filter(e => !fits(e.parentElement))
    .slice(0, 4).map(e => e.outerHTML.slice(0, 160));
}"""
"""What reaches beyond the screen's right edge, cannot be scrolled to and ends without an ellipsis."""


def artefacts() -> Path:
    """Where pictures are kept: DOZVON_ARTEFACTS, or a folder that git ignores."""
    named = os.environ.get("DOZVON_ARTEFACTS", "")
    folder = (Path(named) if named else ROOT / ".artefacts") / "browser"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def patient(office: Office) -> Office:
    """The office of the demonstration, with rings that last while somebody reads a page."""
    departments = {
        key: replace(
            found,
            owner_ring_seconds=RINGS_SECONDS,
            colleague_ring_seconds=RINGS_SECONDS,
            mobile_ring_seconds=RINGS_SECONDS,
            group_ring_seconds=RINGS_SECONDS,
        )
        for key, found in office.departments.items()
    }
    lines = {k: replace(ln, patience_seconds=PATIENCE_SECONDS) for k, ln in office.lines.items()}
    return replace(office, departments=departments, lines=lines)


@dataclass
class Workspace:
    """The service with its exchange, and whoever has signed in."""

    office: Office
    service: EngineService
    pbx: AsteriskInstance
    carrier: Carrier
    by_extension: dict[str, Phone]
    people: dict[str, DemoPerson]
    browser: Browser
    trouble: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)
    _forgiving: bool = False

    @property
    def address(self) -> str:
        return self.service.settings.http.address

    @property
    def board(self) -> Board:
        assert self.service.board, "the service is not running"
        return self.service.board

    def phone(self, manager: str) -> Phone:
        """A manager's phone on his table."""
        return self.by_extension[self.office.managers[manager].extension]

    # people

    async def visitor(
        self, size: tuple[int, int] = DESKTOP, *, scripts: bool = True, scheme: str = "light"
    ) -> Page:
        """Somebody's browser, signed in as nobody."""
        context = await self.browser.new_context(
            base_url=self.address,
            viewport={"width": size[0], "height": size[1]},
            locale="ru-RU",
            timezone_id="Europe/Moscow",
            java_script_enabled=scripts,
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",
        )
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        context.on("page", self._watch)
        return await context.new_page()

    async def sign_in(
        self, login: str, to: str = "/", *, size: tuple[int, int] = DESKTOP, scripts: bool = True
    ) -> Page:
        """A person at the page he wanted, in a browser of his own."""
        page = await self.visitor(size, scripts=scripts)
        await page.goto(to)
        await page.fill("input[name=login]", login)
        await page.fill("input[name=password]", self.people[login].password)
        await page.press("input[name=password]", "Enter")
        await page.wait_for_url(lambda url: "/signin" not in url)
        return page

    # calls

    async def call(self, client: DemoClient, line: str = MAIN) -> OutsideCall:
        """A client calls."""
        return await self.carrier.call(line, client.number, client.name)

    async def set_status(self, manager: str, status: Status) -> None:
        """A manager's status as he would set it himself."""
        row = StatusRow(manager=manager, status=status, by=manager, since=self.board.now)

        async def work(uow: UnitOfWork) -> None:
            await uow.statuses.set(row)

        await self.board.write(work)
        await self.board.refresh()

    async def until(self, met: Callable[[], bool | Awaitable[bool]], what: str) -> None:
        """Waits for what no page tells; 20 seconds at most."""
        loop = asyncio.get_running_loop()
        until = loop.time() + 20
        while True:
            found = met()
            if found if isinstance(found, bool) else await found:
                return
            assert loop.time() < until, f"not in time: {what}"
            await asyncio.sleep(0.05)

    def standing(self) -> str:
        """How everything stands: what a failed test is read with."""
        if self.service.board is None:
            return "the service is not running"
        lines: list[str] = []
        presence = self.board.presence.of(self.board.office())
        for key in self.office.managers:
            call = next(iter(self.phone(key).calls[-1:]), None)
            last = f"{call.caller_number} rang {call.rang_at} {call.state}" if call else "nothing"
            lines.append(f"{key}: {presence[key].status} {presence[key].phone}, last {last}")
        for live in self.board.live.all():
            legs = [(leg.target, str(leg.rang_at), str(leg.ended_at)) for leg in live.legs]
            lines.append(f"live {live.id} {live.state} {live.caller}: {legs}")
        return "\n".join(lines)

    @contextmanager
    def forgiving(self) -> Iterator[None]:
        """While the service is away on purpose, refused connections are no trouble."""
        self._forgiving = True
        try:
            yield
        finally:
            self._forgiving = False

    async def quiet(self) -> None:
        """Everything as at the start: no call, phones that let it ring, everybody available."""
        for context in self.contexts:
            await context.close()
        self.contexts.clear()
        self.carrier.mobiles.clear()
        for call in (*self.carrier.placed, *self.carrier.received):
            if not call.session.ended:
                call.session.hang_up()
        for phone in self.by_extension.values():
            phone.behave(LET_IT_RING)
            await phone.until(lambda p=phone: not p.live_calls, 10)  # type: ignore[misc]
        for key in self.office.managers:
            await self.set_status(key, Status.AVAILABLE)
        await self.until(self._at_rest, "every phone is free and no call lives")

    def _at_rest(self) -> bool:
        presence = self.board.presence.of(self.board.office())
        free = all(p.phone is PhoneState.FREE for p in presence.values())
        return free and not list(self.board.live.all())

    # pages

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.trouble.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._said(page, message))
        page.on("request", lambda request: self._asked(page, request))

    def _said(self, page: Page, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not self._forgiving:
            self.trouble.append(f"{page.url} says: {message.text} ({message.location})")

    def _asked(self, page: Page, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:", "about:")):
            self.trouble.append(f"{page.url} asked for {request.url}")


async def pictures(page: Page, name: str) -> list[Path]:
    """Pictures of a page as it stands: desktop and telephone, light and dark."""
    made: list[Path] = []
    before = page.viewport_size
    for width, height in (DESKTOP, TELEPHONE):
        await page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            device = "desktop" if width == DESKTOP[0] else "phone"
            path = artefacts() / f"{name}-{device}-{scheme}.png"
            await page.screenshot(path=path)
            made.append(path)
    await page.emulate_media(color_scheme="light")
    if before:
        await page.set_viewport_size(before)
    return made


@asynccontextmanager
async def workspace_house(root: Path, folder: Path, browser: Browser) -> AsyncIterator[Workspace]:
    """The exchange, the service and everybody's sign-in."""
    office = patient(example_office())
    keys = Secrets.made()
    people = demo_people(office)
    async with exchange(root, folder / "pbx", office, keys) as found:
        port = found.instance.ports.spare[1]  # claimed: nobody takes it while we are restarted
        path = write_settings(folder, office, found.instance, keys, http_port=port)
        with path.open("a", encoding="utf-8") as file:
            file.write("\n[callbacks]\noutbound_talk_seconds = 1\n")
        settings = read_settings(path)
        await fill_client_base(settings, office)
        await add_people(settings, office, people)
        service = EngineService(settings)
        await service.start()
        house = Workspace(
            office=office,
            service=service,
            pbx=found.instance,
            carrier=found.carrier,
            by_extension=found.phones,
            people={person.login: person for person in people},
            browser=browser,
        )
        try:
            yield house
        finally:
            for context in house.contexts:
                await context.close()
            await service.stop()
