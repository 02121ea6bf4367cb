"""From what an Asterisk said to findings; pure, so that every finding can be tried.

What could not be asked is not judged: the reason why it could not is a finding already.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

from config.settings import PbxSettings
from config.settings_values import EVERYWHERE
from dozvon.setup.exchange import ExchangeFacts, Login, UserFacts
from dozvon.setup.findings import Finding, error, fine, note, warning
from pbx_adapters.asterisk.dialplan import VERSION
from pbx_adapters.asterisk.manager_conf import SUPPORTED
from pbx_adapters.asterisk.mirror import fail_open_targets
from router.office import Manager, Office

CLOCK_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rights:
    """What an AMI user needs, what he must never have, and the line that gives just that."""

    narrow: str
    need: tuple[str, ...]
    never: tuple[str, ...]
    write: str


_CALLS = _Rights(
    narrow="rights-narrow-calls",
    need=("CoreShowChannels", "DeviceStateList", "Originate", "Redirect", "ShowDialPlan"),
    never=("Command", "DBPut", "ModuleLoad", "UpdateConfig", "DialplanExtensionAdd"),
    write="call,originate,reporting",
)
_JOURNAL = _Rights(
    narrow="rights-narrow-journal",
    need=("DBGetTree", "DBDel", "DBPut"),
    never=("Command", "Originate", "UpdateConfig", "Redirect", "Setvar"),
    write="system",
)
_GONE = frozenset({"UNAVAILABLE"})
_AGI = re.compile(r"agi://(?P<host>[^/,]*?)(?::(?P<port>\d+))?/dozvon/route,(?P<version>[^,]*)")


def judge(
    pbx: PbxSettings, facts: ExchangeFacts, office: Office | None, *, here: bool
) -> Iterator[Finding]:
    """Every finding of one PBX, in the order in which an administrator would mend them.

    `here`: the PBX is on this machine, whatever address of it the settings name.
    """
    yield from _logins(pbx, facts, here=here)
    yield from _rights(pbx, facts)
    yield from _identity(pbx, facts)
    yield from _dialplan(pbx, facts, here=here)
    yield from _modules(pbx, facts)
    yield from _events(pbx, facts)
    yield from _fail_open(pbx, facts, office)
    yield from _phones(pbx, facts, office)
    yield from _trunks(pbx, facts)
    yield from _clock(pbx, facts)


def _logins(pbx: PbxSettings, facts: ExchangeFacts, *, here: bool) -> Iterator[Finding]:
    address = f"{pbx.host}:{pbx.ami_port}"
    if facts.calls.login is Login.UNREACHABLE:
        detail = facts.calls.trouble.rpartition(": ")[2] or "?"
        yield error("ami-unreachable", pbx.key, address=address, detail=detail)
        return
    if facts.calls.name == facts.journal.name:
        yield error("users-same", pbx.key, user=facts.calls.name)
    for user in (facts.calls, facts.journal):
        yield _login(pbx.key, address, user)
    if not here:
        yield warning("ami-far", pbx.key, address=address)
    if facts.ami_address in EVERYWHERE:
        yield warning("ami-open", pbx.key, address=facts.ami_address)


def _login(place: str, address: str, user: UserFacts) -> Finding:
    if user.login is Login.CONNECTED:
        return fine("ami-right", place, user=user.name)
    if user.login is Login.REFUSED:
        return error("ami-refused", place, user=user.name)
    if user.login is Login.NOT_BOOTED:
        return error("ami-not-booted", place, user=user.name)
    return error("ami-unreachable", place, address=address, detail=user.trouble)


def _rights(pbx: PbxSettings, facts: ExchangeFacts) -> Iterator[Finding]:
    for user, rights in ((facts.calls, _CALLS), (facts.journal, _JOURNAL)):
        if user.login is Login.CONNECTED:
            yield from _rights_of(pbx.key, user, rights)


def _rights_of(place: str, user: UserFacts, rights: _Rights) -> Iterator[Finding]:
    missing = ", ".join(action for action in rights.need if action not in user.actions)
    wide = ", ".join(action for action in rights.never if action in user.actions)
    about = {"user": user.name, "write": rights.write}
    if missing:
        yield error(rights.narrow, place, actions=missing, **about)
    if wide:
        yield error("rights-wide", place, actions=wide, **about)
    if not missing and not wide:
        yield fine("rights-right", place, user=user.name)


def _identity(pbx: PbxSettings, facts: ExchangeFacts) -> Iterator[Finding]:
    if not facts.version:
        return
    major = re.match(r"(\d+)\.", facts.version)
    if major and int(major[1]) in SUPPORTED:
        yield fine("version-right", pbx.key, version=facts.version)
    else:
        known = ", ".join(str(version) for version in SUPPORTED)
        yield warning("version-unknown", pbx.key, version=facts.version, known=known)
    if not facts.systemname:
        yield error("systemname-missing", pbx.key, name=pbx.systemname)
    elif facts.systemname != pbx.systemname:
        about = {"ours": pbx.systemname, "theirs": facts.systemname}
        yield error("systemname-differs", pbx.key, **about)
    else:
        yield fine("systemname-right", pbx.key, name=facts.systemname)


def _dialplan(pbx: PbxSettings, facts: ExchangeFacts, *, here: bool) -> Iterator[Finding]:
    if facts.agi is None:
        if facts.calls.login is Login.CONNECTED:
            yield warning("dialplan-unknown", pbx.key)
        return
    asked = [match for text in facts.agi if (match := _AGI.match(text))]
    if not asked:
        yield error("dialplan-missing", pbx.key)
        return
    theirs = asked[0]
    right = True
    if theirs["version"] != VERSION:
        right = False
        about = {"ours": VERSION, "theirs": theirs["version"]}
        yield error("dialplan-other-version", pbx.key, **about)
    port = int(theirs["port"] or 4573)
    if not here and _is_own(theirs["host"]):
        right = False
        about = {"theirs": f"{theirs['host']}:{port}", "host": pbx.host}
        yield error("dialplan-asks-itself", pbx.key, **about)
    elif port != pbx.agi_port or not _may_be(theirs["host"], pbx.agi_host):
        right = False
        about = {"theirs": f"{theirs['host']}:{port}", "ours": f"{pbx.agi_host}:{pbx.agi_port}"}
        yield error("dialplan-other-address", pbx.key, **about)
    if right:
        yield fine("dialplan-right", pbx.key, version=VERSION)


def _may_be(asked: str, listens: str) -> bool:
    """Whether a host that is asked may be the one where we listen; a name may be any."""
    asked_at, listens_at = _address(asked), _address(listens)
    if asked_at is None or listens_at is None:
        return True
    if listens in EVERYWHERE:
        return asked_at.version == listens_at.version  # `::` is bound for IPv6 alone
    return asked_at == listens_at


def _is_own(asked: str) -> bool:
    """Whether who asks this host asks his own machine."""
    address = _address(asked)
    return address is not None and (address.is_loopback or address.is_unspecified)


def _address(host: str) -> IPv4Address | IPv6Address | None:
    plain = "127.0.0.1" if host.casefold() == "localhost" else host.strip("[]")
    try:
        return ip_address(plain)
    except ValueError:
        return None


def _modules(pbx: PbxSettings, facts: ExchangeFacts) -> Iterator[Finding]:
    if facts.missing_modules:
        yield error("modules-missing", pbx.key, modules=", ".join(facts.missing_modules))
    elif facts.missing_modules is not None:
        yield fine("modules-right", pbx.key)


def _events(pbx: PbxSettings, facts: ExchangeFacts) -> Iterator[Finding]:
    if facts.events is None:
        return
    user = facts.calls.name
    if "DeviceStateChange" not in facts.events:
        yield error("events-missing", pbx.key, user=user)
    if "VarSet" in facts.events:
        yield warning("events-unfiltered", pbx.key, user=user)
    if facts.events == {"DeviceStateChange"}:
        yield fine("events-right", pbx.key)


def _fail_open(pbx: PbxSettings, facts: ExchangeFacts, office: Office | None) -> Iterator[Finding]:
    if facts.fail_open is None or office is None:
        return
    wanted = fail_open_targets(office, pbx.key)
    there = facts.fail_open
    if not there and wanted:
        yield note("failopen-empty", pbx.key)
        return
    different = {key for key in wanted.keys() | there.keys() if wanted.get(key) != there.get(key)}
    if different:
        yield error("failopen-differs", pbx.key, keys=_some(sorted(different)))
    else:
        yield fine("failopen-right", pbx.key)


def _phones(pbx: PbxSettings, facts: ExchangeFacts, office: Office | None) -> Iterator[Finding]:
    if facts.devices is None or office is None:
        return
    up = 0
    for manager in office.managers.values():
        device = _device_of(manager)
        if manager.pbx != pbx.key or not device:
            continue
        about = {"extension": manager.extension, "name": manager.name}
        state = facts.devices.get(device)
        if state in {None, "INVALID"}:
            yield error("phone-unknown", pbx.key, **about)
        elif state in _GONE:
            yield warning("phone-unregistered", pbx.key, **about)
        else:
            up += 1
    yield fine("phones-right", pbx.key, count=up)


def _device_of(manager: Manager) -> str:
    if manager.device == "-":
        return ""
    return (manager.device or "PJSIP/{extension}").replace("{extension}", manager.extension)


def _trunks(pbx: PbxSettings, facts: ExchangeFacts) -> Iterator[Finding]:
    for trunk in pbx.trunks if facts.endpoints is not None else ():
        if trunk not in (facts.endpoints or {}):
            yield warning("trunk-unknown", pbx.key, trunk=trunk)
    if not facts.agi or facts.astray is None:
        return
    for trunk, astray in facts.astray.items():
        about = {"context": astray.context, "own": _some(list(astray.taken_by)) or "—"}
        yield warning("trunk-astray", pbx.key, trunk=trunk, **about)
    if pbx.trunks and not facts.astray:
        yield fine("trunks-right", pbx.key, trunks=", ".join(pbx.trunks))


def _clock(pbx: PbxSettings, facts: ExchangeFacts) -> Iterator[Finding]:
    if facts.clock_offset_seconds is None:
        return
    if abs(facts.clock_offset_seconds) > CLOCK_SECONDS:
        seconds = f"{abs(facts.clock_offset_seconds):.1f}"
        yield warning("clock-off", pbx.key, seconds=seconds)
    else:
        yield fine("clock-right", pbx.key)


def _some(keys: list[str], most: int = 5) -> str:
    return ", ".join(keys[:most]) + (" …" if len(keys) > most else "")
