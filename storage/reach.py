"""How far somebody sees. Lists apply it in the question itself (`storage.call_search`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from router.phones import Phone, any_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Whose calls and clients somebody sees.

    `managers` are keys in the office and `extensions` what they are rung at, each with its PBX,
    their mobiles too; `departments` are seen whole.
    `everything` is the director's.
    """

    everything: bool = False
    departments: frozenset[str] = frozenset()
    managers: frozenset[str] = frozenset()
    extensions: frozenset[Phone] = frozenset()

    def sees_call(
        self, *, department: str, owner: str, pbx: str, talked_or_rang: Iterable[str] = ()
    ) -> bool:
        """Whether one call is within reach; the last are phones at its PBX."""
        return (
            self.everything
            or department in self.departments
            or (bool(owner) and owner in self.managers)
            or any_of(self.extensions, pbx, talked_or_rang)
        )

    def sees_client(self, owner: str, application_managers: Iterable[str] = ()) -> bool:
        """Whether a client's card is within reach; a client of nobody is everybody's."""
        if self.everything or not owner:
            return True
        return owner in self.managers or not self.managers.isdisjoint(application_managers)
