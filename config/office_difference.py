"""What changes when an office is applied, in sentences: "manager Ivanova: extension 101 → 105".

Compared are offices in memory, not texts: a comment or another way of writing the same hours is
no change. Times are shown as seconds, weeks as the office file writes them, people by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum

from config import week
from config.office_fields import FIELDS
from config.sentences import say
from router.office import Department, Hours, Line, Manager, Office, OutgoingLine, Window

_PEOPLE = frozenset({"head", "deputy", "duty_mobile"})
_SECTIONS = ("departments", "managers", "lines", "outgoing")
_Entry = Department | Manager | Line | OutgoingLine
_Section = Mapping[str, _Entry]
_EMPTY = Office(name="", default_department="", departments={}, managers={}, lines={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that becomes different; `before` and `after` are empty where there was nothing."""

    path: str
    sentence: str
    before: str = ""
    after: str = ""


def difference(old: Office | None, new: Office, *, language: str = "ru") -> list[Change]:
    """Returns what applying `new` over `old` changes, in the order of the office file.

    Without an old office every entry is added. The version is no change.
    """
    teller = _Teller(language=language, old=old or _EMPTY, new=new)
    return list(teller.changes(first=old is None))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Teller:
    language: str
    old: Office
    new: Office

    def changes(self, *, first: bool) -> Iterator[Change]:
        if not first:
            what = say(self.language, "change-office")
            for name in ("name", "region", "area_code", "default_department"):
                before, after = getattr(self.old, name), getattr(self.new, name)
                yield from self._field(what, f"office.{name}", name, before, after)
        for section in _SECTIONS:
            yield from self._section(
                section, getattr(self.old, section), getattr(self.new, section)
            )

    def _section(self, section: str, old: _Section, new: _Section) -> Iterator[Change]:
        for key, entry in new.items():
            path, what = f"{section}.{key}", self._what(section, entry)
            if key not in old:
                sentence = say(self.language, "change-added", what=what, key=key)
                yield Change(path=path, sentence=sentence, after=key)
            else:
                yield from self._entry(what, path, old[key], entry)
        for key, entry in old.items():
            if key not in new:
                what = self._what(section, entry)
                sentence = say(self.language, "change-removed", what=what, key=key)
                yield Change(path=f"{section}.{key}", sentence=sentence, before=key)
        yield from self._order(section, [k for k in old if k in new], [k for k in new if k in old])

    def _entry(self, what: str, path: str, old: object, new: object) -> Iterator[Change]:
        for each in fields(new):  # type: ignore[arg-type]
            before, after = getattr(old, each.name), getattr(new, each.name)
            here = f"{path}.{each.name.removesuffix('_seconds')}"
            if isinstance(before, Hours):
                yield from self._entry(what, path, before, after)
            elif isinstance(before, Mapping):
                for key in sorted({*before, *after}, key=str):
                    inner = f"{here}.{key}"
                    shown = f"{self._label(each.name)} {key}"
                    yield from self._change(what, inner, shown, before.get(key), after.get(key))
            else:
                yield from self._field(what, here, each.name, before, after)

    def _field(
        self, what: str, path: str, name: str, before: object, after: object
    ) -> Iterator[Change]:
        if name in _PEOPLE:
            before, after = _person(self.old, before), _person(self.new, after)
        if name.endswith("_seconds"):
            before = say(self.language, "value-seconds", value=before)
            after = say(self.language, "value-seconds", value=after)
        yield from self._change(what, path, self._label(name), before, after)

    def _change(
        self, what: str, path: str, label: str, before: object, after: object
    ) -> Iterator[Change]:
        if before == after:
            return
        told = {"before": self._shown(before), "after": self._shown(after)}
        sentence = say(self.language, "change-field", what=what, field=label, **told)
        yield Change(path=path, sentence=sentence, **told)

    def _order(self, section: str, old: list[str], new: list[str]) -> Iterator[Change]:
        if old == new:
            return
        told = {"before": ", ".join(old), "after": ", ".join(new)}
        what = say(self.language, f"what-{section}")
        sentence = say(self.language, "change-order", what=what, **told)
        yield Change(path=section, sentence=sentence, **told)

    def _what(self, section: str, entry: _Entry) -> str:
        name = entry.key if isinstance(entry, OutgoingLine) else entry.name
        return say(self.language, f"change-{section}", name=name)

    def _label(self, name: str) -> str:
        russian, english = FIELDS[name]
        return russian if self.language == "ru" else english

    def _shown(self, value: object) -> str:
        if isinstance(value, bool):
            return say(self.language, "value-yes" if value else "value-no")
        if isinstance(value, tuple) and any(isinstance(element, Window) for element in value):
            return _shown_windows(value)
        if isinstance(value, tuple) and value:
            return ", ".join(str(element) for element in value)
        if value == ():
            return week.CLOSED
        if value is None or value == "":
            return say(self.language, "value-none")
        return value.value if isinstance(value, StrEnum) else str(value)


def _shown_windows(windows: tuple[Window, ...]) -> str:
    return ", ".join(f"{days} {hours}" for days, hours in week.show_week(windows).items())


def _person(office: Office, key: object) -> str:
    manager = office.managers.get(str(key))
    return manager.name if manager else str(key)
