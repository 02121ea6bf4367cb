"""The two AMI users that an administrator pastes, with the narrowest rights that do the work.

One user is for calls and may not touch AstDB; the other reads and deletes the journal (`DBGetTree`,
`DBDel` need `system`) and may not originate: together they would be a shell. Asterisk itself drops
the events that nobody needs; how that is written changed in 18.25, 20.10, 21.5 and 22.0.
"""

from __future__ import annotations

from ipaddress import ip_address

from config.settings_values import is_loopback
from pbx_adapters.asterisk import tracking
from pbx_adapters.asterisk.errors import UnsupportedVersion

SUPPORTED = (16, 18, 20, 21, 22)

PERMITTED_HERE = "127.0.0.1/255.255.255.255"
"""Lets in this machine alone."""

WANTED_EVENTS = tuple(
    sorted(
        tracking.WANTED_EVENTS
        | {
            "FullyBooted",
            "Shutdown",
            "OriginateResponse",
            "UserEvent",
            "DeviceStateChange",
            "ContactStatus",
        }
    )
)
"""What the driver understands; everything else is dropped by Asterisk itself."""

_USER = """\
[{name}]
{secret}
deny = 0.0.0.0/0.0.0.0
deny = ::/0
{permit}
read = {read}
write = {write}
writetimeout = 1000
"""
_KEPT = "; secret: keep the line that stands in your file, the service logs in with it"
_NOBODY = "; permit = its address in digits: the service's, as this PBX sees it; until then nobody"


def permitted(pbx_host: str, ours: str) -> str:
    """The network from which the users are let in: this machine, or our address as the PBX sees it.

    Empty for a name: Asterisk reads none here, and drops a user who has one.
    """
    if is_loopback(pbx_host):
        ours = "::1" if ":" in pbx_host else "127.0.0.1"
    try:
        version = ip_address(ours).version
    except ValueError:
        return ""
    return f"{ours}/128" if version == 6 else f"{ours}/255.255.255.255"


def manager_conf(  # noqa: PLR0913 - each is a line of the file
    *,
    asterisk: int,
    calls_user: str,
    calls_secret: str,
    journal_user: str,
    journal_secret: str,
    permit: str = PERMITTED_HERE,
) -> str:
    """The text of both users for a major version of Asterisk.

    An empty secret is one that is in use: the line is left to the administrator, and so is an empty
    `permit`. Until he has put it there nobody is let in as that user.

    Raises `UnsupportedVersion` for one that nobody has tried.
    """
    if asterisk not in SUPPORTED:
        known = ", ".join(str(v) for v in SUPPORTED)
        raise UnsupportedVersion(f"Asterisk {asterisk} was never tried; known: {known}")
    calls = _USER.format(
        name=calls_user,
        secret=_secret(calls_secret),
        permit=f"permit = {permit}" if permit else _NOBODY,
        read="system,call,user,agent",
        write="call,originate,reporting",
    )
    journal = _USER.format(
        name=journal_user,
        secret=_secret(journal_secret),
        permit=f"permit = {permit}" if permit else _NOBODY,
        read="system",
        write="system",
    )
    filters = "\n".join(_filter(asterisk, name) for name in WANTED_EVENTS)
    booted = _filter(asterisk, "FullyBooted")
    return f"{calls}{filters}\n\n{journal}{booted}\n"


def _secret(secret: str) -> str:
    return f"secret = {secret}" if secret else _KEPT


def _filter(asterisk: int, event: str) -> str:
    if asterisk >= 21:
        return f"eventfilter(action(include),name({event})) ="
    return f"eventfilter = Event: {event}[[:cntrl:]]"
