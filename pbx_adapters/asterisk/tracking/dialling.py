"""Who dials whom, and what that makes: a call, a leg of one, or a call of another direction.

Decisions:
- A trunk channel that calls us opens an inbound call. Whatever it dials, phone or mobile through a
  trunk, is a leg of that call; a number dialled for it is never a second call.
- A phone opens nothing by itself; whether the call that it dials is internal or outbound, `sides`
  says.
- A phone that we call first (Originate) opens a provisional call, named by the phone, as soon as
  the number shown to it says whom it will be put through to. The client's own channel takes it over
  (`CallsJoined`); if the phone never answers it stays one outbound call with what happened to the
  phone as its end: no answer, busy, failed, or cancelled when the person declined.
  A phone called to pick up what rings elsewhere opens none: its id begins with the take prefix,
  or it is shown the number of a caller who is waiting.
- A client whom we call first (Originate to a trunk) opens an outbound call without a caller;
  whoever is rung for him afterwards becomes it.
- Halves of Local channels are nobody: what the second half dials was dialled by whoever dialled the
  first.
"""

from __future__ import annotations

from datetime import datetime

from pbx_adapters.asterisk.frames import Frame
from pbx_adapters.asterisk.tracking.books import Channel, Desk
from pbx_adapters.asterisk.tracking.callbook import (
    Who,
    add_leg,
    begin,
    describe,
    end_call,
    leg_picked_up,
    leg_rang,
)
from pbx_adapters.asterisk.tracking.parties import (
    Kind,
    dialled_number,
    looks_like_extension,
    looks_outside,
)
from pbx_adapters.asterisk.tracking.placing import begin_inbound, place
from pbx_adapters.asterisk.tracking.reading import Key, Prefix, snapshot, text
from pbx_adapters.asterisk.tracking.sides import asked_for, dials_colleague, dials_out, outbound
from router.calls import Direction


def dial_begin(desk: Desk, frame: Frame, at: datetime) -> None:
    """DialBegin: somebody is being dialled, by a channel or (Originate) by nobody."""
    shot = snapshot(frame)
    parent = desk.see(shot, at)
    dest = desk.see(snapshot(frame, Prefix.DEST), at)
    if dest is None or (shot is not None and parent is None):
        return
    if dest.dial_at is not None:
        desk.ignore("this dial is known")
        return
    string = text(frame, Key.DIAL_STRING)
    _learn(desk, dest, string)
    dest.recovered = False
    dest.dial_at = at
    dest.dialled = dialled_number(string) or (dest.number if dest.kind is Kind.TRUNK else "")
    if parent is not None:
        place(desk, parent, at)
    dialer = _dialer(desk, parent) if parent is not None else None
    if dest.kind is Kind.LOCAL:
        _through(desk, dest, dialer)
    elif dialer is not None:
        _dialled_by(desk, dialer, dest, at)
    else:
        _originated(desk, dest, at)


def _learn(desk: Desk, dest: Channel, string: str) -> None:
    desk.parties.learn_dial(dest.name, string)
    kind = desk.parties.kind(dest.name)
    if kind is not dest.kind:
        dest.kind = kind
        dest.label = desk.parties.extension(dest.name) if kind is Kind.PHONE else ""


def _dialer(desk: Desk, channel: Channel) -> Channel:
    """Who really dials: halves of Local channels are followed back to their first dialer."""
    seen: set[str] = set()
    while channel.kind is Kind.LOCAL and channel.uid not in seen:
        seen.add(channel.uid)
        first = channel
        half = desk.other_half(channel)
        if channel.name.endswith(";2") and half is not None:
            first = half
        before = desk.channels.get(first.dialer or "")
        if before is None:
            return first
        channel = before
    return channel


def _through(desk: Desk, dest: Channel, dialer: Channel | None) -> None:
    half = desk.other_half(dest)
    for part in (dest, half):
        if part is not None and dialer is not None:
            part.dialer = dialer.uid


def _dialled_by(desk: Desk, dialer: Channel, dest: Channel, at: datetime) -> None:
    call = dialer.live_call
    if dialer.kind is Kind.LOCAL:
        _dialled_by_half(desk, dialer, dest, at)
    elif call is None:
        _first_dial(desk, dialer, dest, at)
    elif dialer.uid == call.root and dest.kind is Kind.TRUNK:
        dials_out(desk, call, dialer, dest, at)
    else:
        if dialer.uid == call.root and dest.kind is Kind.PHONE:
            dials_colleague(desk, call, dialer, dest, at)
        if call.originated and not call.outside and call.direction is Direction.OUTBOUND:
            describe(desk, call, at, direction=Direction.INTERNAL)
        add_leg(desk, call, dest, at)


def _first_dial(desk: Desk, dialer: Channel, dest: Channel, at: datetime) -> None:
    if dialer.kind is Kind.TRUNK:
        call = begin_inbound(desk, dialer, at, recovered=True)
    elif dest.kind is Kind.TRUNK:
        outbound(desk, dialer, dest, at)
        return
    else:
        who = Who(
            caller=dialer.label,
            caller_name=dialer.caller_name,
            line=asked_for(desk, dialer, dest),
        )
        began_at = at if dialer.recovered or dialer.call else dialer.seen_at
        call = begin(desk, dialer, Direction.INTERNAL, who, began_at, root=dialer)
    add_leg(desk, call, dest, at)


def _dialled_by_half(desk: Desk, half: Channel, dest: Channel, at: datetime) -> None:
    """A Local channel that nobody dialled: an Originate, or a transfer by key, works through it."""
    call = half.live_call or desk.call_linked(half.linked)
    if call is not None:
        add_leg(desk, call, dest, at)
    elif half.recovered and half.linked not in desk.channels:
        dest.recovered = True  # whoever dialled it was there before we watched, and will be seen
    elif dest.kind is Kind.PHONE:
        half.inner.append(dest.uid)
    else:
        phones = [c for uid in half.inner if (c := desk.channels.get(uid)) and c.picked_up_at]
        root = phones[-1] if phones else None
        who = Who(caller=root.label if root else "", line=dest.dialled or dest.number)
        call = begin(desk, dest, Direction.OUTBOUND, who, at, root=root)
        if root is not None:
            add_leg(desk, call, root, at)
        desk.belong(half, call)
        add_leg(desk, call, dest, at)


def _originated(desk: Desk, dest: Channel, at: datetime) -> None:
    if dest.kind is Kind.TRUNK:
        who = Who(caller="", line=dest.dialled or dest.number)
        call = begin(desk, dest, Direction.OUTBOUND, who, at)
    else:
        number = _shown(dest)
        if not number or _is_taking(desk, dest, number):
            return
        outside = looks_outside(number)
        direction = Direction.OUTBOUND if outside else Direction.INTERNAL
        call = begin(desk, dest, direction, Who(caller=dest.label, line=number), at, root=dest)
    call.originated = True
    add_leg(desk, call, dest, at)


def _shown(phone: Channel) -> str:
    """The number that an originated phone is shown: whom it will be put through to."""
    for number in (phone.connected, phone.number):
        if number != phone.label and (looks_outside(number) or looks_like_extension(number)):
            return number
    return ""


def _is_taking(desk: Desk, phone: Channel, number: str) -> bool:
    return _is_ordered_to_take(desk, phone) or any(
        call.caller.lstrip("+") == number.lstrip("+")
        for call in desk.calls.values()
        if call.direction is Direction.INBOUND and not (call.talked or call.ended)
    )


def _is_ordered_to_take(desk: Desk, phone: Channel) -> bool:
    prefix = desk.parties.rules.take_prefix
    return bool(prefix) and phone.uid.startswith(prefix)


def dial_state(desk: Desk, frame: Frame, at: datetime) -> None:
    """DialState: of its words only RINGING is of use."""
    dest = desk.see(snapshot(frame, Prefix.DEST), at)
    if dest is not None and text(frame, Key.DIAL_STATUS) == "RINGING":
        rings(desk, dest, at)


def dial_end(desk: Desk, frame: Frame, at: datetime) -> None:
    """DialEnd: the ringing is over. Whether the phone declined its own Hangup will say."""
    dest = desk.see(snapshot(frame, Prefix.DEST), at)
    if dest is None:
        return
    status = text(frame, Key.DIAL_STATUS)
    if status == "ANSWER":
        picked_up(desk, dest, at)
    call = dest.live_call
    leg = call.legs.get(dest.uid) if call else None
    if leg is not None and not leg.dial_status:
        leg.dial_status, leg.dial_ended_at = status, at


def rings(desk: Desk, channel: Channel, at: datetime) -> None:
    """A phone says that it rings."""
    if channel.rang_at is None:
        channel.rang_at = at
    call = channel.live_call
    if call is not None and channel.uid in call.legs:
        leg_rang(desk, call, call.legs[channel.uid], at)


def picked_up(desk: Desk, channel: Channel, at: datetime) -> None:
    """A phone that was dialled is off the hook."""
    if channel.picked_up_at is None:
        channel.picked_up_at = at
    call = channel.live_call
    if call is not None and channel.uid in call.legs:
        leg_picked_up(desk, call, call.legs[channel.uid], at)


def originate_response(desk: Desk, frame: Frame, at: datetime) -> None:
    """OriginateResponse: of use only where no channel came to be (the phone is not registered)."""
    shot = snapshot(frame)
    if shot is None or text(frame, Key.RESPONSE) != "Failure" or shot.uid in desk.channels:
        return
    if shot.uid in desk.gone or not looks_outside(shot.exten):
        desk.ignore("the channels have told it already")
        return
    phone = desk.see(shot, at, begins=True)
    if phone is None:
        return
    if phone.kind is Kind.PHONE and not _is_ordered_to_take(desk, phone):
        who = Who(caller=phone.label, line=shot.exten)
        call = begin(desk, phone, Direction.OUTBOUND, who, at, root=phone)
        add_leg(desk, call, phone, at).dial_status = "CHANUNAVAIL"
        end_call(desk, call, at, anchor=phone, cause=None)
    desk.forget(phone)
