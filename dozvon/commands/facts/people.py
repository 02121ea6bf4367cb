"""Who is who, where one is, and how numbers are read.

Where a manager is asked for, his key, his extension and his name do, and a part of the name that
only he has. An extension of two PBXs is two people: it is written with its PBX, `main/101`. Where
no office is there yet, lists are still shown: extensions stand for names and times are UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from dozvon.commands.terminal.exits import Exit, Trouble
from router.decide import line_of
from router.numbers import NumberKind, NumberPlan, PhoneNumber, format_international, normalise
from router.office import Line, Manager, Office
from router.phones import Phone, is_only
from switchboard.names import Names


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who is who, where one is, and how numbers are read; `office` may be missing."""

    office: Office | None
    names: Names | None = None

    @classmethod
    def of(cls, office: Office | None) -> People:
        """The people of an office."""
        return cls(office=office, names=Names.of(office) if office else None)

    @property
    def plan(self) -> NumberPlan:
        """How numbers are read."""
        if self.office is None:
            return NumberPlan()
        from switchboard.routing import number_plan  # noqa: PLC0415 - `replay` starts without it

        return number_plan(self.office)

    def zone(self, department: str = "") -> ZoneInfo:
        """The zone of a department, else of the default one."""
        return self.names.zone(department) if self.names else ZoneInfo("UTC")

    def manager_at(self, target: str, pbx: str | None = None) -> Manager | None:
        """Whose phone or mobile a target is; where the PBX is not told, what one alone has."""
        return self.names.manager_at(target, pbx) if self.names else None

    def who(self, target: str | None, pbx: str | None = None) -> str:
        """A target at a PBX as people know it: `Анна Иванова (101)`, else the number."""
        if not target:
            return ""
        manager = self.manager_at(target, pbx)
        if manager is None:
            return self.number(target)
        own = target == manager.extension
        return f"{manager.name} ({self.extension_of(manager) if own else target})"

    def phones(self, manager: Manager) -> tuple[Phone, ...]:
        """Everything a manager is reached at."""
        return self.names.phones(manager.key) if self.names else ()

    def extension_of(self, manager: Manager) -> str:
        """His extension, with its PBX where somebody else has the same one: `main/101`."""
        alone = self.office is None or is_only(manager, self.office)
        return manager.extension if alone else _with_pbx(manager)

    def manager_name(self, key: str) -> str:
        """A manager's name by his key; the key where he is gone."""
        return self.names.manager(key) if self.names else key

    def department_name(self, key: str) -> str:
        """A department's name by its key; the key where it is gone."""
        return self.names.department(key) if self.names else key

    def line_name(self, number: str) -> str:
        """A line's name by its number, else the number."""
        return (self.names.line(number) if self.names else "") or self.number(number)

    def line_number(self, dialled: str) -> str:
        """The number of the line that was dialled, as the office writes it; empty for none."""
        found = line_of(dialled, self.office) if self.office and dialled else None
        return found.number if found else ""

    def line(self, text: str) -> Line | None:
        """The line that a key, a name or a number means."""
        if self.office is None:
            return None
        lines, wanted = self.office.lines.values(), text.casefold()
        named = (line for line in lines if wanted in {line.key.casefold(), line.name.casefold()})
        return next(named, None) or line_of(text, self.office)

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
        exact = [m for m in managers if wanted in {m.key.casefold(), m.extension, _with_pbx(m)}]
        whole = [m for m in managers if m.name.casefold() == wanted]
        part = [m for m in managers if wanted and wanted in m.name.casefold()]
        found = exact or whole or part
        if len(found) == 1:
            return found[0]
        told = (f"{m.key} ({self.extension_of(m)}, {m.name})" for m in found or managers)
        known = ", ".join(told)
        sentence = "several-managers" if found else "unknown-manager"
        raise Trouble(Exit.FOUND, sentence, who=who, known=known)


def _with_pbx(manager: Manager) -> str:
    return f"{manager.pbx}/{manager.extension}"


def is_known_number(number: PhoneNumber) -> bool:
    """Whether calls can be looked for by this number."""
    return number.kind is NumberKind.INTERNAL or number.e164 is not None
