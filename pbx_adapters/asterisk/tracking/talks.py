"""Who talks with whom: read from bridges, never from what a dial says.

A person talks with the outside party when their channels meet: in one bridge, or in bridges that
the two halves of a Local channel join. So nothing special is needed for Local channels, pick-ups,
transfers and confirmations: whoever is met is in the talk, whoever is not met any more has left.
While Asterisk removes a Local channel from the middle (LocalOptimization), nobody moves. In a
waiting room (parking, BridgeWait) nobody meets anybody, so its bridge is none.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pbx_adapters.asterisk.tracking.books import CallBook, Channel, Desk, LegBook
from pbx_adapters.asterisk.tracking.callbook import absorb, add_leg
from pbx_adapters.asterisk.tracking.parties import Kind
from pbx_adapters.asterisk.tracking.sides import settled
from router.calls import Direction
from router.events import LegAnswered, LegBegan, LegLeft


def met_by(desk: Desk, uid: str) -> set[str]:
    """All channels of people that this channel meets, itself included."""
    seen = {uid}
    waiting = [uid]
    while waiting:
        channel = desk.channels.get(waiting.pop())
        if channel is None:
            continue
        near = set(desk.bridges.get(channel.bridge or "", ()))
        half = desk.other_half(channel)
        if half is not None:
            near.add(half.uid)
        waiting += near - seen
        seen |= near
    return {u for u in seen if u in desk.channels and _is_somebody(desk.channels[u])}


def _is_somebody(channel: Channel) -> bool:
    return channel.kind in {Kind.PHONE, Kind.TRUNK}


def review_around(desk: Desk, uids: Iterable[str], at: datetime) -> None:
    """Looks again at every call that the given channels or whoever they meet belong to."""
    calls: dict[str, CallBook] = {}
    for uid in uids:
        met = met_by(desk, uid) | {uid}
        _join(desk, met, at)
        for other in met:
            for call in _calls_of(desk, other):
                calls[call.id] = call
    for call in calls.values():
        review(desk, call, at)


def _calls_of(desk: Desk, uid: str) -> list[CallBook]:
    channel = desk.channels.get(uid)
    own = channel.live_call if channel else None
    guests = [c for c in desk.guests.get(uid, ()) if not c.ended]
    return [own, *guests] if own else guests


def _join(desk: Desk, met: set[str], at: datetime) -> None:
    """Calls whose parties meet become one, unless both are outside parties' calls."""
    calls = {c.id: c for uid in met if (c := desk.channels[uid].live_call) is not None}
    if len(calls) < 2:
        return
    by_age = sorted(calls.values(), key=lambda call: call.began_at)
    outside = [c for c in by_age if c.outside and c.anchors & met]
    inside = [c for c in by_age if not c.outside]
    keeper = outside[0] if outside else inside[0] if inside else None
    for call in inside:
        if keeper is not None and call is not keeper:
            absorb(desk, keeper, call, at, met)


def review(desk: Desk, call: CallBook, at: datetime) -> None:
    """Tells who began and who ceased to talk in this call."""
    if call.ended or call.optimising:
        return
    call = settled(desk, call, met_by(desk, call.root or ""), at)
    now = _talking_now(desk, call, at)
    for uid in now:
        if uid not in call.talking:
            call.legs[uid].talked = call.talked = True
            call.legs[uid].picked_up = True
            known = not desk.adopting
            desk.say(
                LegAnswered(pbx=desk.pbx, call_id=call.id, at=at, leg_id=uid, since_known=known)
            )
    for uid in call.talking:
        if uid not in now and not call.legs[uid].ended:
            desk.say(LegLeft(pbx=desk.pbx, call_id=call.id, at=at, leg_id=uid))
    call.talking = tuple(now)


def _talking_now(desk: Desk, call: CallBook, at: datetime) -> list[str]:
    """Legs in the talk, those of the people met before those of the party itself."""
    others: list[str] = []
    parties: list[str] = []
    for anchor in sorted(call.anchors):
        met = sorted(met_by(desk, anchor) - call.anchors)
        if met:
            others += [uid for uid in met if uid not in others]
            parties.append(anchor)
    for uid in others:
        if uid not in call.legs and uid != call.root:
            guest = desk.channels[uid].live_call not in {None, call}
            if guest and call.direction is Direction.OUTBOUND:
                continue
            add_leg(desk, call, desk.channels[uid], at, guest=guest)
            if guest:
                desk.guests.setdefault(uid, []).append(call)
    return [uid for uid in (*others, *parties) if uid in call.legs and not call.legs[uid].ended]


def talked_unseen(desk: Desk, call: CallBook, target: str, at: datetime) -> None:
    """A talk that ended at `at`, before we saw anything of its other side but a number."""
    leg = LegBook(uid=f"{call.id}-unseen", target=target, rang=True, picked_up=True)
    call.legs[leg.uid] = leg
    desk.say(LegBegan(pbx=desk.pbx, call_id=call.id, at=at, leg_id=leg.uid, target=target))
    talked_before(desk, call, leg, at)


def talked_before(desk: Desk, call: CallBook, leg: LegBook, at: datetime) -> None:
    """A leg that talked before we watched; the talk ended at `at`."""
    leg.talked = leg.picked_up = call.talked = True
    desk.say(LegAnswered(pbx=desk.pbx, call_id=call.id, at=at, leg_id=leg.uid, since_known=False))
