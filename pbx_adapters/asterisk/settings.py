"""What the driver must know of one Asterisk."""

from __future__ import annotations

from dataclasses import dataclass, field

LOOPBACK = ("127.0.0.0/8", "::1/128")


@dataclass(frozen=True, slots=True, kw_only=True)
class AsteriskSettings:
    """Where an Asterisk is, how we log in, and where it asks us.

    `trunks` are the endpoint names that lead outside ("" : told by their look). `agi_port` 0 lets
    the system choose one (tests).
    """

    key: str
    host: str = "127.0.0.1"
    ami_port: int = 5038
    calls_user: str
    calls_secret: str = field(repr=False)
    journal_user: str
    journal_secret: str = field(repr=False)
    agi_host: str = "127.0.0.1"
    agi_port: int = 4573
    agi_allow: tuple[str, ...] = LOOPBACK
    trunks: frozenset[str] = frozenset()
