"""Asks one Asterisk everything that `check` and `init` want to know, and judges nothing.

Only questions that our two users may ask: `ListCommands` needs no right at all and lists what a
user may do; the dialplan is read with `reporting`, modules and endpoints with the journal's
`system`. Nothing is left behind: whether events arrive is tried with the state of a device of our
own name, which is deleted again.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum

from dozvon.setup.leading import Astray, trunks_astray
from dozvon.setup.modules import MODULES
from pbx_adapters.asterisk.ami import AmiLink
from pbx_adapters.asterisk.ami_state import LinkState, LinkTiming
from pbx_adapters.asterisk.astdb import AstDb
from pbx_adapters.asterisk.errors import ActionRefused
from pbx_adapters.asterisk.frames import Frame
from pbx_adapters.asterisk.journal import FAMILY
from pbx_adapters.asterisk.settings import AsteriskSettings
from pbx_adapters.errors import PbxError

TIMING = LinkTiming(connect=3.0, login=4.0, booted=3.0, first_retry=60.0, retry_ceiling=60.0)
"""One attempt: whoever asks sits before a terminal."""

_EVENT_SECONDS = 2.0
_DEVICE = "Custom:dozvon-check"
_VARIABLE = "DOZVON_CHECK"
_TRIED_EVENTS = frozenset({"DeviceStateChange", "VarSet"})
_NAME = re.compile(r'\s*"?([^"<]*)"?\s*<')


class Login(StrEnum):
    """How far a user of the AMI got."""

    CONNECTED = "connected"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    NOT_BOOTED = "not_booted"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserFacts:
    """One AMI user: how far he got, and the actions that he may send."""

    name: str
    login: Login
    trouble: str = ""
    actions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeFacts:
    """What an Asterisk said. `None` means that it could not be asked.

    `agi` holds the arguments of each AGI() in our entry context, empty where there is no such
    context; `events` which of the two tried events came; `devices` states by device; `endpoints`
    PJSIP endpoints with the name in their caller id; `astray` the trunks whose calls pass us by.
    """

    calls: UserFacts
    journal: UserFacts
    version: str = ""
    systemname: str = ""
    clock_offset_seconds: float | None = None
    agi: tuple[str, ...] | None = None
    events: frozenset[str] | None = None
    devices: Mapping[str, str] | None = None
    fail_open: Mapping[str, str] | None = None
    missing_modules: tuple[str, ...] | None = None
    endpoints: Mapping[str, str] | None = None
    ami_address: str | None = None
    astray: Mapping[str, Astray] | None = None


@dataclass(slots=True, kw_only=True)
class _Session:
    """One user's link while it is asked, and what is known of the user."""

    link: AmiLink
    facts: UserFacts
    seen: set[str] = field(default_factory=set)

    @property
    def up(self) -> bool:
        return self.facts.login is Login.CONNECTED


async def ask_exchange(
    settings: AsteriskSettings, *, numbers: Collection[str] = ()
) -> ExchangeFacts:
    """Logs in as both users and asks; never raises for what a PBX may do or fail to do.

    `numbers` are those that clients call, as the trunks may say them.
    """
    calls_login = (settings.calls_user, settings.calls_secret)
    journal_login = (settings.journal_user, settings.journal_secret)
    async with (
        _session(settings, calls_login, _TRIED_EVENTS) as calls,
        _session(settings, journal_login, frozenset()) as journal,
    ):
        facts = ExchangeFacts(calls=calls.facts, journal=journal.facts)
        if calls.up:
            facts = await _ask_as_calls(calls.link, facts)
        if journal.up:
            facts = await _ask_as_journal(journal.link, facts)
        if calls.up and journal.up:
            trunks = sorted(settings.trunks)
            astray = await trunks_astray(calls.link, journal.link, trunks, numbers)
            facts = replace(facts, astray=astray)
        if calls.up:
            facts = replace(facts, events=await _try_events(calls.link, journal))
        return facts


@asynccontextmanager
async def _session(
    settings: AsteriskSettings, login: tuple[str, str], wanted: frozenset[str]
) -> AsyncIterator[_Session]:
    link = AmiLink(
        settings.host,
        settings.ami_port,
        *login,
        name=settings.key,
        wanted_events=wanted,
        timing=TIMING,
    )
    async with link:
        yield _Session(link=link, facts=await _log_in(link, login[0]))


async def _log_in(link: AmiLink, user: str) -> UserFacts:
    await link.wait_state(LinkState.CONNECTING)
    state = await link.wait_state(
        LinkState.CONNECTED, LinkState.REFUSED, LinkState.DISCONNECTED, LinkState.CLOSED
    )
    if state is LinkState.CONNECTED:
        return UserFacts(name=user, login=Login.CONNECTED, actions=await _actions(link))
    login = Login.NOT_BOOTED if link.version else Login.UNREACHABLE
    if state is LinkState.REFUSED:
        login = Login.REFUSED
    return UserFacts(name=user, login=login, trouble=link.trouble)


async def _actions(link: AmiLink) -> frozenset[str]:
    """The actions that a user may send; Asterisk lists no others."""
    try:
        said = await link.send({"Action": "ListCommands"})
    except PbxError:
        return frozenset()
    return frozenset(name for name, text in said.fields.items() if "(Priv:" in text)


async def _ask_as_calls(link: AmiLink, facts: ExchangeFacts) -> ExchangeFacts:
    core = await _one(link, {"Action": "CoreSettings"})
    offset = None
    with suppress(PbxError):
        offset = await link.measure_clock_offset()
    devices = await _list(link, {"Action": "DeviceStateList"})
    return replace(
        facts,
        version=core.get("AsteriskVersion") if core else "",
        systemname=core.get("SystemName") if core else "",
        clock_offset_seconds=offset,
        agi=await _agi(link),
        devices=None
        if devices is None
        else {item.get("Device"): item.get("State") for item in devices},
    )


async def _agi(link: AmiLink) -> tuple[str, ...] | None:
    try:
        steps = await link.send_list({"Action": "ShowDialPlan", "Context": "dozvon-in"})
    except ActionRefused as refused:
        known = "did not find" in str(refused).lower() or "not found" in str(refused).lower()
        return () if known else None
    except PbxError:
        return None
    found = (item for item in steps if item.get("Application") == "AGI")
    return tuple(item.get("AppData") for item in found)


async def _ask_as_journal(link: AmiLink, facts: ExchangeFacts) -> ExchangeFacts:
    core = await _one(link, {"Action": "CoreSettings"})
    return replace(
        facts,
        version=facts.version or (core.get("AsteriskVersion") if core else ""),
        systemname=facts.systemname or (core.get("SystemName") if core else ""),
        fail_open=await _fail_open(link),
        missing_modules=await _missing(link),
        endpoints=await _endpoints(link),
        ami_address=await _ami_address(link),
    )


async def _fail_open(link: AmiLink) -> dict[str, str] | None:
    try:
        tree = await AstDb(link).tree("failopen")
    except PbxError:
        return None
    prefix = f"/{FAMILY}/failopen/"
    return {key.removeprefix(prefix): value for key, value in tree.items()}


async def _missing(link: AmiLink) -> tuple[str, ...] | None:
    missing = []
    for module in MODULES:
        try:
            await link.send({"Action": "ModuleCheck", "Module": module})
        except ActionRefused as refused:
            if "permission" in str(refused).lower():
                return None
            missing.append(module)
        except PbxError:
            return None
    return tuple(missing)


async def _endpoints(link: AmiLink) -> dict[str, str] | None:
    found = await _list(link, {"Action": "PJSIPShowEndpoints"})
    if found is None:
        return None
    return {item.get("ObjectName"): "" for item in found if item.get("ObjectName")}


async def names_of(settings: AsteriskSettings, endpoints: list[str]) -> dict[str, str]:
    """The names that endpoints show as their caller id; empty where they show none."""
    login = (settings.journal_user, settings.journal_secret)
    names = dict.fromkeys(endpoints, "")
    async with _session(settings, login, frozenset()) as session:
        for endpoint in endpoints if session.up else ():
            action = {"Action": "PJSIPShowEndpoint", "Endpoint": endpoint}
            for item in await _list(session.link, action) or ():
                if written := _NAME.match(item.get("Callerid")):
                    names[endpoint] = written[1].strip()
    return names


async def _ami_address(link: AmiLink) -> str | None:
    """`bindaddr` of the AMI; Asterisk's default, all addresses, where none is written."""
    general = {"Action": "GetConfig", "Filename": "manager.conf", "Category": "general"}
    said = await _one(link, general)
    if said is None:
        return None
    lines = [text for name, text in said.fields.items() if name.startswith("Line-")]
    written = [text.partition("=")[2].strip() for text in lines if text.startswith("bindaddr")]
    return written[-1] if written else "0.0.0.0"  # noqa: S104 - what Asterisk does, not we


async def _try_events(link: AmiLink, journal: _Session) -> frozenset[str] | None:
    """Changes a device of ours and a global variable, and sees which of the two is told."""
    changes = {f"DEVICE_STATE({_DEVICE})": "INUSE", _VARIABLE: "1"}
    back = {_VARIABLE: "", f"DEVICE_STATE({_DEVICE})": "NOT_INUSE"}
    try:
        for name, value in (*changes.items(), *back.items()):
            await link.send({"Action": "Setvar", "Variable": name, "Value": value})
    except PbxError:
        return None
    seen = await _events_of(link)
    if journal.up:
        with suppress(PbxError):
            kind, _, name = _DEVICE.partition(":")
            await journal.link.send({"Action": "DBDel", "Family": f"{kind}Devstate", "Key": name})
    return frozenset(seen)


async def _events_of(link: AmiLink) -> set[str]:
    """Our events until the device is back; VarSet is queued before it, where it is told at all."""
    seen: set[str] = set()
    with suppress(TimeoutError):
        async with asyncio.timeout(_EVENT_SECONDS):
            async for frame in link.frames():
                if frame.get("Variable") == _VARIABLE or frame.get("Device") == _DEVICE:
                    seen.add(frame.name)
                if frame.get("Device") == _DEVICE and frame.get("State") == "NOT_INUSE":
                    break
    return seen


async def _one(link: AmiLink, action: Mapping[str, str]) -> Frame | None:
    try:
        return await link.send(action)
    except PbxError:
        return None


async def _list(link: AmiLink, action: Mapping[str, str]) -> list[Frame] | None:
    try:
        return await link.send_list(action)
    except PbxError:
        return None
