"""A real Asterisk with sixty phones, the product's dialplan, and one line of a static dialplan.

The static line dials the same phones without asking anybody; both are called through the same
trunk, in one run.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from company import CALLS_SECRET, JOURNAL_SECRET, fill, office, read_settings, write_settings

from dozvon.commands.dialplan import default_fail_open, snippets
from dozvon.lab import LAB_EXTENSIONS, AsteriskInstance, Carrier, LabPhone, Phone, ensure_root
from dozvon.lab.root import version
from pbx_adapters.asterisk.dialplan import DialplanBlanks

MANAGERS = 60
CLIENTS = 10_000
STATIC_LINE = "7495999"
_PHONE_SECRET = "phone-on-loopback"  # noqa: S105 - a lab's phone

_TRUNK = f"""
[from-trunk]
; The static dialplan: the last digits name the phone.
exten => _{STATIC_LINE}XXX,1,Dial(${{PJSIP_DIAL_CONTACTS(${{EXTEN:7}})}},15)
 same => n,Hangup(${{HANGUPCAUSE}})
include => dozvon

"""
_WATCHER = """
[watcher]
secret = watcher-on-loopback
read = all
write = system,reporting
deny = 0.0.0.0/0.0.0.0
permit = 127.0.0.1/255.255.255.255
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """What is running, and the settings of a service for it."""

    pbx: AsteriskInstance
    carrier: Carrier
    phones: dict[str, Phone]
    settings: Path


def asterisk_root() -> Path:
    """The lab's Asterisk; ends the script where there is none."""
    root = ensure_root(lambda _line: None)
    if root is None:
        raise SystemExit("There is no Asterisk here; this figure was not measured.")
    return root


@asynccontextmanager
async def floor(
    root: Path,
    folder: Path,
    *,
    managers: int = MANAGERS,
    before: Callable[[AsteriskInstance], None] = lambda _pbx: None,
) -> AsyncIterator[Floor]:
    """Starts everything but the service; nothing is left at the end.

    `before` may put files into the exchange's folder before it starts.
    """
    chart = office(managers)
    pbx = AsteriskInstance(
        root,
        folder / "pbx",
        extensions_conf="",
        manager_conf="",
        phones=[
            LabPhone(extension=m.extension, password=_PHONE_SECRET, name=m.name)
            for m in chart.managers.values()
        ],
        name="bench",
        verbose=0,
    )
    texts = snippets(
        DialplanBlanks(
            agi=f"agi://127.0.0.1:{pbx.ports.agi}",
            phones_context="from-phones",
            fail_open=default_fail_open(chart),
        ),
        asterisk=version(root),
        calls_secret=CALLS_SECRET,
        journal_secret=JOURNAL_SECRET,
    )
    pbx.office = replace(
        pbx.office,
        extensions_conf=texts["extensions.conf"] + _TRUNK + LAB_EXTENSIONS,
        manager_conf=texts["manager.conf"] + _WATCHER,
    )
    async with AsyncExitStack() as stack:
        before(pbx)
        await stack.enter_async_context(pbx)
        carrier = await stack.enter_async_context(Carrier(port=pbx.ports.trunk, pbx=pbx.sip))
        phones = {
            m.extension: Phone(m.extension, _PHONE_SECRET, registrar=pbx.sip, expires=3600)
            for m in chart.managers.values()
        }
        for phone in phones.values():
            await stack.enter_async_context(phone)
        settings = write_settings(folder, chart, ami_port=pbx.ports.ami, agi_port=pbx.ports.agi)
        await fill(read_settings(settings).database, CLIENTS, managers)
        yield Floor(
            pbx=pbx,
            carrier=carrier,
            phones=phones,
            settings=settings,
        )


async def watched(pbx: AsteriskInstance, until: asyncio.Event) -> bytes:
    """Everything that the AMI says until told to stop, as bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", pbx.ports.ami)
    writer.write(b"Action: Login\r\nUsername: watcher\r\nSecret: watcher-on-loopback\r\n\r\n")
    pieces: list[bytes] = []

    async def read() -> None:
        while piece := await reader.read(1 << 16):
            pieces.append(piece)

    reading = asyncio.create_task(read())
    await until.wait()
    reading.cancel()
    await asyncio.wait({reading})
    writer.close()
    return b"".join(pieces)
