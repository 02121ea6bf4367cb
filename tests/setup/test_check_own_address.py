"""A PBX that is named by one of this machine's own addresses is on this machine."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest
from judged_pbx import asks, pbx_at

from config.settings_file import load_settings
from dozvon.setup import examine, here
from dozvon.setup.exchange import ExchangeFacts
from dozvon.setup.findings import Finding, Grade
from dozvon.setup.judging import judge

ELSEWHERE = "192.0.2.77"
"""No machine's: kept for documents (RFC 5737)."""


def own_addresses() -> set[str]:
    """What the system itself says that this machine is called by."""
    found = {"127.0.0.1", "127.0.0.53"}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(("198.51.100.1", 9))  # nothing is sent
        except OSError:
            return found  # a machine without a network
        return found | {asked.getsockname()[0]}


@pytest.mark.parametrize("address", sorted(own_addresses()))
def test_an_address_of_this_machine_is_known(address: str) -> None:
    assert asyncio.run(here.is_here(address))


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST", "::1"])
def test_what_always_means_this_machine_is_known(name: str) -> None:
    assert asyncio.run(here.is_here(name))


@pytest.mark.parametrize("host", [ELSEWHERE, "no-such-name.invalid", "a..b"])
def test_an_address_elsewhere_or_a_name_that_nobody_has_is_not_this_machine(host: str) -> None:
    assert not asyncio.run(here.is_here(host))


def test_a_name_is_this_machine_where_all_its_addresses_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One that is also another machine's may be that one."""
    told = {"ours.test": ["127.0.1.1"], "both.test": ["127.0.1.1", ELSEWHERE]}

    async def getaddrinfo(_loop: Any, host: str, *_: Any, **__: Any) -> list[Any]:
        await asyncio.sleep(0)
        return [(socket.AF_INET, socket.SOCK_DGRAM, 0, "", (one, 0)) for one in told[host]]

    monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "getaddrinfo", getaddrinfo)
    assert asyncio.run(here.is_here("ours.test"))
    assert not asyncio.run(here.is_here("both.test"))


def test_a_machine_that_may_bind_anybodys_address_proves_nothing_by_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As with `ip_nonlocal_bind`, where two machines share an address."""
    monkeypatch.setattr(here, "_binds", lambda *_: True)
    assert not asyncio.run(here.is_here(ELSEWHERE))


def test_a_name_server_that_is_silent_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def getaddrinfo(*_: Any, **__: Any) -> list[Any]:
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(here, "_CONNECT_SECONDS", 0.01)
    assert not asyncio.run(here.is_here("pbx.test"))


def ids(found: list[Finding]) -> set[str]:
    return {one.id for one in found}


@pytest.mark.parametrize("listens", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 - written down
def test_a_pbx_on_this_machine_may_ask_it_at_127_and_has_no_network_between(listens: str) -> None:
    pbx = pbx_at("10.0.0.5", listens, "10.0.0.0/24")
    found = ids(list(judge(pbx, asks("127.0.0.1:4573"), None, here=True)))
    assert "dialplan-right" in found
    assert "ami-far" not in found
    far = ids(list(judge(pbx, asks("127.0.0.1:4573"), None, here=False)))
    assert {"dialplan-asks-itself", "ami-far"} <= far


def test_a_pbx_on_this_machine_that_asks_where_nobody_listens_is_still_an_error() -> None:
    found = list(
        judge(
            pbx_at("10.0.0.5", "127.0.0.1", "10.0.0.0/24"), asks("10.0.0.5:4573"), None, here=True
        )
    )
    [wrong] = [one for one in found if one.id == "dialplan-other-address"]
    assert wrong.grade is Grade.ERROR


@pytest.mark.parametrize(("host", "far"), [("pbx.example", False), (ELSEWHERE, True)])
def test_check_judges_by_the_machines_own_addresses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, *, far: bool
) -> None:
    """The name is this machine's, as its hosts file may say; the name alone does not tell."""
    real = asyncio.base_events.BaseEventLoop.getaddrinfo

    async def getaddrinfo(loop: Any, name: str, *how: Any, **more: Any) -> Any:
        return await real(loop, "127.0.1.1" if name == "pbx.example" else name, *how, **more)

    monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "getaddrinfo", getaddrinfo)

    async def asked(*_: Any, **__: Any) -> ExchangeFacts:
        await asyncio.sleep(0)
        return asks("127.0.0.1:4573")

    monkeypatch.setattr(examine, "ask_exchange", asked)
    environment = {
        "DOZVON_DATA_DIR": str(tmp_path),
        "DOZVON_HTTP__PORT": "0",
        "DOZVON_PBX__MAIN__HOST": host,
        "DOZVON_PBX__MAIN__AMI_USER": "dozvon",
        "DOZVON_PBX__MAIN__AMI_SECRET": "a",
        "DOZVON_PBX__MAIN__JOURNAL_USER": "dozvon-journal",
        "DOZVON_PBX__MAIN__JOURNAL_SECRET": "b",
        "DOZVON_PBX__MAIN__SYSTEMNAME": "pbx1",
    }
    settings = load_settings(environment=environment)
    found = ids(asyncio.run(examine.examine(settings, None)))
    assert ("ami-far" in found, "dialplan-asks-itself" in found) == (far, far)
