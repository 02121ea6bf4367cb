"""An Asterisk with three phones for the lab's own tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dozvon.lab import (
    LAB_EXTENSIONS,
    AsteriskInstance,
    Carrier,
    LabPhone,
    Phone,
)

DIALPLAN = """\
[from-trunk]
exten => 74950000101,1,Dial(PJSIP/101,20)
 same => n,Hangup(${HANGUPCAUSE})
exten => 74950000200,1,Answer()
 same => n,Read(DIGIT,,1,,1,5)
 same => n,Set(DB(lab/digit)=${DIGIT})
 same => n,Hangup()
exten => 74950000300,1,Dial(PJSIP/79990000001@trunk,20,U(confirm^s^1))
 same => n,Set(DB(lab/status)=${DIALSTATUS})
 same => n,Hangup(17)
exten => 74950000400,1,Set(DB(lab/name)=${BASE64_ENCODE(${CALLERID(name)})})
 same => n,Set(DB(lab/number)=${CALLERID(num)})
 same => n,Hangup(21)
exten => 74950000600,1,Goto(from-phones,600,1)

[confirm]
exten => s,1,Read(DIGIT,,1,,1,2)
 same => n,ExecIf($["${DIGIT}"!="1"]?Set(GOSUB_RESULT=BUSY))
 same => n,Return()

"""

PHONES = tuple(
    LabPhone(extension=number, password=f"secret-{number}", name=name)
    for number, name in (("101", "Anna"), ("102", "Boris"), ("103", "Vera"))
)


def lab_instance(root: Path, home: Path, name: str = "lab") -> AsteriskInstance:
    return AsteriskInstance(
        root,
        home,
        extensions_conf=DIALPLAN + LAB_EXTENSIONS,
        manager_conf="",
        phones=PHONES,
        name=name,
    )


@pytest.fixture
async def pbx(asterisk_root: Path, tmp_path: Path) -> AsyncIterator[AsteriskInstance]:
    async with lab_instance(asterisk_root, tmp_path / "pbx") as instance:
        yield instance


@pytest.fixture
async def carrier(pbx: AsteriskInstance) -> AsyncIterator[Carrier]:
    async with Carrier(port=pbx.ports.trunk, pbx=pbx.sip) as outside:
        yield outside


@pytest.fixture
async def anna(pbx: AsteriskInstance) -> AsyncIterator[Phone]:
    async with Phone("101", "secret-101", registrar=pbx.sip) as phone:
        yield phone


@pytest.fixture
async def boris(pbx: AsteriskInstance) -> AsyncIterator[Phone]:
    async with Phone("102", "secret-102", registrar=pbx.sip) as phone:
        yield phone


@pytest.fixture
async def vera(pbx: AsteriskInstance) -> AsyncIterator[Phone]:
    async with Phone("103", "secret-103", registrar=pbx.sip) as phone:
        yield phone
