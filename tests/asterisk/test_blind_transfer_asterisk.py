"""Who handed a client on is found again by the name of his endpoint, whatever that looks like."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from dozvon.lab import LAB_EXTENSIONS, AsteriskInstance, Carrier, LabPhone, Phone
from pbx_adapters.asterisk.dialplan import DialplanBlanks, extensions
from pbx_adapters.asterisk.plan_variables import fail_open_step
from router.candidates import phone_of
from router.office import Manager

pytestmark = pytest.mark.asterisk

LINE = "74951230001"
FROM_TRUNK = "\n[from-trunk]\ninclude => dozvon\n"


def instance(root: Path, home: Path, *endpoints: str) -> AsteriskInstance:
    """An Asterisk whose department, all by itself, rings the first of these endpoints."""
    phones = [LabPhone(extension=name, password="secret", name=name) for name in endpoints]
    pbx = AsteriskInstance(root, home, extensions_conf="", manager_conf="", phones=phones)
    owner = Manager(
        key="owner",
        name="Owner",
        department="sales",
        extension="101",
        dial=f"PJSIP/{endpoints[0]}",
        device=f"PJSIP/{endpoints[0]}",
    )
    blanks = DialplanBlanks(
        agi=f"agi://127.0.0.1:{pbx.ports.agi}",
        phones_context="from-phones",
        fail_open=fail_open_step((phone_of(owner),), 30),
    )
    pbx.office = replace(
        pbx.office, extensions_conf=extensions(blanks) + FROM_TRUNK + LAB_EXTENSIONS
    )
    return pbx


async def until(pbx: AsteriskInstance, command: str, said: str) -> None:
    async with asyncio.timeout(20):
        while said not in await pbx.cli(command):
            pass


@pytest.mark.parametrize("owner", ["101", "anna-k", "anna-k-2"])
async def test_a_client_who_was_not_taken_comes_back_to_who_handed_him_on(
    asterisk_root: Path, tmp_path: Path, owner: str
) -> None:
    """And not to the department, which is asked only after him."""
    async with AsyncExitStack() as stack:
        pbx = await stack.enter_async_context(instance(asterisk_root, tmp_path, owner, "102"))
        carrier = await stack.enter_async_context(Carrier(port=pbx.ports.trunk, pbx=pbx.sip))
        anna = await stack.enter_async_context(Phone(owner, "secret", registrar=pbx.sip))
        boris = await stack.enter_async_context(Phone("102", "secret", registrar=pbx.sip))
        call = await carrier.call(LINE, "79161234567", "Ivan")
        await anna.wait_ringing(5)
        await anna.answer()
        await until(pbx, "bridge show all", " 2 ")
        assert await anna.blind_transfer("102") < 300
        await boris.wait_ringing(5)
        await boris.decline()
        await anna.wait_ringing(5)
        await anna.answer()
        await until(pbx, "bridge show all", " 2 ")
        await call.hang_up()
        await until(pbx, "database show dozvon", f"x={owner}>102:transfer")
        assert "+transfer" not in await pbx.cli("database show dozvon/ended")
