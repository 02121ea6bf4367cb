"""The AMI users as Asterisk reads them: who is let in, and who is not, over IPv4 and IPv6."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from dozvon.lab import LAB_EXTENSIONS, AsteriskInstance
from dozvon.lab.root import version
from pbx_adapters.asterisk.manager_conf import manager_conf, permitted

pytestmark = pytest.mark.asterisk

EVERYWHERE = "bindaddr = ::"
IPV4, IPV6 = "127.0.0.1", "::1"


def users(asterisk: int, name: str, permit: str) -> str:
    return manager_conf(
        asterisk=asterisk,
        calls_user=name,
        calls_secret="secret",
        journal_user=f"{name}-journal",
        journal_secret="secret",
        permit=permit,
    )


async def let_in(host: str, port: int, user: str) -> bool:
    async with asyncio.timeout(20):
        reader, writer = await asyncio.open_connection(host, port)
        await reader.readline()
        writer.write(f"Action: Login\r\nUsername: {user}\r\nSecret: secret\r\n\r\n".encode())
        answer = await reader.readline()
        writer.close()
        await writer.wait_closed()
    return answer == b"Response: Success\r\n"


async def test_a_user_is_let_in_from_one_address_and_from_no_other(
    asterisk_root: Path, tmp_path: Path
) -> None:
    """The AMI listens on every address; what is refused over IPv4 is refused over IPv6 too."""
    permits = {
        "here": permitted(IPV4, IPV4),
        "here-six": permitted(IPV6, IPV6),
        "far": permitted("192.0.2.5", "192.0.2.9"),
        "far-six": permitted("2001:db8::5", "2001:db8::9"),
        "named": permitted("192.0.2.5", "dozvon.lan"),
    }
    major = version(asterisk_root)
    async with AsteriskInstance(
        asterisk_root,
        tmp_path / "pbx",
        extensions_conf=LAB_EXTENSIONS,
        manager_conf="\n".join(users(major, name, permit) for name, permit in permits.items()),
        manager_general=EVERYWHERE,
    ) as pbx:
        tried = [
            (name + end, host)
            for name in permits
            for end in ("", "-journal")
            for host in (IPV4, IPV6)
        ]
        answers = await asyncio.gather(*(let_in(host, pbx.ports.ami, who) for who, host in tried))
    inside = {one for one, answer in zip(tried, answers, strict=True) if answer}
    assert inside == {
        ("here", IPV4),
        ("here-journal", IPV4),
        ("here-six", IPV6),
        ("here-six-journal", IPV6),
    }
