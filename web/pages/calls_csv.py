"""Calls as a table for a spreadsheet.

Rules:

1. UTF-8 with a byte order mark and `;` between the cells: what Excel opens by a click where a comma
   stands before decimals.
2. A cell that a spreadsheet would calculate (it begins with = + - @, a tab or a line break) gets
   an apostrophe before it: names come from callers.
3. A telephone number is written in plain digits with the country's code (79161234567): it stays a
   number that can be searched and dialled, and begins with nothing that is calculated.
"""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from switchboard.calls_log import LoggedCall
from web.pages.texts import Words

BOM = b"\xef\xbb\xbf"
SEPARATOR = ";"
_CALCULATED = ("=", "+", "-", "@", "\t", "\r", "\n")


def head(t: Words) -> bytes:
    """The names of the columns."""
    return f"{t('calls.csv-head')}\r\n".encode()


def lines(calls: Iterable[LoggedCall], t: Words, zone: ZoneInfo) -> bytes:
    """Calls; some hundred take ten milliseconds and more: not for the event loop."""
    return "".join(_line(call, t, zone) for call in calls).encode()


def _line(call: LoggedCall, t: Words, zone: ZoneInfo) -> str:
    began = call.began_at.astimezone(zone)
    cells = (
        f"{began:%Y-%m-%d}",
        f"{began:%H:%M:%S}",
        t(f"calls.direction-{call.direction}"),
        call.client_name,
        digits(call.number),
        call.application,
        call.line_name or digits(call.line),
        call.department_name,
        call.owner_name,
        call.person_name or digits(call.person_at),
        t(f"calls.outcome-{call.disposition or 'unknown'}"),
        t(f"calls.reason-{call.reason}") if call.reason else "",
        str(round(call.waited_seconds)),
        str(round(call.talk_seconds)),
        t("calls.yes") if call.after_hours else "",
        t("calls.yes") if call.recovered else "",
        t("calls.yes") if call.disputed else "",
        call.id,
    )
    return SEPARATOR.join(cell(text) for text in cells) + "\r\n"


def cell(text: str) -> str:
    """A text that a spreadsheet shows and never calculates."""
    if text.startswith(_CALCULATED) or text.lstrip().startswith(("=", "+", "-", "@")):
        text = f"'{text}"
    if any(c in text for c in (SEPARATOR, '"', "\r", "\n")):
        return '"' + text.replace('"', '""') + '"'
    return text


def digits(number: str) -> str:
    """A number without its plus; what is no number stays as it is."""
    bare = number.lstrip("+")
    return bare if bare.isdecimal() else number
