"""Whether a phone's call leads outside or to a colleague.

When a phone dials a colleague, that opens an internal call named by the dialling phone; when it
dials through a trunk, an outbound call named by the client's channel. A second trunk tried for the
same phone before anybody talked is the same call; if it led to another number, that client names it
when he talks. A call that rings both (a group with a mobile in
it, a colleague and his mobile) is internal, with the number that was dialled as its line, until
somebody talks: with a colleague it stays so, with somebody outside it is outbound. Whoever it is
then named by takes it over (`CallsJoined`), with everything that has been told of its legs.
"""

from __future__ import annotations

from datetime import datetime

from pbx_adapters.asterisk.tracking.books import CallBook, Channel, Desk
from pbx_adapters.asterisk.tracking.callbook import (
    Who,
    absorb,
    add_leg,
    begin,
    describe,
    end_call,
    take_over,
)
from pbx_adapters.asterisk.tracking.parties import Kind, looks_outside
from router.calls import Direction


def asked_for(desk: Desk, dialer: Channel, dest: Channel) -> str:
    """The number that a phone dialled to reach a colleague."""
    return dialer.exten if dialer.exten.isdigit() else desk.label(dest)


def dials_out(desk: Desk, call: CallBook, root: Channel, dest: Channel, at: datetime) -> None:
    """The phone whose call this is dials somebody outside."""
    if call.outside and not call.talked:
        call.anchors.add(dest.uid)
        desk.belong(dest, call)
        add_leg(desk, call, dest, at)
    elif _has_rung_inside(call):
        add_leg(desk, call, dest, at)
    else:
        outbound(desk, root, dest, at)


def _has_rung_inside(call: CallBook) -> bool:
    inside = call.direction is Direction.INTERNAL and not call.talked
    return inside and any(uid != call.root for uid in call.legs)


def dials_colleague(desk: Desk, call: CallBook, root: Channel, dest: Channel, at: datetime) -> None:
    """The phone whose call rings outside dials a colleague as well."""
    if not call.outside or call.talked or looks_outside(root.exten):
        return
    line = asked_for(desk, root, dest)
    describe(desk, call, at, direction=Direction.INTERNAL, line=line)
    call.outside, call.anchors = False, {root.uid}


def outbound(desk: Desk, root: Channel, dest: Channel, at: datetime) -> None:
    """The client's channel opens the call; a provisional one of the same phone goes into it."""
    before = root.live_call
    began_at = at if root.recovered or root.call else root.seen_at
    if before is not None and not before.talked:
        began_at = before.began_at
    originated = before is not None and before.originated
    who = Who(
        caller=root.label,
        caller_name="" if originated else root.caller_name,
        line=dest.dialled or dest.number,
    )
    call = begin(desk, dest, Direction.OUTBOUND, who, began_at, root=root)
    if before is not None and before.talked:
        end_call(desk, before, at, anchor=None, cause=None)
    elif before is not None:
        absorb(desk, call, before, at)
    desk.belong(root, call)
    add_leg(desk, call, dest, at)


def settled(desk: Desk, call: CallBook, met: set[str], at: datetime) -> CallBook:
    """The call as it is named once its phone (`root`) meets somebody whom it has dialled."""
    root = desk.channels.get(call.root or "")
    dialled = [desk.channels[uid] for uid in sorted(met) if uid in call.legs and uid != call.root]
    if root is None or not dialled or call.talked or call.direction is Direction.INBOUND:
        return call
    clients = [channel for channel in dialled if channel.kind is Kind.TRUNK]
    if clients:
        line = call.legs[clients[0].uid].target
        if call.direction is Direction.OUTBOUND and line == call.line:
            return call
        return _named_by(desk, call, clients[0], at, direction=Direction.OUTBOUND, line=line)
    inside = call.direction is Direction.INTERNAL
    line = call.line if inside else asked_for(desk, root, dialled[0])
    return _named_by(desk, call, root, at, direction=Direction.INTERNAL, line=line)


def _named_by(  # noqa: PLR0913 (what a call is, named anew)
    desk: Desk, call: CallBook, namer: Channel, at: datetime, *, direction: Direction, line: str
) -> CallBook:
    if namer.uid != call.id:
        call = take_over(desk, call, namer, at, direction=direction, line=line)
    elif (direction, line) != (call.direction, call.line):
        describe(desk, call, at, direction=direction, line=line)
    call.outside, call.anchors = direction is Direction.OUTBOUND, {namer.uid}
    return call
