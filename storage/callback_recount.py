"""What is open is counted again when another length of talk is a conversation than before.

A list is read from the last conversation on. With a shorter talk enough, that may lie behind the
first missed call of an open item, which would stay open for ever beside a second one.
"""

from __future__ import annotations

from sqlalchemy import select

from router.callbacks import OUTBOUND_TALK_SECONDS
from storage import schema
from storage.unit_of_work import UnitOfWork

COUNTED_WITH = "callbacks/outbound_talk_seconds"
_t = schema.callbacks
_OPEN = select(_t.c.party).where(_t.c.closed_at.is_(None)).distinct().order_by(_t.c.party)


async def recount_open(uow: UnitOfWork, talk_seconds: float) -> int:
    """Counts every party with an open item if the setting is another one; returns how many.

    What was closed stays so until something new concerns it.
    """
    counted_with = await uow.offices.noted(COUNTED_WITH) or repr(OUTBOUND_TALK_SECONDS)
    if counted_with == repr(talk_seconds):
        return 0
    parties = (await uow.connection.execute(_OPEN)).scalars().all()
    for party in parties:
        await uow.callbacks.refold(party)
    await uow.offices.note(COUNTED_WITH, repr(talk_seconds))
    return len(parties)
