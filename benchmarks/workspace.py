"""What the managers' workspace costs: ring → card, pages over a long log, memory of a stream.

A real Asterisk, phones and `dozvon serve`, a process of its own. Everybody is signed in with an
open stream. Clients call, each the manager who owns him; the time is from the 180 that his phone
sends to the moment at which the client's name is in his stream, and, of one manager who sits before
a real browser, in the page. Pages are asked for one after another by the director and by a manager.

By hand, some minutes:   .venv/bin/python benchmarks/workspace.py
A short run:             … --people 20 --clients 20000 --calls 20000 --seconds 6
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from company import LINE, fill, number_of, read_settings, serving
from floor import Floor, asterisk_root, floor
from long_log import fill_log, fill_people, forget_clients, secret_of, size_mib
from playwright.async_api import Page, async_playwright
from table import (
    Row,
    asterisk_version,
    cpu_seconds,
    machine,
    milliseconds,
    percentile,
    resident_mib,
    tell,
)

from dozvon.lab import packages, tools
from dozvon.lab.errors import NoPackagesError
from dozvon.lab.root import describe

COOKIE = "dozvon"
LEAVES_AFTER_SECONDS = 1.2
IN_TIME_SECONDS = 5.0
BROWSER_EVERY = 10  # every tenth call is for whoever sits before the browser: manager 0
ROUNDS = 20
WANTED = "pops,desk-take,desk-info,desk-talk,desk-status,my-status,rail-callbacks"
PAGES = (
    "/desk",
    "/live",
    "/callbacks",
    "/calls",
    "/calls?outcome=missed",
    "/calls?q=client+77",
    "/clients",
    "/clients?q=client+77",
    "/clients?q=%2B79000000077",
    "/clients/c0",
    "/reports",
)
SEES = """
window.seen = {};
new MutationObserver(() => {
  for (const found of (document.body?.innerText || "").matchAll(/Client \\d+/g))
    window.seen[found[0]] ??= performance.timeOrigin + performance.now();
}).observe(document, {subtree: true, childList: true, characterData: true});
"""


@dataclass
class Stream:
    """One person's live updates, and when each client's name came by."""

    manager: int
    seen: dict[str, datetime] = field(default_factory=dict)
    bytes: int = 0

    async def read(self, http: aiohttp.ClientSession, url: str) -> None:
        """Reads for ever."""
        async with http.get(url, headers=cookie(self.manager + 1)) as reply:
            reply.raise_for_status()
            text = ""
            async for piece in reply.content.iter_any():
                self.bytes += len(piece)
                text = text[-400:] + piece.decode("utf-8", "replace")
                now = datetime.now(UTC)
                for part in text.split("Client ")[1:]:
                    digits = "".join(iter_digits(part))
                    if len(digits) < len(part):  # the number is whole
                        self.seen.setdefault(digits, now)


def iter_digits(text: str) -> Iterator[str]:
    """The digits that a text begins with."""
    for char in text:
        if not char.isdigit():
            return
        yield char


def cookie(person: int) -> dict[str, str]:
    """The header by which a person is known."""
    return {"Cookie": f"{COOKIE}={secret_of(person)}"}


@asynccontextmanager
async def browser(url: str) -> AsyncIterator[Page | None]:
    """Manager 0 before his desk, where there is a browser."""
    try:
        program = packages.program(tools.CHROMIUM, lambda _line: None, os.environ)
    except NoPackagesError:
        yield None
        return
    async with async_playwright() as playwright:
        found = await playwright.chromium.launch(executable_path=str(program))
        context = await found.new_context(base_url=url)
        await context.add_cookies([{"name": COOKIE, "value": secret_of(1), "url": url}])
        await context.add_init_script(SEES)
        page = await context.new_page()
        await page.goto("/desk")
        yield page
        await found.close()


@asynccontextmanager
async def watching(url: str, people: int) -> AsyncIterator[list[Stream]]:
    """Everybody's stream, open."""
    async with AsyncExitStack() as stack:
        connector = aiohttp.TCPConnector(limit=0)
        wait = aiohttp.ClientTimeout(total=None)
        http = await stack.enter_async_context(
            aiohttp.ClientSession(connector=connector, timeout=wait)
        )
        streams = [Stream(manager=n) for n in range(people)]
        tasks = [asyncio.create_task(s.read(http, f"{url}/stream?want={WANTED}")) for s in streams]
        try:
            async with asyncio.timeout(60):
                while not all(s.bytes for s in streams):
                    for task in tasks:
                        if task.done():
                            task.result()
                    await asyncio.sleep(0.05)
            yield streams
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)


@dataclass(frozen=True, slots=True)
class Rang:
    """One call: whose, of which client, and when his phone rang."""

    manager: int
    client: int
    at: datetime


async def calls(place: Floor, people: int, seconds: float, per_second: float) -> list[Rang]:
    """Calls at a steady rate, each of another client."""
    began = time.perf_counter()
    placed: list[tuple[int, int, int]] = []
    for n in range(int(seconds * per_second)):
        await asyncio.sleep(max(0.0, began + n / per_second - time.perf_counter()))
        manager = 0 if n % BROWSER_EVERY == 0 else 1 + n % (people - 1)
        client = manager + people * (n + 1)
        before = len(place.phones[str(101 + manager)].calls)
        placed.append((manager, client, before))
        number = number_of(client).removeprefix("+")
        await place.carrier.call(LINE, number, hangup_after=LEAVES_AFTER_SECONDS)
    await asyncio.sleep(LEAVES_AFTER_SECONDS + 2)
    rang: list[Rang] = []
    for manager, client, before in placed:
        for call in place.phones[str(101 + manager)].calls[before:]:
            if call.caller_name == f"Client {client}" and call.rang_at:
                rang.append(Rang(manager, client, call.rang_at))
                break
    return rang


def cards(rang: Sequence[Rang], streams: Sequence[Stream]) -> list[float]:
    """Seconds from ring to card of each call; a card that never came counts as `IN_TIME`."""
    by_manager = {s.manager: s for s in streams}
    found = [(r, by_manager[r.manager].seen.get(str(r.client))) for r in rang]
    return [(at - r.at).total_seconds() if at else IN_TIME_SECONDS for r, at in found]


async def in_page(page: Page, rang: Sequence[Rang]) -> list[float]:
    """Seconds from ring to the page of manager 0."""
    seen = await page.evaluate("window.seen")
    mine = [r for r in rang if r.manager == 0]
    return [
        seen[name] / 1000 - r.at.timestamp()
        if (name := f"Client {r.client}") in seen
        else IN_TIME_SECONDS
        for r in mine
    ]


async def pages(url: str, rounds: int) -> None:
    """How long pages take, each asked for by the director and by a manager, one at a time."""
    async with aiohttp.ClientSession() as http:
        for path in PAGES:
            found = [await page_seconds(http, url + path, who, rounds) for who in (0, 1)]
            p95 = [percentile(took, 95) * 1000 for took in found if took]
            names = [
                f"{name} {percentile(took, 95) * 1000:.0f} ms"
                for name, took in zip(("director", "manager"), found, strict=True)
                if took
            ]
            tell(
                Row(
                    what=f"page {path}",
                    figure="p95 " + ", ".join(names) if names else "not there",
                    goal="≤ 100 ms",
                    held=bool(p95) and max(p95) <= 100,
                )
            )


async def page_seconds(
    http: aiohttp.ClientSession, url: str, person: int, rounds: int
) -> list[float]:
    """How long each of so many answers took; nothing where the person may not see the page."""
    took: list[float] = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        async with http.get(url, headers=cookie(person)) as reply:
            await reply.read()
            if reply.status != 200:
                return []
        took.append(time.perf_counter() - began)
    return took[1:]  # the first counts days and compiles questions


async def measure(place: Floor, url: str, pid: int, how: argparse.Namespace) -> None:
    """Memory, cards, pages."""
    before = resident_mib(pid)
    async with watching(url, how.people) as streams, browser(url) as page:
        held = resident_mib(pid) - before
        tell(
            Row(
                what=f"memory of {how.people} streams",
                figure=f"{held * 1024 / how.people:.0f} KiB each, {before + held:.0f} MiB in all",
            )
        )
        cpu, began = cpu_seconds(pid), time.perf_counter()
        rang = await calls(place, how.people, how.seconds, how.per_second)
        busy = (cpu_seconds(pid) - cpu) / (time.perf_counter() - began)
        await tell_cards(rang, streams, page, how, busy)
    await pages(url, how.rounds)


async def tell_cards(
    rang: Sequence[Rang],
    streams: Sequence[Stream],
    page: Page | None,
    how: argparse.Namespace,
    busy: float,
) -> None:
    """The rows of ring → card."""
    asked = int(how.seconds * how.per_second)
    what = f"{how.people} people signed in, {how.per_second:g} calls/s"
    if not rang:
        raise SystemExit(f"none of {asked} calls rang at its owner's phone")
    took = cards(rang, streams)
    rows = [("ring → card in the stream", took)]
    if page and (shown := await in_page(page, rang)):
        rows.append(("ring → card in the page", shown))
    for name, values in rows:
        tell(
            Row(
                what=f"{name}: {what}",
                figure=f"{milliseconds(values)} ({len(values)} cards)",
                goal="p99 ≤ 200 ms",
                held=percentile(values, 99) <= 0.2,
                note=f"{len(rang)} of {asked} rang; service {busy:.0%} of a core",
            )
        )


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def main(how: argparse.Namespace) -> None:
    """Fills a company and measures its workspace."""
    root, port = asterisk_root(), free_port()
    with tempfile.TemporaryDirectory(prefix="dozvon-workspace-") as folder:
        async with floor(root, Path(folder), managers=how.people) as place:
            with place.settings.open("a", encoding="utf-8") as file:
                file.write(f"\n[http]\nport = {port}\n")
            url = read_settings(place.settings).database
            await forget_clients(url)
            await fill(url, how.clients, how.people)
            await fill_log(url, clients=how.clients, calls=how.calls, managers=how.people)
            await fill_people(url, managers=how.people)
            about = f"{how.clients} clients, {how.calls} calls, {size_mib(url):.0f} MiB"
            async with serving(place.settings) as process:
                address = f"http://127.0.0.1:{port}"
                await ready(address)
                await measure(place, address, process.pid, how)
    print(f"{machine(asterisk_version(describe(root).program))}; {about}")


async def ready(address: str) -> None:
    """Waits until the service watches its exchange."""
    async with aiohttp.ClientSession() as http, asyncio.timeout(60):
        while True:
            try:
                async with http.get(address + "/readyz") as reply:
                    if reply.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)


def asked() -> argparse.Namespace:
    """What the command line asks for; the defaults are the goal's own sizes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--clients", type=int, default=1_000_000)
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--per-second", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(main(asked()))
