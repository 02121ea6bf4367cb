"""How far each role sees, judged by the office in force."""

from __future__ import annotations

from router.office import Manager, Office
from router.phones import phones_of
from storage.reach import Reach
from web.access.person import Person
from web.access.roles import Role


def reach_of(person: Person, office: Office) -> Reach:
    """How far a person sees in this office.

    A director: everything. A curator: the departments that he heads or is in. A manager: himself.
    An assistant: his manager and himself.
    """
    if person.role is Role.DIRECTOR:
        return Reach(everything=True)
    own = {key for key in (person.manager, person.acting) if key in office.managers}
    departments: set[str] = set()
    if person.role is Role.CURATOR:
        departments = {d.key for d in office.departments.values() if d.head == person.manager}
        departments |= {office.managers[key].department for key in own}
        own |= {m.key for m in office.managers.values() if m.department in departments}
    return Reach(
        departments=frozenset(departments),
        managers=frozenset(own),
        extensions=frozenset(at for key in own for at in phones_of(office.managers[key], office)),
    )


def desks_of(person: Person, office: Office) -> tuple[Manager, ...]:
    """Whose rings and talks are before a person, as far as they are in this office."""
    return tuple(office.managers[key] for key in person.desks if key in office.managers)
