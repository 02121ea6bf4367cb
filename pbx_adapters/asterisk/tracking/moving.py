"""Channels on their way: they appear, change state, enter and leave bridges, hold, hang up."""

from __future__ import annotations

from datetime import datetime

from pbx_adapters.asterisk.frames import Frame
from pbx_adapters.asterisk.tracking.books import CallBook, Channel, Desk
from pbx_adapters.asterisk.tracking.callbook import (
    Who,
    begin,
    describe,
    end_call,
    end_leg,
)
from pbx_adapters.asterisk.tracking.dialling import picked_up, rings
from pbx_adapters.asterisk.tracking.parties import Kind, looks_like_extension, looks_outside
from pbx_adapters.asterisk.tracking.placing import RING, line_of, place
from pbx_adapters.asterisk.tracking.reading import Key, Prefix, number, snapshot, text
from pbx_adapters.asterisk.tracking.talks import (
    met_by,
    review,
    review_around,
    talked_before,
    talked_unseen,
)
from router.calls import Direction
from router.events import CallHeld, CallResumed

RINGING, UP = 5, 6
HOLDING = "holding_bridge"
"""A bridge in which everybody waits alone (parking, BridgeWait, agents), and stays so for life."""


def new_channel(desk: Desk, frame: Frame, at: datetime) -> None:
    """Newchannel: a trunk channel that calls us opens its call here."""
    shot = snapshot(frame)
    if shot is None:
        return
    desk.parties.learn_context(shot.name, shot.context, shot.number)
    known = desk.channels.get(shot.uid)
    channel = desk.see(shot, at, begins=True)
    if channel is None:
        return
    if known is not None:
        desk.ignore("this channel is known")
        channel.recovered = False
        _learn_line(desk, channel, shot.exten, at)
    place(desk, channel, at)


def _learn_line(desk: Desk, channel: Channel, exten: str, at: datetime) -> None:
    call = channel.live_call
    if call is not None and call.id == channel.uid and not call.line and line_of(exten):
        describe(desk, call, at, line=exten)


def new_state(desk: Desk, frame: Frame, at: datetime) -> None:
    """Newstate: a phone rings or is off the hook; or the PBX itself answers a caller."""
    channel = desk.see(snapshot(frame), at)
    if channel is None:
        return
    if channel.state == RING or channel.recovered:
        place(desk, channel, at)
    if channel.state == RINGING:
        rings(desk, channel, at)
    elif channel.state == UP and channel.dial_at is not None:
        picked_up(desk, channel, at)
    elif channel.state == UP:
        _pbx_answered(channel.live_call, channel, at)


def _pbx_answered(call: CallBook | None, channel: Channel, at: datetime) -> None:
    if call is None or channel.uid not in call.anchors or call.pbx_up_at is not None:
        return
    if not any(leg.picked_up and not leg.ended for leg in call.legs.values()):
        call.pbx_up_at = at


def rename(desk: Desk, frame: Frame, _at: datetime) -> None:
    """Rename: a masquerade."""
    shot = snapshot(frame)
    channel = desk.channels.get(shot.uid) if shot else None
    if channel is not None and text(frame, Key.NEW_NAME):
        desk.rename(channel, text(frame, Key.NEW_NAME))


def bridge_enter(desk: Desk, frame: Frame, at: datetime) -> None:
    """BridgeEnter: whoever is met now talks; whoever waits among others meets nobody."""
    channel = desk.see(snapshot(frame), at)
    if channel is None:
        return
    place(desk, channel, at)
    if _is_waiting_room(frame):
        _alone(desk, channel, at)
        return
    desk.enter(channel, text(frame, Key.BRIDGE))
    review_around(desk, [channel.uid], at)


def _is_waiting_room(frame: Frame) -> bool:
    return text(frame, Key.BRIDGE_TECHNOLOGY) == HOLDING


def _alone(desk: Desk, channel: Channel, at: datetime) -> None:
    others = desk.bridges.get(channel.bridge or "", set()) - {channel.uid}
    desk.leave(channel)
    review_around(desk, [channel.uid, *sorted(others)], at)


def bridge_leave(desk: Desk, frame: Frame, at: datetime) -> None:
    """BridgeLeave: whoever is not met any more has left."""
    channel = desk.see(snapshot(frame), at)
    if channel is None:
        return
    if _is_waiting_room(frame):
        _alone(desk, channel, at)
        return
    bridge = text(frame, Key.BRIDGE)
    if channel.bridge is None and channel.recovered and channel.was_in is None:
        _were_together(desk, channel, bridge, at)
    if channel.bridge not in {None, bridge}:
        desk.ignore("the channel is in another bridge by now")
        return
    others = desk.bridges.get(bridge, set()) - {channel.uid}
    desk.leave(channel)
    channel.was_in, channel.left_at = bridge, at
    channel.left_others = bool(number(frame, Key.BRIDGE_COUNT))
    review_around(desk, [channel.uid, *sorted(others)], at)


def _were_together(desk: Desk, channel: Channel, bridge: str, at: datetime) -> None:
    """A bridge from before we watched: those who leave it one after the other talked in it."""
    place(desk, channel, at)
    left = [
        other
        for other in desk.channels.values()
        if other.was_in == bridge and other.recovered and other.left_at is not None
    ]
    until = min((other.left_at for other in left if other.left_at), default=at)
    desk.adopting = True
    for member in (*left, channel):
        desk.enter(member, bridge)
    review_around(desk, [channel.uid], until)
    desk.adopting = False
    for member in left:
        desk.leave(member)
    review_around(desk, [channel.uid, *(member.uid for member in left)], until)


def optimization_begin(desk: Desk, frame: Frame, at: datetime) -> None:
    """LocalOptimizationBegin: until its end the channels move, but nobody leaves the talk."""
    source = desk.see(snapshot(frame, Prefix.SOURCE), at)
    if source is None:
        return
    for uid in met_by(desk, source.uid):
        call = desk.channels[uid].live_call
        if call is not None:
            call.optimising.add(text(frame, Key.OPTIMIZATION))


def optimization_end(desk: Desk, frame: Frame, at: datetime) -> None:
    """LocalOptimizationEnd: now it counts again who meets whom."""
    name = text(frame, Key.OPTIMIZATION)
    for call in {c.id: c for c in desk.calls.values() if name in c.optimising}.values():
        call.optimising.discard(name)
        review(desk, call, at)


def hold(desk: Desk, frame: Frame, at: datetime) -> None:
    """Hold: one of us lets the other side wait."""
    channel = desk.see(snapshot(frame), at)
    call = channel.live_call if channel else None
    if channel is None or call is None or not _may_hold(call, channel):
        desk.ignore("nobody is held by it")
        return
    if not call.held_by:
        desk.say(CallHeld(pbx=desk.pbx, call_id=call.id, at=at))
    call.held_by.add(channel.uid)


def unhold(desk: Desk, frame: Frame, at: datetime) -> None:
    """Unhold: phones also say it when nothing was held (before a transfer)."""
    channel = desk.see(snapshot(frame), at)
    call = channel.live_call if channel else None
    if channel is None or call is None or channel.uid not in call.held_by:
        desk.ignore("nobody is held by it")
        return
    call.held_by.discard(channel.uid)
    if not call.held_by and call.talking:
        desk.say(CallResumed(pbx=desk.pbx, call_id=call.id, at=at))


def _may_hold(call: CallBook, channel: Channel) -> bool:
    ours = channel.uid in call.legs or channel.uid == call.root
    return bool(call.talking) and ours and not (call.outside and channel.uid in call.anchors)


def hangup_request(desk: Desk, frame: Frame, at: datetime) -> None:
    """HangupRequest: the far side of the channel hung up, not the PBX."""
    desk.tells_hangup_requests = True
    channel = desk.see(snapshot(frame), at)
    call = channel.live_call if channel else None
    if channel is None:
        return
    channel.party_hung_up = True
    if call is not None:
        first = call.root or next(iter(call.anchors), None)
        call.caller_gone = call.caller_gone or channel.uid == first


def hangup(desk: Desk, frame: Frame, at: datetime) -> None:
    """Hangup: the channel is gone, its leg is over, and perhaps the call."""
    shot = snapshot(frame)
    channel = desk.see(shot, at)
    if channel is None:
        return
    place(desk, channel, at)
    cause = number(frame, Key.CAUSE)
    if number(frame, Key.TECH_CAUSE) == 487 and channel.state != UP:
        channel.party_hung_up = True
    gone(desk, channel, at, cause=cause)


def gone(desk: Desk, channel: Channel, at: datetime, *, cause: int | None) -> None:
    """Takes a channel out of everything it was part of."""
    others = desk.bridges.get(channel.bridge or "", set()) - {channel.uid}
    if channel.bridge is not None:
        desk.leave(channel)
        review_around(desk, [channel.uid, *sorted(others)], at)
    for guest in desk.guests.get(channel.uid, ()):
        if channel.uid in guest.legs:
            end_leg(desk, guest, guest.legs[channel.uid], at, cause=cause)
    call = channel.live_call
    if call is not None:
        _gone_from(desk, call, channel, at, cause)
    elif channel.call is None:
        _never_placed(desk, channel, at, cause)
    desk.forget(channel)


def _gone_from(
    desk: Desk, call: CallBook, channel: Channel, at: datetime, cause: int | None
) -> None:
    if channel.uid in call.anchors and call.recovered and not call.talked:
        _met_unseen(desk, call, channel, at)
    if channel.uid in call.legs:
        end_leg(desk, call, call.legs[channel.uid], at, cause=cause)
    call.anchors.discard(channel.uid)
    if channel.uid == call.root:
        call.root = None
    waits = call.direction is Direction.OUTBOUND and call.root and not call.talked
    if not call.anchors and not waits:
        end_call(desk, call, at, anchor=channel, cause=cause)


def _met_unseen(desk: Desk, call: CallBook, channel: Channel, at: datetime) -> None:
    """A talk from before we watched, whose other side was never seen: the display tells who."""
    for leg in call.legs.values():
        other = desk.channels.get(leg.uid)
        if other is not None and other.recovered and other.was_in and not leg.ended:
            talked_before(desk, call, leg, other.left_at or at)
            return
    if channel.left_others and channel.connected:
        talked_unseen(desk, call, channel.connected, channel.left_at or at)


def _never_placed(desk: Desk, channel: Channel, at: datetime, cause: int | None) -> None:
    """A phone that dialled a number and reached nobody: a call that failed before any ring."""
    if channel.kind is not Kind.PHONE or channel.recovered or channel.state != RING:
        return
    if channel.dial_at is not None or not channel.exten.isdigit():
        return
    outside = looks_outside(channel.exten)
    if not outside and not looks_like_extension(channel.exten):
        return
    direction = Direction.OUTBOUND if outside else Direction.INTERNAL
    who = Who(caller=channel.label, caller_name=channel.caller_name, line=channel.exten)
    call = begin(desk, channel, direction, who, channel.seen_at, root=channel)
    end_call(desk, call, at, anchor=channel, cause=cause)
