"""Who may read a client's card for a while because a call brought the two together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select

from storage import schema_people as schema
from storage.connection import AnyConnection
from storage.dialects import upsert

_t = schema.card_rights


class CardRights:
    """The right of a manager to read a client's card, by the call that gave it."""

    def __init__(self, connection: AnyConnection) -> None:
        self._connection = connection

    async def grant(self, manager: str, client: str, call_id: str, until: datetime) -> None:
        """Lets a manager read a client's card until then."""
        keys = ["manager", "client_key", "call_id"]
        statement = upsert(_t, self._connection.dialect.name, keys=keys, change=["until"])
        row = {"manager": manager, "client_key": client, "call_id": call_id, "until": until}
        await self._connection.execute(statement.values(row))

    async def may(self, managers: Iterable[str], client: str, now: datetime) -> bool:
        """Whether one of these managers may read the card now."""
        query = select(_t.c.until).where(
            _t.c.manager.in_(list(managers)), _t.c.client_key == client, _t.c.until > now
        )
        return (await self._connection.execute(query.limit(1))).scalar() is not None

    async def clients_of(self, managers: Iterable[str], now: datetime) -> frozenset[str]:
        """Every client whose card one of these managers may read now."""
        query = select(_t.c.client_key).where(_t.c.manager.in_(list(managers)), _t.c.until > now)
        return frozenset((await self._connection.execute(query)).scalars())

    async def forget(self, before: datetime) -> None:
        """Removes rights that ended before then."""
        await self._connection.execute(delete(_t).where(_t.c.until < before))
