"""Decisions: what was offered, why, and on which facts."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, select

from router.plan import Decision
from storage import schema
from storage.connection import AnyConnection
from storage.dialects import upsert
from storage.plan_json import plan_from_json, plan_to_json, reasons_from_json, reasons_to_json
from storage.records import MadeDecision

_t = schema.decisions

_KNOWN = select(_t.c.id).where(_t.c.call_id == bindparam("call"), _t.c.made_at == bindparam("made"))


class Decisions:
    """The decisions that were made, by call and time."""

    def __init__(self, connection: AnyConnection) -> None:
        self._connection = connection

    async def keep(self, call_id: str, made: MadeDecision) -> int:
        """Writes a decision once and returns its id."""
        write = _writing(self._connection.dialect.name)
        written = (await self._connection.execute(write, _row(call_id, made))).scalar()
        if written is not None:
            return int(written)
        key = {"call": call_id, "made": made.made_at}
        return int((await self._connection.execute(_KNOWN, key)).scalar_one())

    async def kept(self, call_id: str, made: MadeDecision) -> int | None:
        """The id of a decision that was written before, or None."""
        key = {"call": call_id, "made": made.made_at}
        found = (await self._connection.execute(_KNOWN, key)).scalar()
        return None if found is None else int(found)

    async def newest_of(self, call_id: str) -> MadeDecision | None:
        """The decision that was made last for a call, or None."""
        query = select(_t.c.id).where(_t.c.call_id == call_id).order_by(_t.c.made_at.desc())
        found = (await self._connection.execute(query.limit(1))).scalar()
        return None if found is None else await self.get(found)

    async def get(self, decision_id: int) -> MadeDecision | None:
        """A decision as it was made."""
        row = (
            await self._connection.execute(select(_t).where(_t.c.id == decision_id))
        ).one_or_none()
        if row is None:
            return None
        decision = Decision(
            plan=plan_from_json(row.plan),
            reasons=reasons_from_json(row.reasons),
            line=row.line,
            department=row.department,
            client=row.client,
            client_name=row.client_name,
            application=row.application,
            owner=row.owner,
            matches=tuple(row.matches),
            office_version=row.office_version,
        )
        return MadeDecision(made_at=row.made_at, decision=decision, facts_digest=row.facts_digest)


@lru_cache
def _writing(dialect: str) -> Any:
    """Writes what is not known yet and gives its id back."""
    return upsert(_t, dialect, keys=["call_id", "made_at"], change=()).returning(_t.c.id)


def _row(call_id: str, made: MadeDecision) -> dict[str, object]:
    decision = made.decision
    return {
        "call_id": call_id,
        "made_at": made.made_at,
        "facts_digest": made.facts_digest,
        "line": decision.line,
        "department": decision.department,
        "client": decision.client,
        "client_name": decision.client_name,
        "application": decision.application,
        "owner": decision.owner,
        "matches": list(decision.matches),
        "office_version": decision.office_version,
        "plan": plan_to_json(decision.plan),
        "reasons": reasons_to_json(decision.reasons),
    }
