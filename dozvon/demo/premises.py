"""Where the demonstration happens: an exchange with phones around it, an office and its clients."""

from __future__ import annotations

import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path

from config.office_dump import dump_office
from config.office_file import load_office
from config.settings import Settings
from config.settings_file import load_settings
from crm_bridge.builtin.csv_import import Importing, ImportReport, import_csv
from crm_bridge.builtin.csv_rows import ManagerNames
from dozvon.commands.dialplan import default_fail_open, snippets
from dozvon.demo.stage_office import quick
from dozvon.demo.stories import CLIENTS
from dozvon.lab import LAB_EXTENSIONS, AsteriskInstance, Carrier, LabPhone, Phone
from dozvon.lab.root import version
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

WORKSPACE_PORTS = (*range(8080, 8100), 0)
"""Where the workspace is looked for first; 0 is any that is free."""

SETTINGS_NAME = "dozvon.toml"
TRUNK_CONTEXT = "\n[from-trunk]\ninclude => dozvon\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A running Asterisk with its phones and the carrier's side of its trunk."""

    instance: AsteriskInstance
    phones: dict[str, Phone]
    carrier: Carrier


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """Passwords of one demonstration, made anew for each."""

    calls: str
    journal: str
    phones: str

    @classmethod
    def made(cls) -> Secrets:
        """New ones."""
        return cls(
            calls=secrets.token_hex(12),
            journal=secrets.token_hex(12),
            phones=secrets.token_hex(8),
        )


def example_office() -> Office:
    """The example office, made quick enough to be watched."""
    text = resources.files("config").joinpath("examples/office.toml").read_text("utf-8")
    return quick(load_office(text, file="office.toml"))


def _instance(root: Path, home: Path, office: Office, keys: Secrets) -> AsteriskInstance:
    """A private Asterisk that is not started yet, with our own dialplan and the office's phones."""
    instance = AsteriskInstance(
        root,
        home,
        extensions_conf="",
        manager_conf="",
        phones=[
            LabPhone(extension=m.extension, password=keys.phones, name=m.name)
            for m in office.managers.values()
        ],
        name="demo",
    )
    blanks = DialplanBlanks(
        agi=f"agi://127.0.0.1:{instance.ports.agi}",
        phones_context="from-phones",
        fail_open=default_fail_open(office),
    )
    texts = snippets(
        blanks,
        asterisk=version(root),
        calls_secret=keys.calls,
        journal_secret=keys.journal,
    )
    instance.office = replace(
        instance.office,
        extensions_conf=texts["extensions.conf"] + TRUNK_CONTEXT + LAB_EXTENSIONS,
        manager_conf=texts["manager.conf"],
    )
    return instance


@asynccontextmanager
async def exchange(
    root: Path, home: Path, office: Office, keys: Secrets
) -> AsyncIterator[Exchange]:
    """Start a private Asterisk with the product's own dialplan, every phone and a carrier."""
    instance = _instance(root, home, office, keys)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(instance)
        carrier = Carrier(port=instance.ports.trunk, pbx=instance.sip)
        await stack.enter_async_context(carrier)
        phones = {
            m.extension: Phone(m.extension, keys.phones, registrar=instance.sip)
            for m in office.managers.values()
        }
        for phone in phones.values():
            await stack.enter_async_context(phone)
        yield Exchange(instance=instance, phones=phones, carrier=carrier)


def free_port() -> int:
    """A port for the workspace that nobody listens on at this moment."""
    for wanted in WORKSPACE_PORTS:
        with suppress(OSError), socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", wanted))
            return int(probe.getsockname()[1])
    raise OSError("no port is free on this machine")  # pragma: no cover - 0 is always given


def write_settings(  # noqa: PLR0913 - each is one fact about the demonstration
    folder: Path,
    office: Office,
    instance: AsteriskInstance,
    keys: Secrets,
    *,
    http_port: int = 0,
    language: str = "ru",
) -> Path:
    """Write the settings file of the demonstration, so that every command works on it.

    Without `http_port` there is no workspace.
    """
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    (data / "office.toml").write_text(dump_office(office), "utf-8")
    text = _settings_text(data, instance, keys, http_port=http_port, language=language)
    path = folder / SETTINGS_NAME
    path.touch(mode=0o600)
    path.write_text(text, "utf-8")
    return path


def _settings_text(
    data: Path, instance: AsteriskInstance, keys: Secrets, *, http_port: int, language: str
) -> str:
    return f"""\
# Settings of a demonstration: everything here is private to it and goes with it.
data_dir = "{data}"
language = "{language}"

[http]
port = {http_port}

[log]
level = "warning"
format = "text"

[[pbx]]
key = "main"
systemname = "demo"
ami_port = {instance.ports.ami}
ami_user = "dozvon"
ami_secret = "{keys.calls}"
journal_user = "dozvon-journal"
journal_secret = "{keys.journal}"
agi_port = {instance.ports.agi}
trunks = ["trunk"]
"""


def read_settings(path: Path) -> Settings:
    """The settings of the demonstration; the user's own environment does not reach it."""
    return load_settings(path, environment={})


async def fill_client_base(settings: Settings, office: Office) -> ImportReport:
    """Import the example clients, and those that the stories speak of."""
    await migrate(settings.database)
    plan = number_plan(office)
    source = resources.files("crm_bridge.builtin").joinpath("examples/clients.csv").read_bytes()
    told = [
        ClientRecord(key=c.key, name=c.name, owner=c.owner, numbers=(normalise(c.number, plan),))
        for c in CLIENTS
    ]

    async def work(uow: UnitOfWork) -> None:
        await uow.clients.save(told, at=utc_now())

    async with open_database(settings.database) as database, Writer(database).running() as writer:
        how = Importing(
            database=database,
            writer=writer,
            plan=plan,
            managers=ManagerNames.of(office),
            at=utc_now(),
        )
        report = await import_csv(source, how)
        await writer.submit(work)
    return report
