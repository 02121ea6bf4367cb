"""A sales floor for the service's own tests: a real Asterisk, phones, a carrier, and the service.

The floor is cut into desks, each a department of three people with a line of its own, so that
stories that share no phone run side by side on one Asterisk. The dialplan and the AMI users are the
product's own. Phones and callers remember what they saw; `logged` reads what the service says of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from ready_tables import ready_tables

from config.office_file import load_office
from config.settings import Settings
from config.settings_file import load_settings
from dozvon.commands.dialplan import default_fail_open, snippets
from dozvon.lab import (
    LAB_EXTENSIONS,
    LET_IT_RING,
    AsteriskInstance,
    Carrier,
    LabPhone,
    OutsideCall,
    Phone,
)
from dozvon.lab.root import version
from pbx_adapters.asterisk.dialplan import DialplanBlanks
from router.numbers import NumberPlan, normalise
from router.office import Office
from storage.database import open_database
from storage.gaps import Gap, Gaps
from storage.reading import list_calls, open_callbacks, read_call
from storage.records import CallStory, ClientRecord, OpenCallback
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer
from switchboard.board import utc_now

CLIENTS_OF_A_DESK = 12
CALLS_SECRET = "calls-secret"
CLOSED_LINE = "74951230900"
PATIENCE_SECONDS = 15.0
OWNER_SECONDS, COLLEAGUE_SECONDS, MOBILE_SECONDS, GROUP_SECONDS = 3, 2, 6, 3
T = TypeVar("T")

_HEAD = """\
[office]
name = "Floor"
region = "RU"
area_code = "495"
default_department = "d0"

[outgoing.trunk]
dial = "PJSIP/{number}@trunk"
caller_id = "74951230000"
number_format = "plain"
channels = 9
prefixes = ["+7"]

[departments.night]
name = "Night"
hours = "closed"
after_hours = "message"

[lines.night]
number = "74951230900"
department = "night"
"""
_DESK = """
[departments.d{n}]
name = "Desk {n}"
head = "c{n}"
hours = "always"
strategy = "fixed_order"
owner_ring = 3
colleague_ring = 2
mobile_ring = 6
group_ring = 3

[managers.a{n}]
name = "Anna {n}"
extension = "1{n}1"
department = "d{n}"

[managers.b{n}]
name = "Boris {n}"
extension = "1{n}2"
department = "d{n}"

[managers.c{n}]
name = "Vera {n}"
extension = "1{n}3"
department = "d{n}"
mobile = "+7916123{n}103"

[lines.l{n}]
number = "7495123000{n}"
department = "d{n}"
patience = 40

[lines.h{n}]
number = "7495123010{n}"
department = "d{n}"
patience = 7
"""
_SETTINGS = """\
data_dir = "{data}"
[log]
level = "info"
format = "text"
[http]
port = {http}
[[pbx]]
key = "main"
systemname = "floor"
ami_port = {ami}
ami_user = "dozvon"
ami_secret = "{secret}"
journal_user = "dozvon-journal"
journal_secret = "journal-secret"
agi_port = {agi}
trunks = ["trunk"]
"""


def office_text(desks: int) -> str:
    """The office file of a floor."""
    return _HEAD + "".join(_DESK.format(n=n) for n in range(desks))


async def eventually(probe: Callable[[], Awaitable[T]], within: float, what: str) -> T:
    """What `probe` gives as soon as it is true; another process or a file tells us nothing."""
    loop = asyncio.get_running_loop()
    until = loop.time() + within
    while not (found := await probe()):
        assert loop.time() < until, f"not within {within} s: {what}"
        await asyncio.sleep(0.05)
    return found


async def side_by_side(*stories: Awaitable[None]) -> None:
    """Plays stories that share no phone at once; every failure is told."""
    ended = await asyncio.gather(*stories, return_exceptions=True)
    failures = [e for e in ended if isinstance(e, Exception)]
    if len(failures) == 1:
        raise failures[0]
    if failures:
        raise ExceptionGroup("stories failed", failures)


@dataclass
class Desk:
    """A department of three people: `a` owns its clients, `c` is its head and has a mobile."""

    number: int
    carrier: Carrier
    a: Phone
    b: Phone
    c: Phone
    clients: int = 0
    strangers: int = 0

    @property
    def line(self) -> str:
        return f"7495123000{self.number}"

    @property
    def hasty_line(self) -> str:
        """The same department with a patience of 7 s."""
        return f"7495123010{self.number}"

    @property
    def mobile(self) -> str:
        return f"7916123{self.number}103"

    @property
    def phones(self) -> tuple[Phone, Phone, Phone]:
        return self.a, self.b, self.c

    def client(self) -> str:
        """The number of a client of `a` who has not called yet."""
        assert self.clients < CLIENTS_OF_A_DESK, "no more clients at this desk"
        self.clients += 1
        return client_number(self.number, self.clients)

    def stranger(self) -> str:
        """A number that nobody knows."""
        self.strangers += 1
        return f"7905{self.number}00{self.strangers:04}"

    def quiet(self) -> None:
        """Lets every phone ring again."""
        for phone in self.phones:
            phone.behave(LET_IT_RING)
        self.carrier.mobiles.pop(self.mobile, None)

    async def call(self, caller: str = "", name: str = "", **how: float) -> OutsideCall:
        return await self.carrier.call(self.line, caller or self.client(), name, **how)


def caller_of(call: OutsideCall) -> str:
    """The number from which a client calls."""
    return call.session.local.user


def client_number(desk: int, n: int) -> str:
    return f"7903{desk}00{n:04}"


@dataclass
class Floor:
    """The whole of it. The service is started and stopped by `Inside` or `Outside`."""

    folder: Path
    office: Office
    pbx: AsteriskInstance
    carrier: Carrier
    desks: list[Desk]
    settings: Settings
    config: Path
    used: set[str] = field(default_factory=set)
    stood_still: float = 0.0
    """The longest time in seconds in which this process, and the sound of its phones, stood still;
    measured where sound is (`recorded_floor`)."""

    async def logged(
        self, caller: str, *, within: float = PATIENCE_SECONDS, nth: int = 1
    ) -> CallStory:
        """What stands in the log of a caller's `nth` call."""

        async def probe() -> CallStory | None:
            found = await self.calls_of(caller)
            return found[nth - 1] if len(found) >= nth else None

        found = await eventually(probe, within, f"call {nth} of {caller} in the log")
        assert found is not None
        return found

    async def settled(
        self, caller: str, *, within: float = PATIENCE_SECONDS, nth: int = 1
    ) -> CallStory:
        """As `logged`, when the exchange's journal has had its word."""

        async def probe() -> CallStory | None:
            found = await self.calls_of(caller)
            done = len(found) >= nth and found[nth - 1].trail
            return found[nth - 1] if done else None

        found = await eventually(probe, within, f"call {nth} of {caller} with its trail")
        assert found is not None
        return found

    async def calls_of(self, caller: str) -> list[CallStory]:
        """Every call of a caller, oldest first."""
        async with open_database(self.settings.database) as database:
            rows = await list_calls(database, limit=5000)
            mine = [row.call.id for row in reversed(rows) if row.call.caller == caller]
            found = [await read_call(database, call_id) for call_id in mine]
        return [story for story in found if story]

    async def all_calls(self) -> list[CallStory]:
        async with open_database(self.settings.database) as database:
            rows = await list_calls(database, limit=5000)
            found = [await read_call(database, row.call.id) for row in rows]
        return [story for story in found if story]

    async def owed(self, caller: str) -> list[OpenCallback]:
        """The open callbacks of a caller."""
        async with open_database(self.settings.database) as database:
            return [i for i in await open_callbacks(database) if i.caller == caller]

    async def gaps(self) -> Sequence[Gap]:
        async with open_database(self.settings.database) as database, database.reading() as link:
            return await Gaps(link).newest()

    async def no_channels(self, within: float = 5.0) -> None:
        """Waits until the exchange holds no channel at all."""

        async def none() -> bool:
            return await self.pbx.channels() == 0

        await eventually(none, within, "no channel is left")

    async def journal(self, shelf: str = "") -> dict[str, str]:
        return await self.pbx.astdb(f"dozvon/{shelf}" if shelf else "dozvon")


def trail(story: CallStory) -> list[str]:
    """The trail as short texts: `a0/101 rang NOANSWER`."""
    items = [item for entry in story.trail for item in entry.reported["trail"]]
    return [" ".join(x for x in ("&".join(i["who"]), i["what"], i["result"]) if x) for i in items]


@asynccontextmanager
async def sales_floor(root: Path, folder: Path, *, desks: int = 6) -> AsyncIterator[Floor]:
    """An Asterisk with the product's dialplan, everybody's phones and the clients' carrier."""
    text = office_text(desks)
    office = load_office(text)
    people = sorted(office.managers.values(), key=lambda m: m.extension)
    phones = [
        LabPhone(extension=m.extension, password=_secret(m.extension), name=m.name) for m in people
    ]
    pbx = AsteriskInstance(
        root, folder / "pbx", extensions_conf="", manager_conf="", phones=phones, name="floor"
    )
    blanks = DialplanBlanks(
        agi=f"agi://127.0.0.1:{pbx.ports.agi}",
        phones_context="from-phones",
        fail_open=default_fail_open(office),
    )
    texts = snippets(
        blanks, asterisk=version(root), calls_secret=CALLS_SECRET, journal_secret="journal-secret"
    )
    extensions = texts["extensions.conf"] + "\n[from-trunk]\ninclude => dozvon\n" + LAB_EXTENSIONS
    await pbx.reload(extensions_conf=extensions, manager_conf=texts["manager.conf"])
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(pbx)
        carrier = await stack.enter_async_context(Carrier(port=pbx.ports.trunk, pbx=pbx.sip))
        at: dict[str, Phone] = {}
        for m in people:
            phone = Phone(m.extension, _secret(m.extension), registrar=pbx.sip)
            at[m.extension] = await stack.enter_async_context(phone)
        stand = [Desk(n, carrier, at[f"1{n}1"], at[f"1{n}2"], at[f"1{n}3"]) for n in range(desks)]
        config = write_settings(folder, pbx, text)
        settings = load_settings(config, environment={})
        await fill(settings, office, desks)
        yield Floor(folder, office, pbx, carrier, stand, settings, config)


def write_settings(
    folder: Path, pbx: AsteriskInstance, office: str, *, secret: str = CALLS_SECRET
) -> Path:
    """The settings file of the service, and the office file where it looks for it."""
    data = folder / "data"
    data.mkdir(exist_ok=True)
    (data / "office.toml").write_text(office, "utf-8")
    config = folder / "dozvon.toml"
    config.touch(mode=0o600)
    config.write_text(
        _SETTINGS.format(
            data=data, ami=pbx.ports.ami, agi=pbx.ports.agi, http=pbx.ports.http, secret=secret
        ),
        "utf-8",
    )
    return config


async def fill(settings: Settings, office: Office, desks: int) -> None:
    """Writes every desk's clients into the base, with whatever names a hostile world gives them."""
    plan = NumberPlan(region=office.region, area_code=office.area_code or None)
    clients = [
        ClientRecord(
            key=f"client-{desk}-{n}",
            name=_name(desk, n),
            owner=f"a{desk}",
            numbers=(normalise(client_number(desk, n), plan),),
        )
        for desk in range(desks)
        for n in range(1, CLIENTS_OF_A_DESK + 1)
    ]

    async def work(uow: UnitOfWork) -> None:
        await uow.clients.save(clients, at=utc_now())

    await ready_tables(settings.database)
    async with open_database(settings.database) as database, Writer(database).running() as writer:
        await writer.submit(work)


def _name(desk: int, n: int) -> str:
    return f"Client {desk}-{n}"


def _secret(extension: str) -> str:
    return f"secret-{extension}"
