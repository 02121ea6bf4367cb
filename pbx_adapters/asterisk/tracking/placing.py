"""Giving a channel its place: a client who calls, or a call that was running before we watched.

A channel that is up or rings when it is first seen, in an event or in a list of channels, has a
past that nobody told. What can be concluded is concluded: a trunk channel whose Linkedid is its own
came from outside; one that hangs on a phone was dialled by that phone; one that hangs on a client
is a leg. What it was before stays unknown, and the call says that it was recovered.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from pbx_adapters.asterisk.tracking.books import CallBook, Channel, Desk
from pbx_adapters.asterisk.tracking.callbook import Who, add_leg, begin
from pbx_adapters.asterisk.tracking.parties import Kind, looks_like_extension
from router.calls import Direction

RING = 4
"""The channel state of somebody who calls us."""
_UP = 6

_BORN = re.compile(r"(?:^|-)([0-9]{9,10})\.[0-9]+$")
_NO_LINE = frozenset({"", "s", "h", "i", "t", "T", "fax"})


def line_of(exten: str) -> str:
    """The number that was dialled, or an empty string where the dialplan has gone on already."""
    return "" if exten in _NO_LINE else exten


def born_at(channel: Channel) -> datetime:
    """When the channel began: its Uniqueid holds the second, unless we chose it ourselves."""
    match = _BORN.search(channel.uid)
    if not channel.recovered or match is None:
        return channel.seen_at
    return min(datetime.fromtimestamp(int(match.group(1)), UTC), channel.seen_at)


def begin_inbound(
    desk: Desk, channel: Channel, at: datetime, *, recovered: bool = False
) -> CallBook:
    """Opens the call of a client who called us."""
    line = line_of(channel.exten)
    if recovered and looks_like_extension(line):
        line = ""
    who = Who(caller=channel.number, caller_name=channel.caller_name, line=line)
    began_at = born_at(channel) if recovered else at
    return begin(desk, channel, Direction.INBOUND, who, began_at, recovered=recovered)


def place(desk: Desk, channel: Channel, at: datetime) -> None:
    """Finds the call of a channel that has none, as far as that can be told now."""
    if channel.call is not None or channel.kind not in {Kind.TRUNK, Kind.PHONE}:
        return
    if channel.kind is Kind.TRUNK and channel.state == RING:
        begin_inbound(desk, channel, at, recovered=channel.recovered)
    elif channel.recovered and channel.linked == channel.uid:
        _place_first(desk, channel, at)
    elif channel.recovered:
        _place_later(desk, channel, at)


def _place_first(desk: Desk, channel: Channel, at: datetime) -> None:
    """A channel that began its chain of channels; those that hang on it may be here already."""
    if channel.kind is Kind.TRUNK:
        begin_inbound(desk, channel, at, recovered=True)
    for other in list(desk.channels.values()):
        if other.linked == channel.uid and other is not channel and other.call is None:
            _place_later(desk, other, at)


def _place_later(desk: Desk, channel: Channel, at: datetime) -> None:
    if not channel.recovered or channel.kind not in {Kind.TRUNK, Kind.PHONE}:
        return
    call = desk.call_linked(channel.linked)
    first = desk.channels.get(channel.linked)
    if call is not None:
        channel.dial_at = channel.dial_at or born_at(channel)
        add_leg(desk, call, channel, at)
    elif first is not None and first.kind is Kind.PHONE and not _rang_in_vain(first, channel):
        _begin_from_phone(desk, first, channel, at)


def _rang_in_vain(first: Channel, channel: Channel) -> bool:
    """Whoever is in a bridge waits for nobody who still rings: another has answered him."""
    return first.bridge is not None and channel.state != _UP


def _begin_from_phone(desk: Desk, root: Channel, channel: Channel, at: datetime) -> None:
    channel.dial_at = channel.dial_at or born_at(channel)
    if channel.kind is Kind.TRUNK:
        channel.dialled = channel.dialled or channel.number
        who = Who(caller=root.label, line=channel.dialled)
        call = begin(
            desk, channel, Direction.OUTBOUND, who, born_at(channel), root=root, recovered=True
        )
        desk.belong(root, call)
    else:
        who = Who(caller=root.label, line=line_of(root.exten) or channel.label)
        call = begin(desk, root, Direction.INTERNAL, who, born_at(root), root=root, recovered=True)
    add_leg(desk, call, channel, at)
