"""Who and what the keys, extensions and numbers of a call mean in the office of today.

A name that the office no longer knows is shown as what was written: the log outlives people.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from zoneinfo import ZoneInfo

from router.decide import line_of
from router.office import Manager, Office
from router.phones import Phone, holder_of, only_holder, phones_of


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one office. Made by `Names.of`."""

    office: Office
    _holder: Callable[[Phone], Manager | None]
    _alone: Callable[[str], Manager | None]

    @classmethod
    def of(cls, office: Office) -> Names:
        """The names of an office; whoever was found is remembered, for lists are long."""
        return cls(office, cache(partial(holder_of, office)), cache(partial(only_holder, office)))

    def manager_at(self, target: str | None, pbx: str | None) -> Manager | None:
        """Whose phone or mobile a target is at a PBX.

        Where the PBX is not known (None), only a number that one person alone has is anybody's.
        """
        number = target or ""
        return self._alone(number) if pbx is None else self._holder(Phone(pbx, number))

    def stands_under(self, phone: Phone) -> Phone:
        """The first phone of whom a phone belongs to; the phone itself where it is nobody's."""
        found = self.manager_at(phone.number, phone.pbx)
        return phones_of(found, self.office)[0] if found else phone

    def manager(self, key: str) -> str:
        """A manager's name."""
        found = self.office.managers.get(key)
        return found.name if found else key

    def person(self, who: str, pbx: str | None = None) -> str:
        """A person by his key or by what he is reached at (at a PBX); else what was written."""
        found = self.manager_at(who, pbx)
        return found.name if found else self.manager(who)

    def department(self, key: str) -> str:
        """A department's name."""
        found = self.office.departments.get(key)
        return found.name if found else key

    def line(self, dialled: str) -> str:
        """The name of a line by its number, however that is written; empty for an unknown one."""
        found = line_of(dialled, self.office) if dialled else None
        return found.name if found else ""

    def spellings(self, line: str) -> tuple[str, ...]:
        """How the PBXs may write the number of a line, given by its key."""
        found = self.office.lines.get(line)
        if found is None:
            return (line,)
        digits = "".join(c for c in found.number if c.isdecimal())
        rest = digits[1:] if len(digits) == 11 and digits[0] in "78" else ""
        others = (f"7{rest}", f"+7{rest}", f"8{rest}", rest) if rest else (digits, f"+{digits}")
        return tuple(dict.fromkeys((found.number, *others)))

    def phones(self, manager: str) -> tuple[Phone, ...]:
        """Everything a manager is reached at, as PBXs may write it; empty for an unknown one."""
        found = self.office.managers.get(manager)
        return phones_of(found, self.office) if found else ()

    def zone(self, department: str = "") -> ZoneInfo:
        """The time zone of a department, else of the default one."""
        return zone_in(self.office, department)


def zone_in(office: Office, department: str = "") -> ZoneInfo:
    """The time zone of a department of an office, else of the default one."""
    known = department if department in office.departments else office.default_department
    return ZoneInfo(office.departments[known].hours.timezone)
