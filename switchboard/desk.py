"""What a manager must see of the calls of this moment: a function of state, never of history.

Rules:
- *rings at me*: a leg to his phone or his mobile that really rings; a planned one never counts;
- *may take*: a client's call that rings at others and that `control_rights` lets him take over; of
  it he sees name, owner and application, and a number only where nobody is known;
- *information*: his client's call that he cannot take, because he talks, is away or it is answered;
- *talking*: his talk of this moment, or one that has just ended and is not in the log yet.

Because it is a function of state it is right after a reload, after a lost stream, and when the
service was started again in the middle of a call.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from router.calls import Call, CallState, Direction, Leg, LegOutcome
from router.facts import PhoneState, Presence
from router.legs import rings
from router.office import Manager, Office, Status
from router.phones import Phone, holder_of
from switchboard import control_rights as rights
from switchboard.desk_cards import (
    AtPhone,
    Desk,
    InfoCard,
    Known,
    RingCard,
    Seen,
    TakeCard,
    TalkCard,
)
from switchboard.steps import rings_until

_DIGITS = 10


def seen(call: Call, known: Known, office: Office, department: str) -> Seen:
    """A living call, with the names and instants that everybody's desk shares."""
    ours = [leg for leg in call.legs if not _is_clients(call, leg)]
    over = call.state is CallState.ENDED
    return Seen(
        call=call,
        known=known,
        department=department,
        ringing=tuple(_rings_at(call, x, office, known) for x in ours if rings(x) and not over),
        talking=() if over else _talking(call, ours, office),
        line_name=line_name(office, call),
    )


def desk_of(manager: Manager, calls: Iterable[Seen], office: Office, presence: Presence) -> Desk:
    """Everything that stands on his desk now."""
    found = [x for x in calls if x.call.state is not CallState.ENDED]
    over = [x for x in calls if x.call.state is CallState.ENDED]
    talks = [card for x in found if (card := _talk_card(manager, x, office))]
    busy = bool(talks) or _cannot_take(presence)
    rings_here = [ring for x in found if (ring := _ring_card(manager, x, office))]
    at_me = {ring.call_id for ring in rings_here} | {talk.call_id for talk in talks}
    others = [x for x in found if x.call.id not in at_me]
    takes, info = [], []
    for x in others:
        take = _take_card(manager, x, office)
        mine = x.known.owner == manager.key and x.call.direction is Direction.INBOUND
        if mine and (busy or take is None):
            info.append(_info_card(x))
        elif take:
            takes.append(take)
    ended = [card for x in over if (card := _ended_card(manager, x, office))]
    return Desk(
        rings_at_me=tuple(sorted(rings_here, key=lambda card: (card.since, card.call_id))),
        may_take=tuple(takes),
        information=tuple(info),
        talking=tuple(sorted((*talks, *ended), key=lambda card: (card.ended, card.since))),
    )


def concerned(found: Seen, office: Office) -> frozenset[str]:
    """Everybody on whose desk a call may stand; a change of it changes nobody else's."""
    keys = {at.manager for at in (*found.ringing, *found.talking)} | {found.known.owner}
    if found.call.state is CallState.ENDED:
        keys |= {m.key for m in talked_in(found.call, office)}
    if found.takeable:
        home = office.departments.get(found.department)
        keys |= {m.key for m in office.members(found.department)}
        keys.add(home.head if home else "")
    return frozenset(key for key in keys if key in office.managers)


def manager_at(office: Office, pbx: str, target: str) -> tuple[Manager | None, bool]:
    """Whose phone a leg's target is, and whether it is his mobile."""
    found = holder_of(office, Phone(pbx, target))
    return found, found is not None and target != found.extension


def line_name(office: Office, call: Call) -> str:
    """The name of the line that was dialled; empty for a call of another direction."""
    if call.direction is not Direction.INBOUND:
        return ""
    dialled = call.line.lstrip("+")[-_DIGITS:]
    lines = office.lines.values()
    names = (line.name for line in lines if line.number.lstrip("+")[-_DIGITS:] == dialled)
    return next(names, call.line)


def talked_in(call: Call, office: Office) -> tuple[Manager, ...]:
    """Who of ours talked in a call, now or before."""
    targets = [x.target for x in call.legs if x.outcome is LegOutcome.ANSWERED]
    if call.direction is not Direction.INBOUND and call.answered_at:
        targets.append(call.caller)
    found = (manager_at(office, call.pbx, target)[0] for target in targets)
    return tuple({m.key: m for m in found if m}.values())


def owner_name(found: Known, office: Office) -> str:
    """The owner's name, or the key of one who is not in the office any more."""
    owner = office.managers.get(found.owner)
    return owner.name if owner else found.owner


# -- what a call consists of ----------------------------------------------------------------------


def _is_clients(call: Call, leg: Leg) -> bool:
    """Whether a leg is the outside party's own phone."""
    if leg.id == call.id:
        return True
    same = leg.target.lstrip("+")[-_DIGITS:] == call.line.lstrip("+")[-_DIGITS:]
    return call.direction is Direction.OUTBOUND and same


def _rings_at(call: Call, leg: Leg, office: Office, known: Known) -> AtPhone:
    until = rings_until(call, leg, known.plan)
    return _at(call, leg, office, leg.rang_at or leg.began_at, until)


def _at(
    call: Call, leg: Leg, office: Office, since: datetime, until: datetime | None = None
) -> AtPhone:
    manager, mobile = manager_at(office, call.pbx, leg.target)
    return AtPhone(
        leg_id=leg.id,
        manager=manager.key if manager else "",
        name=manager.name if manager else leg.target,
        mobile=mobile,
        since=since,
        until=until,
    )


def _talking(call: Call, ours: list[Leg], office: Office) -> tuple[AtPhone, ...]:
    found = [_at(call, x, office, x.talking_since) for x in ours if x.talking_since]
    if call.direction is Direction.INBOUND:
        return tuple(found)
    dialled_by = manager_at(office, call.pbx, call.caller)[0]
    since = next((x.talking_since for x in call.legs if x.talking_since), None)
    client_only = call.direction is Direction.OUTBOUND and not found
    if dialled_by and since and (client_only or call.direction is Direction.INTERNAL):
        by = AtPhone(
            leg_id=call.id,
            manager=dialled_by.key,
            name=dialled_by.name,
            mobile=False,
            since=since,
        )
        return (*found, by)
    return tuple(found)


def _cannot_take(presence: Presence) -> bool:
    """Whether a card with "take" would be a promise that cannot be kept."""
    no_phone = presence.phone in {PhoneState.TALKING, PhoneState.UNREGISTERED}
    return no_phone or presence.status is not Status.AVAILABLE


# -- the cards ----------------------------------------------------------------------------------


def _ring_card(manager: Manager, found: Seen, office: Office) -> RingCard | None:
    mine = [at for at in found.ringing if at.manager == manager.key]
    if not mine:
        return None
    at = next((at for at in mine if not at.mobile), mine[0])
    return RingCard(
        call_id=found.call.id,
        known=found.known,
        owner_name=owner_name(found.known, office),
        line_name=found.line_name,
        outgoing=found.call.direction is Direction.OUTBOUND,
        mobile=at.mobile,
        may_take=at.mobile and _may_take(manager, found, office),
        colleague=_colleague(found, office, manager),
        since=at.since,
        until=at.until,
    )


def _take_card(manager: Manager, found: Seen, office: Office) -> TakeCard | None:
    if not _may_take(manager, found, office):
        return None
    untils = [at.until for at in found.ringing if at.until]
    known = found.known
    return TakeCard(
        call_id=found.call.id,
        client_name=known.client_name,
        number="" if known.client else known.number,
        owner_name=owner_name(known, office),
        application=known.application,
        rings_at=tuple((at.name, at.mobile) for at in found.ringing),
        until=max(untils, default=None),
        mine=known.owner == manager.key,
    )


def _may_take(manager: Manager, found: Seen, office: Office) -> bool:
    same_pbx = manager.pbx == found.call.pbx
    return found.takeable and same_pbx and rights.may_take(office, manager, found.department)


def _info_card(found: Seen) -> InfoCard:
    who = found.talking or found.ringing
    return InfoCard(
        call_id=found.call.id,
        known=found.known,
        who=tuple(at.name for at in who),
        talking=bool(found.talking),
        since=min((at.since for at in who), default=found.call.began_at),
    )


def _talk_card(manager: Manager, found: Seen, office: Office) -> TalkCard | None:
    since = next((at.since for at in found.talking if at.manager == manager.key), None)
    return _talk(manager, found, office, since, ended=False) if since else None


def _ended_card(manager: Manager, found: Seen, office: Office) -> TalkCard | None:
    if manager not in talked_in(found.call, office):
        return None
    since = found.call.answered_at or found.call.began_at
    return _talk(manager, found, office, since, ended=True)


def _talk(
    manager: Manager, found: Seen, office: Office, since: datetime, *, ended: bool
) -> TalkCard:
    return TalkCard(
        call_id=found.call.id,
        known=found.known,
        owner_name=owner_name(found.known, office),
        line_name=found.line_name,
        outgoing=found.call.direction is Direction.OUTBOUND,
        colleague=_colleague(found, office, manager),
        held=found.call.state is CallState.HELD,
        ended=ended,
        since=since,
    )


def _colleague(found: Seen, office: Office, manager: Manager) -> str:
    """Whom of ours he talks with in an internal call."""
    call = found.call
    if call.direction is not Direction.INTERNAL:
        return ""
    parties = [call.caller, *(leg.target for leg in call.legs)]
    others = (manager_at(office, call.pbx, party)[0] for party in parties)
    return next((m.name for m in others if m and m.key != manager.key), call.caller)
