"""Whose call somebody may see, and hear: one rule for the page, the API and the player.

A call is within reach by its department, its owner at that time, or whoever it reached. Beside
that its client counts as he is today: whoever has a client, or an application of his, knows the
whole story of it, also what was said before it was his. A client of nobody opens nothing.
"""

from __future__ import annotations

from router.calls import Direction
from storage.clients import Clients
from storage.connection import AnyConnection
from storage.reach import Reach
from storage.records import ClientRecord, StoredCall


async def may_see(connection: AnyConnection, stored: StoredCall, reach: Reach) -> bool:
    """Whether a call may be seen; `stored` comes with its legs."""
    if within(stored, reach):
        return True
    if not stored.client_today or not reach.managers:
        return False
    client = await Clients(connection).get(stored.client_today)
    return client is not None and is_theirs(client, reach)


def within(stored: StoredCall, reach: Reach) -> bool:
    """Whether a call itself is within reach."""
    call = stored.call
    touched = {leg.target.lstrip("+") for leg in call.legs} | {call.answered_by or ""}
    if call.direction is not Direction.INBOUND:
        touched.add(call.caller)
    return reach.sees_call(
        department=stored.department,
        owner=stored.owner,
        pbx=call.pbx,
        talked_or_rang=touched,
    )


def is_theirs(client: ClientRecord, reach: Reach) -> bool:
    """Whether a client, or one of his applications, belongs to somebody within reach."""
    theirs = {client.owner, *(work.manager for work in client.applications)}
    return reach.everything or not theirs.isdisjoint(reach.managers)
