"""Whose phone it is that a call rang, talked at or came from.

A number of a few digits is a phone of one PBX: 101 here and 101 there are two people. A mobile is
one person's, whichever PBX rings it. So is a desk phone that every PBX reaches by its owner's dial
template, as long as nobody else has its number.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from typing import NamedTuple

from router.office import Manager, Office

ANYWHERE = ""
"""Stands for every PBX."""


class Phone(NamedTuple):
    """A number as a PBX writes it, and the PBX's key or `ANYWHERE`."""

    pbx: str
    number: str


Who = Callable[[Phone], Phone]
"""Under which of his phones a person's figures stand; whoever is unknown, under his own."""


def phones_of(manager: Manager, office: Office) -> tuple[Phone, ...]:
    """Everything he is reached at, his desk phone first; a mobile with its plus and without."""
    desk, *mobiles = manager.reached_at
    found = [Phone(ANYWHERE, number) for number in mobiles]
    if manager.dial and _is_only(manager, office):
        found.insert(0, Phone(ANYWHERE, desk))
    if desk:
        found.insert(0, Phone(manager.pbx, desk))
    return tuple(found)


def any_of(phones: Container[Phone], pbx: str, numbers: Iterable[str]) -> bool:
    """Whether some of the numbers, at this PBX, are among the phones."""
    return any(
        Phone(pbx, number) in phones or Phone(ANYWHERE, number) in phones for number in numbers
    )


def _is_only(manager: Manager, office: Office) -> bool:
    others = (m for m in office.managers.values() if m.key != manager.key)
    return bool(manager.extension) and all(m.extension != manager.extension for m in others)
