"""A real Asterisk with two AMI users and a context that asks us over FastAGI."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from dozvon.lab import AsteriskInstance
from pbx_adapters.asterisk.ami import AmiLink
from pbx_adapters.asterisk.ami_state import LinkState, LinkTiming
from pbx_adapters.asterisk.frames import Frame

USERS = """
[dozvon]
secret = right
read = all
write = all

[deaf]
secret = right
read = call
write = reporting
"""

DIALPLAN = """
[far]
exten => s,1,Answer()
 same => n,Wait(20)

[ask]
exten => s,1,AGI(agi://127.0.0.1:{port}/dozvon/route,one,two words)
 same => n,Goto(after,1)
exten => watched,1,Set(AGIEXITONHANGUP=yes)
 same => n,Set(TIMEOUT(absolute)=0.5)
 same => n,AGI(agi://127.0.0.1:{port}/dozvon/route)
 same => n,Goto(after,1)
exten => wrong,1,AGI(agi://127.0.0.1:{port}/dozvon/wrong)
 same => n,Goto(after,1)
exten => T,1,Set(TIMEOUT(absolute)=0)
 same => n,Set(DB(test/way)=watchdog)
 same => n,UserEvent(Asked)
exten => after,1,Set(DB(test/way)=${{AGISTATUS}})
 same => n,Set(DB(test/one)=${{ONE}})
 same => n,Set(DB(test/two)=${{TWO}})
 same => n,Set(DB(test/three)=${{THREE}})
 same => n,Set(DB(test/done)=${{DONE}})
 same => n,UserEvent(Asked)

[from-phones]
"""

FAST = LinkTiming(first_retry=0.05, retry_ceiling=0.2, keepalive=0.2, pong=0.5, booted=1.0)


def instance(root: Path, home: Path) -> AsteriskInstance:
    """An Asterisk that is not started yet and asks us at its own `ports.agi`."""
    pbx = AsteriskInstance(root, home, extensions_conf="", manager_conf=USERS)
    dialplan = DIALPLAN.format(port=pbx.ports.agi)
    pbx.office = replace(pbx.office, extensions_conf=dialplan)
    return pbx


@asynccontextmanager
async def running(root: Path, home: Path) -> AsyncIterator[tuple[AsteriskInstance, AmiLink]]:
    """A booted Asterisk and a link to it."""
    async with instance(root, home) as pbx, link_to(pbx) as link:
        await link.wait_state(LinkState.CONNECTED)
        yield pbx, link


def link_to(
    pbx: AsteriskInstance, username: str = "dozvon", *, good: bool = True, **more: object
) -> AmiLink:
    known = {"name": "lab", "wanted_events": frozenset({"UserEvent", "Hangup"}), "timing": FAST}
    secret = "right" if good else "wrong"
    return AmiLink("127.0.0.1", pbx.ports.ami, username, secret, **(known | more))  # type: ignore[arg-type]


async def ask(link: AmiLink, extension: str = "s") -> dict[str, str]:
    """Lets a channel ask us; gives what the dialplan knew afterwards."""
    originate = {"Channel": "Local/s@far/n", "Context": "ask", "Exten": extension}
    await link.send({"Action": "Originate", "Priority": "1", "Async": "true", **originate})
    await event(link, "UserEvent")
    tree = await link.send_list({"Action": "DBGetTree", "Family": "test"})
    return {item.get("Key").removeprefix("/test/"): item.get("Val") for item in tree}


async def event(link: AmiLink, name: str) -> Frame:
    async for frame in link.frames():
        if frame.name == name:
            return frame
    raise AssertionError(f"the link closed before a {name} came")
