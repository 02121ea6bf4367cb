"""Where a soak happens: a real Asterisk with the product's dialplan, its phones and a carrier.

The AMI is reached through a wire that can fail; FastAGI too if asked for (a killed service behind a
wire would not be refused by the system but by the wire, so the long run goes without).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from config.office_file import load_office
from config.settings import Settings
from config.settings_file import load_settings
from dozvon.commands.dialplan import default_fail_open, snippets
from dozvon.lab import (
    DO_NOT_REGISTER,
    LAB_EXTENSIONS,
    LET_IT_RING,
    AsteriskInstance,
    Behaviour,
    Carrier,
    LabPhone,
    Mobile,
    Phone,
)
from dozvon.lab.root import version
from dozvon.soak import office as texts
from dozvon.soak.process import ServiceProcess
from dozvon.soak.wire import Wire, wire
from pbx_adapters.asterisk.dialplan import DialplanBlanks
from router.numbers import normalise
from router.office import Office
from storage.database import open_database
from storage.migrate import migrate
from storage.records import ClientRecord
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer
from switchboard.board import utc_now
from switchboard.routing import number_plan

CLIENTS_OF_A_DESK = 10
_SETTLE_SECONDS = 0.1


@dataclass(eq=False, slots=True)
class Desk:
    """A department of three people: `a` owns its clients, `c` is its head and has a mobile."""

    number: int
    a: Phone
    b: Phone
    c: Phone
    carrier: Carrier

    @property
    def line(self) -> str:
        """The company's number that leads here."""
        return texts.line(self.number)

    @property
    def mobile(self) -> str:
        """The head's mobile."""
        return texts.mobile(self.number)

    @property
    def phones(self) -> tuple[Phone, Phone, Phone]:
        """All of them."""
        return self.a, self.b, self.c

    def behave(self, a: Behaviour, b: Behaviour, c: Behaviour, mobile: Mobile) -> None:
        """What they do with the next calls."""
        for phone, behaviour in zip(self.phones, (a, b, c), strict=True):
            phone.behave(behaviour)
        self.carrier.mobiles[self.mobile] = mobile

    def quiet(self) -> None:
        """Let everything ring again."""
        self.behave(LET_IT_RING, LET_IT_RING, LET_IT_RING, Mobile())


@dataclass(eq=False, slots=True)
class Floor:
    """All of it. The last desk is empty: its phones are not registered."""

    pbx: AsteriskInstance
    carrier: Carrier
    desks: list[Desk]
    settings: Settings
    service: ServiceProcess
    ami: Wire
    agi: Wire | None

    @property
    def phones(self) -> list[Phone]:
        """Every phone of every desk."""
        return [phone for desk in self.desks for phone in desk.phones]

    async def empty_journal(self, within: float) -> dict[str, str]:
        """Wait until the journal holds nothing; returns what is left if it does not come to it."""
        until = asyncio.get_running_loop().time() + within
        while left := await self.journal():
            if asyncio.get_running_loop().time() > until:
                return left
            await asyncio.sleep(_SETTLE_SECONDS)
        return {}

    async def journal(self) -> dict[str, str]:
        """What the journal holds, living and ended calls."""
        return await self.pbx.astdb("dozvon/live") | await self.pbx.astdb("dozvon/ended")

    async def channels_left(self, within: float) -> int:
        """How many channels are up, as soon as there are none or the time is over."""
        until = asyncio.get_running_loop().time() + within
        while left := await self.pbx.channels():
            if asyncio.get_running_loop().time() > until:
                return left
            await asyncio.sleep(_SETTLE_SECONDS)
        return 0


@asynccontextmanager
async def soak_floor(
    root: Path, folder: Path, *, desks: int, agi_wired: bool = False
) -> AsyncIterator[Floor]:
    """Everything but the service runs when the block begins; everything is ended with it."""
    text = texts.office_text(desks)
    office = load_office(text)
    pbx = AsteriskInstance(
        root,
        folder / "pbx",
        extensions_conf="",
        manager_conf="",
        phones=[
            LabPhone(extension=m.extension, password=m.extension, name=m.name)
            for m in office.managers.values()
        ],
        name="soak",
        verbose=0,
    )
    spare = iter(pbx.ports.spare)
    ami_port, agi_port = next(spare), next(spare)
    await _configure(pbx, root, office, agi_port if agi_wired else pbx.ports.agi)
    settings, config = await _settle_in(folder, text, office, desks, (ami_port, pbx.ports.agi))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(pbx)
        carrier = await stack.enter_async_context(Carrier(port=pbx.ports.trunk, pbx=pbx.sip))
        ami = await stack.enter_async_context(wire(ami_port, pbx.ports.ami))
        agi = await stack.enter_async_context(wire(agi_port, pbx.ports.agi)) if agi_wired else None
        stand = [await _desk(stack, n, pbx, carrier, empty=n == desks - 1) for n in range(desks)]
        service = ServiceProcess(config)
        stack.push_async_callback(service.kill)
        yield Floor(pbx, carrier, stand, settings, service, ami, agi)


async def _configure(pbx: AsteriskInstance, root: Path, office: Office, agi_port: int) -> None:
    blanks = DialplanBlanks(
        agi=f"agi://127.0.0.1:{agi_port}",
        phones_context="from-phones",
        fail_open=default_fail_open(office),
    )
    made = snippets(
        blanks,
        asterisk=version(root),
        calls_secret="calls-secret",  # noqa: S106 - of a private Asterisk on loopback
        journal_secret="journal-secret",  # noqa: S106 - as above
    )
    extensions = made["extensions.conf"] + "\n[from-trunk]\ninclude => dozvon\n" + LAB_EXTENSIONS
    await pbx.reload(extensions_conf=extensions, manager_conf=made["manager.conf"])


async def _settle_in(
    folder: Path, text: str, office: Office, desks: int, ports: tuple[int, int]
) -> tuple[Settings, Path]:
    """Write settings, office file and client base."""
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    (data / "office.toml").write_text(text, "utf-8")
    config = folder / "dozvon.toml"
    config.touch(mode=0o600)
    config.write_text(texts.settings_text(data=str(data), ami=ports[0], agi=ports[1]), "utf-8")
    settings = load_settings(config, environment={})
    plan = number_plan(office)
    clients = [
        ClientRecord(
            key=f"client-{desk}-{n}",
            name=f"Client {desk}-{n}",
            owner=f"a{desk}",
            numbers=(normalise(texts.client_number(desk, n), plan),),
        )
        for desk in range(desks)
        for n in range(CLIENTS_OF_A_DESK)
    ]

    async def work(uow: UnitOfWork) -> None:
        await uow.clients.save(clients, at=utc_now())

    await migrate(settings.database)
    async with open_database(settings.database) as database, Writer(database).running() as writer:
        await writer.submit(work)
    return settings, config


async def _desk(
    stack: AsyncExitStack, n: int, pbx: AsteriskInstance, carrier: Carrier, *, empty: bool
) -> Desk:
    behaviour = DO_NOT_REGISTER if empty else LET_IT_RING
    a, b, c = (
        Phone(extension, extension, registrar=pbx.sip, behaviour=behaviour)
        for extension in texts.extensions(n)
    )
    for phone in (a, b, c):
        await stack.enter_async_context(phone)
    return Desk(n, a, b, c, carrier)
