"""The office of a soak: many small departments, so that many calls have phones of their own.

The night's department has one person, who is never there: without the service a closed line rings
all the same, and must not ring the phones of a desk that is watched. Outgoing calls show the
client's own number: that is how a mobile's record is known to be his call.
"""

from __future__ import annotations

CLOSED_LINE = "74951239900"
UNKNOWN_LINE = "74951238800"
RING_SECONDS = 2
PATIENCE_SECONDS = 40

_HEAD = """\
[office]
name = "Soak"
region = "RU"
area_code = "495"
default_department = "d0"

[outgoing.trunk]
dial = "PJSIP/{number}@trunk"
number_format = "plain"
channels = 99
prefixes = ["+7"]

[departments.night]
name = "Night"
hours = "closed"
after_hours = "message"

[managers.night]
name = "Nobody"
extension = "2990"
department = "night"

[lines.night]
number = "74951239900"
department = "night"
"""
_DESK = """
[departments.d{n}]
name = "Desk {n}"
head = "c{n}"
hours = "always"
strategy = "fixed_order"
owner_ring = {ring}
colleague_ring = {ring}
mobile_ring = 6
group_ring = 3

[managers.a{n}]
name = "Anna {n}"
extension = "{a}"
department = "d{n}"

[managers.b{n}]
name = "Boris {n}"
extension = "{b}"
department = "d{n}"

[managers.c{n}]
name = "Vera {n}"
extension = "{c}"
department = "d{n}"
mobile = "+{mobile}"

[lines.l{n}]
number = "{line}"
department = "d{n}"
patience = {patience}
"""
_SETTINGS = """\
data_dir = "{data}"
[log]
level = "info"
format = "text"
[http]
port = 0
[[pbx]]
key = "main"
systemname = "soak"
ami_port = {ami}
ami_user = "dozvon"
ami_secret = "calls-secret"
journal_user = "dozvon-journal"
journal_secret = "journal-secret"
agi_port = {agi}
trunks = ["trunk"]
"""


def extensions(desk: int) -> tuple[str, str, str]:
    """The extensions of a desk: of the owner of its clients, of his colleague, of the head."""
    return f"2{desk:02}1", f"2{desk:02}2", f"2{desk:02}3"


def line(desk: int) -> str:
    """The company's number that leads to a desk."""
    return f"74951230{desk:03}"


def mobile(desk: int) -> str:
    """The mobile of a desk's head."""
    return f"7916123{desk:04}"


def client_number(desk: int, n: int) -> str:
    """The number of a desk's client."""
    return f"7903{desk:02}{n:05}"


def stranger_number(n: int) -> str:
    """A number that nobody knows."""
    return f"7905{n:07}"


def office_text(desks: int) -> str:
    """The office file of a floor."""
    return _HEAD + "".join(_desk(n) for n in range(desks))


def _desk(n: int) -> str:
    a, b, c = extensions(n)
    return _DESK.format(
        n=n,
        a=a,
        b=b,
        c=c,
        ring=RING_SECONDS,
        mobile=mobile(n),
        line=line(n),
        patience=PATIENCE_SECONDS,
    )


def settings_text(*, data: str, ami: int, agi: int) -> str:
    """The settings file of the service."""
    return _SETTINGS.format(data=data, ami=ami, agi=agi)
