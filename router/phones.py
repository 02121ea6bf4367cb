"""Whose phone it is that a call rang, talked at or came from.

A number of a few digits is a phone of one PBX: 101 here and 101 there are two people. A mobile is
one person's, whichever PBX rings it and however its trunk wants numbers written. So is a desk phone
that every PBX reaches by its owner's dial template, as long as nobody else has its number.

`holder_of` is the one judge of a single number, for the desk and the log alike. `phones_of` is what
lists are searched by: the usual spellings, each of which `holder_of` gives back.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from itertools import chain
from typing import NamedTuple

from router.office import Manager, Office

ANYWHERE = ""
"""Stands for every PBX."""
_WAYS_OUT = frozenset({"", "00", "810", "9", "900", "9810"})
"""What may be dialled before a number: out of the country, behind the 9 of an outside line too."""


class Phone(NamedTuple):
    """A number as a PBX writes it, and the PBX's key or `ANYWHERE`."""

    pbx: str
    number: str


Who = Callable[[Phone], Phone]
"""Under which of his phones a person's figures stand; whoever is unknown, under his own."""


def phones_of(manager: Manager, office: Office) -> tuple[Phone, ...]:
    """Everything he is reached at, his desk phone first; a mobile in its usual spellings."""
    desk, *mobiles = manager.reached_at
    found = [Phone(ANYWHERE, number) for number in mobiles]
    if manager.dial and is_only(manager, office):
        found.insert(0, Phone(ANYWHERE, desk))
    if desk:
        found.insert(0, Phone(manager.pbx, desk))
    return tuple(found)


def holder_of(office: Office, phone: Phone) -> Manager | None:
    """Whose phone or mobile it is; of those who share a mobile, the first in the office file."""
    pbx, number = phone
    if not number:
        return None
    people = office.managers.values()
    own = (m for m in people if m.extension == number and m.pbx == pbx)
    reached = (m for m in people if m.extension == number and m.dial and is_only(m, office))
    mobile = (m for m in people if is_mobile_of(m, number))
    return next(chain(own, reached, mobile), None)


def only_holder(office: Office, number: str) -> Manager | None:
    """Who alone, of all PBXs, is reached at a number; None where that is nobody or several."""
    if not number:
        return None
    people = office.managers.values()
    found = [m for m in people if m.extension == number or is_mobile_of(m, number)]
    return found[0] if len(found) == 1 else None


def is_mobile_of(manager: Manager, number: str) -> bool:
    """Whether a number is his mobile, however it is dialled or shown."""
    if not manager.mobile or number[-4:] != manager.mobile[-4:]:
        return False
    plain = number.removeprefix("+")
    at_home = manager.mobile.removeprefix("+7") if manager.mobile.startswith("+7") else ""
    if at_home and plain in {at_home, f"8{at_home}", f"98{at_home}"}:
        return True
    digits = manager.mobile.removeprefix("+")
    return plain.endswith(digits) and plain.removesuffix(digits) in _WAYS_OUT


def is_only(manager: Manager, office: Office) -> bool:
    """Whether he alone, of all PBXs, has his extension."""
    others = (m for m in office.managers.values() if m.key != manager.key)
    return bool(manager.extension) and all(m.extension != manager.extension for m in others)


def any_of(phones: Container[Phone], pbx: str, numbers: Iterable[str]) -> bool:
    """Whether some of the numbers, at this PBX, are among the phones."""
    return any(
        Phone(pbx, number) in phones or Phone(ANYWHERE, number) in phones for number in numbers
    )
