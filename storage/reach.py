"""How far somebody sees: applied in the question itself, so that no other row is read at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from storage import schema

_calls = schema.calls
_legs = schema.legs


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Whose calls and clients somebody sees.

    `managers` are keys in the office and `extensions` their phones; `departments` are seen whole.
    `everything` is the director's.
    """

    everything: bool = False
    departments: frozenset[str] = frozenset()
    managers: frozenset[str] = frozenset()
    extensions: frozenset[str] = frozenset()

    def calls(self, query: Select[Any]) -> Select[Any]:
        """Narrows a question about `schema.calls` to the calls within reach."""
        if self.everything:
            return query
        return query.where(or_(*self._conditions()))

    def _conditions(self) -> list[ColumnElement[bool]]:
        rung = select(_legs.c.call_id).where(_legs.c.target.in_(self.extensions))
        return [
            _calls.c.department.in_(self.departments),
            _calls.c.owner.in_(self.managers),
            _calls.c.answered_by.in_(self.extensions),
            _calls.c.caller.in_(self.extensions),
            _calls.c.id.in_(rung),
        ]

    def sees_call(self, *, department: str, owner: str, talked_or_rang: Iterable[str] = ()) -> bool:
        """Whether one call is within reach; the third are extensions."""
        return (
            self.everything
            or department in self.departments
            or (bool(owner) and owner in self.managers)
            or not self.extensions.isdisjoint(talked_or_rang)
        )

    def sees_client(self, owner: str, application_managers: Iterable[str] = ()) -> bool:
        """Whether a client's card is within reach; a client of nobody is everybody's."""
        if self.everything or not owner:
            return True
        return owner in self.managers or not self.managers.isdisjoint(application_managers)
