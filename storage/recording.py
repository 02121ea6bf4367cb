"""The end of a call: everything that one transaction must see together.

Idempotent by the call's id: whoever reports an end first (the events or the PBX's journal) is
recorded, whoever comes second amends. The callback list follows in the same transaction.
"""

from __future__ import annotations

from dataclasses import replace

from router.callbacks import PartyCall
from router.calls import Call, Direction
from storage.callback_joining import joined
from storage.parties import move_calls, number_id, party_for
from storage.records import CallbackChange, EndedCall, MadeDecision, Recorded, TrailEntry, Way
from storage.unit_of_work import UnitOfWork


async def record_ended_call(uow: UnitOfWork, ended: EndedCall) -> Recorded:
    """Writes an ended call with its decision, trail and callback.

    A call that is known already is left as it is (`first=False`); only its trail is added to.
    """
    for entry in ended.trail:
        await uow.journal.keep(entry)
    call = ended.call
    if await uow.calls.known(call.id):
        return Recorded(first=False)
    ended = await _with_kept_decision(uow, ended)
    decision_id = await _decision(uow, call.id, ended.made) if ended.made else None
    number = number_id(ended.number)
    party = await _party(uow, ended, number)
    await uow.calls.add(ended, party=party, number_id=number, decision_id=decision_id)
    change = CallbackChange()
    if ended.client and number:
        change |= await refold_parties(uow, await move_calls(uow.connection, [number]))
    return Recorded(first=True, callbacks=change | await _follow(uow, party, number, call))


async def _decision(uow: UnitOfWork, call_id: str, made: MadeDecision) -> int:
    """The decision's id; most are kept as soon as they are made and need no second writing."""
    known = await uow.decisions.kept(call_id, made)
    return await uow.decisions.keep(call_id, made) if known is None else known


async def _with_kept_decision(uow: UnitOfWork, ended: EndedCall) -> EndedCall:
    """The call with the decision that was kept when it was made, if the service died since."""
    if ended.made or ended.call.direction is not Direction.INBOUND:
        return ended
    made = await uow.decisions.newest_of(ended.call.id)
    if made is None:
        return ended
    decision = made.decision
    return replace(
        ended,
        made=made,
        department=decision.department or ended.department,
        client=ended.client or decision.client,
        client_name=ended.client_name or decision.client_name,
        application=ended.application or decision.application,
        owner=ended.owner or decision.owner,
    )


async def amend_ended_call(  # noqa: PLR0913 - what was learnt, all by keyword
    uow: UnitOfWork,
    call: Call,
    *,
    department: str = "",
    disagreement: str = "",
    way: Way | None = None,
    trail: tuple[TrailEntry, ...] = (),
) -> CallbackChange:
    """Puts right a recorded call (the journal decides a disposition) and the list with it.

    A call that was never recorded is not made up here; its trail is kept. A `department` that is
    given takes the place of the one that was written.
    """
    for entry in trail:
        await uow.journal.keep(entry)
    known = await uow.calls.get(call.id)
    if known is None:
        return CallbackChange()
    await uow.calls.amend(
        call,
        way=way,
        department=department or known.department,
        disagreement=disagreement or known.disagreement,
    )
    if not known.party:
        return CallbackChange()
    since = min(call.began_at, known.call.began_at)
    change = await uow.callbacks.refold(known.party, since=since)
    return change | await uow.callbacks.follow(known.party, known.number_id, since=since)


async def refold_parties(uow: UnitOfWork, parties: set[str]) -> CallbackChange:
    """Counts the items of parties again whose calls were moved."""
    change = CallbackChange()
    # A call leaves its old item before it can enter a new one, whichever party is folded first:
    # links are written by call id, so the last word is the new party's.
    for party in sorted(parties, key=lambda name: name.startswith("client:")):
        change |= await uow.callbacks.refold(party)
    return change


async def _party(uow: UnitOfWork, ended: EndedCall, number: str | None) -> str:
    if ended.call.direction is Direction.INTERNAL:
        return ""
    return await party_for(
        uow.connection, call_id=ended.call.id, number=number, client=ended.client
    )


async def _follow(uow: UnitOfWork, party: str, number: str | None, call: Call) -> CallbackChange:
    """The callback list after this call; most calls change nothing and cost one question."""
    if not party:
        return CallbackChange()
    if PartyCall.of(call).missed:
        longer = await joined(uow.connection, party, number, call)
        if longer is not None:
            return longer
        return await uow.callbacks.refold(party, since=call.began_at)
    return await uow.callbacks.follow(party, number, since=call.began_at)
