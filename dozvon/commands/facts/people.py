"""Who is who, where one is, and how numbers are read.

Where a manager is asked for, his key, his extension and his name do, and a part of the name that
only he has. Where no office is there yet, lists are still shown: extensions stand for names and
times are UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from dozvon.commands.terminal.exits import Exit, Trouble
from router.numbers import NumberKind, NumberPlan, PhoneNumber, format_international, normalise
from router.office import Line, Manager, Office


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who is who, where one is, and how numbers are read; `office` may be missing."""

    office: Office | None
    by_extension: Mapping[str, Manager] = field(default_factory=dict)

    @classmethod
    def of(cls, office: Office | None) -> People:
        """The people of an office."""
        managers = office.managers.values() if office else ()
        phones = {manager.extension: manager for manager in managers}
        mobiles = {m.mobile.removeprefix("+"): m for m in managers if m.mobile}
        return cls(office=office, by_extension={**mobiles, **phones})

    @property
    def plan(self) -> NumberPlan:
        """How numbers are read."""
        if self.office is None:
            return NumberPlan()
        from switchboard.routing import number_plan  # noqa: PLC0415 - `replay` starts without it

        return number_plan(self.office)

    def zone(self, department: str = "") -> ZoneInfo:
        """The zone of a department, else of the default one."""
        if self.office is None:
            return ZoneInfo("UTC")
        found = self.office.departments.get(department or self.office.default_department)
        return ZoneInfo(found.hours.timezone if found else "UTC")

    def who(self, target: str | None) -> str:
        """A target as people know it: `Анна Иванова (101)`, else the number."""
        if not target:
            return ""
        manager = self.by_extension.get(target.removeprefix("+"))
        if manager is None:
            return self.number(target)
        return f"{manager.name} ({target})"

    def manager_name(self, key: str) -> str:
        """A manager's name by his key; the key where he is gone."""
        manager = self.office.managers.get(key) if self.office else None
        return manager.name if manager else key

    def department_name(self, key: str) -> str:
        """A department's name by its key; the key where it is gone."""
        found = self.office.departments.get(key) if self.office else None
        return found.name if found else key

    def line_name(self, number: str) -> str:
        """A line's name by its number, else the number."""
        found = self.line(number)
        return found.name if found else self.number(number)

    def line(self, text: str) -> Line | None:
        """The line that a key, a name or a number means."""
        lines = self.office.lines.values() if self.office else ()
        digits = _subscriber(text)
        same = (line for line in lines if digits and _subscriber(line.number) == digits)
        named = (ln for ln in lines if text.casefold() in {ln.key.casefold(), ln.name.casefold()})
        return next(named, None) or next(same, None)

    def number(self, written: str) -> str:
        """A number as people read it."""
        return format_international(self.read(written)) if written else ""

    def read(self, written: str) -> PhoneNumber:
        """A number as the office reads it."""
        return normalise(written, self.plan)

    def find(self, who: str) -> Manager:
        """The manager that a text means; raises `Trouble` where that is nobody or several."""
        if self.office is None:
            raise Trouble(Exit.REFUSED, "no-office")
        managers = tuple(self.office.managers.values())
        wanted = who.strip().casefold()
        exact = [m for m in managers if wanted in {m.key.casefold(), m.extension}]
        whole = [m for m in managers if m.name.casefold() == wanted]
        part = [m for m in managers if wanted and wanted in m.name.casefold()]
        found = exact or whole or part
        if len(found) == 1:
            return found[0]
        known = ", ".join(f"{m.key} ({m.extension}, {m.name})" for m in found or managers)
        sentence = "several-managers" if found else "unknown-manager"
        raise Trouble(Exit.FOUND, sentence, who=who, known=known)


def is_known_number(number: PhoneNumber) -> bool:
    """Whether calls can be looked for by this number."""
    return number.kind is NumberKind.INTERNAL or number.e164 is not None


def _subscriber(text: str) -> str:
    digits = "".join(c for c in text if c.isdecimal())
    return digits[1:] if len(digits) == 11 and digits[0] in "78" else digits
