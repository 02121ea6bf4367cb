"""Finding one's way again: after a gap, a restart of the PBX, and events that never came.

Rules: a channel that the PBX lists and that is known already is not begun again; a known channel
that it does not list has hung up unseen; an unknown one is adopted with the past that can be
concluded (`placing`). Who talked when before the list is not known, and the events say so.
Events come again before anybody knows whether the PBX was restarted: a restart ends what was known
before the gap, and nothing that began behind it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from pbx_adapters.asterisk.frames import Frame
from pbx_adapters.asterisk.tracking.books import Channel, Desk
from pbx_adapters.asterisk.tracking.callbook import end_call
from pbx_adapters.asterisk.tracking.dialling import picked_up, rings
from pbx_adapters.asterisk.tracking.moving import RINGING, UP, gone
from pbx_adapters.asterisk.tracking.placing import place
from pbx_adapters.asterisk.tracking.reading import Key, Snapshot, snapshot, text
from pbx_adapters.asterisk.tracking.talks import review_around
from router.calls import MissedReason

_CONFERENCES = frozenset({"ConfBridge", "Stasis"})
"""Applications that bring strangers together who hear one another."""


def gap(desk: Desk) -> None:
    """Events are missing from now on; of several gaps before a list the first one counts."""
    for call in desk.calls.values():
        call.optimising.clear()
    if desk.before_gap is None:
        desk.before_gap = frozenset(desk.channels) | frozenset(desk.calls)


def adopt(desk: Desk, rows: Iterable[Frame], at: datetime, *, whole: bool) -> None:
    """Takes over the channels of a CoreShowChannels list.

    `whole`: what the list does not name has hung up. (Where events go on behind the list, the
    Hangup of a channel that is missing there may still come, and tells more.)
    """
    listed = {shot.uid: (row, shot) for row in rows if (shot := snapshot(row)) is not None}
    for known in list(desk.channels.values()):
        if whole and known.uid not in listed:
            gone(desk, known, at, cause=None)
    rooms = _waiting_rooms(listed.values())
    first_of_chain = sorted(listed.values(), key=lambda pair: pair[1].uid != pair[1].linked)
    found: list[Channel] = []
    for row, shot in first_of_chain:
        is_new = shot.uid not in desk.channels
        channel = desk.see(shot, at)
        if channel is None:
            continue
        found.append(channel)
        if is_new:
            channel.seen_at = at - duration(text(row, Key.ROW_DURATION))
            channel.recovered = True
        bridge = text(row, Key.ROW_BRIDGE)
        _move(desk, channel, "" if bridge in rooms else bridge)
    for adopted in found:
        place(desk, adopted, at)
        _catch_up(desk, adopted, at)
    desk.adopting = True
    review_around(desk, [adopted.uid for adopted in found], at)
    desk.adopting = False
    if whole:
        desk.before_gap = None


def _waiting_rooms(listed: Iterable[tuple[Frame, Snapshot]]) -> set[str]:
    """Bridges in which everybody waits alone, as far as a list without technologies tells.

    Their channels keep their own Linkedids, as those of a conference do; the channels of a talk
    have one.
    """
    linked: dict[str, set[str]] = {}
    conferences: set[str] = set()
    for row, shot in listed:
        bridge = text(row, Key.ROW_BRIDGE)
        linked.setdefault(bridge, set()).add(shot.linked)
        if text(row, Key.ROW_APPLICATION) in _CONFERENCES:
            conferences.add(bridge)
    return {bridge for bridge, chains in linked.items() if len(chains) > 1} - conferences


def _move(desk: Desk, channel: Channel, bridge: str) -> None:
    if bridge and channel.bridge != bridge:
        desk.enter(channel, bridge)
    elif not bridge and channel.bridge is not None:
        desk.leave(channel)


def _catch_up(desk: Desk, channel: Channel, at: datetime) -> None:
    if channel.dial_at is None:
        return
    if channel.state == RINGING:
        rings(desk, channel, max(channel.dial_at, channel.seen_at))
    elif channel.state == UP and channel.picked_up_at is None:
        picked_up(desk, channel, at)


def duration(value: str) -> timedelta:
    """`H:MM:SS` as a duration; nought for anything else."""
    parts = value.split(":")
    if not all(part.isascii() and part.isdecimal() and len(part) < 6 for part in parts):
        return timedelta()
    seconds = 0
    for part in parts:
        seconds = seconds * 60 + int(part)
    return timedelta(seconds=min(seconds, 30 * 86400))


def restarted(desk: Desk, at: datetime) -> None:
    """The PBX began anew: every older channel is gone, and no Hangup will ever tell.

    Older is what was known before the gap; everything where there was none.
    """
    known = desk.channels.keys() | desk.calls.keys()
    older = known if desk.before_gap is None else known & desk.before_gap
    desk.before_gap = None
    for call in {c.id: c for name, c in desk.calls.items() if name in older}.values():
        if not call.talked:
            call.missed = MissedReason.PBX_RESTARTED
        end_call(desk, call, at, anchor=None, cause=None)
    for uid in older & desk.channels.keys():
        desk.forget(desk.channels[uid])
    for name in older:
        desk.calls.pop(name, None)


def sweep(desk: Desk, before: datetime, at: datetime) -> int:
    """Gives up channels of which nothing was heard since `before`; how many they were."""
    stale = [c for c in desk.channels.values() if c.touched_at < before]
    for channel in stale:
        gone(desk, channel, at, cause=None)
    return len(stale)
