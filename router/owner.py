"""Whose client is calling? A stated, deterministic rule; every match is kept for the record.

1. A hidden or unreadable number, and a colleague's own number, is nobody's client.
2. One match: the manager of its open application that changed last, else the client's owner.
3. Several matches that lead to one manager: he is the owner.
   One of them may lead to nobody: that is no other manager.
4. Several that lead to different managers: the only one with an open application, unless the number
   is marked as a switchboard; else nobody by chance — the department rings.
5. No owner so far, and the department says so: the manager who talked to this number last. Not for
   a switchboard of different owners: who talked last there talked to somebody else perhaps.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from router.facts import Application, Client, Facts, LookupOutcome, Offer
from router.numbers import NumberKind
from router.office import Department, Manager, Office
from router.plan import Reason, Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """Who calls and whose client he is, with the sentences that say how that was found.

    `new`: the client base answered (or had nothing to be asked), and the caller is nobody's client.
    `by_chance`: any single manager would be chance, also the one who talked last.
    """

    reasons: tuple[Reason, ...]
    client: Client | None = None
    application: Application | None = None
    owner: Manager | None = None
    staff: str = ""
    blocked: bool = False
    new: bool = False
    matches: tuple[str, ...] = ()
    by_chance: bool = False


def recognise(offer: Offer, facts: Facts, office: Office, department: Department) -> Recognised:
    """Tell who calls and who is to be rung first."""
    if staff := _staff_member(offer, office):
        about = {"manager": staff.key, "name": staff.name}
        return Recognised(reasons=(Reason(why=Why.CALLER_STAFF, about=about),), staff=staff.key)
    if early := _nobody(offer, facts):
        new = facts.lookup.outcome not in {LookupOutcome.LATE, LookupOutcome.FAILED}
        found = Recognised(reasons=(early,), new=new)
        return _with_last_talk(found, facts, office, department)
    clients = tuple(sorted(facts.lookup.clients, key=lambda c: c.key))
    matches = tuple(c.key for c in clients)
    if all(c.blocked for c in clients):
        about = {"client": clients[0].name}
        reason = Reason(why=Why.CALLER_BLOCKED, about=about)
        return Recognised(reasons=(reason,), client=clients[0], blocked=True, matches=matches)
    welcome = tuple(c for c in clients if not c.blocked)
    found = _choose(welcome, matches, office)
    return _with_last_talk(found, facts, office, department)


def _nobody(offer: Offer, facts: Facts) -> Reason | None:
    if offer.number.kind is NumberKind.HIDDEN:
        return Reason(why=Why.CALLER_HIDDEN)
    if facts.lookup.outcome is LookupOutcome.LATE:
        return Reason(why=Why.LOOKUP_LATE)
    if facts.lookup.outcome is LookupOutcome.FAILED:
        return Reason(why=Why.LOOKUP_FAILED)
    if not facts.lookup.clients:
        unreadable = offer.number.kind is NumberKind.INVALID
        why = Why.CALLER_UNREADABLE if unreadable else Why.CALLER_UNKNOWN
        return Reason(why=why, about={"number": offer.caller[:40]})
    return None


def _staff_member(offer: Offer, office: Office) -> Manager | None:
    """The colleague whose mobile it is, or whose extension on the exchange that the call is on."""
    number = offer.number
    extension = number.value if number.kind is NumberKind.INTERNAL else None
    if not extension and not number.e164:
        return None
    for manager in office.managers.values():
        if number.e164 and manager.mobile == number.e164:
            return manager
        if extension and manager.extension == extension and manager.pbx == offer.pbx:
            return manager
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lead:
    """Where one client leads: his application and manager, and how that was concluded."""

    client: Client
    application: Application | None
    owner: Manager | None
    reasons: tuple[Reason, ...]


def _lead(client: Client, office: Office) -> _Lead:
    open_ones = sorted(
        (a for a in client.applications if a.open),
        key=lambda a: (a.changed_at.timestamp() if a.changed_at else 0.0, a.key),
        reverse=True,
    )
    reasons: list[Reason] = []
    application = open_ones[0] if open_ones else None
    for candidate in open_ones:
        if not candidate.manager:
            continue
        about = {"application": candidate.key, "manager": candidate.manager}
        if manager := office.managers.get(candidate.manager):
            reason = Reason(why=Why.OWNER_BY_APPLICATION, about={**about, "name": manager.name})
            reasons.append(reason)
            return _Lead(
                client=client, application=candidate, owner=manager, reasons=tuple(reasons)
            )
        reasons.append(Reason(why=Why.OWNER_GONE, about=about))
    return _lead_by_owner(client, application, office, reasons)


def _lead_by_owner(
    client: Client, application: Application | None, office: Office, reasons: list[Reason]
) -> _Lead:
    owner = office.managers.get(client.owner) if client.owner else None
    if owner:
        about = {"manager": owner.key, "name": owner.name}
        reasons.append(Reason(why=Why.OWNER_OF_CLIENT, about=about))
    elif client.owner:
        reasons.append(Reason(why=Why.OWNER_GONE, about={"manager": client.owner}))
    return _Lead(client=client, application=application, owner=owner, reasons=tuple(reasons))


def _choose(clients: tuple[Client, ...], matches: tuple[str, ...], office: Office) -> Recognised:
    leads = [_lead(client, office) for client in clients]
    several = _several(leads)
    chosen = _only_lead(leads)
    if chosen is None:
        return Recognised(
            reasons=(*several, Reason(why=Why.OWNERS_DIFFER)),
            matches=matches,
            by_chance=any(client.switchboard for client in clients),
        )
    about = {"client": chosen.client.name}
    reasons = [*several, Reason(why=Why.CLIENT_FOUND, about=about), *chosen.reasons]
    if not chosen.reasons:
        reasons.append(Reason(why=Why.OWNER_NONE, about=about))
    return Recognised(
        reasons=tuple(reasons),
        client=chosen.client,
        application=chosen.application,
        owner=chosen.owner,
        new=not any(client.owner for client in clients),
        matches=matches,
    )


def _several(leads: list[_Lead]) -> tuple[Reason, ...]:
    if len(leads) == 1:
        return ()
    names = ", ".join(lead.client.name for lead in leads[:5])
    about = {"count": str(len(leads)), "names": names if len(leads) <= 5 else f"{names}, …"}
    return (Reason(why=Why.CLIENTS_SEVERAL, about=about),)


def _only_lead(leads: list[_Lead]) -> _Lead | None:
    """The lead to follow, or None where a choice would be chance."""
    owners = {lead.owner.key for lead in leads if lead.owner}
    if len(owners) <= 1:
        return min(leads, key=lambda le: (le.owner is None, le.application is None, le.client.key))
    with_application = [lead for lead in leads if lead.application]
    if len(with_application) == 1 and not any(lead.client.switchboard for lead in leads):
        return with_application[0]
    return None


def _with_last_talk(
    found: Recognised, facts: Facts, office: Office, department: Department
) -> Recognised:
    """The manager who talked to this number last, where no better reason names one."""
    last = office.managers.get(facts.lookup.last_talk_manager)
    if found.owner or found.by_chance or not department.remember_last_talk or last is None:
        return found
    reason = Reason(why=Why.OWNER_LAST_TALK, about={"manager": last.key, "name": last.name})
    return replace(found, owner=last, reasons=(*found.reasons, reason))
