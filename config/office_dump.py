"""Writes an office as the one canonical office file: what `load_office` reads back equal.

Used where an office was made or changed by a program and people shall read it. Only what differs
from the defaults is written, and what makes the file readable by itself (names, hours).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from config import week
from router.office import (
    AbsentRule,
    AfterHoursRule,
    Department,
    Hours,
    LastResort,
    Line,
    Manager,
    Office,
    OutgoingLine,
    Strategy,
    Window,
)

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {'"': '\\"', "\\": "\\\\"}
_Pair = tuple[str, object, object]


def dump_office(office: Office) -> str:
    """Returns the canonical TOML text of an office; its version is not part of it."""
    parts = ["\n".join(_table("office", _office_pairs(office)))]
    for key, outgoing in office.outgoing.items():
        parts.append("\n".join(_table(f"outgoing.{_key(key)}", _outgoing_pairs(outgoing))))
    for key, department in office.departments.items():
        pairs = _department_pairs(department, outgoing=bool(office.outgoing))
        parts.append("\n".join(_table(f"departments.{_key(key)}", pairs)))
    for key, manager in office.managers.items():
        parts.append("\n".join(_table(f"managers.{_key(key)}", _manager_pairs(manager))))
    for key, line in office.lines.items():
        parts.append("\n".join(_table(f"lines.{_key(key)}", _line_pairs(line))))
    return "\n\n".join(parts) + "\n"


def _office_pairs(office: Office) -> Iterator[_Pair]:
    yield "name", office.name, None
    yield "region", office.region, None
    yield "area_code", office.area_code, ""
    yield "default_department", office.default_department, None


def _department_pairs(department: Department, *, outgoing: bool) -> Iterator[_Pair]:
    yield "name", department.name, None
    yield "head", department.head, ""
    yield from _hours_pairs(department.hours)
    yield "strategy", department.strategy, Strategy.LONGEST_IDLE
    yield "owner_ring", _seconds(department.owner_ring_seconds), None
    yield "colleague_ring", _seconds(department.colleague_ring_seconds), None
    yield "mobile_ring", _seconds(department.mobile_ring_seconds), None
    yield "group_ring", _seconds(department.group_ring_seconds), None
    yield "wrap_up", _seconds(department.wrap_up_seconds), _seconds(0)
    yield "confirm_mobile", department.confirm_mobile, True
    yield "after_hours", department.after_hours, AfterHoursRule.MESSAGE
    yield "duty_mobile", department.duty_mobile, ""
    yield "last_resort", department.last_resort, LastResort.MESSAGE
    yield "voicemail", department.voicemail, ""
    yield "outgoing_line", department.outgoing_line, None if outgoing else ""
    yield "when_absent", department.absent_rule, AbsentRule.COLLEAGUE
    yield "remember_last_talk", department.remember_last_talk, False
    yield "record", department.record, True
    yield "record_notice", department.record_notice, False


def _hours_pairs(hours: Hours) -> Iterator[_Pair]:
    yield "timezone", hours.timezone, None
    yield "hours", week.show_week(hours.week), None
    yield "holidays", hours.holidays, ""
    yield "special", _special(hours.special), {}


def _manager_pairs(manager: Manager) -> Iterator[_Pair]:
    yield "name", manager.name, None
    yield "extension", manager.extension, None
    yield "department", manager.department, None
    yield "pbx", manager.pbx, "main"
    yield "mobile", manager.mobile, ""
    yield "deputy", manager.deputy, ""
    yield "shifts", week.show_week(manager.shifts), {}
    yield "when_absent", {status.value: rule for status, rule in manager.when_absent.items()}, {}
    yield "dial", manager.dial, ""
    yield "device", manager.device, ""
    yield "takes_new_clients", manager.takes_new_clients, True


def _line_pairs(line: Line) -> Iterator[_Pair]:
    yield "number", line.number, None
    yield "name", line.name, None
    yield "department", line.department, None
    yield "patience", _seconds(line.patience_seconds), None
    yield "last_resort", line.last_resort, None
    yield "language", line.language, "ru"
    yield "record", line.record, None
    yield "record_notice", line.record_notice, None


def _outgoing_pairs(outgoing: OutgoingLine) -> Iterator[_Pair]:
    yield "pbx", outgoing.pbx, "main"
    yield "dial", outgoing.dial, None
    yield "caller_id", outgoing.caller_id, ""
    yield "number_format", outgoing.number_format, "plain"
    yield "channels", outgoing.channels, None
    yield "prefixes", list(outgoing.prefixes), None


def _special(special: Mapping[date, tuple[Window, ...]]) -> dict[str, str]:
    return {day.isoformat(): week.show_windows(special[day]) for day in sorted(special)}


def _table(name: str, pairs: Iterator[_Pair]) -> Iterator[str]:
    yield f"[{name}]"
    for key, value, usual in pairs:
        if value is not None and value != usual:
            yield f"{key} = {_value(value)}"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(_value(element) for element in value)}]"
    if isinstance(value, dict):
        pairs = ", ".join(f"{_key(key)} = {_value(inner)}" for key, inner in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    return f'"{_escaped(str(value))}"'


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else f'"{_escaped(key)}"'


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(c) or (c if c >= " " and c != "\x7f" else _code(c)) for c in text)


def _code(character: str) -> str:
    return f"\\u{ord(character):04X}"


def _seconds(seconds: int) -> str:
    return f"{seconds} s"
