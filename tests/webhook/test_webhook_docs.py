"""What the documentation tells people to do, done: the curl examples and the Asterisk dialplan."""

from __future__ import annotations

import asyncio
import re
from contextlib import AsyncExitStack
from pathlib import Path
from shutil import which

import pytest
from webhook_house import OF_IVANOVA, SECRET, TOKEN, House, house

from dozvon.lab import AsteriskInstance, Carrier, LabPhone, Phone, answer_after
from storage.reading import list_calls
from switchboard.news import CallRecorded

DOCS = Path(__file__).parents[2] / "docs" / "webhook.md"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", DOCS.read_text("utf-8"), flags=re.DOTALL)


async def shell(found: House, script: str) -> str:
    """Run an example with bash; its output."""
    process = await asyncio.create_subprocess_exec(
        "bash",
        "-euo",
        "pipefail",
        "-c",
        script.replace("79161234567", OF_IVANOVA),
        env={"PATH": "/usr/bin:/bin", "DOZVON": found.address, "TOKEN": TOKEN, "SECRET": SECRET},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(20):
        output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    return output.decode()


async def test_the_curl_examples_of_the_documentation_work(tmp_path: Path) -> None:
    if which("curl") is None or which("openssl") is None:
        pytest.skip("curl and openssl are not installed")
    signing, asking, telling = blocks("bash")
    async with house(tmp_path / "token") as found:
        said = await shell(found, asking)
        assert re.fullmatch(r"[^;]*;101;Анна Иванова", said)
        assert '"accepted":3' in await shell(found, telling)
        (stored,) = await list_calls(found.board._parts.database)
        assert (stored.call.id, stored.call.answered_by) == ("main-mw-0001", "101")
    async with house(tmp_path / "signed", hmac_secret=SECRET) as found:
        assert await shell(found, signing) == '{"accepted":1,"ignored":[]}'


def dialplan(found: House) -> str:
    """The dialplan of the documentation, as somebody would paste it."""
    (text,) = blocks("asterisk")
    own = "\n[your-own-dialplan]\nexten => _X.,1,Dial(PJSIP/102,20)\n\n[from-trunk]\ninclude => dozvon-ask\n[from-phones]\n"
    address = found.address.removeprefix("http://")
    return text.replace("127.0.0.1:8080", address).replace("TOKEN", TOKEN) + own


@pytest.mark.asterisk
async def test_a_real_asterisk_rings_the_clients_manager_by_the_documented_dialplan(
    asterisk_root: Path, tmp_path: Path
) -> None:
    """The pasted snippet: the owner's phone rings, the call is in the log; without us yours rings."""
    phones = [LabPhone(extension=e, password=f"p{e}", name=e) for e in ("101", "102")]
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(AsyncExitStack())
        found = await service.enter_async_context(house(tmp_path / "house"))
        pbx = AsteriskInstance(
            asterisk_root,
            tmp_path / "pbx",
            extensions_conf=dialplan(found),
            manager_conf="",
            phones=phones,
        )
        await stack.enter_async_context(pbx)
        for module in ("res_curl", "func_curl"):
            assert "Loaded" in await pbx.cli(f"module load {module}.so")
        anna, petr = (
            Phone(p.extension, p.password, registrar=pbx.sip, behaviour=answer_after(0.3))
            for p in phones
        )
        await stack.enter_async_context(anna)
        await stack.enter_async_context(petr)
        carrier = Carrier(port=pbx.ports.trunk, pbx=pbx.sip)
        await stack.enter_async_context(carrier)
        with found.board.news.listening() as news:
            call = await carrier.call("74951230001", OF_IVANOVA, "Client")
            assert await call.wait_answered(5), await pbx.cli("core show channels")
            assert (len(anna.calls), len(petr.calls)) == (1, 0)
            await call.hang_up()
            async with asyncio.timeout(10):
                async for told in news:
                    if isinstance(told, CallRecorded):
                        break
        (stored,) = await list_calls(found.board._parts.database)
        assert (stored.call.disposition, stored.call.answered_by) == ("answered", "101")
        assert (stored.owner, stored.way) == ("ivanova", "plan")
        stranger = await carrier.call("74951230001", "79990001122", "Stranger")
        assert await stranger.wait_answered(5)
        assert (len(anna.calls), len(petr.calls)) == (1, 1)
        await stranger.hang_up()
        await service.aclose()
        nobody_home = await carrier.call("74951230001", OF_IVANOVA, "Client")
        assert await nobody_home.wait_answered(5)
        assert (len(anna.calls), len(petr.calls)) == (1, 2)
        await nobody_home.hang_up()
