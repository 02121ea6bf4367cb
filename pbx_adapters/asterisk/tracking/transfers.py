"""Handing a client on: blind, attended, and the taking over of what rings elsewhere."""

from __future__ import annotations

from datetime import datetime

from pbx_adapters.asterisk.frames import Frame
from pbx_adapters.asterisk.tracking.books import CallBook, Channel, Desk, LegBook
from pbx_adapters.asterisk.tracking.callbook import absorb
from pbx_adapters.asterisk.tracking.parties import Kind, dialled_local
from pbx_adapters.asterisk.tracking.placing import place
from pbx_adapters.asterisk.tracking.reading import Key, Prefix, snapshot, text
from pbx_adapters.asterisk.tracking.talks import met_by, review_around
from router.calls import Direction, TransferKind
from router.events import CallTransferred, LegTaken


def blind_transfer(desk: Desk, frame: Frame, at: datetime) -> None:
    """BlindTransfer: the client goes to an extension, answered or not."""
    if text(frame, Key.RESULT) != "Success":
        desk.ignore("the transfer failed")
        return
    by = _shown(desk, frame, Prefix.TRANSFERER, at)
    client = _shown(desk, frame, Prefix.TRANSFEREE, at)
    call = _call_of(client) or _call_of(by)
    if call is None:
        desk.ignore("nobody knows the call that is handed on")
        return
    desk.say(
        CallTransferred(
            pbx=desk.pbx,
            call_id=call.id,
            at=at,
            kind=TransferKind.BLIND,
            by=_name(desk, frame, Prefix.TRANSFERER),
            to=text(frame, Key.EXTENSION),
        )
    )


def attended_transfer(desk: Desk, frame: Frame, at: datetime) -> None:
    """AttendedTransfer: after asking, or (DestType App) while the one asked still rings.

    The consultation had a call of its own; it becomes part of the client's here. When the client
    is on the consulting side (a colleague asked to be put through), he is handed on all the same.
    """
    if text(frame, Key.RESULT) != "Success":
        desk.ignore("the transfer failed")
        return
    by = _shown(desk, frame, Prefix.ORIG_TRANSFERER, at)
    second = _shown(desk, frame, Prefix.SECOND_TRANSFERER, at)
    held = _shown(desk, frame, Prefix.TRANSFEREE, at)
    asked = _shown(desk, frame, Prefix.TRANSFER_TARGET, at)
    call = _call_of(held) or _call_of(by)
    other = _call_of(second) or _call_of(asked)
    if call is None:
        desk.ignore("nobody knows the call that is handed on")
        return
    if other is not None and other is not call and other.outside and not call.outside:
        call, other = other, call
    if held is not None and asked is not None and call.outside and asked.uid in call.anchors:
        to = desk.label(held)
    else:
        to = _target(desk, asked, second, {c.uid for c in (by, held) if c is not None})
    if other is not None and other is not call and not other.outside:
        absorb(desk, call, other, at)
    desk.say(
        CallTransferred(
            pbx=desk.pbx,
            call_id=call.id,
            at=at,
            kind=TransferKind.ATTENDED,
            by=_name(desk, frame, Prefix.ORIG_TRANSFERER),
            to=to,
        )
    )
    if text(frame, Key.DEST_TYPE) == "App" and held is not None and second is not None:
        _take_place(desk, held, second, at)


def _take_place(desk: Desk, held: Channel, second: Channel, at: datetime) -> None:
    """The client is put where the consulting channel was; of its bridge no event tells."""
    bridge = second.bridge
    desk.leave(second)
    if bridge is not None:
        desk.enter(held, bridge)
    review_around(desk, [held.uid, second.uid], at)


def _target(desk: Desk, asked: Channel | None, second: Channel | None, others: set[str]) -> str:
    """Who was asked: the channel of the event, whoever stands behind a Local one, or a number."""
    if asked is not None and asked.kind is not Kind.LOCAL:
        return desk.label(asked)
    if asked is not None:
        behind = sorted(met_by(desk, asked.uid) - others)
        return desk.label(desk.channels[behind[0]]) if behind else dialled_local(asked.name)
    if second is None:
        return ""
    if second.call is not None and second.call.outside and second.uid == second.call.root:
        return second.call.line
    return second.exten or second.connected


def _shown(desk: Desk, frame: Frame, prefix: Prefix, at: datetime) -> Channel | None:
    shot = snapshot(frame, prefix)
    if shot is None:
        return None
    channel = desk.see(shot, at)
    if channel is not None:
        place(desk, channel, at)
    return channel


def _name(desk: Desk, frame: Frame, prefix: Prefix) -> str:
    """The one whom a person would name, also if his channel has hung up meanwhile."""
    shot = snapshot(frame, prefix)
    if shot is None:
        return ""
    channel = desk.channels.get(shot.uid)
    if channel is not None:
        return desk.label(channel)
    phone = desk.parties.kind(shot.name) is Kind.PHONE
    return desk.parties.extension(shot.name) if phone else shot.number


def _call_of(channel: Channel | None) -> CallBook | None:
    return channel.live_call if channel is not None else None


def pickup(desk: Desk, frame: Frame, at: datetime) -> None:
    """Pickup: somebody takes what rings at another phone; that phone lost nothing."""
    picker = desk.see(snapshot(frame), at)
    target = desk.see(snapshot(frame, Prefix.TARGET), at)
    call = _call_of(target)
    leg = call.legs.get(target.uid) if call is not None and target is not None else None
    if picker is None or picker.kind is Kind.LOCAL or call is None or leg is None:
        desk.ignore("nobody knows what was picked up")
        return
    own = picker.live_call
    if own is not None and own is not call and not own.outside:
        absorb(desk, call, own, at)
    if call.direction is Direction.INBOUND or picker.call is None:
        desk.belong(picker, call)
    if picker.uid not in call.legs:
        call.legs[picker.uid] = LegBook(
            uid=picker.uid, target=desk.label(picker), rang=True, picked_up=True
        )
    leg.ended = True
    call.leg_ended_at = at
    desk.tell(
        leg,
        LegTaken(
            pbx=desk.pbx,
            call_id=call.id,
            at=at,
            leg_id=leg.uid,
            taken_leg_id=picker.uid,
            by=desk.label(picker),
        ),
    )
