"""One more missed call of somebody who waits already: the list's commonest change, at one price.

A number that redials for a whole weekend is one item of some ten thousand calls; to count these
again with each would take longer than the calls. What is written here is what
`router.callbacks.items` gives: an open item has no conversation behind its last missed call, and a
later missed call only lengthens it, unless a conversation by number (rule 7) finds in it what it
closes. Wherever that is in doubt, nothing is done and the list is counted.
"""

from __future__ import annotations

from sqlalchemy import and_, bindparam, exists, func, insert, or_, select, update

from router.calls import Call, Disposition, MissedReason
from storage import schema
from storage.connection import AnyConnection
from storage.records import CallbackChange

_t, _calls = schema.callbacks, schema.calls
_links, _acts = schema.callback_calls, schema.callback_acts

_OPEN = (
    select(_t.c.id, _t.c.after_hours)
    .where(
        _t.c.party == bindparam("party"),
        _t.c.closed_at.is_(None),
        _t.c.last_missed_at < bindparam("began"),
        ~exists().where(
            _calls.c.number_id == bindparam("number"),
            _calls.c.disposition == Disposition.ANSWERED,
            or_(_calls.c.ended_at > bindparam("began"), _calls.c.began_at > bindparam("began")),
        ),
        ~exists().where(_acts.c.call_id == bindparam("call")),
        ~exists().where(_links.c.call_id == bindparam("call")),
    )
    .order_by(_t.c.first_missed_at.desc(), _t.c.id.desc())
    .limit(1)
)
_LONGER = (
    update(_t)
    .where(_t.c.id == bindparam("item"))
    .values(
        last_missed_at=bindparam("began"),
        missed_count=select(func.count())
        .where(_links.c.callback_id == bindparam("item"))
        .scalar_subquery(),
        after_hours=and_(_t.c.after_hours, bindparam("closed")),
    )
)


async def joined(
    connection: AnyConnection, party: str, number: str | None, call: Call
) -> CallbackChange | None:
    """Puts a missed call, recorded just now, into its party's open item; None: count the list."""
    asked = {"party": party, "number": number or "", "began": call.began_at, "call": call.id}
    found = (await connection.execute(_OPEN, asked)).first()
    if found is None:
        return None
    await connection.execute(insert(_links), {"callback_id": found.id, "call_id": call.id})
    await connection.execute(
        _LONGER,
        {
            "item": found.id,
            "began": call.began_at,
            "closed": call.reason is MissedReason.CLOSED,
        },
    )
    return CallbackChange(joined=(found.id,))
